"""The gradients page: the claims of its scenarios, its controls, its sentences and its tabs."""

import re
from typing import Any

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from demos.gradients.networks import Architecture
from demos.gradients.training import train
from demos.gradients.vanishing_gradients import GradientFlow, factor_table, gradient_flow, predicted_factors
from pages.gradients.vanishing_gradients.controls import NETWORKS, Controls
from pages.gradients.vanishing_gradients.page import SCENARIOS
from tests.pages import chart_rows, enter, open_page

PAGE = "vanishing_gradients"
DEFAULTS = Controls.defaults()
TABS = ["Activation × init", "Training", "Exploding", "float16", "Fix it"]
SETTINGS = {scenario.name: {**DEFAULTS, **scenario.settings} for scenario in SCENARIOS}
Link = dict[str, str | list[str]]


def flow(scenario: str, network: str, dtype: torch.dtype = torch.float32) -> GradientFlow:
    """What the demo computes under a scenario's settings."""
    chosen = SETTINGS[scenario]
    own: Any = {key: chosen[f"{network} {key}"] for key in ("activation", "init", "normalization", "residual")}
    return gradient_flow(
        depth=chosen["depth"], width=chosen["width"], batch=64, seed=chosen["seed"], dtype=dtype, **own
    )


def factor(found: GradientFlow) -> float:
    return float((found.gradient[0] / found.gradient[-1]) ** (1 / (len(found.gradient) - 1)))


def text(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(str(each.value) for each in [*app.markdown, *app.caption])


def printed(app: AppTest) -> str:
    assert not app.exception
    return str(app.code[1].value)


def test_twenty_sigmoid_layers_lose_over_ten_to_the_16_and_float16_loses_all() -> None:
    found = flow("Twenty sigmoid layers", "A")
    assert found.gradient[-1] / found.gradient[0] == pytest.approx(1.65e16, rel=0.003)
    assert factor(found) == pytest.approx(0.14, abs=0.0005)
    half = flow("Twenty sigmoid layers", "A", torch.float16).gradient
    assert np.all(half[:13] == 0)
    assert np.all(half[13:] > 0)


def test_relu_with_the_default_init_vanishes_too() -> None:
    found = flow("Does ReLU fix it?", "B")
    assert found.gradient[-1] / found.gradient[0] > 1e18
    assert factor(found) == pytest.approx(0.406, abs=0.0005)
    assert predicted_factors("ReLU", "PyTorch default", width=64, depth=50)[20] == pytest.approx(
        (1 / 6) ** 0.5, rel=1e-3
    )
    assert pytest.approx(0.41, abs=0.005) == (1 / 6) ** 0.5


def test_he_init_keeps_the_gradient() -> None:
    found, default = flow("He's initialization", "B"), flow("He's initialization", "A")
    assert factor(found) == pytest.approx(0.984, abs=0.0005)
    assert found.gradient[-1] / found.gradient[0] == pytest.approx(2.2, abs=0.05)
    assert default.gradient[-1] / default.gradient[0] == pytest.approx(1.5e19, rel=0.03)
    np.testing.assert_allclose(predicted_factors("ReLU", "Kaiming", width=64, depth=50), 1, rtol=1e-5)


def test_small_weights_vanish_for_both_activations() -> None:
    sigmoid, relu = flow("Small weights", "A"), flow("Small weights", "B")
    assert sigmoid.gradient[0] == pytest.approx(1.3e-16, rel=0.04)
    assert relu.gradient[0] == pytest.approx(4e-12, rel=0.03)
    assert factor(sigmoid) == pytest.approx(0.02, abs=0.0005)
    assert factor(relu) == pytest.approx(0.056, abs=0.0005)


def test_batch_norm_explodes_without_skips() -> None:
    plain, residual = flow("BatchNorm without skips", "A"), flow("BatchNorm without skips", "B")
    assert plain.gradient[-1] == pytest.approx(0.68, abs=0.006)
    assert plain.gradient[0] == pytest.approx(9_450, rel=0.005)
    assert factor(plain) == pytest.approx(1.21, abs=0.006)
    assert pytest.approx(1.21, abs=0.005) == (np.pi / (np.pi - 1)) ** 0.5
    assert residual.gradient[0] / residual.gradient[-1] == pytest.approx(11, abs=0.5)


REACHES: dict[str, tuple[Link, str]] = {
    "depth": ({}, "10"),
    "width": ({}, "32"),
    "seed": ({}, "1"),
    **{
        f"{network} {key}": ({}, other)
        for network in NETWORKS
        for key, other in {
            "activation": "tanh",
            "init": "Kaiming",
            "normalization": "layer",
            "residual": "true",
        }.items()
    },
}


def test_every_control_is_tried() -> None:
    assert REACHES.keys() | {"lr", "clip", "max_norm"} == DEFAULTS.keys()  # these have tests of their own


@pytest.mark.parametrize("key", REACHES)
def test_every_control_changes_the_numbers(key: str) -> None:
    link, other = REACHES[key]
    before = printed(open_page(PAGE, link, reproduce=True))
    assert before != printed(open_page(PAGE, {**link, key: other}, reproduce=True))


@pytest.fixture(scope="module")
def first_view() -> AppTest:
    return open_page(PAGE)


def test_the_rows_of_the_picture_are_those_of_autograd_and_theory(first_view: AppTest) -> None:
    sent = chart_rows(first_view, "layers")
    assert sent["layer"] == [*range(1, 17), *range(1, 17)]
    for network, activation in zip(NETWORKS, ("sigmoid", "ReLU"), strict=True):
        own = np.array(sent["network"]) == network
        found = gradient_flow(
            depth=16,
            width=64,
            activation=activation,
            init="PyTorch default",
            normalization="none",
            residual=False,
            batch=64,
            seed=0,
            dtype=torch.float32,
        )
        np.testing.assert_allclose(np.array(sent["gradient"])[own], found.gradient)
        measured, theory = np.array(sent["factor"])[own], np.array(sent["predicted"])[own]
        np.testing.assert_allclose(measured[:-1], found.gradient[:-1] / found.gradient[1:])
        np.testing.assert_allclose(
            theory[:-1], predicted_factors(activation, "PyTorch default", width=64, depth=16)[:-1]
        )
        assert np.isnan(measured[-1])
        density = np.array([float(value) for value in np.array(sent["density"])[own][3].split(",")])
        inside = np.abs(found.pre[3]) <= 5
        assert density.sum() * 0.2 == pytest.approx(inside.mean(), abs=0.01)
        assert f"{found.saturated[3]:.0%} saturated" in np.array(sent["label"])[own][3]


def test_exact_zeros_are_sent_as_zeros() -> None:
    sent = chart_rows(open_page(PAGE, {"depth": "50", "A init": "N(0, 0.01)"}), "layers")
    gradient = np.array(sent["gradient"])[:50]
    assert gradient[0] == 0
    assert gradient[-1] > 0
    assert "is exactly 0 in float32 at layer" in text(open_page(PAGE, {"depth": "50", "A init": "N(0, 0.01)"}))


def test_the_fates_are_named() -> None:
    said = text(open_page(PAGE, {"depth": "30", "A init": "Kaiming", "A activation": "linear", "B init": "Kaiming"}))
    assert "**A** (linear, Kaiming): the gradient **explodes**" in said
    assert "**B** (ReLU, Kaiming): the gradient **keeps flowing**" in said
    assert "**vanishes**" in text(open_page(PAGE))
    assert "has one layer" in text(open_page(PAGE, {"depth": "1"}))


def test_no_theory_is_claimed_for_normalized_or_residual_networks() -> None:
    said = text(open_page(PAGE, {"A normalization": "batch", "B residual": "true"}))
    assert "mean-field theory has" not in said
    assert "mean-field theory has" in text(open_page(PAGE))


def test_the_network_agrees_with_torch_nn_on_the_page() -> None:
    app = open_page(
        PAGE, {"A normalization": "batch", "B residual": "true", "B normalization": "layer"}, reproduce=True
    )
    said = next(each.value for each in app.markdown if each.value.startswith("Checked now"))
    found = re.search(r"at most (\S+) of each", said)
    assert found
    assert float(found[1]) < 1e-4


def test_the_map_shows_every_pair_measured_and_predicted(first_view: AppTest) -> None:
    sent = chart_rows(first_view, "factors")
    expected = factor_table(depth=30, width=128, batch=64, seed=0)
    np.testing.assert_allclose(sent["measured"], expected.measured.ravel())
    np.testing.assert_allclose(sent["predicted"], expected.predicted.ravel())
    assert (sent["activation"][6], sent["init"][6]) == ("tanh", "N(0, 0.01)")


def trained(link: Link) -> AppTest:
    app = open_page(PAGE, {"tab": "Training", "depth": "5", "width": "32", **link})
    for button in app.button:  # none if another test has trained the same: what was trained is kept for all
        if button.label == "Train A and B":
            button.click().run()
    assert not app.exception
    return app


def test_training_shows_the_losses_of_both_networks() -> None:
    app = trained({"lr": "0.1", "clip": "1"})
    sent = chart_rows(app, "losses")
    last = list(
        train(
            Architecture(5, 32, "ReLU", "PyTorch default", "none", residual=False),
            lr=0.1,
            steps=300,
            batch_size=64,
            seeds=(0, 1, 2),
            max_norm=1.0,
            every=10,
        )
    )[-1]
    np.testing.assert_allclose(sent["loss"][-3:], last.test_loss, rtol=1e-5)
    assert f"test loss {last.test_loss.mean():.3g}, {last.accuracy.mean():.0%} right" in text(app)


@pytest.mark.parametrize(("key", "other"), [("lr", "0.5"), ("clip", "0.1")])
def test_learning_rate_and_clipping_change_the_training(key: str, other: str) -> None:
    base = trained({})
    assert chart_rows(base, "losses")["loss"] != chart_rows(trained({key: other}), "losses")["loss"]


def test_training_that_dies_is_said_to_have_died() -> None:
    said = text(trained({"A activation": "linear", "A init": "Kaiming", "lr": "1.0", "depth": "30"}))
    assert "training died. By step" in said


def test_training_of_other_settings_is_not_shown() -> None:
    app = trained({})
    app.slider(key="depth").set_value(6).run()
    assert "steps on 64 handwritten digits" in text(app)
    with pytest.raises(KeyError):
        chart_rows(app, "losses")


def test_clipping_brings_the_global_norm_down_and_keeps_the_ratios() -> None:
    link: Link = {"tab": "Exploding", "A init": "Kaiming", "A activation": "linear", "depth": "20"}
    found = re.search(
        r"\*\*A\*\*: .* have the norm (\S+); clipping multiplies each by (\S+), to (\S+)\.", text(open_page(PAGE, link))
    )
    assert found
    norm, times, after = (float(value) for value in found.groups())
    weights = gradient_flow(
        depth=20,
        width=64,
        activation="linear",
        init="Kaiming",
        normalization="none",
        residual=False,
        batch=64,
        seed=0,
        dtype=torch.float32,
    ).weight_gradient
    assert norm == pytest.approx(np.sqrt((weights**2).sum()), rel=0.01)
    assert after == pytest.approx(1, rel=0.01)
    assert norm * times == pytest.approx(after, rel=0.01)
    assert "to 10." in text(open_page(PAGE, {**link, "max_norm": "10"}))


def test_each_format_is_measured() -> None:
    app = open_page(PAGE, {"tab": "float16", "depth": "20"})
    sent = chart_rows(app, "formats")
    assert sent["format"][::20] == ["float16", "bfloat16", "float32", "float64"]
    assert np.array(sent["gradient"])[0] == 0
    assert "float16 has exactly 0 at layer 13 and below" in text(app)


def test_the_ladder_ends_with_the_lowest_loss() -> None:
    app = open_page(PAGE, {"tab": "Fix it", "depth": "20"})
    sent = chart_rows(app, "rungs")
    assert sent["rung"][0] == "sigmoid"
    assert sent["factor"][0] < 0.2 < sent["factor"][1] < 0.5 < sent["factor"][2] < 1.1 < sent["factor"][3]
    next(button for button in app.button if button.label == "Train all five").click().run()
    losses = [float(label.rsplit(" ", 1)[1]) for label in chart_rows(app, "rungs")["label"]]
    assert losses[0] == pytest.approx(np.log(10), abs=0.05)
    assert losses[-1] == min(losses)


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize(
    "link",
    [
        {"depth": "1"},
        {"depth": "2", "width": "8"},
        {"depth": "100", "width": "8", "A init": "N(0, 0.01)"},
        {"depth": "100", "width": "128", "A activation": "linear", "A init": "N(0, 0.1)", "B init": "N(0, 0.1)"},
        {"A normalization": "batch", "A residual": "true", "B normalization": "layer", "B residual": "true"},
    ],
)
def test_extreme_settings_are_shown_in_every_tab(link: Link, tab: str) -> None:
    app = open_page(PAGE, {**link, "tab": tab}, reproduce=tab == TABS[0], mathematics=True, references=True)
    assert not app.exception
    assert all(chart.proto.alt for chart in app.get("vega_lite_chart"))


def test_a_scenario_shows_its_networks_after_the_prediction() -> None:
    app = enter(open_page(PAGE), "BatchNorm without skips")
    assert chart_rows(app, "layers") == {"layer": []}
    app.button_group(key="prediction").set_value("Just show me").run()
    assert "**A** (ReLU, Kaiming, batch normalization): the gradient **explodes**" in text(app)
    assert "**B** (ReLU, Kaiming, batch normalization, residual)" in text(app)


@pytest.mark.parametrize("tab", ["Training", "Fix it"])
def test_networks_that_would_take_too_much_memory_are_not_trained(tab: str) -> None:
    """100 layers of 128 are 1.6 million weights, of 256 they are 6.6 million."""
    app = open_page("vanishing_gradients", {"depth": "100", "width": "128", "tab": tab})
    assert any(each.label.startswith("Train ") for each in app.button)
    app.select_slider(key="width").set_value(256).run()
    assert not any(each.label.startswith("Train ") for each in app.button)
    assert "A network of 6.6 million weights is too large" in app.info[0].value
