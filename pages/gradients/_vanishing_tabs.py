"""The tabs of the gradients page. Each computes when it is open."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import streamlit as st
import torch

from demos.gradients.exploding import clip_factor, gaussian_products
from demos.gradients.networks import ACTIVATIONS, INITS, Architecture
from demos.gradients.training import Progress, train
from demos.gradients.vanishing_gradients import Factors, factor_table, ladder, underflow
from pages.gradients import _vanishing_tab_charts as charts
from pages.gradients._vanishing_charts import Colors
from pages.gradients._vanishing_controls import CLIPS, DEFAULTS, NETWORKS, RATES, Controls
from pages.gradients._vanishing_run import Run, factor, flow
from pages.gradients._vanishing_words import named
from ui import chart

TABLE: Final = {"depth": 30, "width": 128, "batch": 64, "seed": 0}
FORMATS: Final = {
    "float16": torch.float16,
    "bfloat16": torch.bfloat16,
    "float32": torch.float32,
    "float64": torch.float64,
}
MATRICES: Final = 60
STEPS: Final = 300
TOLD: Final = 10  # steps from one point of the training curves to the next
BATCH_SIZE: Final = 64
SEEDS: Final = 3
RUNG_STEPS: Final = 100


def colors(names: Sequence[str]) -> Colors:
    """Those of networks or formats, in the theme that the reader sees."""
    palette = chart.palette("chartCategoricalColors")
    return tuple(zip(names, (palette[place] for place in (1, 5, 4, 3)), strict=False))


def factor_map() -> None:
    """Every activation with every init; a click loads a cell into network B."""
    found = _factor_table()
    palette = chart.palette("chartCategoricalColors")
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
        key="factor map",
        alt_text="The factor a layer for every activation and initialization, measured and predicted.",
        on_select=_load,
    )
    st.caption(
        f"Measured factor a layer, geometric mean over {TABLE['depth']} layers of width {TABLE['width']}; in brackets "
        "what mean-field theory predicts. Blue vanishes, red explodes. Click a cell to load it into network B."
    )


@st.cache_data(max_entries=1, show_spinner="Measuring 54 networks")
def _factor_table() -> Factors:
    return factor_table(**TABLE)


def _load() -> None:
    clicked = st.session_state["factor map"]["selection"][charts.CELL]
    if clicked:
        st.session_state["B activation"], st.session_state["B init"] = clicked[0]["activation"], clicked[0]["init"]


def precision(controls: Controls, result: Run) -> None:
    """Both networks in four floating-point formats."""
    columns = st.columns(2, gap="medium")
    sentences = []
    for (name, architecture), column in zip(controls.architectures.items(), columns, strict=True):
        flows = {kind: flow(architecture, controls.seed, dtype).gradient for kind, dtype in FORMATS.items()}
        with column:
            st.markdown(f"**{name}** ({named(architecture)})")
            chart.show(
                charts.by_format(max(controls.depth, 2), colors=colors(list(FORMATS))),
                {
                    "formats": {
                        "format": np.repeat(list(FORMATS), controls.depth).astype(object),
                        "layer": np.tile(np.arange(1, controls.depth + 1), len(FORMATS)),
                        "gradient": np.concatenate(list(flows.values())),
                    }
                },
                key=f"formats of {name}",
                alt_text=f"Gradient norms of network {name} in float16, bfloat16, float32 and float64.",
            )
        dead = [f"{kind} from layer {_last_zero(norms)} down" for kind, norms in flows.items() if norms[0] == 0]
        each = factor(result.flow[name])
        ends = [
            f"{layers} in {kind}"
            for kind, dtype in FORMATS.items()
            if np.isfinite(each) and (layers := underflow(each, dtype)) is not None
        ]
        sentences.append(
            f"- **{name}**: exactly 0 in {', '.join(dead)}." if dead else f"- **{name}**: nowhere exactly 0."
        )
        if ends:
            sentences.append(
                f"  A product of its factor {each:.3g} alone ends at 0 or infinity after {', '.join(ends)} layers."
            )
    st.markdown("\n".join(sentences))
    st.caption("Crosses below the axis: the gradient is exactly 0 there, and nothing is learned.")


def _last_zero(norms: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> int:
    return int(np.flatnonzero(norms == 0)[-1]) + 1


def exploding(controls: Controls, result: Run) -> None:
    """Products of Gaussian matrices, and what clipping does to a gradient."""
    kinds = {kind: FORMATS[kind] for kind in ("float16", "float32", "float64")}
    norms = {
        kind: gaussian_products(width=controls.width, layers=MATRICES, seed=controls.seed, dtype=dtype)
        for kind, dtype in kinds.items()
    }
    ends = {kind: int(np.argmax(~np.isfinite(each))) + 1 for kind, each in norms.items() if not np.isfinite(each).all()}
    finite = np.concatenate([np.where(np.isfinite(each), each, np.nan) for each in norms.values()])
    chart.show(
        charts.products(MATRICES, colors=colors(list(kinds)), ink=chart.ink()),
        {
            "products": {
                "format": np.repeat(list(kinds), MATRICES).astype(object),
                "layer": np.tile(np.arange(1, MATRICES + 1), len(kinds)),
                "norm": finite,
            },
            "ends": {"layer": list(ends.values()), "label": [f"{kind} overflows" for kind in ends]},
        },
        key="products",
        alt_text="The norm of a vector after products with N(0, 1) matrices, and where each format overflows.",
    )
    growth = (norms["float64"][-1] ** (1 / MATRICES)) / controls.width**0.5
    st.markdown(
        f"Every N(0, 1) matrix of width {controls.width} stretches a vector by about √{controls.width} = "
        f"{controls.width**0.5:.3g}; measured over {MATRICES} of them: {growth * controls.width**0.5:.3g} each."
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
        lines.append(
            f"- **{name}**: the gradients of all weights have the global norm {total:.3g}; clipping multiplies each by "
            f"{times:.3g}, to {total * times:.3g}. Their ratios stay: layer 1 has {weights[0] / weights[-1]:.2g} times "
            f"the gradient of layer {controls.depth} before and after."
        )
    st.markdown("\n".join(lines))


def fixes(controls: Controls) -> None:
    """From vanishing to flowing, one change a rung."""
    architectures = ladder(depth=controls.depth, width=controls.width)
    each = {name: factor(flow(architecture, controls.seed)) for name, architecture in architectures.items()}
    loss = _ladder_losses(controls.depth, controls.width, controls.seed)
    ink = chart.ink()
    chart.show(
        charts.rungs(tuple(architectures), ink=ink, color=chart.palette("chartCategoricalColors")[1]),
        {
            "rungs": {
                "rung": list(each),
                "factor": [value if np.isfinite(value) else 1.0 for value in each.values()],
                "label": [f"× {value:.3g}, test loss {loss[name]:.3g}" for name, value in each.items()],
            }
        },
        key="rungs",
        alt_text="The factor a layer of five networks, each with one change from the one before.",
    )
    st.caption(
        "One change a rung, at the depth, width and seed of the sidebar: the factor a layer at initialization, and the "
        f"test loss after {RUNG_STEPS} steps on handwritten digits (ln 10 = 2.3 is guessing)."
    )


@st.cache_data(max_entries=32, show_spinner="Training five networks on handwritten digits")
def _ladder_losses(depth: int, width: int, seed: int) -> dict[str, float]:
    losses = {}
    for name, architecture in ladder(depth=depth, width=width).items():
        told = train(
            architecture,
            lr=DEFAULTS["lr"],
            steps=RUNG_STEPS,
            batch_size=BATCH_SIZE,
            seeds=(seed,),
            max_norm=None,
            every=RUNG_STEPS,
        )
        losses[name] = float(list(told)[-1].test_loss[0])
    return losses


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
    if st.button("Train A and B", icon=":material/play_arrow:", type="primary"):
        st.session_state["trained"] = settings, _trained(controls, lr, clip)
    trained, told = st.session_state.get("trained", (None, {}))
    if trained != settings:
        st.caption(
            f"{STEPS} steps on {BATCH_SIZE} handwritten digits each, for {SEEDS} seeds of both networks. Moving a "
            "control stops the training."
        )
        return
    _show_training(controls, told)


def _trained(controls: Controls, lr: float, clip: str) -> dict[str, list[Progress]]:
    progress = st.progress(0.0)
    told: dict[str, list[Progress]] = {}
    for place, (name, architecture) in enumerate(controls.architectures.items()):
        told[name] = []
        for each in train(
            architecture,
            lr=lr,
            steps=STEPS,
            batch_size=BATCH_SIZE,
            seeds=tuple(SEEDS * controls.seed + k for k in range(SEEDS)),
            max_norm=None if clip == CLIPS[0] else float(clip),
            every=TOLD,
        ):
            told[name].append(each)
            progress.progress(
                (place + each.step / STEPS) / len(NETWORKS), f"Training {name}, step {each.step} of {STEPS}"
            )
    progress.empty()
    return told


def _show_training(controls: Controls, told: dict[str, list[Progress]]) -> None:
    steps = [each.step for each in told["A"]]
    losses: dict[str, list[Any]] = {"network": [], "seed": [], "step": [], "loss": []}
    rows: dict[str, list[Any]] = {"network": [], "place": [], "step": [], "gradient": []}
    sentences = []
    for name, progress in told.items():
        for each in progress:
            losses["network"] += [name] * SEEDS
            losses["seed"] += range(SEEDS)
            losses["step"] += [each.step] * SEEDS
            losses["loss"] += np.where(np.isfinite(each.test_loss), each.test_loss, np.nan).tolist()
            rows["network"].append(name)
            rows["place"].append(steps.index(each.step))
            rows["step"].append(each.step)
            rows["gradient"].append(",".join(f"{norm:.3g}" for norm in each.gradient.mean(axis=1)))
        sentences.append(f"- {_outcome(name, controls.architectures[name], progress)}")
    chart.show(
        charts.training(tuple(steps), max(controls.depth, 2), colors=colors(NETWORKS), ink=chart.ink()),
        {"losses": losses, "steps": rows},
        key="training",
        alt_text="Test loss of both networks over the steps, and the gradient of every layer at one step.",
    )
    st.markdown("\n".join(sentences))
    st.caption(
        f"A line a seed. Below: the norm of the gradient of each layer's weights, mean of {SEEDS} seeds, at the time "
        "that the slider under the picture shows."
    )


def _outcome(name: str, architecture: Architecture, progress: list[Progress]) -> str:
    said, last = f"**{name}** ({named(architecture)})", progress[-1]
    died = next((each.step for each in progress if not np.isfinite(each.test_loss).all()), None)
    if died is not None:
        return f"{said}: training died: by step {died} the loss of a seed was no number any more."
    ratio = last.update_ratio.mean(axis=1)
    return (
        f"{said}: test loss {last.test_loss.mean():.3g}, {last.accuracy.mean():.0%} right (10 % is guessing). The last "
        f"step changed the weights of layer 1 by {ratio[0]:.1g} of their norm, those of layer {architecture.depth} by "
        f"{ratio[-1]:.1g}."
    )
