"""Rules of the house that no linter knows."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pages import ROOT

SOURCES = [path for folder in ("ui", "pages") for path in sorted((ROOT / folder).rglob("*.py"))]
DEMOS = sorted((ROOT / "demos").rglob("*.py"))


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def calls(path: Path) -> Iterator[tuple[str, set[str | None]]]:
    """Every call of `something.name(...)` in a file, with the keywords it gives."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func.attr, {keyword.arg for keyword in node.keywords}


@pytest.mark.parametrize("path", SOURCES, ids=short)
def test_every_cache_is_bounded(path: Path) -> None:
    for name, keywords in calls(path):
        assert name not in {"cache_data", "cache_resource"} or keywords & {"max_entries", "max_size"}, name


@pytest.mark.parametrize("path", [path for path in SOURCES if path.parent.name != "kit"], ids=short)
def test_every_control_is_in_the_link_and_explained(path: Path) -> None:
    """What the kit draws is: tests/kit sees it in the address."""
    controls = {"slider", "select_slider", "selectbox", "text_input", "toggle", "checkbox", "radio", "number_input"}
    for name, keywords in calls(path):
        assert name not in controls or keywords >= {"key", "bind", "help"}, name


@pytest.mark.parametrize("path", [*SOURCES, *DEMOS], ids=short)
def test_nothing_is_evaluated_and_no_html_gets_through(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "unsafe_allow_html" not in text
    names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    assert not names & {"eval", "exec", "sympify", "parse_expr", "pickle"}


def test_the_pins_are_exact() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text(encoding="utf-8").split("\n")
        assert all("==" in line or line.startswith("-r ") for line in lines if line)
