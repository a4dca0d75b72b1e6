"""What is done with signals in `forward`: functions of torch and torch.nn.functional, and methods of tensors."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from demos.convolution.layers import BLOCKS, CONCAT, CONVOLUTIONS, KINDS, LAZY, axes_of, setting, signature
from demos.convolution.notation.constructors import argument, leaf
from demos.convolution.notation.refusal import Refusal
from demos.convolution.notation.values import Call, Extent, Extents, Leaf, Node, Opaque

if TYPE_CHECKING:
    from demos.convolution.notation.interpreter import Interpreter

WITHOUT_FUNCTION: Final = (
    CONVOLUTIONS | BLOCKS | set(LAZY) | {"Linear", "PReLU", "Identity", "Flatten", "BatchNorm1d", "BatchNorm2d"}
)
KIND_OF: Final = {kind.lower(): kind for kind in KINDS - WITHOUT_FUNCTION} | {"interpolate": "Upsample"}
POOLED: Final = ("kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices")
DROPPED: Final = ("p", "training", "inplace")
SCORED: Final = ("dim", "_stacklevel", "dtype")
ORDER: Final[Mapping[str, Sequence[str]]] = {  # where functions have not the order of the layers
    **dict.fromkeys(("MaxPool1d", "MaxPool2d"), POOLED),
    **dict.fromkeys(("Dropout", "Dropout1d", "Dropout2d", "AlphaDropout"), DROPPED),
    **dict.fromkeys(("Softmax", "LogSoftmax"), SCORED),
    "RReLU": ("lower", "upper", "training", "inplace"),
}
PASSED_OVER: Final = {"training", "_stacklevel", "dtype", "antialias"}
UNCHANGED: Final = {  # methods that change neither shape nor what is counted
    *(
        "to",
        "cuda",
        "cpu",
        "float",
        "double",
        "half",
        "contiguous",
        "clone",
        "detach",
        "requires_grad_",
        "type",
        "type_as",
    ),
    *("clamp", "clamp_", "div", "div_", "mul", "mul_", "sub", "view_as", "bfloat16", "data"),
}
SIZES: Final = {"size", "shape"}
STACKED: Final = {"cat", "concat", "concatenate"}
SUMS: Final = {"add", "add_", "__add__"}
NOT_FOLLOWED: Final = {
    **dict.fromkeys(("permute", "transpose", "swapaxes", "t", "movedim"), "changes the order of the axes"),
    **dict.fromkeys(("chunk", "split", "unbind", "narrow"), "divides a signal"),
    **dict.fromkeys(("matmul", "bmm", "einsum", "mm"), "is a product of two signals"),
}


def is_signal_function(name: str) -> bool:
    """Whether torch or torch.nn.functional has a function of this name that is read here."""
    return name.rstrip("_").replace("_", "") in KIND_OF or name in KNOWN


def operation(machine: "Interpreter", name: str, signal: Node, call: Call) -> object:
    """What a function of torch, or a method of a tensor, makes of a signal."""
    kind = KIND_OF.get(name.rstrip("_").replace("_", ""))
    if kind is not None:
        return _layer(machine, kind, signal, call, in_place=name.endswith("_"))
    if name in UNCHANGED:
        return _unchanged(signal, call)
    if name in SUMS:
        other = call.get(0, "other")
        return machine.sum(signal, other, call.line) if isinstance(other, Node) else _unchanged(signal, call)
    if name in SIZES:
        place = call.get(0, "dim")
        return Extents(signal) if place is None else Extent(signal, (place if isinstance(place, int) else -1,))
    if name in {"view", "reshape"}:
        return _reshaped(machine, signal, call)
    if name == "flatten":
        return _flattened(machine, signal, call)
    if name == "pad":
        return _padded(machine, signal, call)
    if name in {"squeeze", "unsqueeze"}:
        return _squeezed(machine, signal, call, name)
    if name == "mean":
        return _averaged(machine, signal, call)
    why = NOT_FOLLOWED.get(name)
    return Opaque(call.text, call.line, f"{why}, which cannot be shown" if why else "cannot be followed")


def stacked(machine: "Interpreter", call: Call) -> object:
    """What `torch.cat` makes of several signals."""
    signals = machine.iterated(call.get(0, "tensors"))
    axis = call.get(1, "dim", call.named.get("axis", 0))
    unknown = next((each for each in signals or [] if isinstance(each, Opaque)), None)
    if unknown is not None:
        return unknown
    if not signals or not all(isinstance(each, Node) for each in signals):
        return Opaque(call.text, call.line, "is given what is not a signal")
    nodes = [each for each in signals if isinstance(each, Node)]
    flat = all(_is_flat(each) for each in nodes)
    if axis not in (1, -3) and not (axis == -1 and flat):
        raise Refusal(
            f"Line {call.line}: torch.cat along axis {axis} cannot be shown, only along the channels: dim=1.", lost=True
        )
    machine.read.append(CONCAT)
    return machine.graph.joined(CONCAT, nodes, call.line)


def _layer(machine: "Interpreter", kind: str, signal: Node, call: Call, *, in_place: bool) -> object:
    if kind.startswith("AvgPool") and _is_size(call.get(0, "kernel_size")):
        return machine.through(_made(f"Adaptive{kind}", call, 1), signal, call.line)
    names = ORDER.get(kind, tuple(signature(kind).parameters))
    if len(call.positional) > len(names):
        raise Refusal(f"Line {call.line}, {kind}: it takes {', '.join(names)} after the signal.")
    sources = {names[at] if isinstance(at, int) else at: each for at, each in call.sources.items()}
    given = {**dict(zip(names, call.positional, strict=False)), **call.named}
    given = {name: each for name, each in given.items() if name not in PASSED_OVER}
    if kind in {"Softmax", "LogSoftmax"} and given.get("dim") is None:
        given["dim"] = 1  # torch's own guess for flat features and for images
    if in_place:
        given["inplace"] = True
    known = Call(call.line, [], given, sources)  # type: ignore[arg-type]  # names are texts
    where = f"Line {call.line}, {kind}"
    named = {name: argument(each, known, name, where) for name, each in given.items()}
    return machine.through(leaf(kind, [], named, call.line), signal, call.line)


def _made(kind: str, call: Call, *arguments: int) -> Leaf:
    return leaf(kind, list(arguments), {}, call.line)


def _unchanged(signal: Node, call: Call) -> object:
    """The signal, unless another one goes into it, or numbers that are learned."""
    others = [*call.positional, *call.named.values()]
    if any(isinstance(each, Node) for each in others):
        return Opaque(call.text, call.line, "is made of two signals: only sums and torch.cat can be shown")
    return signal


def _reshaped(machine: "Interpreter", signal: Node, call: Call) -> object:
    sizes = call.positional if len(call.positional) != 1 else (machine.iterated(call.positional[0]) or call.positional)
    if len(sizes) == 2 or sizes == [-1]:  # whatever is written: the first is the batch, or what is left for it
        return signal if _is_flat(signal) else machine.through(_made("Flatten", call), signal, call.line)
    if signal.layer is None:  # the input, which is given the shape that it has here
        return signal
    if _is_flat(signal) and _is_flat_shape(sizes):
        return signal
    return Opaque(call.text, call.line, "does not flatten its signal, which is all that can be shown of it")


def _flattened(machine: "Interpreter", signal: Node, call: Call) -> object:
    start, end = call.get(0, "start_dim", 0), call.get(1, "end_dim", -1)
    named = {"start_dim": start, "end_dim": end}
    known = Call(call.line, [], named, call.sources)
    where = f"Line {call.line}, Flatten"
    values = {name: argument(each, known, name, where) for name, each in named.items()}
    made = leaf("Flatten", [], {name: each for name, each in values.items() if (name, each) not in FLAT}, call.line)
    return machine.through(made, signal, call.line)


def _padded(machine: "Interpreter", signal: Node, call: Call) -> object:
    sides = call.get(0, "pad")
    mode, value = call.get(1, "mode", "constant"), call.get(2, "value")
    count = len(sides) if isinstance(sides, list | tuple) else 0
    if count not in (2, 4) or mode != "constant" or value not in (None, 0):
        return Opaque(call.text, call.line, "is no padding with zeros along one or two axes")
    inner = argument(sides, call, 0, f"Line {call.line}, F.pad")
    return machine.through(leaf(f"ZeroPad{count // 2}d", [inner], {}, call.line), signal, call.line)


def _squeezed(machine: "Interpreter", signal: Node, call: Call, name: str) -> object:
    """Axes of one cell go, or the input gets one that it has here already."""
    if _is_flat(signal) or signal.layer is None:
        return signal
    pooled = signal.layer.kind.startswith("Adaptive") and setting(signal.layer, "output_size") in (1, (1,), (1, 1))
    if pooled and name == "squeeze":
        return machine.through(_made("Flatten", call), signal, call.line)
    return Opaque(call.text, call.line, "changes the axes of a signal, which cannot be shown: write nn.Flatten()")


def _averaged(machine: "Interpreter", signal: Node, call: Call) -> object:
    """The mean over all cells, as global average pooling."""
    axes, keep = call.get(0, "dim"), call.get(1, "keepdim", default=False)
    listed = list(axes) if isinstance(axes, list | tuple) else [axes]
    places = {each for each in listed if isinstance(each, int)}
    count = {frozenset({2, 3}): 2, frozenset({-1, -2}): 2, frozenset({2}): 1, frozenset({-1}): 1}.get(
        frozenset(places), 0
    )
    if not count or _spatial(signal) not in (count, None) or len(listed) != len(places):
        return Opaque(call.text, call.line, "is not the mean over all cells: write nn.AdaptiveAvgPool2d(1)")
    pooled = machine.through(_made(f"AdaptiveAvgPool{count}d", call, 1), signal, call.line)
    return pooled if keep is True else machine.through(_made("Flatten", call), pooled, call.line)


def _spatial(signal: Node) -> int | None:
    """How many spatial axes the last layer has that is particular about it."""
    at: Node | None = signal
    while at is not None:
        axes = axes_of(at.layer.kind) if at.layer is not None else None
        if axes is not None:
            return axes
        at = at.inputs[0] if at.inputs else None
    return None


def _is_flat(signal: Node) -> bool:
    """Whether a signal has features alone."""
    at: Node | None = signal
    while at is not None and at.layer is not None:
        if at.layer.kind in {"Flatten", "Linear", "LazyLinear"}:
            return True
        if axes_of(at.layer.kind) is not None:
            return False
        at = at.inputs[0] if at.inputs else None
    return False


def _is_flat_shape(sizes: Sequence[object]) -> bool:
    return len(sizes) <= 2


def _is_size(value: object) -> bool:
    inner = value if isinstance(value, list | tuple) else [value]
    return any(isinstance(each, Extent | Extents) for each in inner)


FLAT: Final = {("start_dim", 1), ("end_dim", -1)}
KNOWN: Final = (
    UNCHANGED | SUMS | {"view", "reshape", "flatten", "pad", "squeeze", "unsqueeze", "mean"} | set(NOT_FOLLOWED)
)
