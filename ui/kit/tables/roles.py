"""What the columns of a table are for: x and y of points, or features and a label of two classes."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from ui.kit.controls import Control
from ui.kit.plain import literal
from ui.kit.tables.reading import Table
from ui.kit.widgets import Pills, Selectbox

LARGEST: Final = 1e9  # its square, summed over all rows, is still an ordinary number
SMALLEST: Final = 1e-12  # so is the square of the smallest spread
INDICES: Final = frozenset({"", "id", "index", "row", "unnamed: 0", "no", "nr", "column 1"})
PAIR: Final = 2  # columns of points, values of a label, features of a picture
MANY: Final = 20  # values of words are no classes
LABELS: Final = ("label", "class", "target", "y")


@dataclass(eq=False)
class Names(Pills):
    """Pills of the reader's own words, which Streamlit would read as Markdown."""

    def draw(self, **common: Any) -> Any:  # noqa: ANN401 - what Streamlit returns
        """Draw the widget."""
        return st.pills(
            self.label, list(self.options), selection_mode="multi", default=self.default, format_func=literal, **common
        )


Choose = Callable[[str, Control[Any]], Any]  # a name for the key, and what to choose from


def by_default(_: str, control: Control[Any]) -> Any:  # noqa: ANN401 - whatever the control holds
    """The choice of a table without a reader."""
    return control.first


class Pointed(NamedTuple):
    """Points."""

    x: NDArray[np.float64]  # (n,)
    y: NDArray[np.float64]  # (n,)
    names: tuple[str, str]
    said: tuple[str, ...]


class Labelled(NamedTuple):
    """Rows of two classes."""

    features: NDArray[np.float64]  # (n, features)
    label: NDArray[np.int64]  # (n,), 1 for the minority
    names: tuple[str, ...]  # of the features
    named: str  # the label
    majority: str
    minority: str
    said: tuple[str, ...]


@dataclass(frozen=True)
class Points:
    """Two numeric columns; the limits are those of the demo."""

    rows: int = 5_000
    cells: int = 1_000_000
    least: int = 4

    def take(self, table: Table, choose: Choose = by_default) -> Pointed:
        """The points, or a ValueError that says what is missing."""
        numeric = _numeric(table.frame)
        if len(numeric) < PAIR:
            raise ValueError(f"Two columns of numbers are needed, and there {_are(len(numeric))}.")
        likely = [name for name in numeric if not _is_index(table.frame[name], name)]
        likely += [name for name in numeric if name not in likely]
        first, second = sorted(likely[:2], key=numeric.index)
        if len(numeric) > PAIR:
            first = choose("x", Selectbox("Column x", numeric, first, help="Along the axis."))
            others = [name for name in numeric if name != first]
            second = second if second != first else next(name for name in [*likely, *others] if name != first)
            second = choose("y", Selectbox("Column y", others, second, help="What is fitted."))
        frame, said = _complete(table.frame[[first, second]], [first, second])
        if not self.least <= len(frame) <= self.rows:
            raise ValueError(f"Rows of two numbers: {len(frame):,}; from {self.least} to {self.rows:,} are needed.")
        for name in (first, second):
            spread = frame[name].max() - frame[name].min()
            if (name == first and spread == 0) or 0 < spread < SMALLEST:
                raise ValueError(f"Column {name}: all values are the same, or almost; choose another or another unit.")
        return Pointed(frame[first].to_numpy(float), frame[second].to_numpy(float), (first, second), tuple(said))


@dataclass(frozen=True)
class Classes:
    """Numeric features and a label; the limits are those of the demo."""

    rows: int = 20_000
    features: int = 200
    least: int = 20
    least_minority: int = 4

    @property
    def cells(self) -> int:
        """Of all features and the label."""
        return self.rows * (self.features + 1)

    def take(self, table: Table, choose: Choose = by_default) -> Labelled:
        """The rows, or a ValueError that says what is missing."""
        frame = table.frame
        names = list(frame.columns)
        usual = next((name for name in names if name.lower() in LABELS), None)
        few = [name for name in names if frame[name].nunique() == PAIR] or [
            name for name in names if name not in _numeric(frame) and PAIR < frame[name].nunique() <= MANY
        ]
        label = usual or (names[-1] if names[-1] in few or not few else few[-1])
        label = choose("label", Selectbox("Label", names, label, help="The column that names the class."))
        values = _as_words(frame.loc[:, label])
        counts = values.value_counts()
        if len(counts) < PAIR:
            raise ValueError(f"Column {label}: the label needs two values, and there {_are(len(counts))}.")
        rarest = str(counts.index[-1])
        if len(counts) > PAIR:
            offered = [str(value) for value in counts.index[:50]]
            enough = [value for value in offered if counts[value] >= self.least_minority]
            rarest = choose(
                "minority", Selectbox("Minority", offered, (enough or offered)[-1], help="All others are one class.")
            )
        else:
            order = [str(value) for value in counts.index]
            rarest = choose("minority", Selectbox("Minority", order, rarest, help="The class to find, 1."))
        candidates = [name for name in _numeric(frame) if name != label]
        is_minority = values.eq(rarest).astype(float).where(values.notna())
        indices = [name for name in candidates if _tells_order(frame[name], is_minority)]
        default = [name for name in candidates if name not in indices][: self.features]
        if len(candidates) > PAIR:
            default = choose("features", Names("Features", candidates, default, help="What the models see."))
        said = [f"{name} numbers the rows and is left out of the features." for name in indices if name not in default]
        said += [f"{name} numbers the rows: what it tells of the class is the order of the file." for name in indices
                 if name in default]  # fmt: skip
        if not PAIR <= len(default) <= self.features:
            raise ValueError(
                f"Numeric features beside the label: {len(default)}; {PAIR} to {self.features} are needed."
            )
        kept, left_out = _complete(frame[default].assign(**{"\0label": is_minority}), [*default, "\0label"])
        y = kept["\0label"].to_numpy(int)
        if not self.least <= len(kept) <= self.rows:
            raise ValueError(f"Complete rows: {len(kept):,}; from {self.least} to {self.rows:,} are needed.")
        if not self.least_minority <= y.sum() <= len(y) - self.least_minority:
            raise ValueError(
                f"Column {label}: {rarest} has {y.sum():,} complete rows of {len(y):,}; each class needs "
                f"{self.least_minority} to train and to test."
            )
        said += [
            f"{name} alone determines the label." for name in default if _determines(kept[name].to_numpy(float), y)
        ]
        others = [str(value) for value in counts.index if value != rarest]
        majority = others[0] if len(others) == 1 else f"not {rarest}"
        features = kept[default].to_numpy(float)
        return Labelled(features, y, tuple(default), label, majority, rarest, (*left_out, *said))


class Grouped(NamedTuple):
    """Points in classes."""

    x: NDArray[np.float64]  # (n, 2)
    y: NDArray[np.int64]  # (n,), from 0
    names: tuple[str, str]  # of the two columns
    classes: tuple[str, ...]
    said: tuple[str, ...]


@dataclass(frozen=True)
class Groups:
    """Two numeric columns and a label; the limits are those of the demo."""

    rows: int = 2_000
    cells: int = 100_000
    classes: int = 6
    least: int = 10

    def take(self, table: Table, choose: Choose = by_default) -> Grouped:
        """The points, or a ValueError that says what is missing."""
        frame = table.frame
        names = list(frame.columns)
        fitting = [name for name in names if PAIR <= frame[name].nunique() <= self.classes]
        if not fitting:
            raise ValueError(f"A column with {PAIR} to {self.classes} different values is needed: the class.")
        likely = [name for name in fitting if name not in _numeric(frame)] or fitting  # x and y may be few numbers
        usual = next((name for name in likely if name.lower() in LABELS), likely[-1])
        label = choose("label", Selectbox("Class", fitting, usual, help="The column that names the class."))
        numeric = [name for name in _numeric(frame) if name != label]
        if len(numeric) < PAIR:
            raise ValueError(f"Two columns of numbers beside the class are needed, and there {_are(len(numeric))}.")
        plain = [name for name in numeric if not _is_index(frame[name], name)]
        first, second = (plain if len(plain) >= PAIR else numeric)[:2]
        if len(numeric) > PAIR:
            first = choose("x1", Selectbox("Column x1", numeric, first, help="From left to right."))
            others = [name for name in numeric if name != first]
            second = choose("x2", Selectbox("Column x2", others, second if second != first else others[0],
                                            help="From below to above."))  # fmt: skip
        words = _as_words(frame.loc[:, label])
        classes = sorted(words.dropna().unique())
        codes = words.map({name: float(number) for number, name in enumerate(classes)})
        kept, said = _complete(frame[[first, second]].assign(**{"\0label": codes}), [first, second, "\0label"])
        if not self.least <= len(kept) <= self.rows:
            raise ValueError(f"Complete rows: {len(kept):,}; from {self.least} to {self.rows:,} are needed.")
        y = kept["\0label"].to_numpy(int)
        if len(np.unique(y)) < len(classes):
            raise ValueError(f"Column {label}: a class has no complete row.")
        x = kept[[first, second]].to_numpy(float)
        return Grouped(x, y, (first, second), tuple(str(name) for name in classes), tuple(said))


def written(x: Iterable[float], y: Iterable[float]) -> str:
    """Points as a text that is read back without loss."""
    return "\n".join(f"{float(first)!r},{float(second)!r}" for first, second in zip(x, y, strict=True))


def _numeric(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame.columns if frame[name].dtype == float and frame[name].notna().any()]


def _are(count: int) -> str:
    return "is one" if count == 1 else f"are {count or 'none'}"


def _is_index(column: pd.Series, name: str) -> bool:
    """Whether a column is called what numbers of rows are called, and holds such."""
    return _is_unique_and_whole(column) and (name.lower().strip("# ") in INDICES or name.lower().endswith("_id"))


def _is_unique_and_whole(column: pd.Series) -> bool:
    return bool(column.is_unique and (column % 1 == 0).all())


def _tells_order(column: pd.Series, is_minority: pd.Series) -> bool:
    """Whether a column numbers the rows, or is sorted where the label is sorted too."""
    sorted_alike = column.is_monotonic_increasing and (
        is_minority.is_monotonic_increasing or is_minority.is_monotonic_decreasing
    )
    return _is_unique_and_whole(column) or bool(column.is_unique and sorted_alike)


def _as_words(column: pd.Series) -> pd.Series:
    """Labels as they are read aloud: 1 and 1.0 are one class."""
    return column.map(lambda value: f"{value + 0:.12g}" if isinstance(value, float) else value, na_action="ignore")


def _determines(values: NDArray[np.float64], y: NDArray[np.int64]) -> bool:
    """Whether a threshold on one feature parts both classes."""
    one, other = values[y == 1], values[y == 0]
    return bool(one.max() < other.min() or other.max() < one.min())


def _complete(frame: pd.DataFrame, names: Sequence[str]) -> tuple[pd.DataFrame, list[str]]:
    """The rows that hold all numbers, none of them huge."""
    kept = frame[list(names)].dropna()
    said = [f"Rows in which a cell is missing are left out: {len(frame) - len(kept):,}."] * (len(kept) < len(frame))
    small = kept[(kept.abs() <= LARGEST).all(axis=1)]
    if len(small) < len(kept):
        said.append(f"Rows with numbers beyond ±1e9 are left out: {len(kept) - len(small):,}.")
    return small, said
