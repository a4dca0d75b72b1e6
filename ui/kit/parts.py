"""What controls are put together to: one for each of some names, a group, and a text with what it means."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import KW_ONLY, dataclass, replace
from typing import Any, Final, TypeVar

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from ui.kit.controls import Control, Controls, Part, Settings, Source, UndrawnError, View
from ui.kit.plain import literal

T = TypeVar("T")
C = TypeVar("C", bound=Controls)
LINKED: Final = 2_000  # letters of a text that an address can hold


@dataclass(eq=False)
class Each(Part[Mapping[str, T]]):
    """A control for each of some names, which stand in its label and help for `{}`. `chosen` are those to draw."""

    names: Sequence[str] | Mapping[str, Any]
    one: Control[T]
    _: KW_ONLY
    chosen: Callable[[View], Sequence[str]]

    def read(self, view: View, source: Source, *, shown: bool) -> Mapping[str, T]:
        """The values by name; what is not chosen has the default."""
        chosen = self.chosen(view) if shown else ()
        return {name: self._named(name).read(view, source, shown=name in chosen) for name in self.names}

    def _named(self, name: str) -> Control[T]:
        label, help_ = self.one.label.format(name), self.one.help.format(name)
        return replace(self.one, key=f"{self.key} {name}", label=label, help=help_)


@dataclass(eq=False)
class Group(Part[C]):
    """Controls of another class under a heading. Groups of one class differ in keys, and where told in defaults."""

    label: str
    inner: type[C]
    _: KW_ONLY
    icon: str | None = None
    defaults: Settings | None = None  # by attribute

    def __set_name__(self, owner: type, name: str) -> None:
        super().__set_name__(owner, name)
        own = {}
        for attribute, part in self.inner.parts.items():
            changed = {"default": self.defaults[attribute]} if attribute in (self.defaults or {}) else {}  # type: ignore[index]
            own[attribute] = replace(part, key=f"{self.key} {part.key}", **changed)
        self.inner = type(self.inner.__name__, (self.inner,), own)

    def read(self, view: View, source: Source, *, shown: bool) -> C:  # noqa: ARG002 - the group has a view of its own
        """The group's view."""
        drawn = st.expander(self.label, icon=self.icon, expanded=True) if source.drawing and shown else nullcontext()
        with drawn:
            return self.inner.read(source, shown=shown)


@dataclass(eq=False)
class Own(Part[T]):
    """A text, and what `reader` makes of it. What that refuses by a ValueError leaves the last good one in place.

    The reader that is declared here understands the default; one that is `given` may refuse even that.
    """

    reader: Callable[[str], T]
    text: Control[str]
    _: KW_ONLY
    upload: int = 0  # MB of a file that may bring the text
    said: Callable[[T], str] | None = None  # what was understood, in Markdown, under the field

    def read(self, view: View, source: Source, *, shown: bool) -> T:
        """What the text means."""
        own = replace(self, **self.given(view))
        field = replace(own.text, key=self.key)
        text = field.read(view, source, shown=shown)
        if not shown:
            return self.reader(field.first)
        if source.ahead and f"{self.key} beside" in st.session_state:
            raise UndrawnError  # a file counts, unless the reader types again
        if not source.drawing:
            return _understood(own.reader, text) if source.ahead else own.reader(text)
        state, kept = st.session_state, f"{self.key} as read"
        try:
            state[kept] = own.reader(uploaded(self.key, text, megabytes=own.upload) if own.upload else text)
            if own.said is not None and (words := own.said(state[kept])):
                st.caption(words)
        except ValueError as refusal:
            st.error(literal(str(refusal)), icon=":material/edit:")
            which = "last one that could be read" if kept in state else "one that this page starts with"
            st.caption(f"Shown is the {which}.")
            if kept not in state:
                state[kept] = self.reader(field.first)
        last: T = state[kept]
        return last


def _understood(reader: Callable[[str], T], text: str) -> T:
    try:
        return reader(text)
    except ValueError:
        raise UndrawnError from None  # the last good one is shown, and why


def uploaded(key: str, text: str, *, megabytes: int) -> str:
    """Draw an upload under a field. A file that is too long for the address counts until the reader types again."""
    st.file_uploader("Or a file", key=f"{key} file", max_upload_size=megabytes, on_change=_take, args=(key,))
    field, file = st.session_state.get(f"{key} beside", (None, ""))
    if field != text:
        return text
    st.caption("The file is too long for the address: share it with the link.")
    return str(file)


def _take(key: str) -> None:
    """Put a short file into the field, and a long one beside it."""
    state, file = st.session_state, st.session_state[f"{key} file"]
    state.pop(f"{key} beside", None)
    if isinstance(file, UploadedFile):  # else it was taken away, or the server has forgotten it
        text = decoded(file.getvalue())
        if len(text) <= LINKED:
            state[key] = text
        else:
            state[f"{key} beside"] = state[key], text


def decoded(content: bytes) -> str:
    """The text of a file, in one of the encodings that spreadsheets write."""
    marked = content[:2] in {b"\xff\xfe", b"\xfe\xff"}
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")
