"""A Streamlit server on a free port and a headless Chromium, for the benchmarks and for the browser tests."""

import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.programs import CHROMIUM

LOCALHOST = "127.0.0.1"
START_SECONDS = 120  # importing torch from a cold disk takes a while
STOP_SECONDS = 10
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True)
class Server:
    """A running server: its address, without a slash at the end, the file that it writes its log to, its process."""

    url: str
    log_file: Path
    process: subprocess.Popen[bytes]

    @property
    def log(self) -> str:
        """What the server has printed so far."""
        return self.log_file.read_text(encoding="utf-8", errors="replace")


@contextmanager
def serve(entry: Path) -> Iterator[Server]:
    """Run `streamlit run entry` in the entry's folder until the block ends.

    Raises:
        RuntimeError: the server did not become healthy; with its log.
    """
    port = _free_port()
    options = {
        "server.port": port,
        "server.address": LOCALHOST,
        "server.headless": "true",  # open no browser, ask no question
        "browser.gatherUsageStats": "false",
    }
    arguments = [f"--{name}={value}" for name, value in options.items()]
    command = [sys.executable, "-m", "streamlit", "run", entry.name, *arguments]
    with tempfile.TemporaryDirectory() as folder:
        log_file = Path(folder) / "log"
        with log_file.open("wb") as log:
            process = subprocess.Popen(command, cwd=entry.parent, stdout=log, stderr=subprocess.STDOUT)
        server = Server(f"http://{LOCALHOST}:{port}", log_file, process)
        try:
            _wait_until_healthy(server)
            yield server
        finally:
            _stop(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOCALHOST, 0))
        return int(probe.getsockname()[1])


def _wait_until_healthy(server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _is_healthy(server):
        if server.process.poll() is not None:
            raise RuntimeError(f"the server ended with exit code {server.process.returncode}:\n{server.log}")
        if time.monotonic() > deadline:
            raise RuntimeError(f"the server was not healthy within {START_SECONDS} s:\n{server.log}")
        time.sleep(0.05)


def _is_healthy(server: Server) -> bool:
    try:
        with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:  # refused, timed out or an HTTP error
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium, closed when the block ends."""
    path = CHROMIUM.find()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()
