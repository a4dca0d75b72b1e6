"""The tabs of the architectures page about layers and about all networks. Each computes when it is open."""

from collections.abc import Mapping
from typing import Any, Final

import pandas as pd
import streamlit as st

from demos.convolution.architectures import CONVOLUTIONAL, DENSE, GROUPS, OTHER, divided
from demos.convolution.network import NETWORKS
from pages.convolution import _architectures_tab_charts as charts
from pages.convolution._architectures_controls import DEFAULTS
from pages.convolution._architectures_run import INPUT, Key, Run, run_of, table
from pages.convolution._architectures_units import amount, shape, share
from ui.kit import charts as chart
from ui.server import slots

YOURS: Final = "yours"
HISTORY: Final = ("LeNet-5", "AlexNet (d2l)", "VGG-16", "NiN")
SMALLEST: Final = (1e4, 1e5)  # parameters and multiply–accumulates on the axes of all networks
LARGEST: Final = (1e9, 1e11)
NONE: Final[list[Any]] = []
NUMBERS: Final[Mapping[str, Any]] = {
    "layer": st.column_config.TextColumn("Layer", pinned=True),
    "code": st.column_config.TextColumn("Code", width="large"),
    "output": "Output",
    "Layout": st.column_config.TextColumn(width="large"),
    "parameters": st.column_config.NumberColumn("Parameters", format="localized"),
    "macs": st.column_config.NumberColumn("MACs", format="localized"),
    "activation_bytes": st.column_config.NumberColumn("Output, bytes", format="localized"),
    "receptive_field": st.column_config.NumberColumn("Receptive field"),
    "jump": st.column_config.NumberColumn("Jump"),
}


def colors() -> chart.Colors:
    """Those of the groups of layers, in the theme that the reader sees."""
    palette = chart.palette()
    return tuple(zip((INPUT, CONVOLUTIONAL, DENSE, OTHER), (palette[place] for place in (0, 1, 5, 4)), strict=True))


def listing(result: Run) -> None:
    """Every layer as a row."""
    st.dataframe(table(result), hide_index=True, width="stretch", column_config=NUMBERS)
    st.download_button(
        "Table as CSV",
        data=lambda: table(result).to_csv(index=False).encode(),
        file_name="layers.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key="layers as csv",
    )
    st.caption(
        "In the order of computation: of a residual block, the layers of its body, those of its shortcut, then the "
        "sum. Receptive field and jump, in pixels of the input, are empty once a linear layer has mixed all places."
    )


def compared(result: Run) -> None:
    """The totals of all networks on one chart; a click loads one."""
    runs = all_networks()
    points: dict[str, list[Any]] = {
        "network": list(runs),
        "parameters": [each.totals.parameters for each in runs.values()],
        "macs": [each.totals.macs for each in runs.values()],
    }
    own: dict[str, list[Any]] = {
        "parameters": [result.totals.parameters],
        "macs": [result.totals.macs],
        "label": [YOURS],
    }
    drawn = result.error is None and min(result.totals.parameters, result.totals.macs) > 0
    chart.show(
        charts.plane(HISTORY, ink=chart.ink(), color=dict(colors())[CONVOLUTIONAL], own=_own_color()),
        {"points": points, "own": own if drawn else dict.fromkeys(own, NONE)},
        key=_plane_key(),
        alt_text="Parameters against multiply–accumulates of all networks, and of yours.",
        on_select=_load,
    )
    st.caption(
        "Each at the input that it was made for, and yours at that of the sidebar. Click a point to load its network. "
        "The line goes from LeNet-5 (1998) over AlexNet (2012) and VGG-16 (2014) to NiN (2013), which does without "
        "linear layers." + ("" if drawn else " Yours is not there: it cannot be computed, or has no weights.")
    )
    _bars(runs)
    st.markdown(_history(runs))
    st.dataframe(_totals_table(runs), hide_index=True, width="stretch", column_config=NUMBERS)


@slots.heavy(st.cache_resource(max_entries=1, show_spinner="Tracing all networks"))
def all_networks() -> dict[str, Run]:
    """Every known network with the input that it was made for."""
    return {name: run_of(Key.of_preset(name), preset.input_shape) for name, preset in NETWORKS.items()}


def _bars(runs: dict[str, Run]) -> None:
    parts = {name: divided(each.known) for name, each in runs.items()}
    for which, (column, title) in enumerate(zip(st.columns(2, gap="medium"), ("parameters", "MACs"), strict=True)):
        shares = [
            (name, group, numbers[group][which] / sum(each[which] for each in numbers.values()))
            for name, numbers in parts.items()
            for group in GROUPS
        ]
        names, groups, values = zip(*shares, strict=True)
        with column:
            chart.show(
                charts.shares(tuple(NETWORKS), f"share of {title}", colors=colors()[1:]),
                {"shares": {"network": names, "group": groups, "share": values}},
                key=f"shares of {title}",
                alt_text=f"How the {title} of each network divide into convolutions and linear layers.",
            )


def _history(runs: dict[str, Run]) -> str:
    lines = []
    for name in HISTORY:
        whole = runs[name].totals
        weights, work = share(whole.dense_parameters, whole.parameters), share(whole.dense_macs, whole.macs)
        lines.append(
            f"- **{name}**: {amount(whole.parameters)} parameters, {weights} of them in linear layers; "
            f"{amount(whole.macs)} multiply–accumulates, {work} of them there."
        )
    return "\n".join(lines)


def _totals_table(runs: dict[str, Run]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Network": list(runs),
            "Layout": [NETWORKS[name].source for name in runs],
            "Input": [shape(each.input_shape) for each in runs.values()],
            "parameters": [each.totals.parameters for each in runs.values()],
            "macs": [each.totals.macs for each in runs.values()],
            "activation_bytes": [each.totals.activation_bytes for each in runs.values()],
        }
    )


def _own_color() -> str:
    return chart.palette()[6]


def _plane_key() -> str:
    return f"all networks {st.session_state.get('loads', 0)}"


def _load() -> None:
    state = st.session_state
    clicked = state[_plane_key()]["selection"][charts.POINT]
    if clicked:
        name = clicked[0]["network"]
        state["network"], state["size"] = name, NETWORKS[name].input_shape[1]
        state["channels"], state["width"] = DEFAULTS["channels"], DEFAULTS["width"]
        # A new chart has no selection, so that the same point can be clicked again.
        state["loads"] = state.get("loads", 0) + 1
