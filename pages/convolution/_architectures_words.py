"""The conclusions of the architectures page: sentences made from the numbers, so that they cannot go stale."""

from collections.abc import Sequence
from typing import Final

from demos.convolution.architectures import CONVOLUTIONAL, DENSE, LARGEST_SIDE, Stage, divided, group
from demos.convolution.layers import POOLS
from pages.convolution._architectures_controls import Controls
from pages.convolution._architectures_run import BYTES, Run, key_of
from pages.convolution._architectures_units import amount, memory, shape, share
from ui.kit.plain import literal

STEPS_SHOWN: Final = 8  # of the way from the input's side to the one that does not fit
PLURALS: Final = {DENSE: "linear layers", CONVOLUTIONAL: "convolutions"}


def conclusions(controls: Controls, result: Run) -> list[str]:
    """Where the parameters, the work and the memory are."""
    if not result.stages:
        return ["Nothing could be computed."]
    return [_totals(controls, result), *_weights(result), *_work(result), _activations(result)]


def named(controls: Controls) -> str:
    """The network, with what the controls have changed."""
    changes = []
    if key_of(controls).written is None:
        return controls.choice.name
    if controls.channels != controls.choice.channels:
        changes.append(f"{controls.channels} input channel{'s' if controls.channels > 1 else ''}")
    if controls.width != 1:
        changes.append(f"{controls.width:g} times the width")
    return controls.choice.name + (f", {' and '.join(changes)}" if changes else "")


def _totals(controls: Controls, result: Run) -> str:
    whole = result.totals
    said = (
        f"**{named(controls)}**, input {shape(result.input_shape)}: {amount(whole.parameters)} parameters and "
        f"{amount(whole.macs)} multiply–accumulates (MACs) an image"
    )
    return f"{said}, up to where it breaks." if result.error else f"{said}."


def _weights(result: Run) -> list[str]:
    whole = result.totals.parameters
    if not whole:
        return ["No layer has parameters."]
    most = max(result.stages, key=lambda stage: stage.parameters)
    largest = f"The largest stage, {_numbered(result, most)}, has {share(most.parameters, whole)} of all."
    return [f"**Parameters**: {_most_of(result, 0)}. {largest}"]


def _work(result: Run) -> list[str]:
    whole = result.totals.macs
    if not whole:
        return ["No layer multiplies."]
    heaviest = max(result.stages, key=lambda stage: stage.parameters)
    busiest = max(result.stages, key=lambda stage: stage.macs)
    most = f"The busiest stage, {_numbered(result, busiest)}, does {share(busiest.macs, whole)}"
    said = f"**Work**: {_most_of(result, 1)}. {most}"
    if busiest is heaviest:
        return [f"{said}, and has most parameters as well."]
    return [f"{said}; the one with most parameters does {share(heaviest.macs, whole)}."]


def _most_of(result: Run, which: int) -> str:
    """Which group has most of the parameters (0) or multiply–accumulates (1)."""
    parts = {name: numbers[which] for name, numbers in divided(result.known).items()}
    name = max(PLURALS, key=lambda each: parts[each])
    layers = sum(group(step.layer) == name for step in result.known)
    whole, verb = sum(parts.values()), ("holds", "does")[which]
    if layers == 1:
        return f"the one {PLURALS[name].removesuffix('s')} {verb} {share(parts[name], whole)}"
    return f"the {layers} {PLURALS[name]} {('hold', 'do')[which]} {share(parts[name], whole)}"


def _activations(result: Run) -> str:
    whole = result.totals
    most = max(result.stages, key=lambda stage: stage.activation_bytes)
    part = share(most.activation_bytes, whole.activation_bytes)
    said = (
        f"**Memory** in float32: {memory(BYTES * whole.parameters)} for the parameters, and "
        f"{memory(whole.activation_bytes)} for the outputs of all layers, which training keeps for every image. "
        f"The largest part, {part}, comes from stage {_numbered(result, most)}."
    )
    images = -(-BYTES * whole.parameters // max(1, whole.activation_bytes))
    if images <= 1:
        return f"{said} The outputs of one image take as much as all parameters, or more."
    return f"{said} From a batch of {images:,} images on, the outputs take more than the parameters."


def _numbered(result: Run, stage: Stage) -> str:
    return f"{result.stages.index(stage) + 1} ({stage.name})"


def failure(result: Run) -> str:
    """What does not fit, as torch's layers have it."""
    return literal(str(result.error))


def explanation(controls: Controls, result: Run, sizes: tuple[int, int] | None) -> str:
    """Why it does not fit, and what would."""
    if result.error is None:
        return ""
    kind, reasons = result.error.layer.kind, []
    sides = [max(controls.input_shape[1:]), *_sides(result)]
    way = list(dict.fromkeys(sides))
    if len(way) > 1:
        shown = ["…", *map(str, way[-STEPS_SHOWN:])] if len(way) > STEPS_SHOWN else list(map(str, way))
        reasons.append(f"The side on the way: {' → '.join(shown)}.")
    if sizes is None:
        reasons.append("No size of the input would fit: something else is wrong.")
        if controls.width != 1 and key_of(controls).written is None:
            reasons.append("The width changes it once it works as it is written.")
        return " ".join(reasons)
    if kind in POOLS or kind.startswith("Conv"):
        reasons.append("Strides divide the side, and windows without padding cut it: too little is left here.")
    if kind == "Linear":
        reasons.append(
            "A linear layer has a weight for each number that comes to it, so that it fixes how many there are. "
            "Global or adaptive average pooling before it would take any side."
        )
    return " ".join([*reasons, f"The network {taken(sizes)}"])


def taken(sizes: tuple[int, int] | None) -> str:
    """Which sides a network takes."""
    if sizes is None:
        return "takes no square input."
    low, high = sizes
    if high == LARGEST_SIDE:
        return f"takes sides from {low} on (tried up to {high:,})."
    return f"takes only a side of {low}." if low == high else f"takes sides from {low} to {high}."


def _sides(result: Run) -> Sequence[int]:
    shapes = [step.record.output_shape for step in result.known]
    return [max(sizes[1:]) for sizes in shapes if len(sizes) > 1]
