"""What may be set on the polynomial page, and the points and regression that follow from it."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from demos.capacity.own_points import ascending
from demos.capacity.polynomial_fitting import BASES, Regression
from demos.capacity.targets import CLASSICS, DESIGNS, TARGETS
from pages.capacity.polynomial_fitting.data import Data, classic, drawn, owned
from ui import kit

OWN: Final = "Your own points"
MAX_DEGREE: Final = 20
SIZES: Final = (5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 70, 100, 150, 200, 300, 500)
RIDGES: Final = (0.0, *(float(f"{10 ** (k / 2):.3g}") for k in range(-20, 9)))  # two a decade from 1e-10 to 1e4
BISHOP: Final = kit.tables.written(*CLASSICS["Bishop's ten points"].sample)
PAIRS: Final = re.compile(r"\S+,\S+( \S+,\S+)+")  # as links had them before tables were read


@dataclass(eq=False)
class PointsText(kit.TextArea):
    """A table as text; points in one line, parted by spaces, are a row each."""

    def fit(self, value: Any) -> str:  # noqa: ANN401 - whatever a link holds
        """Any text."""
        text = str(value)
        return text.replace(" ", "\n") if PAIRS.fullmatch(text) else text


def _own(view: "Controls") -> bool:
    return bool(view.data == OWN)


def _target(view: "Controls") -> bool:
    return view.data in TARGETS


class Controls(kit.Controls):
    """What the reader has set."""

    data = kit.Selectbox(
        "Points from", [*TARGETS, *CLASSICS, OWN], "Sine",
        help="A function with noise, a data set from the literature, or your own table.",
    )  # fmt: skip
    points = kit.OwnTable(
        kit.tables.Points(),
        PointsText("Paste a table", BISHOP, 6, help="With or without names, as your spreadsheet or program writes it."),
        upload=2, shown=_own,
    )  # fmt: skip
    n = kit.SelectSlider(
        "Points n", SIZES, 12, shown=_target,
        help="In the training set. The validation set has as many, the test set 1,000.",
    )  # fmt: skip
    noise = kit.Slider("Noise σ", 0.0, 1.0, 0.25, 0.05, shown=_target, help="Standard deviation of y around the truth.")
    degree = kit.Slider(
        "Degree", 0, MAX_DEGREE, 9, 1,
        help="The highest power. The slider above the picture follows your hand; this one is kept in the link.",
    )  # fmt: skip
    ridge = kit.SelectSlider(
        "Weight decay λ", RIDGES, 0.0,
        help="What the squared coefficients are multiplied by and added to the squared errors: ridge regression.",
    )  # fmt: skip
    design = kit.SegmentedControl(
        "Training x", DESIGNS, "Evenly spaced", more=True, shown=_target,
        help="Where the training points lie. Validation and test points always lie at random.",
    )  # fmt: skip
    basis = kit.SegmentedControl(
        "Basis", BASES, "Legendre", more=True,
        help="Without λ and with up to n coefficients the curve is the same in each. What λ or more coefficients do "
        "depends on it. Powers are 1, x, x², … on the domain mapped to [−1, 1].",
    )  # fmt: skip
    penalize = kit.Toggle(
        "λ acts on the constant too", True, more=True,  # noqa: FBT003 - its default, as in st.toggle
        help="Off: the coefficient of 1 is exempt, so that λ → ∞ leaves the mean of y and not 0.",
    )  # fmt: skip
    folds = kit.Slider(
        "Folds K", 2, 30, 5, 1, more=True, help="Of the cross-validation on the training set; K = n leaves one out."
    )
    shuffle = kit.Toggle(
        "Shuffle before folding", True, more=True, help="Off: the folds are intervals of x.",  # noqa: FBT003
    )  # fmt: skip
    residuals = kit.Toggle(
        "Residual bars", more=True,
        help="From training points to the curve, at most 250. Without λ the sum of all their squares is smallest.",
    )  # fmt: skip
    seed = kit.Slider("Seed", 0, 99, 21, 1, more=True, help="Another seed, other points, other folds.")
    bases = kit.Pills(
        "Bases of the double descent", BASES, ["Legendre", "Powers"], more=True, shown=lambda view: not _own(view),
        help="In the tab *Double descent*: the bases in which the coefficients are the smallest.",
    )  # fmt: skip

    @cached_property
    def sets(self) -> Data:
        """What is fitted, and what judges it."""
        if self.data == OWN:
            return owned(ascending(self.points.x, self.points.y), seed=self.seed)
        if self.data in CLASSICS:
            return classic(self.data, seed=self.seed)
        return drawn(self.data, n=self.n, noise=self.noise, design=self.design, seed=self.seed)

    @property
    def regression(self) -> Regression:
        """The arguments of every fit."""
        return {"basis": BASES[self.basis], "ridge": self.ridge, "exempt_constant": not self.penalize}
