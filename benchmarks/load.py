"""A full classroom on one server: how long a move takes, and how much memory the server holds before, during and after.

Every session is a websocket that speaks Streamlit's own messages (`benchmarks/visitor.py`), on a page of the catalogue,
and moves a random control every few seconds. `--soak N` instead makes N moves as fast as the server answers, with a few
visitors who come and go, and prints the slope of the server's memory. Run it with `python -m benchmarks.load`.
"""

import argparse
import asyncio
import os
import platform
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

import numpy as np

from benchmarks.browser import Server, serve
from benchmarks.visitor import Control, Value, Visitor, visit
from ui.catalogue import CONCEPTS

ROOT: Final = Path(__file__).parent.parent
MIXES: Final[Mapping[str, frozenset[str]]] = {
    "sliders": frozenset({"slider", "select_slider"}),
    "controls": frozenset({"slider", "select_slider", "selectbox", "button_group", "checkbox"}),
    "everything": frozenset(
        {"slider", "select_slider", "selectbox", "button_group", "checkbox", "tab_container", "expandable"}
    ),
}
"""What visitors move. `sliders` and `controls` are those of the sidebar."""


@dataclass
class Found:
    """What happened."""

    seconds: list[tuple[str, str, float]] = field(default_factory=list)  # page, control, from move to finished run
    errors: list[str] = field(default_factory=list)
    resident: dict[str, float] = field(default_factory=dict)  # MB, by when
    samples: list[tuple[int, float]] = field(default_factory=list)  # moves, MB


def resident(server: Server) -> float:
    """The server's resident memory in MB."""
    status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(kilobytes) / 1024


def movable(visitor: Visitor, mix: str) -> list[Control]:
    """The controls that a visitor of this kind moves."""
    everywhere = mix == "everything"
    return [
        control
        for control in visitor.controls.values()
        if control.kind in MIXES[mix] and (everywhere or control.path[0] == 1) and control.key != "prediction"
    ]


def somewhere(visitor: Visitor, control: Control, random: Random) -> Value:
    """A value that the control can take."""
    proto = control.proto
    match control.kind:
        case "slider":
            return float(proto.min + random.randint(0, round((proto.max - proto.min) / proto.step)) * proto.step)
        case "select_slider" | "selectbox":
            return str(random.choice(proto.options))
        case "button_group":
            return str(random.choice(proto.options).content)
        case "tab_container":
            tabs = [each for path, each in visitor.elements.items() if path[:-1] == control.path]
            return str(random.choice(tabs).tab.label)  # type: ignore[union-attr]  # what a tab container holds are tabs
        case _:
            return random.random() < 0.5


async def learner(url: str, place: int, found: Found, *, mix: str, pause: float, until: float) -> None:
    """One session: open a page, then move something every `pause` seconds."""
    random = Random(place)
    page = CONCEPTS[place % len(CONCEPTS)].name
    await asyncio.sleep(pause * random.random())
    try:
        async with visit(url, page) as visitor:
            while time.monotonic() < until:
                await asyncio.sleep(pause * (0.5 + random.random()))
                control = random.choice(movable(visitor, mix))
                value = somewhere(visitor, control, random)
                spent = await visitor.move(control.key, value)
                found.seconds.append((page, control.key, spent))
                found.errors += [f"{page}, {control.key} = {value}: {each}" for each in visitor.exceptions]
    except Exception as error:  # noqa: BLE001 - whatever ends a session is an error to count
        found.errors.append(f"{page}: {error!r}")
