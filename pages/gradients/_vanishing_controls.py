"""The controls of the gradients page: two networks, what they share and in what they differ."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import streamlit as st

from demos.gradients.networks import ACTIVATIONS, INITS, MAX_DEPTH, NORMALIZATIONS, Architecture
from ui.kit.scenarios import reset_button

NETWORKS: Final = ("A", "B")
WIDTHS: Final = (8, 16, 32, 64, 128, 256, 512)
RATES: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
CLIPS: Final = ("off", "0.1", "1", "10")  # global norms
BATCH: Final = 64

DEFAULTS: Final[Mapping[str, Any]] = {
    "depth": 16,
    "width": 64,
    "seed": 0,
    "lr": 0.05,
    "clip": "off",
    "max_norm": "1",
    **{
        f"{network} {key}": value
        for network, activation in zip(NETWORKS, ("sigmoid", "ReLU"), strict=True)
        for key, value in {
            "activation": activation,
            "init": "PyTorch default",
            "normalization": "none",
            "residual": False,
        }.items()
    },
}


class Controls(NamedTuple):
    """What the reader has set."""

    depth: int
    width: int
    seed: int
    architectures: Mapping[str, Architecture]  # by NETWORKS


def controls() -> Controls:
    """Draw the controls in the sidebar and read them."""
    with st.sidebar:
        depth = st.slider(
            "Depth",
            1,
            MAX_DEPTH,
            DEFAULTS["depth"],
            key="depth",
            bind="query-params",
            help="Layers of both networks.",
        )
        width = st.select_slider(
            "Width",
            WIDTHS,
            value=DEFAULTS["width"],
            key="width",
            bind="query-params",
            help="Units of each layer.",
        )
        architectures = {}
        for network in NETWORKS:
            with st.expander(f"Network {network}", icon=":material/layers:", expanded=True):
                architectures[network] = Architecture(depth, width, **_network(network))
        seed = st.slider(
            "Seed",
            0,
            99,
            DEFAULTS["seed"],
            key="seed",
            bind="query-params",
            help="Of weights, inputs and batches; both networks get the same.",
        )
        reset_button(DEFAULTS)
    return Controls(depth, width, seed, architectures)


def _network(name: str) -> dict[str, Any]:
    activation = st.selectbox(
        "Activation",
        list(ACTIVATIONS),
        index=list(ACTIVATIONS).index(DEFAULTS[f"{name} activation"]),
        key=f"{name} activation",
        bind="query-params",
        help="What each layer applies to its pre-activations.",
    )
    init = st.selectbox(
        "Initialization",
        list(INITS),
        index=list(INITS).index(DEFAULTS[f"{name} init"]),
        key=f"{name} init",
        bind="query-params",
        help="How the weights are drawn. Kaiming is He's init; N(0, 0.1) has standard deviation 0.1.",
    )
    normalization = st.segmented_control(
        "Normalization",
        list(NORMALIZATIONS),
        default=DEFAULTS[f"{name} normalization"],
        key=f"{name} normalization",
        bind="query-params",
        help="Of the pre-activations: each unit over the batch, or each example over the layer.",
    )
    residual = st.toggle(
        "Residual connections",
        DEFAULTS[f"{name} residual"],
        key=f"{name} residual",
        bind="query-params",
        help="Each layer adds to its input instead of replacing it.",
    )
    return {
        "activation": activation,
        "init": init,
        "normalization": normalization or DEFAULTS[f"{name} normalization"],
        "residual": residual,
    }
