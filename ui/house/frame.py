"""What stands around every page: the heading, and the way onward."""

from collections.abc import Mapping

import streamlit as st

from ui.house.catalogue import Concept


def header(concept: Concept) -> None:
    """The title and the sentence that says what the page shows."""
    st.title(concept.title, anchor=False)
    st.markdown(concept.summary)


def footer(concept: Concept, home: st.Page, pages: Mapping[Concept, st.Page]) -> None:
    """Links to the previous concept, the gallery and the next concept."""
    order = list(pages)
    here = order.index(concept)
    st.divider()
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        if here > 0:
            st.page_link(pages[order[here - 1]], label=f"Previous: {order[here - 1].title}", icon=":material/west:")
        st.page_link(home, label="All concepts", icon=":material/grid_view:")
        if here + 1 < len(order):
            st.page_link(pages[order[here + 1]], label=f"Next: {order[here + 1].title}", icon=":material/east:")
