"""What every page has around its picture: heading, reproduction, mathematics, references and the way onward."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from types import ModuleType

import pandas as pd
import streamlit as st

from ui.catalogue import Concept


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


def reproduce(
    snippet: str,
    prints: str,
    *,
    sources: Sequence[ModuleType | Callable[..., object]],
    table: Callable[[], pd.DataFrame],
    file_name: str,
    check: Callable[[], str] | None = None,
) -> None:
    """The view as a runnable snippet, the source of what it calls, and the table behind the charts.

    Args:
        snippet: Python that a reader runs in a clone of the repository.
        prints: what it prints, from the results on the page.
        sources: modules or functions whose source is shown.
        table: makes the data behind the charts.
        file_name: of the table as CSV.
        check: says how far the results are from those of another library, computed when the section is opened.
    """
    section = st.expander("Reproduce", icon=":material/code:", key="reproduce", on_change="rerun")
    if not section.open:
        return
    with section:
        st.markdown("Run this in a clone of the repository.")
        st.code(snippet, language="python")
        st.markdown("It prints the numbers of this view:")
        st.code(prints, language="text")
        if check is not None:
            st.markdown(check())
        st.download_button(
            "Table as CSV",
            data=lambda: table().to_csv(index=False).encode(),
            file_name=file_name,
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        with st.container(height=360):
            st.code("\n\n".join(inspect.getsource(source) for source in sources), language="python")


def mathematics(text: str) -> None:
    """The formulas, in Markdown with LaTeX."""
    section = st.expander("Mathematics", icon=":material/function:", key="mathematics", on_change="rerun")
    if section.open:
        section.markdown(text)


def references(entries: Sequence[str]) -> None:
    """Where it comes from, a Markdown line each."""
    section = st.expander("References", icon=":material/menu_book:", key="references", on_change="rerun")
    if section.open:
        section.markdown("\n".join(f"- {entry}" for entry in entries))
