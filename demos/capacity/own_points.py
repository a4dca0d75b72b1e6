"""Points that a reader brings: read from text, checked, and refused with one sentence that names row and column."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from demos.capacity.targets import Sample

LEAST: Final = 4  # three to fit and one to validate
MOST: Final = 5_000
LARGEST: Final = 1e9  # its square, summed over all rows, is still an ordinary number
SMALLEST: Final = 1e-12  # so is the square of the smallest spread
MAX_CHARACTERS: Final = 1_000_000
SEPARATORS: Final = (";", "\t", ",")


def read_points(text: str) -> Sample:
    """The points of a CSV text of two numeric columns, x and y, with or without a line of names above them.

    Columns are separated by semicolons, tabs or commas; where they are not separated by commas, a comma may stand for
    the decimal point. Rows are counted as an editor counts lines.

    Raises:
        ValueError: the text is too long, a row does not hold two numbers, or `checked` refuses the points.
    """
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"The file has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read.")
    lines = enumerate(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1)
    rows = [(number, _cells(line)) for number, line in lines if line.strip()]
    if rows and _are_names(rows[0][1]):
        rows = rows[1:]
    if len(rows) > MOST:
        raise ValueError(f"The file has {len(rows):,} rows; at most {MOST:,} are read.")
    points = [_point(number, cells) for number, cells in rows]
    return checked([x for x, _ in points], [y for _, y in points], rows=[number for number, _ in rows])


def write_points(points: Sample) -> str:
    """The points as lines that `read_points` reads back without loss."""
    return "\n".join(f"{x!r},{y!r}" for x, y in zip(points.x.tolist(), points.y.tolist(), strict=True))


def checked(x: Sequence[float], y: Sequence[float], *, rows: Sequence[int] | None = None) -> Sample:
    """The points with x ascending.

    Args:
        x: (n,); NaN where a cell is empty.
        y: (n,).
        rows: the number of each point's row, for the messages; by default they are counted from 1.

    Raises:
        ValueError: a number is missing, infinite or huge, an x stands twice, all x are the same or all values of a
            column almost, or there are too few points or too many.
    """
    numbers = rows or range(1, len(x) + 1)
    if not LEAST <= len(x) <= MOST:
        found = "is 1 row" if len(x) == 1 else f"are {len(x):,} rows"
        raise ValueError(f"There {found} of numbers; from {LEAST} to {MOST:,} are needed.")
    for number, *point in zip(numbers, x, y, strict=True):
        for column, value in zip("xy", point, strict=True):
            if not abs(value) <= LARGEST:
                what = "a number is missing" if math.isnan(value) else f"{value:.12g} is beyond ±{LARGEST:g}"
                raise ValueError(f"Row {number}, column {column}: {what}.")
    if min(x) == max(x):
        raise ValueError(f"Column x: all {len(x)} values are {x[0]:.12g}, so there is nothing to fit a curve along.")
    first: dict[float, int] = {}
    for number, value in zip(numbers, x, strict=True):
        if value in first:
            raise ValueError(
                f"Row {number}, column x: {value + 0:.12g} stands in row {first[value]} already; keep one y for each "
                "x, such as their mean."
            )
        first[value] = number
    for column, values in zip("xy", (x, y), strict=True):
        if 0 < max(values) - min(values) < SMALLEST:
            raise ValueError(f"Column {column}: all values lie within {SMALLEST:g} of each other; use another unit.")
    order = np.argsort(x)
    return Sample(np.asarray(x, dtype=float)[order], np.asarray(y, dtype=float)[order])


def _cells(line: str) -> list[str]:
    separator = next((each for each in SEPARATORS if each in line), ",")
    cells = [cell.strip().strip('"').strip().replace("−", "-") for cell in line.split(separator)]
    return cells if separator == "," else [cell.replace(",", ".") for cell in cells]


def _point(number: int, cells: Sequence[str]) -> tuple[float, float]:
    if len(cells) != 2:
        raise ValueError(f"Row {number}: two columns are needed, x and y, and there {_count(len(cells))}.")
    for column, cell in zip("xy", cells, strict=True):
        if cell and not _is_number(cell):
            raise ValueError(f"Row {number}, column {column}: “{cell[:40]}” is not a number.")
    x, y = (float(cell) if cell else math.nan for cell in cells)
    return x, y


def _count(columns: int) -> str:
    return "is one" if columns == 1 else f"are {columns}"


def _are_names(cells: Sequence[str]) -> bool:
    return any(cell[:1].isalpha() for cell in cells) and not any(_is_number(cell) for cell in cells)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell  # which Python allows between digits


def held_out(points: Sample, *, seed: int) -> tuple[Sample, Sample]:
    """A training set and a validation set of a quarter of the points, at random; x stays ascending in both."""
    n = len(points.x)
    validated = np.zeros(n, dtype=bool)
    validated[np.random.default_rng(seed).choice(n, n // 4, replace=False)] = True
    x, y = points
    return Sample(x[~validated], y[~validated]), Sample(x[validated], y[validated])
