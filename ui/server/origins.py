"""Websockets are for pages of the dashboard's own address."""

from typing import Final
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

LOCAL: Final = frozenset({"localhost", "127.0.0.1", "0.0.0.0"})  # noqa: S104 - compared with, not bound to
POLICY_VIOLATION: Final = 1008


class SameOrigin:
    """ASGI middleware that refuses a websocket of another site's page.

    Streamlit does so too, by the same options. But before it refuses, it asks the internet for the machine's address,
    for two seconds and on the thread that serves everybody.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is allowed, and close the rest before it opens."""
        if scope["type"] == "websocket" and not allowed(Headers(scope=scope)):
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        else:
            await self.app(scope, receive, send)


def allowed(headers: Headers) -> bool:
    """Whether a page with this Origin may talk to this Host. What is no browser sends no Origin."""
    origin = headers.get("origin")
    if origin is None or not st.get_option("server.enableCORS"):
        return True
    try:
        site = urlsplit(origin)
        return site.netloc == headers.get("host") or site.hostname in {*LOCAL, *_listed()}
    except ValueError:
        return False


def _listed() -> set[str | None]:
    """The sites that the configuration names."""
    address = st.get_option("browser.serverAddress")
    return {address, *(urlsplit(each).hostname for each in st.get_option("server.corsAllowedOrigins"))}
