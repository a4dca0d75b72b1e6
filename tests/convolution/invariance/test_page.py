"""The invariance page: the claims of its scenarios, what readers bring, its controls, its training and its tabs."""

from functools import cache
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from demos.convolution.invariance import ROOM, Digits, accuracy, answers, consistency, curve, transform
from demos.convolution.invariance import train as train_network
from pages.convolution.invariance import compute
from pages.convolution.invariance.compute import UNCHANGED, Trained
from pages.convolution.invariance.controls import CHANGES, MOVE, OWN_SIGNAL, TURN, Controls
from pages.convolution.invariance.own import EXAMPLE, canvas, read_picture, read_signal
from pages.convolution.invariance.page import SCENARIOS
from tests.pages import chart_rows, enter, open_page

PAGE = "invariance"
DEFAULTS = Controls.defaults()
QUICK = {"head": "dense network", "steps": "50"}
TRAIN = "Train this network"
Net = Any


@cache
def trained(scenario: str, seed: int = 0) -> Net:
    """The network of a scenario, "" being the page's first, as the page trains it."""
    settings = next((each.settings for each in SCENARIOS if each.name == scenario), {})
    recipe = Controls.of(settings, seed=seed).recipe
    net = compute.untouched(recipe)
    options = {name: getattr(recipe, name) for name in ("augmentation", "steps", "batch_size", "lr", "seed")}
    list(train_network(net, **options))
    return net


def moved(net: Net, *pixels: int) -> list[float]:
    found: list[float] = curve(net, kind="right", values=pixels).tolist()
    return found


def sixes_and_nines(net: Net) -> float:
    test = compute.test_digits()
    both = (test.y == 6) | (test.y == 9)
    return accuracy(net, Digits(test.x[both], test.y[both]))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_stride_loses_the_digit_at_two_pixels_and_has_it_back_at_four(seed: int) -> None:
    """In each of 20 seeds: at least 25 points lost at 2 pixels, at most 12 at 4."""
    still, two, four = moved(trained("Back after four pixels", seed), 0, 2, 4)
    assert still > 0.88
    assert still - two > 0.25
    assert still - four < 0.12


def test_a_blur_keeps_the_answer_nine_times_of_ten() -> None:
    blurred, largest = (consistency(trained(name), most=ROOM, seed=0) for name in ("Blur before you skip", ""))
    assert blurred > 0.82
    assert 0.55 < largest < 0.78
    assert moved(trained("Blur before you skip"), 0)[0] > 0.94


def test_flatten_learns_the_place() -> None:
    still, four = moved(trained("Flatten learns the place"), 0, 4)
    assert still > 0.92
    assert four < 0.42
    assert moved(trained(""), 4)[0] > 0.92


def test_augmentation_teaches_what_it_shows() -> None:
    shown, beyond = curve(trained("It turns as far as it was shown"), kind="angle", values=(30, 90))
    assert shown > 0.9
    assert beyond < 0.2
    assert curve(trained(""), kind="angle", values=(30,))[0] < 0.45


def test_any_rotation_makes_a_six_a_nine() -> None:
    test = compute.test_digits()
    over = transform(test.x[test.y == 6], **{**UNCHANGED, "angle": 180})
    assert float((answers(trained(""), over).argmax(1) == 9).float().mean()) > 0.8
    assert sixes_and_nines(trained("")) > 0.91
    assert 0.45 < sixes_and_nines(trained("A six is a nine")) < 0.8
    assert moved(trained("A six is a nine"), 0)[0] < moved(trained(""), 0)[0] - 0.08


# ---------------------------------------------------------------- what readers bring


def test_a_picture_is_read_as_people_draw_it() -> None:
    cross = ((0.0, 1.0, 0.0), (1.0, 1.0, 1.0), (0.0, 1.0, 0.0))
    for text in (
        ".#.\n###\n.#.",
        "\r\n X\r\n@@@\r\n X-",
        "0 16 0\n16 16 16\n0 16 0",
        "[0, 1, 0],\n[1, 1, 1],\n[0, 1, 0]",
    ):
        assert read_picture(text) == cross, text
    assert read_picture("050\n505") == ((0.0, 1.0, 0.0), (1.0, 0.0, 1.0), (0.0, 0.0, 0.0))
    assert len(read_picture(EXAMPLE)) == 8
    assert canvas(read_picture(EXAMPLE)).shape == (1, 1, 20, 20)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "There is no picture yet"),
        ("....\n....", "There is no ink in it"),
        ("0 0\n0 0", "There is no ink in it"),
        ("1 2 3\n4 5", "Row 2 has 2 numbers, and row 1 has 3"),
        ("#" * 20_001, "It has 20,001 letters; at most 20,000"),
        ("x" * 40, "It has 1 × 40 cells; at most 28 × 28"),
        ("1 nan\n1 1", "Ink is a number from 0 to a million"),
        ("1 -1\n1 1", "Ink is a number from 0 to a million"),
        ("1 1e300\n1 1", "Ink is a number from 0 to a million"),
    ],
)
def test_what_is_no_picture_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_picture(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 2 3", "It has 3 numbers; an even count"),
        ("", "It has 0 numbers"),
        ("1 " * 18, "It has 18 numbers"),
        ("1 " * 10_001, "It has 20,002 letters"),
        ("1 x", "“x” is no number"),
        ("1 nan", "Numbers from"),
    ],
)
def test_what_is_no_signal_is_refused(text: str, said: str) -> None:
    assert read_signal("[0, 1; −2 3]") == (0, 1, -2, 3)
    with pytest.raises(ValueError, match=said):
        read_signal(text)


def test_a_refused_picture_leaves_the_last_good_one() -> None:
    app = open_page(PAGE, {"own": "true", "picture": ".#.\n.#.\n.#."})
    before = chart_rows(app, "film")
    app.text_area(key="picture").set_value("...").run()
    assert "There is no ink" in app.error[0].value.replace("\\", "")
    assert chart_rows(app, "film") == before


# ---------------------------------------------------------------- controls, picture, tabs


def text(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(str(each.value) for each in [*app.markdown, *app.caption])


def press(app: AppTest, label: str) -> AppTest:
    """Press a button, if it is there: what somebody has asked for is kept for all."""
    for button in app.button:
        if button.label == label:
            return button.click().run()
    return app


REACHES: dict[str, tuple[dict[str, str], str]] = {
    "digit": ({}, "6"),
    "change": ({}, "resize"),
    "downsampling": ({}, "strided convolution"),
    "head": ({}, "flatten"),
    "seed": ({}, "1"),
    "own": ({}, "true"),
    "picture": ({"own": "true"}, ".#.\n.#.\n.#."),
    "padding_mode": ({}, "circular"),
    "signal_name": ({"tab": "Aliasing"}, "Stripes"),
    "own_signal": ({"tab": "Aliasing", "signal_name": OWN_SIGNAL}, "1 2 3 4"),
    "varied": ({"tab": "Compare"}, "heads"),
}
TRAINED: dict[str, Any] = {"augmentation": "all", "steps": 100, "lr": 0.003, "batch_size": 32}


def numbers(app: AppTest) -> str:
    """All that the page says and all that its charts were sent."""
    return (
        text(app) + "".join(str(chart.proto.datasets) for chart in app.get("vega_lite_chart")) + str(app.code[1].value)
    )


def test_every_control_is_tried() -> None:
    assert REACHES.keys() | TRAINED.keys() == DEFAULTS.keys()


@pytest.mark.parametrize("key", REACHES)
def test_every_control_changes_the_numbers(key: str) -> None:
    link, other = REACHES[key]
    before = numbers(open_page(PAGE, {**link}, reproduce=True))
    assert before != numbers(open_page(PAGE, {**link, key: other}, reproduce=True))


def worked(**settings: Any) -> Trained:  # noqa: ANN401 - of any control
    *_, last = compute.training(Controls.of({"head": "dense network", "steps": 50}, **settings).recipe)
    assert last.part is not None
    return last.part


@pytest.mark.parametrize("key", TRAINED)
def test_every_control_of_the_training_changes_it(key: str) -> None:
    assert worked().steps != worked(**{key: TRAINED[key]}).steps


def test_nothing_shows_the_answer_before_the_prediction() -> None:
    app = enter(open_page(PAGE, reproduce=True), "Back after four pixels")
    for table in ("bands", "answers", "accuracy"):
        assert chart_rows(app, table) == {"frame": []}
    assert set(chart_rows(app, "frames")["answer"]) == {""}
    assert not app.code
    assert not app.tabs
    assert "random weights" not in text(app)
    app.button_group(key="prediction").set_value("Just show me").run()
    assert len(chart_rows(app, "bands")["frame"]) == 10 * 17
    assert "random weights" in text(app)


def test_training_shows_the_accuracy_and_is_the_snippets() -> None:
    app = open_page(PAGE, {**QUICK, "change": "move"}, reproduce=True)
    assert chart_rows(app, "accuracy") == {"frame": []}
    app = press(app, TRAIN)
    assert TRAIN not in [button.label for button in app.button]
    known = worked()
    np.testing.assert_allclose(chart_rows(app, "accuracy")["share"], known.curves[MOVE])
    assert f"in place **{known.at(MOVE, 0):.0%}** are right" in text(app)
    assert f"**{known.consistency:.0%}** of the time" in text(app)
    printed: list[str] = []
    exec(app.code[0].value, {"print": lambda *words: printed.append(" ".join(map(str, words)))})  # noqa: S102 - our own
    assert "\n".join(printed) == app.code[1].value
    assert printed[0].startswith("step 25: loss ")


def test_another_digit_needs_no_other_training_but_another_network_does() -> None:
    app = press(open_page(PAGE, QUICK), TRAIN)
    app.slider(key="digit").set_value(7).run()
    assert chart_rows(app, "accuracy")["frame"]
    app.slider(key="seed").set_value(5).run()
    assert chart_rows(app, "accuracy") == {"frame": []}


def test_the_film_is_whole_and_probabilities_fill_each_column() -> None:
    app = open_page(PAGE)
    bands = {name: np.array(column) for name, column in chart_rows(app, "bands").items()}
    assert len(bands["frame"]) == 10 * len(CHANGES[TURN].amounts)
    np.testing.assert_allclose(bands["high"] - bands["low"], bands["share"], atol=2e-4)
    np.testing.assert_allclose(bands["high"].reshape(-1, 10)[:, -1], 1, atol=1e-3)
    assert set(bands["digit"][::10]) == {"6"}  # the truth is at the bottom
    for change in CHANGES.values():
        assert change.amounts[change.unchanged] == UNCHANGED[change.kind]
        assert change.unchanged in change.asked
        assert len(change.amounts) % 2 == 1


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"padding_mode": "circular"}, "The answer is the same after 4 and 8 pixels, and after no others"),
        ({"padding_mode": "circular", "downsampling": "none"}, "does not change with the place at all"),
        ({}, "the same after no shift, since zeros around the picture are no circle"),
        ({"downsampling": "none"}, "the same only after shifts by 1, since zeros"),
        ({"head": "flatten", "padding_mode": "circular"}, "the head has a weight of its own for every place"),
        ({"head": "dense network"}, "the head has a weight of its own for every place"),
    ],
)
def test_the_law_is_told_layer_by_layer(link: dict[str, str], said: str) -> None:
    app = open_page(PAGE, {**link, "tab": "Layer by layer"})
    assert said in text(app)
    assert chart_rows(app, "errors")["label"][0] == "0"


def test_zhangs_example_is_on_the_page() -> None:
    app = open_page(PAGE, {"tab": "Aliasing"})
    rows = chart_rows(app, "cells")
    shown = [label for row, label in zip(rows["row"], rows["label"], strict=True) if row == "max, blurred"]
    assert shown == ["0.5", "1", "0.5", "1"]
    assert "**max**: once the signal has moved, other numbers, 1.4 apart." in text(app)
    assert "**subsample**: once the signal has moved, the same numbers." in text(app)


def test_networks_are_compared() -> None:
    link = {"tab": "Compare", "varied": "heads", "downsampling": "strided convolution", "steps": "50"}
    app = press(open_page(PAGE, link), "Train them all")
    rows = chart_rows(app, "compared")
    assert list(dict.fromkeys(rows["name"])) == ["global average pooling", "flatten", "dense network"]
    assert list(app.dataframe[0].value.columns) == ["unchanged", "worst", "consistency"]
