"""How the process uses the machine: one thread a computation, and memory that goes back when it is free."""

import asyncio
import ctypes
import os
import sys
from typing import Final, NoReturn

from threadpoolctl import threadpool_limits

ARENAS: Final = 2  # of malloc; by default glibc makes eight a core, and keeps what was freed in each
TRIM_SECONDS: Final = 20  # it takes some 10 ms
_M_ARENA_MAX: Final = -8  # of malloc.h


def one_thread_each() -> None:
    """Let OpenMP and BLAS compute in the thread that asks; call it before torch and scikit-learn are imported.

    Visitors share the cores, and the arrays are too small to be worth splitting.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    threadpool_limits(1)  # NumPy is imported already


def few_arenas() -> None:
    """Let all threads allocate from few arenas, so that what one frees another can use."""
    if sys.platform == "linux":
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, ARENAS)


def give_back() -> None:
    """Return free memory to the system, where malloc can."""
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)


async def keep_giving_back() -> NoReturn:
    """Do so for ever: what a hundred visitors needed goes back after they have left."""
    while True:
        await asyncio.sleep(TRIM_SECONDS)
        await asyncio.to_thread(give_back)
