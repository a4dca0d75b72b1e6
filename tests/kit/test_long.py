"""Long work behind a button: offered, done in a slot, told, kept by its arguments, and ended when it is not wanted."""

from collections.abc import Iterator

from streamlit.testing.v1 import AppTest

from ui import kit
from ui.server import slots

DONE: list[str] = []


@kit.long("Count", keep=2)
def counted(last: int, *, fails: bool) -> Iterator[kit.Progress[int]]:
    try:
        for n in range(last):
            assert slots.held()
            if fails:
                raise KeyError(n)
            yield kit.Progress((n + 1) / last, f"Counting {n}", n)
    finally:
        DONE.append(f"{last}")


@kit.long(None, keep=2)
def at_once(last: int) -> Iterator[kit.Progress[int]]:
    for n in range(last):
        assert slots.held()
        yield kit.Progress((n + 1) / last, f"Counting {n}", n)
    DONE.append(f"{last}")


def page_at_once() -> None:
    import streamlit as st  # noqa: PLC0415 - AppTest runs the text of this function

    from tests.kit.test_long import at_once  # noqa: PLC0415

    st.session_state["seen"] = at_once(st.slider("Last", 1, 9, 3))
    st.text("below")


def page() -> None:
    import streamlit as st  # noqa: PLC0415 - AppTest runs the text of this function

    from tests.kit.test_long import counted  # noqa: PLC0415

    last = st.slider("Last", 1, 9, 3)
    st.session_state["seen"] = counted(last, fails=st.toggle("Fails"))


def opened() -> AppTest:
    app = AppTest.from_function(page).run()
    assert not app.exception
    return app


def test_work_is_offered_done_and_kept_for_all_by_its_arguments() -> None:
    DONE.clear()
    app = opened()
    assert app.session_state["seen"] is None
    app.button[0].click()
    app.run()
    assert app.session_state["seen"] == [0, 1, 2]
    assert not app.button
    assert not app.get("progress")
    assert opened().session_state["seen"] == [0, 1, 2]
    app.slider[0].set_value(4)
    app.run()
    assert app.session_state["seen"] is None
    assert app.button[0].label == "Count"
    assert DONE == ["3"]


def test_what_fails_gives_its_slot_back_and_is_offered_again() -> None:
    app = opened()
    app.slider[0].set_value(5)
    app.toggle[0].set_value(True)
    app.run()
    app.button[0].click()
    app.run()
    assert app.exception
    assert not slots.held()
    assert not slots._QUEUE._waiting
    app.run()
    assert app.button[0].label == "Count"


def test_without_a_button_it_is_done_at_once_kept_and_moves_nothing_below() -> None:
    DONE.clear()
    app = AppTest.from_function(page_at_once).run()
    assert app.session_state["seen"] == [0, 1, 2]
    assert not app.exception
    assert not app.button
    assert not app.get("progress")
    places = list(app.main.children)
    app.slider[0].set_value(4).run()
    app.slider[0].set_value(3).run()
    assert app.session_state["seen"] == [0, 1, 2]
    assert DONE == ["3", "4"]
    assert list(app.main.children) == places
