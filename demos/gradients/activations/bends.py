"""Twenty activation functions and any other that is written as a formula, their derivatives, and their moments."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
import sympy
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor
from torch.nn import functional as f

from demos.formula import NUMERIC, read, symbols
from demos.gradients import networks

Floats = NDArray[np.float64]
Activation = Callable[[Tensor], Tensor]
LEAK: Final = 0.25  # with which PReLU starts in torch
SATURATED: Final = 0.1  # of the largest |φ′|: relative, or sigmoid with its 1/4 would count as flat nearly everywhere
REACH: Final = 10.0  # standard deviations, and inputs among which the largest |φ′| is looked for
POINTS: Final = 40_000  # of the integrals; an even number, so that none lies on a kink at 0
FINITE: Final = 8.0  # inputs within ± it have to give numbers


def _step(h: Tensor) -> Tensor:
    """1 above 0. `torch.heaviside` has no derivative at all, where this one has 0."""
    return (h > 0).to(h.dtype) + 0 * h


ACTIVATIONS: Final[Mapping[str, Activation]] = {
    "linear": networks.ACTIVATIONS["linear"],
    "step": _step,
    "sigmoid": networks.ACTIVATIONS["sigmoid"],
    "hard sigmoid": f.hardsigmoid,  # x/6 + 1/2 on [-3, 3]; ONNX has x/5 + 1/2, and BinaryConnect (x + 1)/2
    "tanh": networks.ACTIVATIONS["tanh"],
    "hard tanh": f.hardtanh,
    "softsign": f.softsign,
    "ReLU": networks.ACTIVATIONS["ReLU"],
    "ReLU6": f.relu6,
    "leaky ReLU": networks.ACTIVATIONS["leaky ReLU"],
    "PReLU": lambda h: f.leaky_relu(h, LEAK),
    "ELU": networks.ACTIVATIONS["ELU"],
    "CELU": f.celu,
    "SELU": networks.ACTIVATIONS["SELU"],
    "softplus": f.softplus,
    "GELU": networks.ACTIVATIONS["GELU"],  # with the error function
    "GELU (tanh)": lambda h: f.gelu(h, approximate="tanh"),
    "SiLU": networks.ACTIVATIONS["SiLU"],
    "Mish": f.mish,
    "hard swish": f.hardswish,
}


class Curve(NamedTuple):
    """An activation and its slope."""

    value: Floats  # as x
    derivative: Floats  # as x; on a kink torch's


class Moments(NamedTuple):
    """What an activation makes of pre-activations h = σZ, Z ~ N(0, 1)."""

    mean: float  # E φ(h)
    square: float  # E φ(h)²
    slope_square: float  # E φ′(h)², by which a layer multiplies the squared gradient, the weights aside
    saturated: float  # probability that |φ′(h)| is at most a tenth of the largest |φ′|
    zero: float  # probability that φ′(h) is exactly 0


@dataclass(frozen=True)
class Own:
    """An activation from a formula in x, which torch can differentiate once."""

    text: str
    expression: sympy.Expr
    remarks: tuple[str, ...] = ()

    def __call__(self, h: Tensor) -> Tensor:
        """φ(h)."""
        answer: Tensor = _OfFormula.apply(h, self)  # type: ignore[no-untyped-call]
        return answer

    def __reduce__(self) -> tuple[Callable[[str], "Own"], tuple[str]]:
        """Its text alone: what is compiled cannot be copied."""
        return own, (self.text,)

    @property
    def latex(self) -> str:
        """The formula as LaTeX."""
        return str(sympy.latex(self.expression))

    def evaluate(self, x: ArrayLike) -> Curve:
        """Value and derivative at any numbers; NaN where there is none."""
        at = np.asarray(x, dtype=float)
        with np.errstate(all="ignore"):
            value, slope = (np.broadcast_to(np.asarray(each, float), at.shape).copy() for each in self._compiled(at))
        return Curve(value, slope)

    @cached_property
    def _compiled(self) -> Callable[..., Sequence[ArrayLike]]:
        (x,) = symbols(("x",))
        slope = sympy.diff(self.expression, x).replace(sympy.DiracDelta, lambda *_: sympy.Integer(0))
        compiled: Callable[..., Sequence[ArrayLike]] = sympy.lambdify(
            [x], [self.expression, slope], [dict(NUMERIC), "numpy"], cse=True
        )
        return compiled


class _OfFormula(torch.autograd.Function):
    """A formula as a step of torch's graph."""

    @staticmethod
    def forward(context: Any, h: Tensor, formula: Own) -> Tensor:  # noqa: ANN401
        """The values, with the slopes kept."""
        value, slope = (torch.as_tensor(each, dtype=h.dtype) for each in formula.evaluate(h.detach().numpy()))
        context.save_for_backward(slope)
        return value

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor, None]:  # noqa: ANN401
        """Times the slopes."""
        return gradient * context.saved_tensors[0], None


def own(text: str) -> Own:
    """The activation that a formula in one variable writes, such as `x sigmoid(2x)` or `max(0.1x, x)`.

    Raises:
        ValueError: it cannot be read, has no x in it, or is no number somewhere between −8 and 8.
    """
    expression, remarks = read(text, names=("x",))
    if not expression.free_symbols:
        raise ValueError("The formula is the same for every x: an activation has to depend on x.")
    activation = Own(text, expression, remarks)
    at = np.linspace(-FINITE, FINITE, 1_601)
    undefined = ~np.isfinite(activation.evaluate(at)).all(axis=0)
    if undefined.any():
        where = f"x = {at[undefined][0]:.3g}"
        raise ValueError(f"The formula or its derivative is no finite number at {where}: a unit meets all numbers.")
    return activation


def resolved(activation: str | Activation) -> Activation:
    """The function of a name; a function is itself."""
    if not isinstance(activation, str):
        return activation
    if activation not in ACTIVATIONS:
        raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}, not {activation!r}.")
    return ACTIVATIONS[activation]


def slopes(activation: Activation, h: Tensor) -> Tensor:
    """φ′(h) by autograd, of h's shape and precision."""
    with torch.enable_grad():
        inputs = h.detach().requires_grad_()
        return torch.autograd.grad(activation(inputs).sum(), inputs)[0]


def curve(activation: str | Activation, *, x: ArrayLike) -> Curve:
    """An activation, by its name in `ACTIVATIONS` or itself, and its derivative at x of any shape.

    Raises:
        ValueError: the name is unknown.
    """
    phi, h = resolved(activation), torch.tensor(np.asarray(x, dtype=float))
    return Curve(phi(h).numpy(), slopes(phi, h).numpy())


def steepest(activation: str | Activation) -> float:
    """The largest |φ′| of inputs within ±10."""
    return float(np.abs(curve(activation, x=np.linspace(-REACH, REACH, POINTS + 1)).derivative).max())


def moments(activation: str | Activation, *, std: float) -> Moments:
    """Moments under pre-activations N(0, std²), to about four digits: sums over 40,000 points.

    Raises:
        ValueError: std is not above 0, or the name unknown.
    """
    if not 0 < std < np.inf:
        raise ValueError(f"std must be a number above 0, not {std}.")
    z = np.linspace(-REACH, REACH, POINTS)
    weight = np.exp(-z * z / 2)
    weight /= weight.sum()
    value, slope = curve(activation, x=std * z)
    with np.errstate(all="ignore"):
        return Moments(
            mean=float(weight @ value),
            square=float(weight @ value**2),
            slope_square=float(weight @ slope**2),
            saturated=float(weight @ (np.abs(slope) <= SATURATED * steepest(activation))),
            zero=float(weight @ (slope == 0)),
        )
