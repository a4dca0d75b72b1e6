"""One hidden layer by hand: a curve of straight pieces as a sum of units, one unit a piece.

A hard sigmoid makes the ramp of its piece; a ReLU changes the slope at the beginning of its piece and goes on for ever.
n ReLUs make n pieces, since neighbouring ramps share their kinks. A soft sigmoid rounds its ramp.
"""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from demos.gradients.activations.bends import curve

Floats = NDArray[np.float64]
KINDS: Final = ("hard sigmoid", "sigmoid", "ReLU")
RAMPS: Final[Mapping[str, float]] = {"hard sigmoid": 6.0, "sigmoid": 4.0}  # 1/φ′(0): inputs over which φ rises by 1
TARGETS: Final[Mapping[str, Callable[[Floats], Floats]]] = {  # on [0, 1], within ±1
    "sine": lambda x: np.sin(2 * np.pi * x),
    "step": lambda x: np.where(x > 0.5, 1.0, -1.0),
    "|x|": lambda x: 2 * np.abs(2 * x - 1) - 1,
    "Runge": lambda x: 2 / (1 + 25 * (2 * x - 1) ** 2) - 1,
}


class Units(NamedTuple):
    """A hidden layer over one input: Σ coefficient · φ(slope · x + shift) + constant."""

    slope: Floats  # (units,)
    shift: Floats  # (units,)
    coefficient: Floats  # (units,)
    constant: float


def construct(x: ArrayLike, y: ArrayLike, *, kind: str) -> Units:
    """The units whose sum runs through the points (n + 1,): n units of a kind.

    With hard sigmoids and ReLUs it is straight in between; soft sigmoids have the slope of their piece in its middle.

    Raises:
        ValueError: the kind is unknown, x does not increase, or there are not as many y.
    """
    at, level = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if at.ndim != 1 or at.shape != level.shape or len(at) < 2:
        raise ValueError(f"x and y must be as many numbers, at least two, not of shape {at.shape} and {level.shape}.")
    widths, rises = np.diff(at), np.diff(level)
    if not (widths > 0).all():
        raise ValueError(f"x must increase, and does not after {at[:-1][~(widths > 0)][0]:g}.")
    if kind in RAMPS:
        slope = RAMPS[kind] / widths
        return Units(slope, -slope * (at[:-1] + at[1:]) / 2, rises, float(level[0]))
    if kind == "ReLU":
        return Units(np.ones(len(widths)), -at[:-1], np.diff(rises / widths, prepend=0.0), float(level[0]))
    raise ValueError(f"kind must be one of {', '.join(KINDS)}, not {kind!r}.")


def total(units: Units, *, x: ArrayLike, kind: str) -> tuple[Floats, Floats]:
    """The sum (n,) at x (n,), and its terms (units, n) without the constant."""
    inputs = units.slope[:, None] * np.asarray(x, dtype=float) + units.shift[:, None]
    terms = units.coefficient[:, None] * curve(kind, x=inputs).value
    return terms.sum(axis=0) + units.constant, terms
