"""The digit under its change, what a network answers to every frame, and the training of networks."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st
import torch
from numpy.typing import NDArray
from torch import nn

from demos.convolution.invariance import (
    ROOM,
    Digits,
    Progress,
    answers,
    consistency,
    curve,
    digits,
    equivariance,
    network,
    train,
    transform,
)
from pages.convolution.invariance.controls import CHANGES, Change, Controls, Recipe
from pages.convolution.invariance.own import canvas
from ui import kit

Floats = NDArray[np.floating]
UNCHANGED: Final[Mapping[str, float]] = {"angle": 0.0, "scale": 1.0, "right": 0.0, "down": 0.0}
TRAINING_SHARE: Final = 0.6  # of the whole work: the rest asks about changed digits
TOGETHER: Final = 4  # amounts that are asked about at once
SHIFTED: Final = 8  # test digits whose shifts are followed through the layers
SHIFTS: Final = tuple(range(9))


class Trained(NamedTuple):
    """A network after its training, and what it makes of changed test digits."""

    net: nn.Sequential
    steps: list[Progress]
    curves: Mapping[str, Floats]  # accuracy by CHANGES, at the frames that are asked
    consistency: float

    def at(self, change: str, amount: float) -> float:
        """The accuracy at one of the amounts that were asked."""
        asked = [CHANGES[change].amounts[frame] for frame in CHANGES[change].asked]
        return float(self.curves[change][int(np.argmin(np.abs(np.array(asked) - amount)))])


class Run(NamedTuple):
    """The frames of the film, and the answers to them."""

    pictures: Floats  # (frames, CANVAS, CANVAS), ink from 0 to 1
    probabilities: Floats  # (frames, 10)
    truth: int | None  # nobody knows what the reader's own picture shows
    net: nn.Sequential
    trained: Trained | None

    @property
    def said(self) -> NDArray[np.integer]:
        """The answer to each frame."""
        found: NDArray[np.integer] = self.probabilities.argmax(axis=1)
        return found


@st.cache_resource(max_entries=1, show_spinner=False)
def test_digits() -> Digits:
    """The digits that no network has been trained on."""
    return digits()[1]


@kit.long(None, keep=1)
def first_trained(recipe: Recipe) -> Iterator[kit.Progress[Trained | None]]:
    """Train the network of the first view, for which nobody has to ask."""
    return training(recipe)


@kit.long("Train this network", keep=32, icon=":material/fitness_center:")
def trained(recipe: Recipe) -> Iterator[kit.Progress[Trained | None]]:
    """Train one network; the last part is what became of it."""
    return training(recipe)


def known(recipe: Recipe) -> Trained | None:
    """The trained network, if it is the first or somebody has asked for it."""
    parts = first_trained(recipe) if recipe == Controls.of().recipe else trained(recipe)
    return parts[-1] if parts else None


@kit.long("Train them all", keep=12)
def all_trained(recipes: tuple[Recipe, ...]) -> Iterator[kit.Progress[Trained | None]]:
    """Train one network after the other; what is no None is what became of each."""
    for place, recipe in enumerate(recipes):
        for share, doing, part in training(recipe):
            yield kit.Progress((place + share) / len(recipes), f"Network {place + 1}: {doing}", part)


def training(recipe: Recipe) -> Iterator[kit.Progress[Trained | None]]:
    """Train, and then ask about changed digits."""
    net = untouched(recipe)
    options = {name: getattr(recipe, name) for name in ("augmentation", "steps", "batch_size", "lr", "seed")}
    steps: list[Progress] = []
    for last in train(net, **options):
        steps.append(last)
        doing = f"step {last.step} of {recipe.steps}, {last.accuracy:.0%} right"
        yield kit.Progress(TRAINING_SHARE * last.step / recipe.steps, doing, None)
    curves: dict[str, list[float]] = {name: [] for name in CHANGES}
    asked = [(name, first) for name, change in CHANGES.items() for first in range(0, len(change.asked), TOGETHER)]
    for count, (name, first) in enumerate(asked):
        change = CHANGES[name]
        amounts = [change.amounts[frame] for frame in change.asked[first : first + TOGETHER]]
        curves[name] += curve(net, kind=change.kind, values=amounts).tolist()
        share = TRAINING_SHARE + (1 - TRAINING_SHARE) * count / len(asked)
        yield kit.Progress(share, f"asking about {change.said.format(amounts[-1])}", None)
    measured = {name: np.array(accuracies) for name, accuracies in curves.items()}
    result = Trained(net, steps, measured, consistency(net, most=ROOM, seed=recipe.seed))
    yield kit.Progress(1.0, "done", result)


def untouched(recipe: Recipe) -> nn.Sequential:
    """The network with its first weights."""
    return network(
        downsampling=recipe.downsampling, head=recipe.head, padding_mode=recipe.padding_mode, seed=recipe.seed
    )


def picture_of(view: Controls) -> torch.Tensor:
    """The picture before all change, (1, 1, CANVAS, CANVAS)."""
    return canvas(view.picture) if view.own else test_digits().x[view.digit - 1 : view.digit]


def film(picture: torch.Tensor, change: Change) -> torch.Tensor:
    """The picture in every frame, (frames, 1, CANVAS, CANVAS)."""
    amounts = torch.tensor(change.amounts, dtype=torch.float32)
    changes: dict[str, float | torch.Tensor] = {**UNCHANGED, change.kind: amounts}
    return transform(picture.expand(len(amounts), -1, -1, -1), **changes)


def run(view: Controls, known: Trained | None) -> Run:
    """Ask the network, trained or not, about every frame."""
    net = known.net if known else untouched(view.recipe)
    frames = film(picture_of(view), view.changed)
    truth = None if view.own else int(test_digits().y[view.digit - 1])
    return Run(frames[:, 0].numpy(), answers(net, frames).numpy(), truth, net, known)


@st.cache_data(max_entries=32, show_spinner=False)
def errors(_net: nn.Sequential, recipe: Recipe, *, is_trained: bool) -> Floats:  # noqa: ARG001 - they tell which net it is
    """How far each layer is from equivariance, at each of SHIFTS (layers, shifts)."""
    return equivariance(_net, test_digits().x[:SHIFTED].double(), shifts=SHIFTS)


def table(view: Controls, result: Run) -> pd.DataFrame:
    """A row for each frame: its amount, the answer, the probabilities, and the accuracy where it is known."""
    change = view.changed
    frame = pd.DataFrame({change.kind: change.amounts, "answer": result.said})
    for digit in range(result.probabilities.shape[1]):
        frame[f"p({digit})"] = result.probabilities[:, digit]
    if result.trained:
        accuracies = dict(zip(change.asked, result.trained.curves[view.change], strict=True))
        frame["accuracy"] = [accuracies.get(place, np.nan) for place in range(len(frame))]
    return frame
