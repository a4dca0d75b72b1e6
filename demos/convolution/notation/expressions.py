"""Expressions of Python, as far as networks are written with them. What is beyond that becomes `Opaque`."""

import ast
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from demos.convolution.notation.names import known_name
from demos.convolution.notation.refusal import MAX_LENGTH, MAX_NESTING, MAX_NUMBER, Bounds, Refusal, deepest, quoted
from demos.convolution.notation.values import (
    LISTS,
    MISSING,
    SCALARS,
    Block,
    Call,
    Extent,
    Extents,
    Function,
    Leaf,
    Node,
    Opaque,
    Path,
    Scope,
)

Number = int | float
OPERATORS: Final[Mapping[type[ast.operator], Callable[[Number, Number], Number]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
}
COMPARED: Final[Mapping[type[ast.cmpop], Callable[[object, object], object]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,  # type: ignore[dict-item]  # of numbers or texts, seen before
    ast.LtE: operator.le,  # type: ignore[dict-item]
    ast.Gt: operator.gt,  # type: ignore[dict-item]
    ast.GtE: operator.ge,  # type: ignore[dict-item]
}
HIGHEST_POWER: Final = 64


class Expressions(Bounds):
    """The values of expressions."""

    def __init__(self) -> None:
        super().__init__()
        self.scope = Scope({})

    def value(self, node: ast.expr) -> object:
        """What an expression stands for."""
        self.step(node.lineno)
        match node:
            case ast.Constant(value=int() as number) if abs(number) > MAX_NUMBER:
                self.refuse(node.lineno, "a number is more than 10 to the 12.")
            case ast.Constant(value=bool() | int() | float() | str() | None as value):
                return value
            case ast.Name(id=name):
                found = self.scope.find(name)
                return known_name(name, node.lineno) if found is MISSING else found
            case ast.Attribute(value=base, attr=name):
                return self.attribute(self.value(base), name, node)
            case ast.Call():
                return self.called(node)
            case ast.List() | ast.Tuple():
                return self.display(node)
            case ast.Dict(keys=keys, values=values):
                return self.dictionary(keys, values, node)
            case ast.BinOp() | ast.UnaryOp():
                return self.arithmetic(node)
            case ast.BoolOp() | ast.Compare() | ast.IfExp():
                return self.decision(node)
            case ast.Subscript(value=base, slice=index):
                return self.item(self.value(base), self.value(index), node)
            case ast.Slice(lower=low, upper=high, step=step):
                parts = [None if each is None else self.value(each) for each in (low, high, step)]
                whole = all(each is None or isinstance(each, int) for each in parts) and parts[2] != 0
                return slice(*parts) if whole else self.opaque(node)
            case ast.ListComp(elt=inner) | ast.GeneratorExp(elt=inner):
                made: list[object] = []
                done = self.comprehended(node.generators, lambda: made.append(self.value(inner)))
                return made if done else self.opaque(node)
            case ast.DictComp(key=key, value=value):
                pairs: list[tuple[object, object]] = []
                done = self.comprehended(node.generators, lambda: pairs.append((self.value(key), self.value(value))))
                return {_key(one, place): other for place, (one, other) in enumerate(pairs)} if done else self.opaque(node)
            case ast.Lambda(args=parameters, body=body):
                return Function("lambda", node.lineno, parameters, self.defaults(parameters), body, self.scope)
            case ast.NamedExpr(target=ast.Name(id=name), value=inner):
                self.scope.names[name] = made_value = self.value(inner)
                return made_value
            case ast.JoinedStr(values=parts):
                texts = [self.formatted(part) for part in parts]
                return "".join(map(str, texts))[:MAX_LENGTH] if None not in texts else self.opaque(node)
        return self.opaque(node)

    def opaque(self, node: ast.expr, why: str = "cannot be followed") -> Opaque:
        """An expression that is not followed."""
        return Opaque(quoted(node), node.lineno, why)

    def attribute(self, base: object, name: str, node: ast.expr) -> object:
        """What is behind a dot."""
        raise NotImplementedError

    def call(self, function: object, call: Call, text: str) -> object:
        """What a call returns."""
        raise NotImplementedError

    def defaults(self, parameters: ast.arguments) -> dict[str, object]:
        """The values of a function's defaults, which are found when it is defined."""
        placed = [*parameters.posonlyargs, *parameters.args]
        late = placed[len(placed) - len(parameters.defaults) :]
        pairs = [*zip(late, parameters.defaults, strict=True)]
        pairs += [(each, to) for each, to in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True) if to]
        return {each.arg: self.value(to) for each, to in pairs}

    def called(self, node: ast.Call) -> object:
        """A call, with its arguments read first."""
        function = self.value(node.func)
        call, before = Call(node.lineno, []), (self.where, self.nesting)
        if isinstance(function, Path) and function.name.startswith("torch.nn.") and function.name.count(".") == 2:
            kind = function.name.removeprefix("torch.nn.")
            self.where = f"Line {node.lineno}, {kind}"
            self.nesting += kind in {"Sequential", "ModuleList", "Residual", "Concat"}
            self.check_nesting(node.lineno)
        for each in node.args:
            source = each.value if isinstance(each, ast.Starred) else each
            value = self.value(source)
            values = self.iterated(value) if isinstance(each, ast.Starred) else [value]
            if values is None:
                values = [self.opaque(source, value.why) if isinstance(value, Opaque) else self.opaque(source)]
            for one in values:
                call.sources[len(call.positional)] = source
                call.positional.append(one)
        for keyword in node.keywords:
            value = self.value(keyword.value)
            if keyword.arg is None and not isinstance(value, dict):
                self.refuse(node.lineno, "** cannot be read; write the arguments.")
            named = {keyword.arg: value} if keyword.arg is not None else value
            for name, one in named.items():  # type: ignore[union-attr]  # just seen to be a dictionary
                if name in call.named:
                    self.refuse(node.lineno, f"{name} is given twice.")
                call.named[str(name)], call.sources[str(name)] = one, keyword.value
        self.where, self.nesting = before
        return self.call(function, call, quoted(node))

    def check_nesting(self, line: int) -> None:
        """Refuse what nobody writes."""
        if self.nesting > MAX_NESTING:
            raise Refusal(f"Line {line}: layers are nested more than {MAX_NESTING} deep.")

    def display(self, node: ast.List | ast.Tuple) -> object:
        """A list or a tuple that is written out."""
        self.nesting += 1
        self.check_nesting(node.lineno)
        parts: list[object] = []
        for each in node.elts:
            inner = self.value(each.value if isinstance(each, ast.Starred) else each)
            values = self.iterated(inner) if isinstance(each, ast.Starred) else [inner]
            parts += [self.opaque(each)] if values is None else values
        self.nesting -= 1
        return parts if isinstance(node, ast.List) else tuple(parts)

    def dictionary(self, keys: Sequence[ast.expr | None], values: Sequence[ast.expr], node: ast.expr) -> object:
        """A dictionary that is written out."""
        made: dict[object, object] = {}
        for place, (key, each) in enumerate(zip(keys, values, strict=True)):
            value = self.value(each)
            if key is not None:
                made[_key(self.value(key), place)] = value
            elif isinstance(value, dict):
                made |= value
            else:
                return self.opaque(node)
        return made

    def arithmetic(self, node: ast.BinOp | ast.UnaryOp) -> object:
        """Numbers, lists and texts with + - * / // % **, and what is done with signals."""
        if deepest(node, MAX_NESTING) > MAX_NESTING:
            self.refuse(node.lineno, f"its arithmetic is nested more than {MAX_NESTING} deep.")
        if isinstance(node, ast.UnaryOp):
            operand = self.value(node.operand)
            if isinstance(node.op, ast.Not):
                held = truth(operand)
                return self.opaque(node) if held is None else not held
            if isinstance(operand, Node | Opaque) or not isinstance(node.op, ast.USub | ast.UAdd):
                return operand if isinstance(operand, Node) else self.opaque(node)
            sign: ast.operator = ast.Sub() if isinstance(node.op, ast.USub) else ast.Add()
            return self.calculated(sign, 0, operand, node)
        return self.calculated(node.op, self.value(node.left), self.value(node.right), node)

    def calculated(self, sign: ast.operator, a: object, b: object, node: ast.expr) -> object:
        """The result of arithmetic, as long as it is small."""
        if isinstance(a, Node) or isinstance(b, Node):
            return self.of_signals(sign, a, b, node)
        if isinstance(a, Extent) or isinstance(b, Extent):
            return _extent(sign, a, b) or self.opaque(node, "depends on the size of the input")
        if isinstance(a, Opaque) or isinstance(b, Opaque):
            return self.opaque(node)
        if isinstance(sign, ast.Mod) and isinstance(a, str):
            return a if isinstance(b, SCALARS) and a.count("%") == 0 else _filled(a, b) or self.opaque(node)
        if isinstance(sign, ast.Add) and type(a) is type(b) and isinstance(a, list | tuple | str):
            return self.long(a + b, node)  # type: ignore[operator]  # of one type
        if isinstance(sign, ast.Mult) and isinstance(a, list | tuple | str | int) and isinstance(b, list | tuple | str | int):
            counts = [each for each in (a, b) if isinstance(each, int)]
            if len(counts) == 1:
                sequence = b if a is counts[0] else a
                if counts[0] * len(sequence) > MAX_LENGTH:  # type: ignore[arg-type]  # the one that is no number
                    self.refuse(node.lineno, f"a list or text of more than {MAX_LENGTH:,}.")
                return sequence * counts[0]  # type: ignore[operator]
        if not isinstance(a, int | float) or not isinstance(b, int | float):
            if all(isinstance(each, (*SCALARS, *LISTS)) for each in (a, b)):
                self.refuse(node.lineno, "+ - * // need numbers.")
            return self.opaque(node)
        if isinstance(sign, ast.FloorDiv | ast.Div | ast.Mod) and b == 0:
            self.refuse(node.lineno, "a division by 0.")
        if isinstance(sign, ast.Pow) and abs(b) <= HIGHEST_POWER and (a > 0 or b == int(b) >= 0):
            result: Number = a**b if abs(a) <= MAX_NUMBER else MAX_NUMBER**2
        elif type(sign) in OPERATORS:
            result = OPERATORS[type(sign)](a, b)
        else:
            return self.opaque(node)
        if not abs(result) <= MAX_NUMBER:
            self.refuse(node.lineno, "a number is more than 10 to the 12.")
        return result

    def long(self, made: list[object] | tuple[object, ...] | str, node: ast.expr) -> object:
        """A list or text that is not too long."""
        if len(made) > MAX_LENGTH:
            self.refuse(node.lineno, f"a list or text of more than {MAX_LENGTH:,}.")
        return made

    def of_signals(self, sign: ast.operator, a: object, b: object, node: ast.expr) -> object:
        """A sum of two signals; a number changes nothing that is counted here."""
        if isinstance(a, Node) and isinstance(b, Node):
            if isinstance(sign, ast.Add):
                return self.sum(a, b, node.lineno)
            what = {ast.Mult: "a product", ast.MatMult: "a product", ast.Sub: "a difference"}.get(type(sign), "made")
            return self.opaque(node, f"is {what} of two signals: only sums and torch.cat can be shown")
        plain = isinstance(sign, ast.Add | ast.Sub | ast.Mult | ast.Div)
        number, signal = (b, a) if isinstance(a, Node) else (a, b)
        return signal if plain and isinstance(number, int | float) else self.opaque(node)

    def sum(self, a: Node, b: Node, line: int) -> Node:
        """The sum of two signals."""
        raise NotImplementedError

    def decision(self, node: ast.BoolOp | ast.Compare | ast.IfExp) -> object:
        """What is true or false, and what depends on it."""
        if isinstance(node, ast.IfExp):
            held = truth(self.value(node.test))
            return self.opaque(node) if held is None else self.value(node.body if held else node.orelse)
        if isinstance(node, ast.BoolOp):
            value: object = None
            for each in node.values:
                value = self.value(each)
                held = truth(value)
                if held is None or held == isinstance(node.op, ast.Or):
                    return self.opaque(node) if held is None else value
            return value
        left = self.value(node.left)
        for sign, right in zip(node.ops, map(self.value, node.comparators), strict=True):
            result = _compared(sign, left, right)
            if not result:
                return self.opaque(node) if result is None else False
            left = right
        return True

    def item(self, base: object, index: object, node: ast.Subscript) -> object:
        """What is in square brackets behind a value."""
        whole = isinstance(index, int | slice)
        if isinstance(base, Extents) and isinstance(index, int):
            return Extent(base.node, (base.first + index,)) if index >= 0 else self.opaque(node, "depends on the input")
        if isinstance(base, Extents) and isinstance(index, slice) and index.stop is index.step is None:
            return Extents(base.node, base.first + max(0, index.start or 0))
        if isinstance(base, Block) and base.kind == "ModuleDict" and isinstance(index, str):
            return base.parts.get(index, self.opaque(node, "is not there"))
        if isinstance(base, Block) and whole and (inner := self.iterated(base)) is not None:
            found = self.item(inner, index, node)
            return Block("Sequential", node.lineno, dict(_numbered(found))) if isinstance(found, list) else found
        if isinstance(base, (str, *LISTS)) and whole:
            if isinstance(index, int) and not -len(base) <= index < len(base):
                self.refuse(node.lineno, f"“{quoted(node)}” is beyond the end: there are {len(base)}.")
            return base[index]
        if isinstance(base, dict) and isinstance(index, SCALARS):
            return base.get(index, self.opaque(node, "is not there"))
        if isinstance(base, Node):
            return self.opaque(node, "is a part of a signal: only whole signals can be shown")
        return self.opaque(node)

    def comprehended(self, generators: Sequence[ast.comprehension], each: Callable[[], None]) -> bool:
        """Do something for each turn of the loops of a comprehension; whether all could be followed."""
        if not generators:
            each()
            return True
        first, *rest = generators
        values = self.iterated(self.value(first.iter))
        outer, self.scope = self.scope, Scope({}, self.scope)
        try:
            for one in values or ():
                self.assign(first.target, one)
                held = [truth(self.value(test)) for test in first.ifs]
                if None in held or (all(held) and not self.comprehended(rest, each)):
                    return False
        finally:
            self.scope = outer
        return values is not None

    def iterated(self, value: object) -> list[object] | None:
        """What a loop over a value goes through, if that is known."""
        match value:
            case list() | tuple() | str() | dict():
                return list(value)
            case range():
                return list(value[: MAX_LENGTH + 1])
            case Extents(node=node, first=first):  # one for all that follow, as nobody knows how many
                return [Extent(node, (-1,))] if first else None
            case Block(kind="ModuleDict", parts=parts):
                return list(parts)
            case Block() if value.kind in {"Sequential", "ModuleList"} or (value.own and value.own.inherits("torch.nn.Sequential")):
                return list(value.modules)
        return None

    def assign(self, target: ast.expr, value: object) -> None:
        """Give a value to what stands before an equals sign."""
        raise NotImplementedError

    def formatted(self, part: ast.expr) -> object:
        """A piece of an f-string; None if it cannot be read."""
        if isinstance(part, ast.Constant):
            return part.value
        value = self.value(part.value) if isinstance(part, ast.FormattedValue) and part.format_spec is None else None
        return value if isinstance(value, str | int | float) else None


def truth(value: object) -> bool | None:
    """Whether Python takes a value for true, if that is known."""
    if isinstance(value, Opaque | Node | Extent | Extents) or (isinstance(value, Path) and "torch" not in value.name):
        return None
    if isinstance(value, Block):
        return bool(value.parts) if value.kind in {"Sequential", "ModuleList", "ModuleDict"} else True
    return bool(value)


def _compared(sign: ast.cmpop, a: object, b: object) -> bool | None:
    if isinstance(sign, ast.Is | ast.IsNot):
        same = a is b or (isinstance(a, (Path, *SCALARS)) and type(a) is type(b) and a == b)
        return None if any(isinstance(each, Opaque) for each in (a, b)) else same == isinstance(sign, ast.Is)
    if isinstance(sign, ast.In | ast.NotIn):
        inside = list(b) if isinstance(b, (dict, str, *LISTS)) else [None, Opaque("", 0)]
        if not _plain(a) or not all(map(_plain, inside)):
            return None
        held = a in b if isinstance(b, str) and isinstance(a, str) else a in inside
        return held == isinstance(sign, ast.In)
    if isinstance(sign, ast.Eq | ast.NotEq) and isinstance(a, Path) and isinstance(b, Path):
        return (a == b) == isinstance(sign, ast.Eq)
    if isinstance(sign, ast.Eq | ast.NotEq) and all(map(_plain, (a, b))):
        return bool(COMPARED[type(sign)](a, b))
    if all(isinstance(each, int | float) for each in (a, b)) or all(isinstance(each, str) for each in (a, b)):
        return bool(COMPARED[type(sign)](a, b))
    return None


def _plain(value: object) -> bool:
    """Whether a value can be compared in one step."""
    inner = value if isinstance(value, list | tuple) else [value]
    return all(isinstance(each, SCALARS) for each in inner)


def _extent(sign: ast.operator, a: object, b: object) -> Extent | None:
    """The product of sizes of a signal."""
    parts = [each for each in (a, b) if isinstance(each, Extent)]
    rest = [each for each in (a, b) if not isinstance(each, Extent)]
    if not isinstance(sign, ast.Mult) or rest not in ([], [1]) or len({id(each.node) for each in parts}) > 1:
        return None
    return Extent(parts[0].node, tuple(axis for each in parts for axis in each.axes))


def _filled(text: str, value: object) -> str | None:
    """A text with %d or %s in the old way; no widths, which could be enormous."""
    values = value if isinstance(value, tuple) else (value,)
    pieces = text.replace("%s", "%d").replace("%i", "%d").split("%d")
    if len(pieces) != len(values) + 1 or any("%" in each for each in pieces):
        return None
    if not all(isinstance(each, str | int | float) for each in values):
        return None
    return "".join(piece + str(each) for piece, each in zip(pieces, (*values, ""), strict=True))[:MAX_LENGTH]


def _key(value: object, place: int) -> object:
    """A key of a dictionary; one that is not known is like no other."""
    return value if isinstance(value, SCALARS) else f"key {place}"


def _numbered(values: Sequence[object]) -> Iterator[tuple[str, object]]:
    return ((str(place), each) for place, each in enumerate(values) if isinstance(each, Leaf | Block))
