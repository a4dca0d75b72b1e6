"""The kinds of controls: Streamlit's widgets under their own names, with their own arguments."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, TypeVar

import streamlit as st

from ui.kit.controls import Control

T = TypeVar("T")
N = TypeVar("N", int, float)
Names = Sequence[str] | Mapping[str, Any]


def plain(value: object) -> str:
    """A number without zeros at its end; anything else as text."""
    return f"{value:g}" if isinstance(value, float) else str(value)


@dataclass(eq=False)
class Slider(Control[N]):
    """`st.slider`."""

    low: N
    high: N
    default: N
    step: N

    def fit(self, value: Any) -> N:  # noqa: ANN401
        """The nearest number inside of the range: between two steps is as good as on one."""
        return min(max(value, self.low), self.high)  # type: ignore[no-any-return]

    def draw(self, **common: Any) -> Any:  # noqa: ANN401
        """Draw the widget."""
        return st.slider(self.label, self.low, self.high, self.default, self.step, **common)


@dataclass(eq=False)
class SelectSlider(Control[T]):
    """`st.select_slider`."""

    options: Sequence[T]
    default: T
    _: KW_ONLY
    format_func: Callable[[T], str] = plain

    def fit(self, value: Any) -> T:  # noqa: ANN401
        """An option."""
        return value if value in self.options else self.default

    def linked(self, text: str) -> T | None:
        """The option nearest to a number between the first and the last."""
        try:
            number, first, *_, last = (float(each) for each in (text, *self.options))  # type: ignore[arg-type]
        except ValueError:
            return None
        near: Callable[[Any], float] = lambda option: abs(float(option) - number)  # noqa: E731
        return min(self.options, key=near) if first <= number <= last else None

    def draw(self, **common: Any) -> Any:  # noqa: ANN401
        """Draw the widget."""
        return st.select_slider(self.label, self.options, self.default, self.format_func, **common)


@dataclass(eq=False)
class Selectbox(Control[str]):
    """`st.selectbox`."""

    options: Names
    default: str

    def fit(self, value: Any) -> str:  # noqa: ANN401
        """An option."""
        return value if value in self.options else self.default

    def draw(self, **common: Any) -> Any:  # noqa: ANN401
        """Draw the widget."""
        names = list(self.options)
        return st.selectbox(self.label, names, names.index(self.default), **common)


@dataclass(eq=False)
class SegmentedControl(Selectbox):
    """`st.segmented_control`, of which one is always chosen."""

    def draw(self, **common: Any) -> Any:  # noqa: ANN401
        """Draw the widget."""
        return st.segmented_control(self.label, list(self.options), default=self.default, required=True, **common)


@dataclass(eq=False)
class Pills(Control[list[str]]):
    """`st.pills`, of which any number may be chosen."""

    options: Names
    default: list[str]

    def fit(self, value: Any) -> list[str]:  # noqa: ANN401
        """Those that are options."""
        return [name for name in value if name in self.options]

    def draw(self, **common: Any) -> Any:  # noqa: ANN401
        """Draw the widget."""
        return st.pills(self.label, list(self.options), selection_mode="multi", default=self.default, **common)


@dataclass(eq=False)
class Toggle(Control[bool]):
    """`st.toggle`."""

    default: bool = False

    def fit(self, value: Any) -> bool:  # noqa: ANN401
        """On or off."""
        return bool(value)

    def draw(self, **common: Any) -> Any:  # noqa: ANN401
        """Draw the widget."""
        return st.toggle(self.label, self.default, **common)


@dataclass(eq=False)
class TextInput(Control[str]):
    """`st.text_input`."""

    default: str

    def fit(self, value: Any) -> str:  # noqa: ANN401
        """Any text."""
        return str(value)

    def draw(self, **common: Any) -> Any:  # noqa: ANN401
        """Draw the widget."""
        return st.text_input(self.label, self.default, **common)


@dataclass(eq=False)
class TextArea(TextInput):
    """`st.text_area`, for so many rows."""

    rows: int

    def draw(self, **common: Any) -> Any:  # noqa: ANN401
        """Draw the widget."""
        return st.text_area(self.label, self.default, height=24 * self.rows + 16, **common)
