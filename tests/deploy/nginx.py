"""The shipped nginx.conf on loopback, in front of replicas."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest

from benchmarks.browser import LOCALHOST, _free_port
from benchmarks.programs import NGINX, MissingProgramError
from tests.pages import ROOT

HEALTH: Final = "/_stcore/health"
LISTEN: Final = "listen 8080;"
PATIENCE: Final = 20.0  # seconds


@dataclass(frozen=True)
class Front:
    """A running nginx: its address, without a slash at the end, and the file that it writes its access log to."""

    url: str
    log_file: Path

    @contextmanager
    def connection(self) -> Iterator[HTTPConnection]:
        with closing(HTTPConnection(urlsplit(self.url).netloc, timeout=PATIENCE)) as connection:
            yield connection

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> HTTPResponse:
        with self.connection() as connection:
            connection.request("GET", path, headers=dict(headers or {}))
            answer = connection.getresponse()
            answer.read()
            return answer

    def replica(self, headers: Mapping[str, str]) -> str:
        """The address of the replica that answers a request with these headers."""
        before = len(self.answered(HEALTH))
        assert self.get(HEALTH, headers).status == 200
        wait_until(lambda: len(self.answered(HEALTH)) > before)
        return self.answered(HEALTH)[-1]

    def answered(self, path: str) -> list[str]:
        """The replicas that have answered requests for this path, in their order; of a websocket, once it is closed."""
        lines = self.log_file.read_text(encoding="utf-8").splitlines()
        return [line.split()[-1] for line in lines if line.split('"')[1].endswith(f" {path}")]


def cookie(visitor: str) -> dict[str, str]:
    """The headers of somebody whom nginx has called by this name."""
    return {"Cookie": f"replica={visitor}"}


def wait_until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.02)


def command() -> str:
    """The nginx; without one the test is skipped, except where everything must be checked."""
    try:
        return NGINX.find()
    except MissingProgramError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))


def configuration(port: int) -> str:
    """The shipped nginx.conf, but for where it listens."""
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    assert text.count(LISTEN) == 1
    return text.replace(LISTEN, f"listen {LOCALHOST}:{port};")


@contextmanager
def run(arguments: Sequence[str], folder: Path, port: int, environment: Mapping[str, str]) -> Iterator[Front]:
    """Run a command that becomes nginx until the block ends."""
    front = Front(f"http://{LOCALHOST}:{port}", folder / "access.log")
    with front.log_file.open("wb") as log:
        process = subprocess.Popen(arguments, stdout=log, env={**os.environ, **environment})  # noqa: S603
    try:
        wait_until(lambda: process.poll() is not None or _answers(front))
        assert process.poll() is None
        yield front
    finally:
        process.terminate()
        process.wait(PATIENCE)


@contextmanager
def nginx_before(replicas: Sequence[str], folder: Path) -> Iterator[Front]:
    """Run nginx in front of replicas at these addresses until the block ends."""
    port = _free_port()
    (folder / "nginx.conf").write_text(configuration(port), encoding="utf-8")
    lines = [f"server {address};" for address in replicas]
    (folder / "replicas.conf").write_text("\n".join(lines), encoding="utf-8")
    arguments = [command(), "-e", "stderr", "-p", f"{folder}/", "-c", "nginx.conf", "-g", "daemon off;"]
    with run(arguments, folder, port, {}) as front:
        yield front


def _answers(front: Front) -> bool:
    try:
        return front.get(HEALTH).status == 200
    except OSError:
        return False
