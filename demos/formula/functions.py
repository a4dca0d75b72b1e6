"""The functions of formulas as SymPy has them, or as classes of their own where its derivatives are not torch's.

Where a function has a kink its derivative there is the one of `torch`: 0 for |u| and ReLU, half of each side for max.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
import sympy
from scipy.special import erf, expit

Builder = Callable[..., sympy.Expr]
NUMERIC: Final[dict[str, Callable[..., Any]]] = {"erf": erf}  # what NumPy lacks, for sympy.lambdify


def _real(name: str, of: Callable[..., Any], derivative: Builder, latex: str) -> Any:  # noqa: ANN401 - a class
    """A function of one real number, known by what NumPy computes and by its derivative."""

    def evaluate(_: type, u: sympy.Expr) -> sympy.Expr | None:
        return sympy.Float(float(of(float(u)))) if u.is_number and u.is_extended_real else None

    NUMERIC[name] = of

    def printed(self: Any, printer: Any, exp: str | None = None) -> str:  # noqa: ANN401 - of SymPy
        power = f"^{{{exp}}}" if exp else ""
        return rf"{latex}{power}{{\left({printer.doprint(self.args[0])} \right)}}"

    members = {
        "is_extended_real": True,
        "eval": classmethod(evaluate),
        "fdiff": lambda self, _index=1: derivative(self.args[0]),
        "_latex": printed,
    }
    return type(name, (sympy.Function,), members)


def _flat(_: sympy.Expr) -> sympy.Expr:
    return sympy.S.Zero


floor = _real("floor", np.floor, _flat, r"\operatorname{floor}")
ceil = _real("ceil", np.ceil, _flat, r"\operatorname{ceil}")
rint = _real("rint", np.rint, _flat, r"\operatorname{round}")
step = _real("step", lambda u: np.where(np.isnan(u), np.nan, np.asarray(u) > 0), _flat, r"\operatorname{step}")
relu = _real("relu", lambda u: np.maximum(u, 0.0), step, r"\operatorname{ReLU}")
sigmoid: Any = _real("sigmoid", expit, lambda u: sigmoid(u) * (1 - sigmoid(u)), r"\sigma")
softplus = _real("softplus", lambda u: np.logaddexp(0.0, u), sigmoid, r"\operatorname{softplus}")

LEAK: Final = sympy.Rational(1, 100)  # as torch has it


def _abs(u: sympy.Expr) -> sympy.Expr:
    """|u|; of a complex u it has no derivative."""
    return sympy.Abs(u) if u.is_extended_real else sympy.sqrt(u**2)


def _most(*of: sympy.Expr) -> sympy.Expr:
    return sympy.Max(*of, evaluate=False)


def _least(*of: sympy.Expr) -> sympy.Expr:
    return sympy.Min(*of, evaluate=False)


def _log(u: sympy.Expr, base: sympy.Expr | None = None) -> sympy.Expr:
    return sympy.log(u) if base is None else sympy.log(u) / sympy.log(base)


def _clip(u: sympy.Expr, low: sympy.Expr, high: sympy.Expr) -> sympy.Expr:
    return sympy.Piecewise((low, u < low), (high, u > high), (u, True))


def _elu(u: sympy.Expr, alpha: sympy.Expr = sympy.S.One) -> sympy.Expr:
    return sympy.Piecewise((u, u > 0), (alpha * (sympy.exp(u) - 1), True))


def _leaky_relu(u: sympy.Expr, slope: sympy.Expr = LEAK) -> sympy.Expr:
    return sympy.Piecewise((u, u > 0), (slope * u, True))


def _cbrt(u: sympy.Expr) -> sympy.Expr:
    return sympy.sign(u) * _abs(u) ** sympy.Rational(1, 3)


FUNCTIONS: Final[Mapping[str, Builder]] = {
    **{name: getattr(sympy, name) for name in ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh")},
    "exp": sympy.exp,
    "log": _log,
    "sqrt": sympy.sqrt,
    "abs": _abs,
    "max": _most,
    "min": _least,
    "sign": sympy.sign,
    "floor": floor,
    "ceil": ceil,
    "round": rint,
    "sigmoid": sigmoid,
    "relu": relu,
    "softplus": softplus,
    "erf": sympy.erf,
    "asinh": sympy.asinh,
    "acosh": sympy.acosh,
    "atanh": sympy.atanh,
    "atan2": sympy.atan2,
    "cot": lambda u: sympy.cos(u) / sympy.sin(u),
    "sec": lambda u: 1 / sympy.cos(u),
    "csc": lambda u: 1 / sympy.sin(u),
    "log10": lambda u: _log(u, sympy.Integer(10)),
    "log2": lambda u: _log(u, sympy.Integer(2)),
    "log1p": lambda u: sympy.log(1 + u),
    "expm1": lambda u: sympy.exp(u) - 1,
    "cbrt": _cbrt,
    "square": lambda u: u**2,
    "hypot": lambda u, v: sympy.sqrt(u**2 + v**2),
    "clip": _clip,
    "step": step,
    "gelu": lambda u: u * (1 + sympy.erf(u / sympy.sqrt(2))) / 2,
    "silu": lambda u: u * sigmoid(u),
    "elu": _elu,
    "leaky_relu": _leaky_relu,
    "softsign": lambda u: u / (1 + _abs(u)),
    "erfc": lambda u: 1 - sympy.erf(u),
}
ARITY: Final[Mapping[str, tuple[int, int]]] = {  # fewest and most arguments, of those that do not take one
    "log": (1, 2),
    "max": (2, 3),
    "min": (2, 3),
    "atan2": (2, 2),
    "hypot": (2, 2),
    "clip": (3, 3),
    "elu": (1, 2),
    "leaky_relu": (1, 2),
    "pow": (2, 2),
    "where": (3, 3),
}
ALIASES: Final[Mapping[str, str]] = {
    "ln": "log",
    "lg": "log10",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "arctan2": "atan2",
    "arcsinh": "asinh",
    "arccosh": "acosh",
    "arctanh": "atanh",
    "arsinh": "asinh",
    "artanh": "atanh",
    "arcosh": "acosh",
    "tg": "tan",
    "ctg": "cot",
    "cotan": "cot",
    "cosec": "csc",
    "sgn": "sign",
    "fabs": "abs",
    "absolute": "abs",
    "maximum": "max",
    "minimum": "min",
    "fmax": "max",
    "fmin": "min",
    "power": "pow",
    "ceiling": "ceil",
    "rint": "round",
    "clamp": "clip",
    "heaviside": "step",
    "logistic": "sigmoid",
    "expit": "sigmoid",
    "swish": "silu",
    "ite": "where",
    "leakyrelu": "leaky_relu",
}
WEIGHT: Final[Mapping[str, int]] = {  # levels of nesting that count for one: a choice is differentiated on all its ways
    **dict.fromkeys(("max", "min", "cbrt"), 2),
    **dict.fromkeys(("where", "clip", "elu", "leaky_relu"), 3),
}
STAIRCASES: Final = (floor, ceil, rint, step, sympy.sign)  # flat but for their jumps


def kinks(expression: sympy.Expr) -> list[sympy.Expr]:
    """What is zero where an expression has a kink or a jump: there it has no Hessian."""
    found: list[sympy.Expr] = [each.args[0] for each in expression.atoms(sympy.Abs, sympy.sign, relu, step)]
    for each in expression.atoms(sympy.Max, sympy.Min):
        found += [one - other for place, one in enumerate(each.args) for other in each.args[:place]]
    for each in expression.atoms(sympy.core.relational.Relational):
        found.append(each.lhs - each.rhs)
    found += [each.args[0] - floor(each.args[0]) for each in expression.atoms(floor, ceil)]
    found += [each.args[0] - floor(each.args[0]) - sympy.Rational(1, 2) for each in expression.atoms(rint)]
    return [each for each in found if each.free_symbols]
