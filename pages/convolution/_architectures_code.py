"""The network of the architectures page back as PyTorch code."""

from collections.abc import Sequence

import streamlit as st

from demos.convolution.layers import Layer
from demos.convolution.modules import definitions
from demos.convolution.network import resolved, write
from pages.convolution._architectures_controls import Controls
from pages.convolution._architectures_run import Run
from pages.convolution._architectures_units import shape


def code(controls: Controls, result: Run) -> None:
    """The code, to read and to download."""
    layers = result.layers if result.error else resolved(result.layers, result.known)
    written = module_text(layers)
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
    st.code(written, language="python")
    st.caption(
        f"With the sidebar's input channels and width, for inputs of {shape(controls.input_shape)}. Lazy layers have "
        "become definite."
    )


def module_text(layers: Sequence[Layer]) -> str:
    """A Python module that has the layers as `network`."""
    return f"{definitions(layers)}\n\nnetwork = {write(layers)}\n"
