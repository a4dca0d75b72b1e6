"""A layer as PyTorch writes it, read into the controls of the page."""

from typing import Any, Final

import numpy as np
import streamlit as st

from demos.convolution.kernels import KERNELS, MOST_TAPS
from demos.convolution.layers import setting
from demos.convolution.notation import parse
from ui import kit

MOST: Final = {"stride": 4, "padding": 6, "dilation": 4}  # ends of the sliders


def read_layer(text: str) -> dict[str, Any]:
    """The controls by key that the first `nn.Conv2d` of a text sets; nothing of an empty text.

    Weights are no part of the code: the kernel stays if it has this size, else a known one or a mean of it comes.

    Raises:
        ValueError: there is no such layer, or it slides as the page cannot.
    """
    if not text.strip():
        return {}
    layer = next((layer for layer in parse(text) if layer.kind == "Conv2d"), None)
    if layer is None:
        raise ValueError("There is no nn.Conv2d in it.")
    rows, columns = _pair(setting(layer, "kernel_size"))
    if max(rows, columns) > MOST_TAPS:
        raise ValueError(f"The kernel has {rows} × {columns} weights; at most {MOST_TAPS} × {MOST_TAPS} have room.")
    dilation = _one("dilation", setting(layer, "dilation"))
    padding = setting(layer, "padding")
    if padding in {"same", "valid"}:
        span = dilation * (rows - 1)
        if padding == "same" and (rows != columns or span % 2):
            raise ValueError("padding='same' puts more on one side for this kernel, which the page cannot.")
        padding = span // 2 if padding == "same" else 0
    found: dict[str, Any] = {
        "stride": _one("stride", setting(layer, "stride")), "padding": _one("padding", padding), "dilation": dilation,
    }  # fmt: skip
    for name, most in MOST.items():
        if found[name] > most:
            raise ValueError(f"{name} is {found[name]}; the page has room for {most}.")
    return {**found, "padding_mode": "zeros", "size": (rows, columns)}  # the reader of networks knows no other


def settings(text: str) -> kit.Settings:
    """What follows from the code that the reader has typed."""
    try:
        found = read_layer(text)
    except ValueError:
        return {}  # the field says why
    if not found:
        return {}
    size = found.pop("size")
    fitting = [name for name, weights in KERNELS.items() if weights.shape == size]
    if fitting and st.session_state.get("kernel_name") not in fitting:
        found["kernel_name"] = fitting[0]
    elif not fitting:
        mean = " ".join([f"1/{int(np.prod(size))}"] * size[1])
        found |= {"kernel_name": "Your own", "kernel": "\n".join([mean] * size[0])}
    return found


def said(found: kit.Settings) -> str:
    """What was understood."""
    if not found:
        return ""
    rows, columns = found["size"]
    return (
        f"Read: {rows} × {columns}, stride {found['stride']}, padding {found['padding']}, dilation {found['dilation']}."
        " Weights are no part of such code: choose them above. One channel is shown."
    )


def _pair(value: Any) -> tuple[int, int]:  # noqa: ANN401 - an int or two of them
    return (value, value) if isinstance(value, int) else (int(value[0]), int(value[1]))


def _one(name: str, value: Any) -> int:  # noqa: ANN401
    rows, columns = _pair(value)
    if rows != columns:
        raise ValueError(f"{name} is {value}: the page slides equally far along both axes.")
    return rows
