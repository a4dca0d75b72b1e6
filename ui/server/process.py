"""How the process uses the machine: one thread a computation, and memory that goes back when it is free."""

import asyncio
import ctypes
import gc
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NoReturn

import streamlit as st
from streamlit import runtime
from streamlit.runtime.runtime import RuntimeState
from threadpoolctl import threadpool_limits

# glibc's malloc, with the numbers of malloc.h. By default it makes eight arenas a core and keeps what was freed in
# each, and after the first large block has been freed it keeps large ones too.
MALLOC: Final = {
    -8: 2,  # M_ARENA_MAX, arenas
    -3: 2**21,  # M_MMAP_THRESHOLD, bytes: what is larger goes back at once
    -1: 2**23,  # M_TRIM_THRESHOLD, bytes that may be free at the end of an arena
}
TIDY_SECONDS: Final = 10.0  # it takes some 20 ms
FORGET_SECONDS: Final = 60.0  # a lost connection is back by then


def one_thread_each() -> None:
    """Let OpenMP and BLAS compute in the thread that asks; call it before torch and scikit-learn are imported.

    Visitors share the cores, and the arrays are too small to be worth splitting.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    threadpool_limits(1)  # NumPy is imported already


def hold_little() -> None:
    """Let malloc return what visitors no longer need, instead of keeping it for each of many threads."""
    if sys.platform == "linux":
        for parameter, value in MALLOC.items():
            ctypes.CDLL(None).mallopt(parameter, value)


def expect_warnings() -> None:
    """Leave out of the log what libraries warn of and pages tell their readers; `catch_warnings` is for one thread."""
    warnings.filterwarnings(
        "ignore", "The number of the samples to be selected is larger"
    )  # imbalanced-learn's NearMiss
    warnings.filterwarnings("ignore", module=r"PIL\.")  # of sizes and data of uploaded pictures


def give_back() -> None:
    """Return free memory to the system, where malloc can."""
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)


@contextmanager
def without_visitor() -> Iterator[None]:
    """Keep Streamlit from warning in the log that what runs here is not a page of anybody: at the start it is not."""
    log = logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)


async def keep_tidy() -> NoReturn:
    """Give back for ever; and forget what was computed for visitors when the last of them has been gone for a while."""
    quiet = 0.0
    while True:
        await asyncio.sleep(TIDY_SECONDS)
        quiet = 0.0 if _somebody_is_here() else quiet + TIDY_SECONDS
        if quiet == FORGET_SECONDS:
            st.cache_data.clear()
            st.cache_resource.clear()
        gc.collect()  # without what app.py has frozen
        await asyncio.to_thread(give_back)


def _somebody_is_here() -> bool:
    return runtime.get_instance().state is RuntimeState.ONE_OR_MORE_SESSIONS_CONNECTED
