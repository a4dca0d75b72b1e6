"""Whose turn it is: one visitor's page is drawn at a time, and the others wait some milliseconds in a queue.

Streamlit gives every rerun a thread, and Python passes its one interpreter on every 5 ms. With a hundred threads at
once the server's own thread, which reads and answers all sockets, waits for seconds, and no thread ends before the
others do.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_TURN: Final = threading.Lock()
_MINE: Final = threading.local()


@contextmanager
def turn() -> Iterator[None]:
    """Wait for the turn, and have it until the block ends."""
    with _TURN:
        _MINE.turn = True
        try:
            yield
        finally:
            _MINE.turn = False


@contextmanager
def given_up() -> Iterator[None]:
    """Let others have the turn until the block ends; a thread that had none gets none."""
    if not getattr(_MINE, "turn", False):
        yield
        return
    _TURN.release()
    try:
        yield
    finally:
        _TURN.acquire()
