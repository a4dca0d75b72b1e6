"""The tabs of the cross-correlation page: learning, the matrix, channels and pooling. Each computes when it is open."""

from typing import Final

import numpy as np
import streamlit as st

from demos.convolution.cross_correlation import Tolerance, cross_correlate, matrix, squared_error, tolerance
from demos.convolution.pictures import all_digits
from pages.convolution.cross_correlation import tab_charts as charts
from pages.convolution.cross_correlation.compute import learned
from pages.convolution.cross_correlation.controls import FLOWER, Controls, Floats, built_in
from pages.convolution.cross_correlation.sentences import learning
from ui import kit
from ui.kit import raster
from ui.kit.plain import literal

AROUND: Final = 2.0  # weights on each side of those that are looked for
PIXELS: Final = 160
SHADES: Final = 15
SHARP: Final = 480  # pixels that an image should have, so that browsers do not blur it
POOLINGS: Final = {
    "none": ("max", 1), "max 2 × 2": ("max", 2), "max 4 × 4": ("max", 4),
    "average 2 × 2": ("average", 2), "average 4 × 4": ("average", 4),
}  # fmt: skip


def learn(view: Controls) -> None:
    """Gradient descent towards the kernel that made the output."""
    try:
        target, way = learned(view)
    except ValueError as refusal:
        st.info(literal(f"Nothing can be learned here: {refusal}."), icon=":material/straighten:")
        return
    left, right = st.columns(2, gap="medium")
    steps, shown = np.arange(view.steps + 1), way.loss <= charts.LOSSES[1]
    with left:
        kit.show(
            charts.losses(color=kit.palette()[1]),
            {
                "losses": {"step": steps[shown], "loss": way.loss[shown], "steps": np.full(shown.sum(), view.steps)},
                "gone": {"step": steps[~shown][:1], "loss": way.loss[~shown][:1]},
            },
            key="losses",
            alt_text="The sum of squared errors at every step of gradient descent.",
        )
    with right:
        if view.weight.size == 2:
            _way(view, target, way.weight.reshape(-1, 2))
        st.markdown(_written("wanted", view.turned))
        st.markdown(_written("found", way.weight[-1]))
    told = [*learning(view, way), "Stride and padding do not count here: the target has stride 1 and no padding."]
    st.markdown("\n".join(f"- {sentence}" for sentence in told))


def _way(view: Controls, target: Floats, weights: Floats) -> None:
    goal = view.turned.ravel()
    domain = tuple((float(each) - AROUND, float(each) + AROUND) for each in goal)
    lattice = np.stack(np.meshgrid(*(np.linspace(*side, PIXELS) for side in domain)), axis=-1)
    loss = squared_error(view.x, target, lattice.reshape(PIXELS, PIXELS, *view.size))
    near = np.abs(weights - goal).max(axis=1) < 50 * AROUND
    kit.show(
        charts.way((domain[0], domain[1]), color=kit.palette()[5]),
        {
            "field": raster.row(raster.contours(loss), (domain[0], domain[1])),
            "way": {"step": np.flatnonzero(near), "x": weights[near, 0], "y": weights[near, 1]},
            "goal": {"x": goal[:1], "y": goal[1:]},
        },
        key="way",
        alt_text="The way of the two weights over the loss, whose contours are ellipses around the kernel looked for.",
    )


def _written(name: str, kernel: Floats) -> str:
    rows = r" \\ ".join(
        " & ".join(f"{weight:.3g}" if np.isfinite(weight) else r"\text{–}" for weight in row) for row in kernel
    )
    return f"$$\n\\text{{{name}}} \\begin{{bmatrix}} {rows} \\end{{bmatrix}}\n$$"


def as_matrix(view: Controls) -> None:
    """The same as a dense layer: a row for each window, mostly zeros."""
    rows, columns = view.x.shape
    sliding = {name: value for name, value in view.sliding.items() if name != "padding_mode"}
    dense = matrix(view.weight, shape=(rows, columns), **sliding)
    palette, ink = kit.palette(), kit.ink()
    shade = dense / (np.abs(dense).max() or 1.0)
    row, place = np.nonzero(dense)
    scale = max(1, SHARP // max(dense.shape))
    kit.show(
        charts.dense(colors=(palette[5], palette[1]), ink=ink),
        {
            "view": {
                "rows": [dense.shape[0]], "columns": [dense.shape[1]], "tall": [rows], "wide": [columns],
                "url": [shades_of(shade, scale=scale)],
            },
            "weights": {"row": row.astype(np.int16), "place": place.astype(np.int16), "shade": shade[row, place]},
        },
        key="matrix",
        alt_text="The matrix of the convolution, and the weights of one row at their places in the picture.",
    )  # fmt: skip
    taps = view.weight.size
    st.markdown(
        f"- A row for each of the {dense.shape[0]:,} windows, a column for each of the {dense.shape[1]:,} cells. A "
        f"dense layer learns all **{dense.size:,}** weights; the convolution has **{taps}**, the same in every row, "
        f"and {row.size:,} entries are not 0.\n"
        "- On a picture of 224 × 224, a 3 × 3 kernel without padding does with 9 weights what takes a dense layer "
        "2,472,873,984.\n"
        "- Its transpose is a transposed convolution, `nn.ConvTranspose2d`: gradients flow back through it."
    )
    if view.padding and view.padding_mode != "zeros":
        st.caption("The matrix is that of padding with zeros.")


def channels_and_pooling(view: Controls) -> None:
    """What becomes of several channels, and what pooling tolerates."""
    source = view.channels if len(view.channels) == 3 else built_in(FLOWER, view.side)
    try:
        _channels(view, source)
    except ValueError as refusal:
        st.info(literal(f"The kernel cannot slide over the flower: {refusal}."), icon=":material/straighten:")
    found = tolerances(view.shift)
    labels = [f"{each.unchanged:.1%}; changed by {each.change:.2f} of its length" for each in found.values()]
    kit.show(
        charts.kept(tuple(found), color=kit.palette()[1], ink=kit.ink()),
        {"kept": {"pooling": list(found), "share": [each.unchanged for each in found.values()], "label": labels}},
        key="kept",
        alt_text="The share of units that keep their value when digits move, without pooling and with five poolings.",
    )
    columns = "column" if view.shift == 1 else "columns"
    st.markdown(
        f"All 1,797 handwritten digits move by **{view.shift} {columns}**: of the units that see ink before or after, "
        f"{found['none'].unchanged:.1%} keep their value without pooling and "
        f"**{found['max 2 × 2'].unchanged:.1%}** with 2 × 2 maxima. Of the length of the whole output, means of 2 × 2 "
        f"change {found['average 2 × 2'].change:.2f}, maxima {found['max 2 × 2'].change:.2f}, and no pooling "
        f"{found['none'].change:.2f}."
    )


def _channels(view: Controls, source: Floats) -> None:
    each = cross_correlate(source, np.repeat(view.weight[None, None], 3, axis=0), groups=3, **view.sliding).output
    planes = dict(zip(("red", "green", "blue", "their sum"), [*each, each.sum(axis=0)], strict=True))
    images = [
        shades_of(plane / (np.abs(plane).max() or 1.0), scale=max(1, SHARP // max(plane.shape)))
        for plane in planes.values()
    ]
    kit.show(
        charts.side_by_side(len(planes), ink=kit.ink()),
        {"images": {"place": list(range(len(planes))), "name": list(planes), "url": images}},
        key="channels",
        alt_text="What the kernel makes of red, green and blue, and the sum of the three.",
    )
    taps = view.weight.size
    st.markdown(
        f"A filter has a kernel for each channel, {3 * taps} weights here, and **adds up** what they make: one output, "
        "the last picture. With `groups=3` the three stay apart (depthwise). A 1 × 1 kernel mixes channels and nothing "
        "else: a photo's grey is one, with the weights 0.299, 0.587 and 0.114."
    )


def tolerances(shift: int) -> dict[str, Tolerance]:
    """What poolings tolerate of all digits, by name."""
    return {name: tolerated(name, shift) for name in POOLINGS}


@st.cache_data(max_entries=32, show_spinner=False)
def tolerated(pooling: str, shift: int) -> Tolerance:
    """What one pooling tolerates of all digits."""
    kind, side = POOLINGS[pooling]
    return tolerance(_digits(), kind=kind, kernel_size=side, stride=side, shift=shift)


@st.cache_resource(max_entries=1, show_spinner=False)
def _digits() -> Floats:
    return all_digits()


def shades_of(shade: Floats, *, scale: int) -> str:
    """Numbers from -1 to 1 as an image in the colours of the picture, transparent where there are none."""
    palette, ink = kit.palette(), kit.ink()
    below, above = (
        raster.blend([palette[5], ink.paper], SHADES + 1),
        raster.blend([ink.paper, palette[1]], SHADES + 1),
    )
    colors = [*below, *above[1:]]
    level = np.where(np.isnan(shade), len(colors), np.round(SHADES * np.nan_to_num(shade)) + SHADES)
    return raster.data_url(np.flipud(level.astype(int)), colors, scale=scale)
