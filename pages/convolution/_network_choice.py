"""Which network a page is about, a known one or one that the reader pastes as PyTorch code, and its input's size."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import streamlit as st

from demos.convolution.channels import first_channels
from demos.convolution.layers import axes_of
from demos.convolution.network import NETWORKS, Layer, flat, parse
from demos.convolution.notation import MAX_CHARACTERS
from ui.kit.plain import literal

OWN: Final = "Your own code"
EXAMPLE: Final = """\
nn.Sequential(
    nn.Conv2d(3, 32, kernel_size=3, padding=1), nn.ReLU(),
    nn.Conv2d(32, 32, kernel_size=3, stride=2, padding=1), nn.ReLU(),
    Residual(
        nn.Conv2d(32, 32, kernel_size=3, padding=2, dilation=2), nn.ReLU(),
        nn.Conv2d(32, 32, kernel_size=1),
    ),
    nn.MaxPool2d(2),
)"""
SIZES: Final = (4, 512)
COLOR: Final = 3  # channels of an input for a network that takes any number


class Choice(NamedTuple):
    """A network and the side of its square input."""

    name: str
    code: str
    layers: tuple[Layer, ...]
    channels: int  # that its first layer wants
    size: int

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Channels, rows and columns; no rows if its layers have one spatial axis."""
        axes = {axes_of(layer.kind) for layer in flat(self.layers)}
        return (self.channels, self.size) if 1 in axes and 2 not in axes else (self.channels, self.size, self.size)


def network_defaults(name: str) -> Mapping[str, Any]:
    """The first values of the controls below, for a page that starts with a known network."""
    return {"network": name, "code": EXAMPLE, "size": NETWORKS[name].input_shape[1]}


def network_choice(defaults: Mapping[str, Any]) -> Choice:
    """Draw the controls in the sidebar and read them; what cannot be read leaves the last good network."""
    names = [*NETWORKS, OWN]
    name = st.selectbox(
        "Network",
        names,
        index=names.index(defaults["network"]),
        key="network",
        bind="query-params",
        on_change=_own_size,
        help="A known network, or your own as PyTorch code.",
    )
    # The text is there whatever is chosen: Streamlit takes only widgets that it has shown into the link.
    with st.expander(OWN, icon=":material/code:", expanded=name == OWN):
        own = st.text_area(
            "PyTorch code",
            defaults["code"],
            height=220,
            key="code",
            bind="query-params",
            help="`nn.Sequential(...)` as you have it in your notes, also with `LazyConv2d`. `Residual(..., "
            "shortcut=...)` adds a skip connection. It is read and never run; at most "
            f"{MAX_CHARACTERS:,} characters.",
        )
        if name != OWN:
            st.button(f"Edit the code of {name}", icon=":material/edit:", on_click=_edit, args=(NETWORKS[name].code,))
    code = _last_good(own, defaults["code"]) if name == OWN else NETWORKS[name].code
    size = st.slider(
        "Input size",
        *SIZES,
        defaults["size"],
        key="size",
        bind="query-params",
        help="Rows and columns of the square input, in pixels.",
    )
    layers = parse(code)
    return Choice(name, code, layers, first_channels(layers) or COLOR, size)


def _last_good(code: str, example: str) -> str:
    """The reader's code, or if it cannot be read what could be read last."""
    state = st.session_state
    try:
        parse(code)
    except ValueError as error:
        st.error(literal(str(error)), icon=":material/edit:")
        st.caption("Shown is the last code that could be read.")
    else:
        state["good code"] = code
    last: str = state.get("good code", example)
    return last


def _own_size() -> None:
    """Give a known network the input that it was made for."""
    preset = NETWORKS.get(st.session_state["network"])
    if preset is not None:
        st.session_state["size"] = preset.input_shape[1]


def _edit(code: str) -> None:
    st.session_state["network"], st.session_state["code"] = OWN, code
