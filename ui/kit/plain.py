"""Text that a reader typed, shown as it is."""

import re


def literal(text: str) -> str:
    """`text` for a Markdown string in which nothing of it means anything: every ASCII punctuation mark is escaped."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)
