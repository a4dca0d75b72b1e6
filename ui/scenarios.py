"""Scenarios: a named setting, a question to answer before looking, and the answer. Also the Reset of a page."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import streamlit as st

Value = str | float | bool | list[str]
JUST_SHOW: Final = "Just show me"


class Scenario(NamedTuple):
    """What a page declares as data; a unit test asserts the answer's claim."""

    name: str
    question: str
    predictions: tuple[str, ...]
    correct: int  # index of the prediction that turns out right
    settings: Mapping[str, Value]  # of the controls by key; those not named take their defaults
    answer: str


def scenarios(choices: Sequence[Scenario], defaults: Mapping[str, Value]) -> bool:
    """Offer the scenarios of a page above its picture; call it after the controls. True until the reader predicts."""
    by_name = {scenario.name: scenario for scenario in choices}
    st.pills(
        "Predict, then look",
        list(by_name),
        key="scenario",
        bind="query-params",
        on_change=_enter,
        args=(by_name, defaults),
        help="Each sets the controls, asks what will happen, and shows it after your prediction.",
    )
    scenario = by_name.get(st.session_state["scenario"])
    if scenario is None:
        return False
    with st.container(border=True):
        st.markdown(f"**{scenario.question}**")
        if _changed({**defaults, **scenario.settings}):
            st.caption("The controls have other values than this scenario.")
            st.button("Set them", on_click=_enter, args=(by_name, defaults))
            return False
        prediction = st.pills("Your prediction", [*scenario.predictions, JUST_SHOW], key="prediction")
        if prediction is None:
            return True
        correct = scenario.predictions[scenario.correct]
        if prediction == correct:
            st.success(f"That is what happens. {scenario.answer}", icon=":material/check:")
        else:
            st.info(f"**{correct}.** {scenario.answer}", icon=":material/lightbulb:")
    return False


def reset_button(defaults: Mapping[str, Value]) -> None:
    """The button that returns a page to its defaults."""
    st.button(
        "Reset", icon=":material/restart_alt:", on_click=_set, args=(defaults,), help="Back to this page's start."
    )


def _changed(settings: Mapping[str, Value]) -> bool:
    return any(st.session_state[key] != setting for key, setting in settings.items() if key in st.session_state)


def _set(controls: Mapping[str, Value]) -> None:
    st.session_state.update({"scenario": None, "prediction": None, **controls})


def _enter(by_name: Mapping[str, Scenario], defaults: Mapping[str, Value]) -> None:
    name = st.session_state["scenario"]
    if name is not None:
        _set({**defaults, **by_name[name].settings, "scenario": name})
