"""The controls of the polynomial page: what they are called, where they start and what they choose."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import streamlit as st

from demos.capacity.polynomial_fitting import BASES, Regression
from demos.capacity.targets import CLASSICS, DESIGNS, TARGETS
from pages.capacity._fitting_data import Data, classic, drawn, owned
from pages.capacity._fitting_own import forget_link, own_points
from ui.kit.scenarios import reset_button

OWN: Final = "Your own points"
MAX_DEGREE: Final = 20
SIZES: Final = (5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 70, 100, 150, 200, 300, 500)
RIDGES: Final = (0.0, *(float(f"{10 ** (k / 2):.3g}") for k in range(-20, 9)))  # two a decade from 1e-10 to 1e4

DEFAULTS: Final[Mapping[str, Any]] = {
    "data": "Sine",
    "n": 12,
    "noise": 0.25,
    "degree": 9,
    "ridge": 0.0,
    "design": "Evenly spaced",
    "basis": "Legendre",
    "penalize": True,
    "folds": 5,
    "shuffle": True,
    "residuals": False,
    "seed": 21,
    "bases": ["Legendre", "Powers"],
}


class Controls(NamedTuple):
    """What the reader has set."""

    data: Data
    degree: int
    ridge: float
    basis: str  # of BASES
    penalize: bool  # the constant too
    folds: int
    shuffle: bool
    residuals: bool
    seed: int

    @property
    def regression(self) -> Regression:
        """The arguments of every fit."""
        return {"basis": BASES[self.basis], "ridge": self.ridge, "exempt_constant": not self.penalize}


def controls() -> Controls:
    """Draw the controls in the sidebar and read them."""
    with st.sidebar:
        source = st.selectbox(
            "Points from",
            [*TARGETS, *CLASSICS, OWN],
            key="data",
            bind="query-params",
            help="A function with noise, a data set from the literature, or your own table or CSV.",
        )
        points = _points() if source in TARGETS else {}
        own = own_points() if source == OWN else None
        if own is None:
            forget_link()
        degree = st.slider(
            "Degree",
            0,
            MAX_DEGREE,
            DEFAULTS["degree"],
            key="degree",
            bind="query-params",
            help="The highest power. The slider above the picture follows your hand; this one is kept in the link.",
        )
        ridge = st.select_slider(
            "Weight decay λ",
            RIDGES,
            value=DEFAULTS["ridge"],
            format_func=lambda value: f"{value:g}",
            key="ridge",
            bind="query-params",
            help="What the squared coefficients are multiplied by and added to the squared errors: ridge regression.",
        )
        with st.expander("More", icon=":material/tune:"):
            design = _design() if source in TARGETS else ""
            more = _more()
        reset_button(DEFAULTS)
    if own is not None:
        data = owned(own, seed=more["seed"])
    elif source in CLASSICS:
        data = classic(source, seed=more["seed"])
    else:
        data = drawn(source, design=design, seed=more["seed"], **points)
    return Controls(data, degree, ridge, **more)


def _points() -> dict[str, Any]:
    n = st.select_slider(
        "Points n",
        SIZES,
        value=DEFAULTS["n"],
        key="n",
        bind="query-params",
        help="In the training set. The validation set has as many, the test set 1,000.",
    )
    noise = st.slider(
        "Noise σ",
        0.0,
        1.0,
        DEFAULTS["noise"],
        0.05,
        key="noise",
        bind="query-params",
        help="Standard deviation of y around the truth.",
    )
    return {"n": n, "noise": noise}


def _design() -> str:
    return (
        st.segmented_control(
            "Training x",
            list(DESIGNS),
            default=DEFAULTS["design"],
            key="design",
            bind="query-params",
            help="Where the training points lie. Validation and test points always lie at random.",
        )
        or DEFAULTS["design"]
    )


def _more() -> dict[str, Any]:
    basis = st.segmented_control(
        "Basis",
        list(BASES),
        default=DEFAULTS["basis"],
        key="basis",
        bind="query-params",
        help="Without λ and with up to n coefficients the curve is the same in each. What λ or more coefficients do "
        "depends on it. Powers are 1, x, x², … on the domain mapped to [−1, 1].",
    )
    penalize = st.toggle(
        "λ acts on the constant too",
        DEFAULTS["penalize"],
        key="penalize",
        bind="query-params",
        help="Off: the coefficient of 1 is exempt, so that λ → ∞ leaves the mean of y and not 0.",
    )
    folds = st.slider(
        "Folds K",
        2,
        30,
        DEFAULTS["folds"],
        key="folds",
        bind="query-params",
        help="Of the cross-validation on the training set; K = n leaves one out.",
    )
    shuffle = st.toggle(
        "Shuffle before folding",
        DEFAULTS["shuffle"],
        key="shuffle",
        bind="query-params",
        help="Off: the folds are intervals of x.",
    )
    residuals = st.toggle(
        "Residual bars",
        DEFAULTS["residuals"],
        key="residuals",
        bind="query-params",
        help="From training points to the curve, at most 250. Without λ the sum of all their squares is smallest.",
    )
    seed = st.slider(
        "Seed",
        0,
        99,
        DEFAULTS["seed"],
        key="seed",
        bind="query-params",
        help="Another seed, other points, other folds.",
    )
    return {
        "basis": basis or DEFAULTS["basis"],
        "penalize": penalize,
        "folds": folds,
        "shuffle": shuffle,
        "residuals": residuals,
        "seed": seed,
    }
