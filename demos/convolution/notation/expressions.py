"""Expressions of Python, as far as networks are written with them. What is beyond that becomes `Opaque`."""

import ast
from collections.abc import Callable, Iterator, Sequence

from demos.convolution.notation.arithmetic import Arithmetic
from demos.convolution.notation.decisions import compared, truth
from demos.convolution.notation.names import known_name
from demos.convolution.notation.refusal import MAX_LENGTH, MAX_NESTING, MAX_NUMBER, Refusal
from demos.convolution.notation.values import (
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
    quoted,
)


class Expressions(Arithmetic):
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
                return (
                    {_key(one, place): other for place, (one, other) in enumerate(pairs)} if done else self.opaque(node)
                )
            case ast.Lambda(args=parameters, body=body):
                return Function("lambda", node.lineno, parameters, self.defaults(parameters), body, self.scope)
            case ast.NamedExpr(target=ast.Name(id=name), value=inner):
                self.scope.names[name] = made_value = self.value(inner)
                return made_value
            case ast.JoinedStr(values=parts):
                texts = [self.formatted(part) for part in parts]
                return "".join(map(str, texts))[:MAX_LENGTH] if None not in texts else self.opaque(node)
        return self.opaque(node)

    def attribute(self, base: object, name: str, node: ast.expr) -> object:
        """What is behind a dot."""
        raise NotImplementedError

    def call(self, function: object, call: Call) -> object:
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
        call, before = Call(node.lineno, [], node=node), (self.where, self.nesting)
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
                values = [value if isinstance(value, Opaque) else self.opaque(source)]
            for one in values:
                call.sources[len(call.positional)] = source
                call.positional.append(one)
        for keyword in node.keywords:
            value = self.value(keyword.value)
            named = value if keyword.arg is None else {keyword.arg: value}
            if not isinstance(named, dict):
                self.refuse(node.lineno, "** cannot be read; write the arguments.")
            for name, one in named.items():
                if name in call.named:
                    self.refuse(node.lineno, f"{name} is given twice.")
                call.named[str(name)], call.sources[str(name)] = one, keyword.value
        self.where, self.nesting = before
        return self.call(function, call)

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
            result = compared(sign, left, right)
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
        if isinstance(base, str | list | tuple | range) and isinstance(index, slice):
            part = base[index]
            self.copied(len(part))
            return part
        if isinstance(base, str | list | tuple | range) and isinstance(index, int):
            if not -len(base) <= index < len(base):
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
            case list() | tuple() | str() | dict() | range():
                self.copied(len(value))
                return list(value)
            case Extents(node=node, first=first):  # one for all that follow, as nobody knows how many
                return [Extent(node, (-1,))] if first else None
            case Block(kind="ModuleDict", parts=parts):
                self.copied(len(parts))
                return list(parts)
            case Block() if value.kind in {"Sequential", "ModuleList"} or (
                value.own and value.own.inherits("torch.nn.Sequential")
            ):
                self.copied(len(value.parts))
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


def _key(value: object, place: int) -> object:
    """A key of a dictionary; one that is not known is like no other."""
    return value if isinstance(value, SCALARS) else f"key {place}"


def _numbered(values: Sequence[object]) -> Iterator[tuple[str, object]]:
    return ((str(place), each) for place, each in enumerate(values) if isinstance(each, Leaf | Block))
