"""The pages of the catalogue, as Streamlit and as Python know them."""

from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final

import streamlit as st

from ui.catalogue import Concept

PAGES: Final = Path(__file__).parent.parent / "pages"


def page_of(concept: Concept) -> st.Page:
    """The Streamlit page of a concept."""
    return st.Page(
        PAGES / concept.section / f"{concept.name}.py",
        title=concept.title,
        icon=concept.icon,
        url_path=concept.name,
        help=concept.summary,
    )


def module_of(concept: Concept) -> ModuleType:
    """What the file of a concept's page declares: its defaults, scenarios and picture."""
    return import_module(f"pages.{concept.section}.{concept.name}")
