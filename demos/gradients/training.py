"""Training deep networks on handwritten digits, several seeds as one, with what the gradients do layer by layer.

The networks of different seeds share the batches and nothing else: their losses are added, and no weight of one has a
gradient from another.

Clipping is that of R. Pascanu, T. Mikolov and Y. Bengio, On the difficulty of training recurrent neural networks,
ICML 2013.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as f

from demos.digits import digits
from demos.gradients.networks import Architecture, Layers, forward, initialized
from demos.gradients.vanishing_gradients import Floats
from demos.randomness import stream

PIXELS: Final = 64
CLASSES: Final = 10


class Progress(NamedTuple):
    """Where training is after some steps; NaN from where it died."""

    step: int
    training_loss: Floats  # (seeds,), on the last batch, before its step
    test_loss: Floats  # (seeds,)
    accuracy: Floats  # (seeds,), on the test set
    gradient: Floats  # (depth, seeds), norm with respect to each layer's weights, before clipping
    update_ratio: Floats  # (depth, seeds), norm of the last update over norm of the weights


def train(
    architecture: Architecture,
    *,
    lr: float,
    steps: int,
    batch_size: int,
    seeds: Sequence[int],
    max_norm: float | None,
    every: int,
) -> Iterator[Progress]:
    """Train one network a seed by gradient descent on the same batches, and tell how it goes every few steps.

    Args:
        architecture: of the hidden layers; a linear one before them takes the pixels, one after them gives the classes.
        lr: learning rate.
        steps: updates.
        batch_size: digits in a batch.
        seeds: of the networks; the batches are drawn with the first.
        max_norm: each network's gradient is scaled down to this global norm, as by
            `torch.nn.utils.clip_grad_norm_`; None leaves it as it is.
        every: steps from one `Progress` to the next; the first comes after the first step, the last after the last.

    Raises:
        ValueError: a number is out of range or a name unknown.
    """
    architecture.checked()
    for name, value in (("steps", steps), ("batch_size", batch_size), ("every", every), ("seeds", len(seeds))):
        if value < 1:
            raise ValueError(f"{name} must be at least 1, not {value}.")
    if not 0 <= lr < np.inf:
        raise ValueError(f"lr must be at least 0 and finite, not {lr}.")
    if max_norm is not None and not max_norm > 0:
        raise ValueError(f"max_norm must be above 0, not {max_norm}.")
    return _training(
        architecture, lr=lr, steps=steps, batch_size=batch_size, seeds=tuple(seeds), max_norm=max_norm, every=every
    )


def _training(
    architecture: Architecture,
    *,
    lr: float,
    steps: int,
    batch_size: int,
    seeds: tuple[int, ...],
    max_norm: float | None,
    every: int,
) -> Iterator[Progress]:
    training, test = digits()
    parameters = _parameters(architecture, seeds)
    batches = stream(seeds[0], "batches")
    for step in range(1, steps + 1):
        rows = torch.randint(len(training.y), (batch_size,), generator=batches)
        loss = _loss(parameters, training.x[rows], training.y[rows], architecture)[0]
        gradients = torch.autograd.grad(loss.sum(), parameters)
        updates = [lr * gradient for gradient in _clipped(gradients, max_norm)]
        with torch.no_grad():
            sizes = _layer_norms(parameters[0])
            for parameter, update in zip(parameters, updates, strict=True):
                parameter.sub_(update)
        if step == 1 or step % every == 0 or step == steps:
            with torch.no_grad():
                test_loss, right = _loss(parameters, test.x, test.y, architecture)
            yield Progress(
                step,
                _numpy(loss),
                _numpy(test_loss),
                _numpy(right),
                _numpy(_layer_norms(gradients[0])),
                _numpy(_layer_norms(updates[0]) / sizes),
            )


def _parameters(architecture: Architecture, seeds: tuple[int, ...]) -> list[Tensor]:
    """Hidden weights and biases, then those of the first and of the last layer, as PyTorch draws a linear layer's."""
    hidden = initialized(architecture, seeds=seeds, dtype=torch.float32)
    generators = [stream(seed, "ends") for seed in seeds]
    ends = []
    for fan_in, fan_out in ((PIXELS, architecture.width), (architecture.width, CLASSES)):
        spread = fan_in**-0.5
        for shape in ((fan_in, fan_out), (1, fan_out)):
            drawn = [torch.empty(shape).uniform_(-spread, spread, generator=each) for each in generators]
            ends.append(torch.stack(drawn))
    return [parameter.requires_grad_() for parameter in (*hidden, *ends)]


def _loss(parameters: Sequence[Tensor], x: Tensor, y: Tensor, architecture: Architecture) -> tuple[Tensor, Tensor]:
    """Cross-entropy and share of right answers of each network (seeds,)."""
    weight, bias, first_weight, first_bias, last_weight, last_bias = parameters
    seeds = weight.shape[1]
    a = torch.baddbmm(first_bias, x.expand(seeds, *x.shape), first_weight)
    logits = torch.baddbmm(last_bias, forward(Layers(weight, bias), a, architecture).post[-1], last_weight)
    losses = f.cross_entropy(logits.flatten(0, 1), y.repeat(seeds), reduction="none").view(seeds, -1)
    loss, right = losses.mean(1), (logits.argmax(-1) == y).float().mean(1)
    return loss, torch.where(loss.isfinite(), right, torch.nan)


def _clipped(gradients: Sequence[Tensor], max_norm: float | None) -> Sequence[Tensor]:
    """Each network's gradient times min(1, max_norm / (norm + 1e-6)), torch's rule."""
    if max_norm is None:
        return gradients
    squares = [(gradient**2).sum((0, 2, 3)) for gradient in gradients[:2]]
    squares += [(gradient**2).sum((1, 2)) for gradient in gradients[2:]]
    norm = torch.stack(squares).sum(0).sqrt()
    factor = (max_norm / (norm + 1e-6)).clamp(max=1)
    return [gradient * factor.view(-1, 1, 1) for gradient in gradients]


def _layer_norms(weights: Tensor) -> Tensor:
    norms: Tensor = torch.linalg.vector_norm(weights, dim=(2, 3))
    return norms


def _numpy(tensor: Tensor) -> Floats:
    return tensor.detach().double().numpy()
