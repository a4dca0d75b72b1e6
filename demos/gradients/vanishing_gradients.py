"""How gradients shrink and grow through depth: measured by autograd, and predicted by mean-field theory.

In a wide network at initialization the squared gradient changes from a layer to the one before it by the factor
χ = σ_w² E φ′(√q Z)², where Z ~ N(0, 1), σ_w² is the width times the variance of a weight, and q is the variance of the
pre-activations. χ < 1 vanishes, χ > 1 explodes.

References: B. Poole et al., Exponential expressivity in deep neural networks through transient chaos, NeurIPS 2016;
S. Schoenholz et al., Deep information propagation, ICLR 2017.
"""

from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from demos.gradients.networks import ACTIVATIONS, INITS, Activity, Architecture, Drawn, step
from demos.randomness import stream

Floats = NDArray[np.float64]
SATURATED: Final = 0.1  # of the largest derivative: a unit below it hardly passes the gradient on
ENTRIES: Final = 2**18  # activations, or weights, that are measured at once: they fit into a processor's cache
FIXED: Final = 1000  # iterations to the fixed point of the variance
LARGEST: Final = 1e12  # the variance is followed up to it, and down to its inverse


class GradientFlow(NamedTuple):
    """One forward and one backward pass, by layer."""

    gradient: Floats  # (depth,), norm of the gradient with respect to the pre-activations
    weight_gradient: Floats  # (depth,), norm of the gradient with respect to the weights
    mean: Floats  # (depth,), of the activations
    std: Floats  # (depth,), of the activations
    saturated: Floats  # (depth,), share of activations whose derivative is below a tenth of the largest
    dead: Floats  # (depth,), share of units whose derivative is exactly 0 on the whole batch
    zero: Floats  # (depth,), share of the gradient's entries that are exactly 0
    pre: NDArray[np.floating]  # (depth, batch, width), the pre-activations, of 64 bits if dtype is, else of 32

    @property
    def factors(self) -> Floats:
        """(depth − 1,), by how much the gradient changes from each layer to the one before it; NaN where it is gone."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.gradient[:-1] / self.gradient[1:]

    @property
    def factor(self) -> float:
        """Their geometric mean; 0 where the gradient is gone, NaN with a single layer."""
        first, last, factors = self.gradient[0], self.gradient[-1], len(self.gradient) - 1
        return float((first / last) ** (1 / factors)) if factors and last else np.nan


def gradient_flow(
    *,
    depth: int,
    width: int,
    activation: str,
    init: str,
    normalization: str,
    residual: bool,
    batch: int,
    seed: int,
    dtype: torch.dtype,
) -> GradientFlow:
    """Send normal inputs forward through a network at initialization, and a normal direction backward.

    The loss is the inner product of the last activations with the direction, over the batch size, so that what arrives
    at a layer is the network's Jacobian and no property of a task.

    Args:
        depth: layers, 1 to 100.
        width: units a layer, 8 to 512.
        activation: one of `ACTIVATIONS`.
        init: one of `INITS`.
        normalization: one of `NORMALIZATIONS`.
        residual: whether each layer adds to its input.
        batch: examples, at least 2.
        seed: of weights, inputs and direction.
        dtype: in which everything is computed, such as torch.float32; the norms are taken in float64.

    Raises:
        ValueError: a number is out of range or a name unknown.
    """
    architecture = Architecture(depth, width, activation, init, normalization, residual).checked()
    if batch < 2:
        raise ValueError(f"batch must be at least 2, not {batch}.")
    x, direction = probe(batch=batch, width=width, seed=seed, dtype=dtype)
    backward = _backward(architecture, x, direction / batch, seed=seed)
    measured, pre = [], []
    while some := list(islice(backward, max(1, ENTRIES // (max(batch, width) * width)))):
        tensors = [torch.cat(each) for each in zip(*reversed(some), strict=True)]
        measured.append(_measured(*tensors, activation=activation))
        pre.append(tensors[1] if dtype == torch.float64 else tensors[1].float())
    return GradientFlow._make((*torch.cat(measured[::-1], dim=1).numpy(), torch.cat(pre[::-1]).numpy()))


def _backward(architecture: Architecture, x: Tensor, arriving: Tensor, *, seed: int) -> Iterator[tuple[Tensor, ...]]:
    """From the last layer to the first: input, pre-activations, activations, and the gradients before and after the
    normalization, (1, batch, width) each.

    A layer's weights are drawn and its activations computed again for its step backward: of all layers together only
    the inputs are kept.
    """
    drawn = Drawn(architecture, seed=seed)

    def through(number: int, a: Tensor) -> Activity:
        weight, bias = drawn.layer(number)
        return step(weight.T[None].to(x.dtype).contiguous(), bias[None, None].to(x.dtype), a, architecture)

    inputs = [x[None]]
    for number in range(architecture.depth):
        inputs.append(through(number, inputs[-1]).post)
    gradient, after = arriving[None], inputs.pop()
    for number in reversed(range(architecture.depth)):
        before = inputs.pop().requires_grad_()
        linear, pre, post = through(number, before)
        of_linear, of_pre, gradient = torch.autograd.grad(post, (linear, pre, before), gradient)
        yield before.detach(), pre.detach(), after, of_linear, of_pre
        after = before.detach()


def _measured(before: Tensor, h: Tensor, after: Tensor, *of_linear_and_pre: Tensor, activation: str) -> Tensor:
    """All of `GradientFlow` but `pre` (7, layers), for some layers (layers, batch, width)."""
    of_linear, of_pre = of_linear_and_pre
    # As autograd forms it. Asked of autograd, it would be there for all layers at once.
    of_weights = before.mT @ of_linear
    slope, wide = derivative(activation, h.double()), after.double()
    measured = (
        torch.linalg.vector_norm(of_pre, dim=(1, 2), dtype=torch.float64),
        torch.linalg.vector_norm(of_weights, dim=(1, 2), dtype=torch.float64),
        wide.mean((1, 2)),
        wide.std((1, 2), correction=0),
        (slope.abs() < SATURATED * steepest(activation)).double().mean((1, 2)),
        (slope == 0).all(1).double().mean(1),
        (of_pre == 0).double().mean((1, 2)),
    )
    return torch.stack(measured)


def probe(*, batch: int, width: int, seed: int, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Normal inputs and a normal direction for the outputs, (batch, width) each."""
    generator = stream(seed, "probe")
    x, direction = (torch.randn(batch, width, generator=generator).to(dtype) for _ in range(2))
    return x, direction


def derivative(activation: str, h: Tensor) -> Tensor:
    """φ′(h), elementwise, by autograd."""
    h = h.detach().requires_grad_()
    (slope,) = torch.autograd.grad(ACTIVATIONS[activation](h).sum(), h)
    return slope


@cache
def steepest(activation: str) -> float:
    """The largest |φ′| there is."""
    return float(derivative(activation, torch.linspace(-10, 10, 20_001, dtype=torch.float64)).abs().max())


def predicted_factors(activation: str, init: str, *, width: int, depth: int) -> Floats:
    """√χ of every layer (depth,) of a plain network whose inputs have variance 1, by mean-field theory.

    The factor of layer l is that by which the gradient with respect to its pre-activations differs from that of layer
    l + 1.
    """
    weight, bias = width * INITS[init].weight_variance(width), INITS[init].bias_variance(width)
    z = torch.linspace(-10, 10, 4_000, dtype=torch.float64)  # an even number: no point on the kink of a ReLU
    density = torch.exp(-(z**2) / 2)
    density /= density.sum()
    q, factors = weight + bias, np.empty(depth)
    for layer in range(depth):
        h = q**0.5 * z
        factors[layer] = float((weight * (density * derivative(activation, h) ** 2).sum()) ** 0.5)
        q = float(weight * (density * ACTIVATIONS[activation](h) ** 2).sum() + bias)
        q = min(max(q, 1 / LARGEST), LARGEST)
    return factors


def predicted_ratio(activation: str, init: str, *, width: int) -> float:
    """√χ deep in the network, where the variance of the pre-activations has come to rest."""
    return float(predicted_factors(activation, init, width=width, depth=FIXED)[-1])


class Factors(NamedTuple):
    """The factor a layer, geometric mean over the layers, for every activation (rows) and init (columns)."""

    measured: Floats  # (activations, inits)
    predicted: Floats  # (activations, inits)


def factor_table(*, depth: int, width: int, batch: int, seed: int) -> Factors:
    """Every activation with every init, in float64; else the arguments of `gradient_flow`.

    Raises:
        ValueError: depth is below 2, or an argument of `gradient_flow` is refused.
    """
    if depth < 2:
        raise ValueError(f"depth must be at least 2 for a factor from layer to layer, not {depth}.")
    shape = len(ACTIVATIONS), len(INITS)
    measured, predicted = np.empty(shape), np.empty(shape)
    for row, activation in enumerate(ACTIVATIONS):
        for column, init in enumerate(INITS):
            flow = gradient_flow(
                depth=depth,
                width=width,
                activation=activation,
                init=init,
                normalization="none",
                residual=False,
                batch=batch,
                seed=seed,
                dtype=torch.float64,
            )
            measured[row, column] = flow.factor
            factors = predicted_factors(activation, init, width=width, depth=depth)[:-1]
            predicted[row, column] = np.exp(np.log(factors).mean())
    return Factors(measured, predicted)


def underflow(factor: float, dtype: torch.dtype) -> int | None:
    """After how many layers a product of `factor` becomes exactly 0 or infinite in a floating-point format.

    The product starts at 1 and is rounded to the format after every layer. None if it does neither.

    Raises:
        ValueError: factor is negative or not finite.
    """
    if not 0 <= factor < np.inf:
        raise ValueError(f"factor must be at least 0 and finite, not {factor}.")
    product, factor_there, layers = torch.ones((), dtype=dtype), torch.tensor(factor, dtype=dtype), 0
    if 0.5 < factor_there < 1:
        return None  # the smallest number times such a factor rounds back to itself
    while 0 < product < torch.inf:
        following = product * factor_there
        layers += 1
        if following == product:
            return None
        product = following
    return layers


def fix_ladder(*, depth: int, width: int, batch: int, seed: int) -> dict[str, GradientFlow]:
    """From vanishing to flowing, one change a rung, in float64; else the arguments of `gradient_flow`."""
    return {
        name: gradient_flow(**architecture._asdict(), batch=batch, seed=seed, dtype=torch.float64)
        for name, architecture in ladder(depth=depth, width=width).items()
    }


def ladder(*, depth: int, width: int) -> dict[str, Architecture]:
    """The rungs: each differs from the one above it in one thing."""
    sigmoid = Architecture(depth, width, "sigmoid", "PyTorch default", "none", residual=False)
    relu = sigmoid._replace(activation="ReLU")
    kaiming = relu._replace(init="Kaiming")
    normalized = kaiming._replace(normalization="batch")
    return {
        "sigmoid": sigmoid,
        "ReLU": relu,
        "He init": kaiming,
        "batch normalization": normalized,
        "residual connections": normalized._replace(residual=True),
    }
