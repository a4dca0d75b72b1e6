"""The playground's demos: a run with its pictures, and many starts at once against one by one."""

from functools import cache
from typing import Any, Final

from benchmarks.timing import Kernel
from demos.networks.perceptron import DEFAULT, network
from demos.networks.playground import Frame, data, pictures, starts, train
from pages.networks.playground.compute import FRAMES, STARTS
from pages.networks.playground.pictures import boundary, layout, neurons, two_colors

SHAPE: Final[dict[str, Any]] = {"features": ("x1", "x2"), "hidden": (8, 8), "activation": "Tanh", "classes": 2}
TRAINING: Final[dict[str, Any]] = {"optimizer": "Adam", "lr": 0.03, "batch_size": 32, "epochs": 100}
POINTS: Final = data(dataset="spiral", n=400, noise=0.0, test_size=0.5, seed=0)
ALONE: Final = 4  # starts that are trained one by one


def kernels() -> list[Kernel]:
    """All of them."""
    return [
        Kernel("training 8-8 on 200 points, 100 epochs of 7 batches, 60 of them kept", run, budget=0.5),
        Kernel("what all its neurons say over the plane in 60 epochs, 48 × 48", seen, budget=0.05),
        Kernel("the same as the page draws them, as two sheets", drawn, budget=0.1),
        Kernel(
            "forty starts of it", lambda: starts(POINTS, **SHAPE, **TRAINING, seeds=range(STARTS)), budget=2.0,
            peer=lambda: [run(start) for start in range(ALONE)], peer_share=ALONE / STARTS,
        ),
    ]  # fmt: skip


def run(start: int = 0) -> list[Frame]:
    """One run, with every epoch that the page shows."""
    net = network(**SHAPE, init=DEFAULT, seed=start)
    return list(train(net, POINTS, features=SHAPE["features"], **TRAINING, l1=0.0, l2=0.0, frames=FRAMES, seed=0))


@cache
def _once() -> list[Frame]:
    return run()


def seen() -> object:
    """All layers."""
    return pictures(_once(), features=SHAPE["features"], activation=SHAPE["activation"], side=48)


def drawn() -> object:
    """All neurons at their places, and the plane."""
    what: dict[str, Any] = {"features": SHAPE["features"], "activation": ("Tanh", "Tanh")}
    colors = ("#aa3201", "#0153a7")
    place = layout((2, 8, 8, 1))
    return neurons(_once(), place=place, colors=two_colors(*colors), **what), boundary(_once(), colors=colors, **what)
