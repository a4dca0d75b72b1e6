"""The tabs that train: both networks, and the ladder from vanishing to flowing."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

import numpy as np
import streamlit as st

from demos.gradients.networks import Architecture
from demos.gradients.training import Progress, train
from demos.gradients.vanishing_gradients import ladder
from pages.gradients.vanishing_gradients import tab_charts as charts
from pages.gradients.vanishing_gradients.compute import MANY, flow
from pages.gradients.vanishing_gradients.controls import CLIPS, NETWORKS, Controls
from pages.gradients.vanishing_gradients.sentences import named
from pages.gradients.vanishing_gradients.tabs import colors
from ui import kit

STEPS: Final = 300
TOLD: Final = 10  # steps from one point of the training curves to the next
BATCH_SIZE: Final = 64
SEEDS: Final = 3
RUNG_STEPS: Final = 100
RUNG_RATE: Final = 0.05

Named = tuple[tuple[str, Architecture], ...]
Told = tuple[str, Progress]  # of which network


def learning(view: Controls) -> None:
    """Train A and B on the same batches of handwritten digits, with their gradients over time."""
    if _too_large(view):
        return
    seeds = tuple(SEEDS * view.seed + k for k in range(SEEDS))
    max_norm = None if view.clip == CLIPS[0] else float(view.clip)
    told = _trained(tuple(view.architectures.items()), lr=view.lr, seeds=seeds, max_norm=max_norm)
    if told is None:
        st.caption(
            f"{STEPS} steps on {BATCH_SIZE} handwritten digits each, for {SEEDS} seeds of both networks; learning rate "
            "and clipping are under *More*. Moving a control stops the training."
        )
    else:
        _show_training(view, _by_network(told))


@kit.long("Train A and B", keep=16)
def _trained(
    networks: Named, *, lr: float, seeds: tuple[int, ...], max_norm: float | None
) -> Iterator[kit.Progress[Told]]:
    return _training(networks, lr=lr, steps=STEPS, seeds=seeds, max_norm=max_norm)


@kit.long("Train all five", keep=16)
def _rungs_trained(networks: Named, *, seed: int) -> Iterator[kit.Progress[Told]]:
    return _training(networks, lr=RUNG_RATE, steps=RUNG_STEPS, seeds=(seed,), max_norm=None)


def _training(
    networks: Named, *, lr: float, steps: int, seeds: tuple[int, ...], max_norm: float | None
) -> Iterator[kit.Progress[Told]]:
    """One network after the other."""
    for place, (name, architecture) in enumerate(networks):
        for each in train(
            architecture, lr=lr, steps=steps, batch_size=BATCH_SIZE, seeds=seeds, max_norm=max_norm, every=TOLD
        ):
            share = (place + each.step / steps) / len(networks)
            yield kit.Progress(share, f"Training {name}, step {each.step} of {steps}", (name, each))


def _by_network(told: list[Told]) -> dict[str, list[Progress]]:
    return {name: [each for _, each in parts] for name, parts in groupby(told, key=lambda part: part[0])}


def _too_large(view: Controls) -> bool:
    """Say why networks are not trained, if they are not: a step holds their weights four times, for each seed."""
    weights = view.depth * view.width**2
    if weights > MANY:
        st.info(
            f"A network of {weights / 1e6:.1f} million weights is too large to be trained here, where others compute "
            f"too: {MANY / 1e6:.0f} million are the most.",
            icon=":material/weight:",
        )
    return weights > MANY


def fixes(view: Controls) -> None:
    """From vanishing to flowing, one change a rung."""
    architectures = ladder(depth=view.depth, width=view.width)
    each = {name: flow(architecture, view.seed, "float32").factor for name, architecture in architectures.items()}
    told = None if _too_large(view) else _rungs_trained(tuple(architectures.items()), seed=view.seed)
    losses = {name: float(parts[-1].test_loss[0]) for name, parts in _by_network(told or []).items()}
    kit.show(
        charts.rungs(tuple(architectures), ink=kit.ink(), color=kit.palette()[1]),
        {
            "rungs": {
                "rung": list(each),
                "factor": list(each.values()),
                "label": [
                    f"× {value:.3g}" + (f", test loss {losses[name]:.3g}" if name in losses else "")
                    for name, value in each.items()
                ],
            }
        },
        key="rungs",
        alt_text="The factor per layer of five networks, each with one change from the one before.",
    )
    st.caption(
        "One change a rung, at the depth, width and seed of the sidebar: the factor per layer at initialization. "
        f"*Train all five* gives each {RUNG_STEPS} steps on handwritten digits at learning rate {RUNG_RATE:g}, "
        "and shows the test loss: ln 10 = 2.3 is guessing. A gradient that flows is needed to learn, and is not "
        "enough at every learning rate."
    )


def _show_training(view: Controls, told: dict[str, list[Progress]]) -> None:
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
            norms = each.gradient[:, alive].mean(axis=1) if alive.any() else np.zeros(view.depth)
            rows["gradient"].append(",".join(f"{norm:.3g}" for norm in norms))
        sentences.append(f"- {_outcome(name, view.architectures[name], progress)}")
    kit.show(
        charts.training(tuple(steps), max(view.depth, 2), colors=colors(NETWORKS), ink=kit.ink()),
        {"losses": losses, "steps": rows},
        key="training",
        alt_text="Test loss of both networks over the steps, and the gradient of every layer at one step.",
    )
    st.markdown("\n".join(sentences))
    st.caption(
        "A line a seed. Below: the norm of the gradient of each layer's weights (not of its pre-activations, as in the "
        "picture above), mean over the seeds that are alive, at the time that the slider shows."
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
