"""The reader's own table as a declared part: a text or a file, a look at what was read, and the choice of columns."""

from dataclasses import KW_ONLY, dataclass, replace
from functools import cached_property
from typing import Any, Protocol, TypeVar

import streamlit as st

from ui.kit.controls import Control, Part, Settings, Source, View
from ui.kit.parts import uploaded
from ui.kit.plain import literal
from ui.kit.tables.reading import Table, read
from ui.kit.tables.roles import Choose

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Role(Protocol[T_co]):
    """What a table is for."""

    @property
    def rows(self) -> int: ...  # noqa: D102
    @property
    def cells(self) -> int: ...  # noqa: D102

    def take(self, table: Table, choose: Choose = ...) -> T_co: ...  # noqa: D102


@dataclass(eq=False)
class OwnTable(Part[T]):
    """A table, and what its role takes from it. What is refused leaves the last good one in place."""

    drawn_first = True
    role: Role[T]
    text: Control[str]
    _: KW_ONLY
    upload: int  # MB of a file

    def read(self, view: View, source: Source, *, shown: bool) -> T:
        """What the role takes."""
        field = replace(self.text, key=self.key)
        text = field.read(view, source, shown=shown)
        if not shown:
            taken, chosen = self._hidden
            source.hidden.update(chosen)
            return taken
        if not source.drawing:
            return self._take(self._table(text), view, source, shown=True)
        state, kept = st.session_state, f"{self.key} as read"
        st.caption(f"At most {self.role.rows:,} rows, {self.role.cells:,} cells and {self.upload} MB.")
        text = uploaded(self.key, text, megabytes=self.upload)
        try:
            if state.get(f"{kept} from", (None,))[0] != text:
                state[f"{kept} from"] = text, self._table(text)
            table: Table = state[f"{kept} from"][1]
            st.dataframe(table.frame.head(5), height="content", hide_index=True)
            state[kept] = taken = self._take(table, view, source, shown=True)
            said: tuple[str, ...] = *table.said, *taken.said  # type: ignore[attr-defined]
            st.caption(literal(" ".join(said)))
        except ValueError as refusal:
            st.error(literal(str(refusal)), icon=":material/table:")
            st.caption("Shown is the last one that could be read.")
            if kept not in state:
                state[kept] = self._hidden[0]
        last: T = state[kept]
        return last

    @cached_property
    def _hidden(self) -> tuple[T, Settings]:
        """What the role takes of the default, and the choices by key: asked for in every run without the part."""
        source = Source({})
        return self._take(self._table(self.text.first), None, source, shown=False), source.hidden

    def _table(self, text: str) -> Table:
        return read(text, rows=self.role.rows, cells=self.role.cells)

    def _take(self, table: Table, view: View, source: Source, *, shown: bool) -> T:
        def choose(name: str, control: Control[Any]) -> Any:  # noqa: ANN401 - whatever the control holds
            return replace(control, key=f"{self.key} {name}").read(view, source, shown=shown)

        return self.role.take(table, choose)
