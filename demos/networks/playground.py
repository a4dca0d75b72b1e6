"""A small network on points of the plane: trained by torch, and every epoch of every neuron kept.

One neuron parts the plane by a straight line; what layers of them make of it is all that there is to see here.

Reference: https://playground.tensorflow.org, whose users asked for what is here
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from demos.networks.batched import OPTIMIZERS, accuracies, descend, losses, outputs, penalties, stacked
from demos.networks.perceptron import ACTIVATIONS, DEFAULT, FEATURES, INITS, each_activation, featured, network
from demos.networks.samples import CLASSES, DATASETS, LIMIT, Split, data

__all__ = [
    "ACTIVATIONS", "CLASSES", "DATASETS", "FEATURES", "INITS", "LIMIT", "OPTIMIZERS", "Frame", "Split", "Unit", "data",
    "epochs_shown", "featured", "forward_steps", "network", "pictures", "said", "starts", "train",
]  # fmt: skip
Weights = list[NDArray[np.float32]]  # weight (out, in) and bias (out,) of each layer


class Frame(NamedTuple):
    """The network after an epoch."""

    epoch: int
    train_loss: float  # cross-entropy, without penalties
    test_loss: float
    train_accuracy: float
    test_accuracy: float
    weights: Weights


class Unit(NamedTuple):
    """What one neuron does to one point."""

    layer: int
    neuron: int
    inputs: NDArray[np.float64]  # (in,)
    weights: NDArray[np.float64]  # (in,)
    bias: float
    total: float  # inputs @ weights + bias
    output: float  # after the activation; the last layer has none


def epochs_shown(epochs: int, frames: int) -> list[int]:
    """At most `frames` epochs of which a frame is kept: 0, the last, and between them the denser the earlier."""
    if epochs < frames:
        return list(range(epochs + 1))
    later = np.round(np.linspace(0, 1, frames) ** 2 * (epochs - frames + 1)).astype(int)
    return [int(epoch) for epoch in np.arange(frames) + later]


def train(
    net: nn.Sequential,
    split: Split,
    *,
    features: Sequence[str],
    optimizer: str,
    lr: float,
    batch_size: int,
    l1: float,
    l2: float,
    epochs: int,
    frames: int,
    seed: int,
) -> Iterator[Frame]:
    """Train `net` on the cross-entropy plus l1 Σ|w| + l2/2 Σw², and keep some of its epochs.

    It ends early with the first frame whose loss is no number any more.

    Args:
        net: of `network`; it is changed.
        split: of `data`.
        features: those of the network.
        optimizer: of `OPTIMIZERS`.
        lr: learning rate.
        batch_size: points of a step.
        l1: penalty on the sizes of the weights; biases have none.
        l2: penalty on the squares of the weights.
        epochs: how often all points are gone through.
        frames: how many epochs are kept, at least 2.
        seed: of the order of the points.

    Raises:
        ValueError: an argument is not allowed.
    """
    for name, penalty in (("l1", l1), ("l2", l2)):
        if not penalty >= 0:
            raise ValueError(f"{name} must be at least 0, not {penalty}.")
    if frames < 2:
        raise ValueError(f"frames must be at least 2, not {frames}.")
    x, y = featured(split.x_train, features), torch.as_tensor(split.y_train)
    x_test, y_test = featured(split.x_test, features), torch.as_tensor(split.y_test)
    weights = [layer.weight for layer in net if isinstance(layer, nn.Linear)]
    last = torch.zeros(())

    def loss(rows: Tensor) -> Tensor:
        nonlocal last
        last = losses(net(x[rows])[None], y[rows])[0] + penalties(weights, l1=l1, l2=l2)
        return last

    @torch.no_grad()
    def frame(epoch: int) -> Frame:
        z, z_test = net(x)[None], net(x_test)[None]
        return Frame(
            epoch,
            train_loss=float(losses(z, y)),
            test_loss=float(losses(z_test, y_test)),
            train_accuracy=float(accuracies(z, y)),
            test_accuracy=float(accuracies(z_test, y_test)),
            weights=[each.numpy().copy() for each in net.parameters()],
        )

    yield frame(0)
    shown = set(epochs_shown(epochs, frames))
    going = descend(
        list(net.parameters()),
        loss,
        rows=len(y),
        optimizer=optimizer,
        lr=lr,
        batch_size=batch_size,
        epochs=epochs,
        seed=seed,
    )
    for epoch in going:
        if epoch in shown or not last.isfinite():  # penalties overflow some steps before what they act on
            now = frame(epoch)
            broken = not np.isfinite(now.train_loss)
            if epoch in shown or broken:
                yield now
            if broken:
                return


def pictures(
    frames: Sequence[Frame], *, features: Sequence[str], activation: str | Sequence[str], side: int
) -> list[NDArray[np.float32]]:
    """What every neuron says over the plane, a layer each: (frames, neurons, side, side), row 0 at the bottom.

    The last layer holds the logits.
    """
    at = torch.linspace(-LIMIT, LIMIT, side)
    plane = torch.stack(torch.meshgrid(at, at, indexing="xy"), dim=-1).reshape(-1, 2)
    return [
        each.movedim(-1, 1).reshape(len(frames), -1, side, side).numpy()
        for each in said(frames, plane, features=features, activation=activation)
    ]


@torch.no_grad()
def said(
    frames: Sequence[Frame],
    x: NDArray[np.float32] | Tensor,
    *,
    features: Sequence[str],
    activation: str | Sequence[str],
) -> list[Tensor]:
    """What every neuron says of points (n, 2), a layer each: (frames, n, neurons)."""
    names = each_activation(activation, len(frames[0].weights) // 2 - 1)
    bends = [ACTIVATIONS[name]() for name in names]
    return outputs(stacked([frame.weights for frame in frames]), featured(x, features), bends)


def forward_steps(
    frame: Frame, point: Sequence[float], *, features: Sequence[str], activation: str | Sequence[str]
) -> list[Unit]:
    """The forward pass of one point (x1, x2), neuron by neuron, in double precision."""
    weights = [each.astype(float) for each in frame.weights]
    names = each_activation(activation, len(weights) // 2 - 1)
    inputs = featured(torch.tensor(point, dtype=torch.float64), features).numpy()
    units = []
    for layer, name in enumerate((*names, "Identity")):
        weight, bias = weights[2 * layer : 2 * layer + 2]
        totals = weight @ inputs + bias
        bent = ACTIVATIONS[name]()(torch.from_numpy(totals)).numpy()
        units += [
            Unit(layer, neuron, inputs, weight[neuron], float(bias[neuron]), float(totals[neuron]), float(bent[neuron]))
            for neuron in range(len(bias))
        ]
        inputs = bent
    return units


def starts(
    split: Split,
    *,
    features: Sequence[str],
    hidden: Sequence[int],
    activation: str | Sequence[str],
    classes: int,
    optimizer: str,
    lr: float,
    epochs: int,
    batch_size: int,
    seeds: Sequence[int],
    init: str = DEFAULT,
    l1: float = 0.0,
    l2: float = 0.0,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The same network from many starts, all trained in one run on one order of the points.

    Arguments are those of `network` and of `train` with seed 0. A start that breaks tells nothing right.

    Returns:
        accuracy on the test points (seeds,), and on the training points (seeds,).
    """
    nets = [
        network(features=features, hidden=hidden, activation=activation, classes=classes, init=init, seed=seed)
        for seed in seeds
    ]
    parameters = [
        each.requires_grad_() for each in stacked([[each.detach() for each in net.parameters()] for net in nets])
    ]
    bends = [ACTIVATIONS[name]() for name in each_activation(activation, len(hidden))]
    x, y = featured(split.x_train, features), torch.as_tensor(split.y_train)

    def loss(rows: Tensor) -> Tensor:
        return losses(outputs(parameters, x[rows], bends)[-1], y[rows]) + penalties(parameters[::2], l1=l1, l2=l2)

    for _ in descend(
        parameters, loss, rows=len(y), optimizer=optimizer, lr=lr, batch_size=batch_size, epochs=epochs, seed=0
    ):
        pass
    with torch.no_grad():
        test, training = (
            accuracies(outputs(parameters, featured(points, features), bends)[-1], torch.as_tensor(told)).numpy()
            for points, told in ((split.x_test, split.y_test), (split.x_train, split.y_train))
        )
    return test, training
