"""Which of the things that a text builds is its network."""

import ast
from collections.abc import Sequence
from typing import Final

from demos.convolution.layers import Layer
from demos.convolution.notation.arithmetic import FOLLOWED
from demos.convolution.notation.interpreter import Interpreter, inputs
from demos.convolution.notation.refusal import LAYERS_LOOK, Refusal
from demos.convolution.notation.values import MISSING, Block, Call, Function, Leaf, Node, Opaque, OwnClass, quoted

PASTE: Final = "Paste the layers as nn.Sequential(nn.Conv2d(...), ...)."


def network(machine: Interpreter, tree: ast.Module) -> tuple[Layer, ...]:
    """The layers of the one network of a text."""
    machine.run(tree.body)
    _check_whole(machine, tree)
    built = _built(machine) or _defined(machine, tree)
    chosen: tuple[Layer, ...] = ()
    first = 0
    for value, line in built:
        layers = machine.layers(value, line)
        if chosen and layers and _bare(layers) != _bare(chosen):
            raise Refusal(f"Line {line}: a second network; the first is in line {first}. Paste one.")
        if layers and not chosen:
            chosen, first = layers, line
    if not chosen:
        _refuse(machine, tree)
    return chosen


def _check_whole(machine: Interpreter, tree: ast.Module) -> None:
    """Refuse what was cut out of a class."""
    for each in tree.body:
        targets = each.targets if isinstance(each, ast.Assign) else []
        for target in targets:
            of_self = (
                isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self"
            )
            if of_self and machine.scope.find("self") is MISSING:
                raise Refusal(
                    f"Line {each.lineno}: this is a part of a class. Paste the whole class, with its forward."
                )


def _built(machine: Interpreter) -> list[tuple[object, int]]:
    """What a text has built, the likeliest kind of it: whole modules, then lists, what was done to a signal, layers."""
    built = [(each, line, calls) for value, line, calls in machine.found for each in _apart(value)]
    inside = _inside([value for value, _, _ in built])
    for deep in (False, True):  # what stands in the text itself, before what stands in its functions
        here = {id(value): (value, line) for value, line, calls in reversed(built) if deep == bool(calls)}
        free = [(value, line) for value, line in reversed(here.values()) if id(value) not in inside]
        blocks = [(value, line) for value, line in free if isinstance(value, Block) and _is_module(value)]
        losses = [(block, line) for block, line in blocks if len(inputs(block)) > 1]
        blocks = [(block, line) for block, line in blocks if len(inputs(block)) <= 1]
        lists = [(value, line) for value, line in free if isinstance(value, list | tuple) and _has_free(value, inside)]
        signals = [(value, line) for value, line in free if isinstance(value, Node) and value.layer is not None]
        leaves = [(value, line) for value, line in free if isinstance(value, Leaf)]
        for likely in (_last_of_each(blocks), lists, signals[-1:], leaves, losses):
            if likely:
                return [*likely]
    return []


def _last_of_each(blocks: Sequence[tuple[object, int]]) -> list[tuple[object, int]]:
    """Without networks of whose layers a later one is made."""
    found: list[tuple[object, int]] = []
    taken: set[int] = set()
    for block, line in reversed(blocks):
        parts = _reached([block])
        if not taken & set(parts):
            found.append((block, line))
        taken |= set(parts)
    return found[::-1]


def _reached(values: Sequence[object]) -> dict[int, object]:
    """Values, and all that are in them, each once."""
    found: dict[int, object] = {}
    rest = list(values)
    while rest:
        value = rest.pop()
        if id(value) in found or not isinstance(value, Block | Leaf | list | tuple):
            continue
        found[id(value)] = value
        rest += value.parts.values() if isinstance(value, Block) else value if isinstance(value, list | tuple) else ()
    return found


def _inside(values: Sequence[object]) -> set[int]:
    """Modules that are a part of another one, and lists that are in something."""
    found: set[int] = set()
    for value in _reached(values).values():
        parts = value.parts.values() if isinstance(value, Block) else value if isinstance(value, list | tuple) else ()
        kinds = Block | Leaf | list | tuple if isinstance(value, Block) else list | tuple
        found |= {id(each) for each in parts if isinstance(each, kinds)}
    return found


def _apart(value: object) -> Sequence[object]:
    """The parts of what is no list of layers, such as a network and its optimizer."""
    if isinstance(value, list | tuple) and not all(isinstance(each, Leaf | Block | list | tuple) for each in value):
        return value
    return [value]


def _is_module(block: Block) -> bool:
    return block.own is None or block.own.is_module


def _has_free(value: object, inside: set[int]) -> bool:
    """Whether a list has modules that are in nothing else."""
    return any(isinstance(each, Leaf | Block) and place not in inside for place, each in _reached([value]).items())


def _bare(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    return tuple(each._replace(line=0, ways=tuple(map(_bare, each.ways))) for each in layers)


def _defined(machine: Interpreter, tree: ast.Module) -> list[tuple[object, int]]:
    """The one network that a text defines and does not build: a class, or a function that builds one."""
    classes = {
        name: each for name, each in machine.scope.names.items() if isinstance(each, OwnClass) and each.is_module
    }
    functions = {name: each for name, each in machine.scope.names.items() if isinstance(each, Function)}
    parts = [each for each in tree.body if isinstance(each, ast.ClassDef)]
    outer = {name: each for name, each in classes.items() if not _mentioned(name, parts)}
    ready: dict[str, OwnClass | Function] = {name: each for name, each in outer.items() if not _needed(each)}
    if not ready:
        makers = [
            each for each in tree.body if isinstance(each, ast.FunctionDef) and _makes(each, {*outer, *functions})
        ]
        ready = {
            each.name: functions[each.name]
            for each in makers
            if each.name in functions and not _needed(functions[each.name]) and not _mentioned(each.name, tree.body)
        }
    if len(ready) > 1:
        raise Refusal(
            f"The text defines {', '.join(ready)} and builds none: add a line such as net = {next(iter(ready))}()."
        )
    for name, each in (outer if not ready else {}).items():
        arguments = ", ".join(f"{needed}=…" for needed in _needed(each))
        raise Refusal(f"Line {each.line}, {name}: nothing builds it. Add a line such as net = {name}({arguments}).")
    for maker in ready.values():
        value = machine.call(maker, Call(maker.line, []))
        if isinstance(value, Opaque):
            machine.lose(value)
        return [(value, maker.line)]
    return []


def _needed(value: OwnClass | Function) -> list[str]:
    """The arguments without which something cannot be called."""
    maker = value.find("__init__") if isinstance(value, OwnClass) else value
    if not isinstance(maker, Function):
        return []
    known = [*maker.parameters.posonlyargs, *maker.parameters.args][1 if isinstance(value, OwnClass) else 0 :]
    return [each.arg for each in (*known, *maker.parameters.kwonlyargs) if each.arg not in maker.defaults]


def _mentioned(name: str, statements: Sequence[ast.stmt]) -> bool:
    """Whether statements, other than its own definition, use a name."""
    others = [each for each in statements if getattr(each, "name", None) != name]
    return any(isinstance(each, ast.Name) and each.id == name for part in others for each in ast.walk(part))


def _makes(function: ast.FunctionDef, makers: set[str]) -> bool:
    """Whether a function may return a network."""
    inner = list(ast.walk(function))
    named = any(isinstance(each, ast.Name) and each.id in {*makers, "nn", "torch"} for each in inner)
    return named and any(isinstance(each, ast.Return) and each.value is not None for each in inner)


def _refuse(machine: Interpreter, tree: ast.Module) -> None:
    """Say why there is nothing."""
    for each in tree.body:
        names = each.names if isinstance(each, ast.Import) else []
        module = (each.module or "") if isinstance(each, ast.ImportFrom) else ""
        if any(
            part in {"keras", "tensorflow"}
            for part in [module.split(".")[0], *(one.name.split(".")[0] for one in names)]
        ):
            raise Refusal(f"Line {each.lineno}: this is Keras. Only networks of PyTorch are read here.")
    for node in machine.rest:
        value = machine.value(node)
        if isinstance(value, Opaque) and value.why != FOLLOWED:
            raise Refusal(f"Line {node.lineno}: “{quoted(node)}” is not a layer: “{value.text}” {value.why}.")
        raise Refusal(f"Line {node.lineno}: “{quoted(node)}” is not a layer. {LAYERS_LOOK}")
    raise Refusal(f"There is no layer in it. {PASTE}")
