"""What a reader brings to the invariance page: a picture as rows of characters or numbers, and a signal."""

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from demos.convolution.invariance import CANVAS, enlarged
from ui.kit import plain

Floats = NDArray[np.float64]
Picture = tuple[tuple[float, ...], ...]  # ink from 0 to 1, row by row
MOST_CELLS: Final = 28  # a side
MOST_LETTERS: Final = 20_000
MOST_NUMBERS: Final = 16  # of a signal
LARGEST: Final = 1e6
EMPTY: Final = " .,-_"
EXAMPLE: Final = """\
........
.#####..
.....#..
....#...
...###..
....#...
...#....
..#....."""


def read_picture(text: str) -> Picture:
    """The rows of a picture, with as much ink as 0 to 1 says.

    Without spaces between them, characters are cells: dots and dashes are paper, a figure is its tenth of ink, and
    anything else is black. Numbers with spaces, commas or semicolons between them are ink, the largest of them black.

    Raises:
        ValueError: there is no square picture in it; the message says what is wrong, and where.
    """
    if len(text) > MOST_LETTERS:
        raise ValueError(f"It has {len(text):,} letters; at most {MOST_LETTERS:,} are taken.")
    lines = [line.rstrip() for line in text.replace("\r", "").split("\n")]
    lines = [line for line in lines if line.strip()]
    if not lines:
        raise ValueError("There is no picture yet: type rows of dots and crosses, such as ..##..")
    spaced = any(len(_split(line)) > 1 for line in lines) and all(_all_numbers(line) for line in lines)
    rows = [[float(each) for each in _split(line)] if spaced else [_ink(mark) for mark in line] for line in lines]
    if not spaced:
        widest = max(map(len, rows))
        rows = [row + [0.0] * (widest - len(row)) for row in rows]
    wrong = next((place for place, row in enumerate(rows, start=1) if len(row) != len(rows[0])), None)
    if wrong is not None:
        raise ValueError(f"Row {wrong} has {len(rows[wrong - 1])} numbers, and row 1 has {len(rows[0])}.")
    if max(len(rows), len(rows[0])) > MOST_CELLS:
        raise ValueError(f"It has {len(rows)} × {len(rows[0])} cells; at most {MOST_CELLS} × {MOST_CELLS} are taken.")
    ink = np.array(rows)
    if not np.isfinite(ink).all() or np.abs(ink).max() > LARGEST or ink.min() < 0:
        raise ValueError("Ink is a number from 0 to a million.")
    if not ink.max():
        raise ValueError("There is no ink in it: any sign but . , - _ and the space makes some.")
    if spaced or ink.max() < 1:
        ink = ink / ink.max()
    return tuple(map(tuple, _square(ink).tolist()))


def understood(picture: Picture) -> str:
    """What was read, in words."""
    return f"Read as {len(picture)} × {len(picture)} cells, and enlarged to the middle of {CANVAS} × {CANVAS} pixels."


def canvas(picture: Picture) -> torch.Tensor:
    """The picture as networks take it, (1, 1, CANVAS, CANVAS)."""
    return enlarged(torch.tensor([picture], dtype=torch.float32))


def read_signal(text: str) -> tuple[float, ...]:
    """An even number of numbers.

    Raises:
        ValueError: it is something else.
    """
    if len(text) > MOST_LETTERS:
        raise ValueError(f"It has {len(text):,} letters; at most {MOST_LETTERS:,} are taken.")
    numbers = []
    for word in _split(text):
        if not _is_number(word):
            raise ValueError(f"“{plain.literal(word[:20])}” is no number.")
        numbers.append(float(word))
    if not all(np.isfinite(numbers)) or any(abs(number) > LARGEST for number in numbers):
        raise ValueError("Numbers from −1,000,000 to 1,000,000 are taken.")
    if len(numbers) % 2 or not 2 <= len(numbers) <= MOST_NUMBERS:
        raise ValueError(f"It has {len(numbers)} numbers; an even count from 2 to {MOST_NUMBERS} can be pooled by 2.")
    return tuple(numbers)


def _split(line: str) -> list[str]:
    return line.replace(",", " ").replace(";", " ").replace("\t", " ").replace("−", "-").strip("[]() ").split()


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _all_numbers(line: str) -> bool:
    return all(map(_is_number, _split(line)))


def _ink(mark: str) -> float:
    if mark in EMPTY:
        return 0.0
    return int(mark) / 10 if mark.isdecimal() and mark.isascii() else 1.0


def _square(ink: Floats) -> Floats:
    """With paper added on both sides until it is square."""
    side = max(ink.shape)
    gaps = [side - length for length in ink.shape]
    return np.pad(ink, [(gap // 2, gap - gap // 2) for gap in gaps])
