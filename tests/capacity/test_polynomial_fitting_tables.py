"""The tables that the polynomial page sends, against numpy, scikit-learn and the demos with every argument written."""

import re
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pytest
from numpy.polynomial import Chebyshev, Legendre, Polynomial
from numpy.polynomial.legendre import legvander
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import KFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from streamlit.testing.v1 import AppTest

from demos.capacity.generalization import bias_variance, double_descent, learning_curve
from demos.capacity.own_points import held_out, write_points
from demos.capacity.polynomial_fitting import BASES, Regression, cross_validate, errors_by_degree, fit
from demos.capacity.targets import (
    CLASSICS,
    TARGETS,
    Design,
    Floats,
    Interval,
    Sample,
    at_random,
    evenly_spaced,
    sample,
    samples,
)
from pages.capacity._fitting_controls import OWN, Controls
from pages.capacity._fitting_data import Data, classic, drawn, owned
from pages.capacity._fitting_run import run, table
from tests.capacity.test_polynomial_fitting_page import PAGE, numbers
from tests.pages import enter, open_page

Table = dict[str, list[Any]]
Link = str | tuple[str, ...]
PLAIN: Regression = {"basis": Legendre, "ridge": 0.0, "exempt_constant": False}
BISHOP, THIRTY = "Bishop's ten points", "scikit-learn's thirty points"
PLACES = (np.arange(100) + 0.5) / 100  # the midpoints of a hundred parts of [0, 1]
SIZES = [5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 70, 100, 150, 200, 300, 500]


@cache
def opened(**link: Link) -> AppTest:
    app = open_page(PAGE, {key: each if isinstance(each, str) else list(each) for key, each in link.items()})
    assert not app.exception
    assert not app.error
    return app


def tables(app: AppTest, name: str) -> list[Table]:
    """Every table of this name, in the order of the charts."""
    return [
        pa.ipc.open_stream(dataset.data.data).read_all().to_pydict()
        for chart in app.get("vega_lite_chart")
        for dataset in chart.proto.datasets
        if dataset.name == name
    ]


def sent(name: str, **link: Link) -> Table:
    [only] = tables(opened(**link), name)
    return only


class Source(NamedTuple):
    """What a link stands for."""

    link: dict[str, str]
    domain: Interval
    y: Interval  # that is shown
    training: Sample
    judges: list[Sample]  # validation and, if the truth is known, test
    fresh: Sample  # whose fits make the band
    seed: int = 21
    folds: int = 5
    how: Regression = PLAIN


def known(
    target: str,
    *,
    y: Interval,
    n: int,
    noise: float,
    design: Design,
    seed: int = 21,
    sets: int = 100,
    training: Sample | None = None,
    how: Regression = PLAIN,
    **link: str,
) -> Source:
    function = TARGETS[target]
    return Source(
        link,
        function.domain,
        (y[0] - 0.4 * (y[1] - y[0]), y[1] + 0.4 * (y[1] - y[0])),
        training or sample(function, n=n, noise=noise, seed=seed, design=design),
        [
            sample(function, n=n, noise=noise, seed=seed + 1000, design=at_random),
            sample(function, n=1000, noise=noise, seed=seed + 2000, design=at_random),
        ],
        samples(function, n=n, noise=noise, seed=seed + 3000, design=design, sets=sets),
        seed,
        int(link.get("folds", "5")),
        how,
    )


def _own_points() -> Sample:
    rng = np.random.default_rng(1)
    x = np.sort(rng.uniform(-3, 7, 22)).round(3)
    return Sample(x, (40 * np.sin(x) + 10 * rng.standard_normal(22)).round(3))


MINE = _own_points()
MY_LINK = {"data": OWN, "points": write_points(MINE).replace("\n", " ")}


def mine(seed: int) -> Source:
    training, validation = held_out(MINE, seed=seed)
    low, high = MINE.y.min(), MINE.y.max()
    return Source(
        {**MY_LINK, "seed": str(seed)},
        (MINE.x[0], MINE.x[-1]),
        (low - 0.4 * (high - low), high + 0.4 * (high - low)),
        training,
        [validation],
        owned(MINE, seed=seed).fresh(100),  # which has tests of its own below
        seed,
    )


UNIT = (-1.0, 1.0)  # what sine and cosine reach
SOURCES = {
    "default": known("Sine", y=UNIT, n=12, noise=0.25, design=evenly_spaced),
    "at random": known(
        "Sine", y=UNIT, n=15, noise=0.5, design=at_random, n_="", seed=3
    )._replace(link={"design": "At random", "n": "15", "noise": "0.5", "seed": "3"}),
}
