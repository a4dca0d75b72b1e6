"""Servers for the tests that speak to one over its socket, and what none of their visitors may receive."""

import asyncio
import re
import sys
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, Final

import pytest
from google.protobuf.message import Message
from streamlit.proto.Block_pb2 import Block
from streamlit.proto.Element_pb2 import Element

from benchmarks.browser import Server, serve
from benchmarks.visitor import Visitor, visit
from tests.loops import run
from tests.pages import ROOT

PATIENCE: Final = 120.0  # seconds that all visits of one test may take
COMPLAINT: Final = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d.*|^.*(?:Traceback|WARNING|ERROR).*", re.MULTILINE)
LEAKS: Final = ("Traceback", "site-packages", str(ROOT), sys.prefix)
PROVOKED: Final = "Ignoring query string with "  # Streamlit's word on an address that no browser can have
LINK: Final = "](javascript:"  # of the tests' hostile Markdown; where punctuation is escaped it is no link
STYLES: Final = [f"<style>{path.read_text(encoding='utf-8')}</style>" for path in (ROOT / "ui" / "house").glob("*.css")]
RAW: Final = ("html", "iframe", "component_instance", "bidi_component")  # elements that bring markup of their own


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The dashboard. Nothing that the tests do to it is worth a line in its log: Streamlit dates what it logs."""
    with serve(ROOT / "app.py") as running:
        yield running
        assert running.process.poll() is None
        complaints = [each for each in COMPLAINT.findall(running.log) if PROVOKED not in each]
        assert not complaints, running.log


@pytest.fixture(scope="session")
def insulted() -> Iterator[Server]:
    """Another one, for clients that break the protocol: it may complain in its log, and has to live on."""
    with serve(ROOT / "app.py") as running:
        yield running
        run(_serves(running))


async def _serves(running: Server) -> None:
    async with visit(running.url, "optimizers") as visitor:
        assert not faults(visitor)
        assert charts(visitor)


def talk(conversation: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run what visitors do, and give up when it takes too long."""

    async def limited() -> None:
        async with asyncio.timeout(PATIENCE):
            await conversation()

    run(limited())


def faults(visitor: Visitor) -> list[str]:
    """What is wrong with the page that a visitor has received: failures, inside knowledge, and markup that runs."""
    return [*visitor.exceptions, *leaks(visitor)]


def leaks(visitor: Visitor) -> list[str]:
    """What a page tells of the machine that it comes from, and elements that would take a visitor's text for HTML."""
    found = []
    for path, each in visitor.elements.items():
        sent = each.SerializeToString()
        found += [f"{leak!r} in {path}" for leak in LEAKS if leak.encode() in sent]
        ours = isinstance(each, Element) and each.html.body in STYLES
        if (each.WhichOneof("type") in RAW and not ours) or _allows_html(each) or LINK in _prose(each):
            found.append(f"markup in {path}")
    return found


def charts(visitor: Visitor) -> int:
    """How many charts are on the page."""
    return sum(each.WhichOneof("type") == "vega_lite_chart" for each in visitor.elements.values())


def alerts(visitor: Visitor) -> list[str]:
    """What the page says in coloured boxes."""
    return [each.alert.body for each in visitor.elements.values() if each.WhichOneof("type") == "alert"]  # type: ignore[union-attr]


def _prose(placed: Element | Block) -> str:
    """What the browser reads as Markdown."""
    return f"{placed.markdown.body} {placed.alert.body} {placed.heading.body}" if isinstance(placed, Element) else ""


def _allows_html(message: Message) -> bool:
    for field, held in message.ListFields():
        if field.name in ("allow_html", "unsafe_allow_html") and held:
            return True
        if field.message_type is None or field.message_type.GetOptions().map_entry:
            continue
        inner = [held] if isinstance(held, Message) else held
        if any(_allows_html(each) for each in inner):
            return True
    return False
