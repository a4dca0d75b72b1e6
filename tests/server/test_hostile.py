"""Links, widgets, texts, files and requests that no honest visitor sends, on the wire: the server bears them all."""

import asyncio
import http.client
import io
import math
import socket
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Final, NamedTuple, cast
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Block_pb2 import Block
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from benchmarks.browser import LOCALHOST, Server, serve
from benchmarks.visitor import FIELD_OF, Control, Query, Visitor, visit
from tests.pages import NAMES, ROOT, defaults
from tests.server.conftest import alerts, charts, faults, leaks, talk
from ui.server.headers import HEADERS

ALL_OPEN: Final = ("reproduce", "mathematics", "references")
NAN, INFINITY = math.nan, math.inf
LONG: Final = 10_000
MARKDOWN: Final = (
    "**a** [b](javascript:alert(1)) ![c](https://example.invalid/x.png) $\\frac{1}{0}$ :red[d] `e` <b>f</b>"
)
HOSTILE: Final[Mapping[str, str | bytes | list[str]]] = {
    "NaN": "nan",
    "infinity": "inf",
    "less": "-inf",
    "huge": "1e308",
    "negative": "-1",
    "empty": "",
    "long": "x" * LONG,
    "digits": "9" * LONG,
    "script": "<script>alert(1)</script>",
    "list": "[]",
    "object": "{}",
    "two": ["0.5", "0.1"],
    "many": ["x"] * 30,  # of some thirty parameters: Streamlit reads a thousand
    "null byte": "\0",
    "no UTF-8": b"\xff\xfe",
    "half a surrogate pair": "\ud83d".encode("utf-8", "surrogatepass"),
    "Markdown": MARKDOWN,
    "path": "../../etc/passwd",
    "right to left": "\u202eabc",
    "emoji": "😀👩‍👩‍👧",
    "other digits": "١٢",
    "underscore": "1_0",
}
TOO_LONG: Final = "x" * 600_000  # Streamlit reads addresses of up to 524,288 letters
ANY_TEXT: Final = settings(max_examples=25, deadline=None, derandomize=True, database=None)


Parameters = Callable[[str], tuple[str, ...]]


@pytest.fixture(scope="session")
def parameters(server: Server) -> Parameters:
    """All that a page reads from its address, in whatever tab or expander it is."""

    @cache
    def found(page: str) -> tuple[str, ...]:
        names = {*defaults(page), "scenario", "points"}

        async def look() -> None:
            async with visit(server.url, page) as visitor:
                there = tabs(visitor)
                for tab in there:
                    await visitor.move("tab", tab)
                    names.update(each.parameter for each in visitor.controls.values() if each.parameter)
                assert ("tab" in names) == bool(there)

        talk(look)
        return tuple(sorted(names))

    return found


def tabs(visitor: Visitor) -> list[str]:
    return [each.tab.label for each in visitor.elements.values() if isinstance(each, Block) and each.tab.label]


async def opens(url: str, page: str, query: Mapping[str, str | bytes | list[str]]) -> None:
    async with visit(url, page, cast("Query", query)) as visitor:
        assert not faults(visitor), query
        assert charts(visitor), query


# --- Links


@pytest.mark.parametrize("page", NAMES)
def test_a_link_with_something_hostile_in_all_parameters_opens_the_page(
    server: Server, parameters: Parameters, page: str
) -> None:
    """Each value in all of them on one page in three, and on every page a different one in each."""
    names, values = parameters(page), list(HOSTILE.values())
    queries = [dict.fromkeys(names, value) for value in values[NAMES.index(page) % 3 :: 3]]
    queries += [
        {name: values[(place + turn * 5) % len(values)] for place, name in enumerate(names)} for turn in range(4)
    ]

    async def all_at_once() -> None:
        for query in queries:
            await opens(server.url, page, cast("Query", query))

    talk(all_at_once)


@pytest.mark.parametrize("page", NAMES)
def test_a_link_with_something_hostile_in_one_parameter_opens_the_page(
    server: Server, parameters: Parameters, page: str
) -> None:
    values = list(HOSTILE.values())
    names = parameters(page)

    async def one_by_one() -> None:
        for place, parameter in enumerate(names):
            await opens(server.url, page, {parameter: values[(place + 11) % len(values)]})

    talk(one_by_one)


@pytest.mark.parametrize("page", NAMES)
def test_an_endless_link_opens_the_page(server: Server, parameters: Parameters, page: str) -> None:
    names = parameters(page)

    async def endless() -> None:
        await opens(server.url, page, {names[0]: TOO_LONG})
        await opens(server.url, page, dict.fromkeys(names, ["x"] * 200))

    talk(endless)


@pytest.mark.parametrize("page", NAMES)
def test_everything_open_tells_nothing_of_the_machine(server: Server, page: str) -> None:
    async def open_all() -> None:
        async with visit(server.url, page) as visitor:
            for section in ALL_OPEN:
                await visitor.move(section, value=True)
                assert not faults(visitor)
            for tab in tabs(visitor):
                await visitor.move("tab", tab)
                assert not faults(visitor)

    talk(open_all)


@ANY_TEXT
@given(value=st.text(max_size=200))
def test_any_text_in_a_link_opens_the_page(server: Server, parameters: Parameters, value: str) -> None:
    query = dict.fromkeys(parameters("optimizers"), value)
    talk(lambda: opens(server.url, "optimizers", query))


# --- Forged widgets


def forged(control: Control, field: str, data: object) -> WidgetState:
    """What a client may claim that a widget holds; `data` for an array is a list."""
    sent = WidgetState(id=control.id)
    if isinstance(data, list):
        getattr(sent, field).SetInParent()
        getattr(sent, field).data.extend(data)
    elif data is None:
        getattr(sent, field).SetInParent()
    else:
        setattr(sent, field, data)
    return sent


NUMBERS: Final[tuple[list[float], ...]] = (
    [NAN],
    [INFINITY],
    [-INFINITY],
    [1e308],
    [-1e308],
    [-1.0],
    [1 / 3],
    [],
    [1.0, 2.0],
    [NAN, NAN],
    [0.1] * LONG,
)
STRINGS: Final[tuple[list[str], ...]] = (
    [],
    [""],
    ["nope"],
    ["x"] * LONG,
    ["__class__"],
    ["x" * LONG],
    ["<script>"],
    ["None", "None"],
)
STRING: Final = ("", "nope", "x" * LONG, "__class__", "\0", MARKDOWN)
OF_ITS_TYPE: Final[Mapping[str, tuple[object, ...]]] = {
    "double_array_value": NUMBERS,
    "string_array_value": STRINGS,
    "string_value": STRING,
}
OF_ANY_TYPE: Final[tuple[tuple[str, object], ...]] = (
    ("string_value", "x"),
    ("string_value", "null"),
    ("string_value", '{"selection": null}'),
    ("string_value", '{"selection": {"start": [{"x": NaN, "y": "x"}], "point": [{}], "cell": [{}]}}'),
    ("string_value", '{"edited_rows": {"0": {"x": "<script>"}}, "added_rows": [], "deleted_rows": []}'),
    ("string_value", '{"edited_rows": {"99": {"x": []}, "a": 1}, "added_rows": [1], "deleted_rows": ["x", 99, -1]}'),
    ("bool_value", True),
    ("double_value", NAN),
    ("int_value", 2**62),
    ("double_array_value", [NAN]),
    ("int_array_value", [2**60] * LONG),
    ("string_array_value", ["x"] * LONG),
    ("json_value", '{"a":['),
    ("json_value", "[" * LONG),
    ("bytes_value", b"\xff\x00"),
    ("arrow_value", None),
    ("file_uploader_state_value", None),
    ("string_trigger_value", None),
    ("chat_input_value", None),
    ("json_trigger_value", "[{}]"),
)
JSON_KINDS: Final = ("vega_lite_chart", "dataframe")  # their strings are JSON that only Streamlit's own code writes


@pytest.mark.parametrize("page", NAMES)
def test_a_widget_may_claim_any_value_of_its_type(server: Server, page: str) -> None:
    """Out of range, not a number, no option, too many: what an old link or a stale tab can hold is no failure."""

    async def claim() -> None:
        async with visit(server.url, page) as visitor:
            for key in list(visitor.controls):
                control = visitor.controls[key]
                if control.kind in JSON_KINDS:
                    continue
                for data in OF_ITS_TYPE.get(FIELD_OF[control.kind], ()):
                    await visitor.send_state(forged(control, FIELD_OF[control.kind], data))
                    assert not faults(visitor), (key, data)
                if control.kind in ("slider", "select_slider", "selectbox", "button_group"):
                    await visitor.move("Reset", value=True)

    talk(claim)


@pytest.mark.parametrize("page", NAMES)
def test_all_widgets_may_claim_nonsense_at_once(server: Server, page: str) -> None:
    async def claim() -> None:
        for place in range(len(NUMBERS)):
            async with visit(server.url, page) as visitor:
                for control in list(visitor.controls.values()):
                    values = OF_ITS_TYPE.get(FIELD_OF[control.kind], ())
                    if values and control.kind not in JSON_KINDS:
                        visitor._states[control.id] = forged(
                            control, FIELD_OF[control.kind], values[place % len(values)]
                        )
                await visitor.rerun()
                assert not faults(visitor), place

    talk(claim)


FORGED: Final = {  # where each kind of widget is; a client may claim anything of one in its own session
    "slider": ("optimizers", "x", {}),
    "select_slider": ("optimizers", "lr", {}),
    "selectbox": ("optimizers", "surface", {}),
    "pills": ("optimizers", "optimizers", {}),
    "segmented control": ("optimizers", "rates", {}),
    "scenario": ("optimizers", "scenario", {}),
    "text_input": ("optimizers", "formula", {"surface": "Your own formula"}),
    "chart": ("optimizers", "on surface", {}),
    "chart of units": ("receptive_field", "units", {}),
    "map": ("vanishing_gradients", "factor map 0", {}),
    "text_area": ("receptive_field", "code", {"network": "Your own code"}),
    "toggle": ("polynomial_fitting", "penalize", {}),
    "button": ("polynomial_fitting", "Reset", {}),
    "tabs": ("polynomial_fitting", "tab", {}),
    "expander": ("polynomial_fitting", "mathematics", {}),
    "points": ("polynomial_fitting", "points file", {"data": "Your own points"}),
    "rows": ("class_imbalance", "own rows file", {"data": "your own CSV"}),
    "photo": ("receptive_field", "own photo file", {"photo": "Your own"}),
}


@pytest.mark.parametrize("widget", FORGED)
def test_a_forged_widget_harms_at_most_its_own_tab_and_learns_nothing(insulted: Server, widget: str) -> None:
    page, key, query = FORGED[widget]

    async def forge() -> None:
        async with visit(insulted.url, page, query) as neighbour:
            await neighbour.rerun()  # the first run also sends what the link has set
            before = shown(neighbour)
            for field, data in OF_ANY_TYPE:
                async with visit(insulted.url, page, query) as visitor:
                    await visitor.send_state(forged(found(visitor, key), field, data))
                    assert visitor.exceptions in ([], ["an apology"]), (field, data)
                    assert not leaks(visitor), (field, data)
                    assert any(each.WhichOneof("type") == "page_link" for each in visitor.elements.values())
            await neighbour.rerun()
            assert shown(neighbour) == before

    talk(forge)


def test_a_widget_that_is_not_there_is_overlooked(server: Server) -> None:
    async def forge() -> None:
        async with visit(server.url, "optimizers") as visitor:
            await visitor.rerun()
            before = shown(visitor)
            for name in ("x", "$$ID-0-x", "$$ID-" + "0" * LONG, "$$ID-../../etc/passwd"):
                await visitor.send_state(WidgetState(id=name, string_value=name))
                assert not faults(visitor)
            assert shown(visitor) == before

    talk(forge)


@pytest.mark.parametrize("name", ["", "\0", "scenario", "../../etc/passwd", "own refusal", "x" * LONG])
def test_a_widget_that_cannot_be_harms_at_most_its_own_tab(insulted: Server, name: str) -> None:
    """Streamlit takes such a name for a key of the session."""

    async def forge() -> None:
        async with visit(insulted.url, "polynomial_fitting", {"data": "Your own points"}) as visitor:
            await visitor.send_state(WidgetState(id=name, string_value=MARKDOWN))
            assert visitor.exceptions in ([], ["an apology"])
            assert not leaks(visitor)
            assert MARKDOWN not in "".join(alerts(visitor))
        await opens(insulted.url, "polynomial_fitting", {"data": "Your own points"})

    talk(forge)


def found(visitor: Visitor, key: str) -> Control:
    """The control of this key; that of the map ends in the number of its version."""
    return next(each for name, each in visitor.controls.items() if name == key or name.startswith(f"{key} "))


def shown(visitor: Visitor) -> dict[tuple[int, ...], bytes]:
    return {path: each.SerializeToString(deterministic=True) for path, each in visitor.elements.items()}


# --- Frames that are no messages


def rerun(query_string: str) -> bytes:
    message = BackMsg()
    message.rerun_script.query_string = query_string
    return message.SerializeToString()


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        pytest.param(b"\xff\xff\xff", 1002, id="garbage"),
        pytest.param(b"\x00" * LONG, 1002, id="nulls"),
        pytest.param(b"\x08", 1002, id="cut off"),
        pytest.param(rerun("abc").replace(b"abc", b"\xff\xfe\xfd"), 1002, id="no UTF-8"),
        pytest.param(b"x" * 26_000_000, 1009, id="oversized"),
        pytest.param("text", None, id="text"),
    ],
)
def test_what_is_no_message_ends_the_connection_and_nothing_else(
    insulted: Server, frame: bytes | str, code: int | None
) -> None:
    async def send() -> None:
        async with visit(insulted.url, "optimizers") as neighbour:
            async with stream(insulted.url) as connection:
                with suppress(ConnectionClosed):  # it may be cut off while it is still being sent
                    await connection.send(frame)
                with pytest.raises(ConnectionClosed):
                    await until_closed(connection)
                assert code in (None, connection.close_code)
            await neighbour.move("steps", [50.0])
            assert not faults(neighbour)

    talk(send)


def test_messages_that_only_developers_may_send_do_nothing(insulted: Server) -> None:
    async def send() -> None:
        async with visit(insulted.url, "optimizers") as visitor:
            for message in (
                BackMsg(debug_shutdown_runtime=True),
                BackMsg(debug_disconnect_websocket=True),
                BackMsg(set_run_on_save=True),
                BackMsg(),
            ):
                await visitor._socket.send(message.SerializeToString())
            await visitor.rerun()
            assert not faults(visitor)

    talk(send)


@pytest.mark.parametrize("origin", ["https://example.invalid", "null", f"http://{LOCALHOST}.example.invalid"])
def test_another_site_cannot_speak_for_a_visitor(insulted: Server, origin: str) -> None:
    async def try_to() -> None:
        with pytest.raises(InvalidStatus) as refused:
            async with stream(insulted.url, origin):
                pass
        assert refused.value.response.status_code == 403

    talk(try_to)


@pytest.fixture
def black_hole(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A proxy that takes what the server asks of the internet and never answers."""
    with socket.create_server((LOCALHOST, 0)) as listener:
        listener.settimeout(0)
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, f"http://{LOCALHOST}:{listener.getsockname()[1]}")
        monkeypatch.setenv("no_proxy", LOCALHOST)
        monkeypatch.setenv("NO_PROXY", LOCALHOST)
        yield listener


def test_a_foreign_origin_is_refused_without_asking_the_internet(black_hole: socket.socket) -> None:
    with serve(ROOT / "app.py") as running:
        with suppress(BlockingIOError):  # what the start asks for keeps nobody waiting
            while True:
                black_hole.accept()[0].close()

        async def try_to() -> None:
            with suppress(InvalidStatus):
                async with stream(running.url, "https://example.invalid"):
                    pass

        talk(try_to)
    with pytest.raises(BlockingIOError):
        black_hole.accept()[0].close()


def stream(url: str, origin: str | None = None) -> connect:
    address = f"ws://{urlsplit(url).netloc}/_stcore/stream"
    return connect(address, origin=origin or url, max_size=None, compression=None)  # type: ignore[arg-type]  # a str


async def until_closed(connection: ClientConnection) -> None:
    while True:
        await connection.recv()


# --- Texts


class Field(NamedTuple):
    """Where a visitor may write."""

    page: str
    key: str
    query: Query
    honest: str


FIELDS: Final = {
    "formula": Field("optimizers", "formula", {"surface": "Your own formula"}, "x**2 + y**4"),
    "layers seen": Field("receptive_field", "code", {"network": "Your own code"}, "nn.Conv2d(3, 8, 5)"),
    "layers": Field("architectures", "code", {"network": "Your own code"}, "nn.Conv2d(3, 8, 5)"),
}
TEXTS: Final = {
    "nested": "(" * LONG + ")" * LONG,
    "unclosed": "[" * LONG,
    "signs": "-" * LONG + "x",
    "import": '__import__("os").system("true")',
    "attributes": "().__class__.__bases__[0].__subclasses__()",
    "lambda": "(lambda: 1)()",
    "walrus": "(x := 9)",
    "comprehension": "[x for x in range(10**9)]",
    "f-string": "f'{x!r:>1000000000}'",
    "huge layer": "nn.Conv2d(10**9, 10**9, 3)",
    "huge numbers": "nn.Conv2d(1000000000, 1000000000, 1000000000)",
    "many layers": "nn.Sequential(" + "nn.ReLU()," * 3_000 + ")",
    "deep layers": "nn.Sequential(" * 300 + "nn.ReLU()" + ")" * 300,
    "tower": "9**9**9",
    "tall tower": "x" + "**x" * 200,
    "long sum": "+".join("x" * 2_000),
    "division by zero": "1/0 + x*y",
    "nowhere": "log(-1 - x**2 - y**2)",
    "huge number": "9" * 5_000,
    "infinity": "1e999*x + y",
    "nulls": "x\0y\0",
    "long": "x" * 600_000,  # sent twice, in the address too
    "Markdown": MARKDOWN,
    "script": "<img src=x onerror=alert(1)>",
    "right to left": "\u202ex + y",
    "lines": "x +\n\ty\r\n\x0b\x85\u2028",
    "empty": "",
    "spaces": " " * LONG,
    "tree": "$\\require{html}\\href{javascript:alert(1)}{x}$",
}
MOST_SAID: Final = 2_000  # letters of a refusal; one names all layers that there are


@pytest.mark.parametrize("field", FIELDS)
def test_a_hostile_text_gets_a_sentence_and_the_picture_stays(server: Server, field: str) -> None:
    page, key, query, honest = FIELDS[field]

    async def write() -> None:
        async with visit(server.url, page, query) as visitor:
            await visitor.move(key, honest)
            assert not alerts(visitor)
            drawn = charts(visitor)
            for name, text in TEXTS.items():
                await visitor.move(key, text)
                assert not faults(visitor), name
                assert charts(visitor), name
                assert all(0 < len(each) < MOST_SAID for each in alerts(visitor)), (name, alerts(visitor))
            await visitor.move(key, honest)
            assert not faults(visitor)
            assert not alerts(visitor)
            assert charts(visitor) == drawn

    talk(write)


@pytest.mark.parametrize("field", FIELDS)
def test_a_text_beyond_all_bounds_gets_a_sentence_or_ends_the_connection(insulted: Server, field: str) -> None:
    page, key, query, _ = FIELDS[field]

    async def write() -> None:
        async with visit(insulted.url, page, query) as visitor:
            with suppress(ConnectionClosed):
                await visitor.move(key, "x" * 1_500_000)
                assert not faults(visitor)
                assert charts(visitor)
            assert visitor._socket.close_code in (None, 1009)  # by server.maxWidgetStateSize
        await opens(insulted.url, page, query)

    talk(write)


@ANY_TEXT
@given(text=st.text(max_size=60) | st.text(alphabet="xy0123456789.+-*/() sincoexpqrtlg,e^", max_size=40))
def test_any_formula_gets_a_picture(server: Server, text: str) -> None:
    talk(lambda: opens(server.url, "optimizers", {"surface": "Your own formula", "formula": text}))


@ANY_TEXT
@given(
    layers=st.lists(
        st.sampled_from(
            ["nn.Conv2d", "nn.MaxPool2d", "nn.Linear", "nn.ReLU", "nn.Flatten", "Residual", "nn.Softmax", ""]
        ),
        max_size=6,
    ),
    arguments=st.text(alphabet="0123456789,()=-*.knrelsizpadgtu ", max_size=30),
)
def test_any_code_gets_a_picture(server: Server, layers: list[str], arguments: str) -> None:
    code = f"nn.Sequential({', '.join(f'{each}({arguments})' for each in layers)})"

    async def read() -> None:
        for page in ("receptive_field", "architectures"):
            await opens(server.url, page, {"network": "Your own code", "code": code})

    talk(read)


# --- Files


class Upload(NamedTuple):
    """Where a visitor may bring a file of their own."""

    page: str
    key: str
    query: Query
    honest: bytes
    name: str


def png(width: int, height: int, data: bytes = b"") -> bytes:
    """A PNG that claims a size, whatever is in it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(data)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def picture() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 30, 30)).save(drawn, format="PNG")
    return drawn.getvalue()


def zip_bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("rows.csv", b"0," * 20_000_000)
    return packed.getvalue()


POINTS: Final = b"x,y\n" + b"".join(b"%d,%d\n" % (place, place % 3) for place in range(12))
ROWS: Final = b"a,b,label\n" + b"".join(b"%d,%d,%d\n" % (k, k * k % 7, k % 5 == 0) for k in range(200))
UPLOADS: Final = {
    "points": Upload("polynomial_fitting", "points file", {"data": "Your own points"}, POINTS, "points.csv"),
    "rows": Upload("class_imbalance", "own rows file", {"data": "your own CSV"}, ROWS, "rows.csv"),
    "photo": Upload("receptive_field", "own photo file", {"photo": "Your own"}, picture(), "photo.png"),
    "pixels": Upload("cross_correlation", "own picture file", {"picture": "Your own"}, picture(), "photo.png"),
}
FILES: Final[Mapping[str, bytes]] = {
    "empty": b"",
    "noise": bytes(place * place % 251 for place in range(50_000)),
    "one column": b"x\n1\n2\n3\n4\n5\n",
    "NaN": b"x,y\n1,nan\n2,nan\n3,3\n4,4\n5,5\n",
    "infinity": b"a,b,label\n" + b"inf,-inf,1\n1,2,0\n" * 30,
    "huge": b"a,b,label\n" + b"1e308,-1e308,1\n1,2,0\n" * 30,
    "wide": b",".join([b"1"] * LONG) + b"\n" + b",".join([b"2"] * LONG),
    "wide names": b",".join(b"n%d" % k for k in range(LONG)) + b"\n" + (b",".join([b"2"] * LONG) + b"\n") * 30,
    "quote": b'a,b,label\n"1,2,0\n' + b"1,2,1\n" * 40,
    "quoted line": b'a,b,label\n"' + b"1" * 200_000 + b'",2,1\n',
    "long line": b"1" * 1_500_000,
    "nulls": b"x,y\n1,\0\n\0\0,2\n",
    "UTF-16": "x,y\n1,2\n3,4\n".encode("utf-16"),
    "marks": b"\xef\xbb\xbf" * 5 + POINTS,
    "formula": b'x,y\n=cmd|"/C calc"!A0,1\n@SUM(1),2\n+1,3\n-1,4\n',
    "Markdown": f"a,b,label\n{MARKDOWN},2,1\n".encode() * 30,
    "label": f"a,b,{MARKDOWN}\n".encode() + b"1,2,yes\n2,3,<b>no</b>\n" * 30,
    "one class": b"a,b,label\n" + b"1,2,1\n" * 40,
    "constant": b"a,b,label\n" + b"1,1,0\n1,1,1\n" * 40,
    "many rows": b"1,2\n" * 400_000,
    "underscore": b"x,y\n1_0,2\n2,3\n3,4\n4,5\n",
    "bomb": png(50_000, 50_000),
    "larger bomb": png(2**31 - 1, 2**31 - 1),
    "no pixels": png(0, 0),
    "cut off": picture()[:60],
    "no data": png(40, 30),
    "header": picture()[:8],
    "SVG": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>',
    "GIF": b"GIF89a" + b"\xff" * 20,
    "zip bomb": zip_bomb(),
    "six megabytes": b"1,2\n" * 1_500_000,
}
FILE_NAMES: Final = (
    "../../evil",
    "..\\evil",
    MARKDOWN.replace("/", ""),
    "x" * 1_000,
    "\u202egnp",
    "😀",
    "<script>",
    "%2e%2e%2f",
)


class Token(NamedTuple):
    """What keeps another site from sending a file for a visitor: a cookie, and the same in a header."""

    cookie: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": f"_streamlit_xsrf={self.cookie}", "X-Xsrftoken": self.cookie}


def ask(
    url: str, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> tuple[int, dict[str, str], bytes]:
    """One HTTP request whose path is sent as it stands."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    try:
        connection.request(method, path, body=body, headers=dict(headers or {}))
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


@cache
def token(url: str) -> Token:
    _, headers, _ = ask(url, "GET", "/_stcore/health")
    cookie = headers["set-cookie"].split(";")[0]
    assert cookie.startswith("_streamlit_xsrf=")
    return Token(cookie.removeprefix("_streamlit_xsrf="))


async def address(visitor: Visitor, name: str = "file") -> tuple[str, str]:
    """Where a visitor may put a file, and the file's id."""
    message = BackMsg()
    message.file_urls_request.request_id = "1"
    message.file_urls_request.session_id = visitor.session
    message.file_urls_request.file_names.append(name)
    answer = await visitor.ask(message, "file_urls_response")
    (urls,) = answer.file_urls_response.file_urls
    return urls.upload_url, urls.file_id


def put(
    url: str, path: str, content: bytes, *, name: str = "file.csv", headers: Mapping[str, str] | None = None
) -> tuple[int, bytes]:
    """Send a file as a browser does; the status and what is said."""
    written = name.replace('"', "%22").replace("\n", "%0A").encode()
    body = (
        b'--border\r\nContent-Disposition: form-data; name="file"; filename="'
        + written
        + b'"\r\nContent-Type: application/octet-stream\r\n\r\n'
        + content
        + b"\r\n--border--\r\n"
    )
    kind = {"Content-Type": "multipart/form-data; boundary=border"}
    status, _, said = ask(url, "PUT", path, headers={**kind, **(headers or token(url).headers)}, body=body)
    return status, said


async def upload(url: str, visitor: Visitor, key: str, content: bytes, name: str) -> None:
    """Bring a file, as the browser does in three steps: ask for an address, put it there, and say so."""
    path, file_id = await address(visitor, name)
    status, said = await asyncio.to_thread(put, url, path, content, name=name)
    assert status == 204, said
    sent = WidgetState(id=visitor.controls[key].id)
    sent.file_uploader_state_value.uploaded_file_info.add(name=name, size=len(content), file_id=file_id)
    await visitor.send_state(sent)


@pytest.mark.parametrize("kind", UPLOADS)
def test_a_hostile_file_gets_a_sentence_and_an_honest_one_works_after_all(server: Server, kind: str) -> None:
    page, key, query, honest, name = UPLOADS[kind]

    async def bring() -> None:
        async with visit(server.url, page, query) as visitor:
            for what, content in FILES.items():
                await upload(server.url, visitor, key, content, name)
                assert not faults(visitor), what
                assert charts(visitor), what
                assert all(0 < len(each) < MOST_SAID for each in alerts(visitor)), what
                refused = what in ("empty", "noise", "UTF-16", "one column", "zip bomb", "SVG", "bomb", "six megabytes")
                assert bool(alerts(visitor)) or not refused, what
            await upload(server.url, visitor, key, honest, name)
            assert not faults(visitor)
            assert not [each for each in alerts(visitor) if name in each.replace("\\", "")]
            assert charts(visitor)

    talk(bring)


@pytest.mark.parametrize("kind", UPLOADS)
def test_a_file_may_have_any_name(server: Server, kind: str) -> None:
    page, key, query, honest, name = UPLOADS[kind]
    ending = name[name.index(".") :]

    async def bring() -> None:
        async with visit(server.url, page, query) as visitor:
            for hostile in FILE_NAMES:
                for content in (b"", honest):
                    await upload(server.url, visitor, key, content, hostile + ending)
                    assert not faults(visitor), hostile
                    assert charts(visitor), hostile
                    assert not any("<script>" in each for each in alerts(visitor))

    talk(bring)


@pytest.mark.parametrize("kind", ["photo"])  # a table is told by its content
def test_a_file_that_no_browser_lets_a_visitor_choose_is_refused(insulted: Server, kind: str) -> None:
    """Streamlit raises an error, which the log holds."""
    page, key, query, honest, right = UPLOADS[kind]

    async def bring() -> None:
        for name in ("evil.svg", right + "\0.svg", "\0" + right, "evil", ""):
            async with visit(insulted.url, page, query) as visitor:
                await upload(insulted.url, visitor, key, honest, name)
                assert visitor.exceptions == ["an apology"], name
                assert not leaks(visitor)

    talk(bring)


def test_a_file_that_is_too_large_is_refused(server: Server) -> None:
    async def bring() -> None:
        async with visit(server.url, "polynomial_fitting", {"data": "Your own points"}) as visitor:
            path, _ = await address(visitor)
            claimed = {**token(server.url).headers, "Content-Length": str(11 * 1024**2)}
            status, _, _ = ask(server.url, "PUT", path, headers=claimed, body=b"")  # refused before anything is sent
            assert status == 413
            await upload(server.url, visitor, "points file", POINTS, "points.csv")
            assert not faults(visitor)

    talk(bring)


def test_a_file_that_hides_its_size_is_refused_while_it_comes(insulted: Server) -> None:
    async def bring() -> None:
        async with visit(insulted.url, "polynomial_fitting", {"data": "Your own points"}) as visitor:
            path, _ = await address(visitor)
            status = await asyncio.to_thread(chunked, insulted.url, path, megabytes=40)
            assert status in (None, 413)  # it may close the connection before it has answered
            await visitor.rerun()
            assert not faults(visitor)

    talk(bring)


def chunked(url: str, path: str, *, megabytes: int) -> int | None:
    """Send a file without its length; the status, if there is an answer."""
    start = b'--border\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    headers = {**token(url).headers, "Content-Type": "multipart/form-data; boundary=border"}
    parts = iter([start, *[b"1,2\n" * 2**18] * megabytes, b"\r\n--border--\r\n"])
    try:
        with suppress(ConnectionError):
            connection.request("PUT", path, body=parts, headers=headers, encode_chunked=True)
        return connection.getresponse().status
    except (ConnectionError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def test_a_file_without_the_visitors_token_is_refused(server: Server) -> None:
    async def bring() -> None:
        async with visit(server.url, "polynomial_fitting", {"data": "Your own points"}) as visitor:
            path, _ = await address(visitor)
            right = token(server.url)
            for headers in (
                {"Cookie": right.headers["Cookie"]},
                {"X-Xsrftoken": right.cookie},
                {**right.headers, "X-Xsrftoken": "2|00000000|00|0"},
                {"Cookie": "_streamlit_xsrf=", "X-Xsrftoken": ""},
                {"Accept": "*/*"},
            ):
                assert put(server.url, path, POINTS, headers=headers)[0] == 403
                assert ask(server.url, "DELETE", path, headers=headers)[0] == 403

    talk(bring)


def test_a_file_for_no_session_is_refused(server: Server) -> None:
    for session in ("nobody", "0" * 36, "..", "%2e%2e", "x" * 5_000):
        assert put(server.url, f"/_stcore/upload_file/{session}/file", POINTS)[0] in (400, 404)


@pytest.mark.parametrize("kind", UPLOADS)
def test_a_file_that_has_gone_is_as_good_as_none(insulted: Server, kind: str) -> None:
    page, key, query, _, _ = UPLOADS[kind]

    async def bring() -> None:
        async with visit(insulted.url, page, query) as visitor:
            await visitor.send_state(with_file(visitor, key, "gone"))
            assert not faults(visitor)

    talk(bring)


@pytest.mark.parametrize("kind", UPLOADS)
def test_a_visitors_file_is_not_another_visitors(insulted: Server, kind: str) -> None:
    """Whoever knows its id finds nothing behind it: the page has no content that it could show or refuse."""
    page, key, query, honest, _ = UPLOADS[kind]

    async def bring() -> None:
        async with visit(insulted.url, page, query) as owner, visit(insulted.url, page, query) as thief:
            path, file_id = await address(owner)
            assert put(insulted.url, path, honest)[0] == 204
            await thief.send_state(with_file(thief, key, file_id))
            stolen = shown(thief)
            async with visit(insulted.url, page, query) as other:
                await other.send_state(with_file(other, key, "nobody's"))
                assert shown(other) == stolen

    talk(bring)


def with_file(visitor: Visitor, key: str, file_id: str) -> WidgetState:
    sent = WidgetState(id=visitor.controls[key].id)
    sent.file_uploader_state_value.uploaded_file_info.add(name="file.csv", size=1, file_id=file_id)
    return sent


# --- HTTP

UP: Final = ("../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..\\", "..%5c", "%252e%252e%252f", "....//", "..;/", ".%00./")
ROOTS: Final = (
    "/",
    "/static/",
    "/media/",
    "/component/",
    "/_stcore/",
    "/_stcore/bidi-components/",
    "/app/static/",
    "/_stcore/upload_file/",
    "/optimizers/",
)
SECRETS: Final = (b"root:", b"[theme]", b"import streamlit")


@pytest.mark.parametrize("root", ROOTS)
def test_no_path_leads_out_of_what_is_served(server: Server, root: str) -> None:
    index = ask(server.url, "GET", "/")[2]
    for up in UP:
        for target in ("etc/passwd", ".streamlit/config.toml", "app.py"):
            for depth in (1, 12):
                status, _, said = ask(server.url, "GET", root + up * depth + target)
                assert status in (400, 403, 404) or said == index, (up, target)
                assert not any(secret in said for secret in SECRETS)


@pytest.mark.parametrize(
    "path", ["//example.invalid", "/%2f%2fexample.invalid/..", "/\\example.invalid", "//example.invalid/%2e%2e"]
)
def test_no_path_leads_to_another_site(server: Server, path: str) -> None:
    _, headers, _ = ask(server.url, "GET", path)
    assert "example.invalid" not in headers.get("location", "")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        (method, path)
        for method in ("POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "NONSENSE")
        for path in ("/", "/_stcore/health", "/_stcore/stream", "/media/x", "/static/x")
    ],
)
def test_no_other_method_does_anything(server: Server, method: str, path: str) -> None:
    status, _, said = ask(server.url, method, path)
    assert 400 <= status < 500
    assert len(said) < 200


@pytest.mark.parametrize(
    "path", ["/", "/optimizers", "/_stcore/health", "/_stcore/host-config", "/nowhere", "/media/nothing"]
)
def test_every_answer_has_the_security_headers(server: Server, path: str) -> None:
    _, headers, _ = ask(server.url, "GET", path)
    assert {name: headers.get(name.lower()) for name in HEADERS} == dict(HEADERS)


@pytest.mark.parametrize("path", ["/_stcore/health", "/_stcore/host-config", "/"])
def test_no_other_site_may_read_an_answer(server: Server, path: str) -> None:
    _, headers, _ = ask(server.url, "GET", path, headers={"Origin": "https://example.invalid"})
    assert "access-control-allow-origin" not in headers


def test_metrics_name_no_visitor(server: Server) -> None:
    async def read() -> None:
        async with visit(server.url, "optimizers", {"formula": "nobodys + business"}) as visitor:
            _, _, said = await asyncio.to_thread(ask, server.url, "GET", "/_stcore/metrics")
            assert visitor.session.encode() not in said
            assert b"nobodys" not in said

    talk(read)
