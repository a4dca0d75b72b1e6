"""What a visitor sees when a page fails: an apology and a way back, inside of the frame. The log has the details."""

from typing import Final

import streamlit as st
from streamlit.logger import get_logger

from ui.house.catalogue import Concept
from ui.house.navigation import module_of

RESET: Final = "reset this page"  # the button's key
LOGGED: Final = 2000  # letters of the settings that go to the log; an address may hold half a million
_LOG: Final = get_logger(__name__)


def apologize(concept: Concept, error: Exception) -> None:
    """Stand in for the rest of a page that raised an error."""
    settings = repr(st.query_params.to_dict())
    _LOG.error("%s has failed at %.*s", concept.name, LOGGED, settings, exc_info=error)
    offer_reset(concept)


def offer_reset(concept: Concept) -> None:
    """The apology, and the button that leads back to the page's start."""
    st.error(
        "Sorry: this page has failed with these settings. It is our mistake, not yours, and it has been noted.",
        icon=":material/sentiment_dissatisfied:",
    )
    st.button("Reset this page", icon=":material/restart_alt:", key=RESET, on_click=_reset, args=(concept,))


def _reset(concept: Concept) -> None:
    """Set the page's controls to their first values, and forget what else it holds."""
    defaults = module_of(concept).Controls.defaults()
    for key in set(st.session_state) - {"scenario", "tab", *defaults}:  # those would be taken from the address again
        del st.session_state[key]
    st.session_state.update({"scenario": None, "prediction": None, **defaults})
