"""Training on digits in the middle of the picture, and asking about digits that are turned, enlarged or moved.

Augmentation changes each picture of a batch anew. It says that the label stays the same under the change; turned by
180°, a 6 is a 9, and it is false.

References: https://docs.pytorch.org/docs/stable/optim.html; consistency as by R. Zhang, 2019, section 4.1
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from demos.convolution.invariance.pictures import Digits, digits, transform
from demos.randomness import stream

KINDS: Final = ("angle", "scale", "right")  # of changes, as `transform` names them


class Augmentation(NamedTuple):
    """The most by which a training picture is changed, each time at random."""

    pixels: int = 0  # to either side, and up or down
    degrees: float = 0.0  # to either side
    times: float = 1.0  # larger or smaller


class Progress(NamedTuple):
    """Where training is."""

    step: int
    loss: float  # cross-entropy of the batches since the last report
    accuracy: float  # share of the test digits that is right, unchanged


AUGMENTATIONS: Final[Mapping[str, Augmentation]] = {
    "none": Augmentation(),
    "shifts ±4": Augmentation(pixels=4),
    "rotations ±45°": Augmentation(degrees=45),
    "any rotation": Augmentation(degrees=180),
    "scales 1/1.6–1.6": Augmentation(times=1.6),
    "all": Augmentation(pixels=4, degrees=45, times=1.6),
}


def train(
    net: nn.Module, *, augmentation: str, steps: int, batch_size: int, lr: float, seed: int, every: int = 25
) -> Iterator[Progress]:
    """Train `net` by Adam under a one-cycle learning rate, and tell every so many steps how it goes.

    Args:
        net: what is trained, in place; in the end it is in evaluation mode.
        augmentation: one of AUGMENTATIONS.
        steps: updates.
        batch_size: digits in a batch.
        lr: the highest learning rate.
        seed: of batches and changes.
        every: steps from one report to the next.

    Raises:
        ValueError: there is no such augmentation, or a number is out of range.
    """
    if augmentation not in AUGMENTATIONS:
        raise ValueError(f"augmentation must be one of {', '.join(AUGMENTATIONS)}, not {augmentation!r}.")
    for name, value in {"steps": steps, "batch_size": batch_size, "every": every}.items():
        if value < 1:
            raise ValueError(f"{name} must be at least 1, not {value}.")
    if not 0 < lr < 1:
        raise ValueError(f"lr must be between 0 and 1, not {lr}.")
    return _training(net, AUGMENTATIONS[augmentation], steps, batch_size=batch_size, lr=lr, seed=seed, every=every)


def _training(
    net: nn.Module, augmentation: Augmentation, steps: int, *, batch_size: int, lr: float, seed: int, every: int
) -> Iterator[Progress]:
    training, test = digits()
    batches = stream(seed, "batches")
    optimizer = torch.optim.Adam(net.parameters(), lr=lr)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, lr, total_steps=max(steps, 2))
    losses: list[float] = []
    for step in range(1, steps + 1):
        rows = torch.randint(len(training.y), (batch_size,), generator=batches)
        net.train()
        loss = functional.cross_entropy(net(_changed(training.x[rows], augmentation, batches)), training.y[rows])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch's own
        optimizer.step()
        schedule.step()
        losses.append(float(loss.detach()))
        if step % every == 0 or step == steps:
            yield Progress(step, float(np.mean(losses)), accuracy(net, test))
            losses.clear()


def _changed(x: Tensor, most: Augmentation, generator: torch.Generator) -> Tensor:
    if most == Augmentation():
        return x
    angle, scale, right, down = 2 * torch.rand(4, len(x), generator=generator) - 1
    return transform(
        x, angle=most.degrees * angle, scale=most.times**scale, right=most.pixels * right, down=most.pixels * down
    )


@torch.no_grad()
def answers(net: nn.Module, x: Tensor) -> Tensor:
    """The probability of each class (n, classes). The network is evaluated: no answer depends on other pictures."""
    net.eval()
    return functional.softmax(net(x), dim=1)


def accuracy(net: nn.Module, data: Digits) -> float:
    """The share of pictures that is answered right; NaN if the network has none for one of them."""
    probabilities = answers(net, data.x)
    if not bool(torch.isfinite(probabilities).all()):
        return float("nan")
    return float((probabilities.argmax(1) == data.y).float().mean())


def curve(net: nn.Module, *, kind: str, values: Sequence[float]) -> NDArray[np.float64]:
    """The accuracy (values,) on the test digits that are changed by each value.

    Args:
        net: a trained network.
        kind: one of KINDS, or "down": what is changed.
        values: degrees, times or pixels.

    Raises:
        ValueError: there is no such kind.
    """
    same = {"angle": 0.0, "scale": 1.0, "right": 0.0, "down": 0.0}
    if kind not in same:
        raise ValueError(f"kind must be one of {', '.join(same)}, not {kind!r}.")
    test = digits()[1]
    changed = ({**same, kind: float(value)} for value in values)
    return np.array([accuracy(net, Digits(transform(test.x, **change), test.y)) for change in changed])


def consistency(net: nn.Module, *, most: int, seed: int) -> float:
    """How often two copies of a test digit, each moved at random, get the same answer, right or wrong.

    Args:
        net: a trained network.
        most: pixels by which a copy is moved to each side; up to ROOM nothing leaves the picture.
        seed: of the moves.

    Raises:
        ValueError: `most` is negative.
    """
    if most < 0:
        raise ValueError(f"most must be at least 0, not {most}.")
    x = digits()[1].x
    moves = torch.randint(-most, most + 1, (2, 2, len(x)), generator=stream(seed, "moves")).float()
    said = [answers(net, transform(x, angle=0, scale=1, right=right, down=down)).argmax(1) for right, down in moves]
    return float((said[0] == said[1]).float().mean())
