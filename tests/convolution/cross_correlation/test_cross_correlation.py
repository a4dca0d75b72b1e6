"""Sliding, pooling and learning against torch, SciPy, published tables and algebra."""

import re
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import ndimage, signal
from torch import nn
from torch.nn import functional

from demos.convolution.cross_correlation import PADDING_MODES, cross_correlate, matrix, output_size, pool, reads
from demos.convolution.kernels import KERNELS
from demos.convolution.network import parse
from demos.convolution.pictures import stripes
from demos.convolution.receptive_field import usage

Floats = NDArray[np.float64]
PLAIN: Final[dict[str, Any]] = {
    "stride": 1, "padding": 0, "dilation": 1, "groups": 1, "flip": False, "padding_mode": "zeros"
}  # fmt: skip
COUNT: Final = np.arange(9.0).reshape(1, 3, 3)  # the input of "Dive into Deep Learning"
KERNEL: Final = np.arange(4.0).reshape(1, 1, 2, 2)


def random(*shape: int, seed: int = 0) -> Floats:
    return np.random.default_rng(seed).standard_normal(shape)


def slid(x: Floats, weight: Floats, **other: Any) -> Floats:  # noqa: ANN401
    return cross_correlate(x, weight, **{**PLAIN, **other}).output


def test_the_tables_of_the_book() -> None:
    assert slid(COUNT, KERNEL).tolist() == [[[19, 25], [37, 43]]]
    two = np.concatenate([COUNT, COUNT + 1])
    both = np.concatenate([KERNEL, KERNEL + 1], axis=1)
    assert slid(two, both).tolist() == [[[56, 72], [104, 120]]]
    three = np.concatenate([both, both + 1, both + 2])
    assert slid(two, three)[1:].tolist() == [[[76, 100], [148, 172]], [[96, 128], [192, 224]]]
    plain: dict[str, Any] = {"kernel_size": 2, "stride": 1, "padding": 0, "ceil_mode": False, "count_include_pad": True}
    assert pool(COUNT, kind="max", **plain).output.tolist() == [[[4, 5], [7, 8]]]
    assert pool(COUNT, kind="average", **plain).output.tolist() == [[[2, 3], [5, 6]]]
    edges = slid(stripes(0), KERNELS["Edge"][None, None])[0]
    assert edges.tolist() == [[0, 1, 0, 0, 0, -1, 0]] * 6


@settings(max_examples=60, deadline=None)
@given(
    st.integers(7, 10), st.integers(7, 10), st.integers(1, 3), st.integers(1, 3),
    st.integers(1, 4), st.integers(0, 6), st.integers(1, 3), st.sampled_from(sorted(PADDING_MODES)), st.booleans(),
)  # fmt: skip
def test_it_is_torchs_layer(  # noqa: PLR0917
    rows: int, columns: int, tall: int, wide: int, stride: int, padding: int, dilation: int, mode: Any, deep: bool  # noqa: ANN401, FBT001
) -> None:  # fmt: skip
    groups = 2 if deep else 1
    x, weight = random(4, rows, columns), random(6, 4 // groups, tall, wide, seed=1)
    layer = nn.Conv2d(
        4, 6, (tall, wide), stride, padding, dilation, groups, bias=False, padding_mode=mode, dtype=torch.float64
    )
    layer.weight = nn.Parameter(torch.tensor(weight))
    expected = layer(torch.tensor(x)[None])[0].detach().numpy()
    own = slid(x, weight, stride=stride, padding=padding, dilation=dilation, groups=groups, padding_mode=mode)
    np.testing.assert_allclose(own, expected, atol=1e-12)


def test_sizes_are_those_of_torch_for_2112_geometries() -> None:
    count = 0
    for size in range(1, 12):
        for taps in (1, 2, 3, 5):
            for step in (1, 2, 3, 4):
                for padding in (0, 1, 2):
                    for dilation in (1, 2):
                        for ceil_mode in (False, True):
                            count += 1
                            given: dict[str, Any] = {
                                "kernel_size": taps,
                                "stride": step,
                                "dilation": dilation,
                                "ceil_mode": ceil_mode,
                            }
                            layer = nn.MaxPool1d(padding=min(padding, taps // 2), **given)
                            try:
                                expected = layer(torch.zeros(1, 1, size)).shape[-1]
                            except RuntimeError:
                                expected = 0
                            try:
                                own = output_size(size, padding=min(padding, taps // 2), **given)
                            except ValueError:
                                own = 0
                            assert own == expected, (size, layer)
    assert count == 2112


def test_the_last_window_of_ceil_mode_begins_in_the_input() -> None:
    assert output_size(5, kernel_size=1, stride=3, padding=0, dilation=1, ceil_mode=True) == 2
    assert output_size(1, kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=True) == 1


def test_a_stride_that_does_not_divide_is_floored_and_not_refused() -> None:
    assert output_size(8, kernel_size=3, stride=3, padding=0, dilation=1, ceil_mode=False) == 2


def test_scipy_turns_the_kernel_for_a_convolution() -> None:
    x, kernel = random(1, 6, 7), random(3, 2, seed=1)
    for flip, other in ((False, signal.correlate2d), (True, signal.convolve2d)):
        np.testing.assert_allclose(slid(x, kernel[None, None], flip=flip)[0], other(x[0], kernel, "valid"), atol=1e-12)


def test_scipy_swaps_a_kernel_that_is_too_large_and_the_page_refuses_it() -> None:
    swapped = signal.correlate2d(KERNEL[0, 0], COUNT[0], "valid")
    assert swapped.tolist() == [[43, 37], [25, 19]]
    with pytest.raises(ValueError, match="a window spans 3 cells, and the input has 2 with its padding"):
        slid(KERNEL[0], COUNT[None])


@pytest.mark.filterwarnings("ignore:Using padding='same'")
def test_torch_pads_even_kernels_more_on_the_right_and_others_do_not() -> None:
    x, kernel = random(1, 6, 6), random(2, 2, seed=1)
    same = functional.conv2d(torch.tensor(x)[None], torch.tensor(kernel)[None, None], padding="same")[0, 0].numpy()
    np.testing.assert_allclose(same, signal.correlate2d(x[0], kernel, "same"), atol=1e-12)
    by_hand = slid(np.pad(x, ((0, 0), (0, 1), (0, 1))), kernel[None, None])[0]
    np.testing.assert_allclose(same, by_hand, atol=1e-12)
    for off in (signal.correlate(x[0], kernel, "same"), ndimage.correlate(x[0], kernel, mode="constant")):
        assert not np.allclose(same, off)
        np.testing.assert_allclose(same[:-1, :-1], off[1:, 1:], atol=1e-12)
    with pytest.raises(ValueError, match="not supported for strided"):
        nn.Conv2d(1, 1, 3, stride=2, padding="same")


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 3), st.integers(0, 3), st.integers(1, 2), st.booleans(), st.integers(0, 99))
def test_the_matrix_does_the_same_and_its_transpose_goes_back(
    stride: int, padding: int, dilation: int, flip: bool, seed: int  # noqa: FBT001
) -> None:  # fmt: skip
    x, kernel = random(1, 6, 8, seed=seed), random(3, 2, seed=seed + 1)
    own = slid(x, kernel[None, None], stride=stride, padding=padding, dilation=dilation, flip=flip)[0]
    dense = matrix(kernel, shape=(6, 8), stride=stride, padding=padding, dilation=dilation, flip=flip)
    assert dense.shape == (own.size, 48)
    np.testing.assert_allclose(dense @ x.ravel(), own.ravel(), atol=1e-12)
    weight = torch.tensor(kernel[::-1, ::-1].copy() if flip else kernel)[None, None]
    back = functional.conv_transpose2d(
        torch.tensor(own)[None, None], weight, stride=stride, padding=padding, dilation=dilation,
        output_padding=((6 + 2 * padding - dilation * 2 - 1) % stride, (8 + 2 * padding - dilation - 1) % stride),
    )[0, 0].numpy()  # fmt: skip
    np.testing.assert_allclose(dense.T @ own.ravel(), back.ravel(), atol=1e-12)


def test_the_matrix_has_few_weights_many_times() -> None:
    edge = matrix(KERNELS["Edge"], shape=(6, 8), stride=1, padding=0, dilation=1, flip=False)
    assert edge.shape == (42, 48)
    assert np.count_nonzero(edge) == 84
    full = matrix(KERNELS["Counting"], shape=(6, 8), stride=1, padding=1, dilation=1, flip=False)
    assert full.size == 2304
    assert np.count_nonzero(full) == 352
    assert 224**2 * 222**2 == 2_472_873_984


@given(st.integers(0, 99))
def test_laws_of_the_flip(seed: int) -> None:
    x, u, v = random(1, 8, 8, seed=seed), random(3, 3, seed=seed + 1), random(2, 2, seed=seed + 2)
    turned = u[::-1, ::-1].copy()
    np.testing.assert_allclose(slid(x, u[None, None], flip=True), slid(x, turned[None, None]))
    np.testing.assert_allclose(slid(x, turned[None, None], flip=True), slid(x, u[None, None]))
    twice = slid(slid(x, u[None, None]), v[None, None])[0]
    np.testing.assert_allclose(twice, slid(x, signal.convolve2d(u, v)[None, None])[0], atol=1e-12)


@given(st.integers(0, 99), st.integers(0, 7))
def test_with_circular_padding_shifting_and_filtering_commute(seed: int, shift: int) -> None:
    x, kernel = random(1, 7, 7, seed=seed), random(1, 1, 3, 3, seed=seed + 1)
    around: dict[str, Any] = {"padding": 1, "padding_mode": "circular"}
    moved = slid(np.roll(x, shift, axis=2), kernel, **around)
    np.testing.assert_allclose(moved, np.roll(slid(x, kernel, **around), shift, axis=2), atol=1e-12)


def test_one_by_one_mixes_channels_and_as_many_groups_as_channels_mix_none() -> None:
    x, mix, deep = random(3, 5, 5), random(4, 3, 1, 1, seed=1), random(3, 1, 3, 3, seed=2)
    np.testing.assert_allclose(slid(x, mix), np.einsum("oi,irc->orc", mix[..., 0, 0], x), atol=1e-12)
    for channel, out in enumerate(slid(x, deep, groups=3)):
        np.testing.assert_allclose(out, slid(x[channel : channel + 1], deep[channel : channel + 1])[0])


@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 3), st.integers(1, 2))
@settings(max_examples=30, deadline=None)
def test_reads_are_those_of_the_receptive_field(taps: int, stride: int, padding: int, dilation: int) -> None:
    arguments = f"1, 1, ({taps}, 2), stride={stride}, padding={padding}, dilation={dilation}"
    expected = usage(parse(f"nn.Conv2d({arguments})"), (1, 9, 8), layer=0).feeds
    shape = (9 + 2 * padding, 8 + 2 * padding)
    counts = reads(shape=shape, kernel_size=(taps, 2), stride=stride, dilation=dilation)
    np.testing.assert_array_equal(counts[padding : padding + 9, padding : padding + 8], expected)
    windows = [
        output_size(size, kernel_size=k, stride=stride, padding=0, dilation=dilation, ceil_mode=False)
        for size, k in zip(shape, (taps, 2), strict=True)
    ]
    assert counts.sum() == windows[0] * windows[1] * taps * 2


def test_padding_evens_out_what_borders_are_read_and_stride_makes_it_uneven() -> None:
    corners = []
    for padding in (0, 1, 2):
        counts = reads(shape=(6 + 2 * padding,) * 2, kernel_size=(3, 3), stride=1, dilation=1)
        inner = counts[padding : padding + 6, padding : padding + 6]
        corners.append(int(inner[0, 0]))
        assert padding < 2 or np.all(inner == 9)
    assert corners == [1, 4, 9]
    uneven = reads(shape=(9, 9), kernel_size=(3, 3), stride=2, dilation=1)[2:-2, 2:-2]
    assert set(uneven.ravel().tolist()) == {1, 2, 4}


BAD: Final[list[tuple[Callable[[], object], str]]] = [
    (lambda: slid(COUNT, KERNEL, stride=0), "stride must be at least 1, not 0"),
    (lambda: slid(COUNT, KERNEL, padding=-1), "padding must be at least 0, not -1"),
    (lambda: slid(COUNT, KERNEL, dilation=3), "a window spans 4 cells, and the input has 3"),
    (lambda: slid(COUNT, KERNEL, groups=2), "reads 2 channels, x has 1"),
    (lambda: slid(COUNT * np.nan, KERNEL), "x must hold finite numbers"),
    (lambda: slid(COUNT[0], KERNEL), "x must have the axes"),
    (lambda: slid(COUNT, KERNEL, padding=3, padding_mode="reflect"), "padding must be at most 2"),
    (lambda: slid(COUNT, KERNEL, padding_mode="same"), "padding_mode must be one of zeros"),
]


@pytest.mark.parametrize(("call", "said"), BAD, ids=[said for _, said in BAD])
def test_bad_arguments_are_named(call: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        call()
