"""Many visitors at once: the same link shows all of them the same, and nobody sees what another one sets."""

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

import pytest
from streamlit.proto.Element_pb2 import Element

from benchmarks.browser import Server, serve
from benchmarks.visitor import Query, Visitor, visit
from tests.pages import NAMES, ROOT
from tests.server.conftest import alerts, charts, faults, talk

CROWD: Final = 20
MOVERS: Final = 5
FEW: Final = 3
LINKS: Final[Mapping[str, Query]] = {  # nothing as a page starts
    "playground": {
        "data": "xor",
        "hidden": "3",
        "activation": "ReLU",
        "start": "4",
        "epochs": "30",
        "tab": "Take it along",
    },
    "polynomial_fitting": {
        "data": "Cosine",
        "n": "20",
        "noise": "0.4",
        "degree": "5",
        "seed": "7",
        "tab": "Sample size",
    },
    "optimizers": {"surface": "Beale", "steps": "150", "noise": "0.5", "seed": "3", "rates": "Each at its best"},
    "activations": {
        "A": "Mish",
        "std": "2.0",
        "target": "Runge",
        "kind": "ReLU",
        "pieces": "5",
        "tab": "Linear layers",
    },
    "vanishing_gradients": {"depth": "9", "width": "32", "A activation": "tanh", "B residual": "true", "seed": "4"},
    "cross_correlation": {
        "picture": "Digit",
        "kernel_name": "Sobel",
        "padding": "1",
        "stride": "2",
        "tab": "As a matrix",
    },
    "receptive_field": {"network": "ResNet-18", "row": "30", "column": "70", "layer": "9", "tab": "Effective field"},
    "architectures": {"network": "MobileNet", "width": "0.5", "channels": "1", "tab": "All networks"},
    "invariance": {"digit": "9", "change": "move", "head": "flatten", "seed": "2", "tab": "Aliasing"},
    "class_imbalance": {"data": "moons", "ratio": "50", "A": "random over-sampling", "seed": "5", "tab": "Calibration"},
}
SLIDERS: Final = (
    ("playground", "start", (2.0, 3.0)),
    ("polynomial_fitting", "seed", (3.0, 4.0)),
    ("optimizers", "steps", (50.0, 120.0)),
    ("activations", "pieces", (5.0, 9.0)),
    ("vanishing_gradients", "depth", (5.0, 9.0)),
    ("cross_correlation", "padding", (1.0, 3.0)),
    ("receptive_field", "row", (20.0, 80.0)),
    ("architectures", "size", (200.0, 256.0)),
    ("invariance", "digit", (7.0, 12.0)),
    ("class_imbalance", "overlap", (0.1, 0.8)),
)
ON_DEMAND: Final[Mapping[str, tuple[Query, str]]] = {  # the smallest that a page computes on a press of this button
    "playground": ({"epochs": "10", "hidden": "2", "tab": "Forty starts"}, "Train forty starts"),
    "activations": ({"pieces": "2", "tab": "Train it"}, "Train 20 networks, twice"),
    "vanishing_gradients": ({"depth": "2", "width": "8", "tab": "Training"}, "Train A and B"),
    "receptive_field": ({"depth": "2", "network": "LeNet-5", "tab": "Training"}, "Train on handwritten digits"),
    "architectures": ({"network": "LeNet-5", "size": "28", "tab": "Time"}, "Measure a forward pass"),
    "invariance": ({"head": "dense network", "steps": "50"}, "Train this network"),
    "class_imbalance": ({"rows": "500"}, "Compare all 20 methods with 5 seeds"),
}
Page = list[tuple[int, bytes]]  # how deep inside of blocks, and what, in the order of the page


def received(visitor: Visitor) -> Page:
    """Every element and every block as sent, identifiers included.

    Left out is what is empty, because whoever is the first to ask for something cached has seen a spinner in its place,
    and names that are drawn at random: Streamlit's of a table that is made when it is downloaded, and pandas' of a
    table with colours.
    """
    sent = []
    for path, each in sorted(visitor.elements.items()):
        copy = type(each).FromString(each.SerializeToString())
        if isinstance(copy, Element) and copy.WhichOneof("type") == "download_button":
            copy.download_button.ClearField("deferred_file_id")
        if isinstance(copy, Element) and copy.dataframe.arrow_data.styler.uuid:
            styler = copy.dataframe.arrow_data.styler
            styler.styles, styler.uuid = styler.styles.replace(styler.uuid, ""), ""
        if copy.WhichOneof("type") != "empty":
            sent.append((len(path), copy.SerializeToString(deterministic=True)))
    return sent


async def seen(url: str, page: str) -> Page:
    async with visit(url, page, LINKS[page]) as visitor:
        assert not faults(visitor)
        assert charts(visitor)
        assert set(visitor.query) <= {"tab"}, "a setting that the page has not taken from the link"
        return received(visitor)


async def crowd(url: str, page: str) -> None:
    """Open one link in twenty tabs at once."""
    first, *others = await asyncio.gather(*(seen(url, page) for _ in range(CROWD)))
    assert all(first == other for other in others)


@asynccontextmanager
async def movers(url: str) -> AsyncIterator[None]:
    """Visitors who keep moving random sliders on all pages until the block ends."""
    moving = [asyncio.create_task(_move(url, seed)) for seed in range(MOVERS)]
    try:
        yield
        assert not any(each.done() for each in moving)
    finally:
        for each in moving:
            each.cancel()
        await asyncio.gather(*moving, return_exceptions=True)


async def _move(url: str, seed: int) -> None:
    choices = random.Random(seed)  # noqa: S311 - a tired finger, not a secret
    while True:
        async with visit(url, choices.choice(NAMES)) as visitor:
            for _ in range(6):
                sliders = [each for each in visitor.controls.values() if each.kind == "slider"]
                slider = choices.choice(sliders)
                steps = round((slider.proto.max - slider.proto.min) / slider.proto.step)
                value = slider.proto.min + choices.randint(0, steps) * slider.proto.step
                await visitor.move(slider.key, [min(value, slider.proto.max)])
                assert not faults(visitor)


def test_every_page_has_a_link() -> None:
    assert list(LINKS) == NAMES


def test_twenty_visitors_of_one_link_see_the_same_at_once_on_a_fresh_server() -> None:
    async def open_all(url: str) -> None:
        for page in NAMES:
            await crowd(url, page)

    with serve(ROOT / "app.py") as fresh:  # nothing is cached, and all twenty compute it at once
        talk(partial(open_all, fresh.url))


@pytest.mark.parametrize("page", NAMES)
def test_twenty_visitors_see_the_same_while_others_move(server: Server, page: str) -> None:
    async def open_all() -> None:
        before = await seen(server.url, page)
        async with movers(server.url):
            await crowd(server.url, page)
        assert await seen(server.url, page) == before

    talk(open_all)


def test_another_process_sends_the_same(server: Server) -> None:
    """As a replica does that takes a visitor over."""
    with serve(ROOT / "app.py") as replica:

        async def compare() -> None:
            for page in NAMES:
                assert await seen(server.url, page) == await seen(replica.url, page), page

        talk(compare)


@pytest.mark.parametrize(("page", "key", "values"), SLIDERS)
def test_two_who_move_one_slider_do_not_see_each_others_numbers(
    server: Server, page: str, key: str, values: tuple[float, float]
) -> None:
    async def alone(value: float) -> Page:
        async with visit(server.url, page) as visitor:
            await visitor.move(key, [value])
            await visitor.rerun()
            return received(visitor)

    async def move_both() -> None:
        expected = [await alone(value) for value in values]
        assert expected[0] != expected[1]
        async with visit(server.url, page) as one, visit(server.url, page) as other:
            for turn in range(6):
                order = values if turn % 2 else values[::-1]
                await asyncio.gather(one.move(key, [order[0]]), other.move(key, [order[1]]))
            await asyncio.gather(one.rerun(), other.rerun())
            assert received(one) == expected[0]
            assert received(other) == expected[1]

    talk(move_both)


@pytest.mark.parametrize("page", ON_DEMAND)
def test_what_is_computed_on_demand_is_the_same_for_all(server: Server, page: str) -> None:
    """Also what is measured: the others are shown what was measured for the first."""
    query, label = ON_DEMAND[page]

    async def compute() -> Page:
        async with visit(server.url, page, query) as visitor:
            before = received(visitor)
            [button] = [each.key for each in visitor.controls.values() if getattr(each.proto, "label", "") == label]
            await visitor.move(button, value=True)
            assert not faults(visitor)
            assert not alerts(visitor)
            await visitor.rerun()
            assert received(visitor) != before
            assert not [each for each in visitor.controls.values() if getattr(each.proto, "label", "") == label]
            return received(visitor)

    async def compute_all() -> None:
        first, *others = await asyncio.gather(*(compute() for _ in range(FEW)))
        assert all(first == other for other in others)

    talk(compute_all)
