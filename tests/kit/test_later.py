"""What waits for the picture: the order in which a rerun draws, and what is kept when it fails."""

import pytest
from streamlit.testing.v1 import AppTest

from ui import kit


class Controls(kit.Controls):
    x = kit.Slider("x", 0, 9, 1, 1, help="Anything.")
    wide = kit.Toggle("Wide", help="Another range.")
    y = kit.Slider("y", 0, 9, 1, 1, help="In a range.", given=lambda view: {"high": 9 if view.wide else 5})
    own = kit.Own(int, kit.TextInput("Number", "7", help="Your own."), shown=lambda view: view.x == 2)


SCENARIO = kit.Scenario("Three", "How many?", ("two", "three"), 1, {"x": 3}, "Three.")


def page() -> None:
    import streamlit as st  # noqa: PLC0415 - AppTest runs the text of this function

    from tests.kit.test_later import SCENARIO, Controls  # noqa: PLC0415
    from ui import kit  # noqa: PLC0415
    from ui.kit.later import picture_first  # noqa: PLC0415

    drawn = st.session_state["drawn"] = []
    button, pills = st.button, st.pills
    st.button = lambda *args, **kwargs: drawn.append("controls") or button(*args, **kwargs)  # type: ignore[func-returns-value]
    st.pills = lambda *args, **kwargs: drawn.append("scenarios") or pills(*args, **kwargs)  # type: ignore[func-returns-value]
    try:
        with picture_first():
            view = Controls.draw()
            pending = kit.scenarios([SCENARIO], view)
            drawn.append("picture")
            st.session_state["seen"] = view.x, view.y, view.own, pending
            st.session_state["fails at nine"] = 1 // (9 - view.x)
            kit.tabs({"Tab": lambda: drawn.append("tab")})
    except ZeroDivisionError:
        drawn.append("apology")
    finally:
        st.button, st.pills = button, pills


@pytest.fixture
def app() -> AppTest:
    opened = AppTest.from_function(page).run()
    assert not opened.exception
    assert opened.session_state["drawn"] == ["controls", "scenarios", "picture", "tab"]
    return opened


def test_the_picture_is_first_from_the_second_run_on(app: AppTest) -> None:
    app.slider(key="x").set_value(3).run()
    assert app.session_state["seen"] == (3, 1, 7, False)
    assert app.session_state["drawn"] == ["picture", "controls", "scenarios", "tab"]
    assert [each.value for each in app.sidebar.slider] == [3, 1]


def test_a_text_that_is_refused_is_drawn_first(app: AppTest) -> None:
    app.slider(key="x").set_value(2).run()
    for text, order in (("8", "picture"), ("eight", "controls"), ("9", "picture")):
        app.text_input(key="own").set_value(text).run()
        assert app.session_state["drawn"][0] == order
        assert app.session_state["seen"] == (2, 1, 9 if text == "9" else 8, False)


def test_a_value_that_is_offered_no_longer_is_the_nearest_before_it_is_drawn(app: AppTest) -> None:
    app.toggle(key="wide").set_value(True).run()
    app.slider(key="y").set_value(8).run()
    app.toggle(key="wide").set_value(False).run()
    assert app.session_state["seen"] == (1, 5, 7, False)
    assert app.session_state["drawn"][0] == "picture"
    assert app.slider(key="y").value == 5


def test_a_prediction_is_awaited_before_its_question_is_drawn(app: AppTest) -> None:
    app.button_group(key="scenario").set_value("Three").run()
    assert app.session_state["seen"] == (3, 1, 7, True)
    assert app.session_state["drawn"][0] == "picture"
    app.button_group(key="prediction").set_value("two").run()
    assert app.session_state["seen"] == (3, 1, 7, False)
    assert app.session_state["drawn"][0] == "picture"
    assert "Three." in app.info[0].value


def test_a_page_that_fails_keeps_what_is_set(app: AppTest) -> None:
    app.slider(key="y").set_value(4).run()
    app.slider(key="x").set_value(9).run()
    assert app.session_state["drawn"] == ["picture", "controls", "scenarios", "apology"]
    app.slider(key="x").set_value(3).run()
    assert app.session_state["seen"] == (3, 4, 7, False)
