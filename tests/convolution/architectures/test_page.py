"""The architectures page: its controls, its picture, its sentences and its tabs."""

import dataclasses
import json
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from streamlit.testing.v1 import AppTest

from demos.convolution.architectures import pooled, stages, totals
from demos.convolution.network import NETWORKS, parse, resolved, steps, trace
from pages.convolution.architectures import timing
from pages.convolution.architectures.charts import over_stages
from pages.convolution.architectures.compute import Run, computed, reach, run, table
from pages.convolution.architectures.controls import Controls
from pages.convolution.architectures.snippet import checked_against_torch, counted, snippet
from pages.convolution.architectures.tabs import module_text
from pages.convolution.architectures.units import amount, count, memory, shape, share
from pages.convolution.network_choice import EXAMPLE, OWN
from tests.convolution.stacks import Stack, stacks
from tests.pages import chart_rows, enter, open_page
from ui.kit.charts import Ink

PAGE = "architectures"
TABS = ["Layers", "All networks", "Global average pooling", "Too small", "Time", "Code"]
Link = dict[str, str | list[str]]
law = settings(derandomize=True, deadline=None, database=None, max_examples=20)


def own(code: str, **more: str) -> Link:
    return {"network": OWN, "code": code, **more}


def text(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(str(each.value) for each in [*app.markdown, *app.caption, *app.error, *app.info, *app.warning])


def printed(app: AppTest) -> str:
    assert not app.exception
    return str(app.code[1].value)


def alexnet(size: int = 224) -> Run:
    return computed(parse(NETWORKS["AlexNet"].code), (3, size, size))


@pytest.fixture(scope="module")
def first_view() -> AppTest:
    return open_page(PAGE, reproduce=True)


# ---------------------------------------------------------------- controls

REACHES: dict[str, tuple[Link, str]] = {
    "network": ({}, "VGG-11"),
    "size": ({}, "256"),
    "channels": ({}, "1"),
    "width": ({}, "0.5"),
    "code": ({"network": OWN}, "nn.Conv2d(3, 7, 3)"),
}


def test_every_control_is_tried() -> None:
    assert REACHES.keys() == Controls.defaults().keys()


@pytest.mark.parametrize("key", REACHES)
def test_every_control_changes_the_numbers(key: str, first_view: AppTest) -> None:
    link, other = REACHES[key]
    before = printed(open_page(PAGE, link, reproduce=True) if link else first_view)
    assert before != printed(open_page(PAGE, {**link, key: other}, reproduce=True))


def test_a_known_network_comes_with_its_input_also_by_a_link() -> None:
    app = open_page(PAGE)
    app.selectbox(key="network").set_value("LeNet-5").run()
    assert app.slider(key="size").value == chart_rows(app, "stages")["side"][0] == 28
    assert open_page(PAGE, {"network": "LeNet-5"}).slider(key="size").value == 28
    assert open_page(PAGE, {"network": "LeNet-5", "size": "30"}).slider(key="size").value == 30


@pytest.mark.parametrize(("channels", "expected"), [("1", 64 * 121), ("4", 4 * 64 * 121)])
def test_input_channels_change_the_first_layer_alone(channels: str, expected: int, first_view: AppTest) -> None:
    app = open_page(PAGE, {"channels": channels})
    parameters, before = (each.dataframe[0].value["parameters"].tolist() for each in (app, first_view))
    assert parameters == [expected + 64, *before[1:]]
    assert chart_rows(app, "stages")["channels"][0] == int(channels)


def test_the_button_opens_the_code_of_the_network_in_the_readers_field() -> None:
    app = open_page(PAGE, {"network": "NiN"})
    next(button for button in app.button if button.label == "Paste your own code").click().run()
    assert app.selectbox(key="network").value == OWN
    assert parse(str(app.text_area(key="code").value)) == parse(NETWORKS["NiN"].code)
    assert "**Your own code**, input 1 × 224 × 224: 1.99 M parameters" in text(app)
    assert f"{len(parse(NETWORKS['NiN'].code))} layers were read, Conv2d to Flatten." in text(app)


def test_after_a_refusal_the_page_says_what_it_shows() -> None:
    app = open_page(PAGE, own("nn.Conv2d(3, 7, 3)"))
    app.text_area(key="code").set_value("nn.Conv2d(3,").run()
    said = text(app)
    assert "Shown is the last of your networks that could be read." in said
    assert "**Your own code, as it could last be read**, input 3 × 224 × 224: 196 parameters" in said
    assert chart_rows(app, "stages")["channels"] == [3, 7]
    app.text_area(key="code").set_value("nn.Conv2d(3, 8, 3)").run()
    assert not app.warning
    assert "**Your own code**, input" in text(app)
    never = text(open_page(PAGE, own("not a network")))
    assert "Shown is the example." in never
    assert "Shown is the one that this page starts with." in never
    assert "**The example**, input" in never


# ---------------------------------------------------------------- the picture


def test_the_rows_of_the_picture_are_those_of_the_stages(first_view: AppTest) -> None:
    sent = chart_rows(first_view, "stages")
    known = steps(parse(NETWORKS["AlexNet"].code), (3, 224, 224))
    found, whole = stages(known), totals(known)
    assert sent["stage"] == list(range(len(found) + 1))
    assert sent["name"] == ["input", *(stage.name for stage in found)]
    assert sent["side"] == [224, 55, 27, 27, 13, 13, 13, 13, 6, 6, 1, 1, 1, 1]
    assert sent["channels"] == [3, 64, 64, 192, 192, 384, 256, 256, 256, 256, 9216, 4096, 4096, 1000]
    np.testing.assert_allclose(sent["parameters"][1:], [stage.parameters / whole.parameters for stage in found])
    np.testing.assert_allclose(sent["macs"][1:], [stage.macs / whole.macs for stage in found])
    for column in ("parameters", "macs", "kept"):
        assert sum(sent[column]) == pytest.approx(1)


def test_the_label_under_the_hand_says_the_numbers(first_view: AppTest) -> None:
    said = chart_rows(first_view, "labels")
    assert said["title"][0] == "0: the input"
    assert said["size"][0] == "3 × 224 × 224, 602 kB"
    assert said["title"][3] == "3: Conv2d + ReLU"
    assert said["size"][3] == "192 × 27 × 27, training keeps 746 kB, receptive field 51"  # 4 · (64 + 192) · 27²
    assert said["counts"][3] == "307,392 parameters (0.5 %), 224 M MACs (31 %)"
    assert said["size"][13] == "1,000, training keeps 0 B, sees the whole input"


def test_one_pixel_more_changes_rows_and_not_the_spec() -> None:
    app = open_page(PAGE)
    spec, before = app.get("vega_lite_chart")[0].proto.spec, chart_rows(app, "labels")
    app.slider(key="size").set_value(225).run()
    assert app.get("vega_lite_chart")[0].proto.spec == spec
    assert chart_rows(app, "labels") != before
    app.slider(key="size").set_value(32).run()
    assert app.get("vega_lite_chart")[0].proto.spec == spec


def test_the_scrub_starts_at_the_input_and_ends_at_the_last_stage() -> None:
    spec = over_stages(13, colors=(("input", "#000000"),), warning="#ff0000", ink=Ink("#000000", "#ffffff"))
    scrub = next(signal for signal in spec["config"]["signals"] if signal["name"] == "stage")
    assert scrub["value"] == 0
    assert (scrub["bind"]["min"], scrub["bind"]["max"]) == (0, 13)
    assert "data('view')[0].last" in json.dumps(spec)


def test_axes_reach_as_far_as_the_network() -> None:
    assert reach(alexnet()) == {"last": [13], "half": [256], "most": [100_000], "top": [1.0]}
    wide = reach(computed(parse("[nn.Upsample(scale_factor=4), nn.Flatten()]"), (3, 512, 512)))
    assert wide["half"] == [1024]
    assert wide["most"] == [3 * 2048**2]
    assert reach(computed(parse(NETWORKS["ResNet-50"].code), (3, 224, 224)))["top"] == [0.1]


def test_nothing_is_shown_before_the_prediction() -> None:
    app = enter(open_page(PAGE), "A small image")
    assert chart_rows(app, "stages") == {"stage": []}
    assert chart_rows(app, "labels") == {"stage": []}
    assert chart_rows(app, "breaks") == {"stage": []}
    assert not app.error
    assert not app.tabs
    app.button_group(key="prediction").set_value("Just show me").run()
    assert app.tabs
    assert app.error


# ---------------------------------------------------------------- sentences


def test_the_sentences_say_where_everything_is(first_view: AppTest) -> None:
    said = text(first_view)
    assert "61.1 M parameters and 714 M multiply–accumulates (MACs) an image." in said
    assert "the 3 linear layers hold 96 %. The largest stage, 11 (Linear + ReLU + Dropout), has 62 % of all" in said
    assert "the 5 convolutions do 92 %. The busiest stage, 3 (Conv2d + ReLU), does 31 %" in said
    assert "**Memory** in float32: 244 MB for the parameters" in said


def test_what_training_keeps_of_vgg_16() -> None:
    """By hand in `test_modules.py`: 73,355,264 bytes, where all outputs together are 115 MB."""
    app = open_page(PAGE, {"network": "VGG-16"}, reproduce=True)
    said = text(app)
    assert "553 MB for the parameters, and training keeps 73.4 MB for every image" in said
    assert "The largest part, 18 %, comes from stage 1 (Conv2d + ReLU)." in said  # 4 · (3 + 64) · 224²
    assert "From a batch of 8 images on, that is more than the parameters." in said  # 553.4 / 73.36 = 7.5
    assert chart_rows(app, "labels")["size"][1] == "64 × 224 × 224, training keeps 13.4 MB, receptive field 3"
    assert chart_rows(app, "stages")["kept"][1] == pytest.approx(4 * 67 * 224**2 / 73_355_264)
    assert app.dataframe[0].value["kept_bytes"].sum() == 73_355_264
    assert "Training keeps 73,355,264 bytes for one image." in printed(app)


@pytest.mark.parametrize(
    ("code", "sentences"),
    [
        ("nn.ReLU()", ["No layer has parameters.", "training keeps nothing else"]),
        ("nn.BatchNorm2d(3)", ["No layer multiplies."]),
        ("nn.Linear(3, 4)", ["Nothing could be computed."]),
        (
            "nn.Conv2d(3, 4, 3)",
            [
                "the one convolution holds 100 %",
                "does 100 %, and has most parameters as well.",
                "For one image that is as much as all parameters, or more.",
            ],
        ),
    ],
)
def test_small_networks_have_sentences_too(code: str, sentences: list[str]) -> None:
    said = text(open_page(PAGE, own(code)))
    assert [sentence for sentence in sentences if sentence not in said] == []


def test_the_changes_are_named() -> None:
    said = text(open_page(PAGE, {"channels": "1", "width": "0.5"}))
    assert "**AlexNet, 1 input channel and 0.5 times the width**, input 1 × 224 × 224" in said


def test_an_input_that_is_too_small_is_explained() -> None:
    app = open_page(PAGE, {"size": "32"}, reproduce=True)
    assert "Line 9\\, MaxPool2d" in app.error[0].value
    said = text(app)
    assert "The side on the way: 32 → 7 → 3 → 1." in said
    assert "The network takes sides from 63 on (tried up to 1,024)." in said
    assert "up to where it breaks" in said
    assert chart_rows(app, "breaks") == {"from": [8]}
    assert len(chart_rows(app, "stages")["stage"]) == 8
    labels = chart_rows(app, "labels")
    assert labels["title"][8] == "8: MaxPool2d"
    assert labels["size"][8:] == ["here it breaks", *["is not reached"] * 5]
    assert "needs at least 3 cells" in printed(app)


def test_an_input_that_is_too_large_is_explained() -> None:
    said = text(open_page(PAGE, {"network": "LeNet-5", "size": "64"}))
    assert "A linear layer has a weight for each number that comes to it" in said
    assert "The network takes sides from 28 to 31." in said


def test_a_network_that_never_works_is_said_to_be_wrong_and_left_as_it_is() -> None:
    said = text(open_page(PAGE, own("[nn.Conv2d(3, 8, 1), nn.Conv2d(9, 8, 1)]", width="0.5")))
    assert "needs 9 channels" in said
    assert "No size of the input would fit: something else is wrong." in said
    assert "The width changes it once it works as it is written." in said
    assert "0.5 times the width" not in said


def test_what_the_reader_typed_means_nothing_in_markdown() -> None:
    app = open_page(PAGE, own("nn.Sequential(__bold__ * [link](x))"))
    assert "\\_\\_bold\\_\\_ \\* \\[link\\]\\(x\\)" in app.error[0].value
    assert "__bold__" not in text(app)


# ---------------------------------------------------------------- tabs


def test_layers_are_listed(first_view: AppTest) -> None:
    shown = first_view.dataframe[0].value
    records = trace(parse(NETWORKS["AlexNet"].code), (3, 224, 224))
    assert shown["layer"].tolist() == [record.name for record in records]
    assert shown["parameters"].tolist() == [record.parameters for record in records]
    assert shown["macs"].tolist() == [record.macs for record in records]
    assert shown["code"][0] == "Conv2d(3, 64, kernel_size=11, stride=4, padding=2)"
    assert shown["activation_bytes"].sum() == 4_429_728  # as many as torchvision's outputs have
    part = table(computed(parse("[nn.Conv2d(3, 4, 1), Residual(nn.ReLU(), nn.Conv2d(9, 4, 1))]"), (3, 8, 8)))
    assert part["kept_bytes"].isna().tolist() == [False, True]  # what breaks within a block cannot be trained


def test_all_networks_are_on_one_chart() -> None:
    app = open_page(PAGE, {"tab": "All networks", "network": "MobileNet", "width": "0.5"})
    points = chart_rows(app, "points")
    assert points["network"] == list(NETWORKS)
    for name, parameters, macs in zip(*points.values(), strict=True):
        found = totals(steps(parse(NETWORKS[name].code), NETWORKS[name].input_shape))
        assert (parameters, macs) == (found.parameters, found.macs)
    assert chart_rows(app, "own") == {"parameters": [1_331_592], "macs": [149_497_088], "label": ["yours"]}
    shares = chart_rows(app, "shares")
    first = dict(zip(shares["group"][:3], shares["share"][:3], strict=True))
    assert first == {"convolution": pytest.approx(2572 / 61706), "linear": pytest.approx(59134 / 61706), "other": 0}
    assert "**NiN**: 1.99 M parameters, 0 % of them in linear layers" in text(app)
    assert app.dataframe[0].value["Network"].tolist() == list(NETWORKS)


@pytest.mark.parametrize("link", [{"size": "32"}, own("nn.ReLU()")])
def test_a_network_without_a_place_is_not_on_that_chart(link: Link) -> None:
    app = open_page(PAGE, {"tab": "All networks", **link})
    assert chart_rows(app, "own")["label"] == []
    assert "Yours is not there" in text(app)


def test_pooling_in_numbers() -> None:
    app = open_page(PAGE, {"tab": "Global average pooling"})
    ends = chart_rows(app, "ends")
    assert ends["network"] == ["LeNet-5", "AlexNet (d2l)", "AlexNet (d2l), pooled", "NiN"]
    changed = pooled(parse(NETWORKS["AlexNet (d2l)"].code), axes=2)
    assert changed is not None
    assert ends["end"][2] == totals(steps(changed, (1, 224, 224))).parameters
    said = text(app)
    assert "23 times fewer parameters" in said
    assert "It takes sides from 65 on" in said
    assert "With linear layers it takes sides from 193 to 224." in said
    assert "**AlexNet**, with global average pooling instead of its 3 linear layers: 2.73 M parameters" in said
    assert "nn.Conv2d(256, 10, kernel_size=1)" in app.code[0].value


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ({"network": "NiN"}, "ends with no linear layer: there is nothing to replace"),
        ({"network": "ResNet-18"}, "as many as now: it averages over all places already"),
        ({"size": "32"}, "it takes no input of this size either"),
        ({"network": "LeNet-5", "size": "64"}, "As it is, it cannot be computed"),
        (own("[nn.Flatten(), nn.LazyLinear(9)]"), "instead of its linear layer"),
    ],
)
def test_pooling_of_the_readers_network(link: Link, sentence: str) -> None:
    assert sentence in text(open_page(PAGE, {"tab": "Global average pooling", **link}))


def test_sizes_are_tried_from_small_to_large() -> None:
    app = open_page(PAGE, {"tab": "Too small", "network": "LeNet-5"})
    sent = chart_rows(app, "trials")
    assert sent["side"] == sorted(sent["side"])
    layers = parse(NETWORKS["LeNet-5"].code)
    for side, reached, outcome in zip(sent["side"], sent["reached"], sent["outcome"], strict=True):
        if side <= 64:
            found = computed(layers, (1, side, side))
            assert reached == len(found.known)
            assert (outcome == "works") is (found.error is None) is (28 <= side <= 31)
    assert {27, 28, 31, 32} <= set(sent["side"])
    said = text(app)
    assert "**LeNet-5** takes sides from 28 to 31." in said
    assert "Breaks for a side of 1: Line 3\\, AvgPool2d" in said
    assert "such as 12, 16, …, 27. At 27: Line 7\\, Linear\\: it gets 256 and needs" in said
    assert "such as 32, 40, …, 1024. At 1024: Line 7\\, Linear" in said


def test_many_ways_to_break_are_counted() -> None:
    code = "[" + ", ".join(["nn.Conv2d(3, 3, 9)"] * 60) + "]"
    app = open_page(PAGE, own(code, tab="Too small"))
    sent = chart_rows(app, "trials")
    broken = {reached for reached, how in zip(sent["reached"], sent["outcome"], strict=True) if how == "breaks"}
    assert len(broken) > 8
    assert f"at {len(broken) - 8} other layers." in text(app)
    assert "takes no input of any size" in text(
        open_page(PAGE, own("[nn.Conv2d(3, 8, 1), nn.Conv2d(9, 8, 1)]", tab="Too small"))
    )


def test_many_layers_are_tried_when_asked() -> None:
    app = open_page(PAGE, own("[" + ", ".join(["nn.ReLU()"] * 101) + "]", tab="Too small"))
    assert "takes sides from 1 on" in text(app)
    with pytest.raises(KeyError):
        chart_rows(app, "trials")
    next(button for button in app.button if button.label == "Try inputs of all sizes").click().run()
    assert set(chart_rows(app, "trials")["outcome"]) == {"works"}


# ---------------------------------------------------------------- time


def test_the_forward_pass_is_measured_once_asked_and_for_these_settings_alone() -> None:
    app = open_page(PAGE, {"tab": "Time", "network": "LeNet-5", "size": "30"})
    with pytest.raises(KeyError):
        chart_rows(app, "times")
    next(button for button in app.button if button.label == "Measure a forward pass").click().run()
    sent = chart_rows(app, "times")
    assert sum(sent["time"]) == pytest.approx(1)
    assert sum(sent["macs"]) == pytest.approx(1)
    assert min(sent["time"]) > 0
    assert len(sent["stage"]) == 8
    said = text(app)
    assert "**LeNet-5**: " in said
    assert " ms for one image on " in said
    assert "**Convolutions** take" in said
    app.slider(key="size").set_value(29).run()
    with pytest.raises(KeyError):
        chart_rows(app, "times")


def test_every_layer_has_a_time_and_a_sum_has_none() -> None:
    layers = parse("[nn.Conv2d(3, 3, 3, padding=1), Residual(nn.ReLU(), shortcut=nn.Conv2d(3, 3, 1)), nn.Flatten()]")
    found = list(timing.passes(layers, (3, 8, 8)))
    assert len(found) == 1 + timing.PASSES
    assert all((seconds > 0).tolist() == [True, True, True, False, True] for seconds in found)


@pytest.mark.parametrize(
    ("code", "size", "reason"),
    [
        (NETWORKS["VGG-16"].code, 224, "more than 30 million parameters"),
        (NETWORKS["ResNet-50"].code, 512, "more than 300 MB of outputs"),
        (NETWORKS["ResNet-18"].code, 512, ""),
        ("nn.Conv2d(3, 1, 501, padding=250)", 512, "more than 300 MB of outputs"),  # its windows, written out
        ("nn.Conv2d(3, 64, 31, padding=15, groups=1)", 512, "more than 300 MB of outputs"),
        ("[nn.Conv2d(3, 64, 9, padding=4), nn.Conv2d(64, 64, 5, padding=2)]", 512, "more than 300 MB of outputs"),
        ("nn.MaxPool2d(301, stride=1, padding=150)", 512, "more than 10 billion multiply–accumulates"),
        ("[nn.LazyConv2d(64, 1), nn.LocalResponseNorm(1000)]", 512, "more than 10 billion multiply–accumulates"),
        (NETWORKS["MobileNet"].code, 224, ""),
    ],
)
def test_what_is_too_large_is_not_measured(code: str, size: int, reason: str) -> None:
    assert timing.too_large(steps(parse(code), (3, size, size))) == reason


@pytest.mark.parametrize(
    ("link", "reason"), [({}, "more than 30 million parameters"), ({"size": "32"}, "does not fit")]
)
def test_the_page_says_why_it_does_not_measure(link: Link, reason: str) -> None:
    app = open_page(PAGE, {"tab": "Time", **link})
    assert reason in app.info[0].value
    assert "Measure a forward pass" not in [button.label for button in app.button]


# ---------------------------------------------------------------- code

CLASS = """\
import torch
from torch import nn
from torch.nn import functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(2, 6, 3, padding=1)
        self.second = nn.Conv2d(6, 6, 3, padding=1)
        self.out = nn.Linear(6 * 6 * 6, 5)

    def forward(self, x):
        x = F.relu(self.first(x))
        x = F.relu(x + self.second(x))
        x = F.max_pool2d(x, 2)
        return self.out(torch.flatten(x, 1))
"""


def executed(written: str, input_shape: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
    """Parameters and output shape of the network in a module's text, built on the meta device."""
    names: dict[str, Any] = {}
    with torch.device("meta"), torch.no_grad():
        exec(written, names)  # noqa: S102 - our own text: that it runs is the claim
        model = names["network"].eval()
        made = model(torch.empty(1, *input_shape))
    return sum(each.numel() for each in model.parameters()), tuple(made.shape[1:])


@pytest.mark.parametrize("name", ["LeNet-5", "ResNet-18", "MobileNet"])
def test_the_code_builds_the_network(name: str) -> None:
    app = open_page(PAGE, {"tab": "Code", "network": name})
    records = trace(parse(NETWORKS[name].code), NETWORKS[name].input_shape)
    parameters, output_shape = executed(app.code[0].value, NETWORKS[name].input_shape)
    assert parameters == sum(record.parameters for record in records)
    assert output_shape == records[-1].output_shape


def test_a_pasted_class_comes_back_as_an_equal_sequential() -> None:
    app = open_page(PAGE, own(CLASS, tab="Code", size="12"))
    assert "**Your own code**, input 2 × 12 × 12" in text(app)
    names: dict[str, Any] = {}
    exec(CLASS, names)  # noqa: S102 - our own text
    exec(app.code[0].value, names)  # noqa: S102
    pasted, back = names["Net"]().eval(), names["network"].eval()
    assert isinstance(back, torch.nn.Sequential)
    assert [each.shape for each in back.parameters()] == [each.shape for each in pasted.parameters()]
    torch.nn.utils.vector_to_parameters(
        torch.nn.utils.parameters_to_vector(pasted.parameters()), list(back.parameters())
    )
    images = torch.randn(3, 2, 12, 12)
    torch.testing.assert_close(back(images), pasted(images))


@given(stack=stacks())
@law
def test_the_code_of_any_network_builds_it(stack: Stack) -> None:
    layers = parse(stack.code)
    known = steps(layers, stack.input_shape)
    parameters, output_shape = executed(module_text(resolved(layers, known)), stack.input_shape)
    assert (parameters, output_shape) == (totals(known).parameters, known[-1].record.output_shape)


def test_the_code_has_the_controls_in_it_and_no_lazy_layer() -> None:
    app = open_page(PAGE, {"tab": "Code", "width": "0.5", "channels": "1"})
    written = app.code[0].value
    assert len(app.get("download_button")) == 1
    assert "nn.Conv2d(1, 32, kernel_size=11, stride=4, padding=2)" in written
    assert "Lazy" not in written
    assert "class Residual" not in written
    lazy = open_page(PAGE, own("[nn.LazyConv2d(4, 3), nn.Flatten(), nn.LazyLinear(2)]", tab="Code", size="10"))
    assert f"nn.Linear({4 * 8 * 8}, 2)" in lazy.code[0].value
    assert parse(written.removeprefix("from torch import nn\n")) is not None


def test_the_code_of_what_does_not_fit_is_shown_with_a_warning() -> None:
    app = open_page(PAGE, {"tab": "Code", "size": "32"})
    assert app.warning
    assert executed(app.code[0].value, (3, 64, 64)) == (61_100_840, (1000,))


# ---------------------------------------------------------------- reproduction

NASTY = "nn.Sequential(  # \"quotes\" 'and' \\ {braces} \u2028 \x0c more\n    nn.Conv2d(3, 4, 3),\r\n)"


def run_snippet(written: str, capsys: pytest.CaptureFixture[str]) -> str:
    exec(written, {})  # noqa: S102 - our own text: that it runs is the claim
    return capsys.readouterr().out.strip()


@pytest.mark.parametrize(
    "link",
    [
        own(EXAMPLE, width="0.5"),
        own("[nn.Conv1d(3, 4, 3), nn.Flatten(), nn.LazyLinear(2)]", width="2"),
        own("[nn.Conv2d(3, 4, 3), nn.Linear(9, 9)]"),
        {"network": "ResNet-18", "width": "0.25", "channels": "4"},
        {"size": "4"},
    ],
)
def test_the_snippet_prints_the_numbers(link: Link, capsys: pytest.CaptureFixture[str]) -> None:
    app = open_page(PAGE, link, reproduce=True)
    assert run_snippet(app.code[0].value, capsys) == app.code[1].value.strip()


def test_any_text_can_be_in_the_snippet(capsys: pytest.CaptureFixture[str]) -> None:
    view = Controls.of({"network": OWN, "code": NASTY, "size": 8})
    assert "Totals(parameters=112" in run_snippet(snippet(view, run(view)), capsys)
    assert run(view).totals.parameters == 112


@given(stack=stacks())
@law
def test_torch_agrees_on_any_network(stack: Stack) -> None:
    found = computed(parse(stack.code), stack.input_shape)
    said = checked_against_torch(found)
    assert said.endswith("These are the numbers of this page.")
    assert "the part before" not in said
    doubled = dataclasses.replace(
        found, known=[each._replace(record=each.record._replace(macs=7**9)) for each in found.known]
    )
    assert "**These are not the numbers" in checked_against_torch(doubled)


def test_torch_checks_the_part_before_an_error() -> None:
    said = checked_against_torch(alexnet(32))
    assert "the part before the error" in said
    assert said.endswith("These are the numbers of this page.")
    assert counted(parse(NETWORKS["AlexNet"].code)[:12], (3, 32, 32))[0] == 2_469_696
    within = computed(parse("[nn.Conv2d(3, 4, 1), Residual(nn.Conv2d(4, 4, 1), nn.Conv2d(5, 4, 1))]"), (3, 8, 8))
    assert "16 parameters" in checked_against_torch(within)
    assert "nothing to check" in checked_against_torch(computed(parse("nn.Linear(3, 4)"), (3, 8, 8)))


# ---------------------------------------------------------------- extremes and words


@pytest.mark.parametrize(
    "link",
    [
        {"size": "4"},
        {"network": "VGG-19", "size": "512", "width": "2"},
        {"network": "NiN", "width": "0.25", "channels": "3"},
        own("nn.Linear(7, 7)", width="0.5"),
        own("[nn.Conv1d(3, 4, 3), nn.MaxPool1d(2), nn.Flatten(), nn.LazyLinear(2)]", channels="4"),
        own("not a network"),
        own("[" + ", ".join(["nn.Conv2d(3, 3, 3, padding=1)"] * 101) + "]", size="512"),
        own("nn.Conv2d(3, 1000000, 1000, padding=1000)", width="2"),
    ],
)
def test_extreme_settings_are_shown_in_every_tab(link: Link) -> None:
    app = open_page(PAGE, link, reproduce=True, mathematics=True, references=True)
    for tab in TABS:
        app.session_state["tab"] = tab
        app.run()
        assert not app.exception
        assert all(chart.proto.alt for chart in app.get("vega_lite_chart"))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (shape((3, 1224, 1)), "3 × 1,224 × 1"),
        (count(9_999_999), "9,999,999"),
        (count(61_100_840), "61.1 M"),
        (amount(9_999), "9,999"),
        (amount(10_000), "10.0 k"),
        (amount(999_960_000), "1000 M"),
        (amount(1_234_567_890), "1.23 G"),
        (amount(5 * 10**12), "5.00 T"),
        (memory(999), "999 B"),
        (memory(1_118_000), "1.12 MB"),
        (share(0, 0), "0 %"),
        (share(0, 5), "0 %"),
        (share(5, 5), "100 %"),
        (share(1, 10_000), "< 0.1 %"),
        (share(9_999, 10_000), "> 99.9 %"),
        (share(997, 1000), "99.7 %"),
        (share(1, 200), "0.5 %"),
        (share(31, 100), "31 %"),
    ],
)
def test_large_numbers_in_words(said: str, expected: str) -> None:
    assert said == expected


def test_counting_operations_leaves_the_modules_of_others_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Visitors share the process, and torch's FlopCounterMode hooks every module in it: their autograd fails then."""
    hooks: list[int] = []

    class Looking(torch.nn.Identity):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            hooks.append(len(torch.nn.modules.module._global_forward_pre_hooks))
            return x

    convolution = torch.nn.Conv2d(3, 4, 3, device="meta")
    monkeypatch.setattr(
        "pages.convolution.architectures.snippet.built", lambda *_, **__: torch.nn.Sequential(convolution, Looking())
    )
    assert counted((), (3, 8, 8)) == (4 * 3 * 9 + 4, 2 * 4 * 3 * 9 * 6 * 6, (4, 6, 6))
    assert hooks == [0]
