"""Coroutines in tests."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")
CLOSING = 0.05  # seconds for what is being closed


def run(work: Coroutine[Any, Any, T]) -> T:
    """As `asyncio.run`, in a thread of its own: in this one the browser tests leave Playwright's loop running."""

    async def to_the_end() -> T:
        try:
            return await work
        finally:
            await asyncio.sleep(CLOSING)

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, to_the_end()).result()
