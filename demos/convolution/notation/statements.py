"""Statements of Python, and the functions that are made of them."""

import ast
from collections.abc import Callable, Sequence

from demos.convolution.layers import BLOCKS
from demos.convolution.notation.expressions import Expressions, truth
from demos.convolution.notation.refusal import MAX_CALLS, Refusal, quoted
from demos.convolution.notation.values import (
    MISSING,
    Block,
    Call,
    Extent,
    Extents,
    Function,
    Opaque,
    OwnClass,
    Path,
    Scope,
    Super,
)

TRAINING = {"backward", "zero_grad"}  # a loop with one of these makes no layers
CHANGING = {"append", "extend", "insert", "add_module", "register_module", "update", "setdefault", "pop", "reverse"}


class ReturnedError(Exception):
    """A function ends."""

    def __init__(self, value: object) -> None:
        super().__init__()
        self.value = value


class BrokenError(Exception):
    """A loop ends, or this turn of it."""

    def __init__(self, *, goes_on: bool) -> None:
        super().__init__()
        self.goes_on = goes_on


class Statements(Expressions):
    """What statements do."""

    loops = 0  # around a statement, in its function

    def run(self, body: Sequence[ast.stmt]) -> None:
        """One statement after the other."""
        for statement in body:
            self.step(statement.lineno)
            self.statement(statement)

    def note(self, node: ast.expr, value: object, *, named: bool) -> None:
        """Whatever a text gives a name, or leaves on a line of its own, may be its network."""
        raise NotImplementedError

    def statement(self, node: ast.stmt) -> None:
        """One statement."""
        match node:
            case ast.Expr(value=expression):
                self.note(expression, self.value(expression), named=False)
            case ast.Assign(targets=targets, value=expression):
                value = self.value(expression)
                for target in targets:
                    self.assign(target, value)
                self.note(expression, value, named=True)
            case ast.AnnAssign(target=target, value=ast.expr() as expression):
                value = self.value(expression)
                self.assign(target, value)
                self.note(expression, value, named=True)
            case ast.AugAssign(target=target, op=sign, value=expression):
                old = self.value(_read(target))
                new = self.value(expression)
                if isinstance(sign, ast.Add) and isinstance(old, list) and (more := self.iterated(new)) is not None:
                    old += self.long(more, expression)  # type: ignore[arg-type]  # a list
                    self.long(old, expression)
                else:
                    self.assign(target, self.calculated(sign, old, new, ast.copy_location(_read(target), node)))
            case ast.FunctionDef(name=name, args=parameters, body=body, decorator_list=decorators):
                function = Function(name, node.lineno, parameters, self.defaults(parameters), body, self.scope)
                function.decorators = tuple(map(ast.unparse, decorators))
                self.scope.names[name] = function
            case ast.ClassDef():
                self.define(node)
            case ast.Return(value=expression) if self.calls:
                raise ReturnedError(None if expression is None else self.value(expression))
            case ast.If(test=test, body=body, orelse=otherwise):
                held = truth(self.value(test))
                if held is None:
                    self.skip([*body, *otherwise], test)
                else:
                    self.run(body if held else otherwise)
            case ast.For():
                self.loop(node)
            case ast.While(test=test, body=body):
                self.repeat(node, test, body)
            case ast.With(items=items, body=body):
                for item in items:
                    value = self.value(item.context_expr)
                    if item.optional_vars is not None:
                        self.assign(item.optional_vars, self.opaque(item.context_expr) if value is None else value)
                self.run(body)
            case ast.Try(body=body, orelse=otherwise, finalbody=last):
                self.run([*body, *otherwise, *last])
            case ast.Import() | ast.ImportFrom():
                self.imported(node)
            case ast.Break() | ast.Continue() if self.loops:
                raise BrokenError(goes_on=isinstance(node, ast.Continue))
            case ast.Raise():
                self.refuse(node.lineno, f"here the code itself stops with “{quoted(node)}”.")
            case ast.Pass() | ast.Assert() | ast.Delete() | ast.Global() | ast.Nonlocal() | ast.AnnAssign():
                pass
            case _:
                self.refuse(node.lineno, "this statement cannot be read here.")

    def loop(self, node: ast.For) -> None:
        """A loop over something."""
        if any(isinstance(each, ast.Attribute) and each.attr in TRAINING for each in ast.walk(node)):
            self.skip([node], node.iter)
            return
        values = self.iterated(self.value(node.iter))
        if values is None:
            self.skip([node], node.iter)
            return
        for one in values:
            self.step(node.lineno)
            self.assign(node.target, one)
            if not self.turn(node.body):
                return
        self.run(node.orelse)

    def repeat(self, node: ast.While, test: ast.expr, body: Sequence[ast.stmt]) -> None:
        """A loop as long as something holds."""
        while (held := truth(self.value(test))) is True:
            self.step(node.lineno)
            if not self.turn(body):
                return
        if held is None:
            self.skip(body, test)

    def turn(self, body: Sequence[ast.stmt]) -> bool:
        """One turn of a loop; whether others may follow."""
        self.loops += 1
        try:
            self.run(body)
        except BrokenError as broken:
            return broken.goes_on
        finally:
            self.loops -= 1
        return True

    def skip(self, body: Sequence[ast.stmt], because: ast.expr) -> None:
        """Leave out what hangs on something unknown; whatever it would change is then unknown as well."""
        unknown = Opaque(quoted(because), because.lineno, "cannot be followed, and what hangs on it neither")
        inner = [each for statement in body for each in ast.walk(statement)]
        if any(isinstance(each, ast.Return) for each in inner) and self.calls:
            raise ReturnedError(unknown)
        for each in inner:
            self.step(because.lineno)
            if isinstance(each, ast.Name | ast.Attribute | ast.Subscript) and isinstance(each.ctx, ast.Store):
                self.spoil(each, unknown)
            if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr in CHANGING:
                self.spoil(each.func.value, unknown)

    def spoil(self, target: ast.expr, unknown: Opaque) -> None:
        """Forget what a name or an attribute stands for."""
        target = target.value if isinstance(target, ast.Subscript) else target
        if isinstance(target, ast.Name | ast.Attribute):
            self.assign(target, unknown)

    def imported(self, node: ast.Import | ast.ImportFrom) -> None:
        """Give names to parts of libraries; nothing is imported."""
        for each in node.names:
            from_module = isinstance(node, ast.ImportFrom)
            path = f"{node.module}.{each.name}" if isinstance(node, ast.ImportFrom) else each.name
            first = path.partition(".")[0]
            if each.name == "*":
                continue
            if not from_module and each.asname is None:
                path = each.name = first
            known = first in {"torch", "math", "numpy", "collections", "functools", "typing", "torchvision"}
            unknown = Opaque(each.name, node.lineno, f"comes from {first}, which is not in this text")
            self.scope.names[each.asname or each.name] = Path(path) if known else unknown

    def define(self, node: ast.ClassDef) -> None:
        """A class."""
        makers = [each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"]
        if node.name in BLOCKS and any(each.args.vararg for each in makers):
            return  # ours, which stands above the code of a network that needs it
        outer = self.scope
        self.scope = Scope({}, outer)
        try:
            bases = [self.value(each) for each in node.bases]
            self.run(node.body)
        finally:
            inner, self.scope = self.scope, outer
        own = OwnClass(node.name, node.lineno, bases, inner.names)
        for each in inner.names.values():
            if isinstance(each, Function):
                each.owner, each.scope = own, outer  # methods do not see the names of their class
        self.scope.names[node.name] = own

    def assign(self, target: ast.expr, value: object) -> None:
        """Give a value to what stands before an equals sign."""
        match target:
            case ast.Name(id=name):
                self.scope.names[name] = value
            case ast.Attribute(value=base, attr=name):
                subject = self.value(base)
                if isinstance(subject, Block):
                    subject.parts[name] = value
            case ast.Subscript(value=base, slice=index):
                subject, place = self.value(base), self.value(index)
                self.put(subject, place, value, target)
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                self.unpack(targets, value, target)

    def put(self, subject: object, place: object, value: object, target: ast.expr) -> None:
        """Give a value to a place in a list or a dictionary."""
        if isinstance(subject, Block):
            keys = list(subject.parts)
            if isinstance(place, int) and -len(keys) <= place < len(keys):
                subject.parts[keys[place]] = value
            elif isinstance(place, str):
                subject.parts[place] = value
        elif isinstance(subject, list) and isinstance(place, int):
            if not -len(subject) <= place < len(subject):
                self.refuse(target.lineno, f"“{quoted(target)}” is beyond the end: there are {len(subject)}.")
            subject[place] = value
        elif isinstance(subject, dict):
            subject[place if isinstance(place, str | int) else f"key {len(subject)}"] = value

    def unpack(self, targets: Sequence[ast.expr], value: object, node: ast.expr) -> None:
        """Give the parts of a value to several names."""
        if isinstance(value, Extents):
            values: list[object] | None = [Extent(value.node, (value.first + place,)) for place in range(len(targets))]
        else:
            values = self.iterated(value)
        if values is None:
            values = [self.opaque(node, value.why) if isinstance(value, Opaque) else self.opaque(node)] * len(targets)
        starred = [place for place, each in enumerate(targets) if isinstance(each, ast.Starred)]
        if len(starred) == 1 and len(values) >= len(targets) - 1:
            first, rest = starred[0], len(targets) - starred[0] - 1
            values = [*values[:first], values[first : len(values) - rest], *values[len(values) - rest :]]
        if len(values) != len(targets):
            self.refuse(node.lineno, f"{len(values)} values cannot be given to {len(targets)} names.")
        for each, one in zip(targets, values, strict=True):
            self.assign(each.value if isinstance(each, ast.Starred) else each, one)

    def run_function(self, function: Function, call: Call, subject: object = MISSING) -> object:
        """What a function of the text returns."""
        names = self.bound(function, call, subject)
        if isinstance(subject, Block) and function.owner is not None:
            names["super"] = Super(subject, function.owner)  # what `super` means there, called or not
        before = self.scope, self.where, self.nesting, self.loops
        self.scope, self.where, self.nesting, self.loops = Scope(names, function.scope), "", 0, 0

        def work() -> object:
            if isinstance(function.body, ast.expr):
                return self.value(function.body)
            try:
                self.run(function.body)
            except ReturnedError as returned:
                return returned.value
            return None

        try:
            return self.within(call.line, work)
        finally:
            self.scope, self.where, self.nesting, self.loops = before

    def within(self, line: int, work: Callable[[], object]) -> object:
        """Do something one call deeper."""
        self.calls += 1
        if self.calls > MAX_CALLS:
            raise Refusal(f"Line {line}: functions and modules call each other more than {MAX_CALLS} deep.")
        try:
            return work()
        finally:
            self.calls -= 1

    def bound(self, function: Function, call: Call, subject: object) -> dict[str, object]:
        """The names of a function's arguments, with what is given for them."""
        known = function.parameters
        positional = call.positional if subject is MISSING else [subject, *call.positional]
        placed = [each.arg for each in (*known.posonlyargs, *known.args)]
        names = {**function.defaults, **dict(zip(placed, positional, strict=False))}
        rest, allowed = positional[len(placed) :], {*placed, *(each.arg for each in known.kwonlyargs)}
        extra = {name: value for name, value in call.named.items() if name not in allowed}
        names |= {name: value for name, value in call.named.items() if name in allowed}
        what = f"Line {call.line}, {function.name if function.name != '__init__' else getattr(function.owner, 'name', '')}"
        if rest and known.vararg is None:
            raise Refusal(f"{what}: it takes {len(placed)} arguments, and gets {len(positional)}.")
        if extra and known.kwarg is None:
            raise Refusal(f"{what}: it has no argument {next(iter(extra))}.")
        missing = [name for name in allowed if name not in names]
        if missing:
            first = next(name for name in (*placed, *sorted(missing)) if name in missing)
            raise Refusal(f"{what}: its argument {first} is missing.")
        if known.vararg is not None:
            names[known.vararg.arg] = tuple(rest)
        if known.kwarg is not None:
            names[known.kwarg.arg] = dict(extra)
        return names


def _read(target: ast.expr) -> ast.expr:
    """The value of what stands before an equals sign."""
    match target:
        case ast.Name(id=name):
            return ast.copy_location(ast.Name(name, ast.Load()), target)
        case ast.Attribute(value=base, attr=name):
            return ast.copy_location(ast.Attribute(base, name, ast.Load()), target)
        case ast.Subscript(value=base, slice=index):
            return ast.copy_location(ast.Subscript(base, index, ast.Load()), target)
    return target
