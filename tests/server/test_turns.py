"""One page is drawn at a time."""

import threading
from collections.abc import Callable
from contextlib import nullcontext
from typing import NoReturn

import pytest

from ui.server.turns import given_up, turn

LIMIT = 10  # seconds


def together(*works: Callable[[], object]) -> None:
    """Run all at once, to the end."""
    threads = [threading.Thread(target=work, daemon=True) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT)
        assert not thread.is_alive()


def test_nobody_has_the_turn_together_with_somebody_else() -> None:
    inside: list[int] = []
    most: list[int] = []

    def draw() -> None:
        for _ in range(200):
            with turn():
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    together(*[draw] * 8)
    assert set(most) == {1}


def test_a_turn_that_is_given_up_is_somebody_elses_and_comes_back() -> None:
    computing, drawn = threading.Event(), threading.Event()
    order: list[str] = []

    def compute() -> None:
        with turn():
            with given_up():
                computing.set()
                assert drawn.wait(LIMIT)
                order.append("computed")
            order.append("shown")

    def draw() -> None:
        assert computing.wait(LIMIT)
        with turn():
            order.append("drawn")
            drawn.set()

    together(compute, draw)
    assert order == ["drawn", "computed", "shown"]


def fail(*, giving_up: bool) -> NoReturn:
    with turn(), given_up() if giving_up else nullcontext():
        raise KeyError


def test_an_error_frees_the_turn() -> None:
    for giving_up in (False, True):
        with pytest.raises(KeyError):
            fail(giving_up=giving_up)
    entered = threading.Event()

    def draw() -> None:
        with turn():
            entered.set()

    together(draw)
    assert entered.is_set()


def test_without_a_turn_there_is_none_to_give_up() -> None:
    with given_up():
        ...
    with turn():
        ...
