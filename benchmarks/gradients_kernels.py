"""Activations, and vanishing gradients against `torch.nn` and `torch.optim`, one network after the other."""

from typing import Final

import numpy as np
import torch
from torch import nn

from benchmarks.timing import Kernel
from demos.digits import digits
from demos.gradients.activations import ACTIVATIONS, TARGETS, collapse, construct, deaths, moments, total, trained_fit
from demos.gradients.networks import Architecture
from demos.gradients.torch_reference import TorchLayer, torch_layers
from demos.gradients.training import CLASSES, PIXELS, train
from demos.gradients.vanishing_gradients import factor_table, gradient_flow

NETWORKS: Final = ("sigmoid", "ReLU")
SEEDS: Final = (0, 1, 2)
STEPS: Final = 300
EVERY: Final = 10
LR: Final = 0.1


def torch_network(architecture: Architecture) -> nn.Sequential:
    """All that is trained: a linear layer from the pixels, the hidden ones, a linear layer to the classes."""
    width = architecture.width
    return nn.Sequential(nn.Linear(PIXELS, width), *torch_layers(architecture), nn.Linear(width, CLASSES))


def kernels() -> list[Kernel]:
    """All of them."""
    return [
        Kernel("gradient flow of two networks, depth 20, width 64, batch 128", flows, budget=0.025),
        Kernel(
            "gradient factors of every activation with every init, depth 30, width 128, batch 64",
            lambda: factor_table(depth=30, width=128, batch=64, seed=0),
            budget=1.5,
        ),
        training(),
        *activations(),
    ]


def flows() -> object:
    """As the page does for its networks A and B."""
    return [
        gradient_flow(
            depth=20,
            width=64,
            activation=activation,
            init="PyTorch default",
            normalization="none",
            residual=False,
            batch=128,
            seed=0,
            dtype=torch.float32,
        )
        for activation in NETWORKS
    ]


def training() -> Kernel:
    """Both networks on the digits, with several seeds."""
    architectures = [
        Architecture(10, 64, activation, "PyTorch default", "none", residual=False) for activation in NETWORKS
    ]

    def ours() -> object:
        return [
            list(train(each, lr=LR, steps=STEPS, batch_size=64, seeds=SEEDS, max_norm=None, every=EVERY))
            for each in architectures
        ]

    def modules() -> None:
        for each in architectures:
            for seed in SEEDS:
                torch_train(each, seed=seed)

    return Kernel(
        f"training {len(NETWORKS)} networks × {len(SEEDS)} seeds × {STEPS} steps, depth 10, width 64, batch 64",
        ours,
        budget=6.0,
        peer=modules,
    )


def torch_train(architecture: Architecture, *, seed: int) -> list[list[float]]:
    """One network, told of as often and of as much: losses, accuracy, gradients and updates layer by layer."""
    training_set, test_set = digits()
    generator = torch.Generator().manual_seed(seed)
    network = torch_network(architecture)
    weights = [layer.linear.weight for layer in network if isinstance(layer, TorchLayer)]
    optimizer = torch.optim.SGD(network.parameters(), lr=LR)
    progress = []
    for step in range(1, STEPS + 1):
        rows = torch.randint(len(training_set.y), (64,), generator=generator)
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(network(training_set.x[rows]), training_set.y[rows])
        loss.backward()  # type: ignore[no-untyped-call]  # torch's own
        before = [weight.detach().clone() for weight in weights]
        optimizer.step()
        if step == 1 or step % EVERY == 0:
            with torch.no_grad():
                logits = network(test_set.x)
                told = [
                    loss.detach(),
                    nn.functional.cross_entropy(logits, test_set.y),
                    (logits.argmax(1) == test_set.y).float(),
                ]
                told += [gradient.norm() for weight in weights if (gradient := weight.grad) is not None]
                told += [(new.detach() - old).norm() / old.norm() for new, old in zip(weights, before, strict=True)]
            progress.append([float(number.mean()) for number in told])
    return progress


def activations() -> list[Kernel]:
    """What the activations page computes at a move, and behind its buttons."""
    knots, at = np.linspace(0, 1, 65), np.linspace(0, 1, 1_001)
    sine = TARGETS["sine"]
    rates = (0.1, 0.3, 1.0, 1.5, 2.0, 3.0)
    return [
        Kernel("moments of twenty activations", lambda: [moments(name, std=1.0) for name in ACTIVATIONS], budget=0.15),
        Kernel(
            "a curve from 64 ReLUs, on 1,001 points",
            lambda: total(construct(knots, sine(knots), kind="ReLU"), x=at, kind="ReLU"),
            budget=0.01,
        ),
        Kernel("50 linear layers of 32 units as one", lambda: collapse(widths=[32] * 51, seed=0), budget=0.03),
        Kernel(
            "fitting a sine with 16 ReLUs, 20 starts × 2,000 steps of Adam",
            lambda: trained_fit(sine, units=16, kind="ReLU", lr=0.01, steps=2_000, seeds=range(20), low=0.0, high=1.0),
            budget=3.0,
        ),
        Kernel(
            "deaths of ReLUs, 6 rates × 5 seeds × 300 steps, width 64",
            lambda: deaths(
                "ReLU", lr=rates, steps=300, width=64, batch_size=64, seeds=range(5), momentum=0.0, every=25
            ),
            budget=4.0,
        ),
    ]
