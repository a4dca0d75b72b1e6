"""Slots for what takes a core for seconds: training, tables of methods. One at a time, and the others wait in a queue.

A visitor who waits is told so and how many are before. Whoever moves a control or leaves loses the place, and what was
being computed for them stops, since Streamlit ends a run at its next message to the browser.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Final, ParamSpec, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui.server import process, turns

SLOTS: Final = 1  # on two cores, the other one is for all who only move a slider
TOLD: Final = 0.25  # seconds between two looks at the queue
_P = ParamSpec("_P")
_R = TypeVar("_R")


class Queue:
    """Slots, given in the order in which they were asked for."""

    def __init__(self, slots: int) -> None:
        self._free = slots
        self._waiting: deque[object] = deque()
        self._lock = threading.Lock()

    def join(self) -> object:
        """A place at the end."""
        place = object()
        with self._lock:
            self._waiting.append(place)
        return place

    def before(self, place: object) -> int:
        """How many slots must become free before this place has one; if none, the slot is taken."""
        with self._lock:
            ahead = self._waiting.index(place) + 1 - self._free
            if ahead <= 0:
                self._waiting.remove(place)
                self._free -= 1
            return max(0, ahead)

    def leave(self, place: object) -> None:
        """Give the slot back, or the place up."""
        with self._lock:
            if place in self._waiting:
                self._waiting.remove(place)
            else:
                self._free += 1


_QUEUE: Final = Queue(SLOTS)
_HELD: Final = threading.local()


class NeedsSlotError(Exception):
    """A computation without a slot has been asked for."""


def held() -> bool:
    """Whether this thread holds a slot."""
    return getattr(_HELD, "slot", False)


def reserve() -> None:
    """Reserve the place of the message for what the charts below depend on: none of them moves for it."""
    _HELD.above = st.empty()


@contextmanager
def slot(told: DeltaGenerator | None = None) -> Iterator[None]:
    """Wait for a slot and hold it until the block ends. Meanwhile others have this one's turn.

    The visitor is told in `told`, or else here.
    """
    with turns.given_up():
        told = st.empty() if told is None else told  # before there is a place: Streamlit may end the run here
        place = _QUEUE.join()
        try:
            while before := _QUEUE.before(place):
                told.info(
                    f"Waiting for a free slot: {before} {'computation is' if before == 1 else 'computations are'} "
                    "before yours. Changing anything on this page cancels it.",
                    icon=":material/hourglass_empty:",
                )
                time.sleep(TOLD)
            told.empty()
            _HELD.slot = True
            yield
        finally:
            _HELD.slot = False
            _QUEUE.leave(place)
            process.give_back()


def heavy(
    cache: Callable[[Callable[_P, _R]], Callable[_P, _R]], *, above: bool = False
) -> Callable[[Callable[_P, _R]], Callable[_P, _R]]:
    """A decorator: what is not in the cache is computed in a slot. What is there comes at once.

    Args:
        cache: the decorator that keeps results.
        above: tell who waits at the place that `reserve` has kept, and not here.
    """

    def decorate(compute: Callable[_P, _R]) -> Callable[_P, _R]:
        @wraps(compute)
        def computed(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            if not held():
                raise NeedsSlotError
            return compute(*args, **kwargs)

        cached = cache(computed)

        @wraps(compute)
        def asked(*args: _P.args, **kwargs: _P.kwargs) -> _R:
            try:
                with turns.given_up():  # it may be in the making for somebody else
                    return cached(*args, **kwargs)
            except NeedsSlotError:
                with slot(getattr(_HELD, "above", None) if above else None):
                    return cached(*args, **kwargs)

        return asked

    return decorate
