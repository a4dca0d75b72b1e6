"""An expression of Python, read with `ast` against a whitelist into a SymPy expression.

What a reader types is never run as code, and the work it can cause is bounded before it is done: the size of every
constant and exponent and the nesting are limited while the tree is walked.

Reference: the grammar of Python expressions, https://docs.python.org/3/library/ast.html
"""

import ast
import math
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import sympy

from demos.formula.functions import ARITY, FUNCTIONS, WEIGHT

MAX_EXPONENT: Final = 100
MAX_NESTING: Final = 8  # of functions and symbolic exponents: each level multiplies the size of the Hessian
MAX_CONSTANT: Final = 1e100  # a larger one overflows as soon as it is raised to the fourth power

OPERATORS: Final[Mapping[type[ast.operator], Callable[[sympy.Expr, sympy.Expr], sympy.Expr]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
COMPARISONS: Final[Mapping[type[ast.cmpop], Callable[[sympy.Expr, sympy.Expr], sympy.Basic]]] = {
    ast.Lt: sympy.Lt,
    ast.LtE: sympy.Le,
    ast.Gt: sympy.Gt,
    ast.GtE: sympy.Ge,
}


def parse(text: str, names: Mapping[str, sympy.Expr]) -> sympy.Expr:
    """The SymPy expression that `text` spells in `names`.

    Raises:
        ValueError: it is not a formula; the message names the offending part.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError as error:
        rest = text[max((error.offset or 1) - 1, 0) :][:12]
        where = f"at “{rest.strip()}”" if rest.strip() else "to its end"
        raise ValueError(f"The formula cannot be read {where}.") from None
    except (ValueError, MemoryError):  # digits by the thousand, a hundred open parentheses
        raise ValueError("The formula contains something that cannot be read.") from None
    return _Builder(text.strip(), names).build(tree.body)


class _Builder:
    """Walks the syntax tree and keeps the text, so that a message can quote the offending part."""

    def __init__(self, text: str, names: Mapping[str, sympy.Expr]) -> None:
        self.text = text
        self.names = names

    def build(self, node: ast.expr, nesting: int = 0) -> sympy.Expr:
        """The expression below `node`, which stands inside `nesting` functions and symbolic exponents."""
        if nesting > MAX_NESTING:
            raise self.refusal(node, f"is nested too deeply: at most {MAX_NESTING} levels are allowed")
        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                result = self.number(node, number)
            case ast.Name(id=name) if name in self.names:
                result = self.names[name]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                result = -self.build(operand, nesting)
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                result = self.build(operand, nesting)
            case ast.BinOp(left=left, op=ast.Pow(), right=right):
                result = self.power(node, left, right, nesting=nesting)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                result = OPERATORS[type(op)](self.build(left, nesting), self.build(right, nesting))
            case ast.IfExp(test=test, body=body, orelse=otherwise):
                result = self.either(test, body, otherwise, nesting=nesting)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if takes(name, arguments):
                result = self.call(node, name, arguments, nesting)
            case _:
                raise self.refusal(node, self.why(node))
        return self.finite(node, result)

    def call(self, node: ast.expr, name: str, arguments: Sequence[ast.expr], nesting: int) -> sympy.Expr:
        """A function of its arguments."""
        if name == "pow":
            return self.power(node, *arguments, nesting=nesting)
        if name == "where":
            return self.either(*arguments, nesting=nesting)
        return FUNCTIONS[name](*(self.build(each, nesting + WEIGHT.get(name, 1)) for each in arguments))

    def number(self, node: ast.expr, number: float) -> sympy.Expr:
        """A constant."""
        if not abs(number) <= MAX_CONSTANT:
            raise self.refusal(node, "is too large")
        return sympy.Integer(int(number)) if number == int(number) else sympy.Float(number)

    def either(self, test: ast.expr, body: ast.expr, otherwise: ast.expr, *, nesting: int) -> sympy.Expr:
        """One expression where something holds, another one elsewhere."""
        deeper = nesting + WEIGHT["where"]
        return sympy.Piecewise(
            (self.build(body, deeper), self.condition(test, deeper)), (self.build(otherwise, deeper), True)
        )

    def condition(self, node: ast.expr, nesting: int) -> sympy.Basic:
        """A comparison, or some of them together."""
        if isinstance(node, ast.BoolOp):
            join = sympy.And if isinstance(node.op, ast.And) else sympy.Or
            return join(*(self.condition(each, nesting) for each in node.values))
        if isinstance(node, ast.Compare) and all(type(each) in COMPARISONS for each in node.ops):
            sides = [self.build(each, nesting) for each in (node.left, *node.comparators)]
            held = [COMPARISONS[type(op)](a, b) for op, a, b in zip(node.ops, sides[:-1], sides[1:], strict=True)]
            return sympy.And(*held)
        raise self.refusal(node, "is not a comparison such as x > 0")

    def power(self, node: ast.expr, left: ast.expr, right: ast.expr, *, nesting: int) -> sympy.Expr:
        """`left ** right`, refused before SymPy would multiply out a huge integer."""
        named = any(isinstance(part, ast.Name) and part.id not in {"pi", "e"} for part in ast.walk(right))
        base = self.build(left, nesting + named)
        exponent = self.build(right, nesting + named)
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
        """The error that says what is wrong with a part."""
        part = ast.get_source_segment(self.text, node) or self.text
        shown = part if len(part) <= 40 else part[:37] + "…"
        return ValueError(f"“{shown}” {reason}.")

    def why(self, node: ast.expr) -> str:
        """What is wrong with a part that is no formula."""
        match node:
            case ast.Name():
                return f"is not known: the names are {', '.join(self.names)}, and a product of others needs its *"
            case ast.Call(func=ast.Name(id=name)) if name in FUNCTIONS or name in ARITY:
                fewest, most = ARITY.get(name, (1, 1))
                count = (
                    "one argument"
                    if most == 1
                    else f"{most} arguments"
                    if fewest == most
                    else f"{fewest} to {most} arguments"
                )
                return f"is not a call of {name} with {count}"
            case ast.Compare() | ast.BoolOp():
                return "is a comparison: it may stand in where(x > 0, a, b)"
            case _:
                return f"is not part of a formula: use numbers, {', '.join(self.names)}, + - * / ^ and functions"


def takes(name: str, arguments: Sequence[ast.expr]) -> bool:
    """Whether a function may have these arguments."""
    fewest, most = ARITY.get(name, (1, 1))
    starred = any(isinstance(each, ast.Starred) for each in arguments)
    return (name in FUNCTIONS or name in ARITY) and fewest <= len(arguments) <= most and not starred


def _largest(numbers: Iterable[sympy.Number]) -> float:
    return max((abs(float(number)) for number in numbers), default=0.0)


def _digits(expression: sympy.Expr) -> float:
    """The decimal digits before or after the point of the largest or smallest number in an expression."""
    numbers = [number for number in expression.atoms(sympy.Number) if number]
    return max((abs(float(sympy.log(abs(number), 10).evalf())) for number in numbers), default=0.0)


def denominators(expression: sympy.Expr) -> list[sympy.Expr]:
    """What an expression divides by: the bases of its negative powers, and the cosine below every tangent."""
    divisors = [sympy.cos(tangent.args[0]) for tangent in expression.atoms(sympy.tan)]
    for power in expression.atoms(sympy.Pow):
        if power.exp.is_number and power.exp.is_negative:
            divisors.append(power.base)
        elif not power.exp.is_number and power.exp.is_negative is not False:
            divisors.append(sympy.Abs(1 / power))  # the exponent is negative somewhere, as far as SymPy knows
    return [divisor for divisor in divisors if divisor.free_symbols]
