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
from demos.capacity.own_points import held_out
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
from pages.capacity.polynomial_fitting.compute import run, table
from pages.capacity.polynomial_fitting.controls import OWN, Controls
from pages.capacity.polynomial_fitting.data import classic, drawn, owned
from tests.capacity.polynomial_fitting.test_page import PAGE, numbers
from tests.pages import enter, open_page
from ui.kit.tables import written as text_of

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
    """A link, and the points and the fits that it asks for."""

    link: dict[str, str]
    domain: Interval
    y: Interval  # that is shown
    training: Sample
    judges: list[Sample]  # validation and, if the truth is known, test
    fresh: Sample  # whose fits make the band
    how: Regression = PLAIN

    @property
    def seed(self) -> int:
        return int(self.link.get("seed", "21"))

    @property
    def curve(self) -> Floats:
        """Where curves are drawn."""
        low, high = self.domain
        return low + (high - low) * (1 - np.cos(np.linspace(0, np.pi, 121))) / 2

    def shown(self, values: Floats) -> Floats:
        """As far as the frame and twenty times its height beyond it."""
        low, high = self.y
        return np.clip(values, low - 20 * (high - low), high + 20 * (high - low))

    @property
    def thousandth(self) -> float:
        """Half of a thousandth of the frame: the rounding of a curve."""
        return 0.501e-3 * (self.y[1] - self.y[0])


def framed(low: float, high: float) -> Interval:
    return low - 0.4 * (high - low), high + 0.4 * (high - low)


def known(
    link: dict[str, str],
    target: str,
    *,
    n: int,
    noise: float,
    design: Design,
    reach: Interval = (-1.0, 1.0),  # of sine and cosine
    training: Sample | None = None,
    sets: int = 100,
    how: Regression = PLAIN,
) -> Source:
    function, seed = TARGETS[target], int(link.get("seed", "21"))
    validation = sample(function, n=n, noise=noise, seed=seed + 1000, design=at_random)
    test = sample(function, n=1000, noise=noise, seed=seed + 2000, design=at_random)
    fresh = samples(function, n=n, noise=noise, seed=seed + 3000, design=design, sets=sets)
    training = training or sample(function, n=n, noise=noise, seed=seed, design=design)
    return Source(link, function.domain, framed(*reach), training, [validation, test], fresh, how)


def own_points() -> Sample:
    rng = np.random.default_rng(1)
    x = np.sort(rng.uniform(-3, 7, 22)).round(3)
    return Sample(x, (40 * np.sin(x) + 10 * rng.standard_normal(22)).round(3))


def own_source(seed: int) -> Source:
    training, validation = held_out(MINE, seed=seed)
    fresh = owned(MINE, seed=seed).fresh(100)  # which has tests of its own below
    link, domain = {**MY_LINK, "seed": str(seed)}, (float(MINE.x[0]), float(MINE.x[-1]))
    return Source(link, domain, framed(float(MINE.y.min()), float(MINE.y.max())), training, [validation], fresh)


MINE = own_points()
MY_LINK = {"data": OWN, "points": text_of(*MINE)}
SOURCES = {
    "evenly spaced": known({}, "Sine", n=12, noise=0.25, design=evenly_spaced),
    "at random": known(
        {"design": "At random", "n": "15", "noise": "0.5", "seed": "3"}, "Sine", n=15, noise=0.5, design=at_random
    ),
    "many points": known(  # where 40,000 points make 80 sets
        {"n": "500", "noise": "0.6"}, "Sine", n=500, noise=0.6, design=evenly_spaced, sets=80
    ),
    "no noise": known({"n": "50", "noise": "0"}, "Sine", n=50, noise=0.0, design=evenly_spaced),
    "cubic": known(  # which rises all along from −2 to 2
        {"data": "Cubic", "noise": "1"},
        "Cubic",
        n=12,
        noise=1.0,
        design=evenly_spaced,
        reach=(5 - 2.4 - 6.8 - 5.6 * 8 / 6, 5 + 2.4 - 6.8 + 5.6 * 8 / 6),
    ),
    "classic": known(
        {"data": THIRTY, "seed": "7"}, "Cosine", n=30, noise=0.1, design=at_random, training=CLASSICS[THIRTY].sample
    ),
    "decay": known(
        {"basis": "Chebyshev", "ridge": "0.1", "penalize": "false"},
        "Sine",
        n=12,
        noise=0.25,
        design=evenly_spaced,
        how={"basis": Chebyshev, "ridge": 0.1, "exempt_constant": True},
    ),
    "own": own_source(21),
    "own, another seed": own_source(4),
}
each_source = pytest.mark.parametrize("name", SOURCES)


def least_squares(training: Sample, at: Floats, *, degree: int, domain: Interval) -> Floats:
    """By numpy, with the smallest Legendre coefficients; of one set, or of each of a batch."""
    low, high = domain
    matrix, there = (legvander((2 * x - low - high) / (high - low), degree) for x in (training.x, at))
    coefficients = (np.linalg.pinv(matrix) @ training.y[..., None])[..., 0]
    return np.asarray(coefficients @ there.T, dtype=float)


def fitted(source: Source, training: Sample, at: Floats, *, degree: int) -> Floats:
    if source.how == PLAIN:
        return least_squares(training, at, degree=degree, domain=source.domain)
    if training.x.ndim > 1:
        each = (Sample(x, y) for x, y in zip(*training, strict=True))
        return np.array([fitted(source, one, at, degree=degree) for one in each])
    values: Floats = fit(*training, degree=degree, domain=source.domain, **source.how).series(at)
    return values


@each_source
@pytest.mark.parametrize("degree", [0, 3, 9])
def test_the_band_is_between_order_statistics_of_the_fits_to_fresh_training_sets(name: str, degree: int) -> None:
    source, degrees = SOURCES[name], sent("degrees", **SOURCES[name].link)
    x, y = np.broadcast_arrays(*source.fresh)
    if name != "no noise":
        assert not any(np.array_equal(each, source.training.y) for each in y)
    fits = fitted(source, Sample(x, y), source.curve, degree=degree)
    tenth = len(fits) // 10
    ordered = source.shown(np.sort(fits, axis=0))
    np.testing.assert_allclose(numbers(degrees["lower"][degree]), ordered[tenth], rtol=0, atol=source.thousandth)
    np.testing.assert_allclose(numbers(degrees["upper"][degree]), ordered[-1 - tenth], rtol=0, atol=source.thousandth)


@each_source
@pytest.mark.parametrize("degree", [0, 3, 9])
def test_the_curve_is_the_fit_to_the_training_points(name: str, degree: int) -> None:
    source = SOURCES[name]
    expected = source.shown(fitted(source, source.training, source.curve, degree=degree))
    curve = numbers(sent("degrees", **source.link)["fit"][degree])
    np.testing.assert_allclose(curve, expected, rtol=0, atol=source.thousandth)


def test_a_curve_is_cut_twenty_heights_outside_of_the_frame() -> None:
    degrees = sent("degrees", design="At random", n="20", noise="1")
    curves = np.array([numbers(curve) for curve in degrees["fit"]])
    assert curves.max() == pytest.approx(1.8 + 20 * 3.6)
    assert curves.min() == pytest.approx(-1.8 - 20 * 3.6)


@each_source
def test_the_errors_are_those_on_the_drawn_sets(name: str) -> None:
    source, degrees = SOURCES[name], sent("degrees", **SOURCES[name].link)
    errors = errors_by_degree(source.training, source.judges, max_degree=20, domain=source.domain, **source.how)
    nothing = errors < 1e-18 * np.mean(source.training.y**2)
    assert degrees["degree"] == list(range(21))
    for judge, expected, zero in zip(("training", "validation", "test"), errors, nothing, strict=False):
        np.testing.assert_allclose(degrees[judge], np.where(zero, 0, expected), rtol=1e-12)
        assert np.all(np.array(degrees[judge])[zero] == 0)
    if len(source.judges) == 1:
        assert "test" not in degrees  # nobody knows it
    for row, (x, y) in enumerate([source.training, *source.judges]):
        error = np.mean((fitted(source, source.training, x, degree=4) - y) ** 2)
        assert errors[row, 4] == pytest.approx(error, rel=1e-9)


def test_what_is_below_rounding_is_sent_as_zero_and_what_is_above_is_not() -> None:
    degrees = sent("degrees", n="50", noise="0")
    assert [degrees[judge][20] for judge in ("training", "validation", "test", "folds")] == [0] * 4
    assert 0 < degrees["training"][13] < 1e-17  # the even degrees add nothing to a sine
    interpolated = sent("degrees")
    assert interpolated["training"][11:] == [0] * 10
    assert min(interpolated["training"][:11]) > 1e-4


@each_source
def test_the_label_says_the_errors_of_its_degree(name: str) -> None:
    degrees = sent("degrees", **SOURCES[name].link)
    judges = ["training", "validation", "test"][: 1 + len(SOURCES[name].judges)]
    for degree, label in enumerate(degrees["label"]):
        assert re.findall("training|validation|test", label) == judges
        said = [float(found) for found in re.findall(r"\d+\.?\d*(?:e[+-]\d+)?", label)]
        assert said == [degree, *(float(f"{degrees[judge][degree]:.3g}") for judge in judges)]


@pytest.mark.parametrize(
    ("name", "folds", "shuffle"),
    [
        ("evenly spaced", 5, True),
        ("at random", 5, True),
        ("classic", 5, True),
        ("decay", 5, True),
        ("decay", 4, False),
        ("own", 11, True),
    ],
)
def test_the_folds_are_those_of_scikit_learn(name: str, folds: int, shuffle: bool) -> None:  # noqa: FBT001
    source = SOURCES[name]
    degrees = sent("degrees", **{**source.link, "folds": str(folds), "shuffle": str(shuffle).lower()})
    x, y = source.training
    low, high = source.domain
    for degree in (1, 4):
        features = FunctionTransformer(
            lambda column, last=degree: legvander((2 * column[:, 0] - low - high) / (high - low), last)
        )
        model = make_pipeline(features, LinearRegression(fit_intercept=False, tol=1e-15))
        if source.how != PLAIN:
            powers = FunctionTransformer(
                lambda column, last=degree: np.polynomial.chebyshev.chebvander(2 * column[:, 0] - 1, last)
            )
            model = make_pipeline(powers, Ridge(alpha=0.1, fit_intercept=True, solver="svd"))
        splits = KFold(folds, shuffle=shuffle, random_state=source.seed if shuffle else None)
        errors = -cross_val_score(model, x[:, None], y, cv=splits, scoring="neg_mean_squared_error")
        spread = errors.std(ddof=1) / np.sqrt(folds)
        assert degrees["folds"][degree] == pytest.approx(errors.mean(), rel=1e-8)
        assert degrees["least"][degree] == pytest.approx(max(errors.mean() - spread, 0), rel=1e-6)
        assert degrees["most"][degree] == pytest.approx(errors.mean() + spread, rel=1e-8)


def test_an_error_bar_does_not_reach_below_zero() -> None:
    degrees = sent("degrees", data="Line", noise="0")
    assert degrees["folds"][1:9] == [0] * 8  # of fits that are exact but for rounding
    assert degrees["least"][1:9] == [0] * 8
    assert 0 < max(degrees["most"][1:9]) < 1e-18


def test_with_fewer_points_than_folds_there_is_no_mean_over_folds() -> None:
    degrees = sent("degrees", n="5", folds="6")
    for column in ("folds", "least", "most"):
        assert np.isnan(np.array(degrees[column], dtype=float)).all()
    assert not np.isnan(sent("degrees", n="5", folds="5")["folds"]).any()


@each_source
def test_the_points_are_the_training_and_the_validation_set(name: str) -> None:
    source, points = SOURCES[name], sent("points", **SOURCES[name].link)
    both = [source.training, source.judges[0]]
    assert points["set"] == ["training"] * len(both[0].x) + ["validation"] * len(both[1].x)
    np.testing.assert_array_equal(points["x"], np.concatenate([each.x for each in both]))
    y = np.concatenate([each.y for each in both])
    np.testing.assert_allclose(points["y"], np.clip(y, *source.y), rtol=1e-5)  # the frame is found on a grid
    np.testing.assert_array_equal(points["beyond"], 1 * (y > source.y[1]) - 1 * (y < source.y[0]))
    if name.startswith("own"):
        np.testing.assert_array_equal(points["y"], y)
        assert set(points["beyond"]) == {0}


def test_points_beyond_the_frame_are_at_its_edge() -> None:
    points = sent("points", n="30", noise="1", seed="22")
    assert {*zip(points["set"], points["beyond"], strict=True)} == {
        (name, side) for name in ("training", "validation") for side in (-1, 0, 1)
    }
    for y, side in zip(points["y"], points["beyond"], strict=True):
        assert (y == pytest.approx(1.8 * side)) if side else (-1.8 < y < 1.8)


def test_the_view_is_the_truth_and_what_goes_with_it() -> None:
    view = sent("view")
    assert [view[column] for column in ("degree", "noise", "full")] == [[9], [0.0625], [11]]
    x = (1 - np.cos(np.pi * np.arange(121) / 120)) / 2
    np.testing.assert_allclose(numbers(view["truth"][0]), np.sin(2 * np.pi * x), atol=0.501e-3 * 3.6)
    thirty = sent("view", data=THIRTY, degree="3")
    assert [thirty[column] for column in ("degree", "full")] == [[3], [29]]
    assert thirty["noise"] == [pytest.approx(0.01)]
    np.testing.assert_allclose(numbers(thirty["truth"][0]), np.cos(1.5 * np.pi * x), atol=0.501e-3 * 3.6)
    cubic = sent("view", data="Cubic")
    there = 4 * x - 2
    truth = 5 + 1.2 * there - 3.4 / 2 * there**2 + 5.6 / 6 * there**3
    np.testing.assert_allclose(numbers(cubic["truth"][0]), truth, atol=SOURCES["cubic"].thousandth)


def test_of_own_points_no_truth_is_known() -> None:
    view = sent("view", **MY_LINK, degree="2")
    assert [view[column] for column in ("degree", "truth", "full")] == [[2], [""], [16]]  # 5 of 22 are held out
    assert np.isnan(np.array(view["noise"], dtype=float)).all()


def answered(scenario: str) -> tuple[AppTest, Table]:
    """The page after this scenario's prediction, and its errors."""
    app = enter(open_page(PAGE), scenario)
    assert tables(app, "degrees") == [{"degree": []}]  # before it
    app.button_group(key="prediction").set_value("Just show me").run()
    assert not app.exception
    [degrees] = tables(app, "degrees")
    return app, degrees


def test_through_every_point_sends_what_its_answer_says() -> None:
    app, degrees = answered("Through every point")
    assert tables(app, "view")[0]["degree"] == [9]
    assert degrees["training"][9] == 0
    assert degrees["test"][9] == pytest.approx(1.83, abs=0.005)
    assert degrees["test"][9] / min(degrees["test"]) == pytest.approx(14, abs=0.5)
    app.select_slider(key="ridge").set_value(0.1).run()
    [decayed] = tables(app, "degrees")
    assert decayed["training"][9] == pytest.approx(0.02, abs=0.0005)
    assert decayed["test"][9] == pytest.approx(0.215, abs=0.0005)


def test_below_the_noise_sends_what_its_answer_says() -> None:
    app, degrees = answered("Below the noise")
    [view] = tables(app, "view")
    assert view["degree"] == [15]
    assert view["noise"] == [pytest.approx(0.01)]
    assert degrees["training"][15] == pytest.approx(0.005, abs=0.00005)
    assert degrees["test"][15] == pytest.approx(6.24, abs=0.005)
    assert degrees["test"][4] == pytest.approx(0.0114, abs=0.00005)
    assert np.argmin(degrees["folds"]) == 4


def test_ten_times_the_data_sends_what_its_answer_says() -> None:
    app, degrees = answered("Ten times the data")
    assert tables(app, "points")[0]["set"].count("training") == 300
    assert tables(app, "view")[0]["degree"] == [15]
    assert degrees["test"][15] == pytest.approx(0.0104, abs=0.00005)


def test_past_the_last_point_sends_what_its_answer_says() -> None:
    app, degrees = answered("Past the last point")
    assert tables(app, "view")[0]["degree"] == [20]
    assert degrees["training"][9:] == [0] * 12
    assert degrees["training"][8] > 0
    assert degrees["test"][9] == pytest.approx(1.83, abs=0.005)
    assert degrees["test"][20] == pytest.approx(0.157, abs=0.0005)
    assert min(degrees["test"]) == pytest.approx(0.131, abs=0.0005)
    descent = sent("descent", data=BISHOP, seed="0", tab="Double descent")
    medians = {(basis, count): median for basis, count, _, median, *_ in zip(*descent.values(), strict=True)}
    assert list(descent)[:4] == ["basis", "count", "lower", "median"]
    assert medians["Legendre", 101] < medians["Legendre", 10] / 2
    assert medians["Powers", 101] > medians["Powers", 10]


def test_folds_in_order_sends_what_its_answer_says() -> None:
    app, degrees = answered("Folds in order")
    assert tables(app, "view")[0]["degree"] == [4]
    assert np.argmin(degrees["folds"]) == 3
    assert degrees["folds"][4] == pytest.approx(0.0432, abs=0.00005)
    assert degrees["folds"][15] == pytest.approx(1.81e8, rel=0.005)
    app.toggle(key="shuffle").set_value(True).run()
    [shuffled] = tables(app, "degrees")
    assert np.argmin(shuffled["folds"]) == 4
    assert shuffled["folds"][4] == pytest.approx(0.0169, abs=0.00005)


class Drawn(NamedTuple):
    """A link, and what it asks to draw from."""

    link: dict[str, Link]
    target: str = "Sine"
    n: int = 12
    noise: float = 0.25
    design: Design = evenly_spaced
    seed: int = 21
    degree: int = 9
    how: Regression = PLAIN


PARTED = [
    Drawn({}),
    Drawn(
        {"ridge": "0.1", "basis": "Chebyshev", "degree": "5", "n": "10", "noise": "0.5", "seed": "2"},
        n=10,
        noise=0.5,
        seed=2,
        degree=5,
        how={"basis": Chebyshev, "ridge": 0.1, "exempt_constant": False},
    ),
    Drawn(
        {"data": THIRTY, "ridge": "1", "penalize": "false", "degree": "3"},
        target="Cosine",
        n=30,
        noise=0.1,
        design=at_random,
        degree=3,
        how={"basis": Legendre, "ridge": 1.0, "exempt_constant": True},
    ),
    Drawn(
        {"design": "At random", "basis": "Powers", "degree": "4"},
        design=at_random,
        degree=4,
        how={"basis": Polynomial, "ridge": 0.0, "exempt_constant": False},
    ),
]


@pytest.mark.parametrize("case", PARTED)
def test_bias_and_variance_are_those_over_fresh_training_sets(case: Drawn) -> None:
    app, degree, noise2 = opened(**case.link, tab="Bias and variance"), case.degree, case.noise**2
    (by_degree, by_x), [chosen] = tables(app, "parts"), tables(app, "chosen")
    parts = bias_variance(
        TARGETS[case.target],
        PLACES,
        n=case.n,
        noise=case.noise,
        seed=case.seed + 3000,
        design=case.design,
        sets=200,
        max_degree=20,
        **case.how,
    )
    assert chosen["degree"] == [degree]
    assert by_degree["degree"] == list(range(21))
    bias2, variance = np.maximum(parts.bias2.mean(axis=1), 0), parts.variance.mean(axis=1)
    np.testing.assert_allclose(by_degree["bias²"], bias2, rtol=1e-9)
    np.testing.assert_allclose(by_degree["variance"], variance, rtol=1e-9)
    np.testing.assert_allclose(by_degree["noise"], [noise2] * 21)
    np.testing.assert_allclose(by_degree["sum"], bias2 + variance + noise2, rtol=1e-9)
    np.testing.assert_allclose(by_degree["measured"], parts.error.mean(axis=1), rtol=1e-9)

    np.testing.assert_allclose(by_x["x"], PLACES)
    np.testing.assert_allclose(by_x["bias²"], np.maximum(parts.bias2[degree], 0), rtol=1e-9)
    np.testing.assert_allclose(by_x["variance"], parts.variance[degree], rtol=1e-9)
    np.testing.assert_allclose(by_x["noise"], [noise2] * 100)
    total = sum(np.array(by_x[part]) for part in ("bias²", "variance", "noise"))
    np.testing.assert_allclose(by_x["sum"], total, rtol=1e-12)

    floor = -np.minimum(parts.bias2[degree], 0).mean()
    assert np.mean(by_x["variance"]) == pytest.approx(by_degree["variance"][degree])
    assert 0 <= np.mean(by_x["bias²"]) - by_degree["bias²"][degree] + 1e-12 <= floor + 2e-12


def test_an_estimate_of_no_bias_is_not_below_zero() -> None:
    app = opened(data="Line", tab="Bias and variance", degree="3")
    at = 2 * PLACES - 1
    parts = bias_variance(
        TARGETS["Line"], at, n=12, noise=0.25, seed=3021, design=evenly_spaced, sets=200, max_degree=20, **PLAIN
    )
    by_degree, by_x = tables(app, "parts")
    np.testing.assert_allclose(by_x["x"], at, atol=1e-12)
    for estimate, shown in ((parts.bias2.mean(axis=1), by_degree["bias²"]), (parts.bias2[3], by_x["bias²"])):
        assert min(estimate) < 0
        assert min(shown) == 0
        np.testing.assert_allclose(shown, np.maximum(estimate, 0), rtol=1e-9)


CURVES = [
    Drawn({}),
    Drawn({"degree": "3"}, degree=3),
    Drawn({"degree": "3", "seed": "5"}, degree=3, seed=5),
    Drawn({"degree": "3", "design": "At random"}, degree=3, design=at_random),
    Drawn({"degree": "3", "ridge": "1"}, degree=3, how={"basis": Legendre, "ridge": 1.0, "exempt_constant": False}),
    Drawn(
        {"degree": "3", "ridge": "1", "basis": "Powers"},
        degree=3,
        how={"basis": Polynomial, "ridge": 1.0, "exempt_constant": False},
    ),
    Drawn(
        {"degree": "3", "ridge": "1", "penalize": "false"},
        degree=3,
        how={"basis": Legendre, "ridge": 1.0, "exempt_constant": True},
    ),
]
OVER_SIZES = {"data": "Cosine", "noise": "0.3", "n": "25", "tab": "Sample size"}


@pytest.mark.parametrize("case", CURVES)
def test_the_errors_over_sizes_are_those_of_fresh_training_sets(case: Drawn) -> None:
    app = opened(**case.link, **OVER_SIZES)
    [errors], [chosen] = tables(app, "errors"), tables(app, "chosen")
    curve = learning_curve(
        TARGETS["Cosine"],
        PLACES,
        sizes=SIZES,
        noise=0.3,
        seed=case.seed + 3000,
        design=case.design,
        sets=100,
        degree=case.degree,
        **case.how,
    )
    assert chosen["n"] == [25]
    assert errors["n"] == [*SIZES, *SIZES]
    assert errors["set"] == ["training"] * len(SIZES) + ["test"] * len(SIZES)
    quartiles = np.array([errors[quartile] for quartile in ("lower", "median", "upper")]).T
    np.testing.assert_allclose(quartiles, np.concatenate([curve.training, curve.test]), rtol=1e-9, atol=1e-25)
    assert np.all(np.diff(quartiles, axis=1) >= 0)


def test_each_control_of_the_sample_size_changes_its_errors() -> None:
    medians = [sent("errors", **case.link, **OVER_SIZES)["median"] for case in CURVES]
    assert not any(np.allclose(one, other) for one, other in pairwise(medians))


@pytest.mark.parametrize("penalize", [True, False])
@pytest.mark.parametrize("name", ["evenly spaced", "classic", "own"])
def test_the_paths_over_weight_decay_are_those_of_scikit_learn(name: str, penalize: bool) -> None:  # noqa: FBT001
    source = SOURCES[name]
    low, high = source.domain
    app = opened(**source.link, degree="6", tab="Weight decay", ridge="0.001", penalize=str(penalize).lower())
    [path], [coefficients] = tables(app, "path"), tables(app, "coefficients")
    assert [chosen["ridge"] for chosen in tables(app, "chosen")] == [[0.001], [0.001]]
    np.testing.assert_allclose(path["ridge"], 10 ** np.linspace(-10, 4, 57))
    judges = ["training", "validation", "test"][: 1 + len(source.judges)]
    assert list(path) == ["ridge", *judges]
    np.testing.assert_array_equal(coefficients["ridge"], np.repeat(path["ridge"], 7))
    assert coefficients["k"] == [*range(7)] * 57
    for place in (0, 20, 36, 45, 56):
        model = Ridge(alpha=path["ridge"][place], fit_intercept=not penalize, solver="svd")
        model.fit(legvander((2 * source.training.x - low - high) / (high - low), 6), source.training.y)
        expected = model.coef_ + np.eye(7)[0] * model.intercept_
        of_this = coefficients["coefficient"][7 * place : 7 * place + 7]
        np.testing.assert_allclose(of_this, expected, rtol=1e-6, atol=1e-9)
        for judge, (x, y) in zip(judges, [source.training, *source.judges], strict=True):
            error = np.mean((Legendre(expected, domain=source.domain)(x) - y) ** 2)
            assert path[judge][place] == pytest.approx(error, rel=1e-6)


def test_the_paths_over_weight_decay_are_of_the_basis_and_no_decay_is_nowhere_on_them() -> None:
    app = opened(tab="Weight decay", basis="Powers", degree="3")
    assert [chosen["ridge"] for chosen in tables(app, "chosen")] == [[], []]
    [coefficients] = tables(app, "coefficients")
    x, y = SOURCES["evenly spaced"].training
    expected = Ridge(alpha=1.0, fit_intercept=False, solver="svd").fit(np.vander(2 * x - 1, 4, increasing=True), y)
    assert coefficients["ridge"][160] == pytest.approx(1)
    np.testing.assert_allclose(coefficients["coefficient"][160:164], expected.coef_, rtol=1e-9)


@pytest.mark.parametrize(
    "case",
    [
        Drawn({"bases": ("Powers", "Chebyshev")}),
        Drawn(
            {"design": "At random", "seed": "3", "noise": "0.5", "n": "10"}, n=10, noise=0.5, design=at_random, seed=3
        ),
        Drawn({"data": "Cosine", "n": "500", "bases": ("Chebyshev",)}, target="Cosine", n=30),
        Drawn({"data": BISHOP, "ridge": "0.1"}, n=10, noise=0.3),  # λ has no part in it
    ],
)
def test_the_descents_are_those_of_fresh_training_sets(case: Drawn) -> None:
    app, n = opened(**case.link, tab="Double descent"), case.n
    [descent], [chosen] = tables(app, "descent"), tables(app, "chosen")
    assert chosen["count"] == [n]
    bases = case.link.get("bases", ("Legendre", "Powers"))
    assert list(dict.fromkeys(descent["basis"])) == [basis for basis in BASES if basis in bases]
    for name in bases:
        rows = np.array(descent["basis"]) == name
        of_this = {column: np.array(values)[rows] for column, values in descent.items()}
        counts = of_this["count"].tolist()
        assert counts[: n + 4] == list(range(1, n + 5))
        assert counts[-1] == 10 * n + 1
        assert all(low < high for low, high in pairwise(counts))
        found = double_descent(
            TARGETS[case.target],
            PLACES,
            n=n,
            noise=case.noise,
            seed=case.seed + 3000,
            design=case.design,
            sets=60,
            degrees=[count - 1 for count in counts],
            basis=BASES[name],
        )
        quartiles = np.array([of_this[quartile] for quartile in ("lower", "median", "upper")]).T
        np.testing.assert_allclose(quartiles, found.error, rtol=1e-9)
        np.testing.assert_allclose(of_this["condition"], found.condition, rtol=1e-9)
        if name != "Powers":
            assert abs(counts[int(of_this["condition"].argmax())] - n) <= 1


@pytest.mark.parametrize("tab", ["Bias and variance", "Double descent"])
def test_of_own_points_no_fresh_training_sets_are_shown(tab: str) -> None:
    app = opened(**MY_LINK, tab=tab)
    assert len(app.get("vega_lite_chart")) == 1
    assert not tables(app, "chosen")


def written_coefficients(app: AppTest) -> tuple[list[int], Floats, Floats]:
    """The columns of the table in the tab "Coefficients"."""
    [text] = [each.value for each in app.markdown if each.value.startswith("| k |")]
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in text.split("\n")[2:]]
    powers, own = ([float(row[place].replace(",", "")) for row in rows] for place in (1, 2))
    return [int(row[0]) for row in rows], np.array(powers), np.array(own)


def test_the_coefficients_through_ten_points_are_those_that_bishop_prints() -> None:
    k, powers, own = written_coefficients(opened(data=BISHOP, tab="Coefficients"))
    assert k == list(range(10))
    assert powers[6] == pytest.approx(-1061800.52, rel=1e-6)
    x, y = CLASSICS[BISHOP].sample
    through = np.asarray(Legendre.fit(x, y, 9, domain=(0, 1)).coef, dtype=np.float64)
    np.testing.assert_allclose(own, through, rtol=0, atol=0.00501)  # two decimals are printed
    # As far as float64 knows them: the powers of x have a condition number of about 1e7.
    exact = np.asarray(np.linalg.solve(np.vander(x, 10, increasing=True), y), dtype=np.float64)
    np.testing.assert_allclose(powers, exact, rtol=1e-8, atol=0.00501)


def test_the_coefficients_with_decay_are_those_of_the_basis_and_of_powers_of_x() -> None:
    app = opened(tab="Coefficients", basis="Chebyshev", ridge="0.1", penalize="false", degree="2")
    k, powers, own = written_coefficients(app)
    x, y = SOURCES["evenly spaced"].training
    u = 2 * x - 1
    model = Ridge(alpha=0.1, solver="svd").fit(np.stack([u, 2 * u**2 - 1], axis=1), y)
    c0, (c1, c2) = model.intercept_, model.coef_
    assert k == [0, 1, 2]
    np.testing.assert_allclose(own, [c0, c1, c2], rtol=0.005, atol=0.005)
    expected = [c0 - c1 + c2, 2 * c1 - 8 * c2, 8 * c2]  # T₁ = 2x − 1, T₂ = 2 (2x − 1)² − 1 = 8x² − 8x + 1
    np.testing.assert_allclose(powers, expected, rtol=0.005, atol=0.005)


def test_the_table_to_download_has_the_errors_of_every_degree_and_fold() -> None:
    source = SOURCES["evenly spaced"]
    written = table(run(Controls.of({"folds": 4})))
    assert list(written) == ["degree", "training", "validation", "test", "fold 1", "fold 2", "fold 3", "fold 4"]
    assert written["degree"].tolist() == list(range(21))
    errors = errors_by_degree(source.training, source.judges, max_degree=20, domain=(0.0, 1.0), **PLAIN)
    np.testing.assert_allclose(written[["training", "validation", "test"]].to_numpy().T, errors, rtol=1e-12)
    folds = cross_validate(*source.training, max_degree=20, folds=4, seed=21, domain=(0.0, 1.0), shuffle=True, **PLAIN)
    np.testing.assert_allclose(written[[f"fold {k}" for k in (1, 2, 3, 4)]].to_numpy().T, folds, rtol=1e-12)


def test_the_table_to_download_has_no_columns_for_what_is_not_known() -> None:
    assert list(table(run(Controls.of({**MY_LINK, "folds": 2})))) == [
        "degree",
        "training",
        "validation",
        "fold 1",
        "fold 2",
    ]
    assert list(table(run(Controls.of({"n": 5, "folds": 6})))) == ["degree", "training", "validation", "test"]


@pytest.mark.parametrize("n", [4, 5, 22, 103])
def test_a_quarter_of_own_points_validates(n: int) -> None:
    rng = np.random.default_rng(n)
    points = Sample(np.arange(n) + rng.uniform(0, 0.5, n), rng.standard_normal(n))
    data = owned(points, seed=5)
    assert len(data.validation.x) == n // 4
    assert data.domain == (points.x[0], points.x[-1])
    assert data.test is None
    assert data.truth is None
    assert data.judges == [data.validation]
    pairs = [(x, y) for each in (data.training, data.validation) for x, y in zip(*each, strict=True)]
    assert sorted(pairs) == list(zip(*points, strict=True))  # each is in one of the two
    again = owned(points, seed=5).validation.x
    np.testing.assert_array_equal(again, data.validation.x)
    if n > 5:
        assert not np.array_equal(owned(points, seed=6).validation.x, data.validation.x)


@pytest.mark.parametrize(("n", "size"), [(22, 14), (10, 6), (5, 3), (4, 2)])  # 80 % of 17, 8, 4 and 3
def test_resampled_own_points_are_random_subsets_of_the_training_set(n: int, size: int) -> None:
    points = Sample(np.arange(n, dtype=np.float64) + 0.25, np.random.default_rng(0).standard_normal(n))
    data = owned(points, seed=21)
    x, y = data.fresh(600)
    assert x.shape == y.shape == (600, size)
    assert np.all(np.diff(x) > 0)  # so that no point is there twice
    np.testing.assert_array_equal(y, points.y[(x - 0.25).astype(int)])
    share = np.mean([[each in row for each in data.training.x] for row in x], axis=0)
    expected = size / len(data.training.x)
    assert size * 600 == np.isin(x, data.training.x).sum()
    np.testing.assert_allclose(share, expected, atol=5 * np.sqrt(expected * (1 - expected) / 600))
    np.testing.assert_array_equal(owned(points, seed=21).fresh(600).x, x)


def test_another_seed_resamples_others_of_the_same_training_points() -> None:
    points = Sample(np.linspace(0, 39, 40), np.zeros(40))
    ranks = [np.searchsorted(each.training.x, each.fresh(50).x) for each in (owned(points, seed=s) for s in (1, 2))]
    assert not np.array_equal(ranks[0], ranks[1])


@pytest.mark.parametrize("design", ["At random", "Evenly spaced"])
def test_what_judges_a_drawn_set_and_what_resamples_it_are_other_points(design: str) -> None:
    data = drawn("Sine", n=20, noise=0.25, design=design, seed=8)
    assert data.test is not None
    assert [len(each.x) for each in (data.training, data.validation, data.test)] == [20, 20, 1000]
    assert data.judges == [data.validation, data.test]
    fresh = data.fresh(30)
    y = [*fresh.y, data.training.y, data.validation.y, data.test.y[:20]]
    assert len({each.tobytes() for each in y}) == 33
    assert fresh.x.shape == ((30, 20) if design == "At random" else (20,))
    residuals = np.array([(each.y - np.sin(2 * np.pi * each.x)).std() for each in (data.test, fresh)])
    np.testing.assert_allclose(residuals, 0.25, rtol=0.1)


def test_the_seed_of_a_classic_draws_what_judges_it_and_not_its_points() -> None:
    one, other = (classic(THIRTY, seed=seed) for seed in (1, 2))
    np.testing.assert_array_equal(one.training.x, other.training.x)
    np.testing.assert_array_equal(one.training.y, other.training.y)
    assert len(one.validation.x) == 30
    assert not np.array_equal(one.validation.y, other.validation.y)
    assert one.test is not None
    assert other.test is not None
    assert not np.array_equal(one.test.y, other.test.y)
    assert not np.array_equal(one.fresh(3).y, other.fresh(3).y)
