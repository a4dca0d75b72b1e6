"""The picture first: what a move of the reader hardly changes waits until the browser has painted the picture.

The browser renders what a rerun sends in the order in which it comes, each time all that has come. So what stands above
the picture delays it, and what follows at once delays its painting. Whoever drags a slider gets pictures only: the
next move ends a run that waits.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from streamlit.delta_generator import DeltaGenerator

from ui.server.turns import given_up

PAINTING = 0.07  # seconds; tests need none
_WAITING: Final[ContextVar[list[tuple[DeltaGenerator, Callable[[], object]]] | None]] = ContextVar(
    "waiting", default=None
)


@contextmanager
def picture_first() -> Iterator[None]:
    """Within it, what is left for `later` waits, at most until its end."""
    token = _WAITING.set([])
    try:
        yield
    except Exception:
        draw_waiting()  # Streamlit forgets what is set in a widget that a run has not drawn
        raise
    else:
        draw_waiting()
    finally:
        _WAITING.reset(token)


def later(place: DeltaGenerator, draw: Callable[[], object]) -> None:
    """Draw something in its place, after the picture where somebody holds it first."""
    waiting = _WAITING.get()
    if waiting is None:
        with place:
            draw()
    else:
        waiting.append((place, draw))


def draw_waiting() -> None:
    """Draw what waits: the picture has been sent."""
    waiting = _WAITING.get()
    if not waiting:
        return
    with given_up():
        time.sleep(PAINTING)
    while waiting:
        place, draw = waiting.pop(0)
        with place:
            draw()
