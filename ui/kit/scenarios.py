"""Scenarios: a named setting, a question to answer before looking, and the answer."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple

import streamlit as st

from ui.kit.controls import Controls, set_all
from ui.kit.later import later

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


def scenarios(choices: Sequence[Scenario], view: Controls, *, reading: str = "") -> bool:
    """Offer the scenarios of a page above its picture; call it after the controls. True until the reader predicts.

    `reading` says how to read the picture, in Markdown. It waits behind a button beside the title.
    """
    place, by_name = st.container(), {scenario.name: scenario for scenario in choices}
    draw = partial(_draw, by_name, view, reading)
    if view.ahead and "scenario" in st.session_state:
        later(place, draw)
    else:
        with place:
            draw()
    scenario = by_name.get(st.session_state["scenario"])
    return scenario is not None and view.has(scenario.settings) and st.session_state.get("prediction") is None


def _draw(by_name: Mapping[str, Scenario], view: Controls, reading: str) -> None:
    arrived = "scenario" not in st.session_state
    st.pills(
        "Predict, then look",
        list(by_name),
        key="scenario",
        bind="query-params",
        on_change=_enter,
        args=(by_name, type(view)),
        help="Each sets the controls, asks what will happen, and shows it after your prediction.",
    )
    if reading:
        st.popover("Legend", key="legend", icon=":material/info:", type="tertiary").markdown(reading)
    scenario = by_name.get(st.session_state["scenario"])
    if scenario is None:
        return
    if arrived and not view.defaults().keys() & st.query_params.keys():
        view.become(scenario.settings)  # a link that names the scenario alone
    with st.container(border=True):
        st.markdown(f"**{scenario.question}**")
        if not view.has(scenario.settings):
            st.caption("The controls have other values than this scenario.")
            st.button("Set them", on_click=_enter, args=(by_name, type(view)))
            return
        prediction = st.pills("Your prediction", [*scenario.predictions, JUST_SHOW], key="prediction")
        if prediction is None:
            return
        correct = scenario.predictions[scenario.correct]
        if prediction == correct:
            st.success(f"That is what happens. {scenario.answer}", icon=":material/check:")
        else:
            st.info(f"**{correct}.** {scenario.answer}", icon=":material/lightbulb:")


def _enter(by_name: Mapping[str, Scenario], controls: type[Controls]) -> None:
    name = st.session_state["scenario"]
    if name is not None:
        set_all({**controls.defaults(), **by_name[name].settings}, scenario=name)
