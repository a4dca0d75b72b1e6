"""A formula as people type it, or copy it from notes, spelled as an expression of Python.

    2x + |y|            2*x+abs(y)
    sin^2 x · e^{-y}    (sin(x))**2*e**(-y)
    \\frac{x^2}{2}       ((x**2)/(2))

A product may lack its sign and a function its parentheses. Nothing is computed here, and nothing is refused that the
reader of the expression can refuse better.
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from demos.formula.functions import ALIASES, ARITY, FUNCTIONS
from demos.formula.names import GREEK, assigned, is_variable
from demos.formula.text import tidied

MAX_DEPTH: Final = 40
CONSTANTS: Final = ("pi", "e")
KEYWORDS: Final = ("if", "else", "and", "or", "not", "in", "is", "lambda", "for")
LIBRARIES: Final = re.compile(r"(np|numpy|math|cmath|torch|jnp|jax|tf|nn|F|functional|sp|sympy|scipy|special|K|Math)\.")
INVERSES: Final = {f: f"a{f}" for f in ("sin", "cos", "tan", "sinh", "cosh", "tanh")}
TOKEN: Final = re.compile(
    r"""(?P<space>\s+)
    |(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<name>\\[A-Za-z]+|[A-Za-zα-ωΑ-Ω][A-Za-z0-9α-ωΑ-Ω]*(?:_[A-Za-z0-9]+)*(?:\.[A-Za-z_]\w*)*|_\w+)
    |(?P<power>\*\*|\^)
    |(?P<open>\\\{|[(\[{]) |(?P<close>\\\}|[)\]}]) |(?P<bar>\|)
    |(?P<other>//|<<|>>|[<>=!]=|:=|.)""",
    re.VERBOSE | re.DOTALL,
)
CLOSES: Final = {"(": ")", "[": "]", "{": "}", "|": "|"}


class Token(NamedTuple):
    """A piece of the text."""

    kind: str
    text: str


class Spelled(NamedTuple):
    """A formula as Python has it, and which of the text's variables is which of ours."""

    python: str
    variables: dict[str, str]


def spell(text: str, names: Sequence[str]) -> Spelled:
    """`text` as an expression of Python in `names`.

    Raises:
        ValueError: something in it cannot be read; the message names it.
    """
    plain, header = tidied(text, names)
    tokens = [Token(str(each.lastgroup), each[0]) for each in TOKEN.finditer(plain)]
    speller = _Speller([token for token in tokens if token.kind != "space"], header)
    spelled = speller.sequence("")
    variables = assigned(list(dict.fromkeys(speller.found)), header, names)
    return Spelled(re.sub("\0(.*?)\0", lambda each: variables[each[1]], spelled), variables)


class _Speller:
    """Goes through the tokens once; each method spells what it consumes."""

    def __init__(self, tokens: list[Token], header: Sequence[str]) -> None:
        self.rest = tokens[::-1]
        self.header = header
        self.found: list[str] = []  # variables
        self.depth = 0

    @property
    def next(self) -> Token:
        return self.rest[-1] if self.rest else Token("end", "")

    def take(self) -> Token:
        return self.rest.pop() if self.rest else Token("end", "")

    def sequence(self, closing: str, *, call: bool = False) -> str:
        """What stands up to a closing token, or to the end."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ValueError(f"The formula is nested too deeply: at most {MAX_DEPTH} levels are allowed.")
        parts: list[str] = []
        operand = False  # whether a value has just ended
        while self.rest and not (self.next.text.removeprefix("\\") == closing and (operand or closing != "|")):
            token = self.next
            if self._starts(token):
                if operand:
                    if token.kind == "number":
                        raise ValueError(
                            f"The formula cannot be read at “{token.text}”: an operator is missing before it."
                        )
                    parts.append("*")
                parts.append(self.factor())
                operand = True
            elif token.kind == "power":
                self.take()
                parts.append(f"**{self.exponent()}")
            else:
                self.take()
                if token.text == "," and not call and operand:
                    self.refuse_decimal_comma(parts[-1])
                spaced = operand or token.kind == "name"
                parts.append(_between_values(token.text) if spaced else token.text.removeprefix("\\"))
                operand = False
        if closing and self.take().kind == "end":
            opening = next(key for key, value in CLOSES.items() if value == closing)
            raise ValueError(f"The formula cannot be read to its end: a “{opening}” is never closed.")
        self.depth -= 1
        return "".join(parts)

    def refuse_decimal_comma(self, before: str) -> None:
        """Outside of a call 3,5 has two meanings."""
        if before[-1:].isdigit() and self.next.kind == "number":
            raise ValueError(
                f"“{before},{self.next.text}” may be {before}.{self.next.text} or two numbers: write a point."
            )

    def _starts(self, token: Token) -> bool:
        """Whether a value begins with a token."""
        return token.kind in {"number", "open", "bar"} or (token.kind == "name" and token.text not in KEYWORDS)

    def factor(self) -> str:
        """One number, name, call, fraction or group."""
        token = self.take()
        if token.kind == "number":
            return token.text
        if token.kind in {"open", "bar"}:
            opening = token.text.removeprefix("\\")
            inner = self.sequence(CLOSES[opening])
            return f"abs({inner})" if opening == "|" else f"({inner})"
        if token.kind == "end":
            raise ValueError("The formula cannot be read to its end: something is missing there.")
        if token.kind != "name":
            raise ValueError(f"The formula cannot be read at “{token.text}”.")
        return self.named(token.text)

    def group(self) -> str:
        """What LaTeX takes for an argument: a group in braces, or one token."""
        if self.next.kind == "number" and len(self.next.text) > 1 and self.next.text.isdigit():  # \frac12
            digits = self.take().text
            self.rest.append(Token("number", digits[1:]))
            return digits[0]
        return self.factor()

    def exponent(self) -> str:
        """What stands behind ^."""
        signs = ""
        while self.next.text in {"+", "-"}:
            signs += self.take().text
        return signs + self.factor()

    def named(self, text: str) -> str:
        """A function with its arguments, a constant, or variables."""
        name = text.removeprefix("\\")
        if name in {"frac", "dfrac", "tfrac"} and text[0] == "\\":
            return f"(({self.group()})/({self.group()}))"
        if name in {"lfloor", "lceil"}:
            return self._between(name)
        if name == "sqrtof":
            return f"sqrt({self.factor()})"
        while LIBRARIES.match(name):
            name = name.partition(".")[2]
        function = _function(name)
        if function:
            return self.call(function, name)
        if name.lower() in CONSTANTS and name not in self.header:
            return name.lower()
        return self.variable(name)

    def _between(self, name: str) -> str:
        inner, closing = [], f"\\r{name[1:]}"
        while self.rest and self.next.text != closing:
            inner.append(self.take())
        self.take()
        within = _Speller(inner, self.header)
        within.found = self.found
        return f"{'floor' if name == 'lfloor' else 'ceil'}({within.sequence('')})"

    def call(self, function: str, name: str) -> str:
        """A function, its power if that stands before the argument, and the argument."""
        base, power = re.sub(r"\D", "", name) if function == "log" else "", ""
        if self.next.text == "_" or self.next.text.startswith("_"):  # log_{10}
            low = self.take().text.removeprefix("_")
            base = low or self.factor()
        if function == "sqrt" and self.next.text == "[":
            self.take()
            index, inner = self.sequence("]"), self.factor()
            return f"cbrt({inner})" if index == "3" else f"({inner}**(1/({index})))"
        if self.next.kind == "power":
            self.take()
            power = self.exponent()
        if power in {"-1", "(-1)"} and function in INVERSES:
            function, power = INVERSES[function], ""
        made = f"{function}({self.argument(name)}{f', {base}' if base else ''})"
        return f"({made})**{power}" if power else made

    def argument(self, name: str) -> str:
        """In parentheses, or without them as far as a product of numbers and variables goes."""
        if self.next.kind == "open":
            opening = self.take().text.removeprefix("\\")
            return self.sequence(CLOSES[opening], call=True)
        signs = self.take().text if self.next.text == "-" else ""
        if not self._starts(self.next):
            raise ValueError(f"“{name}” needs an argument: write {name}(x).")
        bracketed, parts = self.next.kind == "number", [self._powered()]
        if bracketed and self.next.kind == "open":  # sin 2(x + y)
            parts.append(self._powered())
        while self.next.kind == "name" and self._starts(self.next) and not _function(self.next.text.removeprefix("\\")):
            if self.next.text.startswith("\\") and self.next.text[1:] not in (*GREEK, *CONSTANTS):
                break
            parts.append(self._powered())
        return signs + "*".join(parts)

    def _powered(self) -> str:
        made = self.factor()
        if self.next.kind == "power":
            self.take()
            made = f"{made}**{self.exponent()}"
        return made

    def variable(self, name: str) -> str:
        """A variable with its index, or several that are written together."""
        if self.next.text == "_":
            self.take()
            name = f"{name}_{re.sub(r'[^0-9A-Za-z]', '', self.group())}"
        elif self.next.text.startswith("_") and self.next.kind == "name":
            name = f"{name}{self.take().text}"
        elif (
            self.next.text == "[" and len(self.rest) > 2 and self.rest[-3].text == "]" and self.rest[-2].text.isdigit()
        ):
            name = f"{name}_{self.rest[-2].text}"
            del self.rest[-3:]
        if name in self.header or is_variable(name):
            self.found.append(name)
            return f"\0{name}\0"
        if apart := _apart(name, (*self.header, *"xy", "pi", "e"), last=self.next.kind == "open"):
            tokens = [Token("name", each) for each in apart]
            self.rest += tokens[:0:-1]
            return self.named(apart[0])
        if self.next.kind == "open":
            raise ValueError(f"“{name}(…)” is not a known function: choose from {', '.join(FUNCTIONS)}.")
        return name


def _between_values(sign: str) -> str:
    """A sign as people space it, so that what is quoted looks like what was typed."""
    return {"*": "*", "/": "/", ",": ", "}.get(sign, f" {sign} ")


def _function(name: str) -> str:
    """The function of a name, if there is one."""
    if re.fullmatch(r"log_\d+", name):
        return "log"
    for each in (name, name.lower()):
        known = ALIASES.get(each, each)
        if known in FUNCTIONS or known in ARITY:
            return known
    return ""


def _apart(name: str, known: Sequence[str], *, last: bool) -> list[str]:
    """Names that are written together, the last of them a function if one may follow; none if it is no such word."""
    if not name:
        return []
    for length in range(len(name), 0, -1):
        first, others = name[:length], name[length:]
        if first in known or (not others and last and _function(first)):
            rest = _apart(others, known, last=last)
            if rest or not others:
                return [first, *rest]
    return []
