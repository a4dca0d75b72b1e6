"""The controls of the architectures page: a network, its input, and how wide it is."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import streamlit as st

from pages.convolution._network_choice import Choice, network_choice, network_defaults
from ui.kit.scenarios import reset_button

AS_WRITTEN: Final = "as written"
CHANNELS: Final = (AS_WRITTEN, "1", "3", "4")
WIDTHS: Final = ("0.25", "0.5", "0.75", "1", "1.5", "2")

DEFAULTS: Final[Mapping[str, Any]] = {**network_defaults("AlexNet"), "channels": AS_WRITTEN, "width": "1"}


class Controls(NamedTuple):
    """What the reader has set."""

    choice: Choice
    channels: int  # of the input
    width: float  # times as many channels as written

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Channels, rows and columns; no rows if the network's layers have one spatial axis."""
        return self.channels, *self.choice.input_shape[1:]

    @property
    def as_written(self) -> bool:
        """Whether the network has the channels that its code says."""
        return self.channels == self.choice.channels and self.width == 1


def controls() -> Controls:
    """Draw the controls in the sidebar and read them."""
    with st.sidebar:
        choice = network_choice(DEFAULTS)
        channels = st.segmented_control(
            "Input channels",
            CHANNELS,
            default=DEFAULTS["channels"],
            key="channels",
            bind="query-params",
            help="Colours of a pixel. With another number than the network was written for, its first layer adapts.",
        )
        width = st.select_slider(
            "Width",
            WIDTHS,
            value=DEFAULTS["width"],
            key="width",
            bind="query-params",
            help="Times as many channels and features in every layer, except for the classes: MobileNet's α.",
        )
        reset_button(DEFAULTS)
    written = channels in (None, AS_WRITTEN)
    return Controls(choice, choice.channels if written else int(str(channels)), float(width))
