"""The conclusions of the architectures page: sentences made from the numbers, so that they cannot go stale."""

from collections.abc import Sequence
from typing import Final

from demos.convolution.architectures import CONVOLUTIONAL, DENSE, LARGEST_SIDE, Stage, divided, group
from demos.convolution.layers import POOLS
from pages.convolution.architectures.compute import BYTES, Run, key_of
from pages.convolution.architectures.controls import Controls
from pages.convolution.architectures.units import amount, memory, shape, share
from ui.kit.plain import literal

STEPS_SHOWN: Final = 8  # of the way from the input's side to the one that does not fit
PLURALS: Final = {DENSE: "linear layers", CONVOLUTIONAL: "convolutions"}


def conclusions(view: Controls, result: Run) -> list[str]:
    """Where the parameters, the work and the memory are."""
    if not result.stages:
        return ["Nothing could be computed."]
    return [_totals(view, result), *_weights(result), *_work(result), _memory(result)]


def named(view: Controls) -> str:
    """The network, with what the controls have changed."""
    changes = []
    if key_of(view).written is None:
        return view.name
    if view.input_channels != view.first_channels:
        changes.append(f"{view.input_channels} input channel{'s' if view.input_channels > 1 else ''}")
    if view.width != 1:
        changes.append(f"{view.width:g} times the width")
    return view.name + (f", {' and '.join(changes)}" if changes else "")


def _totals(view: Controls, result: Run) -> str:
    whole = result.totals
    said = (
        f"**{named(view)}**, input {shape(result.input_shape)}: {amount(whole.parameters)} parameters and "
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


def _memory(result: Run) -> str:
    weights, kept = BYTES * result.totals.parameters, sum(result.kept)
    said = f"**Memory** in float32: {memory(weights)} for the parameters, and training keeps"
    if not kept:
        return f"{said} nothing else: no gradient needs what the layers make."
    most = max(result.stages, key=result.kept_by)
    said = (
        f"{said} {memory(kept)} for every image, which the gradients need. The largest part, "
        f"{share(result.kept_by(most), kept)}, comes from stage {_numbered(result, most)}."
    )
    images = -(-weights // kept)
    if images <= 1:
        return f"{said} For one image that is as much as all parameters, or more."
    return f"{said} From a batch of {images:,} images on, that is more than the parameters."


def _numbered(result: Run, stage: Stage) -> str:
    return f"{result.stages.index(stage) + 1} ({stage.name})"


def failure(result: Run) -> str:
    """What does not fit, as torch's layers have it."""
    return literal(str(result.error))


def explanation(view: Controls, result: Run, sizes: tuple[int, int] | None) -> str:
    """Why it does not fit, and what would."""
    if result.error is None:
        return ""
    kind, reasons = result.error.layer.kind, []
    sides = [max(view.input_shape[1:]), *_sides(result)]
    way = list(dict.fromkeys(sides))
    if len(way) > 1:
        shown = ["…", *map(str, way[-STEPS_SHOWN:])] if len(way) > STEPS_SHOWN else list(map(str, way))
        reasons.append(f"The side on the way: {' → '.join(shown)}.")
    if sizes is None:
        reasons.append("No size of the input would fit: something else is wrong.")
        if view.width != 1 and key_of(view).written is None:
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
