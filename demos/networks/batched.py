"""Training as torch does it, of one small network or of many of the same shape at once.

Stacked, a weight is (networks, in, out) and a bias (networks, 1, out), so that one layer of all networks is one
`torch.baddbmm`. A network's loss depends on its own weights alone: the gradient of the sum of all losses holds
each network's own gradient, and an optimizer that works element by element trains each as if it were alone.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as f

Activation = Callable[[Tensor], Tensor]
Optimizer = Callable[[Sequence[Tensor], float], torch.optim.Optimizer]
OPTIMIZERS: Final[Mapping[str, Optimizer]] = {
    "SGD": lambda parameters, lr: torch.optim.SGD(parameters, lr=lr),
    "SGD, momentum 0.9": lambda parameters, lr: torch.optim.SGD(parameters, lr=lr, momentum=0.9),
    "RMSprop": lambda parameters, lr: torch.optim.RMSprop(parameters, lr=lr),
    "Adam": lambda parameters, lr: torch.optim.Adam(parameters, lr=lr),
}


def stacked(networks: Sequence[Sequence[NDArray[np.float32] | Tensor]]) -> list[Tensor]:
    """The weights (out, in) and biases (out,) of networks of one shape, layer by layer, as those of one batch."""
    together = [torch.stack([torch.as_tensor(each) for each in layer]) for layer in zip(*networks, strict=True)]
    return [each.transpose(1, 2).contiguous() if each.ndim == 3 else each[:, None] for each in together]


def outputs(parameters: Sequence[Tensor], x: Tensor, activations: Sequence[Activation]) -> list[Tensor]:
    """What each layer of stacked networks makes of x: (networks, rows, out), without a bend in the last.

    x is (rows, in) for all of them, or (networks, rows, in).
    """
    a, made = x.expand(len(parameters[0]), *x.shape[-2:]), []
    for weight, bias, activation in zip(parameters[::2], parameters[1::2], (*activations, _as_it_is), strict=True):
        a = activation(torch.baddbmm(bias, a, weight))
        made.append(a)
    return made


def _as_it_is(z: Tensor) -> Tensor:
    return z


def losses(z: Tensor, y: Tensor) -> Tensor:
    """The mean cross-entropy (networks,) of logits (networks, rows, out); one logit is that of class 1 of two."""
    if z.shape[-1] == 1:
        each = f.binary_cross_entropy_with_logits(z[..., 0], y.to(z.dtype).expand(z.shape[:-1]), reduction="none")
    else:
        each = f.cross_entropy(z.movedim(-1, 1), y.expand(z.shape[:-1]), reduction="none")
    return each.mean(-1)


def accuracies(z: Tensor, y: Tensor) -> Tensor:
    """The share of rows (networks,) whose class the logits tell. A logit that is no number tells none."""
    told = (z[..., 0] > 0).long() if z.shape[-1] == 1 else z.argmax(-1)
    return ((told == y) & z.isfinite().all(-1)).double().mean(-1)


def penalties(weights: Sequence[Tensor], *, l1: float, l2: float) -> Tensor | float:
    """l1 Σ|w| + l2/2 Σw² of each network (networks,); nothing, and no work, where both are 0."""
    total: Tensor | float = 0.0
    for weight in weights if l1 or l2 else ():
        total = total + (l1 * weight.abs() + l2 / 2 * weight.square()).sum((-2, -1))
    return total


def descend(
    parameters: Sequence[Tensor],
    loss: Callable[[Tensor], Tensor],
    *,
    rows: int,
    optimizer: str,
    lr: float,
    batch_size: int,
    epochs: int,
    seed: int,
) -> Iterator[int]:
    """Train; the number of each epoch that is done, from 1.

    Args:
        parameters: what is changed.
        loss: of the rows of a batch, one number a network or one in all.
        rows: of the training set, in a new order every epoch.
        optimizer: one of `OPTIMIZERS`.
        lr: learning rate, above 0.
        batch_size: rows of a step; the last of an epoch has what is left.
        epochs: how often all rows are gone through.
        seed: of the orders, which are those of all networks.

    Raises:
        ValueError: an argument is not allowed.
    """
    if optimizer not in OPTIMIZERS:
        raise ValueError(f"optimizer must be one of {', '.join(OPTIMIZERS)}, not {optimizer!r}.")
    if not lr > 0:
        raise ValueError(f"lr must be above 0, not {lr}.")
    for name, number in (("batch_size", batch_size), ("epochs", epochs)):
        if number < 1:
            raise ValueError(f"{name} must be at least 1, not {number}.")
    stepper = OPTIMIZERS[optimizer](parameters, lr)
    generator = torch.Generator().manual_seed(seed)
    for epoch in range(1, epochs + 1):
        for batch in torch.randperm(rows, generator=generator).split(batch_size):  # type: ignore[no-untyped-call]
            stepper.zero_grad()
            loss(batch).sum().backward()  # type: ignore[no-untyped-call]
            stepper.step()
        yield epoch
