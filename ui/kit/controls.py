"""Controls as declarations: a page says once what its reader may set, and all else follows.

    class Controls(kit.Controls):
        depth = kit.Slider("Depth", 1, 100, 16, 1, help="Layers of both networks.")
        lr = kit.SelectSlider("Learning rate", RATES, 0.05, help="The length of a step.", more=True)

    view = Controls.draw()  # in the sidebar, in this order
    view.depth              # an int, for mypy too

A part may depend on all that are declared above it.

An attribute's name is the widget's key and its parameter in the address. What a link says and a control does not offer
becomes the nearest value that it offers, or the default.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import KW_ONLY, dataclass, replace
from typing import Any, ClassVar, Final, Generic, NoReturn, Self, TypeVar, overload

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui.kit.later import later

T = TypeVar("T")
View = Any  # a page's Controls, set as far as they are declared above
Settings = Mapping[str, Any]  # by key
DRAWN: Final = "controls drawn last"  # the class
MENDED: Final = "controls to mend"
RESETS: Final = "resets"


def _always(_: View) -> bool:
    return True


def _nothing(_: View) -> Settings:
    return {}


@dataclass(eq=False)
class Part(Generic[T]):
    """What can be declared: a control, or what controls are put together to."""

    drawn_first: ClassVar[bool] = False  # whether its value is known only when it is drawn, as that of a file
    _: KW_ONLY
    shown: Callable[[View], bool] = _always  # else it has its default
    given: Callable[[View], Settings] = _nothing  # arguments that depend on what is set above
    more: bool = False  # it waits under "More", below all others
    key: str = ""  # the attribute's name, if no other is given

    def __set_name__(self, owner: type, name: str) -> None:
        self.key = self.key or name

    @overload
    def __get__(self, view: None, owner: type) -> Self: ...
    @overload
    def __get__(self, view: object, owner: type) -> T: ...
    def __get__(self, view: object | None, owner: type) -> Self | T:
        if view is None:
            return self
        raise AttributeError(f"{self.key} is not set yet: it is declared below what asks for it.")

    def read(self, view: View, source: "Source", *, shown: bool) -> T:
        """Its value, from `source`."""
        raise NotImplementedError


@dataclass(eq=False)
class Control(Part[T]):
    """One widget."""

    label: str
    _: KW_ONLY
    help: str
    sets: Callable[[T], Settings] | None = None  # other controls that follow when the reader moves this one

    @property
    def first(self) -> T:
        """Its default, which each kind has at its own place among its arguments."""
        default: T = vars(self)["default"]
        return default

    def read(self, view: View, source: "Source", *, shown: bool) -> T:
        """Its value, from `source`."""
        control = replace(self, **self.given(view))
        value = source.value(control) if shown else control.first
        (source.shown if shown else source.hidden)[control.key] = value
        return value

    def fit(self, value: Any) -> T:  # noqa: ANN401 - whatever a link or another control has put there
        """The nearest value that is offered, or the default."""
        raise NotImplementedError

    def linked(self, _text: str) -> T | None:
        """What a link means that the widget itself does not understand."""
        return None

    def draw(self, **common: Any) -> Any:  # noqa: ANN401 - what Streamlit returns
        """Draw the widget, with the arguments that all widgets have."""
        raise NotImplementedError


class Source:
    """Where values come from: here from a mapping by key."""

    drawing = False
    ahead = False  # of the drawing

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.shown: dict[str, Any] = {}  # what was asked for, by key
        self.hidden: dict[str, Any] = {}

    def value(self, control: Control[T]) -> T:
        """What is set."""
        return control.fit(self._settings.get(control.key, control.first))


class Widgets(Source):
    """Values from Streamlit's widgets.

    A widget can be told what to show only before it is drawn, and a new one listens first to the link by which the
    visitor came. So what it shows and should not is mended in a second run.
    """

    drawing = True

    def __init__(self) -> None:
        super().__init__({})
        self._second = MENDED in st.session_state
        self._back = _goes_back()
        self._mended: dict[str, Any] = {}
        st.session_state.update(st.session_state.pop(MENDED, {}))

    def value(self, control: Control[T]) -> T:
        """Draw the control."""
        key, state, meant = control.key, st.session_state, None
        if key in state and not self._back:
            meant = control.fit(state[key])
            if state[key] != meant:
                state[key] = meant  # what it offers has changed
        elif key in st.query_params:
            meant = control.linked(st.query_params[key])
        follow = {"on_change": _follow, "args": (control,)} if control.sets else {}
        drawn = control.fit(control.draw(key=key, bind="query-params", help=control.help, **follow))
        if meant is None or meant == drawn:
            return drawn
        self._mended[key] = meant
        return meant

    def mend(self) -> None:
        """Run again if a widget shows what it should not."""
        if self._mended and not self._second:
            _run_again(self._mended)


class UndrawnError(LookupError):
    """A control can be read only when it is drawn."""


class Ahead(Source):
    """Values of widgets that are still to be drawn: those of the last run, and what the reader has set since."""

    ahead = True

    def __init__(self) -> None:
        super().__init__({})
        if MENDED in st.session_state or _goes_back():
            raise UndrawnError

    def value(self, control: Control[T]) -> T:
        """What is set."""
        if control.key not in st.session_state:
            raise UndrawnError
        return control.fit(st.session_state[control.key])


def _goes_back() -> bool:
    """Whether the reader goes through the browser's history: then the link holds, not what was set since."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


class Controls:
    """What the reader of a page may set, in the order in which it is drawn. An instance is what is set."""

    parts: ClassVar[Mapping[str, Part[Any]]] = {}  # by attribute
    settings: Settings  # of all controls that are shown, by key
    ahead = False  # whether this was read before it is drawn

    def __init_subclass__(cls) -> None:
        cls.parts = {**cls.parts, **{name: part for name, part in vars(cls).items() if isinstance(part, Part)}}

    @classmethod
    def draw(cls) -> Self:
        """Draw the controls in the sidebar and read them, or the other way round where they can be read already."""
        st.session_state[DRAWN] = cls
        place = st.sidebar.container()
        try:
            view = cls.read(Ahead())
        except UndrawnError:
            with place:
                return cls._drawn()
        view.ahead = True
        later(place, cls._drawn)
        return view

    @classmethod
    def _drawn(cls) -> Self:
        widgets = Widgets()
        view = cls.read(widgets)
        st.button("Reset", icon=":material/restart_alt:", on_click=reset, help="Back to this page's start.")
        widgets.mend()
        return view

    @classmethod
    def of(cls, settings: Settings | None = None, **more: Any) -> Self:  # noqa: ANN401 - of any control
        """The view with these settings by key and the defaults of all others, without a reader."""
        return cls.read(Source({**(settings or {}), **more}))

    @classmethod
    def defaults(cls) -> Settings:
        """The first value of each control by key, whether it is shown then or not."""
        cls.read(source := Source({}))
        return {**source.hidden, **source.shown}

    @classmethod
    def read(cls, source: Source, *, shown: bool = True) -> Self:
        """All parts, from `source`."""
        view = cls()
        view.settings = source.shown
        above: AbstractContextManager[Any] = nullcontext()
        more: AbstractContextManager[Any] = above
        if source.drawing and any(part.more for part in cls.parts.values()):
            above, more = st.container(), st.expander("More", icon=":material/tune:")
        for name, part in cls.parts.items():
            visible = shown and part.shown(view)
            if visible and part.drawn_first and source.ahead:
                raise UndrawnError
            with more if part.more else above:
                vars(view)[name] = part.read(view, source, shown=visible)
        return view

    def become(self, settings: Settings) -> None:
        """Run again with these settings by key, if they are others."""
        if not self.has(settings):
            _run_again(settings)

    def has(self, settings: Settings) -> bool:
        """Whether the controls that are shown are set like this, and those not named have their defaults."""
        return bool(self.settings == type(self).of(settings).settings)

    def but(self, **changes: Any) -> Self:  # noqa: ANN401 - by attribute
        """The view with other values of some attributes."""
        view = type(self)()
        vars(view).update({name: vars(self)[name] for name in ("settings", *self.parts)}, **changes)
        return view


def _run_again(settings: Settings) -> NoReturn:
    """Draw the page anew: a widget can be told what to show only before it is drawn."""
    st.session_state[MENDED] = settings
    st.rerun()


def _follow(control: Control[Any]) -> None:
    """Set what follows from a control that the reader has moved."""
    if control.sets:
        st.session_state.update(control.sets(st.session_state[control.key]))


def reset() -> None:
    """Set the controls that were drawn last to their first values."""
    drawn: type[Controls] = st.session_state[DRAWN]
    st.session_state[RESETS] = resets() + 1
    set_all(drawn.defaults())


def resets() -> int:
    """How often the reader has pressed Reset: a slider that follows a control goes back to it each time."""
    count: int = st.session_state.get(RESETS, 0)
    return count


def set_all(settings: Settings, *, scenario: str | None = None) -> None:
    """Set controls by key, and which scenario that is."""
    st.session_state.update({**settings, "scenario": scenario, "prediction": None})
