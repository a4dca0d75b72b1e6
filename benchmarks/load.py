"""A full classroom on one server: how long a move takes, and how much memory is held before, during and after.

Every session is a websocket that speaks Streamlit's own messages (`benchmarks/visitor.py`), on a page of the
catalogue, and moves a random control every few seconds: `python -m benchmarks.load`. With `--soak 3000` a few visitors
who come and go make that many moves of everything that can be moved, as fast as the server answers, and the slope of
the server's memory is printed. Linux only: the memory is read from /proc.
"""

import argparse
import asyncio
import os
import platform
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

import numpy as np

from benchmarks.browser import Server, serve
from benchmarks.visitor import Control, Value, Visitor, visit
from ui.house.catalogue import CONCEPTS

ROOT: Final = Path(__file__).parent.parent
SLIDERS: Final = frozenset({"slider", "select_slider"})
CHOICES: Final = frozenset({"selectbox", "button_group", "checkbox"})
MIXES: Final[Mapping[str, frozenset[str]]] = {
    "sliders": SLIDERS,
    "controls": SLIDERS | CHOICES,
    "everything": SLIDERS | CHOICES | {"tab_container", "expandable"},
    "soak": SLIDERS | CHOICES | {"tab_container", "expandable", "button"},
}
"""The kinds of controls that visitors move. `sliders` and `controls` are those of the sidebar."""
SIDEBAR: Final = frozenset({"sliders", "controls"})
SOAKING: Final = 4  # visitors at a time
STAY: Final = 30  # moves, after which one of them leaves and another comes
PATIENCE: Final = 1.0  # seconds until a visitor who has pressed a button moves something else
EVERY: Final = 25  # moves between two looks at the memory
SHOWN: Final = 5  # errors


@dataclass
class Found:
    """What happened."""

    first_views: list[float] = field(default_factory=list)  # seconds
    moves: list[tuple[str, str, float]] = field(default_factory=list)  # page, control, seconds to the finished run
    errors: list[str] = field(default_factory=list)
    memory: list[tuple[int, float]] = field(default_factory=list)  # after so many moves, MB


def resident(server: Server) -> float:
    """The server's resident memory in MB."""
    status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(kilobytes) / 1024


def movable(visitor: Visitor, mix: str) -> list[Control]:
    """The controls that a visitor may move."""
    return [
        control
        for control in visitor.controls.values()
        if control.kind in MIXES[mix] and (control.path[0] == 1 or mix not in SIDEBAR)
    ]


def somewhere(visitor: Visitor, control: Control, random: Random) -> Value:
    """A value that the control can take."""
    proto = control.proto
    match control.kind:
        case "slider":
            steps = round((proto.max - proto.min) / proto.step)
            return float(proto.min + random.randint(0, steps) * proto.step)
        case "select_slider" | "selectbox":
            return str(random.choice(proto.options))
        case "button_group":
            return str(random.choice(proto.options).content)
        case "tab_container":
            tabs = [each for path, each in visitor.elements.items() if path[:-1] == control.path]
            return str(random.choice(tabs).tab.label)  # type: ignore[union-attr]  # a tab container holds tabs
        case _:
            return random.random() < 0.5


async def learner(url: str, place: int, found: Found, *, asked: argparse.Namespace) -> None:
    """One session: arrive, open a page, then move something every few seconds."""
    random = Random(place)  # noqa: S311 - a benchmark keeps no secrets
    page = CONCEPTS[place % len(CONCEPTS)].name
    await asyncio.sleep(asked.arrive * random.random())
    until = time.monotonic() + asked.seconds
    try:
        start = time.perf_counter()
        async with visit(url, page) as visitor:
            found.first_views.append(time.perf_counter() - start)
            while time.monotonic() < until:
                await asyncio.sleep(asked.pause * (0.5 + random.random()))
                control = random.choice(movable(visitor, asked.mix))
                value = somewhere(visitor, control, random)
                found.moves.append((page, control.key, await visitor.move(control.key, value)))
                found.errors += [f"{page}, {control.key} = {value}: {each}" for each in visitor.exceptions]
    except Exception as error:  # noqa: BLE001 - whatever ends a session is an error to count
        found.errors.append(f"{page}: {error!r}")


async def classroom(server: Server, asked: argparse.Namespace) -> None:
    """All sessions at once; print what they found."""
    found = Found()
    before = resident(server)
    tasks = [asyncio.create_task(learner(server.url, n, found, asked=asked)) for n in range(asked.sessions)]
    most = before
    while not all(task.done() for task in tasks):
        await asyncio.sleep(1)
        most = max(most, resident(server))
    loaded = resident(server)
    await asyncio.gather(*tasks)
    print(f"Everyone has left; waiting {asked.recover:.0f} s.", file=sys.stderr)
    await asyncio.sleep(asked.recover)
    after = resident(server)
    print("| sessions | moves | errors | p50 | p95 | p99 | first view: p50 | p95 |\n|---|---|---|---|---|---|---|---|")
    cells = [str(asked.sessions), str(len(found.moves)), str(len(found.errors))]
    cells += percentiles([seconds for _, _, seconds in found.moves], (50, 95, 99))
    cells += percentiles(found.first_views, (50, 95))
    print(f"| {' | '.join(cells)} |\n")
    print(
        f"Resident: {before:.0f} MB before, {most:.0f} MB at most, {loaded:.0f} MB at the end, {after:.0f} MB "
        f"{asked.recover:.0f} s after everyone left ({after / before - 1:+.1%})."
    )
    tell(found, server)


async def soaking(server: Server, asked: argparse.Namespace) -> None:
    """So many moves by visitors who come and go; print the slope of the memory."""
    found = Found()
    left = iter(range(asked.soak))
    await asyncio.gather(*(passing(server, place, found, left) for place in range(SOAKING)))
    moves, memory = np.array(sorted(found.memory)).T
    late = moves >= asked.soak / 2
    slope = 1000 * np.polyfit(moves[late], memory[late], 1)[0]
    print(
        f"{len(found.moves)} moves, {len(found.errors)} errors. Resident: {memory[0]:.0f} MB at first, at most "
        f"{memory.max():.0f} MB, {memory[-1]:.0f} MB at the end; in the second half {slope:+.1f} MB for 1,000 moves."
    )
    tell(found, server)


async def passing(server: Server, place: int, found: Found, left: Iterator[int]) -> None:
    """One visitor after the other, as long as there are moves left."""
    random = Random(place)  # noqa: S311
    while (number := next(left, None)) is not None:
        page = random.choice(CONCEPTS).name
        try:
            async with visit(server.url, page) as visitor:
                for _ in range(STAY):
                    if number % EVERY == 0:
                        found.memory.append((number, resident(server)))
                    await one_of_everything(visitor, page, found, random)
                    if (number := next(left, None)) is None:
                        return
        except Exception as error:  # noqa: BLE001
            found.errors.append(f"{page}: {error!r}")


async def one_of_everything(visitor: Visitor, page: str, found: Found, random: Random) -> None:
    """Move something. Who has pressed a button may lose patience and go on, which stops what was being computed."""
    control = random.choice(movable(visitor, "soak"))
    value = somewhere(visitor, control, random)
    patience = PATIENCE if control.kind == "button" else None
    try:
        seconds = await asyncio.wait_for(visitor.move(control.key, value), patience)
    except TimeoutError:
        if patience is None:
            raise
        seconds = patience
    found.moves.append((page, control.key, seconds))
    found.errors += [f"{page}, {control.key} = {value}: {each}" for each in visitor.exceptions]


def percentiles(seconds: Sequence[float], percents: Sequence[int]) -> list[str]:
    """In milliseconds."""
    return [f"{1000 * each:.0f} ms" for each in np.percentile(seconds, percents)] if seconds else ["–"] * len(percents)


def tell(found: Found, server: Server) -> None:
    """The most frequent errors, the slowest controls, and what the server has logged."""
    for error, count in Counter(found.errors).most_common(SHOWN):
        print(f"{count} × {error}")
    by_control: dict[tuple[str, str], list[float]] = {}
    for page, control, seconds in found.moves:
        by_control.setdefault((page, control), []).append(seconds)
    slowest = sorted(by_control.items(), key=lambda each: -float(np.median(each[1])))[:SHOWN]
    told = (f"{page} {control} {1000 * np.median(seconds):.0f} ms" for (page, control), seconds in slowest)
    print(f"Slowest controls, by their median: {', '.join(told)}.")
    if "Traceback" in server.log:
        print(server.log[-2000:])


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=100, help="visitors at once (default: %(default)s)")
    parser.add_argument(
        "--mix", choices=list(MIXES)[:3], default="sliders", help="what they move (default: %(default)s)"
    )
    parser.add_argument("--pause", type=float, default=4, help="seconds between two moves (default: %(default)s)")
    parser.add_argument("--arrive", type=float, default=30, help="all come within these seconds (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=120, help="each stays as long (default: %(default)s)")
    parser.add_argument("--recover", type=float, default=180, help="seconds after everyone left (default: %(default)s)")
    parser.add_argument("--soak", type=int, default=0, metavar="MOVES", help="instead, so many moves by a few visitors")
    return parser.parse_args()


def main() -> None:
    """Measure and print."""
    asked = arguments()
    with serve(ROOT / "app.py") as server:
        asyncio.run(soaking(server, asked) if asked.soak else classroom(server, asked))
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, the visitors on the same.")


if __name__ == "__main__":
    main()
