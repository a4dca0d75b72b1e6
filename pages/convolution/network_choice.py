"""Which network a page is about: a known one, or one that the reader pastes as PyTorch code; and its input's size."""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import streamlit as st

from demos.convolution.channels import first_channels
from demos.convolution.layers import axes_of
from demos.convolution.network import NETWORKS, Layer, flat, parse
from demos.convolution.notation import MAX_CHARACTERS
from ui import kit
from ui.kit.controls import Part, Source

OWN: Final = "Your own code"
REFUSED: Final = "Your own code, as it could last be read"
EXAMPLE_NAME: Final = "The example"
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
SIZE: Final = 224  # of the input of own code, until it is moved
COLOR: Final = 3  # channels of an input for a network that takes any number


class Code(NamedTuple):
    """A text and the network that it writes."""

    text: str
    layers: tuple[Layer, ...]


@st.cache_resource(max_entries=64, show_spinner=False)
def read(text: str) -> Code:
    """The network of a text, or a ValueError that says what cannot be read."""
    return Code(text, parse(text))


@dataclass(eq=False)
class Paste(Part[None]):
    """A button that puts the code of the chosen network into the reader's own field, to edit or to paste over."""

    def read(self, view: Any, source: Source, *, shown: bool) -> None:  # noqa: ANN401 - the page's controls
        """Draw it."""
        if shown and source.drawing:
            st.button(
                "Paste your own code", icon=":material/code:", on_click=_edit, args=(NETWORKS[view.network].code,),
                help=f"The field that opens holds the code of {view.network}: edit it, or paste yours over it.",
            )  # fmt: skip


def _edit(code: str) -> None:
    st.session_state.update(network=OWN, code=code)


def _understood(code: Code) -> str:
    names = [layer.kind for layer in flat(code.layers)]
    return f"{names[0]} was read." if len(names) == 1 else f"{len(names)} layers were read, {names[0]} to {names[-1]}."


def _own(view: "NetworkControls") -> bool:
    return bool(view.network == OWN)


def _size_of(network: str) -> kit.Settings:
    return {"size": NETWORKS[network].input_shape[1]} if network in NETWORKS else {}


def _first_size(view: "NetworkControls") -> kit.Settings:
    return {"default": _size_of(view.network).get("size", SIZE)}


def network_of(default: str) -> kit.Selectbox:
    """The choice of a network, for a page that starts with this one."""
    return kit.Selectbox(
        "Network", [*NETWORKS, OWN], default, sets=_size_of, help="A known network, or your own as PyTorch code."
    )


class NetworkControls(kit.Controls):
    """A network and its square input. A page declares `network` again, with its own first one."""

    network = network_of("AlexNet")
    paste = Paste(shown=lambda view: not _own(view))
    code = kit.Own(
        read,
        kit.TextArea(
            "PyTorch code", EXAMPLE, 9,
            help="An `nn.Sequential`, a class with its `forward`, functions that build a network, or what `print(net)` "
            "shows. `Residual(..., shortcut=...)` adds a skip connection. It is read and never run; at most "
            f"{MAX_CHARACTERS:,} characters.",
        ),
        shown=_own, said=_understood,
    )  # fmt: skip
    size = kit.Slider(
        "Input size", 4, 512, SIZE, 1, given=_first_size, help="Rows and columns of the square input, in pixels."
    )

    @property
    def refused(self) -> bool:
        """Whether the reader's code could not be read, so that another network is shown."""
        return _own(self) and self.settings["code"] != self.code.text

    @property
    def name(self) -> str:
        """What the network that is shown is called."""
        if not self.refused:
            return self.network
        return EXAMPLE_NAME if self.code.text == EXAMPLE else REFUSED

    @property
    def text(self) -> str:
        """The code of the network that is shown."""
        return self.code.text if _own(self) else NETWORKS[self.network].code

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Its layers as written."""
        return read(self.text).layers

    @property
    def first_channels(self) -> int:
        """How many channels its first layer wants."""
        return first_channels(self.layers) or COLOR

    @property
    def axes(self) -> int:
        """How many spatial axes its layers have."""
        found = {axes_of(layer.kind) for layer in flat(self.layers)}
        return 1 if 1 in found and 2 not in found else 2

    def say_what_is_shown(self) -> None:
        """After a refusal, whose network the page is about now."""
        if self.refused:
            shown = "the example" if self.name == EXAMPLE_NAME else "the last of your networks that could be read"
            st.warning(f"Your code could not be read; the sidebar says why. Shown is {shown}.", icon=":material/edit:")
