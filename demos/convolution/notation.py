"""PyTorch code as layers, and layers as PyTorch code.

A pasted `nn.Sequential(...)` is read with `ast` against the list of known layers: nothing in it is ever run, and what
it can ask for is limited while it is read.

Reference: the grammar of Python, https://docs.python.org/3/library/ast.html
"""

import ast
import difflib
import operator
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from demos.convolution.layers import KINDS, RESIDUAL, Layer, Value, checked

MAX_CHARACTERS: Final = 20_000
MAX_LAYERS: Final = 500
MAX_NESTING: Final = 20  # of Sequential and Residual, and of arithmetic
MAX_NUMBER: Final = 10**12
INDENT: Final = "    "
STATEMENTS: Final[Mapping[type[ast.stmt], str]] = {ast.ClassDef: "a class", ast.FunctionDef: "a function"}
PREFIXES: Final = ("torch.nn.", "nn.", "")
OPERATORS: Final[Mapping[type[ast.operator], Callable[[int | float, int | float], int | float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
}


def parse(text: str) -> tuple[Layer, ...]:
    """The layers of the one network that `text` writes, with nested `Sequential` unfolded.

    It may be `nn.Sequential(...)`, a list of layers or a single one, assigned to a name or not, after imports, names of
    numbers and a definition of `Residual`. `Residual(*layers, shortcut=...)` adds its shortcut, by default its input,
    to what its layers compute.

    Raises:
        ValueError: anything else; the message names the line, and the layer if there is one.
    """
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"The text has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read.")
    if "\0" in text:  # some versions of Python refuse it without a line
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ValueError(f"Line {line} is not Python: source code cannot contain null bytes.")
    try:
        layers = _Reader().network(ast.parse(textwrap.dedent(text.removeprefix("\ufeff"))))
    except SyntaxError as error:
        what = "a number has thousands of digits" if "digits" in error.msg else error.msg
        raise ValueError(f"Line {error.lineno or 1} is not Python: {what}.") from None
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise ValueError(f"Line {line} holds half a character, which cannot be read.") from None
    except (MemoryError, RecursionError):  # sums of thousands of numbers
        raise ValueError("The text is nested too deeply to be read.") from None
    if not layers:
        raise ValueError("There is no layer in it. Paste the layers as nn.Sequential(nn.Conv2d(...), ...).")
    return layers


def write(layers: Sequence[Layer]) -> str:
    """The PyTorch code of layers, which `parse` reads back."""
    return f"nn.Sequential(\n{_lines(layers, INDENT)})"


def spelled(layer: Layer) -> str:
    """One layer as code in one line, such as `Conv2d(3, 64, kernel_size=3)`: torch's first numbers without names."""
    if layer.kind == RESIDUAL:
        return f"{RESIDUAL}(…)"
    plain = {"in_channels", "out_channels", "in_features", "out_features", "num_features", "output_size", "p"}
    arguments = [repr(value) if name in plain else f"{name}={value!r}" for name, value in layer.arguments]
    return f"{layer.kind}({', '.join(arguments)})"


def _lines(layers: Sequence[Layer], indent: str) -> str:
    return "".join(f"{indent}{_block(layer, indent)},\n" for layer in layers)


def _block(layer: Layer, indent: str) -> str:
    if layer.kind != RESIDUAL:
        return f"nn.{spelled(layer)}"
    inner = indent + INDENT
    shortcut = f"{inner}shortcut=nn.Sequential(\n{_lines(layer.shortcut, inner + INDENT)}{inner}),\n"
    return f"{RESIDUAL}(\n{_lines(layer.body, inner)}{shortcut if layer.shortcut else ''}{indent})"


class _Reader:
    """Walks the syntax tree. Every refusal begins with the line."""

    def __init__(self) -> None:
        self.numbers: dict[str, Value] = {}
        self.count = 0

    def network(self, tree: ast.Module) -> tuple[Layer, ...]:
        """The layers of the one statement that has any."""
        found: tuple[Layer, ...] = ()
        where = 0
        for statement in tree.body:
            if isinstance(statement, ast.Import | ast.ImportFrom) or _is_definition_of_residual(statement):
                continue
            value = self.value_of(statement)
            if value is None:
                continue
            if found:
                raise ValueError(f"Line {statement.lineno}: a second network; the first is in line {where}. Paste one.")
            found, where = self.layers(value, 0), statement.lineno
        return found

    def value_of(self, statement: ast.stmt) -> ast.expr | None:
        """What may be a network: an expression, or what is assigned to a name. Names of numbers are noted."""
        match statement:
            case ast.Expr(value=ast.Constant(value=str())):
                return None
            case ast.Expr(value=value):
                return value
            case ast.Assign(targets=[ast.Name(id=name)], value=(ast.Constant() | ast.BinOp() | ast.UnaryOp()) as value):
                self.numbers[name] = self.value(value, f"Line {value.lineno}", 0)
                return None
            case ast.Assign(targets=[ast.Name()], value=value):
                return value
        kind = STATEMENTS.get(type(statement), "this statement")
        raise ValueError(
            f"Line {statement.lineno}: {kind} cannot be read here. "
            "Paste the layers as nn.Sequential(nn.Conv2d(...), ...)."
        )

    def layers(self, node: ast.expr, nesting: int) -> tuple[Layer, ...]:
        """The layers of a call, or of a list of calls."""
        if nesting > MAX_NESTING:
            raise ValueError(f"Line {node.lineno}: layers are nested more than {MAX_NESTING} deep.")
        match node:
            case ast.List(elts=parts) | ast.Tuple(elts=parts):
                return tuple(layer for part in parts for layer in self.layers(part, nesting + 1))
            case ast.Starred(value=value):
                return self.layers(value, nesting + 1)
            case ast.Call():
                return self.call(node, nesting)
        raise ValueError(f"Line {node.lineno}: {_quoted(node)} is not a layer. Layers look like nn.Conv2d(1, 6, 5).")

    def call(self, node: ast.Call, nesting: int) -> tuple[Layer, ...]:
        """One layer, or those of a Sequential."""
        kind = _kind(node.func)
        where = f"Line {node.lineno}, {kind}"
        keywords: dict[str, ast.expr] = {}
        for each in node.keywords:
            if each.arg is None:
                raise ValueError(f"{where}: ** cannot be read; write the arguments.")
            if each.arg in keywords:
                raise ValueError(f"{where}: {each.arg} is given twice.")
            keywords[each.arg] = each.value
        if kind == "Sequential":
            if keywords:
                raise ValueError(f"{where}: it takes layers, not {next(iter(keywords))}=.")
            return tuple(layer for part in _unnamed(node.args) for layer in self.layers(part, nesting + 1))
        self.count += 1
        if self.count > MAX_LAYERS:
            raise ValueError(f"{where}: more than {MAX_LAYERS} layers.")
        if kind == RESIDUAL:
            return (self.residual(node, keywords, nesting),)
        if kind not in KINDS:
            known = {each.lower(): each for each in sorted(KINDS)}
            close = difflib.get_close_matches(kind.lower(), known, n=1)
            hint = (
                f" Did you mean {known[close[0]]}?"
                if close
                else f" There are {', '.join(sorted(KINDS))} and {RESIDUAL}."
            )
            raise ValueError(f"{where}: there is no such layer here.{hint}")
        positional = [self.value(each, where, 0) for each in node.args]
        named = {name: self.value(each, where, 0) for name, each in keywords.items()}
        try:
            return (Layer(kind, checked(kind, positional, named), node.lineno),)
        except ValueError as error:
            raise ValueError(f"{where}: {error}.") from None

    def residual(self, node: ast.Call, keywords: Mapping[str, ast.expr], nesting: int) -> Layer:
        """A block with a skip connection."""
        unknown = set(keywords) - {"shortcut"}
        body = tuple(layer for part in node.args for layer in self.layers(part, nesting + 1))
        if unknown or not body:
            raise ValueError(
                f"Line {node.lineno}, {RESIDUAL}: it takes at least one layer, and then shortcut= or nothing."
            )
        shortcut = self.layers(keywords["shortcut"], nesting + 1) if "shortcut" in keywords else ()
        return Layer(RESIDUAL, (), node.lineno, body, shortcut)

    def value(self, node: ast.expr, where: str, nesting: int) -> Value:
        """An argument: a number, a text, True, False, None, a tuple of numbers, or simple arithmetic of numbers."""
        if nesting > MAX_NESTING:
            raise ValueError(f"{where}: its arithmetic is nested more than {MAX_NESTING} deep.")
        match node:
            case ast.Constant(value=int() as value) if value > MAX_NUMBER:
                raise ValueError(f"{where}: a number is more than 10 to the 12.")
            case ast.Constant(value=bool() | int() | float() | str() | None as value):
                return value
            case ast.Name(id=name) if name in self.numbers:
                return self.numbers[name]
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                numbers = [self.value(part, where, nesting + 1) for part in parts]
                if all(isinstance(each, int | float | None) for each in numbers):
                    return tuple(numbers)  # type: ignore[arg-type]  # just seen to be numbers
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.calculated(ast.Sub(), 0, self.value(operand, where, nesting + 1), where)
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in OPERATORS:
                a, b = self.value(left, where, nesting + 1), self.value(right, where, nesting + 1)
                return self.calculated(sign, a, b, where)
        raise ValueError(f"{where}: {_quoted(node)} cannot be read; write a number, or numbers with + - * //.")

    def calculated(self, sign: ast.operator, a: Value, b: Value, where: str) -> Value:
        """The result of arithmetic, as long as it is small."""
        if not isinstance(a, int | float) or not isinstance(b, int | float):
            raise ValueError(f"{where}: + - * // need numbers.")  # noqa: TRY004 - of the text, which is bad input
        if isinstance(sign, ast.FloorDiv) and b == 0:
            raise ValueError(f"{where}: a division by 0.")
        result = OPERATORS[type(sign)](a, b)
        if not abs(result) <= MAX_NUMBER:
            raise ValueError(f"{where}: a number is more than 10 to the 12.")
        return result


def _is_definition_of_residual(statement: ast.stmt) -> bool:
    """What stands above the code of a network with skip connections, so that it can be run."""
    return isinstance(statement, ast.ClassDef) and statement.name == RESIDUAL


def _kind(node: ast.expr) -> str:
    dotted = _dotted(node)
    for prefix in PREFIXES:
        rest = dotted.removeprefix(prefix)
        if dotted.startswith(prefix) and rest.isidentifier():
            return rest
    raise ValueError(f"Line {node.lineno}: {_quoted(node)} is not a layer of torch.nn.")


def _dotted(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name() | ast.Attribute() as value, attr=name):
            return f"{_dotted(value)}.{name}"
    return ""


def _unnamed(parts: Sequence[ast.expr]) -> Sequence[ast.expr]:
    """The layers of `Sequential(OrderedDict([("name", layer), ...]))`, and all others as they are."""
    match parts:
        case [ast.Call(func=function, args=[ast.List(elts=pairs) | ast.Tuple(elts=pairs)], keywords=[])] if _dotted(
            function
        ).endswith("OrderedDict"):
            return [pair.elts[1] if isinstance(pair, ast.Tuple) and len(pair.elts) == 2 else pair for pair in pairs]
    return parts


def _quoted(node: ast.expr) -> str:
    text = " ".join(ast.unparse(node).split())
    return f"“{text[:30]}{'…' if len(text) > 30 else ''}”"
