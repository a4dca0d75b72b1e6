"""The tabs of the gradients page that train nothing. Each computes when it is open."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import streamlit as st
import torch

from demos.gradients.exploding import clip_factor, gaussian_products
from demos.gradients.networks import ACTIVATIONS, INITS
from demos.gradients.vanishing_gradients import Factors, Floats, factor_table, underflow
from pages.gradients.vanishing_gradients import tab_charts as charts
from pages.gradients.vanishing_gradients.compute import Run, flow
from pages.gradients.vanishing_gradients.controls import NETWORKS, Controls
from pages.gradients.vanishing_gradients.sentences import last_layer, named, up_to
from ui import kit
from ui.kit.charts import Colors
from ui.server import slots

TABLE: Final = {"depth": 30, "width": 128, "batch": 64, "seed": 0}
FORMATS: Final = ("float16", "bfloat16", "float32", "float64")
LOSING: Final = 0.5  # a factor between it and 1 never gets to 0: the smallest number rounds back to itself
MATRICES: Final = 60


def colors(names: Sequence[str]) -> Colors:
    """Those of networks or formats, in the theme that the reader sees."""
    palette = kit.palette()
    return tuple(zip(names, (palette[place] for place in (1, 5, 4, 3)), strict=False))


def factor_map() -> None:
    """Every activation with every init; a click loads a cell into network B."""
    found = _factor_table()
    palette = kit.palette()
    kit.show(
        charts.factors(
            tuple(ACTIVATIONS), tuple(INITS), colors=(palette[1], kit.ink().paper, palette[5]), ink=kit.ink()
        ),
        {
            "factors": {
                "activation": np.repeat(list(ACTIVATIONS), len(INITS)).astype(object),
                "init": np.tile(list(INITS), len(ACTIVATIONS)).astype(object),
                "measured": found.measured.ravel(),
                "predicted": found.predicted.ravel(),
            }
        },
        key=_map_key(),
        alt_text="The factor per layer for every activation and initialization, measured and predicted.",
        on_select=_load,
    )
    st.caption(
        f"Measured factor per layer, geometric mean over {TABLE['depth']} layers of width {TABLE['width']}; in "
        "brackets what mean-field theory predicts. Click a cell to load its activation and initialization into "
        "network B, plain and at the depth and width of the sidebar."
    )


@slots.heavy(st.cache_data(max_entries=1, show_spinner="Measuring 54 networks"))
def _factor_table() -> Factors:
    return factor_table(**TABLE)


def _map_key() -> str:
    return f"factor map {st.session_state.get('loads', 0)}"


def _load() -> None:
    state = st.session_state
    clicked = state[_map_key()]["selection"][charts.CELL]
    if clicked:
        state["B activation"], state["B init"] = clicked[0]["activation"], clicked[0]["init"]
        state["B normalization"], state["B residual"] = "none", False
        # A new chart has no selection, so that the same cell can be clicked again.
        state["loads"] = state.get("loads", 0) + 1


def precision(view: Controls) -> None:
    """Both networks in four floating-point formats."""
    columns = st.columns(2, gap="medium")
    sentences = []
    for (name, architecture), column in zip(view.architectures.items(), columns, strict=True):
        flows = {kind: flow(architecture, view.seed, kind).gradient for kind in FORMATS}
        norms = np.concatenate(list(flows.values()))
        with column:
            st.markdown(f"**{name}** ({named(architecture)})")
            kit.show(
                charts.by_format(max(view.depth, 2), colors=colors(FORMATS)),
                {
                    "formats": {
                        "format": np.repeat(FORMATS, view.depth).astype(object),
                        "layer": np.tile(np.arange(1, view.depth + 1), len(FORMATS)),
                        "gradient": np.where(np.isfinite(norms), norms, np.nan),
                        "lost": np.where(norms == 0, -1, np.where(np.isfinite(norms), 0, 1)),
                    }
                },
                key=f"formats of {name}",
                alt_text=f"Gradient norms of network {name} in float16, bfloat16, float32 and float64.",
            )
        sentences.append(f"- **{name}**: {'; '.join(_survival(kind, each) for kind, each in flows.items())}.")
        sentences += _products(flow(architecture, view.seed, "float64").factor)
    st.markdown("\n".join(sentences))
    st.caption(
        "Of the gradient with respect to the pre-activations. A cross below the axis: exactly 0, and nothing is "
        "learned. A triangle above it: overflow."
    )


def _survival(kind: str, norms: Floats) -> str:
    if not np.isfinite(norms).all():
        return f"{kind} overflows on the way back to layer {last_layer(~np.isfinite(norms))}"
    if norms[0] == 0:
        return f"{kind} has exactly 0 at {up_to(last_layer(norms == 0))}"
    return f"{kind} survives"


def _products(each: float) -> list[str]:
    """After how many layers a product of this factor is lost in each format; near 1 it takes too many to count."""
    if not (0 < each <= LOSING or 1 / LOSING <= each < np.inf):
        return []
    ends = [f"{kind} after {underflow(each, getattr(torch, kind))}" for kind in FORMATS]
    lost = "underflows to 0" if each < 1 else "overflows"
    return [f"  - Multiplying by its factor {each:.3g} again and again {lost} in {', in '.join(ends)} layers."]


def exploding(view: Controls, result: Run) -> None:
    """Products of Gaussian matrices, and what clipping does to a gradient."""
    kinds = ("float16", "float32", "float64")
    norms = {
        kind: gaussian_products(width=view.width, layers=MATRICES, seed=view.seed, dtype=getattr(torch, kind))
        for kind in kinds
    }
    ends = {kind: int(np.argmax(~np.isfinite(each))) + 1 for kind, each in norms.items() if not np.isfinite(each).all()}
    finite = np.concatenate([np.where(np.isfinite(each), each, np.nan) for each in norms.values()])
    kit.show(
        charts.products(MATRICES, colors=colors(kinds), ink=kit.ink()),
        {
            "products": {
                "format": np.repeat(kinds, MATRICES).astype(object),
                "layer": np.tile(np.arange(1, MATRICES + 1), len(kinds)),
                "norm": finite,
            },
            "ends": {"layer": list(ends.values()), "label": [f"{kind} overflows" for kind in ends]},
        },
        key="products",
        alt_text="The norm of a vector after products with N(0, 1) matrices, and where each format overflows.",
    )
    growth = norms["float64"][-1] ** (1 / MATRICES)
    st.markdown(
        f"Every N(0, 1) matrix of width {view.width} stretches a vector by about √{view.width} = "
        f"{view.width**0.5:.3g}; measured over {MATRICES} of them: {growth:.3g} each."
        + "".join(f" {kind} overflows at matrix {layer}." for kind, layer in ends.items())
    )
    lines = []
    for name in NETWORKS:
        weights = result.flow[name].weight_gradient
        if not np.isfinite(weights).all():
            lines.append(f"- **{name}**: the gradient has overflowed; there is nothing left to clip.")
            continue
        total, times = float(np.sqrt((weights**2).sum())), clip_factor(weights, max_norm=float(view.max_norm))
        norm = f"- **{name}**: the gradients of all weights together have the norm {total:.3g}"
        if times == 1:
            lines.append(f"{norm}, below the limit: clipping leaves them as they are.")
            continue
        lines.append(
            f"{norm}; clipping multiplies each by {times:.3g}, to {total * times:.3g}. Their ratios stay: what is "
            "small beside the others remains so."
        )
    st.markdown("\n".join(lines))
