"""A formula in x and y, read with `ast` against a whitelist into a SymPy expression.

What a reader types is never run as code, and the work it can cause is bounded before it is done: the length of
the text, the size of every constant and exponent and the nesting are limited while the tree is walked.

Reference: the grammar of Python expressions, https://docs.python.org/3/library/ast.html
"""

import ast
import math
import operator
from collections.abc import Callable
from typing import Final

import sympy

MAX_CHARACTERS: Final = 200
MAX_EXPONENT: Final = 100
MAX_NESTING: Final = 8  # of functions and symbolic exponents: each level multiplies the size of the Hessian
MAX_CONSTANT: Final = 1e100  # a larger one overflows as soon as it is raised to the fourth power

X, Y = sympy.symbols("x y", real=True)
NAMES: Final[dict[str, sympy.Expr]] = {"x": X, "y": Y, "pi": sympy.pi, "e": sympy.E}
FUNCTIONS: Final[dict[str, Callable[[sympy.Expr], sympy.Expr]]] = {
    "sin": sympy.sin,
    "cos": sympy.cos,
    "tan": sympy.tan,
    "asin": sympy.asin,
    "acos": sympy.acos,
    "atan": sympy.atan,
    "sinh": sympy.sinh,
    "cosh": sympy.cosh,
    "tanh": sympy.tanh,
    "exp": sympy.exp,
    "log": sympy.log,
    "sqrt": sympy.sqrt,
    "abs": sympy.Abs,
}
OPERATORS: Final[dict[type[ast.operator], Callable[[sympy.Expr, sympy.Expr], sympy.Expr]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def read(text: str) -> sympy.Expr:
    """The SymPy expression that `text` spells.

    Raises:
        ValueError: the text is empty, too long or not a formula; the message names the offending part.
    """
    text = text.strip()
    if not text:
        raise ValueError("The formula is empty. Write one in x and y, such as x**2 + 3*y**2.")
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"The formula has {len(text):,} characters; at most {MAX_CHARACTERS} are allowed.")
    try:
        tree = ast.parse(text, mode="eval")
    except SyntaxError as error:
        raise ValueError(_syntax_message(text, error)) from None
    except (ValueError, MemoryError, RecursionError):  # null bytes, a hundred open parentheses
        raise ValueError("The formula contains something that cannot be read.") from None
    return _Reader(text).build(tree.body)


def _syntax_message(text: str, error: SyntaxError) -> str:
    rest = text[max((error.offset or 1) - 1, 0) :][:12]
    where = f"at “{rest}”" if rest.strip() else "to its end"
    return f"The formula cannot be read {where}. Write products with * and powers with **, such as 2*x**2."


class _Reader:
    """Walks the syntax tree and keeps the text, so that a message can quote the offending part."""

    def __init__(self, text: str) -> None:
        self.text = text

    def build(self, node: ast.expr, nesting: int = 0) -> sympy.Expr:
        """The expression below `node`, which stands inside `nesting` functions and symbolic exponents."""
        if nesting > MAX_NESTING:
            raise self.refusal(node, f"is nested too deeply: at most {MAX_NESTING} levels are allowed")
        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                result = self.number(node, number)
            case ast.Name(id=name) if name in NAMES:
                result = NAMES[name]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                result = -self.build(operand, nesting)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                result = self.build(operand, nesting)
            case ast.BinOp(op=ast.Pow()):
                result = self.power(node, nesting)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                result = OPERATORS[type(op)](self.build(left, nesting), self.build(right, nesting))
            case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in FUNCTIONS:
                result = FUNCTIONS[name](self.build(argument, nesting + 1))
            case _:
                raise self.refusal(node, _why(node))
        return self.finite(node, result)

    def number(self, node: ast.expr, number: float) -> sympy.Expr:
        if not abs(number) <= MAX_CONSTANT:
            raise self.refusal(node, "is too large")
        return sympy.Integer(int(number)) if number == int(number) else sympy.Float(number)

    def power(self, node: ast.BinOp, nesting: int) -> sympy.Expr:
        """`left ** right`, refused before SymPy would multiply out a huge integer."""
        symbolic = any(isinstance(part, ast.Name) and part.id in "xy" for part in ast.walk(node.right))
        base = self.build(node.left, nesting + symbolic)
        exponent = self.build(node.right, nesting + symbolic)
        if symbolic:
            return base**exponent
        if abs(exponent) > MAX_EXPONENT and base.free_symbols:
            raise self.refusal(node, f"has an exponent above {MAX_EXPONENT}")
        sizes = [abs(math.log10(abs(float(number)))) for number in base.atoms(sympy.Number) if number]
        if max(sizes, default=0.0) * abs(float(exponent)) > math.log10(MAX_CONSTANT):
            raise self.refusal(node, "is too large a power")
        return base**exponent

    def finite(self, node: ast.expr, result: sympy.Expr) -> sympy.Expr:
        """`result`, unless it divides by zero, is not real, or is a constant beyond the bound."""
        if result.has(sympy.zoo, sympy.nan, sympy.oo):
            raise self.refusal(node, "divides by zero or takes a function where it is not defined")
        if result.has(sympy.I):
            raise self.refusal(node, "is not a real number")
        if not result.free_symbols:
            value = complex(result)
            if value.imag or not abs(value.real) <= MAX_CONSTANT:
                raise self.refusal(node, "is not a real number of reasonable size")
        return result

    def refusal(self, node: ast.expr, reason: str) -> ValueError:
        part = ast.get_source_segment(self.text, node) or self.text
        shown = part if len(part) <= 40 else part[:37] + "…"
        return ValueError(f"“{shown}” {reason}.")


def _why(node: ast.expr) -> str:
    match node:
        case ast.Name():
            return "is not known: the names are x, y, pi and e"
        case ast.Call(func=ast.Name(id=name)) if name in FUNCTIONS:
            return f"is not a call of {name} with one argument"
        case ast.Call():
            return f"is not a known function: choose from {', '.join(FUNCTIONS)}"
        case ast.BinOp(op=ast.BitXor()):
            return "uses ^: write ** for a power"
        case _:
            return "is not part of a formula: use numbers, x, y, pi, e, + - * / ** and functions"


def denominators(expression: sympy.Expr) -> list[sympy.Expr]:
    """What an expression divides by: the bases of its negative powers, and the cosine below every tangent."""
    powers = [power.base for power in expression.atoms(sympy.Pow) if power.exp.could_extract_minus_sign()]
    return powers + [sympy.cos(tangent.args[0]) for tangent in expression.atoms(sympy.tan)]
