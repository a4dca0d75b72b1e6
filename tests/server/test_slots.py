"""What takes seconds is computed one at a time, in the order in which it was asked for, and whoever waits is told."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from types import SimpleNamespace
from typing import NoReturn

import pytest
import streamlit as st
from hypothesis import given, settings
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from ui.server import slots
from ui.server.turns import turn

LIMIT = 10  # seconds


def script() -> None:
    """An app that asks for a slot."""
    import streamlit as st  # noqa: PLC0415 - AppTest runs the source of this function by itself

    from ui.server import slots  # noqa: PLC0415

    with slots.slot():
        st.markdown("computed")
    st.caption("after it")


@pytest.fixture
def occupied() -> Iterator[ExitStack]:
    """A slot that somebody else holds until the stack is closed."""
    with ExitStack() as stack:
        done, taken = threading.Event(), threading.Event()

        def occupy() -> None:
            with slots.slot():
                taken.set()
                done.wait(LIMIT)

        thread = threading.Thread(target=occupy, daemon=True)
        stack.callback(thread.join, LIMIT)
        stack.callback(done.set)
        thread.start()
        assert taken.wait(LIMIT)
        yield stack


@settings(derandomize=True, deadline=None, database=None, max_examples=60)
@given(count=some.integers(1, 3), steps=some.lists(some.integers(0, 5), max_size=40))
def test_slots_are_given_in_order_and_never_more_than_there_are(count: int, steps: list[int]) -> None:
    """Numbers below 3 join, the others leave: the oldest who holds a slot, the last who waits, the first who waits."""
    queue = slots.Queue(count)
    waiting: list[object] = []
    holding: list[object] = []
    for step in steps:
        if step < 3:
            waiting.append(queue.join())
        elif step == 3 and holding:
            queue.leave(holding.pop(0))
        elif waiting:
            queue.leave(waiting.pop(-1 if step == 4 else 0))
        for place in list(reversed(waiting)):  # whoever asks first does not matter
            expected = max(0, waiting.index(place) + 1 - (count - len(holding)))
            assert queue.before(place) == expected
            if not expected:
                waiting.remove(place)
                holding.append(place)
        assert len(holding) <= count
        assert not waiting or len(holding) == count


def test_with_a_free_slot_nobody_waits() -> None:
    app = AppTest.from_function(script).run()
    assert [each.value for each in app.markdown] == ["computed"]
    assert not app.info


def test_whoever_waits_is_told_and_comes_next(occupied: ExitStack, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[float] = []

    def sleep(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 2:
            occupied.close()

    monkeypatch.setattr(slots, "time", SimpleNamespace(sleep=sleep))
    app = AppTest.from_function(script).run()
    assert looks[:2] == [slots.TOLD] * 2
    assert [each.value for each in app.markdown] == ["computed"]
    assert not app.info  # the message goes when the slot comes


@pytest.mark.usefixtures("occupied")
def test_whoever_goes_while_waiting_gives_the_place_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def leave(_seconds: float) -> NoReturn:
        st.stop()

    monkeypatch.setattr(slots, "time", SimpleNamespace(sleep=leave))
    app = AppTest.from_function(script).run()
    assert "1 computation is before yours" in app.info[0].value
    assert not app.markdown
    assert not slots._QUEUE._waiting


def test_the_turn_is_free_while_a_slot_is_held() -> None:
    drawn = threading.Event()

    def draw() -> None:
        with turn():
            drawn.set()

    def compute() -> bool:
        with turn(), slots.slot():
            thread = threading.Thread(target=draw, daemon=True)
            thread.start()
            return drawn.wait(LIMIT)

    assert compute()


def test_what_is_in_the_cache_needs_no_slot(occupied: ExitStack) -> None:
    asked: list[int] = []

    @slots.heavy(st.cache_data(max_entries=2, show_spinner=False))
    def square(x: int) -> int:
        assert slots.held()
        asked.append(x)
        return x * x

    threading.Timer(0.1, occupied.close).start()
    start = time.monotonic()
    assert square(3) == 9  # waits until the slot is free
    assert time.monotonic() - start >= 0.1
    with slots.slot():
        thread_found: list[int] = []
        other = threading.Thread(target=lambda: thread_found.append(square(3)), daemon=True)
        other.start()
        other.join(LIMIT)
        assert thread_found == [9]
    assert asked == [3]
    assert not slots.held()


def test_an_error_frees_the_slot() -> None:
    for _ in range(2):
        with pytest.raises(KeyError), slots.slot():
            raise KeyError
    assert not slots.held()


def ends(*_: object) -> NoReturn:
    raise KeyError


def test_a_run_that_ends_before_it_waits_leaves_no_place_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as stopped:
        stopped.setattr("ui.server.slots.st.empty", ends)
        with pytest.raises(KeyError), slots.slot():
            ...
    assert not slots._QUEUE._waiting
