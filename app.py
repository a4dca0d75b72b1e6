"""Starts the process: warms it up before the first visitor, and guards its door. `streamlit run app.py`."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware

from ui.house.catalogue import CONCEPTS
from ui.house.dashboard import draw_after_failure
from ui.house.navigation import module_of
from ui.server import process
from ui.server.headers import SecurityHeaders
from ui.server.index import Index
from ui.server.origins import SameOrigin


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Import what every page needs once, so that no visitor waits for it."""
    process.hold_little()
    process.one_thread_each()
    process.expect_warnings()
    import torch  # noqa: PLC0415 - after the server's own start, not while Streamlit looks for the app

    torch.set_num_threads(1)  # visitors share the cores; the demos' tensors are too small to be worth splitting
    torch.relu(torch.empty(1, device="meta"))  # torch imports its rules for shapes with the first of them
    with process.without_visitor():
        for concept in CONCEPTS:
            module_of(concept).thumbnail()  # libraries load parts of themselves at first use
    gc.collect()
    gc.freeze()
    tidying = asyncio.create_task(process.keep_tidy())
    yield
    tidying.cancel()


app = st.App(
    "ui/house/main.py",
    lifespan=lifespan,
    middleware=[Middleware(SameOrigin), Middleware(SecurityHeaders), Middleware(Index)],
    on_script_error=draw_after_failure,
)
