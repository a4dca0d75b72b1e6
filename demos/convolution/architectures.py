"""Where the parameters, the work and the memory of a network sit, and what its input may be.

Convolutions share few weights over many places: they do most of the multiplications. Linear layers use each weight
once: in AlexNet and VGG they hold most of the parameters, and do almost none of the work.

References: A. Krizhevsky, I. Sutskever and G. Hinton, 2012; K. Simonyan and A. Zisserman, https://arxiv.org/abs/1409.1556;
M. Lin, Q. Chen and S. Yan, https://arxiv.org/abs/1312.4400; the chapters on modern convolutional networks of
https://d2l.ai
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from demos.convolution.channels import WEIGHTED, for_channels, scaled
from demos.convolution.layers import ADAPTIVE, CONCAT, LAZY, POINTWISE, RESIDUAL, Layer, flat, setting
from demos.convolution.network import ShapeError, Step, resolved, steps, trace

USUAL_SIDES: Final = (224, 32, 28, 64, 96, 128, 256, 299, 384, 512)  # of images
LARGEST_SIDE: Final = 1_024  # of the inputs that `working_sizes` tries
DENSE: Final = "linear"
CONVOLUTIONAL: Final = "convolution"
OTHER: Final = "other"
GROUPS: Final = (CONVOLUTIONAL, DENSE, OTHER)


class Attempt(NamedTuple):
    """What can be computed of a network, and why not more."""

    known: list[Step]  # without fields where the network fails
    error: ShapeError | None


class Stage(NamedTuple):
    """A layer with the pointwise ones behind it, such as a convolution, its batch normalization and its ReLU."""

    name: str  # the kinds, joined by +
    group: str  # convolution, linear or other
    output_shape: tuple[int, ...]
    parameters: int
    macs: int
    activation_bytes: int  # of all outputs in it
    layers: tuple[int, ...]  # their places in the order of `trace`, from 0


class Totals(NamedTuple):
    """The sums over a network."""

    parameters: int
    macs: int
    activation_bytes: int
    dense_parameters: int  # of linear layers
    dense_macs: int


def attempt(layers: Sequence[Layer], input_shape: tuple[int, ...]) -> Attempt:
    """The steps of a network, or of as many of its layers as take what comes to them."""
    try:
        return Attempt(steps(layers, input_shape), None)
    except ShapeError as error:
        computed = zip(flat(tuple(layers)), error.records, strict=False)
        return Attempt([Step(layer, record, None) for layer, record in computed], error.with_traceback(None))


def adapted(layers: Sequence[Layer], input_shape: tuple[int, ...], *, width: float) -> tuple[Layer, ...]:
    """The layers with `width` times as many channels and features, but for the classes, and for another input.

    What comes to each layer is fixed as it would be by writing the network for `input_shape`, except for layers that
    are lazy; where that fails, those that follow from others stay lazy.
    """
    last = next((each for each in reversed(flat(tuple(layers))) if each.kind in WEIGHTED), None)
    classes = any(each is last for each in layers)  # within a block it has to fit to the shortcut
    changed = scaled(for_channels(layers), lambda count: max(1, round(width * count)), keep_last=classes)
    try:
        return _settled(layers, resolved(changed, steps(changed, input_shape)), changed)
    except ShapeError:
        return changed


def _settled(written: Sequence[Layer], known: Sequence[Layer], lazy: Sequence[Layer]) -> tuple[Layer, ...]:
    """Each layer as it is known, or lazy if it was written so."""
    return tuple(
        (free if old.kind in LAZY else new)._replace(ways=tuple(map(_settled, old.ways, new.ways, free.ways)))
        for old, new, free in zip(written, known, lazy, strict=True)
    )


def stages(known: Sequence[Step]) -> list[Stage]:
    """The steps of a network in stages; pointwise layers at its beginning are stages of their own."""
    found: list[Stage] = []
    for place, (layer, record, _) in enumerate(known):
        if layer.kind in POINTWISE and found:
            last = found[-1]
            found[-1] = last._replace(
                name=f"{last.name} + {_kind(layer)}",
                parameters=last.parameters + record.parameters,
                activation_bytes=last.activation_bytes + record.activation_bytes,
                layers=(*last.layers, place),
            )
            continue
        counted = (record.output_shape, record.parameters, record.macs, record.activation_bytes)
        found.append(Stage(_kind(layer), group(layer), *counted, (place,)))
    return found


def stage_names(layers: Sequence[Layer]) -> list[str]:
    """The names of all stages, also of those that cannot be computed."""
    names: list[str] = []
    for layer in flat(tuple(layers)):
        if layer.kind in POINTWISE and names:
            names[-1] += f" + {_kind(layer)}"
        else:
            names.append(_kind(layer))
    return names


def group(layer: Layer) -> str:
    """Whether a layer is linear, a convolution or something else."""
    kind = LAZY.get(layer.kind, (layer.kind,))[0]
    return DENSE if kind == "Linear" else CONVOLUTIONAL if kind.startswith("Conv") else OTHER


def _kind(layer: Layer) -> str:
    return {RESIDUAL: "sum", CONCAT: "stack"}.get(layer.kind, layer.kind.removeprefix("Lazy"))


def totals(known: Sequence[Step]) -> Totals:
    """The sums over the steps of a network."""
    dense = [record for layer, record, _ in known if layer.kind == "Linear"]
    records = [step.record for step in known]
    return Totals(
        sum(each.parameters for each in records),
        sum(each.macs for each in records),
        sum(each.activation_bytes for each in records),
        sum(each.parameters for each in dense),
        sum(each.macs for each in dense),
    )


def divided(known: Sequence[Step]) -> Mapping[str, tuple[int, int]]:
    """How many parameters and multiply–accumulates the layers of each group have."""
    return {
        name: (
            sum(step.record.parameters for step in known if group(step.layer) == name),
            sum(step.record.macs for step in known if group(step.layer) == name),
        )
        for name in GROUPS
    }


def pooled(layers: Sequence[Layer], *, axes: int) -> tuple[Layer, ...] | None:
    """The network with global average pooling instead of its linear layers, as in NiN: the last convolution has a
    channel for each class, and the mean over each channel is the score. None if no linear layer ends the network.
    """
    dense = [place for place, layer in enumerate(layers) if group(layer) == DENSE]
    if not dense:
        return None
    head = list(layers[: dense[0]])
    while head and (head[-1].kind in ADAPTIVE or head[-1].kind.startswith(("Flatten", "Dropout"))):
        head.pop()
    classes = setting(layers[dense[-1]], "out_features")
    return (
        *head,
        Layer(f"LazyConv{axes}d", (("out_channels", classes), ("kernel_size", 1))),
        Layer(f"AdaptiveAvgPool{axes}d", (("output_size", 1),)),
        Layer("Flatten"),
    )


def fitting_side(layers: Sequence[Layer], *, channels: int, axes: int) -> int | None:
    """A side of a square input that the network takes: a usual one, or the smallest there is. None if it takes none."""
    usual = next((side for side in USUAL_SIDES if _fit(layers, (channels, *[side] * axes)) == 0), None)
    if usual is not None:
        return usual
    sizes = working_sizes(layers, channels=channels, axes=axes)
    return None if sizes is None else sizes[0]


def working_sizes(layers: Sequence[Layer], *, channels: int, axes: int) -> tuple[int, int] | None:
    """The smallest and the largest side of a square input that the network takes, up to `LARGEST_SIDE`.

    None if it takes none: then something else than the size is wrong. A linear layer fixes how many numbers may come to
    it, and so bounds the side from above as well.
    """
    low = _first(lambda side: _fit(layers, (channels, *[side] * axes)) >= 0)
    if low is None or _fit(layers, (channels, *[low] * axes)) != 0:
        return None
    beyond = _first(lambda side: _fit(layers, (channels, *[side] * axes)) > 0)
    return low, LARGEST_SIDE if beyond is None else beyond - 1


def _fit(layers: Sequence[Layer], input_shape: tuple[int, ...]) -> int:
    """−1 if an input is too small, 0 if it works, 1 if it is too large."""
    try:
        trace(layers, input_shape)
    except ShapeError as error:
        if error.layer.kind != "Linear" or not error.records:
            return -1
        return 1 if error.records[-1].output_shape[-1] > setting(error.layer, "in_features") else -1
    return 0


def _first(holds: Callable[[int], bool]) -> int | None:
    """The smallest side for which a condition holds that then holds for all larger ones."""
    if not holds(LARGEST_SIDE):
        return None
    low, high = 1, LARGEST_SIDE
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low
