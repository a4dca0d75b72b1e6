"""The one HTML page that the server sends: Streamlit's own, and `step.js` in it.

It must be in the page before Streamlit's scripts, and it is allowed as those in the page are: by its hash.
"""

from http import HTTPStatus
from pathlib import Path
from typing import Final

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SCRIPT: Final = (Path(__file__).parent / "step.js").read_text(encoding="utf-8")
STREAMLITS: Final = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
INDEX: Final = STREAMLITS.replace("<head>", f"<head><script>{SCRIPT}</script>", 1)
NOT_OURS: Final = ("content-encoding", "etag", "last-modified")  # what Streamlit says of its own file


class Index:
    """ASGI middleware that sends `INDEX` where Streamlit sends its page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and replace an answer in HTML."""
        replaced = False

        async def send_ours(message: Message) -> None:
            nonlocal replaced
            if replaced:
                return
            replaced = _is_html(message)
            if replaced:
                body = INDEX.encode()
                headers = MutableHeaders(scope=message)
                for name in NOT_OURS:
                    del headers[name]
                headers["content-length"] = str(len(body))
                await send(message)
                await send({"type": "http.response.body", "body": body if scope["method"] == "GET" else b""})
            else:
                await send(message)

        await self.app(scope, receive, send_ours if scope["type"] == "http" else send)


def _is_html(message: Message) -> bool:
    return (
        message["type"] == "http.response.start"
        and message["status"] == HTTPStatus.OK
        and Headers(raw=message["headers"]).get("content-type", "").startswith("text/html")
    )
