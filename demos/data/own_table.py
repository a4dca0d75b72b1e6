"""A reader's own rows from CSV, numeric features and a label of two values, or a sentence about what is wrong."""

import csv
import math
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from demos.data.samples import MOST_ROWS, Sample

MAX_CHARACTERS: Final = 5_000_000
LEAST_FEATURES: Final = 2  # that a picture needs
MOST_FEATURES: Final = 200
LEAST_ROWS: Final = 20
LEAST_MINORITY: Final = 4
MOST_OF_A_LINE: Final = 100_000
LARGEST: Final = 1e9
SEPARATORS: Final = (";", "\t", ",")
LABELS: Final = ("label", "class", "target", "y")  # a column of this name is the label, else the last one


class Table(NamedTuple):
    """What was read."""

    sample: Sample
    features: tuple[str, ...]
    label: str  # the name of its column
    majority: str  # the value that stands for class 0
    minority: str  # and for class 1


def read_table(text: str) -> Table:
    """The rows of a CSV text: a line of names, then numbers, and one column with a label of two values.

    The label is the column called label, class, target or y, or else the last; the rarer value is the minority.
    Columns are separated by semicolons, tabs or commas. Rows are counted as an editor counts lines.

    Raises:
        ValueError: the text is too long, a number is missing or none, or the label has not two values with enough rows.
    """
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"The file has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read.")
    names, rows = _rows(text)
    label = next((place for place, name in enumerate(names) if name.lower() in LABELS), len(names) - 1)
    features = [place for place in range(len(names)) if place != label]
    if not LEAST_FEATURES <= len(features) <= MOST_FEATURES:
        raise ValueError(
            f"There are {len(features)} columns beside the label; from {LEAST_FEATURES} to {MOST_FEATURES} are needed."
        )
    values = [_label(number, cells[label], names[label]) for number, cells in rows]
    majority, minority = _two(values, names[label])
    x = [[_number(number, names[place], cells[place]) for place in features] for number, cells in rows]
    y = np.array([value == minority for value in values], dtype=int)
    named = tuple(names[place] for place in features)
    return Table(Sample(np.array(x, dtype=float), y), named, names[label], majority, minority)


def _rows(text: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The names of the columns, and the rows with their numbers."""
    lines = text.removeprefix("\ufeff").splitlines()
    first = next((line for line in lines if line.strip()), "")[:MOST_OF_A_LINE]
    separator = max(SEPARATORS, key=lambda each: len(next(csv.reader([first], delimiter=each), [])))
    reader = csv.reader(lines, delimiter=separator)
    try:
        rows = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader if any(map(str.strip, cells))]
    except csv.Error as error:
        raise ValueError(f"Row {reader.line_num} cannot be read: {error}.") from None
    if not rows:
        raise ValueError("The file is empty. A line of names and rows of numbers with a label are needed.")
    names = rows[0][1]
    if any(_is_number(cell) for cell in names):  # a first row of data
        names = [f"column {place}" for place in range(1, len(names) + 1)]
    else:
        rows = rows[1:]
    if not LEAST_ROWS <= len(rows) <= MOST_ROWS:
        raise ValueError(f"There are {len(rows):,} rows of data; from {LEAST_ROWS} to {MOST_ROWS:,} are needed.")
    for number, cells in rows:
        if len(cells) != len(names):
            raise ValueError(f"Row {number} has {len(cells)} columns, and the first has {len(names)}.")
    return names, rows


def _label(number: int, cell: str, name: str) -> str:
    if not cell:
        raise ValueError(f"Row {number}, column {name[:40]}: the label is missing.")
    if not _is_number(cell):
        return cell
    value = float(cell)
    if math.isnan(value):
        raise ValueError(f"Row {number}, column {name[:40]}: the label is missing.")
    # 1 and 1.0 are one class, and so are 0 and −0.
    return str(int(value)) if value.is_integer() else repr(value)


def _two(values: Sequence[str], name: str) -> tuple[str, str]:
    counts = Counter(values)
    if len(counts) != 2:
        found = ", ".join(f"{value[:20]} ({count:,})" for value, count in counts.most_common(4))
        more = ", …" if len(counts) > 4 else ""
        raise ValueError(f"Column {name[:40]}: the label needs two values and has {len(counts):,}: {found}{more}.")
    (majority, _), (minority, rows) = counts.most_common()
    if rows < LEAST_MINORITY:
        raise ValueError(
            f"Column {name[:40]}: {minority[:20]} has {rows} row{'' if rows == 1 else 's'}; at least {LEAST_MINORITY} "
            "are needed to train and to test."
        )
    return majority, minority


def _number(number: int, name: str, cell: str) -> float:
    if not cell:
        raise ValueError(f"Row {number}, column {name[:40]}: a number is missing.")
    if not _is_number(cell):
        raise ValueError(f"Row {number}, column {name[:40]}: “{cell[:40]}” is not a number.")
    value = float(cell)
    if not abs(value) <= LARGEST:
        shown = f"{value:g}" if abs(float(f"{value:g}")) > LARGEST else repr(value)
        what = "the number is missing" if math.isnan(value) else f"{shown} is beyond ±{LARGEST:g}"
        raise ValueError(f"Row {number}, column {name[:40]}: {what}.")
    return value


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell  # which Python allows between digits
