"""The gallery: every concept by section, with a picture that its own demo draws."""

import streamlit as st

from ui.house.catalogue import CONCEPTS, SECTIONS, Concept
from ui.house.navigation import page_of, thumbnail_of

COLUMNS = 3


@st.cache_data(max_entries=64, show_spinner=False)
def picture(concept: Concept, theme: str | None) -> str:  # noqa: ARG001 - pictures have the colours of the theme
    """The small picture of a concept, as SVG."""
    return thumbnail_of(concept)


def card(concept: Concept) -> None:
    """A concept's picture, title and sentence, linked to its page."""
    with st.container(border=True):
        st.image(picture(concept, st.context.theme.type), width="stretch", alt=f"A picture from {concept.title}")
        st.page_link(page_of(concept), label=f"**{concept.title}**", icon=concept.icon)
        st.caption(concept.summary)


st.title("See how deep learning works", anchor=False)
st.markdown(
    "Change a control, be surprised, see why. Every number here is computed while you watch, every view is a link, and "
    "every picture comes with the code that makes it."
)
for section, title in SECTIONS.items():
    concepts = [concept for concept in CONCEPTS if concept.section == section]
    if concepts:
        st.subheader(title, anchor=False)
        columns = st.columns(COLUMNS)
        for place, concept in enumerate(concepts):
            with columns[place % COLUMNS]:
                card(concept)
