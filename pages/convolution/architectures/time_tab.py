"""The tab of the architectures page that measures the forward pass on this machine."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import streamlit as st
import torch

from demos.convolution.architectures import CONVOLUTIONAL, DENSE, Stage
from demos.convolution.fields import Floats
from demos.convolution.network import resolved
from pages.convolution.architectures import tab_charts as charts
from pages.convolution.architectures.charts import colors
from pages.convolution.architectures.compute import Key, Run, key_of, run_of, top_of
from pages.convolution.architectures.controls import Controls
from pages.convolution.architectures.sentences import named
from pages.convolution.architectures.timing import MOST_BYTES, MOST_PARAMETERS, MOST_WORK, PASSES, passes, too_large
from pages.convolution.architectures.units import share
from ui import kit

GROUPS: Final = (("Convolutions", CONVOLUTIONAL), ("Linear layers", DENSE))


def time(view: Controls, result: Run) -> None:
    """Measure on request."""
    reason = "something that does not fit" if result.error else too_large(result.known)
    if reason:
        st.info(
            f"{named(view)} has {reason}: it is not measured here. LeNet-5, NiN, MobileNet and the ResNets are "
            "small enough, and so is AlexNet with half its width.",
            icon=":material/timer_off:",
        )
    else:
        seconds = _measured(key_of(view), result.input_shape)
        if seconds is not None:
            _show(view, result, np.median(seconds[1:], axis=0))
    st.caption(
        f"One image, random weights, each layer by itself: the median of {PASSES} passes after one to warm up. "
        f"Networks of at most {MOST_PARAMETERS // 10**6} million parameters, {MOST_BYTES // 10**6} MB of outputs and "
        f"{MOST_WORK // 10**9} billion multiply–accumulates are measured. What else this machine does meanwhile slows "
        "it down. Moving a control stops it."
    )


@kit.long("Measure a forward pass", keep=32, icon=":material/timer:")
def _measured(key: Key, input_shape: tuple[int, ...]) -> Iterator[kit.Progress[Floats]]:
    result = run_of(key, input_shape)
    for turn, seconds in enumerate(passes(resolved(result.layers, result.known), input_shape), start=1):
        yield kit.Progress(turn / (1 + PASSES), f"Pass {turn} of {1 + PASSES}", seconds)


def _show(view: Controls, result: Run, seconds: Floats) -> None:
    spent = [float(seconds[list(stage.layers)].sum()) for stage in result.stages]
    whole, macs = sum(spent), max(1, result.totals.macs)
    times, works = [each / whole for each in spent], [stage.macs / macs for stage in result.stages]
    kit.show(
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
    threads = torch.get_num_threads()
    lines = [
        (
            f"**{named(view)}**: {1000 * whole:.3g} ms for one image on {threads} "
            f"thread{'s' if threads > 1 else ''}, {result.totals.macs / whole / 1e9:.3g} billion "
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
