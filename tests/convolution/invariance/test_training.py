"""Training small networks on digits, and asking them about changed ones."""

import math
from typing import Any

import pytest
import torch
from torch import nn

from demos.convolution.invariance import AUGMENTATIONS, ROOM, accuracy, consistency, curve, digits, network, train

SHORT: dict[str, Any] = {"augmentation": "none", "steps": 20, "batch_size": 64, "lr": 0.01, "seed": 0}
test = digits()[1]


def net(downsampling: str, head: str, padding_mode: str = "zeros", seed: int = 0) -> nn.Sequential:
    return network(downsampling=downsampling, head=head, padding_mode=padding_mode, seed=seed)


def test_the_same_seed_trains_the_same_network_and_another_another() -> None:
    weights = []
    for seed in (0, 0, 1):
        built = net("strided convolution", "flatten", seed=seed)
        last = list(train(built, **{**SHORT, "seed": seed}))[-1]
        assert last.step == SHORT["steps"]
        weights.append(torch.cat([each.flatten() for each in built.parameters()]))
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_training_is_torchs_adam_under_a_one_cycle() -> None:
    """The same batches, one step, by hand: Adam's first step is the rate times the gradient's sign."""
    built = net("max pooling", "dense network")
    before = [each.detach().clone() for each in built.parameters()]
    next(train(built, **SHORT, every=1))
    first_rate = SHORT["lr"] / 25  # where torch's cycle begins
    moved = torch.cat([(after - at).flatten().abs() for after, at in zip(built.parameters(), before, strict=True)])
    moved = moved[moved > first_rate / 2]  # pixels that are never inked have no gradient
    assert len(moved) > 5000
    torch.testing.assert_close(moved, torch.full_like(moved, first_rate), rtol=0.05, atol=1e-6)


def test_a_network_without_answers_is_not_right_by_chance() -> None:
    built = net("max pooling", "dense network")
    nn.init.constant_(next(built.parameters()), math.nan)
    assert math.isnan(accuracy(built, test))


def test_a_network_that_always_says_the_same_is_consistent() -> None:
    built = net("max pooling", "dense network")
    assert consistency(built, most=0, seed=0) == 1
    nn.init.zeros_(list(built.parameters())[-2])
    assert consistency(built, most=ROOM, seed=0) == 1
    most_common = float(torch.bincount(test.y).max()) / len(test.y)
    assert curve(built, kind="down", values=(-4, 0, 4)).max() <= most_common
    with pytest.raises(ValueError, match="most must be at least 0, not -1"):
        consistency(built, most=-1, seed=0)
    with pytest.raises(ValueError, match="kind must be one of angle, scale, right, down, not 'left'"):
        curve(built, kind="left", values=(1,))


@pytest.mark.parametrize("augmentation", AUGMENTATIONS)
def test_every_augmentation_trains(augmentation: str) -> None:
    told = list(train(net("none", "dense network"), **{**SHORT, "augmentation": augmentation}, every=7))
    assert [each.step for each in told] == [7, 14, 20]
    assert told[-1].loss < told[0].loss


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ({"augmentation": "flips"}, "augmentation must be one of none, .*, not 'flips'"),
        ({"steps": 0}, "steps must be at least 1, not 0"),
        ({"batch_size": 0}, "batch_size must be at least 1"),
        ({"lr": 1}, "lr must be between 0 and 1, not 1"),
    ],
)
def test_no_such_training(argument: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        train(net("none", "dense network"), **{**SHORT, **argument})
