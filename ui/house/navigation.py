"""The pages of the catalogue, as Streamlit and as Python know them."""

from collections.abc import Sequence
from functools import partial
from importlib import import_module
from typing import Protocol, cast

import streamlit as st

from ui import kit
from ui.house.catalogue import Concept
from ui.kit.later import picture_first


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
    return cast("Page", import_module(f"pages.{concept.section}.{concept.name}.page"))


def _main(concept: Concept) -> None:
    with picture_first():  # in here, because a widget that is drawn outside of the page is another
        module_of(concept).main()


def page_of(concept: Concept) -> st.Page:
    """The page as Streamlit knows it."""
    return st.Page(
        partial(_main, concept), title=concept.title, icon=concept.icon, url_path=concept.name, help=concept.summary
    )
