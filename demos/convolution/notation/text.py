"""What people paste, as Python: without prompts and output, with its quotes as they were typed."""

import re
from typing import Final

PROMPT: Final = re.compile(r"^(>>>|\.\.\.)( |$)")
CELL: Final = re.compile(r"^(In \[\d+\]: ?|\s+\.\.\.: ?)", re.MULTILINE)
OUTPUT: Final = re.compile(
    r"torch\.Size\(\[|^Out\[\d+\]|^\s*[-=_]{4,}\s*$|^```|^%|^!|<bound method|"
    r"^\s*(Layer \(type|[A-Z]\w+-\d+ +\[|Total |Trainable |Non-trainable |Input size|Forward/|Params size|Estimated )"
)
TYPOGRAPHY: Final = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " ", "，": ",", "（": "(", "）": ")", "：": ":", "；": ";"}
)


def without_prompts(text: str) -> str:
    """The lines that were typed; those that a session answered are left empty."""
    lines = CELL.sub("", text).split("\n")
    if not any(PROMPT.match(each) for each in lines):
        return "\n".join(lines)
    return "\n".join(PROMPT.sub("", each) if PROMPT.match(each) else "" for each in lines)


def without_output(text: str) -> str:
    """A text without the lines that are no Python but what a notebook shows."""
    return "\n".join("" if OUTPUT.search(each) and not _is_code(each) else each for each in text.split("\n"))


def _is_code(line: str) -> bool:
    """Whether a line that mentions a size is written for Python."""
    return bool(re.match(r"\s*(#|print|assert|return|\w+ *=)", line)) and not line.startswith(("Out[", "```"))
