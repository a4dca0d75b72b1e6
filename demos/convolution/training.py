"""The effective receptive field before and while a stack of convolutions learns handwritten digits.

3 × 3 convolutions with ReLU, their mean over all places, and a linear layer to the ten classes.

Reference: W. Luo, Y. Li, R. Urtasun and R. Zemel, 2016, https://arxiv.org/abs/1701.04128, section 4.2
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from demos.convolution.fields import Floats
from demos.digits import Digits, digits
from demos.randomness import stream

ENLARGED: Final = 2  # the digits' 8 × 8 pixels become 16 × 16
SIDE: Final = 8 * ENLARGED
CLASSES: Final = 10
KERNEL_SIZE: Final = 3
LOOKED_AT: Final = 120  # test digits, of which gradients are averaged


class Progress(NamedTuple):
    """Where training is after some steps."""

    step: int
    loss: float  # cross-entropy of the test digits
    accuracy: float  # the share of them that is right
    energy: Floats  # (SIDE, SIDE), squared gradient of the last convolution's unit in the middle, averaged over digits


def train(
    *, depth: int, channels: int, lr: float, steps: int, batch_size: int, seed: int, every: int
) -> Iterator[Progress]:
    """Train by Adam, and tell before the first step and then every few steps how it goes.

    Args:
        depth: convolutions.
        channels: of each of them.
        lr: learning rate.
        steps: updates.
        batch_size: digits in a batch.
        seed: of weights and batches.
        every: steps from one `Progress` to the next.

    Raises:
        ValueError: a number is out of range.
    """
    counts = {"depth": depth, "channels": channels, "steps": steps, "batch_size": batch_size, "every": every}
    for name, value in counts.items():
        if value < 1:
            raise ValueError(f"{name} must be at least 1, not {value}.")
    if not 0 < lr < 1:
        raise ValueError(f"lr must be between 0 and 1, not {lr}.")
    return _training(depth, channels, lr=lr, steps=steps, batch_size=batch_size, seed=seed, every=every)


def _training(
    depth: int, channels: int, *, lr: float, steps: int, batch_size: int, seed: int, every: int
) -> Iterator[Progress]:
    training, test = digits()
    body, classifier = _stack(depth, channels, seed)
    optimizer = torch.optim.Adam([*body.parameters(), *classifier.parameters()], lr=lr)
    batches = stream(seed, "batches")
    yield _told(0, body, classifier, test, seed)
    for step in range(1, steps + 1):
        rows = torch.randint(len(training.y), (batch_size,), generator=batches)
        loss = functional.cross_entropy(_logits(body, classifier, training.x[rows]), training.y[rows])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch's own
        optimizer.step()
        if step % every == 0 or step == steps:
            yield _told(step, body, classifier, test, seed)


def _stack(depth: int, channels: int, seed: int) -> tuple[nn.Sequential, nn.Linear]:
    generator = stream(seed, "weights")
    layers: list[nn.Module] = []
    for place in range(depth):
        convolution = nn.Conv2d(channels if place else 1, channels, KERNEL_SIZE, padding=KERNEL_SIZE // 2)
        nn.init.kaiming_normal_(convolution.weight, generator=generator)
        nn.init.zeros_(convolution.bias)  # type: ignore[arg-type]  # there is one
        layers += [convolution, nn.ReLU()]
    classifier = nn.Linear(channels, CLASSES)
    nn.init.normal_(classifier.weight, std=channels**-0.5, generator=generator)
    nn.init.zeros_(classifier.bias)
    return nn.Sequential(*layers), classifier


def _enlarged(x: Tensor) -> Tensor:
    return functional.interpolate(x.view(-1, 1, 8, 8), scale_factor=ENLARGED)


def _logits(body: nn.Module, classifier: nn.Module, x: Tensor) -> Tensor:
    logits: Tensor = classifier(body(_enlarged(x)).mean((2, 3)))
    return logits


def _told(step: int, body: nn.Sequential, classifier: nn.Module, test: Digits, seed: int) -> Progress:
    with torch.no_grad():
        logits = _logits(body, classifier, test.x)
    pixels = _enlarged(test.x[:LOOKED_AT]).requires_grad_()
    unit = body[:-1](pixels)[:, :, SIDE // 2, SIDE // 2]  # before its ReLU, which can hide it
    signs = torch.randint(2, unit.shape, generator=stream(seed, "signs")) * 2.0 - 1  # on average, channels do not mix
    (gradient,) = torch.autograd.grad(unit, pixels, signs)
    right = (logits.argmax(1) == test.y).float().mean()
    return Progress(
        step,
        float(functional.cross_entropy(logits, test.y)),
        float(right),
        gradient.square().mean((0, 1)).double().numpy(),
    )
