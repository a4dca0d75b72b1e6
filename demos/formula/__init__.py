"""A formula in one or two variables, as people type it or copy it from notes, as a SymPy expression.

    read("2x + |y|").expression                  2*x + Abs(y)
    read(r"\\frac{w^2}{2} + \\sin(b)").expression   x**2/2 + sin(y), and `remarks` say that w is x and b is y

The text is spelled as Python (`spelling`), read with `ast` against a whitelist (`expression`) and never run as code.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import sympy

from demos.formula.expression import denominators, parse
from demos.formula.functions import FUNCTIONS, NUMERIC, STAIRCASES, kinks
from demos.formula.spelling import spell

__all__ = ["FUNCTIONS", "MAX_CHARACTERS", "NUMERIC", "Formula", "denominators", "kinks", "read", "symbols"]
MAX_CHARACTERS: Final = 300


class Formula(NamedTuple):
    """What was understood."""

    expression: sympy.Expr
    remarks: tuple[str, ...]  # whole sentences on what a reader might not expect


def symbols(names: Sequence[str]) -> tuple[sympy.Symbol, ...]:
    """The variables of these names: real numbers."""
    return tuple(sympy.Symbol(name, real=True) for name in names)


def read(text: str, *, names: Sequence[str] = ("x", "y")) -> Formula:
    """The formula that `text` writes, in variables that are called `names` afterwards.

    Raises:
        ValueError: the text is empty, too long or not a formula; the message names the offending part.
    """
    if not text.strip():
        raise ValueError(f"The formula is empty. Write one in {' and '.join(names)}, such as x^2 + 3.")
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"The formula has {len(text):,} characters; at most {MAX_CHARACTERS} are allowed.")
    known = {**dict(zip(names, symbols(names), strict=True)), "pi": sympy.pi, "e": sympy.E}
    try:
        python, variables = spell(text, names)
        expression = parse(python, known)
    except RecursionError:
        raise ValueError("The formula is nested too deeply to be read.") from None
    remarks = [f"{theirs} is {ours}" for theirs, ours in variables.items() if theirs != ours]
    said = [f"Here {', '.join(remarks)}."] if remarks else []
    if expression.atoms(*STAIRCASES):
        said.append("Steps have the derivative 0 wherever they have one: descent sees them flat.")
    return Formula(expression, tuple(said))
