"""Invariance: turns and moves against exchanged pixels, shifts against algebra, pooling against Zhang's figure."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional

from demos.convolution.invariance import (
    CANVAS,
    DOWNSAMPLING,
    HEADS,
    INK,
    POOLINGS,
    ROOM,
    TOTAL_STRIDE,
    answers,
    digits,
    enlarged,
    equivariance,
    network,
    pooled,
    transform,
)
from demos.convolution.invariance.networks import BlurPool2d, DenseMaxPool2d

law = settings(derandomize=True, deadline=None, database=None, max_examples=25)
MEANS = "global average pooling"
STILL: dict[str, Any] = {"angle": 0, "scale": 1, "right": 0, "down": 0}
test = digits()[1]


def net(downsampling: str, head: str = MEANS, padding_mode: str = "circular", seed: int = 0) -> nn.Sequential:
    return network(downsampling=downsampling, head=head, padding_mode=padding_mode, seed=seed)


def test_digits_have_room_around_them() -> None:
    training = digits()[0]
    assert (training.x.shape, test.x.shape) == ((1437, 1, CANVAS, CANVAS), (360, 1, CANVAS, CANVAS))
    assert (float(test.x.min()), float(test.x.max())) == (0, 1)
    framed = test.x.clone()
    framed[:, :, ROOM : ROOM + INK, ROOM : ROOM + INK] = 0
    assert float(framed.abs().max()) == 0
    with pytest.raises(ValueError, match=r"images must be square, \(n, h, h\), not \(3, 8, 9\)"):
        enlarged(torch.zeros(3, 8, 9))


# ---------------------------------------------------------------- turned, enlarged, moved


@law
@given(st.integers(-8, 8))
def test_quarter_turns_are_counter_clockwise_and_exact(quarters: int) -> None:
    turned = transform(test.x[:3], **{**STILL, "angle": 90 * quarters})
    torch.testing.assert_close(turned, torch.rot90(test.x[:3], quarters, (2, 3)), atol=4e-6, rtol=0)


@law
@given(st.integers(-ROOM, ROOM), st.integers(-ROOM, ROOM))
def test_whole_pixels_to_the_right_and_down_are_exact_while_ink_stays_inside(right: int, down: int) -> None:
    """And rolling wraps nothing then."""
    moved = transform(test.x[:3], **{**STILL, "right": right, "down": down})
    torch.testing.assert_close(moved, torch.roll(test.x[:3], (down, right), (2, 3)), atol=4e-6, rtol=0)


def test_beyond_the_room_ink_is_lost() -> None:
    ink = [float(transform(test.x, **{**STILL, "right": pixels}).sum()) for pixels in (0, ROOM, 6, 8)]
    assert ink[0] == pytest.approx(ink[1], rel=1e-5)
    assert ink[1] > 1.01 * ink[2] > 1.1 * ink[3]


def sampled(picture: Tensor, *, angle: float, scale: float, right: float, down: float) -> Tensor:
    """By its definition, a pixel at a time: where does it come from, and what lies around there?"""
    size = picture.shape[-1]
    middle, turn = (size - 1) / 2, math.radians(angle)
    found = torch.zeros_like(picture)
    for row in range(size):
        for column in range(size):
            across, up = column - middle - right, -(row - middle - down)
            across, up = (
                (across * math.cos(turn) + up * math.sin(turn)) / scale,
                (up * math.cos(turn) - across * math.sin(turn)) / scale,
            )
            x, y = middle + across, middle - up
            for i in (math.floor(y), math.floor(y) + 1):
                for j in (math.floor(x), math.floor(x) + 1):
                    if 0 <= i < size and 0 <= j < size:
                        found[row, column] += picture[i, j] * (1 - abs(y - i)) * (1 - abs(x - j))
    return found


@pytest.mark.parametrize(
    "change", [(30, 1, 0, 0), (0, 1.5, 0, 0), (0, 1, 2.5, -1.25), (-17, 0.8, 3, 1), (100, 0.5, -2, 0.5)]
)
def test_everything_else_is_bilinear(change: tuple[float, ...]) -> None:
    given_change = dict(zip(STILL, change, strict=True))
    ours = transform(test.x[4:5].double(), **given_change)[0, 0]
    torch.testing.assert_close(ours, sampled(test.x[4, 0].double(), **given_change), atol=1e-9, rtol=0)


def test_each_picture_may_have_a_number_of_its_own() -> None:
    angles = torch.tensor([0.0, 90.0, 33.0])
    together = transform(test.x[:3], **{**STILL, "angle": angles})
    for place, angle in enumerate(angles.tolist()):
        alone = transform(test.x[place : place + 1], **{**STILL, "angle": angle})
        torch.testing.assert_close(together[place : place + 1], alone, atol=1e-6, rtol=0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"scale": 0}, "scale must be above 0, not 0"),
        ({"angle": math.nan}, "angle must be finite, not nan"),
        ({"down": math.inf}, "down must be finite"),
    ],
)
def test_no_such_change(change: dict[str, float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        transform(test.x[:2], **{**STILL, **change})
    with pytest.raises(ValueError, match=r"x must be square pictures, .*not \(20, 20\)"):
        transform(test.x[0, 0], **STILL)


# ---------------------------------------------------------------- networks


@pytest.mark.parametrize("padding_mode", ["zeros", "circular"])
def test_blurred_pooling_is_a_maximum_everywhere_a_binomial_and_then_a_stride(padding_mode: str) -> None:
    maps = torch.randn(2, 5, 10, 10, dtype=torch.float64)
    around = functional.pad(maps, (1, 1, 1, 1), mode="circular" if padding_mode == "circular" else "constant")
    twice = functional.avg_pool2d(functional.avg_pool2d(around, 2, 1), 2)  # [1 1] * [1 1] = [1 2 1]
    torch.testing.assert_close(BlurPool2d(5, padding_mode).double()(maps), twice)
    largest = DenseMaxPool2d(padding_mode)(maps)
    torch.testing.assert_close(largest[..., ::2, ::2], functional.max_pool2d(maps, 2))
    assert largest.shape == maps.shape


def test_the_blur_stands_behind_the_nonlinearity() -> None:
    kinds = [type(layer).__name__ for layer in net("blurred pooling")]
    assert kinds[:5] == ["Conv2d", "BatchNorm2d", "ReLU", "DenseMaxPool2d", "BlurPool2d"]


@pytest.mark.parametrize("downsampling", DOWNSAMPLING)
@pytest.mark.parametrize("head", HEADS)
def test_every_network_answers_each_picture_whatever_stands_beside_it(downsampling: str, head: str) -> None:
    built = net(downsampling, head, "zeros").train()
    together = answers(built, test.x[:20])
    torch.testing.assert_close(together.sum(1), torch.ones(20))
    torch.testing.assert_close(answers(built, test.x[:1]), together[:1], atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ({"downsampling": "mean"}, "downsampling must be one of max pooling, strided convolution, .*, not 'mean'"),
        ({"head": "x"}, "head must be one of global average pooling, flatten, dense network, not 'x'"),
        ({"padding_mode": "same"}, "padding_mode must be one of zeros, circular, not 'same'"),
    ],
)
def test_no_such_network(argument: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        network(**{"downsampling": "none", "head": "flatten", "padding_mode": "zeros", "seed": 0, **argument})  # type: ignore[arg-type]


# ---------------------------------------------------------------- shifts


def errors(built: nn.Sequential, *, shifts: tuple[int, ...] = tuple(range(9))) -> Any:  # noqa: ANN401 - an array
    return equivariance(built, test.x[:4].double(), shifts=shifts)


@pytest.mark.parametrize("downsampling", DOWNSAMPLING)
def test_shifts_by_the_total_stride_commute_exactly_and_the_error_has_it_as_its_period(downsampling: str) -> None:
    found = errors(net(downsampling))
    assert found[:, ::TOTAL_STRIDE].max() < 1e-12
    np.testing.assert_allclose(found[:, 1:5], found[:, 5:9], atol=1e-12)
    if downsampling == "none":
        assert found.max() < 1e-12
    else:
        assert found[-1, 1:4].min() > 1e-3


@pytest.mark.parametrize("seed", range(12))
def test_the_stride_errs_most_and_the_blur_least(seed: int) -> None:
    strided, largest, blurred, unskipped = (
        errors(net(name, seed=seed), shifts=(1,))[-1, 0]
        for name in ("strided convolution", "max pooling", "blurred pooling", "none")
    )
    assert strided > largest > blurred > 1e-3
    assert unskipped < 1e-12


def test_borders_of_zeros_and_heads_with_places_break_it() -> None:
    assert errors(net("max pooling", padding_mode="zeros"))[-1, 1:].min() > 1e-9
    assert errors(net("none", "flatten"))[:-2].max() < 1e-12
    assert errors(net("none", "flatten"))[-1, 1:].min() > 0.1


def test_a_layer_moves_by_a_part_of_a_cell_as_a_sine_does() -> None:
    """A sine that two pixels can still hold is subsampled without any error, at every shift."""
    sine = torch.sin(2 * math.pi * torch.arange(20, dtype=torch.float64) / 20).expand(1, 1, 20, 20)
    assert equivariance(nn.Sequential(nn.AvgPool2d(1, 2)), sine, shifts=(1, 2, 3)).max() < 1e-12
    with pytest.raises(ValueError, match="x must be pictures"):
        equivariance(nn.Sequential(), sine[0], shifts=(1,))


def test_without_stride_and_borders_the_answer_is_the_same_at_every_place() -> None:
    built = net("none")
    still = answers(built, test.x[:9])
    for right, down in ((1, 0), (-3, 2), (4, 4)):
        moved = transform(test.x[:9], **{**STILL, "right": right, "down": down})
        torch.testing.assert_close(answers(built, moved), still, atol=1e-5, rtol=0)


def test_zhangs_figure_3() -> None:
    signal = [0, 0, 1, 1, 0, 0, 1, 1]
    np.testing.assert_array_equal(pooled(signal, kind="max"), [[0, 1, 0, 1], [1, 1, 1, 1]])
    np.testing.assert_array_equal(pooled(signal, kind="max, blurred"), [[0.5, 1, 0.5, 1], [0.75] * 4])
    np.testing.assert_array_equal(pooled(signal, kind="average"), [[0, 1, 0, 1], [0.5] * 4])
    np.testing.assert_array_equal(pooled(signal, kind="subsample"), [[0, 1, 0, 1], [1, 0, 1, 0]])


@law
@given(st.lists(st.integers(-9, 9), min_size=2, max_size=8), st.sampled_from(sorted(POOLINGS)))
def test_a_signal_moved_by_two_is_pooled_to_the_same_moved_by_one(half: list[int], kind: str) -> None:
    signal = [*half, *half[::-1]]
    np.testing.assert_allclose(
        pooled(np.roll(signal, 2), kind=kind)[0], np.roll(pooled(signal, kind=kind)[0], 1), atol=1e-12
    )


@pytest.mark.parametrize(
    ("signal", "kind", "said"),
    [
        ([1, 2, 3], "max", "signal must have an even number of values, not 3"),
        ([], "max", "even number of values, not 0"),
        ([1, math.nan], "max", "signal must have finite numbers"),
        ([1, 2], "min", "kind must be one of subsample, average, max, max, blurred, not 'min'"),
    ],
)
def test_no_such_pooling(signal: list[float], kind: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        pooled(signal, kind=kind)
