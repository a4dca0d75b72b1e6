"""Layers as PyTorch code."""

from collections.abc import Sequence
from typing import Final

from demos.convolution.layers import BLOCKS, RESIDUAL, Layer

INDENT: Final = "    "
UNNAMED: Final = {"in_channels", "out_channels", "in_features", "out_features", "num_features", "output_size", "p"}


def write(layers: Sequence[Layer]) -> str:
    """The PyTorch code of layers, which `parse` reads back."""
    return f"nn.Sequential(\n{_lines(layers, INDENT)})"


def spelled(layer: Layer) -> str:
    """One layer as code in one line, such as `Conv2d(3, 64, kernel_size=3)`: torch's first numbers without names."""
    if layer.kind in BLOCKS:
        return f"{layer.kind}(…)"
    arguments = [repr(value) if name in UNNAMED else f"{name}={value!r}" for name, value in layer.arguments]
    return f"{layer.kind}({', '.join(arguments)})"


def _lines(layers: Sequence[Layer], indent: str) -> str:
    return "".join(f"{indent}{_written(layer, indent)},\n" for layer in layers)


def _written(layer: Layer, indent: str) -> str:
    inner = indent + INDENT
    if layer.kind == RESIDUAL:
        body, shortcut = layer.ways
        last = f"{inner}shortcut={_sequential(shortcut, inner)},\n" if shortcut else ""
        return f"{RESIDUAL}(\n{_lines(body, inner)}{last}{indent})"
    if layer.kind in BLOCKS:
        return f"{layer.kind}(\n{''.join(f'{inner}{_sequential(way, inner)},{chr(10)}' for way in layer.ways)}{indent})"
    return f"nn.{spelled(layer)}"


def _sequential(layers: Sequence[Layer], indent: str) -> str:
    return f"nn.Sequential(\n{_lines(layers, indent + INDENT)}{indent})" if layers else "nn.Sequential()"
