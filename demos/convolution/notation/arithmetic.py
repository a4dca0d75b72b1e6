"""Arithmetic of numbers, lists and texts, and the sums of signals."""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Final

from demos.convolution.notation.decisions import truth
from demos.convolution.notation.refusal import MAX_LENGTH, MAX_NESTING, MAX_NUMBER, Bounds, deepest
from demos.convolution.notation.values import LISTS, SCALARS, Extent, Node, Opaque, quoted

Number = int | float
OPERATORS: Final[Mapping[type[ast.operator], Callable[[Number, Number], Number]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
}
HIGHEST_POWER: Final = 64
FOLLOWED: Final = "cannot be followed"
PRODUCT: Final = "is a product of two signals: only sums and torch.cat can be shown"


class Arithmetic(Bounds):
    """What + - * / // % ** make."""

    def value(self, node: ast.expr) -> object:
        """What an expression stands for."""
        raise NotImplementedError

    def opaque(self, node: ast.expr, why: str = FOLLOWED) -> Opaque:
        """An expression that is not followed."""
        return Opaque(quoted(node), node.lineno, why)

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
        for unknown in (a, b):
            if isinstance(unknown, Opaque):
                return unknown
        if isinstance(a, str | list | tuple) or isinstance(b, str | list | tuple):
            return self.of_sequences(sign, a, b, node)
        if not isinstance(a, int | float) or not isinstance(b, int | float):
            return self.unlike(a, b, node)
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

    def of_sequences(self, sign: ast.operator, a: object, b: object, node: ast.expr) -> object:
        """Lists and texts one after the other, or several times, and texts with % in the old way."""
        if isinstance(sign, ast.Mod) and isinstance(a, str):
            return _filled(a, b) or self.opaque(node)
        if isinstance(sign, ast.Add):
            if isinstance(a, str) and isinstance(b, str):
                self.check_length(len(a) + len(b), node)
                return a + b
            if type(a) is type(b) and isinstance(a, list | tuple) and isinstance(b, list | tuple):
                self.check_length(len(a) + len(b), node)
                return [*a, *b] if isinstance(a, list) else (*a, *b)
        several, times = (b, a) if isinstance(a, int) else (a, b)
        if isinstance(sign, ast.Mult) and isinstance(several, str | list | tuple) and isinstance(times, int):
            self.check_length(len(several) * times, node)
            return several * times
        return self.unlike(a, b, node)

    def unlike(self, a: object, b: object, node: ast.expr) -> object:
        """What arithmetic does not go together with."""
        if all(isinstance(each, (*SCALARS, *LISTS)) for each in (a, b)):
            self.refuse(node.lineno, "+ - * // need numbers.")
        return self.opaque(node)

    def check_length(self, length: int, node: ast.expr) -> None:
        """Refuse what is too long, and count the work that it is."""
        if length > MAX_LENGTH:
            self.refuse(node.lineno, f"a list or text of more than {MAX_LENGTH:,}.")
        self.copied(max(0, length))

    def of_signals(self, sign: ast.operator, a: object, b: object, node: ast.expr) -> object:
        """A sum of two signals; a number changes nothing that is counted here."""
        if isinstance(a, Node) and isinstance(b, Node):
            if isinstance(sign, ast.Add):
                return self.sum(a, b, node.lineno)
            what = "a difference" if isinstance(sign, ast.Sub) else "a product"
            return self.opaque(node, PRODUCT.replace("a product", what))
        plain = isinstance(sign, ast.Add | ast.Sub | ast.Mult | ast.Div)
        number, signal = (b, a) if isinstance(a, Node) else (a, b)
        if isinstance(number, Opaque):
            return self.opaque(node, PRODUCT) if isinstance(sign, ast.Mult) and number.why == FOLLOWED else number
        return signal if plain and isinstance(number, int | float) else self.opaque(node)

    def sum(self, a: Node, b: Node, line: int) -> Node:
        """The sum of two signals."""
        raise NotImplementedError


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
