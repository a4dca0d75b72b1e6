"""Depth without a bend, and with one: a stack of linear layers as one layer, and the pieces of a ReLU network.

A composition of tents doubles the pieces with every layer of two units; random weights do nothing of the kind: their
pieces grow with the number of units, wherever these stand.

References: M. Telgarsky, Benefits of depth in neural networks, COLT 2016; B. Hanin and D. Rolnick, Complexity of linear
regions in deep networks, ICML 2019.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from demos.randomness import stream

Floats = NDArray[np.float64]
INPUTS: Final = 200  # random vectors on which stack and layer are compared
BEND: Final = 1e-9  # relative change of slope below which two pieces are one


class Collapse(NamedTuple):
    """A stack of linear layers, and the one layer that does the same."""

    weight: Floats  # (out, in)
    bias: Floats  # (out,)
    difference: float  # of the outputs of both, at most
    rank: int  # numerical, in double precision
    singular: Floats  # (layers, widest), singular values of the product after every layer; NaN beyond its rank

    def surviving(self, *, dtype: torch.dtype) -> NDArray[np.int64]:
        """How many singular values (layers,) a floating-point format tells from rounding of the largest."""
        least = torch.finfo(dtype).eps * self.singular.shape[1] * self.singular[:, :1]
        with np.errstate(invalid="ignore"):
            return np.asarray((self.singular > least).sum(axis=1))

    @property
    def stable_rank(self) -> float:
        """Σ s²/s₁² of the whole product: over how many directions its outputs spread."""
        last = self.singular[-1]
        return float(np.nansum(last**2) / last[0] ** 2)


def collapse(*, widths: Sequence[int], seed: int) -> Collapse:
    """Linear layers between these widths with weights N(0, 1/in) and biases N(0, 1), multiplied out in float64.

    Raises:
        ValueError: there are fewer than two widths, or one is below 1.
    """
    if len(widths) < 2 or min(widths) < 1:
        raise ValueError(f"widths must be at least two numbers of at least 1, not {tuple(widths)}.")
    generator, real = stream(seed, "collapse"), torch.float64
    weight, bias = torch.eye(widths[0], dtype=real), torch.zeros(widths[0], dtype=real)
    inputs = torch.randn(INPUTS, widths[0], generator=generator, dtype=real)
    outputs, singular = inputs, []
    for fan_in, fan_out in pairwise(widths):
        w = torch.randn(fan_out, fan_in, generator=generator, dtype=real) / fan_in**0.5
        b = torch.randn(fan_out, generator=generator, dtype=real)
        outputs = outputs @ w.mT + b
        weight, bias = w @ weight, w @ bias + b
        values = torch.linalg.svdvals(weight).numpy()
        singular.append(np.pad(values, (0, max(widths) - len(values)), constant_values=np.nan))
    difference = float((outputs - (inputs @ weight.mT + bias)).abs().max())
    rank = int(torch.linalg.matrix_rank(weight))
    return Collapse(weight.numpy(), bias.numpy(), difference, rank, np.array(singular))


def pieces(weights: Sequence[ArrayLike], biases: Sequence[ArrayLike], *, low: float, high: float) -> Floats:
    """The kinks (m,) between low and high of a ReLU network with one input and one output, which has m + 1 pieces.

    Exact, without a grid: on each piece of the layers before, a unit is straight and is 0 at most once.

    Args:
        weights: (out, in) of each layer.
        biases: (out,) of each layer.
        low: left end of the inputs.
        high: right end of the inputs.

    Raises:
        ValueError: the network has more than one input or output, or low is not below high.
    """
    layers = [(np.asarray(w, dtype=float), np.asarray(b, dtype=float)) for w, b in zip(weights, biases, strict=True)]
    if not layers or layers[0][0].shape[1] != 1 or layers[-1][0].shape[0] != 1:
        raise ValueError("weights must lead from one input to one output.")
    if not low < high:
        raise ValueError(f"low must be below high, not {low} and {high}.")
    at = np.array([low, high], dtype=float)
    activations = at[:, None]
    for weight, bias in layers[:-1]:
        h = activations @ weight.T + bias
        piece, unit = np.nonzero(h[:-1] * h[1:] < 0)
        left, right = h[piece, unit], h[piece + 1, unit]
        crossings = at[piece] + (at[piece + 1] - at[piece]) * left / (left - right)
        finer = np.unique(np.concatenate([at, crossings]))
        h = np.stack([np.interp(finer, at, each) for each in h.T], axis=1)
        at, activations = finer, np.maximum(h, 0.0)
    weight, bias = layers[-1]
    slope = np.diff((activations @ weight.T + bias)[:, 0]) / np.diff(at)
    bends = np.abs(np.diff(slope)) > BEND * (1 + np.abs(slope).max())
    return np.asarray(at[1:-1][bends])


def random_net(*, widths: Sequence[int], seed: int, bias_std: float = 1.0) -> tuple[list[Floats], list[Floats]]:
    """Weights N(0, 2/in), as He draws them, and biases N(0, bias_std²)."""
    generator = np.random.default_rng(seed)
    weights = [generator.normal(size=(after, before)) * (2 / before) ** 0.5 for before, after in pairwise(widths)]
    return weights, [generator.normal(size=after) * bias_std for after in widths[1:]]


def sawtooth(depth: int) -> tuple[list[Floats], list[Floats]]:
    """2^depth pieces on [0, 1] from two ReLUs a layer: the tent 2 relu(x) − 4 relu(x − 1/2), composed."""
    if depth < 1:
        raise ValueError(f"depth must be at least 1, not {depth}.")
    tent, kinks = np.array([[2.0, -4.0]]), np.array([0.0, -0.5])
    weights = [np.ones((2, 1)), *(np.repeat(tent, 2, axis=0) for _ in range(depth - 1)), tent]
    return weights, [*(kinks for _ in range(depth)), np.zeros(1)]
