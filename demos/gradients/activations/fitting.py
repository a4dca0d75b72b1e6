"""The same hidden layer found by training, from many starts at once."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from demos.gradients.activations.bends import resolved
from demos.networks.batched import descend, outputs
from demos.randomness import stream

Floats = NDArray[np.float64]
GRID: Final = 201  # points that are learned, and on which errors are measured


class Fit(NamedTuple):
    """Networks at a step of training."""

    step: int
    error: Floats  # (seeds,), the largest on the grid
    value: NDArray[np.float32]  # (seeds, grid), what they say
    kinks: NDArray[np.float32]  # (seeds, units), where w x + b is 0


def fitting(
    target: Callable[[Floats], Floats],
    *,
    units: int,
    kind: str,
    lr: float,
    steps: int,
    seeds: Sequence[int],
    low: float,
    high: float,
    every: int,
) -> Iterator[Fit]:
    """Train 1 – units – 1 on the mean squared error by Adam, all seeds at once, from torch's default weights.

    Args:
        target: the curve, on inputs from low to high.
        units: of the hidden layer.
        kind: its activation, of `ACTIVATIONS`.
        lr: learning rate of Adam.
        steps: each on all points of the grid.
        seeds: of the first weights, one network each.
        low: left end of the inputs.
        high: right end of the inputs.
        every: steps from one `Fit` to the next; they divide `steps`.

    Raises:
        ValueError: an argument is not allowed.
    """
    if units < 1:
        raise ValueError(f"units must be at least 1, not {units}.")
    if not low < high:
        raise ValueError(f"low must be below high, not {low} and {high}.")
    if steps < 1 or every < 1 or steps % every:
        raise ValueError(f"steps must be a multiple of every, at least 1, not {steps} and {every}.")
    activation = resolved(kind)
    x = torch.linspace(low, high, GRID)[:, None]
    y = torch.as_tensor(target(x[:, 0].double().numpy()), dtype=torch.float32)[:, None]
    parameters = _drawn(units, seeds)

    def said() -> Tensor:
        return outputs(parameters, x, [activation])[-1]

    def loss(_: Tensor) -> Tensor:
        return (said() - y).square().mean((1, 2))

    steps_done = descend(parameters, loss, rows=1, optimizer="Adam", lr=lr, batch_size=1, epochs=steps, seed=0)
    for step in steps_done:
        if step % every == 0:
            with torch.no_grad():
                value = said()[..., 0]
                error = (value - y[:, 0]).abs().amax(1).double().numpy()
                kinks = (-parameters[1] / parameters[0])[:, 0].numpy()
            yield Fit(step, error, value.numpy(), kinks)


def _drawn(units: int, seeds: Sequence[int]) -> list[Tensor]:
    """Weights and biases as `torch.nn.Linear` draws them, from ±1/√in, of all seeds."""
    shapes = {"w": ((1, units), 1), "b": ((1, units), 1), "c": ((units, 1), units), "d": ((1, 1), units)}
    return [
        torch.stack(
            [(torch.rand(shape, generator=stream(seed, name)) * 2 - 1) / fan_in**0.5 for seed in seeds]
        ).requires_grad_()
        for name, (shape, fan_in) in shapes.items()
    ]


def trained_fit(
    target: Callable[[Floats], Floats],
    *,
    units: int,
    kind: str,
    lr: float,
    steps: int,
    seeds: Sequence[int],
    low: float = 0.0,
    high: float = 1.0,
) -> Floats:
    """The largest error (seeds,) after training as `fitting` does."""
    *_, last = fitting(target, units=units, kind=kind, lr=lr, steps=steps, seeds=seeds, low=low, high=high, every=steps)
    return last.error
