"""What is said of a text that cannot be read, and the limits of what is read."""

import ast
from collections import Counter
from typing import Final, NoReturn

from demos.convolution.notation.values import Opaque

MAX_CHARACTERS: Final = 20_000
MAX_LAYERS: Final = 800
MAX_NESTING: Final = 20  # of Sequential and its like, and of arithmetic
MAX_NUMBER: Final = 10**12
MAX_STEPS: Final = 100_000  # statements and expressions
MAX_CALLS: Final = 45  # of functions and modules within each other
MAX_LENGTH: Final = 10_000  # of lists and texts
AT_ONCE: Final = 10  # parts of a list or text that are copied in a step
NAMED: Final = 5  # layers in a sentence
LAYERS_LOOK: Final = "Layers look like nn.Conv2d(1, 6, 5)."


class Refusal(Exception):  # noqa: N818 - not an error of ours: the answer to a text
    """A sentence about a text, with its line."""

    def __init__(self, message: str, *, lost: bool = False) -> None:
        super().__init__(message)
        self.lost = lost  # whether it helps to hear what was read before


class Bounds:
    """Counts the work, and knows where in the text it is done."""

    def __init__(self) -> None:
        self.steps = 0
        self.line = 1
        self.calls = 0
        self.nesting = 0
        self.where = ""  # the layer whose arguments are read
        self.read: list[str] = []  # kinds of the layers so far

    def step(self, line: int) -> None:
        """One more; too many are refused."""
        self.line = line
        self.spend(1)

    def copied(self, count: int) -> None:
        """So many parts of a list or text were copied."""
        self.spend(count // AT_ONCE)

    def spend(self, count: int) -> None:
        """So many steps at once."""
        self.steps += count
        if self.steps > MAX_STEPS:
            raise Refusal(
                f"Line {self.line}: it takes more than {MAX_STEPS:,} steps to get here. Paste the network alone."
            )

    def refuse(self, line: int, why: str) -> NoReturn:
        """Say where it ends."""
        raise Refusal(f"{self.where or f'Line {line}'}: {why}")

    def lose(self, unknown: Opaque) -> NoReturn:
        """Say what could not be followed, now that it is needed."""
        raise Refusal(f"Line {unknown.line}: “{unknown.text}” {unknown.why}.", lost=True)

    def so_far(self) -> str:
        """What was read before."""
        count = len(self.read)
        if not count:
            return ""
        first = ", ".join(self.read[:NAMED]) + (f" and {count - NAMED} more" if count > NAMED else "")
        return f" Up to there {count} layer{' was' if count == 1 else 's were'} read: {first}."


def deepest(node: ast.expr, limit: int) -> int:
    """How deep arithmetic is nested, up to just beyond a limit."""
    found, rest = Counter[int](), [(node, 0)]
    while rest:
        part, depth = rest.pop()
        if isinstance(part, ast.BinOp | ast.UnaryOp):
            found[depth] += 1
            inner = [part.left, part.right] if isinstance(part, ast.BinOp) else [part.operand]
            rest += [(each, depth + 1) for each in inner if depth <= limit]
    return max(found, default=-1) + 1
