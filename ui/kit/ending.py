"""What every page ends with: how to reproduce it, its mathematics, its references."""

import inspect
from collections.abc import Callable, Sequence
from types import ModuleType

import pandas as pd
import streamlit as st


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
