"""The tab of the architectures page that measures the forward pass on this machine."""

from typing import Final

import streamlit as st

from demos.convolution.architectures import CONVOLUTIONAL, DENSE, Stage
from demos.convolution.network import resolved
from pages.convolution import _architectures_tab_charts as charts
from pages.convolution._architectures_controls import Controls
from pages.convolution._architectures_run import Run, key_of, top_of
from pages.convolution._architectures_tabs import colors
from pages.convolution._architectures_timing import (
    MOST_BYTES,
    MOST_PARAMETERS,
    MOST_WORK,
    PASSES,
    Measured,
    measured,
    too_large,
)
from pages.convolution._architectures_units import share
from pages.convolution._architectures_words import named
from ui.kit import charts as chart
from ui.server import slots

GROUPS: Final = (("Convolutions", CONVOLUTIONAL), ("Linear layers", DENSE))
KEPT: Final = "forward pass"  # in the session: what was measured, and for what


def time(controls: Controls, result: Run) -> None:
    """Measure on request; a moved control takes the measurement away."""
    state = st.session_state
    settings = key_of(controls), result.input_shape
    if state.get(KEPT, (settings,))[0] != settings:
        del state[KEPT]
    reason = "something that does not fit" if result.error else too_large(result.known)
    if reason:
        st.info(
            f"{named(controls)} has {reason}: it is not measured here. LeNet-5, NiN, MobileNet and the ResNets are "
            "small enough, and so is AlexNet with half its width.",
            icon=":material/timer_off:",
        )
    elif st.button("Measure a forward pass", icon=":material/timer:", type="primary"):
        _measure(settings, result)
    if KEPT in state:
        _show(controls, result, state[KEPT][1])
    st.caption(
        f"One image, random weights, each layer by itself: the median of {PASSES} passes after one to warm up. "
        f"Networks of at most {MOST_PARAMETERS // 10**6} million parameters, {MOST_BYTES // 10**6} MB of outputs and "
        f"{MOST_WORK // 10**9} billion multiply–accumulates are measured. What else this machine does meanwhile slows "
        "it down. Moving a control stops it."
    )


def _measure(settings: tuple[object, ...], result: Run) -> None:
    with slots.slot():  # no other computation of seconds disturbs it
        progress = st.progress(0, "Building the layers")
        told = 0

        def tell(part: float) -> None:
            nonlocal told
            if int(100 * part) > told:
                told = int(100 * part)
                progress.progress(told, "Measuring")

        found = measured(resolved(result.layers, result.known), result.input_shape, tell)
        st.session_state[KEPT] = settings, found
        progress.empty()


def _show(controls: Controls, result: Run, found: Measured) -> None:
    spent = [sum(found.seconds[place] for place in stage.layers) for stage in result.stages]
    whole, macs = sum(spent), max(1, result.totals.macs)
    times, works = [each / whole for each in spent], [stage.macs / macs for stage in result.stages]
    chart.show(
        charts.times(len(result.stages), colors=colors()[1:]),
        {
            "times": {
                "stage": list(range(1, len(spent) + 1)),
                "name": [stage.name for stage in result.stages],
                "group": [stage.group for stage in result.stages],
                "time": times,
                "macs": works,
                "top": [top_of(max(*times, *works))] * len(spent),
            }
        },
        key="times",
        alt_text="The share of time and of multiply–accumulates of every stage.",
    )
    lines = [
        (
            f"**{named(controls)}**: {1000 * whole:.3g} ms for one image on {found.threads} "
            f"thread{'s' if found.threads > 1 else ''}, {result.totals.macs / whole / 1e9:.3g} billion "
            "multiply–accumulates a second."
        ),
        *(_pace(name, result.stages, spent, group) for name, group in GROUPS if _has(result.stages, group)),
    ]
    st.markdown("\n".join(f"- {line}" for line in lines))


def _has(stages: list[Stage], group: str) -> bool:
    return any(stage.group == group for stage in stages)


def _pace(name: str, stages: list[Stage], spent: list[float], group: str) -> str:
    own = [(seconds, stage.macs) for seconds, stage in zip(spent, stages, strict=True) if stage.group == group]
    seconds, macs = (sum(each) for each in zip(*own, strict=True))
    whole = sum(stage.macs for stage in stages)
    return (
        f"**{name}** take {share(seconds, sum(spent))} of the time for {share(macs, whole)} of the "
        f"multiply–accumulates: {macs / seconds / 1e9:.3g} billion a second, with the activations behind them."
    )
