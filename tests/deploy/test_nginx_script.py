"""nginx.sh: every address behind a name becomes a replica, and nginx follows when they change."""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

import pytest

from benchmarks.browser import LOCALHOST, _free_port
from tests.deploy.nginx import Front, command, configuration, cookie, run, wait_until
from tests.pages import ROOT

SECOND: Final = "127.0.0.2"  # all of 127/8 is this machine
THIRD: Final = "127.0.0.3"
LOOK: Final = 0.1  # seconds
VISITORS: Final = [f"visitor {number}" for number in range(30)]


class Healthy(BaseHTTPRequestHandler):
    """A replica as far as nginx can tell."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the standard library
        pass


@contextmanager
def replica(address: str, port: int) -> Iterator[None]:
    with ThreadingHTTPServer((address, port), Healthy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield
        server.shutdown()


class Names:
    """A `getent` that answers what the test wants, three lines an address, as the real one does."""

    def __init__(self, folder: Path) -> None:
        self._answer = folder / "answer"
        getent = folder / "getent"
        getent.write_text(f'#!/bin/sh\n[ "$*" = "ahostsv4 dashboard" ] && cat "{self._answer}"\n', encoding="utf-8")
        getent.chmod(0o755)

    def become(self, *addresses: str) -> None:
        lines = [f"{address:15} {kind} dashboard\n" for address in addresses for kind in ("STREAM", "DGRAM", "RAW")]
        whole = self._answer.with_suffix(".new")
        whole.write_text("".join(lines), encoding="utf-8")
        whole.replace(self._answer)


@pytest.fixture
def names(tmp_path: Path) -> Names:
    folder = tmp_path / "bin"
    folder.mkdir()
    return Names(folder)


@pytest.fixture
def front(tmp_path: Path, names: Names) -> Iterator[Front]:
    """The shipped script in front of three replicas, of which the name gives the first only."""
    nginx, port, listening = Path(command()), _free_port(), _free_port()
    names.become(LOCALHOST)
    shutil.copy(ROOT / "deploy" / "nginx.sh", tmp_path)
    (tmp_path / "nginx.conf").write_text(configuration(listening), encoding="utf-8")
    environment = {
        "PATH": os.pathsep.join([str(tmp_path / "bin"), str(nginx.parent), os.environ["PATH"]]),
        "PREFIX": str(tmp_path / "prefix"),
        "SECONDS_BETWEEN_LOOKS": str(LOOK),
    }
    with ExitStack() as stack:
        for address in (LOCALHOST, SECOND, THIRD):
            stack.enter_context(replica(address, port))
        script = ["sh", str(tmp_path / "nginx.sh"), "dashboard", str(port)]
        yield stack.enter_context(run(script, tmp_path, listening, environment))


def replicas(front: Front) -> list[str]:
    """The list that nginx reads."""
    return (front.log_file.parent / "prefix" / "replicas.conf").read_text(encoding="utf-8").splitlines()


def places(front: Front) -> list[str]:
    """The replica of each visitor."""
    return [front.replica(cookie(visitor)).split(":")[0] for visitor in VISITORS]


def settle(front: Front, number: int) -> None:
    """Wait until nginx has this many replicas; for a moment of a reload it answers by both lists."""
    wait_until(lambda: len(replicas(front)) == number)
    time.sleep(10 * LOOK)


def test_nginx_follows_the_replicas_behind_the_name(front: Front, names: Names) -> None:
    assert set(places(front)) == {LOCALHOST}
    names.become(LOCALHOST, SECOND)
    wait_until(lambda: set(places(front)) == {LOCALHOST, SECOND})
    names.become(SECOND)
    wait_until(lambda: set(places(front)) == {SECOND})


def test_visitors_keep_their_replica_whatever_the_order_of_the_answer(front: Front, names: Names) -> None:
    names.become(LOCALHOST, SECOND)
    settle(front, 2)
    before, listed = places(front), replicas(front)
    assert set(before) == {LOCALHOST, SECOND}
    assert [line.partition(":")[0] for line in listed] == [f"server {LOCALHOST}", f"server {SECOND}"]
    names.become(SECOND, LOCALHOST)
    time.sleep(10 * LOOK)
    assert (places(front), replicas(front)) == (before, listed)


def test_a_new_replica_takes_visitors_over_and_moves_no_others(front: Front, names: Names) -> None:
    names.become(LOCALHOST, SECOND)
    settle(front, 2)
    before = places(front)
    names.become(LOCALHOST, SECOND, THIRD)
    settle(front, 3)
    assert {new for old, new in zip(before, places(front), strict=True) if old != new} == {THIRD}


def test_the_last_list_stays_while_the_name_has_no_replica(front: Front, names: Names) -> None:
    listed = replicas(front)
    names.become()
    time.sleep(10 * LOOK)
    assert set(places(front)) == {LOCALHOST}
    assert replicas(front) == listed != []
