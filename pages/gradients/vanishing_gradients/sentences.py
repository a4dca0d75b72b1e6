"""The conclusions of the gradients page: sentences made from the numbers, so that they cannot go stale."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from demos.gradients.networks import Architecture
from demos.gradients.vanishing_gradients import GradientFlow
from pages.gradients.vanishing_gradients.compute import Run
from pages.gradients.vanishing_gradients.controls import Controls

# At the first layer, in gradients of the last: in between it neither vanishes nor explodes.
STEADY: Final = (0.1, 10.0)
TROUBLED: Final = 0.5  # of the units of a layer, dead


def conclusions(view: Controls, result: Run) -> list[str]:
    """What happens in each network."""
    return [_fate(name, view.architectures[name], result) for name in view.architectures]


def named(architecture: Architecture) -> str:
    """What a network is, in few words."""
    parts = [architecture.activation, architecture.init]
    if architecture.normalization != "none":
        parts.append(f"{architecture.normalization} normalization")
    if architecture.residual:
        parts.append("residual")
    return ", ".join(parts)


def _fate(name: str, architecture: Architecture, result: Run) -> str:
    flow, theory = result.flow[name], result.predicted[name]
    first, last = flow.gradient[0], flow.gradient[-1]
    said = f"**{name}** ({named(architecture)})"
    if not np.isfinite(flow.gradient).all():
        return f"{said}: the gradient overflows float32 at layer {last_layer(~np.isfinite(flow.gradient))}."
    if architecture.depth == 1:
        return f"{said} has one layer: its gradient norm is {first:.2g}."
    if first == 0:
        return f"{said}: the gradient is exactly 0 in float32 at {up_to(last_layer(flow.gradient == 0))}."
    each, total = flow.factor, first / last
    what = "**vanishes**" if total < STEADY[0] else "**explodes**" if total > STEADY[1] else "**keeps flowing**"
    predicted = "" if theory is None else f"; mean-field theory has {np.exp(np.log(theory[:-1]).mean()):.3g}"
    return (
        f"{said}: the gradient {what}, from {last:.3g} at layer {architecture.depth} to {first:.3g} at layer 1: × "
        f"{total:.2g} in all, × {each:.3g} per layer{predicted}.{_trouble(flow)}"
    )


def _trouble(flow: GradientFlow) -> str:
    worst = int(np.argmax(flow.dead))
    if flow.dead[worst] >= TROUBLED:
        return f" In the worst layer, {worst + 1}, {flow.dead[worst]:.0%} of the units are dead."
    return ""


def up_to(layer: int) -> str:
    """The layers from 1 to this one, in words."""
    return "layer 1" if layer == 1 else f"layer {layer} and below"


def last_layer(where: NDArray[np.bool_]) -> int:
    """The number of the last layer of which it is true."""
    return int(np.flatnonzero(where)[-1]) + 1
