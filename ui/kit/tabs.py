"""Tabs that compute only when they are open."""

from collections.abc import Callable, Mapping

import streamlit as st

from ui.kit.later import draw_waiting


def tabs(bodies: Mapping[str, Callable[[], object]]) -> None:
    """The tabs of a page by their names; which is open stands in the address."""
    draw_waiting()
    for tab, body in zip(
        st.tabs(list(bodies), key="tab", on_change="rerun", bind="query-params"), bodies.values(), strict=True
    ):
        if tab.open:
            with tab:
                body()
