"""A visitor without a browser: one tab's connection, in Streamlit's own messages over a websocket."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Block_pb2 import Block
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.Slider_pb2 import Slider
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from ui.house.apology import RESET

Value = bool | float | str | list[float] | list[str]
Query = Mapping[str, str | list[str]]
Path = tuple[int, ...]  # where on the page something stands; 0 is first in the page, 1 in the sidebar

RUN_LIMIT: Final = 120.0  # seconds
KEPT_RUNS: Final = 2  # the browser forgets a message that this many runs did not refer to
FIELD_OF: Final = {
    "slider": "double_array_value",
    "select_slider": "string_array_value",
    "selectbox": "string_value",
    "button_group": "string_array_value",
    "checkbox": "bool_value",
    "text_input": "string_value",
    "text_area": "string_value",
    "button": "trigger_value",
    "tab_container": "string_value",
    "expandable": "bool_value",
    "vega_lite_chart": "string_value",
    "dataframe": "string_value",
    "file_uploader": "file_uploader_state_value",
}


class Control(NamedTuple):
    """A widget that is on the page."""

    id: str
    kind: str  # one of FIELD_OF
    path: Path
    proto: Any

    @property
    def key(self) -> str:
        """The key that the page gave it; of a button without one, its label."""
        name = self.id.split("-", 2)[2]
        return str(self.proto.label) if name == "None" else name

    @property
    def parameter(self) -> str:
        """Its name in the address, or nothing."""
        return getattr(self.proto, "query_param_key", "")


class Visitor:
    """One tab. It holds what the last run has sent, and what was moved since the tab was opened."""

    def __init__(self, socket: ClientConnection, page: str, query: Query) -> None:
        self.query = dict(query)
        self.controls: dict[str, Control] = {}
        self.elements: dict[Path, Element | Block] = {}
        self.session = ""
        self.received = 0  # bytes
        self._socket = socket
        self._page = page
        self._page_hash = ""
        self._states: dict[str, WidgetState] = {}
        self._cached: dict[str, tuple[int, ForwardMsg]] = {}
        self._runs = 0

    @property
    def query_string(self) -> str:
        """What stands behind the question mark of the address."""
        return urlencode(self.query, doseq=True)

    @property
    def exceptions(self) -> list[str]:
        """What went wrong on the page, as far as it says so."""
        shown = [each.exception for each in self.elements.values() if isinstance(each, Element)]
        said = [f"{each.type}: {each.message}" for each in shown if each.message]
        return [*said, "an apology"] if RESET in self.controls else said

    async def move(self, key: str, value: Value) -> float:
        """Set a control; seconds until the run is finished."""
        control = self.controls[key]
        if control.kind != "button":
            self._states[control.id] = state(control, value)
            if control.parameter:
                self.query[control.parameter] = _in_address(value)
            return await self.rerun()
        return await self.rerun(pressed=state(control, value=True))

    async def send_state(self, sent: WidgetState) -> float:
        """Set a widget to whatever a client may claim that it has; seconds until the run is finished."""
        self._states[sent.id] = sent
        return await self.rerun()

    async def rerun(self, pressed: WidgetState | None = None) -> float:
        """Run the page; seconds until it is finished."""
        message = BackMsg()
        request = message.rerun_script
        request.query_string = self.query_string
        request.page_script_hash = self._page_hash
        request.page_name = "" if self._page_hash else self._page
        request.cached_message_hashes.extend(self._cached)
        request.widget_states.widgets.extend(self._states.values())
        if pressed is not None:
            request.widget_states.widgets.append(pressed)
        start = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        async with asyncio.timeout(RUN_LIMIT):
            await self._read_run()
        return time.perf_counter() - start

    async def ask(self, message: BackMsg, answer: str) -> ForwardMsg:
        """Send a message that runs nothing; the answer of this type."""
        await self._socket.send(message.SerializeToString())
        async with asyncio.timeout(RUN_LIMIT):
            while True:
                heard = await self._hear()
                if heard.WhichOneof("type") == answer:
                    return heard

    async def _read_run(self) -> None:
        while True:
            message = await self._hear()
            match message.WhichOneof("type"):
                case "new_session":
                    self._begin(message)
                case "delta":
                    self._place(message)
                case "navigation":
                    self._page_hash = message.navigation.page_script_hash
                case "script_finished" if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    self._end()
                    return

    async def _hear(self) -> ForwardMsg:
        data = await self._socket.recv()
        self.received += len(data)
        message = ForwardMsg.FromString(data if isinstance(data, bytes) else data.encode())
        if message.WhichOneof("type") == "ref_hash":
            _, kept = self._cached[message.ref_hash]
            whole = ForwardMsg()
            whole.CopyFrom(kept)
            whole.metadata.CopyFrom(message.metadata)
            self._cached[message.ref_hash] = self._runs, kept
            return whole
        if message.metadata.cacheable:
            self._cached[message.hash] = self._runs, message
        return message

    def _begin(self, message: ForwardMsg) -> None:
        self.session = message.new_session.initialize.session_id
        self.elements.clear()

    def _place(self, message: ForwardMsg) -> None:
        path = tuple(message.metadata.delta_path)
        match message.delta.WhichOneof("type"):
            case "new_element":
                self.elements[path] = message.delta.new_element
            case "add_block":
                self.elements[path] = message.delta.add_block

    def _end(self) -> None:
        self._runs += 1
        self._cached = {name: each for name, each in self._cached.items() if self._runs - each[0] <= KEPT_RUNS}
        found = (_control(path, each) for path, each in self.elements.items())
        self.controls = {control.key: control for control in found if control is not None}
        kept, self._states = self._states, {}
        for control in self.controls.values():
            moved_by_page = getattr(control.proto, "set_value", False)
            if moved_by_page:
                self.query.pop(control.parameter, None)
            if control.id in kept and not moved_by_page:
                self._states[control.id] = kept[control.id]
            elif (value := _first_value(control, moved=moved_by_page)) is not None:
                self._states[control.id] = state(control, value)


@asynccontextmanager
async def visit(
    url: str, page: str, query: Query | None = None, *, headers: Mapping[str, str] | None = None
) -> AsyncIterator[Visitor]:
    """Open a page by its link, in a tab of its own; it has run once when the block begins."""
    host = urlsplit(url).netloc
    address = f"ws://{host}/_stcore/stream"
    async with connect(
        address,
        origin=url,  # type: ignore[arg-type]  # an Origin is a str
        additional_headers=headers,
        max_size=None,
        compression=None,
    ) as socket:
        visitor = Visitor(socket, page, query or {})
        await visitor.rerun()
        yield visitor


def state(control: Control, value: Value) -> WidgetState:
    """What the browser sends of a widget that holds a value."""
    sent = WidgetState(id=control.id)
    field = FIELD_OF[control.kind]
    if field.endswith("_array_value"):
        getattr(sent, field).data.extend(value if isinstance(value, list) else [value])
    else:
        setattr(sent, field, value)
    return sent


def _first_value(control: Control, *, moved: bool) -> Value | None:
    """What a widget holds that nobody has touched, or that the page has just moved; None for one that holds nothing."""
    proto = control.proto
    held: Value | None = None
    match control.kind:
        case "slider":
            held = list(proto.value if moved else proto.default)
        case "checkbox" | "text_input" | "text_area":
            held = proto.value if moved else proto.default
        case "selectbox":
            held = proto.raw_value if moved else proto.options[proto.default]
        case "select_slider":
            held = list(proto.raw_value) if moved else [proto.options[int(place)] for place in proto.default]
        case "button_group":
            held = list(proto.raw_values) if moved else [proto.options[place].content for place in proto.default]
    return held


def _in_address(value: Value) -> str | list[str]:
    match value:
        case list():
            return [str(_in_address(each)) for each in value]
        case bool():
            return str(value).lower()
        case float():
            return f"{value:.12g}"
        case _:
            return value


def _kind(placed: Element | Block) -> str:
    return placed.WhichOneof("type") or ""


def _control(path: Path, placed: Element | Block) -> Control | None:
    kind = _kind(placed)
    proto = getattr(placed, kind, None)
    name = getattr(proto, "id", "")
    if kind not in FIELD_OF or not name:
        return None
    if isinstance(proto, Slider) and proto.type == Slider.SELECT_SLIDER:
        kind = "select_slider"
    return Control(name, kind, path, proto)
