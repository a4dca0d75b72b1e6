"""Calls of the functions of a text."""

import ast
from collections.abc import Callable

from demos.convolution.notation.refusal import MAX_CALLS, Refusal
from demos.convolution.notation.statements import ReturnedError, Statements
from demos.convolution.notation.values import MISSING, Block, Call, Function, Scope, Super


class Functions(Statements):
    """Runs functions with what is given for their arguments."""

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
        what = (
            f"Line {call.line}, {function.name if function.name != '__init__' else getattr(function.owner, 'name', '')}"
        )
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
