"""Kernels that are known by name, and those that people write: a row a line, numbers and fractions."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MOST_TAPS: Final = 7  # a side
LARGEST: Final = 10**6
LONGEST: Final = 2_000  # characters
SHOWN: Final = 20  # characters of what is refused
NUMBER: Final = re.compile(r"[+-]?[\d./]{1,50}(?:[eE][+-]?\d{1,3})?")

KERNELS: Final[Mapping[str, Floats]] = {
    "Edge": np.array([[1.0, -1.0]]),
    "Sobel": np.array([[1.0, 0.0, -1.0], [2.0, 0.0, -2.0], [1.0, 0.0, -1.0]]),
    "Laplacian": np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]]),
    "Blur": np.full((3, 3), 1 / 9),
    "Sharpen": np.array([[0.0, -1.0, 0.0], [-1.0, 5.0, -1.0], [0.0, -1.0, 0.0]]),
    "Identity": np.array([[1.0]]),
    "Counting": np.arange(1.0, 10.0).reshape(3, 3),
}


def read_kernel(text: str) -> Floats:
    """The kernel (rows, columns) of a text such as "1 0 -1" or "[[1/9, 1/9], [0, 2.5]]", a row a line.

    Raises:
        ValueError: the row that cannot be read, and why.
    """
    if len(text) > LONGEST:
        raise ValueError(f"The text has {len(text):,} characters; at most {LONGEST:,} are read.")
    plain = re.sub(r"\b(?:np|numpy|torch)\.(?:array|tensor)\b|[()]|\bdtype=\S+", " ", text.replace("−", "-"))
    written = [re.sub(r"[\[\],;\t]", " ", row).split() for row in re.split(r"\n|;|\]\s*,?\s*(?=\[)", plain)]
    rows = [row for row in written if row]
    if not rows:
        raise ValueError("There is no number. Write one row of the kernel a line, such as 1 0 -1.")
    if len(rows) > MOST_TAPS or max(map(len, rows)) > MOST_TAPS:
        raise ValueError(
            f"The kernel has {len(rows)} × {max(map(len, rows))} numbers; at most {MOST_TAPS} × {MOST_TAPS} are taken."
        )
    numbers = [[_number(word, place) for word in row] for place, row in enumerate(rows, start=1)]
    for place, row in enumerate(numbers, start=1):
        if len(row) != len(numbers[0]):
            raise ValueError(f"Row {place} has {len(row)} numbers, and row 1 has {len(numbers[0])}: make them equal.")
    return np.array(numbers)


def _number(word: str, row: int) -> float:
    shown = word if len(word) <= SHOWN else f"{word[:SHOWN]}…"
    try:
        number = float(Fraction(word if NUMBER.fullmatch(word) else ""))
    except (ValueError, ZeroDivisionError, OverflowError):
        raise ValueError(f"Row {row}: “{shown}” is no number. Write numbers such as 2, -0.5 or 1/9.") from None
    if abs(number) > LARGEST:
        raise ValueError(f"Row {row}: {shown} is too large; at most ±{LARGEST:,} is taken.")
    return number
