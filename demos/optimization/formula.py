"""A formula in x and y, read with `ast` against a whitelist into a SymPy expression.

What a reader types is never run as code, and the work it can cause is bounded before it is done: the length of
the text, the size of every constant and exponent and the nesting are limited while the tree is walked.

Reference: the grammar of Python expressions, https://docs.python.org/3/library/ast.html
"""

import ast
import math
import operator
from collections.abc import Callable, Iterable
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
    "abs": lambda u: sympy.Abs(u) if u.is_extended_real else sympy.sqrt(u**2),  # |u| of a complex u has no derivative
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
        named = any(isinstance(part, ast.Name) and part.id in "xy" for part in ast.walk(node.right))
        base = self.build(node.left, nesting + named)
        exponent = self.build(node.right, nesting + named)
        if exponent.free_symbols:  # SymPy multiplies the numbers of nested exponents, and may cancel the symbols
            inner = _largest(
                part for power in base.atoms(sympy.Pow, sympy.exp) for part in power.exp.atoms(sympy.Number)
            )
            bounded = _largest(exponent.atoms(sympy.Number)) * max(inner, 1.0) <= MAX_EXPONENT
        else:
            bounded = abs(float(exponent)) <= MAX_EXPONENT or not base.free_symbols
        if not bounded:
            raise self.refusal(node, f"has an exponent above {MAX_EXPONENT}")
        if not exponent.free_symbols and _digits(base) * abs(float(exponent)) > math.log10(MAX_CONSTANT):
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


def _largest(numbers: Iterable[sympy.Number]) -> float:
    return max((abs(float(number)) for number in numbers), default=0.0)


def _digits(expression: sympy.Expr) -> float:
    """The decimal digits before or after the point of the largest or smallest number in an expression."""
    numbers = [number for number in expression.atoms(sympy.Number) if number]
    return max((abs(float(sympy.log(abs(number), 10).evalf())) for number in numbers), default=0.0)


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
    divisors = [sympy.cos(tangent.args[0]) for tangent in expression.atoms(sympy.tan)]
    for power in expression.atoms(sympy.Pow):
        if power.exp.is_number and power.exp.is_negative:
            divisors.append(power.base)
        elif not power.exp.is_number and power.exp.is_negative is not False:
            divisors.append(sympy.Abs(1 / power))  # the exponent is negative somewhere, as far as SymPy knows
    return [divisor for divisor in divisors if divisor.free_symbols]
