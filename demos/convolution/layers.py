"""The layers of `torch.nn` that a network here may have, and what their arguments may be.

Signatures, defaults and the layers themselves are torch's own; what is added is a sentence for each bad argument,
and limits that keep a pasted text from asking for more than a machine has.

Reference: https://docs.pytorch.org/docs/2.13/nn.html
"""

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, NamedTuple

from torch import nn

Value = int | float | bool | str | None | tuple[int | float | None, ...]
MOST: Final = 1_000_000  # channels and features
LARGEST: Final = 1_000  # kernel size, stride, padding and dilation
LONGEST: Final = 4_096  # cells of a feature map along an axis
LARGEST_NUMBER: Final = 1e12  # of all other arguments
MOST_ENLARGED: Final = 64  # scale factor
RESIDUAL: Final = "Residual"
CONCAT: Final = "Concat"
BLOCKS: Final = frozenset({RESIDUAL, CONCAT})  # of several ways; torch has no layer of these names

ACTIVATIONS: Final = {
    *("ReLU", "ReLU6", "LeakyReLU", "PReLU", "RReLU", "ELU", "SELU", "CELU", "GELU", "SiLU", "Mish"),
    *("Sigmoid", "Tanh", "Softplus", "Softsign", "Softshrink", "Hardtanh", "Hardswish", "Hardsigmoid", "Hardshrink"),
    *("LogSigmoid", "Tanhshrink", "Threshold", "Softmax", "LogSoftmax"),
}
POINTWISE: Final = ACTIVATIONS | {
    *("Identity", "Dropout", "Dropout1d", "Dropout2d", "AlphaDropout", "BatchNorm1d", "BatchNorm2d"),
    "LocalResponseNorm",
}
CONVOLUTIONS: Final = frozenset({"Conv1d", "Conv2d"})
POOLS: Final = frozenset({"MaxPool1d", "MaxPool2d", "AvgPool1d", "AvgPool2d"})
ADAPTIVE: Final = frozenset({"AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveMaxPool1d", "AdaptiveMaxPool2d"})
PADS: Final = frozenset({"ZeroPad1d", "ZeroPad2d"})
LAZY: Final[Mapping[str, tuple[str, str]]] = {  # what each becomes, and the argument that its input decides
    "LazyConv1d": ("Conv1d", "in_channels"),
    "LazyConv2d": ("Conv2d", "in_channels"),
    "LazyLinear": ("Linear", "in_features"),
    "LazyBatchNorm1d": ("BatchNorm1d", "num_features"),
    "LazyBatchNorm2d": ("BatchNorm2d", "num_features"),
}
KINDS: Final = POINTWISE | CONVOLUTIONS | POOLS | ADAPTIVE | PADS | {"Linear", "Flatten", "Upsample"} | set(LAZY)


class Layer(NamedTuple):
    """One layer as it is written: a kind of `torch.nn`, or a block of ways that begin at the same input.

    A `Residual` adds what its two ways make, its body and its shortcut. A `Concat` stacks what its ways make along the
    channels, as `torch.cat` does. A way without layers is the identity.
    """

    kind: str
    arguments: tuple[tuple[str, Value], ...] = ()  # those written, by torch's names
    line: int = 1
    ways: tuple[tuple["Layer", ...], ...] = ()

    def __str__(self) -> str:
        return f"Line {self.line}, {self.kind}"


def flat(layers: tuple[Layer, ...]) -> list[Layer]:
    """Every layer in the order of computation: those of a block's ways, one way after the other, then the block."""
    return [each for layer in layers for each in (*(inner for way in layer.ways for inner in flat(way)), layer)]


def on_main_path(layers: tuple[Layer, ...]) -> list[bool]:
    """Which of the layers in `flat` are on the way to follow: a block's body, or the widest way of a concatenation."""
    found: list[bool] = []
    for layer in layers:
        main = max(layer.ways, key=_reach, default=()) if layer.kind == CONCAT else (*layer.ways, ())[0]
        for way in layer.ways:
            found += on_main_path(way) if way is main else [False] * len(flat(way))
        found.append(True)
    return found


def _reach(way: tuple[Layer, ...]) -> int:
    """How far the windows of a way reach together; their strides are left aside."""
    windows = (setting(each, "kernel_size") for each in flat(way) if each.kind in CONVOLUTIONS | POOLS)
    return sum(max(per_axis(size, 1)) - 1 for size in windows)


def reaching(layers: tuple[Layer, ...], place: int) -> tuple[Layer, ...]:
    """As few whole layers from the beginning as hold the one at a place in `flat`."""
    count = next(count for count in range(1, len(layers) + 1) if len(flat(layers[:count])) > place)
    return layers[:count]


def setting(layer: Layer, name: str) -> Any:  # noqa: ANN401 - a number, a tuple, a text, as torch has it
    """An argument as written, or else torch's default."""
    return dict(layer.arguments).get(name, signature(layer.kind).parameters[name].default)


def axes_of(kind: str) -> int | None:
    """How many spatial axes a layer wants, if it is particular about it."""
    return int(kind[-2]) if kind[-2:] in {"1d", "2d"} and not kind.endswith("Norm1d") else None


def per_axis(value: Any, axes: int) -> tuple[Any, ...]:  # noqa: ANN401 - numbers or None
    """One value for each axis: torch takes a single one for all."""
    return tuple(value) if isinstance(value, tuple) else (value,) * axes


@cache
def signature(kind: str) -> inspect.Signature:
    """The arguments of a kind of layer, by torch's own names and in its order."""
    known = inspect.signature(getattr(nn, kind)).parameters
    left_out = {"device", "dtype", "args", "kwargs"}
    return inspect.Signature([each for name, each in known.items() if name not in left_out])


def checked(kind: str, positional: list[Value], keyword: Mapping[str, Value]) -> tuple[tuple[str, Value], ...]:
    """The arguments by name. A `ValueError` says which one is missing, unknown or not allowed."""
    if kind == "Identity":  # takes anything and ignores it
        return ()
    try:
        bound = signature(kind).bind(*positional, **keyword).arguments
    except TypeError as error:
        raise ValueError(f"{error}; it takes {', '.join(signature(kind).parameters) or 'nothing'}") from None
    without = {"dim": None} if "dim" in signature(kind).parameters else {}  # torch's own guess is the batch, at times
    for name, value in {**without, **bound}.items():
        needs = RULES[name](value, kind)
        if needs:
            raise ValueError(f"{name} must be {needs}, not {value!r}")
    return tuple(bound.items())


Rule = Callable[[Any, str], str]  # of a value and the kind of layer: what it must be, or nothing if it is


def _whole(low: int, high: int) -> Rule:
    def rule(value: Any, _kind: str) -> str:  # noqa: ANN401 - whatever was written
        return "" if _is_whole(value, low, high) else f"a whole number from {low} to {high:,}"

    return rule


def _sizes(low: int, high: int, *, optional: bool = False) -> Rule:
    """One whole number, or one for each axis; `optional` allows None for any of them."""

    def rule(value: Any, kind: str) -> str:  # noqa: ANN401 - whatever was written
        axes = axes_of(kind) or 2
        several = isinstance(value, tuple)
        numbers = value if several else (value,)
        fits = all(_is_whole(each, low, high) or (optional and each is None) for each in numbers)
        if fits and (not several or len(value) == axes):
            return ""
        return f"a whole number from {low} to {high:,}" + ("" if axes == 1 else f" or {axes} of them")

    return rule


def _stride(value: Any, kind: str) -> str:  # noqa: ANN401 - whatever was written
    return "" if value is None and kind in POOLS else _sizes(1, LARGEST)(value, kind)


def _padding(value: Any, kind: str) -> str:  # noqa: ANN401 - whatever was written
    if kind in CONVOLUTIONS or LAZY.get(kind, ("",))[0] in CONVOLUTIONS:
        same = "" if value in ("same", "valid") else _sizes(0, LARGEST)(value, kind)
        return same and f"{same}, or 'same'"
    if kind not in PADS:
        return _sizes(0, LARGEST)(value, kind)
    sides = 2 * (axes_of(kind) or 2)
    numbers = value if isinstance(value, tuple) and len(value) == sides else (value,)
    fits = all(_is_whole(each, 0, LARGEST) for each in numbers)
    return "" if fits else f"a whole number from 0 to {LARGEST:,} or {sides} of them"


def _output_size(value: Any, kind: str) -> str:  # noqa: ANN401 - whatever was written
    return _sizes(1, LARGEST, optional=value is not None)(value, kind)


def _scale(value: Any, _kind: str) -> str:  # noqa: ANN401 - whatever was written
    numbers = value if isinstance(value, tuple) else (value,)
    fits = value is None or all(_is_number(each) and 0 < each <= MOST_ENLARGED for each in numbers)
    return "" if fits else f"a number above 0 and at most {MOST_ENLARGED}, or one for each axis"


def _number(value: Any, _kind: str) -> str:  # noqa: ANN401 - whatever was written
    return "" if value is None or _is_number(value) else "a number up to 10 to the 12"


def _share(value: Any, _kind: str) -> str:  # noqa: ANN401 - whatever was written
    return "" if _is_number(value) and 0 <= value <= 1 else "a number from 0 to 1"


def _one_of(allowed: tuple[Value, ...]) -> Rule:
    def rule(value: Any, _kind: str) -> str:  # noqa: ANN401 - whatever was written
        fits = any(value == each and type(value) is type(each) for each in allowed)
        return "" if fits else " or ".join(map(repr, allowed))

    return rule


def _is_whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST_NUMBER


RULES: Final[Mapping[str, Rule]] = {
    **dict.fromkeys(
        ("in_channels", "out_channels", "in_features", "out_features", "num_features", "num_parameters", "groups"),
        _whole(1, MOST),
    ),
    **dict.fromkeys(("kernel_size", "dilation"), _sizes(1, LARGEST)),
    "stride": _stride,
    "padding": _padding,
    "output_size": _output_size,
    "size": _sizes(1, LONGEST, optional=True),
    "scale_factor": _scale,
    "mode": _one_of(("nearest", "linear", "bilinear")),
    "p": _share,
    **dict.fromkeys(("eps", "momentum", "negative_slope", "alpha", "beta", "k", "init", "lower", "upper"), _number),
    **dict.fromkeys(("lambd", "threshold", "value", "min_val", "max_val", "min_value", "max_value"), _number),
    **dict.fromkeys(
        ("bias", "ceil_mode", "inplace", "affine", "track_running_stats", "count_include_pad"), _one_of((False, True))
    ),
    "align_corners": _one_of((None, False, True)),
    "recompute_scale_factor": _one_of((None, False)),
    "approximate": _one_of(("none", "tanh")),
    "padding_mode": _one_of(("zeros",)),
    "return_indices": _one_of((False,)),
    "divisor_override": _one_of((None,)),
    "start_dim": _one_of((1,)),
    "end_dim": _one_of((-1,)),
    "dim": _one_of((1, -1)),
}
