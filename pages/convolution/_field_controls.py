"""The controls of the receptive-field page: a network, a place in its input, a layer and an image."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import streamlit as st

from pages.convolution._field_photos import PHOTOS, Photo, photo_choice
from pages.convolution._network_choice import Choice, network_choice, network_defaults
from ui.kit.scenarios import reset_button

MOST_LAYERS: Final = 100  # that can be chosen
KERNELS: Final = (3, 5, 7)
DEPTHS: Final = (2, 8)  # of the stack that is trained

DEFAULTS: Final[Mapping[str, Any]] = {
    **network_defaults("VGG-16"),
    "row": 50.0,
    "column": 50.0,
    "layer": 13,
    "photo": next(iter(PHOTOS)),
    "kernel_size": 3,
    "channels": 64,
    "depth": 6,
}


class Controls(NamedTuple):
    """What the reader has set."""

    choice: Choice
    row: float  # of the place in the input, in cells from its upper edge
    column: float  # from its left edge
    layer: int  # among those shown, from 1
    photo: Photo


def controls() -> Controls:
    """Draw the controls in the sidebar and read them."""
    with st.sidebar:
        choice = network_choice(DEFAULTS)
        layer = st.slider(
            "Layer",
            1,
            MOST_LAYERS,
            DEFAULTS["layer"],
            key="layer",
            bind="query-params",
            help="What sentences and tabs look at, and where the slider above the picture starts; at most the last.",
        )
        row, column = (
            st.slider(
                name.capitalize(),
                0.0,
                100.0,
                DEFAULTS[name],
                step=0.5,
                format="%g %%",
                key=name,
                bind="query-params",
                help=f"The {name} of the input that units look at, in percent. A click on the picture sets it too.",
            )
            for name in ("row", "column")
        )
        photo = photo_choice(DEFAULTS["photo"])
        reset_button(DEFAULTS)
    return Controls(choice, row / 100 * choice.size, column / 100 * choice.size, layer, photo)
