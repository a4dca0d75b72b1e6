"""Large numbers in words: shapes, counts, bytes and shares."""

from collections.abc import Sequence
from typing import Final

PREFIXES: Final = ((10**12, " T"), (10**9, " G"), (10**6, " M"), (10**3, " k"))
PLAIN: Final = 10_000  # up to here, all digits are shown


def shape(sizes: Sequence[int]) -> str:
    """Such as 64 × 55 × 55."""
    return " × ".join(f"{size:,}" for size in sizes)


def count(number: int) -> str:
    """All digits of a number below ten million, and three of a larger one."""
    return f"{number:,}" if number < 10**7 else amount(number)


def amount(number: float) -> str:
    """A number with three digits, such as 61.1 M."""
    for size, prefix in PREFIXES:
        if number >= max(size, PLAIN):
            return f"{_three(number / size)}{prefix}"
    return f"{number:,.0f}"


def memory(size: float) -> str:
    """Bytes, such as 4.43 MB."""
    for unit, prefix in PREFIXES:
        if size >= unit:
            return f"{_three(size / unit)}{prefix}B"
    return f"{size:.0f} B"


def share(part: float, whole: float) -> str:
    """Of a whole, in percent."""
    percent = 100 * part / whole if whole else 0.0
    if 0 < percent < 0.1 or 99.9 < percent < 100:
        return "< 0.1 %" if percent < 1 else "> 99.9 %"
    return f"{percent:.0f} %" if percent in (0, 100) or 10 <= percent < 99.5 else f"{percent:.1f} %"


def _three(number: float) -> str:
    return f"{number:.0f}" if number >= 99.95 else f"{number:.1f}" if number >= 9.995 else f"{number:.2f}"
