"""A network layer by layer: shapes, parameters, multiply–accumulates, memory and receptive fields.

Everything but the fields comes from torch's own layers on its `meta` device, where tensors have shapes and no numbers:
nothing is allocated, whatever the size. `parse` reads a network from PyTorch code, `NETWORKS` are known ones.

References: D. Jiang's and torchvision's counts of parameters and multiply–accumulates,
https://docs.pytorch.org/vision/stable/models.html; for the fields see `demos/convolution/fields.py`
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import torch
from torch import Tensor, nn

from demos.convolution import fields
from demos.convolution.fields import Fields
from demos.convolution.layers import BLOCKS, CONVOLUTIONS, LAZY, LONGEST, POOLS, RESIDUAL, Layer, axes_of, flat, setting
from demos.convolution.notation import parse, write
from demos.convolution.presets import NETWORKS, Preset

__all__ = ["NETWORKS", "Layer", "Preset", "Record", "ShapeError", "flat", "parse", "resolved", "trace", "write"]

BYTES: Final = 4  # of a number in float32
WITH_NUMBERS: Final = {"Conv1d", "Conv2d", "Linear", "BatchNorm1d", "BatchNorm2d", "PReLU"}  # that can be on a device
MULTIPLYING: Final = (nn.Linear, nn.Conv1d, nn.Conv2d)
MOST_CHANNELS: Final = 4_096  # of an input


class Record(NamedTuple):
    """What a layer makes of its input. Fields, jump, start and centre have a number for each spatial axis."""

    name: str  # its number in the order of computation, and its kind
    output_shape: tuple[int, ...]  # without the batch axis: channels, then the spatial axes
    parameters: int
    macs: int  # multiply–accumulates of convolutions and linear layers; those of all others are not counted
    activation_bytes: int  # of its output in float32
    receptive_field: tuple[float, ...] | None  # cells of the input; None after a linear layer, which mixes all of them
    jump: tuple[float, ...] | None  # cells between the fields of neighbouring units, also called effective stride
    start: tuple[float, ...] | None  # the first cell of the first unit's field; padding is negative
    center: tuple[float, ...] | None  # of the first unit's field


class ShapeError(ValueError):
    """A layer cannot take what comes to it."""

    def __init__(self, message: str, *, layer: Layer, records: Sequence[Record]) -> None:
        super().__init__(message)
        self.layer = layer
        self.records = tuple(records)  # of what was computed before it


class Step(NamedTuple):
    """A layer as it is in a network: with all its arguments, what it makes, and the fields of its units."""

    layer: Layer  # no longer lazy
    record: Record
    fields: tuple[Fields, ...] | None  # one for each spatial axis


class _Signal(NamedTuple):
    """What flows between layers."""

    data: Tensor  # (1, *shape), on the meta device
    fields: tuple[Fields, ...] | None


def trace(layers: Sequence[Layer], input_shape: tuple[int, ...]) -> list[Record]:
    """A record for every layer: of a block, those of its ways, and then its own, of the sum or the stack.

    Args:
        layers: from `parse`.
        input_shape: channels, then one or two spatial axes; or features.

    Raises:
        ShapeError: a layer does not fit to what comes to it; the message names it, what it gets and what it needs.
        ValueError: the input shape is not allowed.
    """
    return [step.record for step in steps(layers, input_shape)]


def steps(layers: Sequence[Layer], input_shape: tuple[int, ...]) -> list[Step]:
    """As `trace`, with the layers and with the fields of all units."""
    _check_input(input_shape)
    walk = _Walk()
    start = _Signal(torch.empty(1, *input_shape, device="meta"), tuple(map(fields.of_input, input_shape[1:])))
    with torch.no_grad():
        walk.all(layers, start)
    return walk.steps


def resolved(layers: Sequence[Layer], known: Sequence[Step]) -> tuple[Layer, ...]:
    """The layers with what lazy ones leave open, from their `steps`."""
    found = iter([step.layer for step in known])

    def renewed(old: Sequence[Layer]) -> tuple[Layer, ...]:
        parts = []
        for layer in old:
            ways = tuple(map(renewed, layer.ways))
            parts.append(next(found)._replace(ways=ways))
        return tuple(parts)

    return renewed(layers)


class _Walk:
    """Goes through the layers and keeps the steps."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def all(self, layers: Sequence[Layer], signal: _Signal) -> _Signal:
        for layer in layers:
            signal = self.block(layer, signal) if layer.kind in BLOCKS else self.one(layer, signal)
        return signal

    def block(self, layer: Layer, signal: _Signal) -> _Signal:
        ways = [self.all(way, signal) for way in layer.ways]
        if layer.kind == RESIDUAL:
            body, shortcut = ways
            if body.data.shape != shortcut.data.shape:
                raise self.refusal(layer, f"its layers give {_shape(body)} and its shortcut {_shape(shortcut)}")
            return self.keep(layer, None, _Signal(body.data, _united(ways, [1] * len(ways))))
        if len({(way.data.dim(), *way.data.shape[2:]) for way in ways}) > 1:
            *most, last = map(_shape, ways)
            raise self.refusal(layer, f"its ways give {', '.join(most)} and {last}, which differ not in channels alone")
        stacked = torch.cat([way.data for way in ways], 1)
        return self.keep(layer, None, _Signal(stacked, _united(ways, [way.data.shape[1] for way in ways])))

    def one(self, layer: Layer, signal: _Signal) -> _Signal:
        definite = _definite(layer, signal.data)
        trouble = _trouble(definite, signal.data)
        if trouble:
            raise self.refusal(layer, f"it gets {_shape(signal)} and {trouble}")
        try:
            module = module_of(definite, device="meta").eval()
            data = module(signal.data)
        except (RuntimeError, ValueError, TypeError, AssertionError) as error:
            reason = next(iter(str(error).splitlines()), "its arguments do not fit together")
            raise self.refusal(layer, f"it gets {_shape(signal)}, and torch says: {reason}") from None
        if data.dim() > 2 and max(data.shape[2:]) > LONGEST:
            raise self.refusal(layer, f"it makes {_shape(_Signal(data, None))}; at most {LONGEST:,} along an axis")
        return self.keep(definite, module, _Signal(data, _fields(definite, signal, data)))

    def keep(self, layer: Layer, module: nn.Module | None, signal: _Signal) -> _Signal:
        weights = [] if module is None else list(module.parameters())
        weight = getattr(module, "weight", None)
        taps = weight.numel() // len(weight) if isinstance(module, MULTIPLYING) and weight is not None else 0
        along = signal.fields or ()
        self.steps.append(
            Step(
                layer,
                Record(
                    name=f"{len(self.steps) + 1} {layer.kind}",
                    output_shape=tuple(signal.data.shape[1:]),
                    parameters=sum(each.numel() for each in weights),
                    macs=signal.data.numel() * taps,
                    activation_bytes=BYTES * signal.data.numel(),
                    receptive_field=tuple(_tidy(each.size) for each in along) or None,
                    jump=tuple(_tidy(each.jump) for each in along) or None,
                    start=tuple(_tidy(float(each.low[0])) for each in along) or None,
                    center=tuple(_tidy(float(each.low[0] + each.high[0]) / 2) for each in along) or None,
                ),
                signal.fields,
            )
        )
        return signal

    def refusal(self, layer: Layer, why: str) -> ShapeError:
        return ShapeError(f"{layer}: {why}.", layer=layer, records=[step.record for step in self.steps])


def module_of(layer: Layer, *, device: str = "cpu") -> nn.Module:
    """The layer of `torch.nn`; a block is none of them."""
    kind = getattr(nn, layer.kind)
    placed = {"device": device} if layer.kind in WITH_NUMBERS else {}
    module: nn.Module = kind(**dict(layer.arguments), **placed)
    return module


def _check_input(shape: tuple[int, ...]) -> None:
    if not 1 <= len(shape) <= 3:
        raise ValueError(f"input_shape must be channels and at most two spatial axes, not {shape}")
    if not all(
        isinstance(size, int) and 1 <= size <= most
        for size, most in zip(shape, (MOST_CHANNELS, LONGEST, LONGEST), strict=False)
    ):
        raise ValueError(f"input_shape must be from 1 to {LONGEST:,} along each axis, not {shape}")


def _definite(layer: Layer, data: Tensor) -> Layer:
    if layer.kind not in LAZY:
        return layer
    kind, decided = LAZY[layer.kind]
    comes = data.shape[-1] if kind == "Linear" else data.shape[1]
    return layer._replace(kind=kind, arguments=((decided, comes), *layer.arguments))


def _trouble(layer: Layer, data: Tensor) -> str:
    """What a layer needs and does not get, in words; nothing if it fits."""
    channels, *lengths = data.shape[1:]
    axes = axes_of(layer.kind)
    if axes is not None and axes != len(lengths):
        return f"needs channels and {axes} spatial ax{'is' if axes == 1 else 'es'}"
    if layer.kind.startswith(("Conv", "BatchNorm")):
        wanted = setting(layer, "in_channels" if layer.kind.startswith("Conv") else "num_features")
        if wanted != channels:
            return f"needs {wanted:,} channel{'' if wanted == 1 else 's'}"
    if layer.kind == "Linear":
        wanted = setting(layer, "in_features")
        if wanted != data.shape[-1]:
            return f"needs {wanted:,} features" + (", flat: put nn.Flatten() before it" if lengths else "")
    if layer.kind in CONVOLUTIONS or (layer.kind in POOLS and not setting(layer, "ceil_mode")):
        for axis, length in enumerate(lengths):
            size, _, apart, before = fields.window(layer, axis, len(lengths))
            reach = apart * (size - 1) + 1
            around = apart * (size - 1) if setting(layer, "padding") == "same" else 2 * before
            if length + around < reach:
                padded = f" ({length + around} with padding)" if around else ""
                return f"needs at least {reach} cells along each axis for its window, and has {length}{padded}"
    return ""


def _fields(layer: Layer, signal: _Signal, data: Tensor) -> tuple[Fields, ...] | None:
    before = signal.fields
    if before is None or layer.kind == "Linear":
        return None
    axes = signal.data.dim() - 2
    if layer.kind in {"Softmax", "LogSoftmax"} and (setting(layer, "dim") == -1 or not axes):
        return None  # it mixes a row, or everything that is flat
    if not axes:  # flat already: each unit keeps its field
        return before
    found = []
    for axis, along in enumerate(before):
        inputs, outputs = signal.data.shape[2 + axis], (data.shape[2 + axis] if data.dim() > 2 else 0)
        read = fields.taps(layer, axis, inputs=inputs, outputs=outputs, axes=axes)
        found.append(along if read is None else fields.through(along, read))
    return tuple(found)


def _united(ways: Sequence[_Signal], shares: Sequence[float]) -> tuple[Fields, ...] | None:
    """The fields of a block's units; None where a way has none, or where flat units have no common place."""
    known = [way.fields for way in ways if way.fields is not None]
    places = {tuple(len(along.low) for along in each) for each in known}
    if len(known) < len(ways) or len(places) > 1:
        return None
    return tuple(fields.united(along, shares) for along in zip(*known, strict=True))


def _shape(signal: _Signal) -> str:
    return " × ".join(f"{size:,}" for size in signal.data.shape[1:])


def _tidy(value: float) -> float:
    return int(value) if value == int(value) else value
