"""What the server lets in and tells browsers: origins, headers and limits."""

import base64
import hashlib
import tomllib
from typing import Any, Final

import pytest
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from tests.loops import run
from tests.pages import ROOT
from ui.server.headers import HEADERS, POLICY, inline_scripts
from ui.server.index import INDEX, SCRIPT, STREAMLITS, Index
from ui.server.origins import allowed

CONFIG: Final[dict[str, Any]] = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))


def options(**changed: object) -> dict[str, object]:
    usual = {"server.enableCORS": True, "server.corsAllowedOrigins": [], "browser.serverAddress": "localhost"}
    return {**usual, **{name.replace("_", "."): value for name, value in changed.items()}}


@pytest.mark.parametrize(
    ("origin", "host", "expected"),
    [
        (None, "example.org", True),
        ("https://example.org", "example.org", True),
        ("https://example.org:8443", "example.org:8443", True),
        ("https://example.org:8443", "example.org", False),
        ("https://evil.example", "example.org", False),
        ("https://example.org.evil.example", "example.org", False),
        ("http://localhost:3000", "127.0.0.1:8501", True),
        ("null", "example.org", False),
        ("http://[half", "example.org", False),
        ("", "example.org", False),
    ],
)
def test_only_pages_of_the_same_host_get_a_websocket(
    monkeypatch: pytest.MonkeyPatch, *, origin: str | None, host: str, expected: bool
) -> None:
    monkeypatch.setattr("streamlit.get_option", options().__getitem__)
    assert allowed(Headers({"host": host} if origin is None else {"host": host, "origin": origin})) is expected


def test_the_configuration_can_let_others_in(monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = Headers({"host": "10.0.0.7:8501", "origin": "https://school.example"})
    for changed, expected in (
        ({"server_corsAllowedOrigins": ["https://school.example"]}, True),
        ({"server_corsAllowedOrigins": ["https://other.example"]}, False),
        ({"browser_serverAddress": "school.example"}, True),
        ({"server_enableCORS": False}, True),
    ):
        monkeypatch.setattr("streamlit.get_option", options(**changed).__getitem__)
        assert allowed(foreign) is expected


def test_a_script_in_the_page_is_allowed_by_its_hash_and_no_other() -> None:
    html = "<script>\n  a\n</script><script src='x.js'></script><script>b</script>"
    hashes = [base64.b64encode(hashlib.sha256(text).digest()).decode() for text in (b"\n  a\n", b"b")]
    assert inline_scripts(html) == [f"'sha256-{each}'" for each in hashes]
    assert "unsafe" not in POLICY["script-src"]
    assert POLICY["script-src"].count("sha256-") == INDEX.count("<script>") == STREAMLITS.count("<script>") + 1


@pytest.mark.parametrize(
    ("method", "status", "kind", "expected"),
    [
        ("GET", 200, "text/html; charset=utf-8", INDEX.encode()),
        ("HEAD", 200, "text/html; charset=utf-8", b""),
        ("GET", 404, "text/html", b"theirs"),
        ("GET", 200, "application/json", b"theirs"),
    ],
)
def test_streamlits_page_gets_our_script_and_nothing_else_changes(
    method: str, status: int, kind: str, expected: bytes
) -> None:
    sent: list[Message] = []

    async def streamlit(_scope: Scope, _receive: Receive, send: Send) -> None:
        headers = Headers({"content-type": kind, "etag": "theirs", "content-encoding": "gzip", "content-length": "6"})
        await send({"type": "http.response.start", "status": status, "headers": headers.raw})
        for part in (b"the", b"irs"):
            await send({"type": "http.response.body", "body": part, "more_body": part == b"the"})

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    run(Index(streamlit)({"type": "http", "method": method}, receive, send))
    headers = Headers(raw=sent[0]["headers"])
    assert b"".join(message["body"] for message in sent[1:]) == expected
    assert not sent[-1].get("more_body")
    assert headers["content-type"] == kind
    ours = expected != b"theirs"
    assert (headers.get("etag"), headers.get("content-encoding")) == ((None, None) if ours else ("theirs", "gzip"))
    assert headers["content-length"] == (str(len(INDEX.encode())) if ours else "6")


def test_our_script_stands_before_streamlits_and_the_rest_is_as_it_was() -> None:
    assert 0 < INDEX.index(SCRIPT) < INDEX.index('<script type="module"')
    assert INDEX.replace(f"<script>{SCRIPT}</script>", "") == STREAMLITS


def test_slides_of_other_sites_may_embed_and_nothing_else_is_open() -> None:
    assert POLICY["frame-ancestors"] == "*"
    assert "X-Frame-Options" not in HEADERS
    assert all("*" not in sources for name, sources in POLICY.items() if name != "frame-ancestors")


def test_the_configuration_is_bounded_and_closed() -> None:
    server = CONFIG["server"]
    assert (server["maxUploadSize"], server["maxMessageSize"], server["maxWidgetStateSize"]) == (10, 20, 5)
    assert server["maxCacheDataSize"] == "64mb"
    assert server["enableCORS"] is server["enableXsrfProtection"] is True
    assert CONFIG["client"]["showErrorDetails"] == "none"
    assert CONFIG["browser"]["gatherUsageStats"] is False
