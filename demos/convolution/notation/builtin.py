"""Functions of Python and its library, and methods of modules, lists, dictionaries and texts."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from demos.convolution.notation.constructors import constructed, layers_in
from demos.convolution.notation.expressions import truth
from demos.convolution.notation.refusal import MAX_LENGTH, MAX_NUMBER, Refusal
from demos.convolution.notation.values import (
    MISSING,
    SCALARS,
    Block,
    Bound,
    Call,
    Extents,
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

ITSELF: Final = {  # methods that return their module
    *("to", "cuda", "cpu", "eval", "train", "double", "float", "half", "apply", "requires_grad_", "share_memory", "type"),
    *("bfloat16", "initialize", "compile", "to_empty", "xpu"),
}
OF_MODULES: Final = ITSELF | {
    *("add_module", "register_module", "append", "extend", "insert", "children", "named_children", "forward", "__call__"),
    *("items", "keys", "values", "update", "modules", "named_modules", "parameters", "named_parameters", "state_dict"),
    *("load_state_dict", "zero_grad", "register_buffer", "register_parameter", "buffers", "get_submodule", "pop"),
}
LIBRARY: Final = {
    *("collections.OrderedDict", "functools.partial", "functools.reduce", "typing.cast", "math.floor", "math.ceil"),
    *("math.sqrt", "math.log2", "math.prod", "numpy.prod", "math.log", "copy.deepcopy", "itertools.pairwise"),
}
COUNTED: Final[Mapping[str, Callable[..., object]]] = {
    **{"int": int, "float": float, "abs": abs, "round": round, "math.floor": math.floor, "math.ceil": math.ceil},
    **{"math.sqrt": math.sqrt, "math.log2": math.log2, "math.log": math.log, "min": min, "max": max, "sum": sum},
    **{"math.prod": math.prod, "numpy.prod": math.prod, "bool": bool},
}
TYPES: Final[Mapping[str, type | tuple[type, ...]]] = {
    **{"int": int, "float": float, "str": str, "bool": bool, "list": list, "tuple": tuple, "dict": dict},
}


def function(machine: "Interpreter", path: str, call: Call, text: str) -> object:
    """What a function of Python or its library returns."""
    given = call.positional
    unknown = Opaque(text, call.line)
    match path, given:
        case "print", _:
            return next((each for each in given if isinstance(each, Leaf | Block)), None)
        case "super", [OwnClass() as owner, Block() as subject]:
            return Super(subject, owner)
        case "range", _ if 1 <= len(given) <= 3 and all(isinstance(each, int) for each in given):
            return range(*given) if len(given) < 3 or given[2] else unknown  # type: ignore[arg-type]  # just seen
        case "len", [list() | tuple() | dict() | str() | range() as value]:
            return len(value)
        case "len", [Block() as block]:
            return len(block.modules)
        case "len", [Node() as signal]:
            return Extent(signal, (0,))
        case ("list" | "tuple" | "reversed" | "sorted" | "set"), [value]:
            return _listed(machine, path, value) or unknown if value else []
        case ("list" | "tuple"), []:
            return []
        case ("enumerate" | "zip" | "map" | "itertools.pairwise"), _:
            return _paired(machine, path, call, text)
        case ("dict" | "collections.OrderedDict"), _:
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
            return _attribute(machine, subject, name, rest, unknown)
        case "hasattr", [Block() as block, str() as name]:
            return name in block.parts or (block.own is not None and block.own.find(name) is not MISSING)
        case "setattr", [Block() as block, name, value]:
            block.parts[name if isinstance(name, str) else f"key {len(block.parts)}"] = value
            return None
        case "functools.partial", [inner, *rest]:
            return Partial(inner, rest, call.named)
        case ("typing.cast" | "copy.deepcopy"), [*_, value] if path == "typing.cast":
            return value
        case "str", [value] if isinstance(value, SCALARS):
            return str(value)[:MAX_LENGTH]
        case ("any" | "all"), [list() as values] if None not in (held := [truth(each) for each in values]):
            return any(held) if path == "any" else all(held)
        case "sum", [list() | tuple() as values, *_] if any(isinstance(each, Node) for each in values):
            return _total(machine, values, call, unknown)
    return _counted(machine, path, call, unknown)


def _counted(machine: "Interpreter", path: str, call: Call, unknown: Opaque) -> object:
    given = [list(each) if isinstance(each, range) and len(each) <= MAX_LENGTH else each for each in call.positional]
    inner = [one for each in given for one in (each if isinstance(each, list | tuple) else [each])]
    plain = all(isinstance(each, int | float) or (path in {"int", "float"} and isinstance(each, str)) for each in inner)
    if path not in COUNTED or not plain or call.named or not given:
        return unknown
    if path.endswith("prod") and sum(math.log2(abs(each) + 1) for each in inner) > 1000:  # type: ignore[arg-type]
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


def _paired(machine: "Interpreter", path: str, call: Call, text: str) -> object:
    first = call.positional[:1] if path in {"enumerate", "itertools.pairwise"} else call.positional
    lists = [machine.iterated(each) for each in (first[1:] if path == "map" else first)]
    known = [each for each in lists if each is not None]
    if not known or len(known) < len(lists):
        return Opaque(text, call.line)
    if path == "enumerate":
        start = call.get(1, "start", 0)
        return list(enumerate(known[0], start if isinstance(start, int) else 0))
    if path == "map":
        return [machine.call(first[0], Call(call.line, list(each)), text) for each in zip(*known, strict=False)]
    return list(zip(known[0], known[0][1:], strict=False)) if path == "itertools.pairwise" else list(zip(*known, strict=False))


def _dictionary(machine: "Interpreter", call: Call) -> object:
    made: dict[object, object] = {}
    pairs = call.positional[0] if call.positional else []
    if isinstance(pairs, dict):
        made |= pairs
    else:
        for place, each in enumerate(machine.iterated(pairs) or []):
            if not isinstance(each, list | tuple) or len(each) != 2:
                return [pairs]
            made[each[0] if isinstance(each[0], SCALARS) else f"key {place}"] = each[1]
    return {**made, **call.named}


def _is_a(value: object, kinds: object, unknown: Opaque) -> object:
    found = []
    for kind in kinds if isinstance(kinds, list | tuple) else [kinds]:
        if isinstance(kind, Path) and kind.name in TYPES and not isinstance(value, Opaque):
            found.append(isinstance(value, TYPES[kind.name]))
        elif isinstance(kind, Path) and isinstance(value, Leaf):
            found.append(kind.name in {f"torch.nn.{value.layer.kind}", "torch.nn.Module"})
        elif isinstance(kind, Path) and isinstance(value, Block | Node):
            found.append(kind.name in {f"torch.nn.{value.kind}", "torch.nn.Module"} if isinstance(value, Block) else "Tensor" in kind.name)
        elif isinstance(kind, OwnClass) and isinstance(value, Leaf | Block):
            found.append(isinstance(value, Block) and value.own is kind)
        elif isinstance(kind, Path) and isinstance(value, (*SCALARS, list, tuple, dict)):
            found.append(False)
        else:
            return unknown
    return any(found)


def _attribute(machine: "Interpreter", subject: object, name: str, rest: Sequence[object], unknown: Opaque) -> object:
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


def fill(machine: "Interpreter", block: Block, call: Call) -> None:
    """Give a Sequential its layers."""
    made = constructed(machine, "Sequential", call)
    if isinstance(made, Block):
        block.parts |= made.parts


def method(machine: "Interpreter", bound: Bound, call: Call, text: str) -> object:
    """What a method of a module, a list, a dictionary or a text does."""
    subject, name = bound.subject, str(bound.method)
    if isinstance(subject, Super):
        return _of_super(machine, subject, name, call, text)
    if isinstance(subject, Leaf | Block):
        return _of_module(machine, subject, name, call, text)
    if isinstance(subject, list):
        return _of_list(machine, subject, name, call, text)
    if isinstance(subject, dict):
        return _of_dictionary(subject, name, call, text)
    if isinstance(subject, str):
        return _of_text(subject, name, call, text)
    if isinstance(subject, Extents) and name == "numel":
        return Extent(subject.node, (0, -1))
    return Opaque(text, call.line)


def _of_super(machine: "Interpreter", subject: Super, name: str, call: Call, text: str) -> object:
    block = subject.subject
    if name == "__init__":
        if block.own is not None and block.own.inherits("torch.nn.Sequential"):
            fill(machine, block, call)
        return None
    if name in {"forward", "__call__"} and block.own is not None and block.own.inherits("torch.nn.Sequential"):
        signal: object = call.get(0, "input")
        for each in block.modules:
            signal = machine.through(each, signal, call.line)
        return signal
    return _of_module(machine, block, name, call, text)


def _of_module(machine: "Interpreter", module: Leaf | Block, name: str, call: Call, text: str) -> object:
    if name in ITSELF:
        return module
    if name in {"forward", "__call__"}:
        return machine.call(module, call, text)
    if isinstance(module, Leaf):
        return Opaque(text, call.line)
    parts = module.parts
    modules = {key: each for key, each in parts.items() if isinstance(each, Leaf | Block)}
    if name in {"children", "values"}:
        return list(modules.values())
    if name in {"named_children", "items"}:
        return list(modules.items())
    if name == "keys":
        return list(modules)
    if name in {"add_module", "register_module"}:
        key, value = call.get(0, "name"), call.get(1, "module")
        _check_layer(machine, value, call)
        parts[key if isinstance(key, str) else f"key {len(parts)}"] = value
        return None
    if name in {"append", "extend", "insert"}:
        values = [call.get(1, "module")] if name == "insert" else call.positional[:1]
        added = layers_in(machine, list(values), call, 1 if name == "insert" else 0)
        place = call.positional[0] if name == "insert" else len(modules)
        kept = list(modules.values())
        kept[place:place] = added  # type: ignore[misc]  # a whole number, or torch would refuse it
        parts.clear()
        parts |= {str(at): each for at, each in enumerate(kept)}
        return module
    if name == "update" and isinstance(call.get(0, "modules"), dict):
        parts |= call.positional[0]  # type: ignore[operator]  # a dictionary
        return None
    return Opaque(text, call.line)


def _check_layer(machine: "Interpreter", value: object, call: Call) -> None:
    if value is not None:
        layers_in(machine, [value], call, 1)


def _of_list(machine: "Interpreter", subject: list[object], name: str, call: Call, text: str) -> object:
    given = call.positional
    match name, given:
        case "append", [value]:
            subject.append(value)
        case ("extend" | "__iadd__"), [value] if (more := machine.iterated(value)) is not None:
            subject.extend(more)
        case "insert", [int() as place, value]:
            subject.insert(place, value)
        case "reverse", []:
            subject.reverse()
        case "copy", []:
            return list(subject)
        case "pop", [] | [int()] if subject:
            place = given[0] if given else -1
            return subject.pop(place) if isinstance(place, int) and -len(subject) <= place < len(subject) else Opaque(text, call.line)
        case _:
            return Opaque(text, call.line)
    if len(subject) > MAX_LENGTH:
        raise Refusal(f"Line {call.line}: a list or text of more than {MAX_LENGTH:,}.")
    return None


def _of_dictionary(subject: dict[object, object], name: str, call: Call, text: str) -> object:
    key = call.positional[0] if call.positional and isinstance(call.positional[0], SCALARS) else None
    match name:
        case "items":
            return list(subject.items())
        case "keys":
            return list(subject)
        case "values":
            return list(subject.values())
        case "get" if call.positional:
            return subject.get(key, call.get(1, "default"))
        case "pop" if call.positional:
            return subject.pop(key, call.get(1, "default"))
        case "update":
            subject |= call.named
            subject |= call.positional[0] if call.positional and isinstance(call.positional[0], dict) else {}
            return None
    return Opaque(text, call.line)


def _of_text(subject: str, name: str, call: Call, text: str) -> object:
    given = call.positional
    if name in {"lower", "upper", "strip"} and not given:
        return str(getattr(subject, name)())
    if name in {"startswith", "endswith"} and len(given) == 1 and isinstance(given[0], str):
        return bool(getattr(subject, name)(given[0]))
    if name == "format" and all(isinstance(each, str | int | float) for each in given):
        pieces = subject.split("{}")
        if len(pieces) == len(given) + 1:
            return "".join(piece + str(each) for piece, each in zip(pieces, (*given, ""), strict=True))[:MAX_LENGTH]
    return Opaque(text, call.line)
