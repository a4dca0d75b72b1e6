"""A dashboard that fails on purpose, on the wire: who sees what, what the log has, and how the page comes back."""

import asyncio
import shutil
from collections.abc import Iterator
from typing import Final

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.browser import Server, serve
from benchmarks.visitor import Visitor, visit
from tests.pages import BY_NAME, ROOT, defaults
from tests.server.conftest import alerts, charts, faults, leaks, talk
from ui.house.apology import RESET

SECRET: Final = "the key is under the mat"  # noqa: S105 - not a password
FAILING: Final = {"seed": "13"}
APP: Final = f"""
import sys

sys.path.insert(0, {str(ROOT)!r})

import streamlit as st

from pages.optimization.optimizers import page
from ui.house.dashboard import draw_after_failure


def fail(*_):
    raise RuntimeError({SECRET!r})


def run(view, *arguments, **keywords):
    if view.seed == 13:
        fail()
    return computed(view, *arguments, **keywords)


computed = page.run
page.run = run
sys.modules["ui.kit.scenarios"]._enter = fail  # in the kit its function has the same name
app = st.App({str(ROOT / "ui" / "house" / "main.py")!r}, on_script_error=draw_after_failure)
"""


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One setting of one page fails, and so does entering a scenario on any page."""
    folder = tmp_path_factory.mktemp("failing")
    (folder / "app.py").write_text(APP, encoding="utf-8")
    (folder / ".streamlit").mkdir()
    shutil.copy(ROOT / ".streamlit" / "config.toml", folder / ".streamlit")
    with serve(folder / "app.py") as running:
        yield running


def frame_stands(visitor: Visitor, page: str) -> bool:
    """Whether the title and the links to other pages are there."""
    titles = [each.heading.body for each in visitor.elements.values() if each.WhichOneof("type") == "heading"]  # type: ignore[union-attr]
    links = [each.page_link.label for each in visitor.elements.values() if each.WhichOneof("type") == "page_link"]  # type: ignore[union-attr]
    return titles == [BY_NAME[page].title] and "All concepts" in links


def apologizes(visitor: Visitor, page: str) -> None:
    """The page has failed, says so in one sentence, and tells nothing else."""
    assert visitor.exceptions == ["an apology"]
    assert frame_stands(visitor, page)
    assert not leaks(visitor)
    (sentence,) = alerts(visitor)
    assert sentence.startswith("Sorry")


def what_was_heard(visitor: Visitor) -> list[bytes]:
    """Every message that the visitor receives from now on, whatever it is about, but for what Streamlit always says."""
    heard: list[bytes] = []
    hear = visitor._hear

    async def listen() -> ForwardMsg:
        message = await hear()
        copy = ForwardMsg.FromString(message.SerializeToString())
        if copy.WhichOneof("type") == "new_session":
            copy.new_session.ClearField("main_script_path")  # Streamlit tells it at the start of every run
        heard.append(copy.SerializeToString())
        return message

    visitor._hear = listen  # type: ignore[method-assign]
    return heard


def tells_nothing(heard: list[bytes]) -> None:
    assert heard
    for inside in (SECRET, "RuntimeError", "Traceback", "site-packages", "optimizers/compute", str(ROOT)):
        assert not any(inside.encode() in each for each in heard), inside


def test_a_page_that_fails_apologizes_inside_of_its_frame_and_keeps_its_secret(failing: Server) -> None:
    async def fail() -> None:
        async with visit(failing.url, "optimizers") as visitor:
            assert not faults(visitor)
            heard = what_was_heard(visitor)
            before = len(failing.log)
            await visitor.move("seed", [13.0])
            apologizes(visitor, "optimizers")
            tells_nothing(heard)
            logged = failing.log[before:]
            assert "Traceback" in logged
            assert SECRET in logged
            assert "optimizers has failed at {'seed': '13'}" in logged

    talk(fail)


def test_a_link_to_what_fails_apologizes_and_reset_brings_the_page_back(failing: Server) -> None:
    async def fail() -> None:
        async with visit(failing.url, "optimizers", {**FAILING, "surface": "Beale", "lr": "0.001"}) as visitor:
            apologizes(visitor, "optimizers")
            heard = what_was_heard(visitor)
            await visitor.move(RESET, value=True)
            assert not faults(visitor)
            assert not alerts(visitor)
            assert charts(visitor)
            assert {key for key in visitor.query if key in defaults("optimizers")} == set()
            async with visit(failing.url, "optimizers") as fresh:
                await fresh.rerun()
                await visitor.rerun()
                assert shown(visitor) == shown(fresh)
            tells_nothing(heard)

    talk(fail)


def test_moving_the_control_back_brings_the_page_back(failing: Server) -> None:
    async def fail() -> None:
        async with visit(failing.url, "optimizers") as visitor:
            await visitor.move("seed", [13.0])
            apologizes(visitor, "optimizers")
            await visitor.move("seed", [12.0])
            assert not faults(visitor)
            assert charts(visitor)

    talk(fail)


def test_others_do_not_notice(failing: Server) -> None:
    async def fail() -> None:
        others = [page for page in BY_NAME if page != "optimizers"]
        async with visit(failing.url, "optimizers") as same, visit(failing.url, "optimizers") as visitor:
            await same.rerun()
            before = shown(same)
            await visitor.move("seed", [13.0])
            apologizes(visitor, "optimizers")
            await same.rerun()
            assert shown(same) == before
            await same.move("steps", [50.0])
            assert not faults(same)
        for page in others:
            async with visit(failing.url, page, FAILING) as other:
                assert not faults(other)
                assert charts(other)

    talk(fail)


@pytest.mark.parametrize("page", BY_NAME)
def test_a_callback_that_fails_apologizes_and_reset_brings_the_page_back(failing: Server, page: str) -> None:
    async def fail() -> None:
        async with visit(failing.url, page) as visitor:
            heard = what_was_heard(visitor)
            before = len(failing.log)
            scenario = visitor.controls["scenario"].proto.options[0].content
            await visitor.move("scenario", [scenario])
            apologizes(visitor, page)
            assert SECRET in failing.log[before:]
            assert "Traceback" in failing.log[before:]
            await visitor.move(RESET, value=True)
            assert not faults(visitor)
            assert charts(visitor)
            tells_nothing(heard)

    talk(fail)


def test_many_failures_at_once_leave_the_server_alive(failing: Server) -> None:
    async def fail() -> None:
        async with visit(failing.url, "optimizers", FAILING) as visitor:
            apologizes(visitor, "optimizers")

    async def fail_often() -> None:
        await asyncio.gather(*(fail() for _ in range(20)))
        async with visit(failing.url, "optimizers") as visitor:
            assert not faults(visitor)
            assert charts(visitor)

    talk(fail_often)


def shown(visitor: Visitor) -> dict[tuple[int, ...], bytes]:
    return {path: each.SerializeToString(deterministic=True) for path, each in visitor.elements.items()}
