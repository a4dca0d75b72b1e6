"""Units that die in training: 64 – width – width – 10 on handwritten digits, all learning rates and seeds at once.

A unit is dead when φ′ is exactly 0 on the whole training set: then nothing changes its weights any more. In the first
layer that is for ever under plain gradient descent, since the inputs are the data; in the second the layer below moves.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from demos.digits import Digits, digits
from demos.gradients.activations.bends import Activation, resolved, slopes
from demos.networks.batched import accuracies, losses, outputs
from demos.randomness import stream

Floats = NDArray[np.float64]
PIXELS, CLASSES, HIDDEN = 64, 10, 2
AT_ONCE: Final = 6  # networks that are looked at together: their slopes fit into a processor's cache


class Look(NamedTuple):
    """All networks at a step of training."""

    step: int
    dead: NDArray[np.bool_]  # (2, rates, seeds, width), of both hidden layers on the training set
    loss: Floats  # (rates, seeds), cross-entropy on the training set; NaN is no number any more
    accuracy: Floats  # (rates, seeds), on the test set; NaN where the loss is


class Deaths(NamedTuple):
    """What became of the units."""

    step: NDArray[np.int64]  # (k,)
    dead: Floats  # (k, 2, rates, seeds), share of the units; NaN where the loss is
    revived: Floats  # (2, rates, seeds), how often dead units came back between two looks, over units ever dead
    loss: Floats  # (k, rates, seeds)
    accuracy: Floats  # (rates, seeds), at the end


def dying(
    activation: str | Activation,
    *,
    lr: Sequence[float],
    steps: int,
    width: int,
    batch_size: int,
    seeds: Sequence[int],
    momentum: float,
    every: int,
) -> Iterator[Look]:
    """Train by SGD as torch has it, and look at the units now and then.

    Args:
        activation: of both hidden layers, by name or itself.
        lr: learning rates, each above 0.
        steps: of SGD.
        width: units of each hidden layer.
        batch_size: digits of a step, drawn with replacement and the same for all networks.
        seeds: of the first weights, one network for each and each rate.
        momentum: 0 is plain SGD.
        every: steps from one look to the next; they divide `steps`.

    Raises:
        ValueError: an argument is not allowed.
    """
    for name, number in (("width", width), ("batch_size", batch_size), ("every", every), ("steps", steps)):
        if number < 1:
            raise ValueError(f"{name} must be at least 1, not {number}.")
    if steps % every:
        raise ValueError(f"steps must be a multiple of every, {every}, not {steps}.")
    if not lr or not all(rate > 0 for rate in lr):
        raise ValueError(f"lr must be numbers above 0, not {tuple(lr)}.")
    if not 0 <= momentum < 1:
        raise ValueError(f"momentum must be from 0 to below 1, not {momentum}.")
    phi, (training, test) = resolved(activation), digits()
    parameters = _drawn(width, seeds, copies=len(lr))
    rates = torch.tensor(lr).repeat_interleave(len(seeds))
    # A network's rate multiplies its loss: with momentum too, that is SGD with a learning rate for each.
    stepper = torch.optim.SGD(parameters, lr=1.0, momentum=momentum)
    batches = stream(seeds[0], "deaths batches")
    look = partial(_look, shape=(len(lr), len(seeds)))
    yield look(0, parameters, phi, training, test)
    for step in range(1, steps + 1):
        rows = torch.randint(len(training.x), (batch_size,), generator=batches)
        stepper.zero_grad()
        logits = outputs(parameters, training.x[rows], [phi] * HIDDEN)[-1]
        (rates * losses(logits, training.y[rows])).sum().backward()  # type: ignore[no-untyped-call]
        stepper.step()
        if step % every == 0:
            yield look(step, parameters, phi, training, test)


def _drawn(width: int, seeds: Sequence[int], *, copies: int) -> list[Tensor]:
    """Weights and biases as `torch.nn.Linear` draws them, from ±1/√in: of all seeds, once for each rate."""
    parameters: list[Tensor] = []
    for layer, (fan_in, fan_out) in enumerate(((PIXELS, width), (width, width), (width, CLASSES))):
        drawn: list[list[Tensor]] = [[], []]
        for seed in seeds:
            generator = stream(seed, f"deaths {layer}")
            for part, rows in zip(drawn, (fan_in, 1), strict=True):
                part.append((torch.rand(rows, fan_out, generator=generator) * 2 - 1) / fan_in**0.5)
        parameters += [torch.stack(part).repeat(copies, 1, 1).requires_grad_() for part in drawn]
    return parameters


@torch.no_grad()
def _look(
    step: int, parameters: Sequence[Tensor], phi: Activation, training: Digits, test: Digits, *, shape: tuple[int, int]
) -> Look:
    dead: list[Tensor] = []
    loss: list[Tensor] = []
    right: list[Tensor] = []
    for some in zip(*(torch.split(each, AT_ONCE) for each in parameters), strict=True):
        first, _, logits = outputs(some, training.x, [phi] * HIDDEN)
        inputs = training.x.expand(len(first), -1, -1), first
        before = [torch.baddbmm(some[2 * k + 1], a, some[2 * k]) for k, a in enumerate(inputs)]
        dead.append(torch.stack([((slopes(phi, h) == 0) & h.isfinite()).all(1) for h in before]))
        loss.append(losses(logits, training.y))
        right.append(accuracies(outputs(some, test.x, [phi] * HIDDEN)[-1], test.y))
    lost = torch.cat(loss).double()
    told = torch.cat(right).where(lost.isfinite(), torch.nan)
    gone = torch.cat(dead, dim=1).reshape(HIDDEN, *shape, -1)
    return Look(step, gone.numpy(), lost.reshape(shape).numpy(), told.reshape(shape).numpy())


def gathered(looks: Sequence[Look]) -> Deaths:
    """Shares over time, and how often units came back. A network that broke has no units that count."""
    dead, loss = np.array([look.dead for look in looks]), np.array([look.loss for look in looks])
    there = np.isfinite(loss)[:, None, ..., None]
    back = (dead[:-1] & ~dead[1:] & there[1:]).sum(axis=(0, -1))
    ever = dead.any(axis=0).sum(axis=-1)
    return Deaths(
        step=np.array([look.step for look in looks]),
        dead=np.where(there[..., 0], dead.mean(axis=-1), np.nan),
        revived=back / np.maximum(ever, 1),
        loss=loss,
        accuracy=looks[-1].accuracy,
    )


def deaths(
    activation: str | Activation,
    *,
    lr: Sequence[float],
    steps: int,
    width: int,
    batch_size: int,
    seeds: Sequence[int],
    momentum: float,
    every: int,
) -> Deaths:
    """The whole of `dying`, with its arguments."""
    looks = dying(
        activation, lr=lr, steps=steps, width=width, batch_size=batch_size, seeds=seeds, momentum=momentum, every=every
    )
    return gathered(list(looks))
