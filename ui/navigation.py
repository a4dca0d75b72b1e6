"""The pages of the catalogue as Streamlit knows them."""

from pathlib import Path
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
