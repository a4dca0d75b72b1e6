"""Functions of Python and of its library."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from demos.convolution.notation.decisions import truth
from demos.convolution.notation.refusal import MAX_LENGTH, MAX_NUMBER, MAX_STEPS
from demos.convolution.notation.values import (
    MISSING,
    SCALARS,
    Block,
    Bound,
    Call,
    Extent,
    Function,
    Leaf,
    Node,
    Opaque,
    OwnClass,
    Partial,
    Path,
    Super,
)

if TYPE_CHECKING:
    from demos.convolution.notation.interpreter import Interpreter

LIBRARY: Final = {
    *("collections.OrderedDict", "functools.partial", "functools.reduce", "typing.cast", "math.floor", "math.ceil"),
    *("math.sqrt", "math.log2", "math.prod", "numpy.prod", "math.log", "copy.deepcopy", "itertools.pairwise"),
}
COUNTED: Final[Mapping[str, Callable[..., object]]] = {
    "int": int,
    "float": float,
    "abs": abs,
    "round": round,
    "math.floor": math.floor,
    "math.ceil": math.ceil,
    "math.sqrt": math.sqrt,
    "math.log2": math.log2,
    "math.log": math.log,
    "min": min,
    "max": max,
    "sum": sum,
    "math.prod": math.prod,
    "numpy.prod": math.prod,
    "bool": bool,
}
TYPES: Final[Mapping[str, type | tuple[type, ...]]] = {
    "int": int,
    "float": float,
    "str": str,
    "bool": bool,
    "list": list,
    "tuple": tuple,
    "dict": dict,
}


def function(machine: "Interpreter", path: str, call: Call) -> object:
    """What a function of Python or its library returns."""
    given = call.positional
    unknown = Opaque(call.text, call.line)
    match path, given:
        case "print", _:
            return next((each for each in given if isinstance(each, Leaf | Block)), None)
        case "super", [OwnClass() as owner, Block() as subject]:
            return Super(subject, owner)
        case "range", [int() as stop]:
            return _range(machine, 0, stop, 1)
        case "range", [int() as start, int() as stop]:
            return _range(machine, start, stop, 1)
        case "range", [int() as start, int() as stop, int() as step] if step:
            return _range(machine, start, stop, step)
        case "len", [list() | tuple() | dict() | str() | range() as value]:
            return len(value)
        case "len", [Block() as block]:
            return len(block.modules)
        case "len", [Node() as signal]:
            return Extent(signal, (0,))
        case (("list" | "tuple" | "reversed" | "sorted" | "set"), [value]):
            return _listed(machine, path, value) or unknown if value else []
        case (("list" | "tuple"), []):
            return []
        case (("enumerate" | "zip" | "map" | "itertools.pairwise"), _):
            return _paired(machine, path, call)
        case (("dict" | "collections.OrderedDict"), _):
            return _dictionary(machine, call) if len(given) < 2 else unknown
        case "isinstance", [value, kinds]:
            return _is_a(value, kinds, unknown)
        case "type", [Block(own=OwnClass() as own)]:
            return own
        case "type", [Leaf(layer=layer)]:
            return Path(f"torch.nn.{layer.kind}")
        case "type", [value] if isinstance(value, SCALARS):
            return Path(type(value).__name__)
        case "getattr", [subject, str() as name, *rest]:
            return _attribute(subject, name, rest, unknown)
        case "hasattr", [Block() as block, str() as name]:
            return name in block.parts or (block.own is not None and block.own.find(name) is not MISSING)
        case "setattr", [Block() as block, name, value]:
            block.parts[name if isinstance(name, str) else f"key {len(block.parts)}"] = value
            return None
        case "functools.partial", [inner, *rest]:
            return Partial(inner, rest, call.named)
        case (("typing.cast" | "copy.deepcopy"), [*_, value]) if path == "typing.cast":
            return value
        case "str", [value] if isinstance(value, SCALARS):
            return str(value)[:MAX_LENGTH]
        case (("any" | "all"), [list() as values]) if None not in (held := [truth(each) for each in values]):
            return any(held) if path == "any" else all(held)
        case "sum", [list() | tuple() as values, *_] if any(isinstance(each, Node) for each in values):
            return _total(machine, values, call, unknown)
    return _counted(machine, path, call, unknown)


def _range(machine: "Interpreter", start: int, stop: int, step: int) -> range:
    made = range(start, stop, step)
    if len(made) > MAX_STEPS:
        machine.refuse(machine.line, f"a range of more than {MAX_STEPS:,}.")
    return made


def _counted(machine: "Interpreter", path: str, call: Call, unknown: Opaque) -> object:
    given = [list(each) if isinstance(each, range) and len(each) <= MAX_LENGTH else each for each in call.positional]
    inner = [one for each in given for one in (each if isinstance(each, list | tuple) else [each])]
    numbers = [each for each in inner if isinstance(each, int | float)]
    plain = len(numbers) == len(inner) or (path in {"int", "float"} and all(isinstance(each, str) for each in inner))
    if path not in COUNTED or not plain or call.named or not given:
        return unknown
    if path.endswith("prod") and sum(math.log2(abs(each) + 1) for each in numbers) > 1000:
        machine.refuse(call.line, "a number is more than 10 to the 12.")
    try:
        result = COUNTED[path](*given)
    except (ValueError, TypeError, OverflowError, ZeroDivisionError):
        return unknown
    if isinstance(result, int | float) and not math.isnan(result) and abs(result) > MAX_NUMBER and path != "float":
        machine.refuse(call.line, "a number is more than 10 to the 12.")
    return result


def _listed(machine: "Interpreter", path: str, value: object) -> object:
    values = machine.iterated(value)
    if values is None or path == "set":
        return None
    if path == "sorted":
        numbers = [each for each in values if isinstance(each, int | float)]
        return sorted(numbers) if len(numbers) == len(values) else None
    return tuple(values) if path == "tuple" else values[::-1] if path == "reversed" else values


def _paired(machine: "Interpreter", path: str, call: Call) -> object:
    first = call.positional[:1] if path in {"enumerate", "itertools.pairwise"} else call.positional
    lists = [machine.iterated(each) for each in (first[1:] if path == "map" else first)]
    known = [each for each in lists if each is not None]
    if not known or len(known) < len(lists):
        return Opaque(call.text, call.line)
    if path == "enumerate":
        start = call.get(1, "start", 0)
        return list(enumerate(known[0], start if isinstance(start, int) else 0))
    if path == "map":
        return [
            machine.call(first[0], Call(call.line, list(each), node=call.node)) for each in zip(*known, strict=False)
        ]
    return (
        list(zip(known[0], known[0][1:], strict=False))
        if path == "itertools.pairwise"
        else list(zip(*known, strict=False))
    )


def _dictionary(machine: "Interpreter", call: Call) -> object:
    made: dict[object, object] = {}
    pairs = call.positional[0] if call.positional else []
    listed = list(pairs.items()) if isinstance(pairs, dict) else machine.iterated(pairs)
    for place, each in enumerate(listed or []):
        if not isinstance(each, list | tuple) or len(each) != 2:
            return [pairs]  # no dictionary, and no layers either
        made[each[0] if isinstance(each[0], SCALARS) else f"key {place}"] = each[1]
    made.update(call.named)
    return made


def _is_a(value: object, kinds: object, unknown: Opaque) -> object:
    found = []
    for kind in kinds if isinstance(kinds, list | tuple) else [kinds]:
        if isinstance(kind, Path) and kind.name in TYPES and not isinstance(value, Opaque):
            found.append(isinstance(value, TYPES[kind.name]))
        elif isinstance(kind, Path) and isinstance(value, Leaf):
            found.append(kind.name in {f"torch.nn.{value.layer.kind}", "torch.nn.Module"})
        elif isinstance(kind, Path) and isinstance(value, Block):
            found.append(kind.name in {f"torch.nn.{value.kind}", "torch.nn.Module"})
        elif isinstance(kind, Path) and isinstance(value, Node):
            found.append("Tensor" in kind.name)
        elif isinstance(kind, OwnClass) and isinstance(value, Leaf | Block):
            found.append(isinstance(value, Block) and value.own is kind)
        elif isinstance(kind, Path) and isinstance(value, (*SCALARS, list, tuple, dict)):
            found.append(False)
        else:
            return unknown
    return any(found)


def _attribute(subject: object, name: str, rest: Sequence[object], unknown: Opaque) -> object:
    if isinstance(subject, Path):
        return Path(f"{subject.name}.{name}")
    if isinstance(subject, Block):
        found = subject.parts.get(name, subject.own.find(name) if subject.own else MISSING)
        if isinstance(found, Function):
            return Bound(subject, found)
        return found if found is not MISSING else rest[0] if rest else unknown
    return unknown


def _total(machine: "Interpreter", values: Sequence[object], call: Call, unknown: Opaque) -> object:
    signals = [each for each in values if isinstance(each, Node)]
    if len(signals) < len(values):
        return unknown
    made = signals[0]
    for each in signals[1:]:
        made = machine.sum(made, each, call.line)
    return made
