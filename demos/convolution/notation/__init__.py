"""PyTorch code as layers, and layers as PyTorch code.

What is pasted may be an `nn.Sequential`, a class with its `forward`, functions that build a network, or what torch
prints of one. It is read with `ast` by a small interpreter: nothing in it is ever run, and its steps, loops, lists and
numbers have limits.

Reference: the grammar of Python, https://docs.python.org/3/library/ast.html
"""

import ast
import textwrap

from demos.convolution.layers import Layer
from demos.convolution.notation.choice import network
from demos.convolution.notation.interpreter import Interpreter
from demos.convolution.notation.printed import printed
from demos.convolution.notation.refusal import MAX_CHARACTERS, MAX_LAYERS, MAX_NESTING, Refusal
from demos.convolution.notation.text import TYPOGRAPHY, without_output, without_prompts
from demos.convolution.notation.write import spelled, write

__all__ = ["MAX_CHARACTERS", "MAX_LAYERS", "MAX_NESTING", "parse", "spelled", "write"]


def parse(text: str) -> tuple[Layer, ...]:
    """The layers of the one network that `text` writes, with nested `Sequential` unfolded.

    Of a class they are those that a signal goes through in `forward`, in that order. A sum of signals is a `Residual`,
    `torch.cat` is a `Concat`. Both may also be written: `Residual(*layers, shortcut=...)` adds its shortcut, by default
    its input, to what its layers compute, `Concat(*ways)` stacks what its ways compute along the channels.

    Raises:
        ValueError: it cannot be read; the message names the line, the reason, and what was read up to there.
    """
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"The text has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read.")
    if "\0" in text:  # some versions of Python refuse it without a line
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ValueError(f"Line {line} is not Python: source code cannot contain null bytes.")
    machine = Interpreter()
    try:
        return network(machine, _tree(text))
    except Refusal as refusal:
        raise ValueError(f"{refusal}{machine.so_far() if refusal.lost else ''}") from None
    except SyntaxError as error:
        what = "a number has thousands of digits" if "digits" in error.msg else error.msg
        raise ValueError(f"Line {error.lineno or 1} is not Python: {what}.") from None
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        raise ValueError(f"Line {line} holds half a character, which cannot be read.") from None
    except (MemoryError, RecursionError):  # sums of thousands of numbers
        raise ValueError("The text is nested too deeply to be read.") from None


def _tree(text: str) -> ast.Module:
    """The syntax of a text, of what it shows in a session, or of what torch prints."""
    plain = textwrap.dedent(text.removeprefix("\ufeff"))
    try:
        return ast.parse(plain)
    except SyntaxError:
        tidy = textwrap.dedent(without_output(without_prompts(plain)).translate(TYPOGRAPHY))
        if tidy == plain:
            code = printed(plain)
            if code is None:
                raise
            return ast.parse(code)
    code = printed(tidy)
    return ast.parse(tidy if code is None else code)
