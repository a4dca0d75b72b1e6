"""Methods of modules, lists, dictionaries and texts."""

from typing import TYPE_CHECKING, Final

from demos.convolution.notation.constructors import constructed, layers_in
from demos.convolution.notation.refusal import MAX_LENGTH, Refusal
from demos.convolution.notation.values import SCALARS, Block, Bound, Call, Extent, Extents, Leaf, Opaque, Super

if TYPE_CHECKING:
    from demos.convolution.notation.interpreter import Interpreter

ITSELF: Final = {  # methods that return their module
    *(
        "to",
        "cuda",
        "cpu",
        "eval",
        "train",
        "double",
        "float",
        "half",
        "apply",
        "requires_grad_",
        "share_memory",
        "type",
    ),
    *("bfloat16", "initialize", "compile", "to_empty", "xpu"),
}
OF_MODULES: Final = ITSELF | {
    *(
        "add_module",
        "register_module",
        "append",
        "extend",
        "insert",
        "children",
        "named_children",
        "forward",
        "__call__",
    ),
    *("items", "keys", "values", "update", "modules", "named_modules", "parameters", "named_parameters", "state_dict"),
    *("load_state_dict", "zero_grad", "register_buffer", "register_parameter", "buffers", "get_submodule", "pop"),
}


def fill(machine: "Interpreter", block: Block, call: Call) -> None:
    """Give a Sequential its layers."""
    made = constructed(machine, "Sequential", call)
    if isinstance(made, Block):
        block.parts |= made.parts


def method(machine: "Interpreter", bound: Bound, call: Call) -> object:
    """What a method of a module, a list, a dictionary or a text does."""
    subject, name = bound.subject, str(bound.method)
    if isinstance(subject, Super):
        return _of_super(machine, subject, name, call)
    if isinstance(subject, Leaf | Block):
        return _of_module(machine, subject, name, call)
    if isinstance(subject, list):
        return _of_list(machine, subject, name, call)
    if isinstance(subject, dict):
        return _of_dictionary(subject, name, call)
    if isinstance(subject, str):
        return _of_text(subject, name, call)
    if isinstance(subject, Extents) and name == "numel":
        return Extent(subject.node, (0, -1))
    return Opaque(call.text, call.line)


def _of_super(machine: "Interpreter", subject: Super, name: str, call: Call) -> object:
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
    return _of_module(machine, block, name, call)


def _of_module(machine: "Interpreter", module: Leaf | Block, name: str, call: Call) -> object:
    if name in ITSELF:
        return module
    if name in {"forward", "__call__"}:
        return machine.call(module, call)
    if isinstance(module, Leaf):
        return Opaque(call.text, call.line)
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
        if value is not None:
            layers_in(machine, [value], call, 1)
        parts[key if isinstance(key, str) else f"key {len(parts)}"] = value
        return None
    if name in {"append", "extend", "insert"}:
        values = [call.get(1, "module")] if name == "insert" else call.positional[:1]
        added = layers_in(machine, list(values), call, 1 if name == "insert" else 0)
        machine.copied(len(modules))
        kept, place = list(modules.values()), call.get(0, "index") if name == "insert" else len(modules)
        if not isinstance(place, int):
            return Opaque(call.text, call.line)
        kept[place:place] = added
        parts.clear()
        parts |= {str(at): each for at, each in enumerate(kept)}
        return module
    if name == "update" and isinstance(more := call.get(0, "modules"), dict):
        parts |= {str(key): each for key, each in more.items()}
        return None
    return Opaque(call.text, call.line)


def _of_list(machine: "Interpreter", subject: list[object], name: str, call: Call) -> object:
    given = call.positional
    match name, given:
        case "append", [value]:
            subject.append(value)
        case (("extend" | "__iadd__"), [value]) if (more := machine.iterated(value)) is not None:
            subject.extend(more)
        case "insert", [int() as place, value]:
            subject.insert(place, value)
        case "reverse", []:
            subject.reverse()
        case "copy", []:
            return machine.iterated(subject)
        case "pop", [] if subject:
            return subject.pop()
        case "pop", [int() as place] if -len(subject) <= place < len(subject):
            return subject.pop(place)
        case _:
            return Opaque(call.text, call.line)
    if len(subject) > MAX_LENGTH:
        raise Refusal(f"Line {call.line}: a list or text of more than {MAX_LENGTH:,}.")
    return None


def _of_dictionary(subject: dict[object, object], name: str, call: Call) -> object:
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
            for more in (*call.positional[:1], call.named):
                subject |= more if isinstance(more, dict) else {}
            return None
    return Opaque(call.text, call.line)


def _of_text(subject: str, name: str, call: Call) -> object:
    given = call.positional
    if name in {"lower", "upper", "strip"} and not given:
        return str(getattr(subject, name)())
    if name in {"startswith", "endswith"} and len(given) == 1 and isinstance(given[0], str):
        return bool(getattr(subject, name)(given[0]))
    if name == "format" and all(isinstance(each, str | int | float) for each in given):
        pieces = subject.split("{}")
        if len(pieces) == len(given) + 1:
            return "".join(piece + str(each) for piece, each in zip(pieces, (*given, ""), strict=True))[:MAX_LENGTH]
    return Opaque(call.text, call.line)
