"""The optimizers page: the claims of its scenarios, its controls, and what it says of bad input."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from demos.optimization.minima import local_minima
from demos.optimization.optimizers import ENTRANTS, OPTIMIZERS, STABILITY, Floats, descend
from demos.optimization.surfaces import SURFACES, Surface, critical_point, ravine
from pages.optimization.optimizers.controls import MULTIPLE, OWN, RATES, Controls
from pages.optimization.optimizers.page import SCENARIOS
from tests.pages import enter, open_page

DEFAULTS = Controls.defaults()

SCENARIO = {scenario.name: scenario for scenario in SCENARIOS}


def walk(scenario: str, entrant: str, **changes: float) -> tuple[Surface, Floats]:
    """The path of an entrant under a scenario's settings, straight from the demo."""
    settings = {**DEFAULTS, **SCENARIO[scenario].settings, **changes}
    surface = SURFACES[settings["surface"]]
    path = descend(
        ENTRANTS[entrant].optimizer,
        surface.gradient,
        (settings["x"], settings["y"]),
        lr=settings["lr"],
        steps=settings["steps"],
        noise=settings["noise"],
        seed=settings["seed"],
        **ENTRANTS[entrant].fixed,
    )
    return surface, path


def inside(surface: Surface, path: Floats) -> bool:
    low, high = np.array(surface.domain).T
    return bool(np.all((path >= low) & (path <= high)))


def test_overshoot_momentum_passes_the_minimum_and_still_ends_22_times_closer() -> None:
    _, sgd = walk("Overshoot", "SGD")
    _, momentum = walk("Overshoot", "Momentum")
    assert sgd[:, 0].max() < 0
    assert momentum[:, 0].max() == pytest.approx(0.97, abs=0.005)
    assert np.linalg.norm(sgd[-1]) / np.linalg.norm(momentum[-1]) == pytest.approx(22, abs=0.5)
    assert sgd[-1, 0] == pytest.approx(-2.5 * (1 - 0.0316) ** 100)  # "3 % a step"


def test_just_past_the_limit_sgd_and_nesterov_leave_the_frame_and_momentum_does_not() -> None:
    left = {name for name in ("SGD", "Momentum", "Nesterov", "Adam") if not inside(*walk("Just past 2/λmax", name))}
    assert left == {"SGD", "Nesterov"}
    _, sgd = walk("Just past 2/λmax", "SGD")
    np.testing.assert_allclose(sgd[1:, 1] / sgd[:-1, 1], 1 - 0.106 * 20, rtol=1e-9)
    assert pytest.approx(-1.12) == 1 - 0.106 * 20


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("SGD", 0.1),
        ("Momentum", 0.19),
        ("Nesterov", 0.067857),  # 3.8 / 56
    ],
)
def test_the_stability_limits_that_the_page_prints_are_exact(name: str, limit: float) -> None:
    assert STABILITY[name](0.9) / 20 == pytest.approx(limit, rel=1e-5)
    surface = ravine(20.0)
    below, above = (
        descend(OPTIMIZERS[name], surface.gradient, (0.0, 1.0), lr=lr, steps=3000)[-1, 1]
        for lr in (0.99 * limit, 1.01 * limit)
    )
    assert abs(below) < 1e-3
    assert not abs(above) < 1e3


def test_adams_first_step_is_lr_and_without_correction_3_2_times_longer() -> None:
    surface, corrected = walk("Adam's first step", "Adam")
    _, uncorrected = walk("Adam's first step", "Adam uncorrected")
    assert np.abs(np.diff(corrected[:2], axis=0)) == pytest.approx(np.full((1, 2), 0.1), rel=1e-6)
    assert np.abs(np.diff(uncorrected[:2], axis=0)) == pytest.approx(np.full((1, 2), 0.1 * 0.1 / 0.001**0.5), rel=1e-6)
    assert pytest.approx(3.16, abs=0.005) == 0.1 / 0.001**0.5
    assert inside(surface, corrected)


def test_nobody_escapes_the_saddle_until_there_is_noise() -> None:
    for name in ("SGD", "Momentum", "RMSprop", "Adam"):
        surface, path = walk("Stuck at the saddle", name)
        assert np.all(path[:, 1] == 0)
        assert critical_point(surface, (0.0, 0.0)).kind == "saddle"
        assert np.linalg.norm(path[-1]) < 0.05
        assert not inside(*walk("Stuck at the saddle", name, noise=0.01)), name


def test_every_optimizer_and_not_only_four_stays_on_the_ridge() -> None:
    for optimizer in OPTIMIZERS.values():
        assert np.all(descend(optimizer, SURFACES["Saddle"].gradient, (-2.5, 0.0), lr=0.05, steps=200)[:, 1] == 0)


def test_four_optimizers_find_three_minima_from_one_start() -> None:
    ends = {}
    for name in ("SGD", "Momentum", "RMSprop", "Adam"):
        surface, path = walk("One start, many minima", name)
        minima = local_minima(surface)
        distances = np.linalg.norm(minima - path[-1], axis=1)
        assert distances.min() < 0.2, name
        ends[name] = int(distances.argmin())
    assert len(set(ends.values())) == 3
    assert ends["SGD"] == ends["RMSprop"]


def printed(app: AppTest) -> str:
    assert not app.exception
    return str(app.code[1].value)


# Each control with a link under which it matters, and another value of it.
REACHES: dict[
    str, tuple[dict[str, str | list[str]], str | list[str]]
] = {  # each control: the link under which it matters, and another value of it
    "surface": ({}, "Booth"),
    "formula": ({"surface": OWN}, "x**2 + y**2"),
    "extent": ({"surface": OWN}, "6.0"),
    "condition": ({"surface": "Ravine"}, "50.0"),
    "optimizers": ({}, ["SGD"]),
    "lr": ({}, "0.01"),
    "x": ({}, "1.0"),
    "y": ({}, "1.0"),
    "steps": ({}, "50"),
    "rates": ({}, "Each at its best"),
    "momentum": ({}, "0.5"),
    "beta1": ({}, "0.5"),
    "beta2": ({}, "0.9"),
    "noise": ({}, "0.5"),
    "seed": ({"noise": "0.5"}, "1"),
    **{f"times {name}": ({"rates": MULTIPLE, "optimizers": [name]}, "3.2") for name in ENTRANTS},
}


def test_every_control_is_tried() -> None:
    assert REACHES.keys() == DEFAULTS.keys()


@pytest.mark.parametrize("key", REACHES)
def test_every_control_changes_the_numbers(key: str) -> None:
    link, other = REACHES[key]
    before = printed(open_page("optimizers", link, reproduce=True))
    assert before != printed(open_page("optimizers", {**link, key: other}, reproduce=True))


def test_each_at_its_best_ends_lower_than_one_rate_for_all() -> None:
    def final(link: dict[str, str | list[str]]) -> dict[str, float]:
        lines = printed(open_page("optimizers", link, reproduce=True)).splitlines()
        return {line.split(":")[0]: float(line.rsplit("= ", 1)[1]) for line in lines}

    same, best = final({}), final({"rates": "Each at its best"})
    assert all(best[name] <= same[name] for name in same)


@pytest.mark.parametrize(
    ("formula", "complaint"),
    [
        ("9**9**9", "too large"),
        ("", "empty"),
        ("__import__('os')", "not a known function"),
        ("x.real", "not part of a formula"),
        ("wb + 1", "not known"),
        ("1/x", "divides by zero"),
        ("1/(x - 0.1234)**2", "divides by zero"),
        ("log(-x**2 - 1)", "not defined anywhere"),
        ("x" * 400, "characters"),
        ("-sqrt(0.01 - (x - 0.3)**2 - (y - 0.3)**2)", "too little of the frame"),
    ],
)
def test_a_bad_formula_is_refused_and_the_last_good_surface_stays(formula: str, complaint: str) -> None:
    app = open_page("optimizers", {"surface": OWN, "formula": "x**2 + 2*y**2"}, reproduce=True)
    good = printed(app)
    app.text_input(key="formula").set_value(formula).run()
    assert printed(app) == good
    assert [complaint in message.value.replace("\\", "") for message in app.error] == [True]


def test_a_reader_cannot_write_markdown_into_the_page() -> None:
    app = open_page("optimizers", {"surface": OWN, "formula": "**bold** $x$ :red[y] [a](http://b)"})
    message = app.error[0].value
    assert "**bold**" not in message
    assert "$" not in message.replace("\\$", "")


def test_a_partly_undefined_formula_is_drawn_and_said() -> None:
    app = open_page("optimizers", {"surface": OWN, "formula": "x*log(x) + y**2", "x": "1.5"})
    assert not app.exception
    assert any("not defined on 50%" in each.value for each in app.markdown)


def test_a_start_where_f_is_undefined_is_said() -> None:
    app = open_page("optimizers", {"surface": OWN, "formula": "x*log(x) + y**2", "x": "-1.5"})
    assert not app.exception
    text = "\n".join(each.value for each in app.markdown)
    assert "not defined at the start" in text
    assert "**SGD** starts where f is not defined." in text


def test_a_learning_rate_of_zero_moves_nobody_and_is_said() -> None:
    app = open_page("optimizers", {"lr": "0"})
    assert any("learning rate is 0" in each.value for each in app.markdown)


def test_divergence_is_explained_by_the_stability_limit() -> None:
    app = enter(open_page("optimizers"), "Just past 2/λmax")
    app.button_group(key="prediction").set_value("Nobody").run()
    text = "\n".join(each.value for each in app.markdown)
    assert "**SGD** diverges: it leaves the frame at step 10" in text
    assert "SGD is stable only below 2/λmax = 0.1; its lr is 0.106" in text
    assert "Nesterov is stable only below 1.36/λmax = 0.0679; its lr is 0.106" in text


def test_a_saddle_is_not_called_stable() -> None:
    app = open_page("optimizers", {"surface": "Saddle", "x": "-2.5"})
    text = "\n".join(each.value for each in app.markdown)
    assert "stable below" not in text
    assert "moves away at every learning rate" in text


def test_a_vanishing_gradient_is_not_called_a_critical_point() -> None:
    app = open_page("optimizers", {"surface": "Plateau", "optimizers": ["SGD"]})
    assert any("**SGD** is still on its way" in each.value for each in app.markdown)


def test_the_run_agrees_with_torch_optim_on_the_page() -> None:
    app = open_page("optimizers", {"optimizers": ["SGD", "Adam", "Adagrad"], "surface": "Ravine"}, reproduce=True)
    checked = next(each.value for each in app.markdown if each.value.startswith("Checked now"))
    assert float(checked.split("relative difference is ")[1].split(".  ")[0].rstrip(".")) < 1e-9


def test_learning_rates_are_those_of_a_logarithmic_grid() -> None:
    np.testing.assert_allclose(np.diff(np.log10(RATES[1:])), 1 / 40, atol=3e-3)


@pytest.mark.parametrize("tab", ["Derivatives", "Basins", "Learning rate", "Fair race"])
@pytest.mark.parametrize(
    "formula",
    [
        "exp(exp(exp(x)))",
        "log(x)",
        "sqrt(x*y)",
        "abs(x) + abs(y)",
        "5",
        "x",
        "1e99*x**2",
        "tanh(50*x)*y",
        "x**100",
        "(x**2 + 1)**y",
        "tan(tan(tan(tan(tan(x*y)))))",
    ],
)
def test_a_strange_formula_is_shown_in_every_tab(formula: str, tab: str) -> None:
    """Warnings are errors here, in the page's own thread too."""
    app = open_page("optimizers", {"surface": OWN, "formula": formula, "tab": tab, "noise": "0.1"})
    assert not app.exception
    shown = "divides by zero" not in "".join(each.value for each in app.error)
    assert shown is (formula != "tan(tan(tan(tan(tan(x*y)))))")


def test_a_race_starts_only_where_f_is_defined() -> None:
    app = open_page("optimizers", {"surface": OWN, "formula": "x*log(x) + y**2", "x": "1.5", "tab": "Fair race"})
    assert not app.exception
    assert any("on 25 starts" in each.value for each in app.caption)


def test_a_frame_that_a_good_formula_cannot_fill_is_refused_and_the_last_good_surface_stays() -> None:
    app = open_page("optimizers", {"surface": OWN, "formula": "x**2 + 1/(y - 5)"}, reproduce=True)
    good = printed(app)
    app.slider(key="extent").set_value(6.0).run()
    assert printed(app) == good
    assert ["divides by zero" in message.value for message in app.error] == [True]


def test_a_scenario_has_its_own_start_even_after_a_link_with_another() -> None:
    app = enter(open_page("optimizers", {"surface": "Beale", "x": "1.5", "y": "2"}), "Overshoot")
    expected = SCENARIO["Overshoot"].settings
    assert (app.slider(key="x").value, app.slider(key="y").value) == (expected["x"], expected["y"])
    app.selectbox(key="surface").set_value("Beale").run()
    assert (app.slider(key="x").value, app.slider(key="y").value) == SURFACES["Beale"].start
