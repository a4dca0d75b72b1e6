"""The activations page: the claims of its scenarios, its controls, and what it says of bad input."""

from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from demos.gradients.activations import TARGETS, collapse, deaths
from demos.gradients.activations.bends import slopes
from pages.gradients.activations.compute import DYING, RATES, STARTS, run, table
from pages.gradients.activations.compute import SEEDS as SEEDS_SHOWN
from pages.gradients.activations.controls import OWN, POINTS, Controls
from pages.gradients.activations.lesson import SCENARIOS
from pages.gradients.activations.sentences import of_deaths
from pages.gradients.activations.snippet import checked_against_nn, network
from tests.pages import chart_rows, enter, open_page

SCENARIO = {scenario.name: scenario for scenario in SCENARIOS}
SEEDS = range(20)
SOME = (0.1, 0.3, 1.0, 3.0)  # of the rates


def view(scenario: str, **changes: Any) -> Controls:  # noqa: ANN401
    return Controls.of(SCENARIO[scenario].settings, **changes)


def text(app: AppTest) -> str:
    assert not app.exception
    shown = "\n".join(str(each.value) for each in (*app.markdown, *app.caption, *app.error, *app.info))
    return shown.replace("\\", "")  # what Markdown would read is escaped


# Scenarios


def test_eight_relus_draw_eight_pieces_and_twice_as_many_leave_a_quarter() -> None:
    shown = run(view("How many ReLUs?"))
    assert len(shown.drawn.units.slope) == 8
    assert (shown.drawn.worst, shown.finer) == pytest.approx((0.0704, 0.0188), abs=5e-5)
    assert run(view("How many ReLUs?", pieces=7)).drawn.worst > shown.drawn.worst
    soft = run(view("How many ReLUs?", kind="sigmoid"))
    assert (soft.drawn.worst, soft.finer) == pytest.approx((0.0895, 0.0464), abs=5e-5)


def test_no_start_of_twenty_trains_to_twice_the_error_that_is_made_by_hand() -> None:
    by_hand = run(view("Can training find it?")).drawn.worst
    app = open_page("activations", {"kind": "ReLU", "pieces": "16", "tab": "Train it"})
    next(each for each in app.button if each.label.startswith("Train 20")).click().run()
    plain, stretched = np.split(np.array(chart_rows(app, "starts")["error"]), 2)
    assert by_hand == pytest.approx(0.0188, abs=5e-5)
    assert chart_rows(app, "constructed")["error"] == [by_hand]
    assert len(plain) == STARTS
    assert plain.min() > 2.5 * by_hand
    assert np.median(plain) == pytest.approx(10 * by_hand, rel=0.15)
    assert np.median(stretched) == pytest.approx(0.05, abs=0.01)
    assert "**0 of 20** networks get there" in text(app)
    assert f"the median {np.median(plain):.3g}" in text(app)


def test_fifty_linear_layers_keep_ten_to_thirteen_directions_from_every_seed() -> None:
    widths = view("Fifty linear layers").widths
    found = [collapse(widths=widths, seed=seed) for seed in SEEDS]
    assert len(widths) == 51
    assert {int(each.surviving(dtype=torch.float32)[-1]) for each in found} <= set(range(10, 14))
    assert all(each.stable_rank < 2 for each in found)
    assert all(each.difference < 1e-12 for each in found)


@pytest.fixture(scope="module")
def relu() -> Any:  # noqa: ANN401
    return deaths("ReLU", lr=SOME, seeds=SEEDS, momentum=0.0, **DYING)


def test_relus_die_of_the_rate_and_a_leak_breaks_the_network_instead(relu: Any) -> None:  # noqa: ANN401
    at = {rate: place for place, rate in enumerate(SOME)}
    assert relu.dead[-1, 0, at[0.3]].max() * DYING["width"] <= 1
    assert np.median(relu.dead[-1, 0, at[3.0]]) > 0.7
    assert (relu.accuracy[at[0.1]] > 0.85).all()
    assert (relu.accuracy[at[3.0]] < 0.3).all()
    assert np.isfinite(relu.loss).all()
    leaky = deaths("leaky ReLU", lr=(0.3, 3.0), seeds=SEEDS, momentum=0.0, **DYING)
    assert np.nanmax(leaky.dead) == 0
    assert np.isnan(leaky.loss[-1, 1]).all()
    assert (leaky.accuracy[0] > 0.85).all()


def test_what_is_dead_stays_so_in_layer_1_alone(relu: Any) -> None:  # noqa: ANN401
    assert (relu.revived[0] == 0).all()
    once = relu.revived[1, [SOME.index(0.3), SOME.index(1.0)]].mean(axis=1)
    assert ((once > 0.5) & (once < 1.5)).all()


def test_gelu_dies_too() -> None:
    far = torch.linspace(-40, -15, 1_001)
    assert (slopes(torch.nn.functional.gelu, far) == 0).all()
    assert (slopes(torch.nn.functional.gelu, far.double()[far > -30]) != 0).all()
    found = deaths("GELU", lr=(2.0,), seeds=SEEDS, momentum=0.0, **DYING)
    there = np.isfinite(found.loss[-1, 0])
    assert there.sum() >= 10
    assert np.mean(found.dead[-1, 0, 0][there] > 0.5) > 0.5


@pytest.mark.parametrize("scenario", SCENARIO)
def test_while_a_prediction_is_awaited_no_unit_and_no_sentence_is_shown(scenario: str) -> None:
    app = enter(open_page("activations"), scenario)
    assert chart_rows(app, "terms")["unit"] == []
    assert chart_rows(app, "steps")["unit"] == []
    assert "passes" not in text(app)
    assert not app.tabs


# Sentences and tabs


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({}, "passes **0.5** of the squared gradient (E φ′²): weights of variance 2/n"),
        ({"A": "step"}, "passes nothing of the gradient"),
        ({"std": "10.0", "A": "sigmoid"}, "of the inputs are saturated"),
        ({"target": "|x|", "kind": "ReLU", "pieces": "2"}, "2 ReLUs draw the curve in 2 straight pieces: exactly"),
        ({"pieces": "1"}, "One hard sigmoid draws the curve in one straight piece: largest"),
        ({"kind": "sigmoid"}, "rounded ramps"),
        ({"tab": "Linear layers"}, "20 linear layers are one of 32 × 32 weights"),
        ({"tab": "Linear layers", "layers": "5", "narrowest": "3"}, "directions **3** can be told"),
        ({"A": OWN, "formula": "exp(x^2)", "std": "10.0"}, "too large to be squared"),
    ],
)
def test_what_is_said(query: dict[str, Any], said: str) -> None:
    assert said in text(open_page("activations", query))


def test_units_die_on_demand_for_own_formulas_too(relu: Any) -> None:  # noqa: ANN401
    app = open_page("activations", {"A": OWN, "B": OWN, "formula": "max(0, x)", "tab": "Dead units"})
    next(each for each in app.button if each.label.startswith("Train at six")).click().run()
    assert "**B** (max(0, x)): units of layer 1 die from learning rate 1 on and none of them ever comes" in text(app)
    rows = app.dataframe[0].value
    assert len(rows) == 2 * len(RATES)
    assert rows["dead in layer 2"].iloc[0] == pytest.approx(np.median(relu.dead[-1, 1, 0, :SEEDS_SHOWN]))


# Controls


@pytest.fixture(scope="module")
def first() -> AppTest:
    return open_page("activations", {"tab": "Linear layers"})


@pytest.mark.parametrize(
    ("query", "column", "table"),
    [
        ({"A": "tanh"}, "value", "bends"), ({"B": "tanh"}, "slope", "bends"), ({"std": "2.0"}, "density", "density"),
        ({"A": "tanh"}, "low", "saturated"), ({"A": OWN}, "label", "names"), ({"target": "Runge"}, "y", "target"),
        ({"kind": "ReLU"}, "term", "terms"), ({"pieces": "9"}, "last", "view"), ({"pieces": "9"}, "said", "steps"),
        ({"target": POINTS}, "sum", "terms"), ({"layers": "30"}, "layer", "values"),
        ({"width": "8"}, "value", "values"), ({"narrowest": "3"}, "value", "values"),
        ({"seed": "1"}, "value", "values"),
    ],
)  # fmt: skip
def test_every_control_reaches_a_number(first: AppTest, query: dict[str, Any], column: str, table: str) -> None:
    app = open_page("activations", {"tab": "Linear layers", **query})
    assert chart_rows(app, table)[column] != chart_rows(first, table)[column]


def test_momentum_reaches_the_training() -> None:
    plain, rolling = (
        deaths("ReLU", lr=(0.3,), seeds=(0,), momentum=momentum, **{**DYING, "steps": 25}) for momentum in (0.0, 0.9)
    )
    assert plain.loss[-1] != rolling.loss[-1]


def test_the_picture_ends_with_the_whole_sum() -> None:
    app = open_page("activations", {"kind": "ReLU", "pieces": "64"})
    rows = chart_rows(app, "terms")
    unit, summed = np.array(rows["unit"]), np.array(rows["sum"])
    assert unit.max() == 64
    assert summed[unit == 64] == pytest.approx(TARGETS["sine"](np.linspace(0, 1, 101)), abs=0.0013)


def test_the_sum_is_that_of_torchs_layers() -> None:
    for kind in ("hard sigmoid", "sigmoid", "ReLU"):
        chosen = Controls.of(kind=kind, target="Runge")
        shown = run(chosen)
        assert len(network(shown.drawn.units, kind)) == 3
        assert float(checked_against_nn(chosen, shown).rpartition("most ")[2].rstrip(".")) < 1e-12


def test_the_table_has_all_twenty_and_the_formula() -> None:
    rows = table(Controls.of(A=OWN)).set_index("activation")
    assert len(rows) == 21
    assert rows.loc["ReLU", "gain"] == pytest.approx(2**0.5, abs=1e-4)


# Own input


def test_a_bad_formula_leaves_the_last_good_one() -> None:
    app = open_page("activations", {"A": OWN})
    app.text_input(key="formula").set_value("sin(x)").run()
    good = chart_rows(app, "bends")
    for bad, said in (("log(x)", "no finite number at x = -8"), ("7", "has to depend on x"), ("x +", "cannot be read")):
        app.text_input(key="formula").set_value(bad).run()
        assert said in text(app)
        assert chart_rows(app, "bends") == good


def test_own_points_are_stretched_and_drawn_exactly() -> None:
    app = open_page(
        "activations", {"target": POINTS, "points": "x,y\n10,5\n30,9\n20,1\n", "kind": "ReLU"}, reproduce=True
    )
    target = chart_rows(app, "target")
    assert (min(target["y"]), max(target["y"]), target["x"][-1]) == pytest.approx((-1, 1, 1))
    assert chart_rows(app, "view")["last"] == [2]
    assert "exactly, but for rounding" in text(app)


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ("x,y\n1,2", "from 2 to 100"),
        ("x,y\n1,2\n3,4\n3,5", "3 stands there twice"),
        ("x,y\n1,2\n3,2000000", "too large"),
        ("x\n1\n2", "Two columns"),
        ("x,y\n" + "\n".join(f"{k},{k}" for k in range(101)), "100"),
    ],
)
def test_points_that_make_no_curve_are_refused(points: str, said: str) -> None:
    app = open_page("activations", {"target": POINTS, "points": points})
    assert said in text(app)
    assert chart_rows(app, "view")["last"] == [5]


def test_a_step_is_dead_from_the_start() -> None:
    found = deaths("step", lr=RATES, seeds=(0,), momentum=0.0, **{**DYING, "steps": 25})
    assert "every unit is dead from the start" in of_deaths(Controls.of(A="step"), {"A": found})[0]
