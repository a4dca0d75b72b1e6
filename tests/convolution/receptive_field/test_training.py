"""The effective field while digits are learned: against theory, and a network and an Adam of their own."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional

from demos.convolution.training import LOOKED_AT, SIDE, Progress, _stack, train
from demos.randomness import stream

Floats = NDArray[np.float64]
SMALL: Final[dict[str, Any]] = {
    "depth": 3,
    "channels": 4,
    "lr": 0.01,
    "steps": 7,
    "batch_size": 16,
    "seed": 5,
    "every": 3,
}


def told(**changes: float) -> list[Progress]:
    return list(train(**{**SMALL, **changes}))


def first(**changes: float) -> Progress:
    """What is told before the first step."""
    running = train(**{**SMALL, **changes})
    start = next(running)
    running.close()  # type: ignore[attr-defined]  # it is a generator
    return start


def widths(energy: Floats) -> list[float]:
    """Along rows and columns: of the window that counts evenly and varies as much."""
    cells, found = np.arange(SIDE), []
    for axis in range(2):
        share = energy.sum(axis=1 - axis) / energy.sum()
        mean = np.average(cells, weights=share)
        found.append(math.sqrt(12 * np.average((cells - mean) ** 2, weights=share) + 1))
    return found


# ---------------------------------------------------------------- a network of its own


class Data(NamedTuple):
    """Digits as pictures of 16 × 16, each pixel of the 8 × 8 four times."""

    x: Tensor
    y: Tensor


def pictures() -> tuple[Data, Data]:
    """Training and test."""
    raw = load_digits()
    pixels = torch.tensor(raw.images, dtype=torch.float64)
    pixels = (pixels - pixels.mean()) / pixels.std()
    large = pixels.repeat_interleave(2, dim=1).repeat_interleave(2, dim=2).unsqueeze(1)
    y = torch.tensor(raw.target)
    return Data(large[:-360], y[:-360]), Data(large[-360:], y[-360:])


class Network(nn.Module):
    """Convolutions as sums over the nine shifts of a padded picture, in float64, with the weights of the demo."""

    def __init__(self, *, depth: int, channels: int, seed: int) -> None:
        super().__init__()
        body, classifier = _stack(depth, channels, seed)
        parameters = [*body.parameters(), *classifier.parameters()]
        self.weights = nn.ParameterList([nn.Parameter(each.detach().double()) for each in parameters])

    def before_relu(self, x: Tensor) -> list[Tensor]:
        found = []
        for place in range(0, len(self.weights) - 2, 2):
            kernel, bias = self.weights[place], self.weights[place + 1]
            padded = torch.zeros(*x.shape[:2], SIDE + 2, SIDE + 2, dtype=torch.float64)
            padded[:, :, 1:-1, 1:-1] = x
            total = bias.view(1, -1, 1, 1)
            for down in range(3):
                for across in range(3):
                    moved = padded[:, :, down : down + SIDE, across : across + SIDE]
                    total = total + torch.einsum("oi,nihw->nohw", kernel[:, :, down, across], moved)
            found.append(total)
            x = total.clamp(min=0)
        return found

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.before_relu(x)[-1].clamp(min=0).mean((2, 3)) @ self.weights[-2].T + self.weights[-1]
        return logits


class Adam:
    """Kingma & Ba 2015, algorithm 1."""

    def __init__(self, network: Network, lr: float) -> None:
        self.lr, self.step = lr, 0
        self.weights = list(network.weights)
        self.first = [torch.zeros_like(each) for each in self.weights]
        self.second = [torch.zeros_like(each) for each in self.weights]

    def update(self, loss: Tensor) -> None:
        self.step += 1
        gradients = torch.autograd.grad(loss, self.weights)
        with torch.no_grad():
            for weight, gradient, m, v in zip(self.weights, gradients, self.first, self.second, strict=True):
                m.mul_(0.9).add_(0.1 * gradient)
                v.mul_(0.999).add_(0.001 * gradient**2)
                m_hat, v_hat = m / (1 - 0.9**self.step), v / (1 - 0.999**self.step)
                weight.sub_(self.lr * m_hat / (v_hat.sqrt() + 1e-8))


def signs(channels: int, seed: int) -> Tensor:
    """Which sum of the channels is looked at, for each digit."""
    drawn = torch.randint(2, (LOOKED_AT, channels), generator=stream(seed, "signs"))
    return torch.where(drawn == 1, 1.0, -1.0).double()


def looked_at(network: Network, x: Tensor, weights: Tensor) -> Tensor:
    """The sum of the channels of the unit in the middle, before its ReLU, for each digit."""
    unit = network.before_relu(x)[-1][:, :, 8, 8]
    return (unit * weights).sum(1)


# ---------------------------------------------------------------- tests


@pytest.mark.parametrize("depth", range(1, 8))
def test_before_training_the_width_is_the_root_of_the_depth(depth: int) -> None:
    energies = [first(depth=depth, channels=16, seed=seed).energy for seed in range(8)]
    mean = math.sqrt(np.mean(np.square([widths(each) for each in energies])))
    assert mean == pytest.approx(math.sqrt(8 * depth + 1), rel=0.05)


@pytest.mark.parametrize("depth", [1, 2, 5, 7, 8])
def test_nothing_outside_of_the_field_counts_and_its_corners_do(depth: int) -> None:
    energy = first(depth=depth, channels=8).energy
    assert energy.shape == (SIDE, SIDE) == (16, 16)
    inside = slice(8 - depth, min(SIDE, 8 + depth + 1))
    assert energy.sum() == pytest.approx(energy[inside, inside].sum())
    assert energy[8 - depth, 8 - depth] > 0
    assert np.all(energy >= 0)


def test_of_one_layer_the_energy_is_that_of_its_weights() -> None:
    body, _ = _stack(1, 5, 3)
    weight = next(iter(body.parameters())).detach().double()[:, 0]
    expected = torch.einsum("nc,chw->nhw", signs(5, 3), weight).square().mean(0)  # before the ReLU it is linear
    energy = first(depth=1, channels=5, seed=3).energy
    np.testing.assert_allclose(energy[7:10, 7:10], expected.numpy(), rtol=1e-5)


@pytest.mark.parametrize("depth", [2, 3])
def test_the_gradient_is_that_of_finite_differences(depth: int) -> None:
    network = Network(depth=depth, channels=3, seed=1)
    x, weights, step = pictures()[1].x[:LOOKED_AT], signs(3, 1), 1e-6
    energy = np.zeros((SIDE, SIDE))
    with torch.no_grad():
        for row in range(8 - depth, 8 + depth + 1):
            for column in range(8 - depth, 8 + depth + 1):
                moved = torch.zeros_like(x)
                moved[:, :, row, column] = step
                up, down = looked_at(network, x + moved, weights), looked_at(network, x - moved, weights)
                energy[row, column] = ((up - down) / (2 * step)).square().mean()
    found = first(depth=depth, channels=3, seed=1).energy
    np.testing.assert_allclose(found, energy, rtol=1e-3, atol=1e-5 * energy.max())


@pytest.mark.parametrize(("depth", "batch_size", "every"), [(3, 16, 3), (2, 64, 7), (1, 1, 1)])
def test_training_is_that_of_another_network_with_another_adam(depth: int, batch_size: int, every: int) -> None:
    training, test = pictures()
    network = Network(depth=depth, channels=4, seed=5)
    adam, batches, weights = Adam(network, 0.01), stream(5, "batches"), signs(4, 5)
    expected = told(depth=depth, batch_size=batch_size, every=every)
    assert [each.step for each in expected] == [*range(0, 7, every), 7]
    reports = iter(expected)
    for step in range(8):
        if step:
            rows = torch.randint(1797 - 360, (batch_size,), generator=batches)
            adam.update(functional.cross_entropy(network(training.x[rows]), training.y[rows]))
        if step % every and step != 7:
            continue
        report = next(reports)
        logits = network(test.x).detach()
        x = test.x[:LOOKED_AT].clone().requires_grad_()
        (gradient,) = torch.autograd.grad(looked_at(network, x, weights).sum(), x)
        assert report.loss == pytest.approx(float(functional.cross_entropy(logits, test.y)), rel=1e-4)
        assert report.accuracy == pytest.approx(float((logits.argmax(1) == test.y).double().mean()), abs=1.5 / 360)
        energy = gradient.square().mean((0, 1)).numpy()
        np.testing.assert_allclose(report.energy, energy, rtol=2e-3, atol=1e-4 * energy.max())


def test_the_loss_falls_and_more_digits_are_right() -> None:
    reports = told(depth=6, channels=16, lr=0.003, steps=120, batch_size=64, seed=0, every=40)
    losses, shares = [each.loss for each in reports], [each.accuracy for each in reports]
    assert losses[0] == pytest.approx(math.log(10), rel=0.25)  # guessing among ten
    assert all(after < before for before, after in pairwise(losses))
    assert shares[0] < 0.3
    assert shares[-1] > 0.5
    assert all((360 * share) == pytest.approx(round(360 * share), abs=1e-3) for share in shares)


def test_the_same_seed_gives_the_same_numbers_whatever_else_is_drawn() -> None:
    torch.manual_seed(1)
    one = told()
    torch.manual_seed(2)
    for a, b in zip(one, told(), strict=True):
        assert a[:3] == b[:3]
        np.testing.assert_array_equal(a.energy, b.energy)


def test_another_seed_draws_other_weights_batches_and_sums() -> None:
    assert first(seed=1).loss != first(seed=2).loss
    assert not np.array_equal(first(seed=1).energy, first(seed=2).energy)
    early, late = told(batch_size=8), told(batch_size=9)
    assert early[0].loss == late[0].loss
    assert early[-1].loss != late[-1].loss


def test_what_was_told_stays_as_it_was() -> None:
    running = train(**SMALL)
    start = next(running)
    kept = start.energy.copy()
    rest = list(running)
    np.testing.assert_array_equal(start.energy, kept)
    assert not np.array_equal(rest[-1].energy, kept)


@pytest.mark.parametrize(("steps", "every", "at"), [(1, 1, [0, 1]), (5, 10, [0, 5]), (6, 3, [0, 3, 6])])
def test_it_is_told_at_the_start_every_few_steps_and_at_the_end(steps: int, every: int, at: list[int]) -> None:
    assert [each.step for each in told(steps=steps, every=every)] == at


def test_training_can_be_stopped_and_another_is_not_disturbed() -> None:
    whole = told()
    stopped, other = train(**SMALL), train(**SMALL)
    assert next(stopped).loss == next(other).loss
    next(stopped)
    stopped.close()  # type: ignore[attr-defined]  # it is a generator
    with pytest.raises(StopIteration):
        next(stopped)
    assert [each.loss for each in other] == [each.loss for each in whole[1:]]


BAD: Final[list[tuple[dict[str, float], str]]] = [
    ({"depth": 0}, "depth must be at least 1, not 0"),
    ({"channels": 0}, "channels must be at least 1, not 0"),
    ({"steps": 0}, "steps must be at least 1, not 0"),
    ({"every": 0}, "every must be at least 1, not 0"),
    ({"batch_size": -3}, "batch_size must be at least 1, not -3"),
    ({"lr": 0}, "lr must be between 0 and 1, not 0"),
    ({"lr": 1}, "lr must be between 0 and 1, not 1"),
    ({"lr": math.nan}, "lr must be between 0 and 1, not nan"),
]


@pytest.mark.parametrize(("change", "message"), BAD)
def test_bad_arguments_are_refused_before_anything_is_computed(change: dict[str, float], message: str) -> None:
    def asked(function: Callable[..., object]) -> object:
        return function(**{**SMALL, **change})

    with pytest.raises(ValueError, match=message):
        asked(train)
