"""The real nginx in front of two real replicas: who gets which, and what happens when one dies."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from benchmarks.browser import Server, serve
from benchmarks.visitor import Query, visit
from tests.deploy.nginx import HEALTH, Front, cookie, nginx_before
from tests.loops import run
from tests.pages import ROOT

STREAM: Final = "/_stcore/stream"
MEGABYTE: Final = 2**20
LINKS: Final[Sequence[tuple[str, Query]]] = (
    ("polynomial_fitting", {"degree": "4"}),
    ("optimizers", {"lr": "0.02", "steps": "120"}),
)
View = dict[tuple[int, ...], bytes]


@contextmanager
def deployed(folder: Path) -> Iterator[tuple[Front, dict[str, Server]]]:
    """Two replicas with one secret, by address, and nginx in front of them."""
    with ExitStack() as stack:
        stack.enter_context(pytest.MonkeyPatch.context()).setenv("STREAMLIT_SERVER_COOKIE_SECRET", "one for all")
        servers = [stack.enter_context(serve(ROOT / "app.py")) for _ in range(2)]
        replicas = {urlsplit(server.url).netloc: server for server in servers}
        yield stack.enter_context(nginx_before(list(replicas), folder)), replicas


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    with deployed(tmp_path_factory.mktemp("nginx")) as (running, _):
        yield running


def view(front: Front, visitor: str, page: str, query: Query) -> View:
    """All that a learner is shown under a link, byte by byte."""

    async def look() -> View:
        async with visit(front.url, page, query, headers=cookie(visitor)) as tab:
            assert not tab.exceptions
            return {path: shown.SerializeToString(deterministic=True) for path, shown in tab.elements.items()}

    return run(look())


def new_cookie(front: Front, headers: dict[str, str]) -> str:
    """The attributes with which nginx names a visitor."""
    cookies = front.get("/", headers).headers.get_all("Set-Cookie", [])
    return next((each for each in cookies if each.startswith("replica=")), "")


def test_a_visitor_stays_on_one_replica(front: Front) -> None:
    for visitor in ("Ada", "Emmy", "Grace"):
        replicas = [front.replica(cookie(visitor)) for _ in range(20)]
        assert view(front, visitor, "polynomial_fitting", {})
        assert len({*replicas, front.answered(STREAM)[-1]}) == 1


def test_visitors_are_spread_though_they_share_one_address(front: Front) -> None:
    named = [re.match("replica=([0-9a-f]{32});", new_cookie(front, {})) for _ in range(100)]
    visitors = {match[1] for match in named if match}
    assert len(visitors) == 100
    shares = Counter(front.replica(cookie(visitor)) for visitor in visitors).values()
    assert len(shares) == 2
    assert min(shares) >= 20


def test_a_browser_that_refuses_cookies_stays_on_one_replica(front: Front) -> None:
    for browser in ("Firefox", "Safari", "Chromium", "Lynx"):
        assert len({front.replica({"User-Agent": browser}) for _ in range(10)}) == 1
    assert len({front.replica({"User-Agent": f"browser {number}"}) for number in range(40)}) == 2


def test_the_cookie_is_sent_once_and_reaches_slides_of_other_sites_over_https(front: Front) -> None:
    assert new_cookie(front, cookie("Ada")) == ""
    assert new_cookie(front, {}).endswith("; Path=/; HttpOnly; SameSite=Lax")
    assert new_cookie(front, {"X-Forwarded-Proto": "https"}).endswith("; SameSite=None; Secure; Partitioned")


@pytest.mark.parametrize(("origin", "status"), [("http://school.example:8080", 101), ("http://elsewhere.example", 403)])
def test_a_websocket_opens_under_any_name_of_the_dashboard_but_not_for_other_sites(
    front: Front, origin: str, status: int
) -> None:
    headers = {
        "Host": "school.example:8080",
        "Origin": origin,
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }
    with front.connection() as connection:
        connection.request("GET", STREAM, headers=headers)
        assert connection.getresponse().status == status


def test_a_link_shows_the_same_when_the_replica_has_died(tmp_path: Path) -> None:
    with deployed(tmp_path) as (front, replicas):
        first = front.replica(cookie("Ada"))
        before = [view(front, "Ada", page, query) for page, query in LINKS]
        assert all(shown != view(front, "Ada", page, {}) for shown, (page, _) in zip(before, LINKS, strict=True))
        replicas[first].process.kill()
        replicas[first].process.wait()
        assert [view(front, "Ada", page, query) for page, query in LINKS] == before
        assert front.answered(STREAM)[-1] == front.replica(cookie("Ada")) != first


def test_an_upload_of_ten_megabytes_reaches_the_session(front: Front) -> None:
    async def status(size: int) -> int:
        async with visit(front.url, "polynomial_fitting", headers=cookie("Ada")) as tab:
            request = BackMsg()
            request.file_urls_request.request_id = "1"
            request.file_urls_request.file_names.append("own.csv")
            request.file_urls_request.session_id = tab.session
            urls = (await tab.ask(request, "file_urls_response")).file_urls_response.file_urls
            return await asyncio.to_thread(upload, front, urls[0].upload_url, size)

    assert run(status(10 * MEGABYTE - 1000)) == 204


def upload(front: Front, path: str, size: int) -> int:
    """The answer's status to a file of this size."""
    cookies = front.get(HEALTH).headers.get_all("Set-Cookie", [])
    token = next(each for each in cookies if each.startswith("_streamlit_xsrf=")).split(";")[0].split("=", 1)[1]
    head = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="own.csv"\r\n\r\n'
    headers = {
        "Content-Type": "multipart/form-data; boundary=edge",
        "Cookie": f"replica=Ada; _streamlit_xsrf={token}",
        "X-Xsrftoken": token,
    }
    with front.connection() as connection:
        connection.request("PUT", path, head + b"1" * size + b"\r\n--edge--\r\n", headers)
        return connection.getresponse().status


def test_a_body_that_is_too_large_is_refused_before_it_is_sent(front: Front) -> None:
    with front.connection() as connection:
        connection.putrequest("PUT", "/_stcore/upload_file/session/file")
        connection.putheader("Content-Length", str(12 * MEGABYTE))
        connection.endheaders()
        assert connection.getresponse().status == 413
