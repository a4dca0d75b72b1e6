"""From a file or a pasted text to named columns, with sentences about what was understood and what was left out."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import Final, NamedTuple

import pandas as pd

from ui.kit.parts import decoded
from ui.kit.tables.columns import is_missing, is_value, points_are_commas, typed

MOST_CHARACTERS: Final = 5_000_000
MOST_COLUMNS: Final = 1_000  # that a reader can be offered to choose from
LOOKED_AT: Final = 100  # lines that decide on the separator
SEPARATORS: Final = {"\t": "tabs", ";": "semicolons", "|": "bars", "&": "ampersands", ",": "commas", " ": "spaces"}
BINARY: Final = {"PK\x03\x04": "an Excel, ODS or ZIP file", "ÐÏ\x11à": "an old Excel file", "PAR1": "a Parquet file"}
COMMENTS: Final = ("#", "%", "//")
RULES: Final = re.compile(
    r"\\(hline|toprule|midrule|bottomrule|begin|end|cline|centering|caption)\b.*|(?=[^-]*-)[|+\s:=-]+"
)
TOTALS: Final = frozenset({"total", "totals", "sum", "summe", "gesamt", "mean", "average", "somme", "grand total"})


class Table(NamedTuple):
    """What was read."""

    frame: pd.DataFrame  # numbers as floats, with NaN where a cell is missing; texts as strings or None
    said: tuple[str, ...]  # what was understood and what was left out


def read(content: bytes | str, *, rows: int, cells: int) -> Table:
    """The table of a file or of a pasted text, of at most so many rows and cells.

    Raises:
        ValueError: it is no text, too large, or no table, in one sentence.
    """
    text = decoded(content) if isinstance(content, bytes) else content
    for start, kind in BINARY.items():
        if text.startswith(start):
            raise ValueError(f"This is {kind}: save the sheet as CSV (File, Save as) and bring that.")
    if "\0" in text:
        raise ValueError("This is not a text: save the table as CSV and bring that.")
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"The text has {len(text):,} characters; at most {MOST_CHARACTERS:,} are read.")
    separator, lines, remark = _lines(text)
    if len(lines) > 2 * rows + LOOKED_AT:
        raise ValueError(f"There are {len(lines):,} lines; at most {rows:,} rows are read.")
    separator = separator or _separator(lines)
    found = [row for row in _split(lines, separator) if any(row)]
    if not found:
        raise ValueError("The text holds nothing but separators: rows of numbers are needed.")
    names, body, said = _header(found, remark, separator)
    if len(names) > MOST_COLUMNS:
        raise ValueError(f"There are {len(names):,} columns; at most {MOST_COLUMNS:,} are read.")
    if len(body) > rows or len(body) * len(names) > cells:
        raise ValueError(
            f"There are {len(body):,} rows of {len(names):,} cells; at most {rows:,} rows and {cells:,} cells are read."
        )
    commas = points_are_commas([cell for row in body for cell in row], separator)
    said = [f"Columns are separated by {SEPARATORS[separator]}.", *["A comma is the decimal point."] * commas, *said]
    columns = {}
    for name, column in zip(_distinct(names), zip(*body, strict=True), strict=True):
        columns[name], remarks = typed(name, column, commas=commas)
        said += remarks
    return Table(pd.DataFrame(columns), tuple(said))


def _lines(text: str) -> tuple[str | None, list[str], str]:
    """A separator that is told, the lines that are not comments, and the last comment above them."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")
    told: str | None = None
    lines: list[str] = []
    remark = ""
    for line in text.split("\n"):
        stripped = line.strip(" ")
        told_here = re.fullmatch(r'"?sep=(.)"?', stripped)
        if told_here and not lines and told_here[1] in SEPARATORS:
            told = told_here[1]
        elif stripped.startswith(COMMENTS):
            remark = remark if lines else stripped.lstrip("#%/ ")
        elif stripped and not RULES.fullmatch(stripped):
            lines.append(stripped.removesuffix("\\\\").rstrip(" "))
    if not lines:
        raise ValueError("The text is empty: a line of names and rows of numbers are needed.")
    return told, lines, remark


def _split(lines: Sequence[str], separator: str) -> list[list[str]]:
    if separator == "|":
        lines = [line.strip("|") for line in lines]
    if separator == " ":
        lines = [re.sub(r"\s+", " ", line) for line in lines]
    try:
        rows = list(csv.reader([f"{line}\n" for line in lines], delimiter=separator, skipinitialspace=True))
    except csv.Error as error:
        raise ValueError(f"The text cannot be read as a table: {error}.") from None
    return [[cell.strip() for cell in row] for row in rows]


def _separator(lines: Sequence[str]) -> str:
    """The first that gives most lines one number of cells, above one."""
    for separator in SEPARATORS:
        rows = _split(list(islice(lines, LOOKED_AT)), separator)
        width, often = Counter(len(row) for row in rows).most_common(1)[0]
        pairs = any(re.fullmatch(r"[-+]?[\d.]+\s+[-+]?[\d.]+", cell) for row in rows for cell in row)
        if width > 1 and 2 * often > len(rows) and not (separator == "," and pairs):
            return separator
    return ","


def _header(rows: list[list[str]], remark: str, separator: str) -> tuple[list[str], list[list[str]], list[str]]:
    """The names, the rows of as many cells, and what was left out."""
    said = []
    if sum(not row[-1] for row in rows) > len(rows) / 2:  # a separator at the end of each line
        rows = [row[:-1] if not row[-1] and len(row) > 1 else row for row in rows]
    width = Counter(len(row) for row in rows).most_common(1)[0][0]
    first = next(place for place, row in enumerate(rows) if len(row) == width)
    names = [cell for cell in _split([remark], separator)[0] if cell] if remark else []
    if first == 1 and len(rows[0]) == width - 1 and not any(map(is_value, rows[0])):  # as R writes row names
        names, rest = ["row", *rows[0]], rows[1:]
    elif (not any(map(is_value, rows[first])) and any(map(is_value, rows[-1] if len(rows) > 1 else []))) or (
        len(rows) > 1 and first + 1 < len(rows) and not any(map(_is_number, rows[first])) and any(rows[first])
    ):
        names, rest = rows[first], rows[first + 1 :]
    else:
        rest = rows[first:]
        if len(names) != width:
            names = [f"column {place}" for place in range(1, width + 1)]
            said.append("There is no line of names: columns are numbered.")
    body = [row for row in rest if len(row) == width]
    if len(body) < len(rest):
        said.append(f"Rows with another number of cells than {width} are left out: {len(rest) - len(body):,}.")
    if len(body) > 1 and not any(map(is_value, body[0])) and any(map(_is_number, body[1])):
        body = body[1:]
        said.append("The line under the names holds no numbers: it is taken for units and left out.")
    if body and body[-1][0].lower().rstrip(":") in TOTALS:
        body = body[:-1]
        said.append("The last row is a total and left out.")
    if not body:
        raise ValueError("There are no rows under the line of names.")
    return names, body, said


def _is_number(cell: str) -> bool:
    return is_value(cell) and not is_missing(cell)


def _distinct(names: Sequence[str]) -> list[str]:
    """The names, none of them empty or twice."""
    taken: list[str] = []
    for place, name in enumerate(names, start=1):
        plain = " ".join(name.split())[:60] or f"column {place}"
        count = 1
        distinct = plain
        while distinct in taken:
            count += 1
            distinct = f"{plain} {count}"
        taken.append(distinct)
    return taken
