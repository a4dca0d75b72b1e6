"""What may be set on the activations page: two activations, the spread of their inputs, and a curve of units."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from demos.formula import FUNCTIONS
from demos.gradients.activations import ACTIVATIONS, KINDS, TARGETS, Own, own
from ui import kit
from ui.kit.tables.roles import Choose, by_default

OWN: Final = "Your own formula"
POINTS: Final = "Your own points"
STDS: Final = tuple(float(f"{10 ** (k / 10):.3g}") for k in range(-10, 11))
MOST_POINTS: Final = 100
LARGEST: Final = 1e6
EXAMPLE: Final = "x,y\n0,0\n1,3\n2,1\n4,4\n5,2\n7,2.5\n"
Floats = NDArray[np.float64]


class Target(NamedTuple):
    """A curve on [0, 1]: one of `TARGETS`, or points with straight lines between them."""

    name: str
    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()

    def __call__(self, x: Floats) -> Floats:
        """Its height."""
        return TARGETS[self.name](x) if self.name in TARGETS else np.interp(x, self.x, self.y)


@dataclass(frozen=True)
class Polyline(kit.tables.Points):
    """Points from left to right, stretched so that x goes from 0 to 1 and y from −1 to 1."""

    rows: int = MOST_POINTS
    cells: int = 1_000
    least: int = 2

    def take(self, table: kit.tables.Table, choose: Choose = by_default) -> kit.tables.Pointed:
        """The points, or a ValueError that says what is wrong with them."""
        points = super().take(table, choose)
        order = np.argsort(points.x, kind="stable")
        x, y = points.x[order], points.y[order]
        for name, numbers in zip(points.names, (x, y), strict=True):
            if np.abs(numbers).max() > LARGEST:
                raise ValueError(f"Column {name}: {np.abs(numbers).max():g} is too large; up to ±1e6 is drawn.")
        twice = np.flatnonzero(np.diff(x) <= 0)
        if len(twice):
            raise ValueError(f"Column {points.names[0]}: {x[twice[0]]:g} stands there twice; a curve has one height.")
        said = (*points.said, "The picture stretches x to 0 … 1 and y to −1 … 1.")
        extent = (y.max() - y.min()) or 1.0
        return points._replace(x=(x - x[0]) / (x[-1] - x[0]), y=(2 * y - y.max() - y.min()) / extent, said=said)


def _own_points(view: "Controls") -> bool:
    return bool(view.target == POINTS)


@st.cache_resource(max_entries=64, show_spinner=False)
def read_formula(text: str) -> Own:
    """The activation of a reader's formula, or a ValueError that says what is wrong with it."""
    return own(text)


def _understood(activation: Own) -> str:
    return " ".join([f"$\\varphi(x) = {activation.latex}$", *activation.remarks])


class Controls(kit.Controls):
    """What the reader has set."""

    A = kit.Selectbox("Activation A", [*ACTIVATIONS, OWN], "ReLU", help="One of twenty, or a formula.")
    B = kit.Selectbox("Activation B", [*ACTIVATIONS, OWN], "GELU", help="To compare.")
    formula = kit.Own(
        read_formula,
        kit.TextInput(
            "φ(x) =", "x*sigmoid(1.702*x)",
            help="As you would write it: max(0.1x, x), x sigmoid(2x), sin x, x if x > 0 else 0, or in LaTeX. The "
            f"functions are {', '.join(FUNCTIONS)}, where and pow.",
        ),
        said=_understood, shown=lambda view: OWN in {view.A, view.B},
    )  # fmt: skip
    std = kit.SelectSlider(
        "Spread of the inputs σ", STDS, 1.0, help="The pre-activations are drawn from N(0, σ²): the grey area."
    )
    target = kit.Selectbox("Curve", [*TARGETS, POINTS], "sine", help="What a sum of units is to draw, on [0, 1].")
    points = kit.OwnTable(
        Polyline(), kit.TextArea("Points", EXAMPLE, 5, help="Two columns: x and y of each corner, one piece between."),
        upload=1, shown=_own_points,
    )  # fmt: skip
    kind = kit.SegmentedControl("Drawn by", KINDS, "hard sigmoid", help="The units of the hidden layer.")
    pieces = kit.Slider("Pieces", 1, 64, 8, 1, shown=lambda view: not _own_points(view), help="Of equal width.")
    layers = kit.Slider("Linear layers", 1, 100, 20, 1, more=True, help="In the tab *Linear layers*.")
    width = kit.Slider("Width", 2, 64, 32, 1, more=True, help="Of each linear layer.")
    narrowest = kit.Slider(
        "Narrowest layer", 1, 64, 64, 1, more=True, help="Of the one in the middle, if the others are wider."
    )
    momentum = kit.Toggle("Momentum 0.9", more=True, help="Of SGD, in the tab *Dead units*.")
    seed = kit.Slider("Seed", 0, 99, 0, 1, more=True, help="Of the weights in the tabs.")

    @property
    def bends(self) -> Mapping[str, str]:
        """Both activations: a name of `ACTIVATIONS`, or the text of the formula."""
        return {each: self.formula.text if chosen == OWN else chosen for each, chosen in (("A", self.A), ("B", self.B))}

    @property
    def curve(self) -> Target:
        """What is to be drawn."""
        if _own_points(self):
            return Target(self.target, tuple(self.points.x.tolist()), tuple(self.points.y.tolist()))
        return Target(self.target)

    @property
    def knots(self) -> Floats:
        """The ends of the pieces, (pieces + 1,)."""
        return self.points.x if _own_points(self) else np.linspace(0, 1, self.pieces + 1)

    @property
    def widths(self) -> tuple[int, ...]:
        """Of the stack of linear layers, its input included."""
        widths = [self.width] * (self.layers + 1)
        widths[len(widths) // 2] = min(self.width, self.narrowest)
        return tuple(widths)
