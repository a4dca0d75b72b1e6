"""What the cells of a column mean: numbers as they are written in several countries, percentages, dates, or text."""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

MISSING: Final = frozenset({"", "na", "n/a", "#n/a", "nan", "-", "--", "?", "null", "none", "nil", "<na>"})
NUMBER: Final = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?|[-+]?inf(inity)?", re.IGNORECASE | re.ASCII)
GROUPED: Final = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)  # 1,000.5
GROUPED_BY_POINTS: Final = re.compile(r"[-+]?\d{1,3}(\.\d{3})+(,\d+)?", re.ASCII)  # 1.000,5
WITH_COMMA: Final = re.compile(r"[-+]?\d*(\.\d{3})*,\d+(e[-+]?\d+)?", re.IGNORECASE | re.ASCII)
DATES: Final = ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y/%m/%d", "%d.%m.%Y",
                "%m/%d/%Y", "%d/%m/%Y", "%d-%b-%Y", "%b %d, %Y")  # fmt: skip
MOSTLY: Final = 0.8  # of a column's cells that decide what it is


def is_missing(cell: str) -> bool:
    """Whether a cell says that nothing is known."""
    return cell.lower() in MISSING


def is_value(cell: str) -> bool:
    """Whether a cell can stand under a name only: a number in any writing, a date."""
    written = _number(cell, commas=False).rstrip("%").strip()
    return bool(
        NUMBER.fullmatch(written) or WITH_COMMA.fullmatch(written) or re.fullmatch(r"\d{1,4}[-/.]\d\d?[-/.]\d.*", cell)
    )


def points_are_commas(cells: Sequence[str], separator: str) -> bool:
    """Whether the comma is the decimal point. 1,000 alone can be both: behind semicolons it is a decimal."""
    written = [_joined(cell).rstrip("% ") for cell in cells if "," in cell]
    numbers = [cell for cell in written if WITH_COMMA.fullmatch(cell) or GROUPED.fullmatch(cell)]
    sure = any(not GROUPED.fullmatch(cell) for cell in numbers)
    grouped = any(cell.count(",") > 1 or "." in cell for cell in numbers if GROUPED.fullmatch(cell))
    return sure or (separator == ";" and bool(numbers) and not grouped)


def typed(name: str, cells: Sequence[str], *, commas: bool) -> tuple[pd.Series, list[str]]:
    """The column, of floats or of texts, and what is to be said about it."""
    here = np.array([not is_missing(cell) for cell in cells])
    known = [cell for cell in cells if not is_missing(cell)]
    if not known:
        return pd.Series(np.full(len(cells), np.nan)), []
    written = [_number(cell, commas=commas) for cell in known]
    percent = [cell.endswith("%") for cell in written]
    bare = [cell.rstrip("% ") for cell in written]
    numbers = [float(cell) if NUMBER.fullmatch(cell) else np.nan for cell in bare]
    if np.mean(~np.isnan(numbers)) >= MOSTLY:
        numbers = [value / 100 if of else value for value, of in zip(numbers, percent, strict=True)]
        said = [f"{name}: percentages are read as numbers, 5 % as 0.05."] * any(percent)
        wrong = [cell for cell, value in zip(known, numbers, strict=True) if np.isnan(value)]
        if wrong:
            said.append(f"{name}: cells that are no numbers count as missing: {len(wrong):,}, first “{wrong[0][:20]}”.")
        column = np.full(len(cells), np.nan)
        column[here] = numbers
        return pd.Series(np.where(np.isfinite(column), column, np.nan)), said
    for form in DATES:
        days = pd.to_datetime(pd.Series(known, dtype=object), format=form, errors="coerce")
        if days.notna().mean() == 1:
            column = np.full(len(cells), np.nan)
            column[here] = (days - days.min()) / pd.Timedelta(days=1)
            return pd.Series(column), [f"{name}: dates are read as days since {days.min():%Y-%m-%d}."]
    return pd.Series([None if is_missing(cell) else cell[:100] for cell in cells], dtype=object), []


def _joined(cell: str) -> str:
    """A number without what stands between its thousands but points and commas."""
    return re.sub(r"(?<=\d)[ '’\u202f](?=\d{3}(\D|$))", "", cell.replace("−", "-"))


def _number(cell: str, *, commas: bool) -> str:
    """A number as Python writes it, where the cell holds one."""
    if not commas and NUMBER.fullmatch(cell):
        return cell
    cell = _joined(cell)
    if GROUPED_BY_POINTS.fullmatch(cell.rstrip("% ")) and commas:
        return cell.replace(".", "").replace(",", ".")
    if commas and WITH_COMMA.fullmatch(cell.rstrip("% ")):
        return cell.replace(",", ".")
    return cell.replace(",", "") if not commas and GROUPED.fullmatch(cell.rstrip("% ")) else cell
