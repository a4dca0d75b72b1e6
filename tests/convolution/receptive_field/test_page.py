"""The receptive-field page: its scenarios' claims, its controls, sentences, tables and uploads, against algebra."""

import base64
import colorsys
import contextlib
import io
import math
import re
import tomllib
import warnings
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
import pytest
import streamlit
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from sklearn.datasets import load_digits, load_sample_image
from streamlit.testing.v1 import AppTest

from demos.convolution.channels import first_channels
from demos.convolution.network import NETWORKS, Record, parse, trace
from demos.convolution.receptive_field import stack, usage, walks
from demos.convolution.training import train
from pages.convolution.network_choice import EXAMPLE, OWN
from pages.convolution.receptive_field import charts, compute, page, training_tab
from pages.convolution.receptive_field.compute import look, run, table, traced
from pages.convolution.receptive_field.controls import Controls
from pages.convolution.receptive_field.frames import frames, unit_map, where
from pages.convolution.receptive_field.lesson import SCENARIOS, stacked
from pages.convolution.receptive_field.photos import MOST_PIXELS, read_photo
from pages.convolution.receptive_field.photos import OWN as OWN_PHOTO
from tests.pages import ROOT, chart_rows, enter, open_page

PAGE: Final = "receptive_field"
TABS: Final = ["Layers", "Small kernels", "Effective field", "Training", "One dimension", "Borders"]
DEFAULTS: Final = Controls.defaults()
SETTINGS: Final = {scenario.name: {**DEFAULTS, **scenario.settings} for scenario in SCENARIOS}
CLICKS: Final = (np.arange(31) + 0.5) / 31  # where the chart takes a click, as a share of a side
Floats = NDArray[np.float64]
Link = Mapping[str, str | list[str]]


# ---------------------------------------------------------------- a stack of windows along a line, by algebra


class Window(NamedTuple):
    """What a convolution or a pool reads along an axis."""

    size: int
    stride: int = 1
    padding: int = 0
    apart: int = 1


class Line(NamedTuple):
    """Windows one after the other over a line of cells."""

    windows: tuple[Window, ...]
    cells: int

    @property
    def units(self) -> list[int]:
        """How many units each layer has."""
        found = [self.cells]
        for size, stride, padding, apart in self.windows:
            found.append((found[-1] + 2 * padding - apart * (size - 1) - 1) // stride + 1)
        return found[1:]

    @property
    def jump(self) -> int:
        return math.prod(each.stride for each in self.windows)

    @property
    def field(self) -> int:
        return 1 + sum(
            each.apart * (each.size - 1) * Line(self.windows[:place], self.cells).jump
            for place, each in enumerate(self.windows)
        )

    @property
    def start(self) -> int:
        return -sum(
            each.padding * Line(self.windows[:place], self.cells).jump for place, each in enumerate(self.windows)
        )

    @property
    def effective(self) -> float:
        """Of a walk without borders: variances of uniform steps add up."""
        return math.sqrt(
            1
            + sum(
                (each.size**2 - 1) * (each.apart * Line(self.windows[:place], self.cells).jump) ** 2
                for place, each in enumerate(self.windows)
            )
        )

    def upto(self, layer: int) -> "Line":
        return Line(self.windows[: layer + 1], self.cells)

    def center(self, unit: int) -> float:
        return self.start + unit * self.jump + (self.field - 1) / 2

    def walk(self, unit: int) -> Floats:
        """From a unit of the last layer down, a tap at a time: the chance of each cell; padding ends a walk."""
        chances = {unit: 1.0}
        before = [self.cells, *self.units]
        for (size, stride, padding, apart), units in zip(self.windows[::-1], before[-2::-1], strict=True):
            below: dict[int, float] = {}
            for upper, chance in chances.items():
                for tap in range(size):
                    lower = upper * stride - padding + tap * apart
                    if 0 <= lower < units:
                        below[lower] = below.get(lower, 0.0) + chance / size
            chances = below
        return np.array([chances.get(cell, 0.0) for cell in range(self.cells)])


def spread(chances: Floats) -> tuple[float, float]:
    """Effective width, and the middle in cells from the edge, of chances along a line."""
    share, cells = chances / chances.sum(), np.arange(len(chances)) + 0.5
    middle = float((share * cells).sum())
    return math.sqrt(1 + 12 * float((share * (cells - middle) ** 2).sum())), middle


def code_of(rows: Line, columns: Line) -> str:
    """Convolutions with the windows of two axes."""
    made = [
        f"nn.Conv2d(3, 3, {tuple(pair[0] for pair in pairs)}, stride={tuple(pair[1] for pair in pairs)}, "
        f"padding={tuple(pair[2] for pair in pairs)}, dilation={tuple(pair[3] for pair in pairs)})"
        for pairs in zip(rows.windows, columns.windows, strict=True)
    ]
    return f"nn.Sequential({', '.join(made)})"


def conv(*windows: Window) -> str:
    """Square convolutions."""
    line = Line(windows, 0)
    return code_of(line, line)


# ---------------------------------------------------------------- the page and its numbers


def controls(
    code: str, size: int, *, row: float = 50, column: float = 50, layer: int = 100, url: str = "data:,"
) -> Controls:
    settings = {"network": OWN, "code": code, "size": size, "row": row, "column": column, "layer": layer}
    return Controls.of(settings).but(picture=url)


def own(code: str, **link: str) -> AppTest:
    return open_page(PAGE, {"network": OWN, "code": code, **link})


def text(app: AppTest) -> str:
    assert not app.exception
    said = [str(each.value) for each in [*app.markdown, *app.caption, *app.error, *app.success, *app.info]]
    return "\n".join(said).replace("\\", "")


def conclusions(app: AppTest) -> str:
    """The sentences beside the picture."""
    assert not app.exception
    [said] = [str(each.value) for each in app.markdown if str(each.value).startswith(("- A unit", "- No layer"))]
    return said


def shown(app: AppTest) -> dict[str, Any]:
    """The row that the picture has of the chosen layer."""
    place, sent = chart_rows(app, "view")["layer"][0], chart_rows(app, "frames")
    return {name: column[place - 1] for name, column in sent.items()}


def numbers(pattern: str, said: str) -> list[float]:
    found = re.search(pattern, said)
    assert found, said
    return [float(number.replace(",", "")) for number in found.groups()]


def pixels(url: str) -> NDArray[np.uint8]:
    """An image of a data URL as red, green, blue and opacity, row 0 on top."""
    content = base64.b64decode(url.split(",", maxsplit=1)[1])
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image.convert("RGBA"))


def records(name: str) -> list[Record]:
    """What the demo says of a scenario's network."""
    chosen = SETTINGS[name]
    code = chosen["code"] if chosen["network"] == OWN else NETWORKS[chosen["network"]].code
    layers = parse(code)
    return trace(layers, (first_channels(layers) or 3, chosen["size"], chosen["size"]))


def right(name: str) -> str:
    """The prediction that a scenario calls right."""
    scenario = next(each for each in SCENARIOS if each.name == name)
    return scenario.predictions[scenario.correct]


def answered(name: str) -> str:
    """What the page says once the right prediction has been made."""
    app = enter(open_page(PAGE), name)
    app.button_group(key="prediction").set_value(right(name)).run()
    assert "That is what happens" in text(app)
    return conclusions(app)


# ---------------------------------------------------------------- scenarios


def test_two_3_by_3_see_what_one_5_by_5_sees_with_28_percent_fewer_weights() -> None:
    name = "Two 3 × 3 for one 5 × 5"
    two, [one] = records(name), trace(stack(kernel_size=5, depth=1, channels=64, padding=2), (64, 32, 32))
    assert [each.receptive_field for each in two] == [(3, 3), (5, 5)]
    assert one.receptive_field == (5, 5)
    weights = sum(each.parameters for each in two) - 2 * 64  # without biases
    assert weights == 2 * 9 * 64**2 == 73_728
    assert one.parameters - 64 == 25 * 64**2 == 102_400
    assert 1 - weights / 102_400 == pytest.approx(0.28) == pytest.approx(1 - 18 / 25)
    assert right(name) == "As much as 5 × 5, with 28 % fewer weights"
    paths = 9 * walks(parse(SETTINGS[name]["code"]), (64, 32, 32), axis=1)[1].probability[16, 14:19]
    np.testing.assert_allclose(paths, [1, 2, 3, 2, 1])  # one to the rim, many to the middle
    assert math.sqrt(2 * 8 + 1) == pytest.approx(4.1, abs=0.05)
    said = answered(name)
    assert "sees **5 × 5** cells" in said
    assert "reached by **25** cells" in said
    assert "the effective field is 4.1 × 4.1" in said


def test_a_convolution_of_vggs_fifth_block_adds_32_cells_and_a_pool_one_jump() -> None:
    name = "Pooling doubles the growth"
    known = [each for each in records(name) if each.receptive_field]
    sizes = [1.0, *(each.receptive_field[0] for each in known if each.receptive_field)]
    jumps = [1.0, *(each.jump[0] for each in known if each.jump)]
    grown = {each.name: after - before for each, (before, after) in zip(known, pairwise(sizes), strict=True)}
    before = dict(zip((each.name for each in known), jumps, strict=False))
    convolutions = [each.name for each in known if each.name.endswith("Conv2d")]
    pools = [each.name for each in known if each.name.endswith("MaxPool2d")]
    assert [grown[each] for each in convolutions[:2]] == [2, 2]
    assert [grown[each] for each in convolutions[-3:]] == [32, 32, 32]
    assert [before[each] for each in convolutions[-3:]] == [2**4] * 3
    assert known.index(next(each for each in known if each.name == pools[3])) < 24  # four stand before the fifth block
    assert [grown[each] for each in pools] == [before[each] for each in pools] == [1, 2, 4, 8, 16]
    assert right(name) == "32"
    said = answered(name)
    assert "sees **196 × 196** cells of the input by the formula; its neighbours' fields begin 16 × 16 cells" in said
    assert "by 32 cells, because each tap of its window is 16 cells from the next" in said


def test_the_lines_to_watch_are_gold_and_blue_in_both_themes() -> None:
    themes = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    places = {what: themes["light"]["chartCategoricalColors"].index(color) for what, color in charts.colors()}
    for theme in ("light", "dark"):
        palette = themes[theme]["chartCategoricalColors"]
        hues = {
            what: 360 * colorsys.rgb_to_hsv(*(each / 255 for each in bytes.fromhex(palette[place][1:])))[0]
            for what, place in places.items()
        }
        assert 40 < hues["jump"] < 60  # gold
        assert 200 < hues["theoretical"] < 220  # blue


def test_dilations_1_2_4_8_see_31_by_31_without_gaps() -> None:
    name = "Dilation 1, 2, 4, 8"
    assert [each.receptive_field for each in records(name) if each.name.endswith("Conv2d")] == [
        (size, size) for size in (3, 7, 15, 31)
    ]
    layers = parse(NETWORKS["Dilated stack"].code)
    reached = [walks(layers, (3, 64, 64), axis=axis)[6].reached[32].sum() for axis in range(2)]
    assert math.prod(reached) == 31**2 == 961
    plain = trace(stack(kernel_size=3, depth=15, channels=3, padding=1), (3, 64, 64))
    assert [each.receptive_field for each in plain[-2:]] == [(29, 29), (31, 31)]  # so it takes 15 layers
    assert right(name) == "31 × 31"
    said = answered(name)
    assert "sees **31 × 31** cells" in said
    assert "reached by **961** cells" in said
    assert "gaps" not in said


def test_dilations_2_2_2_leave_gaps() -> None:
    said = conclusions(own(conv(*[Window(3, padding=2, apart=2)] * 3), size="64"))
    offsets = {2 * (a + b + c) for a in (-1, 0, 1) for b in (-1, 0, 1) for c in (-1, 0, 1)}
    assert "sees **13 × 13** cells" in said
    assert f"reached by **{len(offsets) ** 2}** cells" in said
    assert f"{13**2 - len(offsets) ** 2} cells inside its field do not reach it: the field has gaps." in said


def test_the_corner_unit_of_vgg_sees_67_percent_padding() -> None:
    name = "In the corner"
    last = next(each for each in records(name) if each.name == "31 MaxPool2d")
    assert (last.receptive_field, last.start) == ((212, 212), (-90, -90))  # Araujo, Norris & Sim 2019
    assert 212 - 90 == 122
    padding = usage(parse(NETWORKS["VGG-16"].code), (3, 224, 224), layer=30).padding
    assert padding.shape == (7, 7)
    assert padding[0, 0] == pytest.approx(1 - (122 / 212) ** 2) == pytest.approx(0.67, abs=0.005)
    assert padding[3, 3] == 0
    assert 0.9 < 212 / 224 < 1  # nearly the whole picture
    assert right(name) == "About two thirds"
    said = answered(name)
    assert "Unit (0, 0) is reached by **14,884** cells, measured: 30% of the input" in said  # 122² of 224²
    assert "**67%** of its field is padding" in said


def test_of_twenty_layers_13_cells_of_41_count() -> None:
    name = "What really counts"
    assert records(name)[-1].receptive_field == (41, 41)
    energy = walks(parse(SETTINGS[name]["code"]), (16, 64, 64), axis=0)
    measured, _ = spread(energy[19].probability[32])
    assert measured == pytest.approx(math.sqrt(161)) == pytest.approx(12.7, abs=0.05)
    assert measured / 41 == pytest.approx(0.31, abs=0.005)
    assert (measured / 41) ** 2 == pytest.approx(0.10, abs=0.005)
    assert spread(energy[4].probability[32])[0] / 11 == pytest.approx(0.58, abs=0.005)
    gradient = np.sqrt(np.outer(*[energy[19].probability[32]] * 2))
    counted = math.sqrt((gradient > 0.0455 * gradient.max()).sum())  # as Luo et al. do, who print 22.7
    assert counted == pytest.approx(22.7, abs=0.3)
    assert math.sqrt(4 * math.pi * (20 * 8 / 12) * math.log(1 / 0.0455)) == pytest.approx(22.7, abs=0.1)
    assert right(name) == "About 13 cells"
    said = answered(name)
    assert "sees **41 × 41** cells" in said
    assert "the effective field is 12.7 × 12.7, **10%** of the theoretical one" in said


def test_a_scenario_shows_its_fields_after_the_prediction() -> None:
    app = enter(open_page(PAGE), "Dilation 1, 2, 4, 8")
    assert chart_rows(app, "frames") == {"place": []}
    assert "31 × 31" not in text(app)
    assert not app.tabs
    app.button_group(key="prediction").set_value("Just show me").run()
    assert len(chart_rows(app, "frames")["place"]) == 4


# ---------------------------------------------------------------- controls


# For each control: a link under which it matters, and what the page then says. VGG-16's layer 13 has fields of 92 cells
# that begin at −42 and 8 cells apart (Araujo et al.'s recursion); the middle is between units 13 and 14.
REACHES: Final[Mapping[str, tuple[Link, Sequence[str]]]] = {
    "network": ({"network": "AlexNet", "layer": "8"}, ["**195 × 195** cells", "begin 32 × 32", "has 6 × 6 units"]),
    "code": (
        {"network": OWN, "code": conv(Window(7, 2, 3), Window(5)), "size": "60"},
        [f"**{7 + 2 * 4} × 15** cells", "begin 2 × 2", f"has {60 // 2 - 4} × 26 units"],
    ),
    "size": ({"size": "96"}, [f"has {96 // 8} × 12 units", "Unit (5, 5)"]),
    "row": ({"row": "0"}, ["Unit (0, 13)", "**4,600** cells", "**46%** of its field"]),  # 50 · 92, 42 / 92
    "column": ({"column": "100"}, ["Unit (13, 27)", "**4,600** cells", "**46%** of its field"]),
    "layer": ({"layer": "3"}, ["**6 × 6** cells", "begin 2 × 2", "has 112 × 112 units", "**36** cells"]),
    "kernel_size": ({"tab": "Effective field", "kernel_size": "7"}, ["Layers of 7 × 7"]),
    "channels": ({"tab": "Small kernels", "channels": "10"}, ["1,820 parameters instead of 2,510"]),
}


def test_every_control_is_tried() -> None:
    assert REACHES.keys() | {"photo", "depth"} == DEFAULTS.keys()  # these have tests of their own


@pytest.mark.parametrize("key", REACHES)
def test_every_control_reaches_a_number_that_algebra_gives(key: str) -> None:
    link, expected = REACHES[key]
    before, after = text(open_page(PAGE)), text(open_page(PAGE, link))
    for each in expected:
        assert each not in before
        assert each in after


def test_the_first_view_is_that_of_vgg_16s_last_layer_before_the_fourth_pooling() -> None:
    app = open_page(PAGE)
    size = 8 * 2 * 3 + 44  # three convolutions after three poolings
    assert f"sees **{size} × {size}** cells" in conclusions(app)
    assert "Unit (13, 13) is reached by **8,464** cells, measured: 17% of the input." in conclusions(app)
    assert "padding" not in conclusions(app)
    sent = chart_rows(app, "view")
    assert [sent[name] for name in ("size", "layer", "x", "y")] == [[224], [13], [112], [112]]


@pytest.mark.parametrize("name", ["Flower", "Temple"])
def test_the_photo_is_the_middle_square_of_scikit_learns(name: str) -> None:
    whole = load_sample_image({"Flower": "flower.jpg", "Temple": "china.jpg"}[name])
    height, width = whole.shape[:2]
    square = whole[:, (width - height) // 2 : (width + height) // 2]
    found = pixels(chart_rows(open_page(PAGE, {"photo": name}), "view")["photo"][0])
    assert found.shape[0] == found.shape[1]
    for rows in range(4):
        for columns in range(4):
            parts = [
                each[rows * len(each) // 4 :, columns * len(each) // 4 :][: len(each) // 4, : len(each) // 4, :3]
                for each in (found, square)
            ]
            np.testing.assert_allclose(parts[0].mean((0, 1)), parts[1].mean((0, 1)), atol=4)


def test_the_digit_is_dark_on_light() -> None:
    found = pixels(chart_rows(open_page(PAGE, {"photo": "Digit"}), "view")["photo"][0])
    side = len(found) // 8
    middles = found[side // 2 :: side, side // 2 :: side, 0].astype(float)
    np.testing.assert_allclose(middles, 255 - load_digits().images[0] * 255 / 16, atol=6)


@pytest.mark.parametrize("kernel_size", [3, 5, 7])
def test_what_counts_shrinks_as_the_root_of_the_depth(kernel_size: int) -> None:
    app = open_page(PAGE, {"tab": "Effective field", "kernel_size": str(kernel_size)})
    five, twenty, factor = numbers(r"\*\*(\d+)%\*\* counts after 5 .*\*\*(\d+)%\*\* after 20: .* of (\S+),", text(app))
    law = {n: math.sqrt(n * (kernel_size**2 - 1) + 1) / (n * (kernel_size - 1) + 1) for n in (5, 20)}
    assert five / 100 == pytest.approx(law[5], abs=0.03)
    assert twenty / 100 == pytest.approx(law[20], abs=0.03)
    assert factor == pytest.approx(twenty / five, abs=0.015)
    sent = chart_rows(app, "law")
    curves: dict[str, dict[float, float]] = {"theoretical": {}, "effective": {}}
    for depth, what, cells in zip(sent["depth"], sent["what"], sent["cells"], strict=True):
        curves[what][depth] = cells
    for depth in range(21):
        assert curves["theoretical"][depth] == depth * (kernel_size - 1) + 1
        assert curves["effective"][depth] == pytest.approx(math.sqrt(depth * (kernel_size**2 - 1) + 1))


def test_the_gradient_of_the_chosen_unit_is_measured_beside_the_walk() -> None:
    app = open_page(PAGE, {"tab": "Effective field", "network": OWN, "code": stacked(6, kernel_size=3, channels=8)})
    *measured, down, across = numbers(r"weights is (\S+) × (\S+) cells wide; .* says (\S+) × (\S+)\.\n", text(app))
    assert down == across == pytest.approx(math.sqrt(6 * 8 + 1))
    np.testing.assert_allclose(measured, 7, rtol=0.25)


@pytest.mark.parametrize("channels", [1, 10, 64, 512])
def test_small_kernels_cost_what_algebra_says(channels: int) -> None:
    app = open_page(PAGE, {"tab": "Small kernels", "channels": str(channels)})
    for depth, large in ((2, 5), (3, 7), (4, 9)):
        few, many = (n * (size**2 * channels**2 + channels) for n, size in ((depth, 3), (1, large)))
        work = [56**2 * n * size**2 * channels**2 / 1e6 for n, size in ((depth, 3), (1, large))]
        assert (
            f"**{depth} of 3 × 3** see {large} × {large} cells, as one of {large} × {large} does: {few:,} parameters "
            f"instead of {many:,} and {work[0]:,.1f} instead of {work[1]:,.1f} million multiply–accumulates on a map "
            f"of 56 × 56. Their effective width is {math.sqrt(8 * depth + 1):.1f} instead of {large:.1f}."
        ) in text(app)
        bar = dict(zip(chart_rows(app, "costs")["stack"], chart_rows(app, "costs")["share"], strict=True))
        assert bar[f"{depth} of 3 × 3"] == pytest.approx(few / many)


# ---------------------------------------------------------------- which network


def test_a_chosen_network_gets_the_input_that_it_was_made_for() -> None:
    app = open_page(PAGE)
    for name, expected in (
        ("LeNet-5", "**16 × 16** cells of the input by the formula; its neighbours' fields begin 4 × 4"),
        ("AlexNet", "**195 × 195**"),
        ("Dilated stack", "**31 × 31**"),
    ):
        app.selectbox(key="network").set_value(name).run()
        assert app.slider(key="size").value == NETWORKS[name].input_shape[1]
        sizes = [app.session_state["size"], chart_rows(app, "view")["size"][0]]
        assert sizes == [NETWORKS[name].input_shape[1]] * 2
        app.slider(key="layer").set_value(8).run()
        assert expected in conclusions(app)
    app.selectbox(key="network").set_value(OWN).run()
    assert app.slider(key="size").value == 64  # nothing is known about the reader's own
    assert app.text_area(key="code").value == EXAMPLE


def test_the_code_of_a_known_network_moves_to_the_editor_and_shows_the_same_numbers() -> None:
    app = open_page(PAGE, {"network": "LeNet-5", "size": "40", "row": "10", "layer": "3"})
    before, rows = conclusions(app), chart_rows(app, "frames")
    next(button for button in app.button if button.label == "Paste your own code").click().run()
    assert app.session_state["network"] == OWN
    assert app.text_area(key="code").value == NETWORKS["LeNet-5"].code
    assert app.slider(key="size").value == 40
    assert not [button for button in app.button if button.label.startswith("Paste")]
    assert conclusions(app) == before
    assert chart_rows(app, "frames") == rows
    app.text_area(key="code").set_value(NETWORKS["LeNet-5"].code.replace("kernel_size=5", "kernel_size=3")).run()
    assert "**8 × 8**" in conclusions(app)  # 3, 4, 8 of 3, 2 and 3 cells


def test_the_example_is_what_it_says() -> None:
    said = conclusions(own(EXAMPLE, size="64"))
    assert f"**{1 + 2 + 2 + 2 * 4 + 2} × 15** cells" in said  # 3 × 3, 3 × 3, dilated by 2 after a stride of 2, pooled
    assert "begin 4 × 4 cells" in said


BAD_CODE: Final = [
    ("nn.Sequential(nn.Conv2d(3, 8, 3)", "Line 1 is not Python"),
    ("", "There is no layer in it"),
    ("nn.Sequential(\n    nn.Conv9d(3, 8, 3),\n)", "Line 2, Conv9d: there is no such layer here"),
    ("nn.Conv2d(3, 8, kernel_size=0)", "Line 1, Conv2d: kernel_size must be a whole number from 1"),
    ("'<b>x</b>' * 2", "Line 1: “'<b>x</b>' * 2” is not a layer"),
    ("#" * 20_001, "The text has 20,001 characters; at most 20,000 are read"),
    ("nn.ReLU(), " * 801, "more than 800 layers"),
]


@pytest.mark.parametrize(("code", "complaint"), BAD_CODE)
def test_code_that_cannot_be_read_is_refused_and_the_last_good_network_stays(code: str, complaint: str) -> None:
    app = own(conv(Window(3), Window(3, 2)), size="32")
    good = conclusions(app)
    assert "**5 × 5** cells" in good
    app.text_area(key="code").set_value(code).run()
    assert [complaint in str(each.value).replace("\\", "") for each in app.error] == [True]
    assert "<b>" not in app.error[0].value
    assert "Shown is the last one that could be read." in [str(each.value) for each in app.caption]
    assert conclusions(app) == good
    app.text_area(key="code").set_value(conv(Window(9))).run()
    assert not app.error
    assert "**9 × 9** cells" in conclusions(app)
    app.text_area(key="code").set_value(code).run()
    assert "**9 × 9** cells" in conclusions(app)


def test_a_link_with_bad_code_shows_the_example() -> None:
    app = own("nn.Conv2d(", size="64")
    assert len(app.error) == 1
    assert "**15 × 15** cells" in conclusions(app)


# ---------------------------------------------------------------- sentences in special cases


def test_the_share_of_padding_is_said_where_there_is_some() -> None:
    code = conv(Window(3, padding=1))
    assert "**56%** of its field is padding." in conclusions(own(code, size="16", row="0", column="0"))  # 5 of 9
    edge = conclusions(own(code, size="16", row="0"))
    assert "**33%** of its field is padding." in edge
    assert "Unit (0, 7) is reached by **6** cells, measured: 2% of the input." in edge  # of 256
    assert "gaps" not in edge
    assert "padding" not in conclusions(own(code, size="16"))


def test_gaps_are_counted_inside_the_picture_and_not_in_padding() -> None:
    said = conclusions(own(conv(Window(3, padding=2, apart=2)), size="16", row="0"))
    assert "**40%** of its field is padding." in said  # 2 of 5 rows
    assert "reached by **6** cells" in said
    assert "9 cells inside its field do not reach it" in said  # 3 · 5 − 6


def test_a_stride_longer_than_its_window_leaves_gaps() -> None:
    assert "16 cells inside its field do not reach it" in conclusions(own(conv(Window(1, 2), Window(3)), size="16"))


def test_the_layer_that_lets_the_field_grow_most_is_named() -> None:
    said = conclusions(own(conv(Window(2, 2), Window(2, 3), Window(4, 5), Window(1)), size="64", layer="1"))
    assert (
        "The field grows most at layer 3 (Conv2d): by 18 cells, because each tap of its window is 6 cells from the "
        "next. That jump is the product of the strides before it." in said
    )
    assert "grows most" not in conclusions(own(conv(Window(3)), size="16"))


def test_the_taps_of_a_dilated_window_are_its_dilation_apart() -> None:
    said = conclusions(open_page(PAGE, {"network": "Dilated stack", "size": "64", "layer": "4"}))
    [grown, apart] = numbers(r"by (\d+) cells, because each tap of its window is (\d+) cells from the next", said)
    assert (grown, apart) == (16, 8)


def test_a_dilated_window_after_a_stride_says_how_its_taps_come_apart() -> None:
    for apart in (2, 3):
        said = conclusions(own(conv(Window(2, 3), Window(4, 2, 0, apart)), size="64"))
        assert (
            f"by {3 * 3 * apart} cells, because each tap of its window is {3 * apart} cells from the next. That is its "
            f"dilation of {apart} times the jump of 3, the product of the strides before it." in said
        )


def test_the_first_layer_may_be_the_one_that_adds_most() -> None:
    said = conclusions(own(conv(Window(11), Window(3)), size="64"))
    assert "grows most at layer 2" not in said


def test_a_field_that_does_not_grow_is_not_said_to_grow() -> None:
    assert "by 0 cells" not in conclusions(own(conv(Window(1), Window(1)), size="16"))


@pytest.mark.parametrize("window", [Window(3), Window(9), Window(18), Window(24), Window(3, padding=2, apart=2)])
def test_an_effective_field_that_is_not_smaller_is_not_called_smaller(window: Window) -> None:
    assert window.apart > 1 or Line((window,), 64).effective == Line((window,), 64).field
    assert "What counts is smaller" not in conclusions(own(conv(window), size="64", row="37", column="81"))


def test_a_sum_may_be_what_lets_the_field_grow_most() -> None:
    app = own("Residual(nn.Conv2d(3, 3, 1), shortcut=nn.Conv2d(3, 3, 7, padding=3))", size="16")
    assert not app.exception
    assert "grows most at layer 2 (sum)" in conclusions(app)


def test_a_field_that_grows_along_rows_alone_is_said_to_grow() -> None:
    down = Line((Window(9), Window(9)), 32)
    said = conclusions(own(code_of(down, Line((Window(1),) * 2, 32)), size="32"))
    assert "**17 × 1** cells" in said
    assert "does not grow" not in said


def test_taps_that_do_not_count_alike_are_not_said_to() -> None:
    line = Line((Window(3, padding=9, apart=9), Window(3, padding=1), Window(3, padding=1)), 32)
    chances = line.walk(16)
    assert chances.max() == pytest.approx(3 * chances[chances > 0].min())  # one, two and three paths
    assert spread(chances)[0] > line.field
    assert "all of them count alike" not in conclusions(own(conv(*line.windows), size="32"))


def test_without_any_layer_that_has_a_place_nothing_is_drawn() -> None:
    for code in ("nn.Sequential(nn.Flatten(), nn.Linear(3 * 16 * 16, 10))", "nn.Linear(16, 10)"):
        for tab in TABS:
            app = own(code, size="16", tab=tab)
            assert conclusions(app) == "- No layer of this network has units with a place in the input."
            assert not app.error
            assert chart_rows(app, "frames") == {"place": []}
    app = open_page(PAGE, {"network": OWN, "code": "nn.Linear(16, 10)", "size": "16"}, reproduce=True)
    assert app.code[1].value == ""


def test_layers_beyond_a_hundred_are_left_out() -> None:
    app = own(f"nn.Sequential({'nn.Conv2d(3, 3, 1), nn.ReLU(), ' * 120})", size="8", layer="100")
    assert "- 20 more layers are not shown" in conclusions(app)
    assert len(app.dataframe[0].value) == 100
    assert chart_rows(app, "frames")["place"] == list(range(1, 101))
    assert "not shown" not in conclusions(own(f"nn.Sequential({'nn.Conv2d(3, 3, 1), ' * 100})", size="8"))


def test_large_inputs_show_fewer_layers() -> None:
    each = 16 * 2 * 512**2  # bytes: two walks of 8 on every pair of unit and cell, for each axis; a ReLU needs no more
    fitting = 100_000_000 // each
    app = own(f"nn.Sequential({'nn.Conv2d(3, 3, 3, padding=1), nn.ReLU(), ' * 40})", size="512", layer="100")
    assert f"- {40 - fitting} more layers are not shown" in conclusions(app)
    assert f"**{2 * fitting + 1} × {2 * fitting + 1}** cells" in conclusions(app)


def test_windows_that_are_too_large_to_follow_are_refused() -> None:
    app = own(f"nn.Sequential({'nn.Conv2d(3, 3, 900, padding=450), ' * 9})", size="512")
    assert not app.exception
    assert len(app.error) == 1
    assert conclusions(app).startswith("- No layer")


@pytest.mark.parametrize("code", ["nn.Conv2d(3, 3, 17, padding=8)", "Residual(nn.Conv2d(3, 3, 17, padding=8))"])
def test_a_window_that_can_be_followed_along_each_axis_but_not_in_the_plane_raises_nothing(code: str) -> None:
    app = open_page(PAGE, {"network": OWN, "code": code, "size": "512"}, reproduce=True)
    assert not app.exception
    assert "**17 × 17** cells" in conclusions(app)


@pytest.mark.parametrize("count", [1, 40])
def test_what_is_kept_of_a_network_has_a_bound(count: int) -> None:
    known = traced(f"nn.Sequential({'nn.Conv2d(3, 3, 3, padding=1), nn.ReLU(), ' * count})", (3, 512, 512)).shown
    kept = sum(part.nbytes for each in known for part in (*each.reached, *each.probability))
    assert 0 < kept < compute.MOST_MEMORY


def test_one_spatial_axis_is_enough() -> None:
    line = Line((Window(3), Window(2, 2)), 16)
    app = own("nn.Sequential(nn.Conv1d(3, 4, 3), nn.MaxPool1d(2))", size="16", column="80", row="0")
    unit = min(range(line.units[-1]), key=lambda each: abs(line.center(each) - (0.8 * 16 - 0.5)))
    width, middle = spread(line.walk(unit))
    said = conclusions(app)
    assert "sees **4** cells of the input by the formula; its neighbours' fields begin 2 cells farther" in said
    assert "The layer has 7 units a channel." in said
    assert f"Unit ({unit}) is reached by **4** cells, measured: 25% of the input." in said
    assert f"the effective field is {width:.1f}, **{width / 4:.0%}** of the theoretical one" in said
    row = shown(app)
    assert (row["x"], row["x2"]) == (2 * unit, 2 * unit + 4)
    assert (row["y"], row["y2"], row["ey"], row["ey2"], row["rows"]) == (0, 16, 0, 16, "0:16")
    assert (row["ex"], row["ex2"]) == pytest.approx((middle - width / 2, middle + width / 2))
    assert (row["ny"], row["nx"], row["fy"]) == (1, 7, 8)
    seen = run(controls("nn.Sequential(nn.Conv1d(3, 4, 3), nn.MaxPool1d(2))", 16, column=80)).chosen
    assert seen is not None
    units: dict[str, Any] = dict(unit_map(seen, ["#ffffff", "#000000"]))
    assert (units["rows"], units["columns"], units["row"], units["column"]) == ([1], [7], [0], [unit])


def test_layers_behind_one_that_does_not_fit_are_left_out() -> None:
    code = "nn.Sequential(\n    nn.Conv2d(3, 8, 3),\n    nn.ReLU(),\n    nn.Conv2d(4, 8, 3),\n    nn.MaxPool2d(2),\n)"
    app = open_page(PAGE, {"network": OWN, "code": code, "size": "16"}, reproduce=True)
    [error] = [str(each.value).replace("\\", "") for each in app.error]
    assert error == "Line 4, Conv2d: it gets 8 × 14 × 14 and needs 4 channels."
    assert "Shown are the layers before it." in text(app)
    assert list(app.dataframe[0].value["name"]) == ["Conv2d + ReLU"]
    assert "**3 × 3** cells" in conclusions(app)
    assert _ran(app) == app.code[1].value


def test_a_first_layer_that_does_not_fit_leaves_nothing() -> None:
    for tab in TABS:
        app = own("nn.Conv2d(3, 8, 30)", size="16", tab=tab)
        [error] = [str(each.value).replace("\\", "") for each in app.error]
        assert error.startswith("Line 1, Conv2d: it gets 3 × 16 × 16 and needs at least 30 cells")
        assert conclusions(app).startswith("- No layer")


def test_a_block_whose_ways_do_not_fit_is_left_out_as_a_whole() -> None:
    app = own("nn.Sequential(nn.Conv2d(3, 8, 5), Residual(nn.Conv2d(8, 8, 3)))", size="16")
    assert "Residual: its layers give 8 × 10 × 10 and its shortcut 8 × 12 × 12." in text(app)
    assert "**5 × 5** cells" in conclusions(app)


@pytest.mark.parametrize(
    "code", [EXAMPLE, "nn.Conv1d(3, 4, 5, stride=2)", conv(Window(3, 2), Window(3, padding=1, apart=2))]
)
def test_the_snippet_of_own_code_prints_the_numbers_on_screen(code: str) -> None:
    app = open_page(PAGE, {"network": OWN, "code": code, "size": "24", "row": "20"}, reproduce=True)
    assert _ran(app) == app.code[1].value
    [checked] = [str(each.value) for each in app.markdown if str(each.value).startswith("Checked now")]
    by_autograd, measured = numbers(r"reaches ([\d,]+) cells\. .* has ([\d,]+)\.$", checked)
    assert by_autograd == measured


def _ran(app: AppTest) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(app.code[0].value, {})  # noqa: S102 - our own text: running it is what the test is for
    return printed.getvalue().strip()


def test_the_cells_of_a_block_whose_ways_differ_are_those_that_reach_it() -> None:
    code = "Residual(nn.Conv2d(3, 3, 2, padding=1, dilation=2))"  # four corners and the middle
    app = open_page(PAGE, {"network": OWN, "code": code, "size": "16"}, reproduce=True)
    assert _ran(app).splitlines()[-1] == "5"
    assert "reached by **5** cells" in conclusions(app)


@pytest.mark.parametrize("tab", TABS)
def test_a_unit_that_sees_padding_alone_is_said_to(tab: str) -> None:
    app = own(conv(Window(1), Window(1, stride=10, padding=5)), size="4", tab=tab)  # units at −5 and at 5
    assert not app.exception
    assert "Nothing of the input arrives at it: it sees padding only." in conclusions(app)
    assert "**100%** of its field is padding." in conclusions(app)
    assert "nan" not in text(app)


@pytest.mark.parametrize("code", ["nn.Conv2d(5000, 8, 3)", "nn.BatchNorm2d(1_000_000)"])
def test_more_channels_than_an_input_may_have_are_refused_in_a_sentence(code: str) -> None:
    app = own(code, size="16")
    assert not app.exception
    assert len(app.error) == 1


def test_a_layer_before_the_first_window_has_a_picture_in_one_dimension() -> None:
    assert "reads 1 places" in text(own(f"nn.Sequential(nn.ReLU(), {conv(Window(3))})", tab="One dimension", layer="1"))


@pytest.mark.parametrize("network", ["AlexNet", OWN])
def test_a_flat_layer_has_no_place_in_the_picture(network: str) -> None:
    code = "nn.Sequential(nn.Conv2d(3, 3, 3), nn.Flatten(), nn.ReLU())"
    said = conclusions(open_page(PAGE, {"network": network, "code": code, "layer": "100"}))
    assert "The layer has  units" not in said


# ---------------------------------------------------------------- tables


def test_the_table_has_a_row_for_each_layer_on_no_shortcut() -> None:
    rows = table(run(controls(NETWORKS["ResNet-18"].code, 224)))
    names = list(rows["name"])
    assert len(names) == 2 + 8 * 3 + 1  # the stem, blocks of two convolutions and a sum, and the mean
    assert names.count("sum + ReLU") == 8
    assert list(rows["layer"]) == list(range(1, 28))
    assert list(rows["field"][:3]) == ["7 × 7", "11 × 11", "19 × 19"]
    assert list(rows["units"][:3]) == ["112 × 112", "56 × 56", "56 × 56"]
    assert list(rows["start"][:3]) == ["-3, -3", "-5, -5", "-9, -9"]
    assert list(rows["center"][:3]) == ["0, 0"] * 3
    assert list(rows["jump"][:3]) == ["2 × 2", "4 × 4", "4 × 4"]
    effective = [math.sqrt(1 + 48), math.sqrt(1 + 48 + 4 * 8), math.sqrt(1 + 48 + 4 * 8 + 16 * 8)]
    np.testing.assert_allclose(rows["effective width"][:3], effective, atol=0.05)
    np.testing.assert_allclose(rows["share of the field"][:3], np.array(effective) / [7, 11, 19])


@st.composite
def lines(draw: st.DrawFn, depth: int, cells: int) -> Line:
    """Windows that fit, over a line."""
    found = Line((), cells)
    for _ in range(depth):
        size, stride, apart = draw(st.integers(1, 5)), draw(st.integers(1, 3)), draw(st.integers(1, 3))
        padding = draw(st.integers(0, apart * (size - 1)))
        found = Line((*found.windows, Window(size, stride, padding, apart)), cells)
        assume(min(found.units) > 0)
    return found


@st.composite
def views(draw: st.DrawFn) -> tuple[Line, Line, float, float]:
    """Windows along rows and columns of a square, and a place in it in percent."""
    cells, depth = draw(st.integers(4, 30)), draw(st.integers(1, 4))
    down, across = draw(lines(depth, cells)), draw(lines(depth, cells))
    place = st.integers(0, 200).map(lambda each: each / 2)
    return down, across, draw(place), draw(place)


@settings(max_examples=60, deadline=None)
@given(views())
def test_the_picture_of_any_stack_is_that_of_algebra(drawn: tuple[Line, Line, float, float]) -> None:
    down, across, row, column = drawn
    cells = down.cells
    asked = controls(code_of(down, across), cells, row=row, column=column)
    found = run(asked)
    assert found.chosen is found.looks[-1]
    assume(not any(math.isnan(each) for seen in found.looks for each in seen.width))  # see “padding alone” above
    sent = frames(asked, found.looks, "#123456")
    assert list(sent["place"]) == list(range(1, len(down.windows) + 1))
    for layer, seen in enumerate(found.looks):
        frame: dict[str, Any] = {name: values[layer] for name, values in sent.items()}
        covered, reached, whole = [], [], 1
        for line, unit, place, names in (
            (down.upto(layer), seen.unit[0], row, ("y", "ey", "rows", "hy", "ny", "fy", "jy")),
            (across.upto(layer), seen.unit[1], column, ("x", "ex", "columns", "hx", "nx", "fx", "jx")),
        ):
            box, effective, stretches, heat, count, first, jump = names
            wanted = place / 100 * cells - 0.5
            away = [abs(line.center(each) - wanted) for each in range(line.units[-1])]
            assert away[unit] == pytest.approx(min(away))
            start = line.start + unit * line.jump
            assert (frame[box], frame[f"{box}2"]) == (start, start + line.field)
            chances = line.walk(unit)
            width, middle = spread(chances)
            assert frame[f"{effective}2"] - frame[effective] == pytest.approx(width, abs=1e-4)
            assert (frame[f"{effective}2"] + frame[effective]) / 2 == pytest.approx(middle, abs=1e-4)
            arrived = np.flatnonzero(chances).tolist()
            assert _unpacked(frame[stretches]) == arrived
            assert (frame[heat], frame[f"{heat}2"]) == (arrived[0], arrived[-1] + 1)
            assert (frame[count], frame[first], frame[jump]) == (line.units[-1], line.center(0) + 0.5, line.jump)
            covered.append(len(set(range(start, start + line.field)) & set(range(cells))))
            reached.append(chances[arrived[0] : arrived[-1] + 1])
            whole *= line.field
        line = across.upto(layer)
        assert (frame["field"], frame["jump"]) == (line.field, line.jump)
        assert frame["effective"] == pytest.approx(line.effective)
        assert seen.cells == math.prod(np.count_nonzero(each) for each in reached)
        assert seen.outside == pytest.approx(1 - math.prod(covered) / whole)
        assert frame["label"] == f"{layer + 1}: Conv2d, 3 × {down.units[layer]} × {across.units[layer]}"
        field, padding, counted = frame["said"].replace("; ", ", ").split(", ")
        assert field == f"field {down.upto(layer).field} × {line.field}"
        assert padding == f"{seen.outside:.0%} of it padding"
        assert counted == f"effective {round(seen.width[0])} × {round(seen.width[1])}"
        strength = np.sqrt(np.outer(*reached))
        image = pixels(frame["heat"])
        assert image[..., :3].reshape(-1, 3).tolist() == [[0x12, 0x34, 0x56]] * (image.shape[0] * image.shape[1])
        levels = image[..., 3] / (0.75 * 255) * 11  # opacity in twelve steps up to three quarters
        np.testing.assert_allclose(levels, 11 * strength / strength.max(), atol=0.54)


def _unpacked(stretches: str) -> list[int]:
    """The cells of stretches such as 0:2,4:5."""
    ends = [[int(each) for each in part.split(":")] for part in stretches.split(",")]
    assert all(first < behind for first, behind in ends)
    assert all(before[1] < after[0] for before, after in pairwise(ends))  # as few as there can be
    return [cell for first, behind in ends for cell in range(first, behind)]


@pytest.mark.parametrize(("taps", "stretches"), [(32, 32), (33, 1)])
def test_more_than_32_stretches_are_drawn_as_one(taps: int, stretches: int) -> None:
    asked = controls(conv(Window(1, 2), Window(taps)), 128)
    row = frames(asked, run(asked).looks, "#123456")
    start = int(run(asked).looks[1].low[0])
    parts = str(row["columns"][1]).split(",")
    assert len(parts) == stretches
    assert (parts[0].split(":")[0], parts[-1].split(":")[1]) == (str(start), str(start + 2 * taps - 1))


@pytest.mark.parametrize("size", [31, 32, 33, 63, 64, 65, 100])
def test_a_large_effective_field_is_drawn_in_at_most_32_parts_a_side(size: int) -> None:
    asked = controls(conv(Window(2), Window(size)), 128)
    row: dict[str, Any] = {name: values[1] for name, values in frames(asked, run(asked).looks, "#123456").items()}
    assert row["hx2"] - row["hx"] == row["hy2"] - row["hy"] == size + 1
    image = pixels(row["heat"])
    assert image.shape[:2] == (min(32, size + 1),) * 2
    assert image[..., 3].max() == round(0.75 * 255)
    assert image[..., 3].min() > 0  # at the ends a cell is half as likely, in the corners a quarter


@pytest.mark.parametrize("size", [32, 33, 47, 64, 65])
def test_a_window_that_counts_evenly_is_drawn_evenly(size: int) -> None:
    asked = controls(conv(Window(size)), 128)
    opacity = pixels(str(frames(asked, run(asked).looks, "#123456")["heat"][0]))[..., 3]
    assert opacity.min() == opacity.max() == round(0.75 * 255)


@pytest.mark.parametrize("code", [NETWORKS["VGG-16"].code, conv(Window(5, 2, 2), Window(3, padding=2))])
def test_the_padding_of_every_unit_is_its_level_of_colour(code: str) -> None:
    layers = [*range(1, 20)] if code == NETWORKS["VGG-16"].code else [1, 2]
    colors = [f"#0000{level:02x}" for level in range(12)]
    asked = controls(code, 64, row=20, column=70)
    for layer in layers:
        seen = run(asked.but(layer=layer)).chosen
        assert seen is not None
        sent: dict[str, Any] = dict(unit_map(seen, colors))
        record = seen.shown.record
        assert record.receptive_field
        assert record.jump
        assert record.start
        count, size = record.output_shape[1], record.receptive_field[0]
        starts = record.start[0] + record.jump[0] * np.arange(count)
        inside = (np.minimum(starts + size, 64) - np.maximum(starts, 0)).clip(0) / size
        image = pixels(sent["url"][0])
        scale = max(1, 256 // count)
        assert image.shape[:2] == (scale * count, scale * count)
        levels = image[scale // 2 :: scale, scale // 2 :: scale, 2]
        np.testing.assert_allclose(levels, 11 * (1 - np.outer(inside, inside)), atol=0.51)
        assert (sent["rows"], sent["columns"]) == ([count], [count])
        assert (sent["row"][0], sent["column"][0]) == seen.unit


def test_the_padding_of_a_map_that_is_not_square_is_the_right_way_round() -> None:
    down, across = Line((Window(3, 1, 1),), 12), Line((Window(5, 2, 4),), 12)
    seen = run(controls(code_of(down, across), 12)).chosen
    assert seen is not None
    sent: dict[str, Any] = dict(unit_map(seen, [f"#0000{level:02x}" for level in range(12)]))
    assert (sent["rows"], sent["columns"]) == ([12], [8])
    image = pixels(sent["url"][0])
    scale = image.shape[0] // 12
    inside = [
        np.array(
            [
                len(set(range(start, start + line.field)) & set(range(12))) / line.field
                for start in range(line.start, line.start + line.units[0] * line.jump, line.jump)
            ]
        )
        for line in (down, across)
    ]
    levels = image[scale // 2 :: scale, scale // 2 :: scale, 2]
    np.testing.assert_allclose(levels, 11 * (1 - np.outer(*inside)), atol=0.51)


def test_the_view_is_where_the_reader_looks() -> None:
    asked = controls(conv(Window(3), Window(3)), 40, row=25, column=60, layer=7, url="data:image/png,x")
    assert where(asked, run(asked)) == {
        "size": [40],
        "layer": [2],
        "x": [24],
        "y": [10],
        "photo": ["data:image/png,x"],
        "resets": [0],
    }
    alone = controls("nn.Linear(4, 2)", 4, layer=7)
    assert where(alone, run(alone))["layer"] == [1]


# ---------------------------------------------------------------- clicks


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A session that a callback can be tried on."""
    held: dict[str, Any] = {"row": 11.5, "column": 77.0}
    monkeypatch.setattr(streamlit, "session_state", held)
    return held


def clicked(*points: tuple[float, float]) -> dict[str, Any]:
    return {"selection": {"point": [{"right": across, "down": down} for across, down in points]}}


@pytest.mark.parametrize(
    ("name", "layer", "count"), [("LeNet-5", 4, 5), ("AlexNet", 8, 6), ("VGG-16", 18, 7), ("VGG-16", 17, 14)]
)
def test_a_click_on_the_feature_map_chooses_the_unit_under_it(
    name: str, layer: int, count: int, state: dict[str, Any]
) -> None:
    code, size = NETWORKS[name].code, NETWORKS[name].input_shape[1]
    known = run(controls(code, size)).network.shown[layer - 1]
    assert known.record.output_shape[1:] == (count, count)
    for down in CLICKS:
        for across in (0.5 / 31, down, 30.5 / 31):
            state["units"] = clicked((across, down))
            page._choose_unit(known)
            seen = look(known, controls(code, size, row=state["row"], column=state["column"]))
            assert seen.unit == (int(down * count), int(across * count))


def test_a_click_on_units_along_one_axis_chooses_one(state: dict[str, Any]) -> None:
    code = "nn.Conv1d(3, 3, 4, stride=4)"
    [known] = run(controls(code, 28)).network.shown
    for across in CLICKS:
        state["units"] = clicked((across, 0.9))
        page._choose_unit(known)
        assert state["row"] == 50
        assert look(known, controls(code, 28, column=state["column"])).unit == (int(across * 7),)


def test_a_click_on_the_picture_is_where_the_reader_looks(state: dict[str, Any]) -> None:
    for down in CLICKS:
        across = 1 - down**2
        state["through layers"] = clicked((across, down))
        page._choose_place()
        assert state["row"] == pytest.approx(100 * down, abs=0.25)
        assert state["column"] == pytest.approx(100 * across, abs=0.25)
        assert (2 * state["row"]).is_integer()  # a step of the slider
        assert (2 * state["column"]).is_integer()


def test_a_click_that_chooses_nothing_changes_nothing(state: dict[str, Any]) -> None:
    [known] = run(controls(conv(Window(3)), 8)).network.shown
    state["through layers"] = state["units"] = clicked()
    page._choose_place()
    page._choose_unit(known)
    assert (state["row"], state["column"]) == (11.5, 77.0)


def test_a_unit_with_its_centre_in_padding_brings_the_edge_of_the_picture(state: dict[str, Any]) -> None:
    [known] = run(controls(conv(Window(1, 1, 3)), 8)).network.shown
    state["units"] = clicked((0.01, 0.99))
    page._choose_unit(known)
    assert (state["row"], state["column"]) == (100, 0)


# ---------------------------------------------------------------- uploads


def encoded(image: Image.Image, kind: str = "PNG", **how: Any) -> bytes:  # noqa: ANN401 - whatever Pillow takes
    buffer = io.BytesIO()
    image.save(buffer, format=kind, **how)
    return buffer.getvalue()


def halves(left: str = "red", right: str = "blue", size: int = 60) -> Image.Image:
    """A square with a colour on either side."""
    image = Image.new("RGB", (size, size), left)
    image.paste(right, (size // 2, 0, size, size))
    return image


def rotated(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def noise(size: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (size, size, 3)).astype(np.uint8))


def sides(url: str) -> list[list[int]]:
    """The colours at the middle of the left and of the right half."""
    image = pixels(url)
    assert image.shape == (384, 384, 4)
    return [image[192, column, :3].astype(int).tolist() for column in (96, 288)]


RED, BLUE = [255, 0, 0], [0, 0, 255]
PICTURES: Final[Mapping[str, bytes]] = {
    "png": encoded(halves()),
    "jpeg": encoded(halves(), "JPEG", quality=95),
    "webp": encoded(halves(), "WEBP", quality=95),
    "gif": encoded(halves(), "GIF"),
    "palette": encoded(halves().convert("P", palette=Image.Palette.ADAPTIVE)),
    "opacity": encoded(halves().convert("RGBA")),
    "an animated gif": encoded(halves(), "GIF", save_all=True, append_images=[halves("lime", "lime")] * 2),
    "an animated png": encoded(halves(), save_all=True, append_images=[halves("lime", "lime")] * 2),
    "cmyk": encoded(halves().convert("CMYK"), "JPEG", quality=95),
    "a wide one": encoded(halves().resize((240, 60)).crop((60, 0, 180, 60))),
    "a high one": encoded(halves().resize((60, 240))),
    "as a camera holds it": encoded(halves().transpose(Image.Transpose.ROTATE_90), "JPEG", exif=rotated(6), quality=95),
    "upside down": encoded(halves("blue", "red"), exif=rotated(3)),
}


@pytest.mark.parametrize("kind", PICTURES)
def test_a_picture_of_any_kind_is_shown_the_right_way_up(kind: str) -> None:
    url = read_photo(PICTURES[kind])
    assert url.startswith("data:image/jpeg;base64,")
    np.testing.assert_allclose(sides(url), [RED, BLUE], atol=12)


@pytest.mark.parametrize("kind", ["L", "1"])
def test_a_picture_without_colours_is_shown(kind: str) -> None:
    np.testing.assert_allclose(
        sides(read_photo(encoded(halves("white", "black").convert(kind)))), [[255] * 3, [0] * 3], atol=3
    )


def test_a_picture_of_16_bits_keeps_its_greys() -> None:
    levels = np.repeat([[20_000, 40_000]], 60, axis=0).repeat(30, axis=1).astype(np.uint16)
    np.testing.assert_allclose(
        sides(read_photo(encoded(Image.fromarray(levels)))), [[20_000 / 257] * 3, [40_000 / 257] * 3], atol=3
    )


def test_a_picture_of_one_pixel_or_one_row_is_shown() -> None:
    for size in ((1, 1), (1, 3000), (3000, 1)):
        np.testing.assert_allclose(sides(read_photo(encoded(Image.new("RGB", size, "red")))), [RED, RED], atol=3)


def test_pixels_are_taken_up_to_the_limit() -> None:
    assert MOST_PIXELS == 40_000_000
    assert read_photo(encoded(Image.new("1", (8_000, 5_000), 1))).startswith("data:image/jpeg")


def test_a_palette_with_opacities_is_no_reason_for_a_warning() -> None:
    palette = halves().convert("P", palette=Image.Palette.ADAPTIVE)
    read_photo(encoded(palette, transparency=bytes([255] * 4)))


def test_a_hundred_million_pixels_are_no_reason_for_a_warning() -> None:
    with pytest.raises(ValueError, match="10,000 × 10,000 pixels; at most 40 million"):
        read_photo(encoded(Image.new("1", (10_000, 10_000))))


def test_broken_exif_is_no_reason_for_a_warning() -> None:
    content = encoded(halves(), "JPEG", exif=rotated(6))
    place = content.index(b"Exif\0\0") + 6 + 10  # the first entry: tag, type, count
    read_photo(content[: place + 4] + b"\0\0\xff\xff" + content[place + 8 :])


UNREADABLE: Final = "It is no picture that can be read. PNG, JPEG, WEBP, GIF are."
NO_PICTURES: Final[Mapping[str, tuple[bytes, str]]] = {
    "a text": (b"Receptive fields are not read from text.\n" * 20, UNREADABLE),
    "nothing": (b"", UNREADABLE),
    "a beginning": (PICTURES["png"][:8], UNREADABLE),
    "half a JPEG": (encoded(noise(200), "JPEG")[:9_000], UNREADABLE),
    "half a PNG": (encoded(noise(200))[:50_000], UNREADABLE),
    "a bitmap": (encoded(halves(), "BMP"), UNREADABLE),
    "too many pixels": (
        encoded(Image.new("1", (8_000, 5_001))),
        "It has 8,000 × 5,001 pixels; at most 40 million are taken.",
    ),
    "far too many pixels": (
        encoded(Image.new("1", (20_000, 20_000))),
        "It has far more pixels than the 40 million that are taken.",
    ),
    "too many bytes": (b"\x89PNG" + bytes(5_100_000), "It has 5.1 MB; at most 5 are taken."),
}


def photo(app: AppTest) -> str:
    assert not app.exception
    return str(chart_rows(app, "view")["photo"][0])


def upload(app: AppTest, name: str, content: bytes | None) -> AppTest:
    file = None if content is None else (name, content, "image/png")
    return app.file_uploader(key="own photo file").set_value(file).run()


@pytest.mark.parametrize("kind", NO_PICTURES)
def test_what_is_no_picture_is_refused_in_a_sentence_and_the_last_good_one_stays(kind: str) -> None:
    content, complaint = NO_PICTURES[kind]
    app = open_page(PAGE, {"photo": OWN_PHOTO})
    flower = photo(open_page(PAGE))
    assert photo(app) == flower
    assert "Until there is one, the flower stays." in text(app)
    upload(app, "<b>bad*.png", content)
    assert [str(each.value).replace("\\", "") for each in app.error] == [f"<b>bad*.png: {complaint}"]
    assert "<b>" not in app.error[0].value
    assert photo(app) == flower
    upload(app, "good.png", PICTURES["png"])
    assert not app.error
    assert "stays" not in text(app)
    good = photo(app)
    assert good == read_photo(PICTURES["png"])
    upload(app, "bad.png", content)
    assert len(app.error) == 1
    assert photo(app) == good
    upload(app, "", None)
    assert not app.error
    assert photo(app) == good


def test_the_own_picture_is_back_after_another_was_looked_at() -> None:
    app = open_page(PAGE, {"photo": OWN_PHOTO})
    upload(app, "good.png", PICTURES["png"])
    good, said = photo(app), conclusions(app)
    app.selectbox(key="photo").set_value("Temple").run()
    assert photo(app) not in (good, photo(open_page(PAGE)))
    app.selectbox(key="photo").set_value(OWN_PHOTO).run()
    assert photo(app) == good
    assert conclusions(app) == said  # a picture changes no number


def test_a_refusal_goes_with_the_file_that_it_is_about() -> None:
    app = open_page(PAGE, {"photo": OWN_PHOTO})
    upload(app, "bad.png", b"")
    assert len(app.error) == 1
    app.selectbox(key="photo").set_value("Temple").run()
    app.selectbox(key="photo").set_value(OWN_PHOTO).run()
    assert app.file_uploader(key="own photo file").value is None
    assert not app.error


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(PICTURES)), st.integers(0, 10**6), st.binary(max_size=6), st.booleans())
def test_of_a_damaged_picture_comes_a_picture_or_a_sentence(kind: str, place: int, scrap: bytes, cut: bool) -> None:  # noqa: FBT001 - drawn
    content = PICTURES[kind]
    place %= len(content)
    damaged = content[:place] + scrap + (b"" if cut else content[place + len(scrap) :])
    with warnings.catch_warnings(), contextlib.suppress(ValueError):
        warnings.simplefilter("ignore")  # of warnings there are tests above
        assert read_photo(damaged).startswith("data:image/jpeg")


# ---------------------------------------------------------------- tabs


def test_along_a_row_the_places_that_are_read_are_those_of_the_walk() -> None:
    across = Line((Window(3, 2, 1), Window(3, 1, 1, 2), Window(2, 2)), 32)
    app = own(code_of(Line((Window(1),) * 3, 32), across), size="32", column="0", tab="One dimension")
    unit = int(numbers(r"unit (\d+) of layer 3", text(app))[0])
    assert unit == 0
    rungs = [{unit}]  # units that are read, with those in padding, of which nothing is read
    reads = 0
    for (size, stride, padding, apart), units in zip(across.windows[::-1], across.units[::-1], strict=True):
        taps = [
            upper * stride - padding + tap * apart for upper in rungs[-1] if 0 <= upper < units for tap in range(size)
        ]
        rungs.append(set(taps))
        reads += len(taps)
    inside = {each for each in rungs[-1] if each >= 0}
    assert (
        f"reads {len(rungs[-1])} places of the input in {reads} steps: {len(inside)} cells and "
        f"{len(rungs[-1]) - len(inside)} of padding." in text(app)
    )
    sent = chart_rows(app, "units")
    for level, rung in enumerate(rungs[::-1]):
        own_units = [place for place, each in enumerate(sent["rung"]) if each == level]
        assert len(own_units) == len(rung)
        line = Line(across.windows[:level], 32)
        cells = sorted(sent["cell"][place] - 0.5 for place in own_units)
        assert cells == sorted(line.center(each) for each in rung)
        beyond = {each for each in rung if not 0 <= each < [32, *across.units][level]}
        assert sum(sent["what"][place] == "padding" for place in own_units) == len(beyond)
    assert len(chart_rows(app, "reads")["rung"]) == reads
    assert chart_rows(app, "names")["name"] == ["3 Conv2d", "2 Conv2d", "1 Conv2d", "input"]


def test_too_many_lines_are_not_drawn() -> None:
    app = own(stacked(40, kernel_size=3, channels=3), size="128", layer="40", tab="One dimension")
    steps = sum(3 * (2 * depth + 1) for depth in range(40))
    assert f"reads 81 places of the input in {steps:,} steps" in text(app)
    assert "More than 2,000 lines are not drawn, only the outermost." in text(app)
    assert len(chart_rows(app, "reads")["rung"]) == 80


def test_borders_are_counted() -> None:
    line = Line((Window(3, 2, 1), Window(3, 1, 1)), 16)
    app = own(conv(*line.windows), size="16", tab="Borders")
    feeds = np.sum([line.walk(unit) > 0 for unit in range(line.units[-1])], axis=0)
    starts = line.start + line.jump * np.arange(line.units[-1])
    inside = (np.minimum(starts + line.field, 16) - np.maximum(starts, 0)) / line.field
    padding = 1 - np.outer(inside, inside)
    said = text(app)
    assert (
        f"the corner reaches {feeds[0] ** 2} units, the cell in the middle {feeds[8] ** 2} units and the busiest "
        f"{feeds.max() ** 2} units." in said
    )
    assert f"{padding[0, 0]:.0%} of the field of the corner unit, {padding[4, 4]:.0%} in the middle." in said
    assert f"{(padding > 0).mean():.0%} of the units see some." in said
    assert "no unit at all" not in said


def test_cells_that_reach_no_unit_are_counted() -> None:
    app = own(conv(Window(1, 4)), size="16", tab="Borders")
    assert "the corner reaches 1 unit, " in text(app)
    assert f"**{16**2 - 4**2}** cells reach no unit at all." in text(app)


# ---------------------------------------------------------------- training


@pytest.fixture
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training_tab, "STEPS", 3)
    monkeypatch.setattr(training_tab, "TOLD", 2)
    monkeypatch.setattr(training_tab, "TRAINED_CHANNELS", 4)


def trained(depth: int) -> AppTest:
    app = open_page(PAGE, {"tab": "Training", "depth": str(depth)})
    assert "Before training" not in text(app)
    next(button for button in app.button if button.label == "Train on handwritten digits").click().run()
    assert not app.exception
    return app


@pytest.mark.usefixtures("few_steps")
def test_training_says_what_the_demo_finds() -> None:
    app = trained(3)
    told = [list(train(depth=3, channels=4, lr=0.003, steps=3, batch_size=64, seed=seed, every=2)) for seed in range(3)]
    widths = [[spread(each.energy.sum(axis=1))[0] for each in progress] for progress in told]
    before, after, grew = np.mean(widths, axis=0)[0], np.mean(widths, axis=0)[-1], sum(a > b for b, *_, a in widths)
    said = text(app)
    assert (
        f"Before training the effective width is **{before:.1f}** cells on average, after it **{after:.1f}**, of a "
        f"field of 7. It grew with {grew} of 3 seeds." in said
    )
    assert f"{np.mean([each[-1].accuracy for each in told]):.0%} of the test digits are right after 3 steps" in said
    sent = chart_rows(app, "widths")
    assert sent["step"] == [0, 2, 3] * 3
    assert sent["seed"] == [f"seed {seed}" for seed in range(3) for _ in range(3)]
    np.testing.assert_allclose(sent["cells"], np.ravel(widths))
    assert chart_rows(app, "law") == {"cells": [5], "label": ["at random: 5.0"]}  # √(3 · 8 + 1)


@pytest.mark.usefixtures("few_steps")
def test_a_moved_control_takes_the_training_away() -> None:
    app = trained(2)
    assert "of a field of 5." in text(app)
    app.slider(key="depth").set_value(4).run()
    assert "Before training" not in text(app)
    assert "3 steps of Adam on digits of 16 × 16 pixels, for 3 seeds" in text(app)
    with pytest.raises(KeyError):
        chart_rows(app, "widths")
    next(button for button in app.button if button.label == "Train on handwritten digits").click().run()
    assert "of a field of 9." in text(app)
    assert chart_rows(app, "law")["cells"] == [pytest.approx(math.sqrt(33))]


# ---------------------------------------------------------------- extremes


@pytest.mark.parametrize("tab", [*TABS[:3], *TABS[4:]])
@pytest.mark.parametrize(
    "link",
    [
        {"network": "LeNet-5", "size": "4"},
        {"network": "VGG-16", "size": "512", "row": "0", "column": "100", "layer": "100"},
        {"network": "VGG-16", "size": "4"},
        {"network": "ResNet-50", "size": "33", "layer": "100"},
        {"network": "MobileNet", "size": "4", "layer": "100", "row": "100"},
        {"network": OWN, "code": "nn.Upsample(scale_factor=2)", "size": "16"},
        {"network": OWN, "code": "nn.Conv1d(1, 1, 4)", "size": "4"},
        {"network": OWN, "code": "nn.Sequential(nn.LazyConv2d(4, 3), nn.AdaptiveAvgPool2d(7))", "size": "7"},
    ],
)
def test_extreme_settings_are_shown_in_every_tab(link: Link, tab: str) -> None:
    app = open_page(PAGE, {**link, "tab": tab}, reproduce=tab == TABS[0], mathematics=True, references=True)
    assert not app.exception
    assert "nan" not in text(app).replace("finance", "")
    assert all(chart.proto.alt for chart in app.get("vega_lite_chart"))
