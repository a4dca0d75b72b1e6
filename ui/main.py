"""Every rerun: the navigation, and the frame around the page."""

from pathlib import Path

import streamlit as st

from ui import frame
from ui.catalogue import CONCEPTS, SECTIONS
from ui.navigation import page_of
from ui.turns import turn

with turn():
    st.set_page_config(page_title="See deep learning", page_icon="📉", layout="wide")
    home = st.Page(Path(__file__).parent / "home.py", title="Gallery", icon=":material/grid_view:", default=True)
    pages = {concept: page_of(concept) for concept in CONCEPTS}
    menu = {title: [pages[c] for c in CONCEPTS if c.section == section] for section, title in SECTIONS.items()}
    current = st.navigation({"": [home], **{title: group for title, group in menu.items() if group}}, position="top")

    concept = next((concept for concept, page in pages.items() if page == current), None)
    if concept is None:
        current.run()
    else:
        frame.header(concept)
        current.run()
        frame.footer(concept, home, pages)
