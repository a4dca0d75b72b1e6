"""The polynomial page: the claims of its scenarios, its controls, its sentences, and what it says of bad input."""

import re
from typing import Any

import numpy as np
import pytest
from numpy.polynomial import Legendre, Polynomial
from streamlit.testing.v1 import AppTest

from demos.capacity.generalization import double_descent, grid
from demos.capacity.own_points import subsets
from demos.capacity.polynomial_fitting import BASES, Fit, cross_validate, errors_by_degree, fit
from demos.capacity.targets import CLASSICS, DESIGNS, TARGETS, Floats, at_random, sample
from pages.capacity.polynomial_fitting.controls import OWN, RIDGES, Controls
from pages.capacity.polynomial_fitting.page import SCENARIOS
from tests.pages import chart_rows, open_page

PAGE = "polynomial_fitting"
DEFAULTS = Controls.defaults()
TABS = ["Coefficients", "Bias and variance", "Sample size", "Weight decay", "Double descent"]
SETTINGS = {scenario.name: {**DEFAULTS, **scenario.settings} for scenario in SCENARIOS}


class View:
    """What the demos compute under a scenario's settings."""

    def __init__(self, scenario: str, **changes: Any) -> None:  # noqa: ANN401 - settings of any kind
        chosen = {**SETTINGS[scenario], **changes}
        seed, name = chosen["seed"], chosen["data"]
        if name in CLASSICS:
            self.training, truth = CLASSICS[name]
            target, noise = TARGETS[truth.target], truth.noise
        else:
            target, noise = TARGETS[name], chosen["noise"]
            self.training = sample(target, n=chosen["n"], noise=noise, seed=seed, design=DESIGNS[chosen["design"]])
        how: Any = {"basis": BASES[chosen["basis"]], "ridge": chosen["ridge"], "domain": target.domain}
        test = sample(target, n=1000, noise=noise, seed=seed + 2000, design=at_random)
        self.degree: int = chosen["degree"]
        self.fit: Fit = fit(*self.training, degree=self.degree, **how)
        self.errors, self.test = errors_by_degree(self.training, [test], max_degree=20, **how)
        self.folds: Floats = cross_validate(
            *self.training, max_degree=20, folds=chosen["folds"], seed=seed, shuffle=chosen["shuffle"], **how
        ).mean(axis=0)


def text(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(str(each.value) for each in [*app.markdown, *app.caption, *app.error])


def printed(app: AppTest) -> str:
    assert not app.exception
    return str(app.code[1].value)


def test_through_every_point_the_coefficients_are_huge_and_a_little_decay_tames_the_test_error() -> None:
    view = View("Through every point")
    powers = view.fit.series.convert(kind=Polynomial, domain=[-1, 1], window=[-1, 1]).coef
    assert powers[6] == pytest.approx(-1061800.52, rel=1e-6)  # Bishop's table 1.1
    assert np.abs(powers).argmax() == 6
    assert view.errors[9] < 1e-20
    assert view.test[9] == pytest.approx(1.83, abs=0.005)
    assert view.test[9] / view.test.min() == pytest.approx(14, abs=0.5)
    decayed = View("Through every point", ridge=0.1)
    assert 0.1 in RIDGES
    assert decayed.errors[9] == pytest.approx(0.02, abs=0.0005)
    assert decayed.test[9] == pytest.approx(0.215, abs=0.0005)


def test_below_the_noise_the_training_error_is_half_of_it_and_the_test_error_over_5() -> None:
    view = View("Below the noise")
    assert view.errors[15] == pytest.approx(0.005, abs=0.00005)
    assert view.test[15] == pytest.approx(6.24, abs=0.005)
    assert view.test[4] == pytest.approx(0.0114, abs=0.00005)
    assert view.folds.argmin() == 4


def test_ten_times_the_data_brings_degree_15_to_the_noise() -> None:
    view = View("Ten times the data")
    assert len(view.training.x) == 10 * len(CLASSICS["scikit-learn's thirty points"].sample.x)
    assert view.test[15] == pytest.approx(0.0104, abs=0.00005)
    assert 1 < view.test[15] / 0.01 < 1.04


def test_past_the_last_point_the_test_error_falls_again_but_not_in_powers_of_x() -> None:
    view = View("Past the last point")
    assert np.all(view.errors[9:] < 1e-20)
    assert view.test[9] == pytest.approx(1.83, abs=0.005)
    assert view.test[20] == pytest.approx(0.157, abs=0.0005)
    assert view.test[9] / view.test[20] == pytest.approx(12, abs=0.5)
    assert view.test.min() == pytest.approx(0.131, abs=0.0005)
    descents = {
        name: double_descent(
            TARGETS["Sine"],
            grid((0, 1), size=100),
            n=10,
            noise=0.3,
            seed=3000,
            design=DESIGNS["Evenly spaced"],
            sets=60,
            degrees=[9, 100],
            basis=basis,
        ).error[:, 1]
        for name, basis in BASES.items()
    }
    assert descents["Legendre"][1] < descents["Legendre"][0] / 2
    assert descents["Powers"][1] > descents["Powers"][0]


def test_folds_in_order_choose_a_lower_degree_and_give_the_figure_that_scikit_learn_prints() -> None:
    ordered, shuffled = View("Folds in order"), View("Folds in order", shuffle=True)
    assert np.all(np.diff(ordered.training.x) > 0)
    assert ordered.folds.argmin() == 3
    assert shuffled.folds.argmin() == 4
    assert ordered.folds[4] == pytest.approx(0.0432, abs=0.00005)
    assert shuffled.folds[4] == pytest.approx(0.0169, abs=0.00005)
    assert ordered.folds[15] == pytest.approx(1.81e8, rel=0.005)


# Each control with a link under which it matters, and another value of it.
REACHES: dict[str, tuple[dict[str, str | list[str]], str | list[str]]] = {
    "data": ({}, "Step"),
    "n": ({}, "20"),
    "noise": ({}, "0.5"),
    "degree": ({}, "3"),
    "ridge": ({}, "0.01"),
    "design": ({}, "At random"),
    "basis": ({"ridge": "0.1"}, "Chebyshev"),
    "penalize": ({"ridge": "0.1"}, "false"),
    "folds": ({}, "4"),
    "shuffle": ({}, "false"),
    "seed": ({}, "1"),
    "points": ({"data": OWN}, "0,1\n1,3\n2,2\n3,5\n4,4\n5,6"),
}


def test_every_control_is_tried() -> None:
    assert REACHES.keys() | {"residuals", "bases"} == DEFAULTS.keys()  # these two have tests of their own


@pytest.mark.parametrize("key", REACHES)
def test_every_control_changes_the_numbers(key: str) -> None:
    link, other = REACHES[key]
    before = printed(open_page(PAGE, link, reproduce=True))
    assert before != printed(open_page(PAGE, {**link, key: other}, reproduce=True))


def numbers(packed: str) -> Floats:
    return np.array([float(number) for number in packed.split(",")])


def test_the_curve_of_every_degree_is_sent_to_a_thousandth_of_the_frame() -> None:
    sent = chart_rows(open_page(PAGE), "degrees")
    training = sample(TARGETS["Sine"], n=12, noise=0.25, seed=21, design=DESIGNS["Evenly spaced"])
    x = (1 - np.cos(np.linspace(0, np.pi, 121))) / 2
    assert sent["degree"] == list(range(21))
    for degree in (0, 3, 9, 15):
        curve = Legendre.fit(*training, degree, domain=(0, 1))(x) if degree < 12 else None
        ours = fit(*training, degree=degree, basis=Legendre, ridge=0.0, domain=(0, 1)).series(x)
        np.testing.assert_allclose(numbers(sent["fit"][degree]), ours, atol=0.003)
        if curve is not None:
            np.testing.assert_allclose(numbers(sent["fit"][degree]), curve, atol=0.003)
        lower, upper = numbers(sent["lower"][degree]), numbers(sent["upper"][degree])
        assert np.all(lower <= upper)


def test_residual_bars_reach_from_the_points_to_the_curve() -> None:
    assert set(chart_rows(open_page(PAGE), "degrees")["at"]) == {""}
    sent = chart_rows(open_page(PAGE, {"residuals": "true"}), "degrees")
    x, y = sample(TARGETS["Sine"], n=12, noise=0.25, seed=21, design=DESIGNS["Evenly spaced"])
    np.testing.assert_allclose(numbers(sent["at"][4]), x, atol=0.001)
    np.testing.assert_allclose(numbers(sent["measured"][4]), y, atol=0.003)
    fitted = Legendre.fit(x, y, 4, domain=(0, 1))(x)
    np.testing.assert_allclose(numbers(sent["fitted"][4]), fitted, atol=0.003)
    squares = (numbers(sent["measured"][4]) - numbers(sent["fitted"][4])) ** 2
    assert squares.mean() == pytest.approx(sent["training"][4], abs=0.002)


def test_the_bases_chosen_are_those_of_the_double_descent() -> None:
    app = open_page(PAGE, {"tab": "Double descent", "bases": ["Chebyshev"]})
    assert set(chart_rows(app, "descent")["basis"]) == {"Chebyshev"}
    assert "**Chebyshev**" in text(app)
    assert "**Legendre**" not in text(app)


def test_monomials_at_high_degree_are_said_to_show_rounding() -> None:
    few = text(open_page(PAGE, {"tab": "Double descent", "design": "At random", "n": "15"}))
    many = text(open_page(PAGE, {"tab": "Double descent", "design": "At random", "n": "30"}))
    assert re.search(
        r"\*\*Powers\*\*: from degree 2\d to \d+ the condition number is beyond what float64 resolves", many
    )
    assert "rounding, and not the phenomenon" in many
    assert "no second descent. With condition numbers up to 5e+08 this is not rounding" in few
    assert "the second descent" in few
    evenly = text(open_page(PAGE, {"tab": "Double descent", "data": "Bishop's ten points"}))
    assert re.search(r"\*\*Legendre\*\*: the median is lowest at degree \d+ .* the second descent", evenly)
    assert re.search(r"\*\*Powers\*\*: .* no second descent", evenly)


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("data", [*TARGETS, *CLASSICS, OWN])
def test_every_source_of_points_is_shown_in_every_tab(data: str, tab: str) -> None:
    app = open_page(PAGE, {"data": data, "tab": tab, "degree": "12", "ridge": "0.001"}, reproduce=True)
    assert not app.exception
    assert not app.error
    assert all(chart.proto.alt for chart in app.get("vega_lite_chart"))


@pytest.mark.parametrize(
    "link",
    [
        {"n": "5", "degree": "20"},
        {"n": "5", "degree": "20", "design": "At random", "basis": "Powers"},
        {"n": "500", "noise": "0", "design": "At random", "degree": "20", "folds": "30"},
        {"data": "Line", "noise": "0"},
        {"ridge": "1e-10", "degree": "20", "basis": "Powers"},
        {"ridge": "10000", "degree": "0", "penalize": "false"},
    ],
)
@pytest.mark.parametrize("tab", TABS)
def test_extreme_settings_are_shown_in_every_tab(link: dict[str, str | list[str]], tab: str) -> None:
    assert not open_page(
        PAGE, {**link, "tab": tab}, reproduce=tab == TABS[0], mathematics=True, references=True
    ).exception


def test_the_sides_of_the_u_are_named() -> None:
    assert "**Degree 1 underfits**: training and test error are both too high" in text(open_page(PAGE, {"degree": "1"}))
    assert "**Degree 9 overfits**: the training error is low, the test error high" in text(open_page(PAGE))
    assert "**Degree 3** is as good as any" in text(open_page(PAGE, {"degree": "3"}))
    assert "**Degree 12** is as good as any" in text(open_page(PAGE, {"degree": "12", "noise": "0"}))
    assert "as good as any with λ = 10000" in text(open_page(PAGE, {"degree": "3", "ridge": "10000"}))
    assert "the training error is low, the cross-validation error high" in text(open_page(PAGE, {"data": OWN}))


@pytest.mark.parametrize("seed", [0, 5, 21, 50])
def test_every_degree_is_put_on_its_side_of_the_best_one(seed: int) -> None:
    view = View("Through every point", data="Sine", n=12, noise=0.25, design="Evenly spaced", seed=seed, folds=5)
    best = int(view.test.argmin())
    for degree in range(12):
        said = text(open_page(PAGE, {"seed": str(seed), "degree": str(degree)}))
        equal = bool(view.test[degree] <= 1.1 * view.test[best])
        assert ("is as good as any" in said) is equal
        assert ("underfits" in said) is (not equal and degree < best)
        assert ("overfits" in said) is (not equal and degree > best)


def test_the_best_degrees_and_their_distance_are_said() -> None:
    said = text(open_page(PAGE, {"data": "Bishop's ten points", "seed": "0"}))
    assert "**5-fold cross-validation** chooses degree **3** (0.0689), the test set **6**: 3 apart." in said


def test_bias_variance_and_noise_add_up_on_the_page() -> None:
    said = text(open_page(PAGE, {"tab": "Bias and variance", "degree": "4"}))
    found = re.search(
        r"bias² (\S+) \+ variance (\S+) \+ noise (\S+) = \*\*(\S+)\*\*; measured on fresh values: (\S+)\. ", said
    )
    assert found
    bias2, variance, noise, total, measured = (float(value) for value in found.groups())
    assert total == pytest.approx(bias2 + variance + noise, rel=0.01)
    assert measured == pytest.approx(total, rel=0.02)
    assert noise == pytest.approx(0.0625)
    assert "variance 0.026, which is σ²(d + 1)/n = 0.0625 · 5/12." in said
    assert pytest.approx(0.026, abs=0.0005) == 0.0625 * 5 / 12


def test_the_limits_of_weight_decay_are_named() -> None:
    penalized = text(open_page(PAGE, {"tab": "Weight decay"}))
    exempt = text(open_page(PAGE, {"tab": "Weight decay", "penalize": "false"}))
    y = sample(TARGETS["Sine"], n=12, noise=0.25, seed=21, design=DESIGNS["Evenly spaced"]).y
    assert "10 effective degrees of freedom" in penalized
    assert f"all coefficients go to 0, and the training error to the mean of y², {np.mean(y**2):.3g}" in penalized
    assert f"the others to 0, and the training error to the variance of y, {np.var(y):.3g}" in exempt


def test_more_points_bring_the_test_error_to_the_noise() -> None:
    app = open_page(PAGE, {"tab": "Sample size", "degree": "4", "noise": "0.3"})
    sent = chart_rows(app, "errors")
    test = {n: median for n, kind, median in zip(sent["n"], sent["set"], sent["median"], strict=True) if kind == "test"}
    found = re.search(r"From n = (\d+) on", text(app))
    assert found
    size = int(found[1])
    assert test[size] <= 1.1 * 0.09 < min(median for n, median in test.items() if n < size)


def test_fewer_points_than_folds_are_said_and_the_rest_stays() -> None:
    app = open_page(PAGE, {"n": "5", "folds": "6"}, reproduce=True)
    assert "6 folds need at least as many training points, and there are 5." in text(app)
    assert "fold mean" not in printed(app)
    assert "5-fold mean" in printed(open_page(PAGE, {"n": "5", "folds": "5"}, reproduce=True))


@pytest.mark.parametrize("link", [{}, {"ridge": "0.01"}, {"ridge": "0.1", "penalize": "false"}, {"degree": "20"}])
def test_the_fit_agrees_with_scikit_learn_on_the_page(link: dict[str, str | list[str]]) -> None:
    app = open_page(PAGE, link, reproduce=True)
    said = next(each.value for each in app.markdown if each.value.startswith("Checked now"))
    found = re.search(r"curve differs by at most (\S+), the errors of the folds by at most (\S+)\.$", said)
    assert found
    assert max(float(value) for value in found.groups()) < 1e-8


POINTS = "0,1\n1,3\n2,2\n3,5\n4,4\n5,6\n6,5.5\n7,8"


def own(**query: str) -> AppTest:
    return open_page(PAGE, {"data": OWN, **query}, reproduce=True)


def fitted(app: AppTest) -> tuple[list[float], int]:
    """The x of all points of the snippet, and how many of them are held out."""
    namespace: dict[str, Any] = {}
    exec(app.code[0].value, namespace)  # noqa: S102 - our own text
    return sorted([*namespace["training"].x, *namespace["validation"].x]), len(namespace["validation"].x)


@pytest.mark.parametrize("points", [POINTS, POINTS.replace("\n", " ")])  # the second as links of old have it
def test_points_in_the_link_are_fitted(points: str) -> None:
    assert fitted(own(points=points, degree="1")) == ([float(x) for x in range(8)], 2)


def test_the_points_leave_the_link_with_another_source() -> None:
    app = own(points=POINTS)
    app.selectbox(key="data").set_value("Sine").run()
    assert "points" not in app.query_params


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize(
    "points",
    [
        *("\n".join(f"{x},{y}" for x in range(8)) for y in ("0", "7", "1e9", "1e-9")),
        *("\n".join(f"{x * scale},{(-1) ** x * x * scale}" for x in range(8)) for scale in (1e-9, 1e8)),
        "\n".join(f"{x // 3},{x}" for x in range(12)),  # every x three times
    ],
)
def test_points_of_any_kind_are_shown_in_every_tab(points: str, tab: str) -> None:
    app = own(points=points, tab=tab, degree="20")
    assert not app.exception
    assert not app.error


def test_repeated_x_are_all_kept() -> None:
    app = own(points="\n".join(f"{x // 3},{x}" for x in range(12)), degree="2")
    assert fitted(app) == (sorted(float(x // 3) for x in range(12)), 3)


def test_bad_points_are_refused_and_the_last_good_ones_stay() -> None:
    app = own(points=POINTS)
    good = printed(app)
    for bad, complaint in (
        ("2,1\n2,2\n2,3\n2,4", "all values are the same"),
        ("0,1\n1,2", "from 4 to 5,000 are needed"),
        ("", "The text is empty"),
        ("**a** $x$", "Two columns of numbers are needed"),
    ):
        app.text_area(key="points").set_value(bad).run()
        assert printed(app) == good
        assert [complaint in message.value.replace("\\", "") for message in app.error] == [True]
        assert "**a**" not in app.error[0].value
    app.text_area(key="points").set_value(POINTS).run()
    assert not app.error


def test_a_file_is_read_and_its_columns_chosen() -> None:
    app = own()
    table = "id;Größe;Gewicht;Jahr\n" + "\n".join(f"{k};{k / 4};{k**2};{2000 + k}" for k in range(20))
    app.file_uploader(key="points file").set_value(("points.csv", table.encode("cp1252"), "text/csv")).run()
    assert not app.error
    assert fitted(app)[0] == [k / 4 for k in range(20)]
    app.selectbox(key="points x").set_value("Jahr").run()
    assert fitted(app)[0] == [2000.0 + k for k in range(20)]


def test_a_long_file_is_fitted_and_said_to_stay_out_of_the_link() -> None:
    rng = np.random.default_rng(0)
    table = "\n".join(f"{x},{np.sin(x)}" for x in rng.uniform(0, 6, 5_000))
    app = own()
    app.file_uploader(key="points file").set_value(("points.csv", table.encode(), "text/csv")).run()
    assert not app.error
    assert "too long for the address" in text(app) + "".join(each.value for each in app.sidebar.caption)
    assert 'np.loadtxt("points.csv"' in app.code[0].value


@pytest.mark.parametrize("garbage", ["garbage", "1,2", "a,b c,d", "9" * 10_000, "<b>,x"])
def test_garbage_in_the_link_is_refused_and_points_are_shown(garbage: str) -> None:
    app = own(points=garbage)
    assert len(app.error) == 1
    assert "mean squared errors" in printed(app)
    assert "<b>" not in app.error[0].value
    assert len(app.error[0].value) < 300


def test_controls_without_effect_on_own_points_are_not_shown() -> None:
    app = own()
    shown = {str(each.key) for kind in (app.slider, app.select_slider, app.button_group) for each in kind}
    assert not shown & {"n", "noise", "design", "bases"}


def test_the_learning_curve_of_own_points_is_that_of_subsets() -> None:
    points = "\n".join(f"{x / 10},{np.sin(x / 3) + 0.3 * (-1) ** x}" for x in range(40))
    app = own(points=points, tab="Sample size", degree="1")
    sent = chart_rows(app, "errors")
    view = Controls.of({"data": OWN, "points": points, "degree": 1})
    training, validation = view.sets.training, view.sets.validation
    assert sent["n"][: len(sent["n"]) // 2][-1] == len(training.x) == 30
    place = sent["n"].index(7)
    x, y = subsets(training, size=7, sets=100, seed=view.seed + 3000)
    errors = []
    for one, other in zip(x, y, strict=True):
        assert {*zip(one, other, strict=True)} <= {*zip(*training, strict=True)}
        errors.append(np.mean((np.polynomial.Polynomial.fit(one, other, 1)(validation.x) - validation.y) ** 2))
    half = len(sent["n"]) // 2
    assert sent["median"][half + place] == pytest.approx(np.median(errors), rel=1e-6)
    whole = np.polynomial.Polynomial.fit(*training, 1)
    assert sent["median"][-1] == pytest.approx(np.mean((whole(validation.x) - validation.y) ** 2), rel=1e-6)
    assert "From half of the points to all of them the median validation error goes from" in text(app)
