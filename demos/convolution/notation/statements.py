"""Statements of Python, and the functions that are made of them."""

import ast
from collections.abc import Sequence

from demos.convolution.layers import BLOCKS
from demos.convolution.notation.arithmetic import FOLLOWED
from demos.convolution.notation.assignments import Assignments
from demos.convolution.notation.decisions import truth
from demos.convolution.notation.values import Function, Opaque, OwnClass, Path, Scope, quoted

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


class Statements(Assignments):
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
            case ast.Assign():
                self.assigned(node)
            case ast.AnnAssign(target=target, value=ast.expr() as expression):
                value = self.value(expression)
                self.assign(target, value)
                self.note(expression, value, named=True)
            case ast.AugAssign():
                self.added(node)
            case ast.FunctionDef(name=name, args=parameters, body=body, decorator_list=decorators):
                function = Function(name, node.lineno, parameters, self.defaults(parameters), body, self.scope)
                function.decorators = tuple(map(ast.unparse, decorators))
                self.scope.names[name] = function
            case ast.ClassDef():
                self.define(node)
            case ast.Return(value=expression) if self.calls:
                raise ReturnedError(None if expression is None else self.value(expression))
            case ast.If(test=test, body=body, orelse=otherwise):
                value = self.value(test)
                held = truth(value)
                if held is None:
                    self.skip([*body, *otherwise], test, value)
                else:
                    self.run(body if held else otherwise)
            case ast.For():
                self.loop(node)
            case ast.While(test=test, body=body):
                self.repeat(node, test, body)
            case ast.With():
                self.opened(node)
            case ast.Try(body=body, orelse=otherwise, finalbody=last):
                self.run([*body, *otherwise, *last])
            case ast.Import() | ast.ImportFrom():
                self.imported(node)
            case ast.Break() | ast.Continue() if self.loops:
                raise BrokenError(goes_on=isinstance(node, ast.Continue))
            case ast.Raise():
                self.refuse(node.lineno, f"here the code itself stops with “{quoted(node)}”.")
            case ast.Delete(targets=targets):
                for gone in targets:
                    self.delete(gone)
            case ast.Pass() | ast.Assert() | ast.Global() | ast.Nonlocal() | ast.AnnAssign():
                pass
            case _:
                self.refuse(node.lineno, "this statement cannot be read here.")

    def assigned(self, node: ast.Assign) -> None:
        """What an equals sign does, and which names that gives."""
        value = self.value(node.value)
        for target in node.targets:
            self.assign(target, value)
        if isinstance(node.targets[0], ast.Tuple) and isinstance(value, list | tuple):
            for each in value:
                self.note(node.value, each, named=True)
        elif not all(isinstance(each, ast.Attribute | ast.Subscript) for each in node.targets):
            self.note(node.value, value, named=True)

    def added(self, node: ast.AugAssign) -> None:
        """`+=` and the like."""
        old, new = self.value(_read(node.target)), self.value(node.value)
        if isinstance(node.op, ast.Add) and isinstance(old, list) and (more := self.iterated(new)) is not None:
            self.check_length(len(old) + len(more), node.value)
            old += more
        else:
            whole = ast.copy_location(ast.BinOp(_read(node.target), node.op, node.value), node)
            self.assign(node.target, self.calculated(node.op, old, new, whole))

    def opened(self, node: ast.With) -> None:
        """What stands under `with`."""
        for item in node.items:
            value = self.value(item.context_expr)
            if item.optional_vars is not None:
                self.assign(item.optional_vars, self.opaque(item.context_expr) if value is None else value)
        self.run(node.body)

    def loop(self, node: ast.For) -> None:
        """A loop over something."""
        if any(isinstance(each, ast.Attribute) and each.attr in TRAINING for each in ast.walk(node)):
            self.skip([node], node.iter, None)
            return
        over = self.value(node.iter)
        values = self.iterated(over)
        if values is None:
            self.skip([node], node.iter, over)
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
            self.skip(body, test, None)

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

    def skip(self, body: Sequence[ast.stmt], because: ast.expr, value: object) -> None:
        """Leave out what hangs on something unknown; whatever it would change is then unknown as well."""
        unknown = Opaque(quoted(because), because.lineno, "cannot be decided here, nor what hangs on it")
        if isinstance(value, Opaque) and value.why != FOLLOWED:
            unknown = value
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
