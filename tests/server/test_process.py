"""Memory goes back, and what was computed is forgotten when everybody has left."""

import asyncio
import ctypes
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import streamlit as st
from threadpoolctl import threadpool_info

from tests.loops import run
from ui.server import process


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's malloc")
def test_malloc_knows_every_parameter() -> None:
    process.hold_little()  # mallopt returns 0 for what it does not know
    assert all(ctypes.CDLL(None).mallopt(*each) for each in process.MALLOC.items())
    process.give_back()


def test_blas_computes_in_the_thread_that_asks() -> None:
    process.one_thread_each()
    assert np.eye(2) @ np.eye(2) is not None
    assert {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"} == {1}


class EnoughError(Exception):
    """Ends what would go on for ever."""


def tidy(monkeypatch: pytest.MonkeyPatch, here: list[bool]) -> list[int]:
    """How often something in a cache was computed, when it is asked for after each look at who is here."""
    asked: list[int] = []

    @st.cache_data(max_entries=1, show_spinner=False)
    def answer() -> int:
        asked.append(1)
        return 42

    looks = iter(here)
    counts: list[int] = []

    async def sleep(_seconds: float) -> None:
        answer()
        counts.append(len(asked))

    def somebody() -> bool:
        try:
            return next(looks)
        except StopIteration:
            raise EnoughError from None

    monkeypatch.setattr("ui.server.process.asyncio", SimpleNamespace(sleep=sleep, to_thread=asyncio.to_thread))
    monkeypatch.setattr(process, "_somebody_is_here", somebody)
    with pytest.raises(EnoughError):
        run(process.keep_tidy())
    return counts


def test_what_was_computed_is_forgotten_once_when_everybody_has_been_gone_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Looks are 10 s apart, and a minute is the while: six looks at an empty room."""
    here = [True, *[False] * 5, True, *[False] * 8, True]
    assert tidy(monkeypatch, here) == [1] * 13 + [2] * 4
