"""Long work in one call: a button, a place in the queue, a bar that says what is being done, and a result that is kept.

@kit.long("Train both networks", keep=16)
def trained(networks: tuple[Network, ...], *, lr: float) -> Iterator[kit.Progress[Epoch]]:
for epoch in train(networks, lr=lr, epochs=EPOCHS):
yield kit.Progress(epoch.number / EPOCHS, f"Epoch {epoch.number}", epoch)

epochs = trained(view.networks, lr=view.lr)  # None until somebody has asked for just this
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import wraps
from typing import Any, Generic, NamedTuple, ParamSpec, TypeVar, cast

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui.server import slots, turns

P = ParamSpec("P")
R = TypeVar("R")
PATIENCE = 0.6  # seconds: a bar that comes and goes is worse than none
SHOWN = 100  # steps of the bar: Streamlit is told no more often


class Progress(NamedTuple, Generic[R]):
    """How far the work is, what it is doing, and a part of its result."""

    share: float  # from 0 to 1
    doing: str
    part: R


class _NotDoneError(Exception):
    """Nobody has asked for this yet."""


def long(
    label: str | None, *, keep: int, icon: str = ":material/play_arrow:"
) -> Callable[[Callable[P, Iterator[Progress[R]]]], Callable[P, list[R] | None]]:
    """A decorator: what a generator of progress yields is offered behind a button, and kept for all by its arguments.

    The work is done in a slot, one at a time. Cancel, or moving any control, ends it at its next step.

    Args:
        label: of the button; without one the work is done at once, and its bar is shown to those who wait a while.
        keep: how many results are kept.
        icon: of the button.
    """

    def decorate(work: Callable[P, Iterator[Progress[R]]]) -> Callable[P, list[R] | None]:
        handed = threading.local()

        def done(*_: P.args, **__: P.kwargs) -> list[R]:
            if not hasattr(handed, "parts"):
                raise _NotDoneError
            return cast("list[R]", handed.parts)

        # Streamlit makes the key of a cache's entry from the arguments and their names.
        kept: Any = st.cache_resource(max_entries=keep, show_spinner=False)(wraps(work)(done))

        @wraps(work)
        def asked(*args: P.args, **kwargs: P.kwargs) -> list[R] | None:
            place = st.empty() if label is None else None  # in every run, or what follows would move
            try:
                with turns.given_up():  # it may be in the making for somebody else
                    return cast("list[R]", kept(*args, **kwargs))
            except _NotDoneError:
                key, state = f"{work.__module__}.{work.__qualname__}", st.session_state
            if label is None:
                bar, patience = cast("DeltaGenerator", place), PATIENCE
            else:
                patience = 0.0
                with st.container(horizontal=True, vertical_alignment="center"):
                    bar = st.empty()
                    if not state.pop(f"{key} pressed", False):
                        st.button(label, key=key, icon=icon, on_click=state.update, args=({f"{key} pressed": True},))
                        return None
                    st.button("Cancel", key=key, icon=":material/close:")  # the same button: pressing it ends this run
            handed.parts = _run(work(*args, **kwargs), bar, patience=patience)
            parts = kept(*args, **kwargs)
            del handed.parts
            bar.empty()
            return cast("list[R]", parts) if label is None else st.rerun()  # without bar and button

        return asked

    return decorate


def _run(work: Iterator[Progress[R]], bar: DeltaGenerator, *, patience: float) -> list[R]:
    """Do it to its end, and say how far it is to those who have waited for `patience` seconds."""
    parts: list[R] = []
    told, silent_until = -1, time.monotonic() + patience
    with slots.slot(bar), closing(cast("Any", work)):
        for share, doing, part in work:
            parts.append(part)
            if int(share * SHOWN) > told and time.monotonic() >= silent_until:
                told = int(share * SHOWN)
                bar.progress(min(share, 1.0), doing)
    return parts
