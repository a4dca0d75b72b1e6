"""Learning a kernel and pooling against torch and algebra."""

import re
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from demos.convolution.cross_correlation import (
    cross_correlate,
    drawn_start,
    learn_kernel,
    pool,
    squared_error,
    tolerance,
)

Floats = NDArray[np.float64]
COUNT: Final = np.arange(9.0).reshape(1, 3, 3)  # the input of "Dive into Deep Learning"


def random(*shape: int, seed: int = 0) -> Floats:
    numbers: Floats = np.random.default_rng(seed).standard_normal(shape)
    return numbers


def slid(x: Floats, kernel: Floats, *, flip: bool = False) -> Floats:
    output: Floats = cross_correlate(
        x[None], kernel[None, None], stride=1, padding=0, dilation=1, groups=1, flip=flip, padding_mode="zeros"
    ).output[0]
    return output


def test_what_ceil_mode_hangs_over_is_no_padding() -> None:
    found = pool(
        np.arange(49.0).reshape(1, 7, 7), kind="average", kernel_size=2, stride=3, padding=0, ceil_mode=True,
        count_include_pad=True,
    )  # fmt: skip
    assert found.output[0, -1, -1] == 48
    assert found.divisor[-1, -1] == 1
    row = pool(
        np.arange(1.0, 6).reshape(1, 1, 5).repeat(2, axis=1), kind="average", kernel_size=2, stride=2, padding=0,
        ceil_mode=True, count_include_pad=True,
    )  # fmt: skip
    assert row.output[0, 0].tolist() == [1.5, 3.5, 5.0]


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["max", "average"]), st.integers(1, 4), st.integers(1, 4), st.integers(0, 2), st.booleans(),
    st.booleans(),
)  # fmt: skip
def test_the_divisor_is_that_of_torch(  # noqa: PLR0917
    kind: str, taps: int, stride: int, padding: int, ceil_mode: bool, padded: bool  # noqa: FBT001
) -> None:  # fmt: skip
    padding = min(padding, taps // 2)
    x = random(2, 7, 8)
    found = pool(
        x, kind=kind, kernel_size=taps, stride=stride, padding=padding, ceil_mode=ceil_mode, count_include_pad=padded
    )
    layer: Callable[..., torch.Tensor] = (
        nn.MaxPool2d(taps, stride, padding, ceil_mode=ceil_mode)
        if kind == "max"
        else nn.AvgPool2d(taps, stride, padding, ceil_mode, padded)
    )
    np.testing.assert_allclose(found.output, layer(torch.tensor(x)).numpy())
    assert found.divisor.shape == found.output.shape[1:]
    if kind == "average":
        sums = nn.AvgPool2d(taps, stride, padding, ceil_mode, divisor_override=1)(torch.tensor(x)).numpy()
        np.testing.assert_allclose(found.output * found.divisor, sums, atol=1e-12)


def test_a_bright_cell_stays_in_its_window_in_k_minus_d_of_k_places() -> None:
    for taps in (2, 3, 4):
        for shift in range(taps):
            kept = [
                tolerance(
                    np.eye(12)[place][None, None].repeat(taps, axis=1), kind="max", kernel_size=taps, stride=taps,
                    shift=shift,
                ).unchanged == 1
                for place in range(taps)
            ]  # fmt: skip
            assert sum(kept) == taps - shift


def test_gradient_descent_is_that_of_autograd() -> None:
    x, target, start = random(5, 6), random(3, 5, seed=1), random(7, seed=2)
    found = learn_kernel(x, target, kernel_size=(3, 2), lr=0.01, steps=5, bias=True, start=start)
    weight = torch.tensor(start[:6].reshape(1, 1, 3, 2), requires_grad=True)
    bias = torch.tensor(start[6:], requires_grad=True)
    optimizer = torch.optim.SGD([weight, bias], lr=0.01)
    for step in range(5):
        loss = (
            (functional.conv2d(torch.tensor(x)[None, None], weight, bias)[0, 0] - torch.tensor(target)).square().sum()
        )
        assert found.loss[step] == pytest.approx(loss.item())
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    np.testing.assert_allclose(found.weight[-1], weight.detach()[0, 0].numpy())
    assert found.bias[-1] == pytest.approx(bias.item())


@given(st.floats(0.1, 10))
@settings(max_examples=20, deadline=None)
def test_the_largest_lr_shrinks_as_the_square_of_the_picture(scale: float) -> None:
    given: dict[str, Any] = {"kernel_size": (2, 2), "lr": 0.0, "steps": 0, "bias": False, "start": np.zeros(4)}
    x, target = random(5, 5), np.zeros((4, 4))
    one, other = (learn_kernel(each, target, **given).largest_lr for each in (x, scale * x))
    assert other == pytest.approx(one / scale**2)


def test_learning_under_the_flip_finds_the_flipped_kernel_with_the_same_loss() -> None:
    x = random(8, 8)
    kernel = random(2, 2, seed=1)
    ways = [
        learn_kernel(
            x, slid(x, kernel, flip=flip), kernel_size=(2, 2), lr=0.003, steps=400, bias=False,
            start=np.zeros(4),
        )
        for flip in (False, True)
    ]  # fmt: skip
    np.testing.assert_allclose(ways[0].weight[-1], kernel, atol=1e-9)
    np.testing.assert_allclose(ways[1].weight[-1], kernel[::-1, ::-1], atol=1e-9)


def test_the_loss_of_many_kernels_at_once_is_that_of_each() -> None:
    x, target, kernels = random(5, 6), random(5, 5, seed=1), random(4, 3, 1, 2, seed=2)
    each = [[((slid(x, one) - target) ** 2).sum() for one in row] for row in kernels]
    np.testing.assert_allclose(squared_error(x, target, kernels), each)


def test_starts_are_within_torchs_bounds_and_belong_to_their_seed() -> None:
    drawn = np.array([drawn_start(kernel_size=(1, 2), bias=True, seed=seed) for seed in range(1, 200)])
    assert np.abs(drawn).max() <= 1 / np.sqrt(2)
    assert np.abs(drawn).max() > 0.99 / np.sqrt(2)
    assert len(np.unique(drawn[:, 0])) == 199
    assert drawn_start(kernel_size=(2, 2), bias=False, seed=0).tolist() == [0, 0, 0, 0]


BAD: Final[list[tuple[Callable[[], object], str]]] = [
    (lambda: tolerance(0 * COUNT, kind="max", kernel_size=1, stride=1, shift=1), "x must not be 0 everywhere"),
    (lambda: tolerance(COUNT, kind="median", kernel_size=1, stride=1, shift=1), "kind must be 'max' or 'average'"),
    (lambda: learn_kernel(COUNT[0], COUNT, kernel_size=(2, 2), lr=1, steps=1, bias=False, start=np.zeros(4)), "target"),
    (lambda: squared_error(COUNT[0], COUNT, np.zeros((4, 4))), "kernel_size must be at most"),
]


@pytest.mark.parametrize(("call", "said"), BAD, ids=[said for _, said in BAD])
def test_bad_arguments_are_named(call: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        call()
