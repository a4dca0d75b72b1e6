"""The whole view: the navigation, and the frame around the page that the visitor has opened."""

from pathlib import Path
from typing import Final

import streamlit as st

from ui.house import apology, frame
from ui.house.catalogue import CONCEPTS, SECTIONS
from ui.house.navigation import page_of
from ui.server import slots

HERE: Final = Path(__file__).parent
STYLE: Final = f"<style>{(HERE / 'style.css').read_text(encoding='utf-8')}</style>"  # read once, drawn in every run


def draw() -> None:
    """Draw what the address asks for. A page that fails leaves the frame standing."""
    _draw(failed=False)


def draw_after_failure(_error: Exception) -> bool:
    """Draw the frame with an apology in the page's place, when an error has kept the page from being drawn at all.

    That is an error in a callback, which runs before the page. Streamlit has written it to the log.
    """
    _draw(failed=True)
    return True  # Streamlit need not show it


def _draw(*, failed: bool) -> None:
    st.set_page_config(page_title="See deep learning", page_icon="📉", layout="wide")
    st.html(STYLE)
    home = st.Page(HERE / "home.py", title="Gallery", icon=":material/grid_view:", default=True)
    pages = {concept: page_of(concept) for concept in CONCEPTS}
    menu = {title: [pages[c] for c in CONCEPTS if c.section == section] for section, title in SECTIONS.items()}
    current = st.navigation({"": [home], **{title: group for title, group in menu.items() if group}}, position="top")

    concept = next((concept for concept, page in pages.items() if page == current), None)
    if concept is None:
        current.run()
        return
    frame.header(concept)
    slots.reserve()
    if failed:
        apology.offer_reset(concept)
    else:
        try:
            current.run()
        except Exception as error:  # noqa: BLE001 - whatever a page raises, the frame stands
            apology.apologize(concept, error)
    frame.footer(concept, home, pages)
