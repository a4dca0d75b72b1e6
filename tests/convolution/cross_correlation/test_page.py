"""The cross-correlation page: the claims of its scenarios, its controls, its sentences and its tabs."""

import io
import re
from typing import Any, Final

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from demos.convolution.cross_correlation import cross_correlate, learn_kernel
from demos.convolution.kernels import KERNELS
from demos.convolution.pictures import flower, grey
from pages.convolution.cross_correlation.compute import inner, learned, run
from pages.convolution.cross_correlation.controls import Controls
from pages.convolution.cross_correlation.page import SCENARIOS
from pages.convolution.cross_correlation.sentences import code, conclusions, learning
from pages.convolution.cross_correlation.tabs import tolerances
from tests.pages import chart_rows, enter, open_page
from ui.kit.scenarios import JUST_SHOW

PAGE: Final = "cross_correlation"
TABS: Final = ["Learn the kernel", "As a matrix", "Channels and pooling"]
SETTINGS: Final = {scenario.name: scenario.settings for scenario in SCENARIOS}
SEEDS: Final = range(1, 100)


def of(scenario: str, **more: Any) -> Controls:  # noqa: ANN401
    return Controls.of({**SETTINGS[scenario], **more})


def text(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(str(each.value) for each in [*app.markdown, *app.caption, *app.info, *app.error])


def test_a_bright_pixel_shows_the_kernel_turned_and_true_convolution_as_it_is() -> None:
    turned, straight = (run(of("Turned round", flip=flip)).output[1:4, 1:4] for flip in (False, True))
    assert turned.ravel().tolist() == [9, 8, 7, 6, 5, 4, 3, 2, 1]
    assert straight.ravel().tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 9]
    for name in ("Blur", "Laplacian"):
        same = [run(of("Turned round", kernel_name=name, flip=flip)).output for flip in (False, True)]
        np.testing.assert_array_equal(same[0], same[1])
    edges = [run(Controls.of(flip=flip)).output for flip in (False, True)]
    np.testing.assert_array_equal(edges[0], -edges[1])


def test_above_its_limit_the_loss_grows_from_every_drawn_start_and_below_it_all_arrive() -> None:
    limit = learned(of("One tenth more"))[1].largest_lr
    assert limit == pytest.approx(2 / 60)
    for seed in SEEDS:
        _, above = learned(of("One tenth more", seed=seed))
        assert above.loss[-1] > 10 * above.loss[0]
        assert above.loss[-1] / above.loss[-2] == pytest.approx((1 - 60 * 0.034) ** 2, rel=1e-3)
        _, below = learned(Controls.of(lr=0.03, steps=10, seed=seed))
        assert np.abs(below.weight[-1] - [[1, -1]]).max() < 0.1
    _, lucky = learned(of("One tenth more", seed=0))  # the answer's parenthesis
    assert lucky.loss[-1] < 1e-20


def test_the_limit_is_sharp_for_two_weights() -> None:
    x, target = Controls.of().x, learned(Controls.of())[0]
    start = np.array([0.3, 0.2])
    for share, low, high in ((1.005, 1e3, np.inf), (0.995, 0, 1e-3)):
        way = learn_kernel(x, target, kernel_size=(1, 2), lr=share * 2 / 60, steps=2000, bias=False, start=start)
        assert low <= way.loss[-1] < high


def test_the_first_steps_are_those_of_the_closed_form() -> None:
    _, way = learned(Controls.of())
    np.testing.assert_allclose(way.weight[1:4, 0, 0], [0.36, 0.5904, 0.7379], atol=1e-4)
    np.testing.assert_allclose(way.loss[:3], [12, 4.9152, 2.0133], atol=1e-4)
    assert learned(Controls.of(bias=True))[1].largest_lr == pytest.approx(0.01609, abs=1e-5)
    ends = [learned(Controls.of(bias=True, lr=0.01, steps=30, seed=seed))[1].weight[-1] for seed in SEEDS]
    assert np.abs(np.array(ends) - [[1, -1]]).max() < 0.055


def test_loss_0_finds_another_kernel_on_stripes_and_sobels_on_noise() -> None:
    _, way = learned(of("Loss 0, another kernel"))
    assert way.loss[-1] < 1e-25
    np.testing.assert_allclose(way.weight[-1], [[4 / 3, 0, -4 / 3]] * 3, atol=1e-6)
    sobel = KERNELS["Sobel"]
    for seed in range(20):
        x = np.random.default_rng(seed).standard_normal((12, 12))
        target = cross_correlate(
            x[None], sobel[None, None], stride=1, padding=0, dilation=1, groups=1, flip=False, padding_mode="zeros"
        ).output[0]
        found = learn_kernel(x, target, kernel_size=(3, 3), lr=0.003, steps=100, bias=False, start=np.zeros(9))
        np.testing.assert_allclose(found.weight[-1], sobel, atol=1e-9)


def test_a_one_by_one_with_stride_2_never_reads_three_quarters() -> None:
    def unread(view: Controls) -> int:
        return int((inner(view, run(view)) == 0).sum())

    chosen = of("Pixels that nobody reads")
    assert chosen.x.size == 64
    assert unread(chosen) == 48
    assert unread(of("Pixels that nobody reads", kernel_name="Sobel", stride=3)) == 28
    for stride, counts in ((1, {9}), (2, {1, 2, 4})):
        view = of("Pixels that nobody reads", kernel_name="Sobel", stride=stride)
        assert set(inner(view, run(view))[2:-2, 2:-2].ravel().tolist()) == counts


def test_pooling_tolerates_a_pixel_now_and_then() -> None:
    one, two = tolerances(1), tolerances(2)
    for name, share in (("none", 0.053), ("max 2 × 2", 0.309), ("max 4 × 4", 0.68), ("average 2 × 2", 0.012)):
        assert one[name].unchanged == pytest.approx(share, abs=0.005)
    for name, change in (("none", 0.82), ("average 2 × 2", 0.58), ("max 2 × 2", 0.55)):
        assert one[name].change == pytest.approx(change, abs=0.005)
    assert two["max 2 × 2"].unchanged == pytest.approx(0.099, abs=0.005)


OWN_KERNEL: Final = {"kernel_name": "Your own"}
REACHES: Final[dict[str, tuple[dict[str, str], str]]] = {
    "picture": ({}, "Digit"), "side": ({"picture": "Flower"}, "12"), "kernel_name": ({}, "Sobel"),
    "kernel": (OWN_KERNEL, "1 2\n3 4"), "stride": ({}, "2"), "padding": ({}, "2"), "dilation": ({}, "2"),
    "flip": ({}, "true"), "padding_mode": ({"padding": "1"}, "reflect"), "lr": ({}, "0.01"), "steps": ({}, "20"),
    "seed": ({}, "3"), "bias": ({}, "true"), "shift": ({}, "2"),
}  # fmt: skip


def test_every_control_is_tried() -> None:
    assert REACHES.keys() | {"code"} == Controls.defaults().keys()  # that acts when it is typed: see below


@pytest.mark.parametrize("key", REACHES)
def test_every_control_changes_the_numbers(key: str) -> None:
    link, other = REACHES[key]
    before, after = (open_page(PAGE, each, reproduce=True) for each in (link, {**link, key: other}))
    assert not before.exception
    assert not after.exception
    assert before.code[1].value != after.code[1].value


@pytest.fixture(scope="module")
def first_view() -> AppTest:
    return open_page(PAGE)


def test_the_rows_of_the_picture_are_the_input_and_the_output(first_view: AppTest) -> None:
    sent = chart_rows(first_view, "output")
    assert sent["value"] == [0, 1, 0, 0, 0, -1, 0] * 6
    assert sent["step"] == list(range(42))
    cells = chart_rows(first_view, "cells")
    assert cells["value"] == [1, 1, 0, 0, 0, 0, 1, 1] * 6
    assert cells["reads"] == [1, 2, 2, 2, 2, 2, 2, 1] * 6
    assert chart_rows(first_view, "kernel")["weight"] == [1, -1]
    assert chart_rows(open_page(PAGE, {"flip": "true"}), "kernel")["weight"] == [-1, 1]


def test_padding_is_outside_and_its_cells_have_places_before_the_first() -> None:
    app = open_page(PAGE, {"padding": "2", "padding_mode": "replicate"})
    cells = chart_rows(app, "cells")
    assert sum(cells["inside"]) == 48
    assert cells["value"][0] == 1
    inside = [place for place, flag in enumerate(cells["inside"]) if flag]
    assert {cells["row"][place] for place in inside} == set(range(2, 8))
    assert {cells["column"][place] for place in inside} == set(range(2, 10))


@pytest.mark.parametrize("scenario", SETTINGS)
def test_nothing_shows_the_answer_before_the_prediction(scenario: str) -> None:
    app = enter(open_page(PAGE, reproduce=True), scenario)
    assert chart_rows(app, "output")["step"] == []
    assert chart_rows(app, "kernel")["i"] == []
    assert set(chart_rows(app, "cells")["reads"]) == {1}
    assert chart_rows(app, "view")["width"] == [0]
    assert not app.tabs
    assert not app.code
    app.button_group(key="prediction").set_value(JUST_SHOW).run()
    assert chart_rows(app, "output")["step"]
    assert [tab.label for tab in app.tabs] == TABS


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"kernel_name": "Sobel", "dilation": "3"}, "a window spans 7 cells, and the input has 6 with its padding."),
        ({"padding": "6", "padding_mode": "reflect"}, "padding must be at most 5 with padding_mode 'reflect', not 6."),
    ],
)
def test_a_window_that_does_not_fit_is_told_with_both_numbers(link: dict[str, str], said: str) -> None:
    app = open_page(PAGE, link)
    assert not app.exception
    assert said in app.error[0].value.replace("\\", "")
    assert chart_rows(app, "cells")["value"] == [1, 1, 0, 0, 0, 0, 1, 1] * 6
    assert chart_rows(app, "output")["step"] == []


def test_a_kernel_that_cannot_be_read_leaves_the_last_one() -> None:
    app = open_page(PAGE, {**OWN_KERNEL, "kernel": "1 2\n3 4"})
    app.text_area(key="kernel").set_value("1 2\n3 four").run()
    assert "Row 2" in app.error[0].value
    assert chart_rows(app, "kernel")["weight"] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("nn.Conv2d(1, 1, 3, stride=2, padding=1)", ("Sobel", 2, 1, 1)),
        ("conv = torch.nn.Conv2d(3, 64, kernel_size=(1, 2), dilation=2)", ("Edge", 1, 0, 2)),
        ("nn.Sequential(nn.ReLU(), nn.Conv2d(1, 6, 5, padding='same'))", ("Your own", 1, 2, 1)),
    ],
)
def test_a_layer_as_code_sets_the_controls(code: str, expected: tuple[str, int, int, int]) -> None:
    app = open_page("cross_correlation", {"picture": "Digit"})
    app.text_input(key="code").set_value(code).run()
    assert not app.exception
    view = Controls.of({key: app.session_state[key] for key in ("kernel_name", "stride", "padding", "dilation")})
    assert (view.kernel_name, view.stride, view.padding, view.dilation) == expected
    assert "Weights are no part of such code" in text(app)
    if view.kernel_name == "Your own":
        assert app.session_state["kernel"] == "\n".join(["1/25 1/25 1/25 1/25 1/25"] * 5)


def test_a_layer_as_code_keeps_a_kernel_of_its_size_and_says_what_it_cannot_slide() -> None:
    app = open_page("cross_correlation", {"picture": "Digit", "kernel_name": "Blur"})
    app.text_input(key="code").set_value("nn.Conv2d(1, 1, 3, dilation=2)").run()
    assert (app.session_state["kernel_name"], app.session_state["dilation"]) == ("Blur", 2)
    for refused, said in (
        ("nn.Linear(2, 1)", "There is no nn.Conv2d"),
        ("nn.Conv2d(1, 1, 9)", "at most 7 × 7"),
        ("nn.Conv2d(1, 1, 3, stride=5)", "stride is 5; the page has room for 4"),
        ("nn.Conv2d(1, 1, 3, stride=(1, 2))", "equally far along both axes"),
        ("nn.Conv2d(1, 1, 2, padding='same')", "more on one side"),
        ("nn.Conv2d(1, 1", "is not Python"),
    ):
        app.text_input(key="code").set_value(refused).run()
        assert said in text(app).replace("\\", "")
        assert (app.session_state["kernel_name"], app.session_state["dilation"]) == ("Blur", 2)


def test_a_picture_of_ones_own_is_shrunk_and_a_bad_file_leaves_it() -> None:
    app = open_page(PAGE, {"picture": "Your own", "side": "8"}, reproduce=True)
    assert "Until there is one, the flower stays." in text(app)
    np.testing.assert_allclose(chart_rows(app, "cells")["value"], grey(flower(8)).ravel(), rtol=1e-6)
    drawn = io.BytesIO()
    half = Image.new("RGB", (800, 384), "black")  # its middle square needs no resampling
    half.paste("white", (400, 0, 800, 384))
    half.save(drawn, format="PNG")
    app.file_uploader(key="own picture file").set_value(("half.png", drawn.getvalue(), "image/png")).run()
    assert chart_rows(app, "cells")["value"] == [0, 0, 0, 0, 1, 1, 1, 1] * 8
    assert "np.array([[0.0" in app.code[0].value
    app.file_uploader(key="own picture file").set_value(("<b>.png", b"no picture", "image/png")).run()
    assert "It is no picture that can be read" in app.error[0].value.replace("\\", "")
    assert chart_rows(app, "cells")["value"] == [0, 0, 0, 0, 1, 1, 1, 1] * 8


SAID: Final = [
    ({}, "`nn.Conv2d(1, 1, (1, 2), bias=False)`"),
    ({}, "its own negative"),
    ({"kernel_name": "Blur"}, "looks the same turned by 180°"),
    ({"kernel_name": "Sobel", "padding": "1"}, "as many cells as the picture"),
    ({"kernel_name": "Sobel", "padding": "2"}, "equally often: by **9 windows**"),
    ({"stride": "3"}, "The remainders, 2 rows and 0 columns, are dropped"),
    ({"stride": "2"}, "is refused by torch with a stride above 1"),
    ({}, "0 and 1 columns left and right; an odd one goes to the right and below."),
    ({"kernel_name": "Identity", "stride": "2"}, "**36 of 48 cells (75%) are read by no window**"),
]


@pytest.mark.parametrize(("link", "words"), SAID)
def test_sentences_say_what_the_numbers_do(link: dict[str, str], words: str) -> None:
    assert words in text(open_page(PAGE, link))


def test_the_code_is_the_layer() -> None:
    view = Controls.of(kernel_name="Sobel", stride=2, padding=1, dilation=2, padding_mode="circular")
    assert code(view) == (
        'nn.Conv2d(1, 1, (3, 3), stride=2, padding=1, dilation=2, padding_mode="circular", bias=False)'
    )
    assert "⌊(6 + 2 · 1 − 5) / 2⌋ + 1 = **2**" in conclusions(view, run(view))[0]


def test_learning_says_what_happens() -> None:
    def said(**settings: Any) -> str:  # noqa: ANN401
        view = Controls.of(settings)
        return " ".join(learning(view, learned(view)[1]))

    assert "falls from 12 to **0.0016**" in said()
    assert "grows beyond all bounds" in said(lr=0.08, steps=200, seed=1)
    assert "found exactly" in said(steps=200)
    assert "though the loss is 0" in said(kernel_name="Sobel", lr=0.01, steps=100)
    assert "**0.03333**" in said()
    assert "found exactly" in said(kernel_name="Your own", kernel="0 0")
    dark = Controls.of().but(x=np.zeros((4, 4)))
    assert "0 everywhere" in learning(dark, learned(dark)[1])[0]


def test_the_tabs_show_their_numbers() -> None:
    learn, dense, pooled = (open_page(PAGE, {"tab": tab}) for tab in TABS)
    assert chart_rows(learn, "losses")["loss"][0] == 12
    assert chart_rows(learn, "way")["x"][1] == pytest.approx(0.36)
    assert "all **2,016** weights; the convolution has **2**" in text(dense)
    weights = chart_rows(dense, "weights")
    assert len(weights["row"]) == 84
    assert [weights["place"][place] for place in (0, 1, 82, 83)] == [0, 1, 46, 47]
    assert chart_rows(pooled, "kept")["share"][1] == pytest.approx(0.309, abs=0.001)
    assert chart_rows(pooled, "images")["name"] == ["red", "green", "blue", "their sum"]


def test_a_run_that_overflows_is_shown_where_it_leaves_the_chart() -> None:
    app = open_page(PAGE, {"tab": TABS[0], "lr": "0.08", "steps": "200", "seed": "1"})
    assert len(chart_rows(app, "gone")["step"]) == 1
    assert max(chart_rows(app, "losses")["loss"]) <= 1e9
    assert "grows beyond all bounds" in text(app)


def test_a_kernel_larger_than_the_picture_slides_over_padding_but_is_not_learned() -> None:
    app = open_page(PAGE, {**OWN_KERNEL, "kernel": "\n".join(["1 1 1 1 1 1 1"] * 7), "padding": "3", "tab": TABS[0]})
    assert "Nothing can be learned here" in text(app)
    assert chart_rows(app, "output")["step"]


def test_the_output_agrees_with_torch_on_the_page() -> None:
    link = {"kernel_name": "Counting", "flip": "true", "padding": "2", "padding_mode": "circular", "stride": "2"}
    said = text(open_page(PAGE, link, reproduce=True))
    found = re.search(r"differs by at most (\S+) of", said)
    assert found
    assert float(found[1]) < 1e-12
