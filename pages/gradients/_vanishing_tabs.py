"""The tabs of the gradients page. Each computes when it is open."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import streamlit as st
import torch

from demos.gradients.exploding import clip_factor, gaussian_products
from demos.gradients.networks import ACTIVATIONS, INITS, Architecture
from demos.gradients.training import Progress, train
from demos.gradients.vanishing_gradients import Factors, Floats, factor_table, ladder, underflow
from pages.gradients import _vanishing_tab_charts as charts
from pages.gradients._vanishing_controls import CLIPS, DEFAULTS, NETWORKS, RATES, Controls
from pages.gradients._vanishing_run import MANY, Run, flow
from pages.gradients._vanishing_words import last_layer, named, up_to
from ui.kit import charts as chart
from ui.server import slots

TABLE: Final = {"depth": 30, "width": 128, "batch": 64, "seed": 0}
FORMATS: Final = ("float16", "bfloat16", "float32", "float64")
LOSING: Final = 0.5  # a factor between it and 1 never gets to 0: the smallest number rounds back to itself
MATRICES: Final = 60
STEPS: Final = 300
TOLD: Final = 10  # steps from one point of the training curves to the next
BATCH_SIZE: Final = 64
SEEDS: Final = 3
RUNG_STEPS: Final = 100


def colors(names: Sequence[str]) -> chart.Colors:
    """Those of networks or formats, in the theme that the reader sees."""
    palette = chart.palette()
    return tuple(zip(names, (palette[place] for place in (1, 5, 4, 3)), strict=False))


def factor_map() -> None:
    """Every activation with every init; a click loads a cell into network B."""
    found = _factor_table()
    palette = chart.palette()
    chart.show(
        charts.factors(
            tuple(ACTIVATIONS), tuple(INITS), colors=(palette[1], chart.ink().paper, palette[5]), ink=chart.ink()
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


def precision(controls: Controls) -> None:
    """Both networks in four floating-point formats."""
    columns = st.columns(2, gap="medium")
    sentences = []
    for (name, architecture), column in zip(controls.architectures.items(), columns, strict=True):
        flows = {kind: flow(architecture, controls.seed, kind).gradient for kind in FORMATS}
        norms = np.concatenate(list(flows.values()))
        with column:
            st.markdown(f"**{name}** ({named(architecture)})")
            chart.show(
                charts.by_format(max(controls.depth, 2), colors=colors(FORMATS)),
                {
                    "formats": {
                        "format": np.repeat(FORMATS, controls.depth).astype(object),
                        "layer": np.tile(np.arange(1, controls.depth + 1), len(FORMATS)),
                        "gradient": np.where(np.isfinite(norms), norms, np.nan),
                        "lost": np.where(norms == 0, -1, np.where(np.isfinite(norms), 0, 1)),
                    },
                },
                key=f"formats of {name}",
                alt_text=f"Gradient norms of network {name} in float16, bfloat16, float32 and float64.",
            )
        sentences.append(f"- **{name}**: {'; '.join(_survival(kind, each) for kind, each in flows.items())}.")
        sentences += _products(flow(architecture, controls.seed, "float64").factor)
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


def exploding(controls: Controls, result: Run) -> None:
    """Products of Gaussian matrices, and what clipping does to a gradient."""
    kinds = ("float16", "float32", "float64")
    norms = {
        kind: gaussian_products(width=controls.width, layers=MATRICES, seed=controls.seed, dtype=getattr(torch, kind))
        for kind in kinds
    }
    ends = {kind: int(np.argmax(~np.isfinite(each))) + 1 for kind, each in norms.items() if not np.isfinite(each).all()}
    finite = np.concatenate([np.where(np.isfinite(each), each, np.nan) for each in norms.values()])
    chart.show(
        charts.products(MATRICES, colors=colors(kinds), ink=chart.ink()),
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
        f"Every N(0, 1) matrix of width {controls.width} stretches a vector by about √{controls.width} = "
        f"{controls.width**0.5:.3g}; measured over {MATRICES} of them: {growth:.3g} each."
        + "".join(f" {kind} overflows at matrix {layer}." for kind, layer in ends.items())
    )
    max_norm = st.select_slider(
        "Clip the gradient to a global norm of",
        CLIPS[1:],
        value=DEFAULTS["max_norm"],
        key="max_norm",
        bind="query-params",
        help="All gradients are multiplied by the same number, so that together they are no longer than this.",
    )
    lines = []
    for name in NETWORKS:
        weights = result.flow[name].weight_gradient
        if not np.isfinite(weights).all():
            lines.append(f"- **{name}**: the gradient has overflowed; there is nothing left to clip.")
            continue
        total, times = float(np.sqrt((weights**2).sum())), clip_factor(weights, max_norm=float(max_norm))
        norm = f"- **{name}**: the gradients of all weights together have the norm {total:.3g}"
        if times == 1:
            lines.append(f"{norm}, below the limit: clipping leaves them as they are.")
            continue
        lines.append(
            f"{norm}; clipping multiplies each by {times:.3g}, to {total * times:.3g}. Their ratios stay: what is "
            "small beside the others remains so."
        )
    st.markdown("\n".join(lines))


def fixes(controls: Controls) -> None:
    """From vanishing to flowing, one change a rung."""
    architectures = ladder(depth=controls.depth, width=controls.width)
    each = {name: flow(architecture, controls.seed, "float32").factor for name, architecture in architectures.items()}
    settings = controls.depth, controls.width, controls.seed
    too_large = _too_large(controls)
    if st.button("Train all five", icon=":material/play_arrow:", disabled=bool(too_large), help=too_large):
        with slots.slot():
            told = _trained(architectures, lr=DEFAULTS["lr"], steps=RUNG_STEPS, seeds=(controls.seed,), max_norm=None)
        st.session_state["ladder"] = settings, {name: float(each[-1].test_loss[0]) for name, each in told.items()}
    trained, losses = st.session_state.get("ladder", (None, {}))
    shown = losses if trained == settings else {}
    chart.show(
        charts.rungs(tuple(architectures), ink=chart.ink(), color=chart.palette()[1]),
        {
            "rungs": {
                "rung": list(each),
                "factor": list(each.values()),
                "label": [
                    f"× {value:.3g}" + (f", test loss {shown[name]:.3g}" if name in shown else "")
                    for name, value in each.items()
                ],
            }
        },
        key="rungs",
        alt_text="The factor per layer of five networks, each with one change from the one before.",
    )
    st.caption(
        "One change a rung, at the depth, width and seed of the sidebar: the factor per layer at initialization. "
        f"*Train all five* gives each {RUNG_STEPS} steps on handwritten digits at learning rate {DEFAULTS['lr']:g}, "
        "and shows the test loss: ln 10 = 2.3 is guessing. A gradient that flows is needed to learn, and is not "
        "enough at every learning rate."
    )


def learning(controls: Controls) -> None:
    """Train A and B on the same batches of handwritten digits, with their gradients over time."""
    left, right = st.columns(2)
    lr = left.select_slider(
        "Learning rate",
        RATES,
        value=DEFAULTS["lr"],
        key="lr",
        bind="query-params",
        help="Of plain stochastic gradient descent.",
    )
    clip = right.select_slider(
        "Clip the global norm",
        CLIPS,
        value=DEFAULTS["clip"],
        key="clip",
        bind="query-params",
        help="Of the gradient of each network, before each step.",
    )
    settings = (tuple(controls.architectures.items()), lr, clip, controls.seed)
    too_large = _too_large(controls)
    if st.button(
        "Train A and B", icon=":material/play_arrow:", type="primary", disabled=bool(too_large), help=too_large
    ):
        seeds = tuple(SEEDS * controls.seed + k for k in range(SEEDS))
        max_norm = None if clip == CLIPS[0] else float(clip)
        with slots.slot():
            told = _trained(controls.architectures, lr=lr, steps=STEPS, seeds=seeds, max_norm=max_norm)
        st.session_state["trained"] = settings, told
    trained, told = st.session_state.get("trained", (None, {}))
    if trained != settings:
        if too_large:
            st.info(too_large, icon=":material/weight:")
        st.caption(
            f"{STEPS} steps on {BATCH_SIZE} handwritten digits each, for {SEEDS} seeds of both networks. Moving a "
            "control stops the training."
        )
        return
    _show_training(controls, told)


def _too_large(controls: Controls) -> str | None:
    """Why networks are not trained, if they are not: a step holds their weights four times, for each seed."""
    weights = controls.depth * controls.width**2
    if weights <= MANY:
        return None
    return (
        f"A network of {weights / 1e6:.1f} million weights is too large to be trained here, where others compute too: "
        f"{MANY / 1e6:.0f} million are the most."
    )


def _trained(
    architectures: Mapping[str, Architecture], *, lr: float, steps: int, seeds: tuple[int, ...], max_norm: float | None
) -> dict[str, list[Progress]]:
    """Train one network after the other, under a progress bar."""
    progress = st.progress(0.0)
    told: dict[str, list[Progress]] = {}
    for place, (name, architecture) in enumerate(architectures.items()):
        told[name] = []
        for each in train(
            architecture, lr=lr, steps=steps, batch_size=BATCH_SIZE, seeds=seeds, max_norm=max_norm, every=TOLD
        ):
            told[name].append(each)
            progress.progress(
                (place + each.step / steps) / len(architectures), f"Training {name}, step {each.step} of {steps}"
            )
    progress.empty()
    return told


def _show_training(controls: Controls, told: dict[str, list[Progress]]) -> None:
    steps = [each.step for each in told["A"]]
    losses: dict[str, list[Any]] = {"network": [], "seed": [], "step": [], "loss": []}
    rows: dict[str, list[Any]] = {"network": [], "place": [], "step": [], "gradient": []}
    sentences = []
    for name, progress in told.items():
        for place, each in enumerate(progress):
            losses["network"] += [name] * SEEDS
            losses["seed"] += range(SEEDS)
            losses["step"] += [each.step] * SEEDS
            losses["loss"] += np.where(np.isfinite(each.test_loss), each.test_loss, np.nan).tolist()
            rows["network"].append(name)
            rows["place"].append(place)
            rows["step"].append(each.step)
            alive = np.isfinite(each.gradient).all(axis=0)
            norms = each.gradient[:, alive].mean(axis=1) if alive.any() else np.zeros(controls.depth)
            rows["gradient"].append(",".join(f"{norm:.3g}" for norm in norms))
        sentences.append(f"- {_outcome(name, controls.architectures[name], progress)}")
    chart.show(
        charts.training(tuple(steps), max(controls.depth, 2), colors=colors(NETWORKS), ink=chart.ink()),
        {"losses": losses, "steps": rows},
        key="training",
        alt_text="Test loss of both networks over the steps, and the gradient of every layer at one step.",
    )
    st.markdown("\n".join(sentences))
    st.caption(
        "A line a seed. Below: the norm of the gradient of each layer's weights (not of its pre-activations, as in the "
        "picture on top), mean over the seeds that are alive, at the time that the slider shows."
    )


def _outcome(name: str, architecture: Architecture, progress: list[Progress]) -> str:
    said, last = f"**{name}** ({named(architecture)})", progress[-1]
    died = next((each.step for each in progress if not np.isfinite(each.test_loss).all()), None)
    if died is not None:
        dead = int((~np.isfinite(last.test_loss)).sum())
        return (
            f"{said}: training died. By step {died} a loss was no number any more; in the end {dead} of {SEEDS} were."
        )
    ratio = last.update_ratio.mean(axis=1)
    return (
        f"{said}: test loss {last.test_loss.mean():.3g}, {last.accuracy.mean():.0%} right (10 % is guessing). The last "
        f"update was {ratio[0]:.1g} of the weights in layer 1, and {ratio[-1]:.1g} in layer {architecture.depth}; "
        "below about 1e-7 float32 rounds it away."
    )
