"""Declared controls, of every kind and in every combination, on a page of their own."""

import math
from functools import partial

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages import HOSTILE
from ui import kit
from ui.kit.parts import LINKED, decoded


def number(text: str, most: float) -> float:
    """A number of the reader's, up to some other control's."""
    found = float(text)
    if not 0 <= found <= most:
        raise ValueError(f"{text[:20]} is not from 0 to {most}.")
    return found


class Network(kit.Controls):
    activation = kit.Selectbox("Activation", ["sigmoid", "ReLU"], "ReLU", help="Of each layer.")
    residual = kit.Toggle("Residual", help="Layers add.")


class Controls(kit.Controls):
    kind = kit.Selectbox("Kind", ["small", "large"], "small", sets=lambda kind: {"x": len(kind)}, help="Of the frame.")
    x = kit.Slider(
        "x", -9.0, 9.0, 1.0, 0.5, help="In the frame.",
        given=lambda view: {"low": 0.0, "high": 2.0} if view.kind == "small" else {"low": 3.0, "default": 6.0},
    )  # fmt: skip
    depth = kit.Slider("Depth", 1, 100, 16, 1, help="Layers.")
    lr = kit.SelectSlider("Rate", (0.0, 0.01, 0.1, 1.0), 0.1, help="Of a step.")
    mode = kit.SegmentedControl("Mode", ["one", "each"], "one", help="For whom.", more=True)
    names = kit.Pills("Names", ["A", "B", "C"], ["A"], help="Who runs.")
    times = kit.Each(
        ["A", "B", "C"], kit.SelectSlider("Times {}", (0.5, 1.0, 2.0), 1.0, help="Of {}."), more=True,
        chosen=lambda view: view.names if view.mode == "each" else (),
    )  # fmt: skip
    left = kit.Group("Network A", Network, key="A", defaults={"activation": "sigmoid"})
    right = kit.Group("Network B", Network, key="B")
    note = kit.TextArea("Note", "none", 3, help="Anything.")
    own = kit.Own(
        partial(number, most=100.0), kit.TextInput("Number", "7", help="At most the depth."), upload=1,
        given=lambda view: {"reader": partial(number, most=view.depth)},
    )  # fmt: skip


DEFAULTS = {
    "kind": "small", "x": 1.0, "depth": 16, "lr": 0.1, "mode": "one", "names": ["A"], "times A": 1.0, "times B": 1.0,
    "times C": 1.0, "A activation": "sigmoid", "A residual": False, "B activation": "ReLU", "B residual": False,
    "note": "none", "own": "7",
}  # fmt: skip


def page() -> None:
    import streamlit as st  # noqa: PLC0415 - AppTest runs the text of this function

    from tests.kit.test_controls import Controls  # noqa: PLC0415

    st.session_state["seen"] = Controls.draw()
    st.text(str(st.query_params.to_dict()))


def opened(**query: str | list[str]) -> AppTest:
    app = AppTest.from_function(page)
    app.query_params.update(query)
    return run(app)


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def seen(app: AppTest) -> Controls:
    view: Controls = app.session_state["seen"]
    return view


def test_each_control_is_a_typed_value_with_its_declared_default() -> None:
    view = seen(opened())
    rate: float = view.lr
    depth: int = view.depth
    activation: str = view.left.activation
    assert (rate, depth, activation, view.right.activation, view.own) == (0.1, 16, "sigmoid", "ReLU", 7.0)
    assert Controls.defaults() == DEFAULTS
    assert {key: DEFAULTS[key] for key in view.settings} == view.settings
    assert "times A" not in view.settings


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda text: str(text)[:20])
def test_a_hostile_link_gives_every_kind_a_value_that_it_offers(hostile: str | list[str]) -> None:
    view = seen(opened(**dict.fromkeys(DEFAULTS, hostile)))
    assert 0 <= view.x <= 2
    assert 1 <= view.depth <= 100
    assert math.isfinite(view.own)
    assert view.lr in {0.0, 0.01, 0.1, 1.0}
    assert view.kind in {"small", "large"}
    assert view.mode in {"one", "each"}
    assert set(view.names) <= {"A", "B", "C"}
    assert view.left.activation in {"sigmoid", "ReLU"}


def test_a_link_between_two_options_means_the_nearer_one() -> None:
    app = opened(lr="0.04")
    assert seen(app).lr == 0.01
    assert app.select_slider(key="lr").value == 0.01
    assert seen(opened(lr="7")).lr == 0.1


def test_a_slider_keeps_its_value_inside_of_a_range_that_depends_on_another_control() -> None:
    app = opened(kind="large", x="8")
    assert seen(app).x == 8.0
    app.selectbox(key="kind").set_value("small")
    run(app)
    assert (seen(app).x, app.slider(key="x").value, app.slider(key="x").max) == (2.0, 2.0, 2.0)
    app.selectbox(key="kind").set_value("large")
    run(app)
    assert (seen(app).x, app.slider(key="x").value) == (5.0, 5.0)  # what the kind sets


def test_what_is_hidden_has_its_default_and_comes_back_as_it_was() -> None:
    app = opened(mode="each", names=["A", "B"], **{"times B": "2"})
    assert seen(app).times == {"A": 1.0, "B": 2.0, "C": 1.0}
    app.button_group(key="mode").set_value("one")
    run(app)
    assert seen(app).times == {"A": 1.0, "B": 1.0, "C": 1.0}
    app.button_group(key="mode").set_value("each")
    run(app)
    assert seen(app).times["B"] == 2.0


def test_reset_leads_back_and_empties_the_address() -> None:
    app = opened(kind="large", depth="3", names=[], **{"A residual": "true"})
    assert seen(app).left.residual
    next(button for button in app.button if button.label == "Reset").click()
    run(app)
    assert seen(app).settings == Controls.of().settings
    assert not app.query_params


def test_a_refused_text_is_said_and_the_last_good_one_stays() -> None:
    app = opened(own="9")
    app.text_input(key="own").set_value("**none**")
    run(app)
    assert seen(app).own == 9.0
    assert "could not convert" in app.error[0].value
    assert "**" not in app.error[0].value
    app.text_input(key="own").set_value("8")
    run(app)
    app.slider(key="depth").set_value(5)  # now 8 is too much
    run(app)
    assert seen(app).own == 8.0
    assert "not from 0 to 5" in app.error[0].value.replace("\\", "")
    assert seen(opened(own="none")).own == 7.0


@pytest.mark.parametrize("length", [2, LINKED + 1])
def test_a_file_brings_the_text_until_the_reader_types(length: int) -> None:
    app = opened()
    app.file_uploader(key="own file").upload("n.txt", b"5".ljust(length))
    run(app)
    assert seen(app).own == 5.0
    assert (app.text_input(key="own").value == "7") is (length > LINKED)
    app.text_input(key="own").set_value("6")
    run(app)
    assert seen(app).own == 6.0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_files_are_read_as_spreadsheets_write_them(encoding: str) -> None:
    assert decoded("a;ü\n1;2".encode(encoding)) == "a;ü\n1;2"
    assert decoded(bytes(range(0x80, 0xA0)))


def test_a_view_can_be_made_without_a_reader() -> None:
    view = Controls.of({"A residual": True}, kind="large", x=99.0)
    assert (view.x, view.left.residual) == (9.0, True)
    assert (view.but(x=4.0).x, view.x) == (4.0, 9.0)


def test_what_is_declared_below_cannot_be_asked_for() -> None:
    class Wrong(kit.Controls):
        first = kit.Toggle("First", shown=lambda view: view.second, help="Too early.")
        second = kit.Toggle("Second", help="Too late.")

    with pytest.raises(AttributeError, match="second is not set yet"):
        Wrong.of()
