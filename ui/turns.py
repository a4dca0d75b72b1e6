"""Whose turn it is: a page is drawn for a few visitors at a time, and the others wait some milliseconds in a queue.

Streamlit gives every rerun a thread. Threads of Python share one interpreter and pass it on every 5 ms, so that a hundred
of them at once keep the server's own thread, which reads and answers all sockets, waiting for seconds.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

TURNS: Final = int(os.environ.get("TURNS", 2))
_free: Final = threading.BoundedSemaphore(TURNS)


@contextmanager
def turn() -> Iterator[None]:
    """Wait for a turn, and take it until the block ends."""
    with _free:
        yield
