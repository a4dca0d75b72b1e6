"""One view of the playground as numbers: the run with all its epochs, and the tables behind the pictures."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from torch import nn

from demos.networks.perceptron import network
from demos.networks.playground import Frame, Split, Weights, said, starts, train
from pages.networks.playground.controls import ORDER, Controls, adopt
from ui import kit

FRAMES: Final = 60
STARTS: Final = 40
AT_ONCE: Final = 10  # starts of a batch, between which the work can be cancelled


class Run(NamedTuple):
    """A run with the epochs that are kept."""

    frames: list[Frame]  # from epoch 0 on
    shown: int  # how many of them the reader may see

    @property
    def last(self) -> Frame:
        """The network at the end."""
        return self.frames[-1]

    @property
    def diverged(self) -> bool:
        """Whether it ended with a loss that is no number."""
        return not np.isfinite(self.last.train_loss)


@kit.long(None, keep=64)
def trained(
    shape: dict[str, Any], start: int, weights: Weights | None, split: Split, training: dict[str, Any]
) -> Iterator[kit.Progress[Frame]]:
    """Every epoch that is shown."""
    net = network(**shape, seed=start)
    if weights is not None:
        adopt(net, weights)
    for frame in train(net, split, features=shape["features"], **training, frames=FRAMES, seed=ORDER):
        yield kit.Progress(frame.epoch / training["epochs"], f"Epoch {frame.epoch}", frame)


def run(view: Controls, *, pending: bool) -> Run:
    """The run of a view; while a prediction is awaited only its start may be seen."""
    frames = trained(view.shape, view.start, view.weights, view.split, view.training)
    return Run(cast("list[Frame]", frames), 1 if pending else len(cast("list[Frame]", frames)))


@kit.long("Train forty starts", keep=16)
def forty(
    shape: dict[str, Any], split: Split, training: dict[str, Any]
) -> Iterator[kit.Progress[tuple[NDArray[np.float64], NDArray[np.float64]]]]:
    """Test and training accuracy of some starts after the other."""
    for first in range(0, STARTS, AT_ONCE):
        ends = starts(split, **shape, **training, seeds=range(first, first + AT_ONCE))
        yield kit.Progress((first + AT_ONCE) / STARTS, f"{first + AT_ONCE} of {STARTS} starts", ends)


def dead(view: Controls, result: Run) -> int:
    """How many hidden neurons say the same of all training points at the end."""
    told = said([result.last], view.split.x_train, features=view.inputs, activation=view.bends)[:-1]
    return int(sum(int((each[0].std(dim=0) == 0).sum()) for each in told))


def count(net: nn.Sequential) -> int:
    """Weights and biases."""
    return sum(each.numel() for each in net.parameters())


def table(view: Controls) -> pd.DataFrame:
    """All points with their class and part."""
    split = view.split
    x, y = np.concatenate([split.x_train, split.x_test]), np.concatenate([split.y_train, split.y_test])
    part = np.repeat(["training", "test"], [len(split.y_train), len(split.y_test)])
    return pd.DataFrame({"x1": x[:, 0], "x2": x[:, 1], "class": np.array(view.names)[y], "part": part})
