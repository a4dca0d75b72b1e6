"""The event loop of the server."""

import sys
from pathlib import Path

import pytest

from benchmarks.browser import Server


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_the_server_runs_on_uvloop(server: Server) -> None:
    """It sends small messages at once. Python's own loop leaves Nagle's algorithm on for Streamlit's sockets: 40 ms."""
    assert "uvloop" in Path(f"/proc/{server.process.pid}/maps").read_text(encoding="utf-8")
