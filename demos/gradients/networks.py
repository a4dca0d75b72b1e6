"""Deep networks of equal layers: how they are initialized, and what flows through them.

h_l = N(W_l a_{l−1} + b_l) and a_l = φ(h_l), or a_l = a_{l−1} + φ(h_l) with residual connections, where N normalizes or
does nothing. All layers have the same width, and several networks that differ only in their seed are computed as one.
"""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as f
from torch.nn import init as fill

from demos.randomness import stream

Activation = Callable[[Tensor], Tensor]
MAX_DEPTH: Final = 100
MIN_WIDTH: Final = 8
MAX_WIDTH: Final = 512
EPSILON: Final = 1e-5  # torch's, for batch and layer normalization

ACTIVATIONS: Final[Mapping[str, Activation]] = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "ReLU": torch.relu,
    "leaky ReLU": f.leaky_relu,
    "ELU": f.elu,
    "SELU": f.selu,
    "GELU": f.gelu,
    "SiLU": f.silu,
    "linear": lambda h: h,
}


class Init(NamedTuple):
    """How a layer's weights and biases are drawn, and with which variances."""

    weight: Callable[[Tensor, torch.Generator], object]  # fills (width, width)
    weight_variance: Callable[[int], float]  # of one entry, by width
    bias_variance: Callable[[int], float]


def _default(tensor: Tensor, generator: torch.Generator) -> object:
    return fill.kaiming_uniform_(tensor, a=5**0.5, generator=generator)


INITS: Final[Mapping[str, Init]] = {
    "N(0, 0.01)": Init(lambda w, g: fill.normal_(w, std=0.01, generator=g), lambda _: 1e-4, lambda _: 0.0),
    "N(0, 0.1)": Init(lambda w, g: fill.normal_(w, std=0.1, generator=g), lambda _: 1e-2, lambda _: 0.0),
    "PyTorch default": Init(_default, lambda width: 1 / (3 * width), lambda width: 1 / (3 * width)),
    "Xavier": Init(lambda w, g: fill.xavier_normal_(w, generator=g), lambda width: 1 / width, lambda _: 0.0),
    "Kaiming": Init(
        lambda w, g: fill.kaiming_normal_(w, generator=g, nonlinearity="relu"), lambda width: 2 / width, lambda _: 0.0
    ),
    "orthogonal": Init(lambda w, g: fill.orthogonal_(w, generator=g), lambda width: 1 / width, lambda _: 0.0),
}


def batch_normalized(z: Tensor) -> Tensor:
    """Every unit with mean 0 and variance 1 over the batch, the last axis but one."""
    return (z - z.mean(-2, keepdim=True)) / (z.var(-2, correction=0, keepdim=True) + EPSILON).sqrt()


def layer_normalized(z: Tensor) -> Tensor:
    """Every example with mean 0 and variance 1 over the units, the last axis."""
    return (z - z.mean(-1, keepdim=True)) / (z.var(-1, correction=0, keepdim=True) + EPSILON).sqrt()


NORMALIZATIONS: Final[Mapping[str, Callable[[Tensor], Tensor]]] = {
    "none": lambda z: z,
    "batch": batch_normalized,
    "layer": layer_normalized,
}


class Architecture(NamedTuple):
    """What a network is made of."""

    depth: int  # layers, 1 to 100
    width: int  # units of each, 8 to 512
    activation: str  # of ACTIVATIONS
    init: str  # of INITS
    normalization: str  # of NORMALIZATIONS
    residual: bool

    def checked(self) -> "Architecture":
        """The same.

        Raises:
            ValueError: a number is out of range, or a name unknown.
        """
        for name, number, low, high in (
            ("depth", self.depth, 1, MAX_DEPTH),
            ("width", self.width, MIN_WIDTH, MAX_WIDTH),
        ):
            if not low <= number <= high:
                raise ValueError(f"{name} must be from {low} to {high}, not {number}.")
        for name, chosen, known in (
            ("activation", self.activation, list(ACTIVATIONS)),
            ("init", self.init, list(INITS)),
            ("normalization", self.normalization, list(NORMALIZATIONS)),
        ):
            if chosen not in known:
                raise ValueError(f"{name} must be one of {', '.join(known)}, not {chosen!r}.")
        return self


class Layers(NamedTuple):
    """The weights of a stack of equal layers, of one network a seed."""

    weight: Tensor  # (depth, seeds, width, width), (in, out)
    bias: Tensor  # (depth, seeds, 1, width)


KEPT: Final = 4_000_000  # weights, of 4 bytes


class Drawn:
    """The layers of a network of one seed, drawn when they are asked for.

    Those of a large network take up to 105 MB together: they are not kept, but drawn again.
    """

    def __init__(self, architecture: Architecture, *, seed: int) -> None:
        self._architecture = architecture
        self._kept: dict[int, tuple[Tensor, Tensor]] = {}
        self._generator = stream(seed, "weights")
        self._states = [self._generator.get_state()]  # before each layer that was drawn, and after the last

    def layer(self, number: int) -> tuple[Tensor, Tensor]:
        """Weight (out, in) and bias (width,) of a layer in float32, the same whenever it is asked for.

        The first time, layers are asked for in order.
        """
        if number in self._kept:
            return self._kept[number]
        width, init = self._architecture.width, INITS[self._architecture.init]
        self._generator.set_state(self._states[number])
        weight, bias = torch.empty(width, width), torch.empty(width)
        init.weight(weight, self._generator)
        spread = (3 * init.bias_variance(width)) ** 0.5
        bias.uniform_(-spread, spread, generator=self._generator)
        if number + 1 == len(self._states):
            self._states.append(self._generator.get_state())
        if self._architecture.depth * width**2 <= KEPT:
            self._kept[number] = weight, bias
        return weight, bias


def initialized(architecture: Architecture, *, seeds: tuple[int, ...], dtype: torch.dtype) -> Layers:
    """The layers of an architecture as its init draws them, for each seed apart."""
    depth, width = architecture.depth, architecture.width
    weight = torch.empty(depth, len(seeds), width, width, dtype=dtype)
    bias = torch.empty(depth, len(seeds), 1, width, dtype=dtype)
    for place, seed in enumerate(seeds):
        drawn = Drawn(architecture, seed=seed)
        for number in range(depth):
            of_layer, bias[number, place, 0] = drawn.layer(number)
            weight[number, place] = of_layer.mT
    return Layers(weight, bias)


class Activity(NamedTuple):
    """What one layer makes of its input."""

    linear: Tensor  # W_l a_(l-1) + b_l (seeds, batch, width), before the normalization
    pre: Tensor  # h_l (seeds, batch, width), what the activation is applied to
    post: Tensor  # a_l (seeds, batch, width)


def step(weight: Tensor, bias: Tensor, a: Tensor, architecture: Architecture) -> Activity:
    """Pass a (seeds, batch, width) through a layer with weight (seeds, in, out) and bias (seeds, 1, out)."""
    z = torch.baddbmm(bias, a, weight)
    h = NORMALIZATIONS[architecture.normalization](z)
    after = ACTIVATIONS[architecture.activation](h)
    return Activity(z, h, a + after if architecture.residual else after)


class Passed(NamedTuple):
    """What every layer made of its input."""

    pre: list[Tensor]  # h_l (seeds, batch, width), what the activation is applied to
    post: list[Tensor]  # a_l (seeds, batch, width)


def forward(layers: Layers, x: Tensor, architecture: Architecture) -> Passed:
    """Pass x (seeds, batch, width) or (batch, width) through the layers."""
    pre, post = [], []
    a = x.expand(layers.weight.shape[1], *x.shape[-2:])
    for weight, bias in zip(*layers, strict=True):
        _, h, a = step(weight, bias, a, architecture)
        pre.append(h)
        post.append(a)
    return Passed(pre, post)
