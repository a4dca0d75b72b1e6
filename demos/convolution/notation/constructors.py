"""The layers and containers of torch.nn, made of the arguments of a call."""

import difflib
from typing import Final

from demos.convolution.layers import CONCAT, KINDS, LAZY, RESIDUAL, Layer, Value, checked
from demos.convolution.notation.expressions import Expressions
from demos.convolution.notation.refusal import LAYERS_LOOK, MAX_NESTING, Refusal
from demos.convolution.notation.values import SCALARS, Block, Call, Leaf, Opaque, OwnClass, Path, quoted

PLACED: Final = {"device", "dtype"}  # where the numbers lie changes no count
WEIGHTED: Final = {"Conv1d", "Conv2d", "Linear", "BatchNorm1d", "BatchNorm2d", "PReLU", *LAZY}
PASTE_IT: Final = "Paste the lines that define it"
WRAPPERS: Final = {"DataParallel", "parallel.DistributedDataParallel", "parallel.DataParallel"}


def constructed(machine: Expressions, kind: str, call: Call) -> Leaf | Block | Opaque:
    """What `nn.<kind>(...)` is."""
    where = f"Line {call.line}, {kind}"
    if kind == "Sequential":
        return _sequential(machine, call)
    if kind == "ModuleList":
        parts = layers_in(machine, list(call.positional), call)
        return Block(kind, call.line, {str(place): each for place, each in enumerate(parts)})
    if kind == "ModuleDict":
        return Block(kind, call.line, _pairs(call.get(0, "modules", {})) or {})
    if kind == RESIDUAL:
        body, shortcut = Block("Sequential", call.line, {}), call.named.get("shortcut")
        body.parts = {str(place): each for place, each in enumerate(layers_in(machine, call.positional, call))}
        if set(call.named) - {"shortcut"} or not body.parts:
            raise Refusal(f"{where}: it takes at least one layer, and then shortcut= or nothing.")
        last = layers_in(machine, [shortcut], call, "shortcut") if "shortcut" in call.named else []
        rest = Block("Sequential", call.line, {str(place): each for place, each in enumerate(last)})
        return Block(kind, call.line, {"body": body, "shortcut": rest})
    if kind == CONCAT:
        ways = [layers_in(machine, [each], call, place) for place, each in enumerate(call.positional)]
        if len(ways) < 2 or call.named:
            raise Refusal(f"{where}: it takes at least two ways, each a layer or a Sequential.")
        blocks = [Block("Sequential", call.line, {str(n): each for n, each in enumerate(way)}) for way in ways]
        return Block(kind, call.line, {str(place): each for place, each in enumerate(blocks)})
    if kind.endswith(("Loss", "Parameter", "ParameterList")) or kind.startswith(("init.", "utils.", "Parameter")):
        return Opaque(call.text, call.line, "is no layer that can be shown here")
    if kind in WRAPPERS and isinstance(inner := call.get(0, "module"), Leaf | Block):
        return inner
    if kind not in KINDS:
        raise Refusal(f"{where}: there is no such layer here.{_hint(kind)}")
    positional = [argument(each, call, place, where) for place, each in enumerate(call.positional)]
    given = {name: each for name, each in call.named.items() if name not in PLACED}
    return leaf(kind, positional, {name: argument(each, call, name, where) for name, each in given.items()}, call.line)


def leaf(kind: str, positional: list[Value], named: dict[str, Value], line: int) -> Leaf:
    """A layer of torch.nn, with arguments that it may have."""
    try:
        return Leaf(Layer(kind, checked(kind, positional, named), line))
    except ValueError as error:
        raise Refusal(f"Line {line}, {kind}: {error}.") from None


def argument(value: object, call: Call, place: int | str, where: str) -> Value:
    """An argument of a layer: a number, a text, True, False, None, or several numbers."""
    if isinstance(value, list | tuple) and all(isinstance(each, int | float | None) for each in value):
        return tuple(value)
    if isinstance(value, bool | int | float | str | None):
        return value
    source = call.sources.get(place)
    text = quoted(source) if source is not None else "an argument"
    unknown = next(
        (each for each in (value if isinstance(value, list | tuple) else [value]) if isinstance(each, Opaque)), None
    )
    if unknown is None or (unknown.text == text and unknown.why == "cannot be followed"):
        raise Refusal(
            f"{where}: “{text}” cannot be read; write a number, or numbers with + - * //.", lost=unknown is not None
        )
    origin = "" if unknown.text == text else f"cannot be read, because “{unknown.text}” in line {unknown.line} "
    raise Refusal(f"{where}: “{text}” {origin}{unknown.why}. {PASTE_IT}, or write a number.", lost=True)


def layers_in(
    machine: Expressions, values: list[object], call: Call, place: int | str | None = None
) -> list[Leaf | Block]:
    """The layers among values that must be layers, or lists of them."""
    found: list[Leaf | Block] = []

    def add(value: object, source: int | str, depth: int) -> None:
        machine.step(call.line)
        if isinstance(value, Leaf | Block):
            found.append(value)
        elif isinstance(value, list | tuple):
            if depth > MAX_NESTING:
                raise Refusal(f"Line {call.line}: layers are nested more than {MAX_NESTING} deep.")
            for each in value:
                add(each, source, depth + 1)
        else:
            _refuse(value, call, source)

    for at, each in enumerate(values):
        add(each, at if place is None else place, 0)
    return found


def _refuse(value: object, call: Call, place: int | str) -> None:
    source = call.sources.get(place)
    text, line = (quoted(source), source.lineno) if source is not None else ("an argument", call.line)
    if isinstance(value, Opaque) and (value.text != text or value.why != "cannot be followed"):
        origin = "" if value.text == text else f"is not known, because “{value.text}” in line {value.line} "
        raise Refusal(f"Line {line}: “{text}” {origin}{value.why}. {PASTE_IT}.", lost=True)
    if isinstance(value, Path) and value.name.startswith("torch.nn.functional."):
        raise Refusal(f"Line {line}: “{text}” is a function, not a layer of torch.nn. {LAYERS_LOOK}")
    call_it = f" Did you mean {text}()?" if isinstance(value, Path | OwnClass) else f" {LAYERS_LOOK}"
    raise Refusal(f"Line {line}: “{text}” is not a layer.{call_it}")


def _sequential(machine: Expressions, call: Call) -> Block:
    if call.named:
        raise Refusal(f"Line {call.line}, Sequential: it takes layers, not {next(iter(call.named))}=.")
    pairs = _pairs(call.positional[0]) if len(call.positional) == 1 and isinstance(call.positional[0], dict) else None
    if pairs is None:
        pairs = {str(place): each for place, each in enumerate(layers_in(machine, call.positional, call))}
    else:
        layers_in(machine, list(pairs.values()), call, 0)
    return Block("Sequential", call.line, pairs)


def _pairs(value: object) -> dict[str, object] | None:
    """The names and values of a dictionary, or of a list of pairs."""
    if isinstance(value, dict):
        return {str(name): each for name, each in value.items() if isinstance(name, SCALARS)}
    if isinstance(value, list | tuple) and all(isinstance(each, list | tuple) and len(each) == 2 for each in value):
        return {each[0] if isinstance(each[0], str) else f"key {place}": each[1] for place, each in enumerate(value)}
    return None


def _hint(kind: str) -> str:
    known = {each.lower(): each for each in sorted(KINDS)}
    close = difflib.get_close_matches(kind.lower(), known, n=1)
    if close:
        return f" Did you mean {known[close[0]]}?"
    return f" There are {', '.join(sorted(KINDS))} and {RESIDUAL}."
