"""What there is to time, and how a median is taken."""

import time
from collections.abc import Callable
from statistics import median
from typing import NamedTuple


class Kernel(NamedTuple):
    """Something to time."""

    what: str
    run: Callable[[], object]
    budget: float | None = None  # seconds
    peer: Callable[[], object] | None = None  # a library that does the same, one by one
    peer_share: float = 1.0  # of the work that the peer does; its time is divided by this


def seconds(function: Callable[[], object], *, repeats: int) -> float:
    """The median time of one call, after one that warms up."""
    function()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return median(times)
