"""The pages of the catalogue, as Streamlit and as Python know them."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Protocol, cast

import streamlit as st

from ui import kit
from ui.house.catalogue import Concept

PAGES: Final = Path(__file__).parent.parent.parent / "pages"


class Page(Protocol):
    """What `pages/<section>/<name>/page.py` offers."""

    Controls: type[kit.Controls]
    SCENARIOS: Sequence[kit.Scenario]

    def main(self) -> None:
        """Draw the page."""

    def thumbnail(self) -> str:
        """Its first view, small, as SVG."""


def module_of(concept: Concept) -> Page:
    """The page, imported when it is first asked for."""
    name = f"pages.{concept.section}.{concept.name}"
    if (PAGES / concept.section / concept.name / "page.py").is_file():  # until all have moved
        return cast("Page", import_module(f"{name}.page"))
    return cast("Page", import_module(name))


def thumbnail_of(concept: Concept) -> str:
    """Its first view, small, as SVG."""
    page = module_of(concept)
    old: Callable[[], str] | None = getattr(page, "picture", None)
    return (old or page.thumbnail)()


def defaults_of(concept: Concept) -> Mapping[str, Any]:
    """The first values of its controls."""
    page = module_of(concept)
    old: Mapping[str, Any] | None = getattr(page, "DEFAULTS", None)
    return old or page.Controls.defaults()


def page_of(concept: Concept) -> st.Page:
    """The page as Streamlit knows it."""
    return st.Page(
        lambda: module_of(concept).main(),
        title=concept.title,
        icon=concept.icon,
        url_path=concept.name,
        help=concept.summary,
    )
