"""One view of the cross-correlation page as numbers: what slides out, and the tables of the picture."""

from typing import Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from demos.convolution.cross_correlation import Learned, cross_correlate, learn_kernel, reads
from pages.convolution.cross_correlation.controls import Controls, Floats
from ui import kit

EMPTY: Final = np.zeros((0, 0))
NOTHING: Final[kit.Columns] = {"step": []}
NO_KERNEL: Final[kit.Columns] = {"i": [], "j": [], "weight": []}


class Run(NamedTuple):
    """What the kernel makes of the picture, or why it cannot slide over it."""

    padded: Floats  # (rows, columns) with padding; the bare picture if the kernel cannot slide
    output: Floats  # (rows, columns)
    reads: NDArray[np.int64]  # (rows, columns) of `padded`, how many windows read each cell
    refusal: str = ""


def run(view: Controls) -> Run:
    """Slide the kernel over the grey picture."""
    try:
        slid = cross_correlate(view.x[None], view.weight[None, None], groups=1, **view.sliding)
    except ValueError as refusal:
        return Run(view.x, EMPTY, np.ones(view.x.shape, dtype=np.int64), str(refusal))
    padded = slid.padded[0]
    rows, columns = padded.shape
    counts = reads(shape=(rows, columns), kernel_size=view.size, stride=view.stride, dilation=view.dilation)
    return Run(padded, slid.output[0], counts)


def inner(view: Controls, result: Run) -> NDArray[np.int64]:
    """How many windows read each cell of the picture itself, in its own place."""
    if result.refusal:
        return result.reads
    rows, columns = view.x.shape
    return result.reads[view.padding : view.padding + rows, view.padding : view.padding + columns]


def learned(view: Controls) -> tuple[Floats, Learned]:
    """What is to be made of the picture with stride 1 and without padding, and the way of gradient descent there.

    Raises:
        ValueError: the kernel is larger than the picture.
    """
    plain = {**view.sliding, "stride": 1, "padding": 0, "dilation": 1}
    target = cross_correlate(view.x[None], view.weight[None, None], groups=1, **plain).output[0]
    way = learn_kernel(
        view.x, target, kernel_size=view.size, lr=view.lr, steps=view.steps, bias=view.bias, start=view.start
    )
    return target, way


def frame(view: Controls, result: Run, *, hidden: bool) -> kit.Columns:
    """What the whole picture depends on, in one row."""
    rows, columns = result.padded.shape
    height, width = (0, 0) if hidden else result.output.shape
    padding = 0 if result.refusal else view.padding
    largest = float(np.abs(result.padded).max())
    around = f", padding {padding}" if padding else ""
    row: dict[str, str | float] = {
        "rows": rows,
        "columns": columns,
        "padding": padding,
        "height": height,
        "width": width,
        "windows": max(1, height * width),
        "stride": view.stride,
        "dilation": view.dilation,
        "tall": view.size[0],
        "wide": view.size[1],
        "input_reach": largest or 1.0,
        "product_reach": largest * float(np.abs(view.weight).max()) or 1.0,
        "output_reach": float(np.abs(result.output).max(initial=0)) or 1.0,
        "input_title": f"Input {view.x.shape[0]} × {view.x.shape[1]}{around}",
        "product_title": "" if hidden else "Products, turned" if view.flip else "Products",
        "output_title": "" if hidden else f"Output {height} × {width}",
    }
    return {name: [value] for name, value in row.items()}  # type: ignore[misc]  # of one kind each


def cells(view: Controls, result: Run, *, hidden: bool) -> kit.Columns:
    """The padded input, a row a cell."""
    rows, columns = result.padded.shape
    row, column = np.indices((rows, columns), dtype=np.int16).reshape(2, -1)
    padding = 0 if result.refusal else view.padding
    inside = (np.abs(2 * row - rows + 1) < rows - 2 * padding) & (
        np.abs(2 * column - columns + 1) < columns - 2 * padding
    )
    return {
        "row": row,
        "column": column,
        "value": result.padded.ravel().astype(np.float32),
        "inside": inside.astype(np.int8),
        "reads": np.full(row.shape, 1, np.int16) if hidden else result.reads.ravel().astype(np.int16),
    }


def taps(view: Controls) -> kit.Columns:
    """The kernel as it lies over the picture, a row a weight."""
    i, j = np.indices(view.size, dtype=np.int16).reshape(2, -1)
    return {"i": i, "j": j, "weight": view.turned.ravel()}


def outputs(result: Run) -> kit.Columns:
    """The output in the order in which it is computed, a row a step."""
    return {"step": np.arange(result.output.size, dtype=np.int16), "value": result.output.ravel().astype(np.float32)}


def table(view: Controls, result: Run) -> pd.DataFrame:
    """Every cell of the picture, what it holds and how many windows read it; and every cell of the output."""
    parts = []
    for name, values in (("input", view.x), ("output", result.output), ("reads", inner(view, result))):
        row, column = np.indices(values.shape).reshape(2, -1)
        parts.append(pd.DataFrame({"what": name, "row": row, "column": column, "value": values.ravel()}))
    return pd.concat(parts, ignore_index=True)
