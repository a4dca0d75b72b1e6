"""The tabs of the architectures page about layers, about all networks, and with the code. Each computes when open."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pandas as pd
import streamlit as st

from demos.convolution.architectures import CONVOLUTIONAL, GROUPS, divided
from demos.convolution.layers import Layer
from demos.convolution.modules import definitions
from demos.convolution.network import NETWORKS, resolved, write
from pages.convolution.architectures import tab_charts as charts
from pages.convolution.architectures.charts import colors, warning
from pages.convolution.architectures.compute import Key, Run, run_of, table
from pages.convolution.architectures.controls import AS_WRITTEN, Controls
from pages.convolution.architectures.units import amount, shape, share
from ui import kit
from ui.server import slots

YOURS: Final = "yours"
HISTORY: Final = ("LeNet-5", "AlexNet (d2l)", "VGG-16", "NiN")
SMALLEST: Final = (1e4, 1e5)  # parameters and multiply–accumulates on the axes of all networks
LARGEST: Final = (1e9, 1e11)
NONE: Final[list[Any]] = []
LINES: Final = 24  # of code, from which on it scrolls
LONGEST: Final = 480  # pixels of it
NUMBERS: Final[Mapping[str, Any]] = {
    "layer": st.column_config.TextColumn("Layer", pinned=True),
    "code": st.column_config.TextColumn("Code", width="large"),
    "output": "Output",
    "Layout": st.column_config.TextColumn(width="large"),
    "parameters": st.column_config.NumberColumn("Parameters", format="localized"),
    "macs": st.column_config.NumberColumn("MACs", format="localized"),
    "activation_bytes": st.column_config.NumberColumn("Output, bytes", format="localized"),
    "kept_bytes": st.column_config.NumberColumn("Kept in training, bytes", format="localized"),
    "receptive_field": st.column_config.NumberColumn("Receptive field"),
    "jump": st.column_config.NumberColumn("Jump"),
}


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
        "sum. Training keeps so much of one image; what two layers need counts for the first of them. Receptive field "
        "and jump, in pixels of the input, are empty once a linear layer has mixed all places."
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
    kit.show(
        charts.plane(HISTORY, ink=kit.ink(), color=dict(colors())[CONVOLUTIONAL], own=warning()),
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
            kit.show(
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
            "kept_bytes": [sum(each.kept) for each in runs.values()],
        }
    )


def _plane_key() -> str:
    return f"all networks {st.session_state.get('loads', 0)}"


def _load() -> None:
    state = st.session_state
    clicked = state[_plane_key()]["selection"][charts.POINT]
    if clicked:
        name = clicked[0]["network"]
        state["network"], state["size"] = name, NETWORKS[name].input_shape[1]
        state["channels"], state["width"] = AS_WRITTEN, 1.0
        # A new chart has no selection, so that the same point can be clicked again.
        state["loads"] = state.get("loads", 0) + 1


def code(view: Controls, result: Run) -> None:
    """The network as an `nn.Sequential`, to read and to download."""
    written = module_text(result.layers if result.error else resolved(result.layers, result.known))
    if result.error is not None:
        st.warning("An input of this size does not fit to this network.", icon=":material/warning:")
    st.download_button(
        "Download as network.py",
        data=written.encode(),
        file_name="network.py",
        mime="text/x-python",
        icon=":material/download:",
        on_click="ignore",
    )
    st.code(written, language="python", height=LONGEST if written.count("\n") > LINES else "content")
    st.caption(
        f"{view.name} as one `nn.Sequential`, with the sidebar's input channels and width, for inputs of "
        f"{shape(view.input_shape)}. Lazy layers have become definite."
    )


def module_text(layers: Sequence[Layer]) -> str:
    """A Python module that has the layers as `network`."""
    return f"{definitions(layers)}\n\nnetwork = {write(layers)}\n"
