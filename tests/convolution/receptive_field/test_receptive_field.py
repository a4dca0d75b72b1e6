"""What units see, against formulas, brute force on torch's own modules, and the expectation over random weights."""

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor, nn

from demos.convolution import probes, receptive_field
from demos.convolution.channels import scaled
from demos.convolution.fields import Fields
from demos.convolution.network import NETWORKS, Layer, ShapeError, flat, parse, steps, trace
from demos.convolution.receptive_field import (
    INPUT,
    MOST_MACS,
    Effective,
    Mask,
    Rung,
    effective,
    isotropic,
    placed,
    pyramid,
    stack,
    support,
    usage,
    walks,
    width,
)
from tests.convolution.stacks import Stack, nonzero, stacks

law = settings(derandomize=True, deadline=None, database=None, max_examples=60)
every_network = pytest.mark.parametrize("name", NETWORKS)

THREE: Final = "nn.Conv2d(1, 1, 3, padding=1)"
SMALL: Final = parse(f"[{THREE}, nn.ReLU(), {THREE}, nn.Flatten(), nn.Linear(25, 3), nn.ReLU()]")


def up_to(layers: Sequence[Layer], layer: int) -> tuple[Layer, ...]:
    """Only what comes before, and the layer itself or the block it is in."""
    counts = itertools.accumulate(len(flat((each,))) for each in layers)
    return tuple(layers[: 1 + sum(count <= layer for count in counts)])


def fields_of(layers: Sequence[Layer], input_shape: tuple[int, ...], layer: int) -> tuple[Fields, ...]:
    found = steps(layers, input_shape)[layer].fields
    assert found is not None
    return found


def box_of(fields: Sequence[Fields], unit: tuple[int, ...], lengths: Sequence[int]) -> Mask:
    """The cells of the input within a unit's field."""
    box = np.zeros(lengths, dtype=bool)
    ends = [(int(each.low[u]), int(each.high[u]) + 1) for each, u in zip(fields, unit, strict=True)]
    box[tuple(slice(max(0, low), max(0, high)) for low, high in ends)] = True
    return box


def middle(places: int) -> int:
    return (places - 1) // 2


# ---------------------------------------------------------------- the support


@every_network
@pytest.mark.parametrize("share", [1 / 3, 2 / 3, 1])
def test_the_measured_support_is_the_formulas_box(name: str, share: float) -> None:
    """In an input just large enough for one whole field: no cell is missing in the box, and none is outside."""
    preset = NETWORKS[name]
    convolutional = list(
        itertools.takewhile(lambda each: not each.kind.startswith(("Adaptive", "Flatten")), parse(preset.code))
    )
    layer = round(share * len(flat(tuple(convolutional)))) - 1
    layers = up_to(convolutional, layer)
    record = trace(layers, preset.input_shape)[layer]
    assert record.receptive_field is not None
    assert record.jump is not None
    side = math.ceil(record.receptive_field[0] + 2 * record.jump[0])
    shape = (preset.input_shape[0], side, side)
    fields = fields_of(layers, shape, layer)
    unit = int(np.flatnonzero((fields[0].low >= 0) & (fields[0].high < side))[0])
    mask = support(layers, shape, layer=layer, unit=(unit, unit))
    assert mask.sum() == record.receptive_field[0] * record.receptive_field[1]
    np.testing.assert_array_equal(mask, box_of(fields, (unit, unit), shape[1:]))


@law
@given(network=stacks(), data=st.data())
def test_the_support_is_what_moves_a_unit_of_real_layers(network: Stack, data: st.DataObject) -> None:
    moved = nonzero(network.module, network.input_shape)
    axes = len(network.input_shape) - 1
    unit = tuple(data.draw(st.integers(0, size - 1)) for size in moved.shape[:axes])
    layers = parse(network.code)
    mask = support(layers, network.input_shape, layer=len(flat(layers)) - 1, unit=unit)
    assert mask.dtype == np.bool_
    np.testing.assert_array_equal(mask, moved[unit])


@law
@given(network=stacks(most=4), data=st.data())
def test_the_support_of_a_layer_does_not_depend_on_what_follows(network: Stack, data: st.DataObject) -> None:
    kept = data.draw(st.integers(1, len(network.specs)))
    first = network._replace(specs=network.specs[:kept])
    moved = nonzero(first.module, network.input_shape)
    layer = len(flat(parse(first.code))) - 1
    unit = tuple(middle(size) for size in moved.shape[: len(network.input_shape) - 1])
    mask = support(parse(network.code), network.input_shape, layer=layer, unit=unit)
    np.testing.assert_array_equal(mask, moved[unit])


@law
@given(network=stacks(), data=st.data())
def test_the_support_lies_within_the_box_and_the_input(network: Stack, data: st.DataObject) -> None:
    layers = parse(network.code)
    fields = fields_of(layers, network.input_shape, -1)
    unit = tuple(data.draw(st.integers(0, len(each.low) - 1)) for each in fields)
    mask = support(layers, network.input_shape, layer=len(flat(layers)) - 1, unit=unit)
    assert mask.shape == network.input_shape[1:]
    assert not (mask & ~box_of(fields, unit, network.input_shape[1:])).any()


def cells(*places: int, length: int) -> list[bool]:
    return [cell in places for cell in range(length)]


@pytest.mark.parametrize(
    ("code", "length", "seen"),
    [
        (["nn.Conv1d(1, 1, 3, dilation=2)"] * 3, 13, range(0, 13, 2)),  # gridding: seven cells of thirteen
        (["nn.Conv1d(1, 1, 3, dilation=3)"] * 2, 13, range(0, 13, 3)),
        (["nn.Conv1d(1, 1, 3, dilation=4)", "nn.Conv1d(1, 1, 3)"], 11, [0, 1, 2, 4, 5, 6, 8, 9, 10]),
        ([f"nn.Conv1d(1, 1, 3, dilation={each})" for each in (1, 2, 4, 8)], 31, range(31)),  # no holes
        ([f"nn.Conv1d(1, 1, 3, dilation={each})" for each in (1, 2, 5)], 17, range(17)),
        (["nn.Conv1d(1, 1, 1, stride=2)", "nn.Conv1d(1, 1, 3)"], 5, [0, 2, 4]),
        (["nn.Conv1d(1, 1, 1, stride=3)"] * 2 + ["nn.Conv1d(1, 1, 2)"], 10, [0, 9]),
        (["nn.Conv1d(1, 1, 2, stride=4)", "nn.MaxPool1d(2, 1)"], 6, [0, 1, 4, 5]),
        (["nn.MaxPool1d(3, 1, dilation=3)"], 7, [0, 3, 6]),
        (["nn.MaxPool1d(2, 3)", "nn.MaxPool1d(2)"], 5, [0, 1, 3, 4]),
    ],
)
def test_holes_are_where_no_window_reads(code: list[str], length: int, seen: Sequence[int]) -> None:
    layers = parse(f"[{', '.join(code)}]")
    mask = support(layers, (1, length), layer=len(layers) - 1, unit=(0,))
    assert mask.tolist() == cells(*seen, length=length)


def test_gridding_leaves_every_fourth_pixel_of_an_image() -> None:
    layers = parse(f"[{', '.join(['nn.Conv2d(1, 1, 3, dilation=2)'] * 3)}]")
    mask = support(layers, (1, 13, 13), layer=2, unit=(0, 0))
    np.testing.assert_array_equal(np.argwhere(mask), list(itertools.product(range(0, 13, 2), repeat=2)))


def test_near_the_border_the_support_is_clipped() -> None:
    layers = parse(f"[{THREE}, {THREE}]")
    seen = {unit: support(layers, (1, 7, 9), layer=1, unit=unit) for unit in ((0, 0), (6, 8), (0, 4), (3, 4), (1, 8))}
    for (row, column), mask in seen.items():
        rows, columns = (slice(max(0, place - 2), place + 3) for place in (row, column))
        wanted = np.zeros((7, 9), dtype=bool)
        wanted[rows, columns] = True
        np.testing.assert_array_equal(mask, wanted)


def test_a_unit_that_sees_only_padding_has_no_support() -> None:
    assert not support(parse("nn.Conv1d(1, 1, 2, padding=3)"), (1, 4), layer=0, unit=(0,)).any()


def test_the_support_is_the_same_whatever_the_weights_channels_and_activations() -> None:
    plain = parse(f"[{THREE}, nn.MaxPool2d(2), {THREE}]")
    decorated = parse(
        """[nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.Sigmoid(), nn.Dropout(0.9),
        nn.MaxPool2d(2), nn.Hardtanh(), nn.Conv2d(8, 4, 3, padding=1, groups=4), nn.Softmax(1),
        nn.LocalResponseNorm(2), nn.Flatten()]"""
    )
    ours = support(plain, (1, 12, 10), layer=2, unit=(2, 3))
    theirs = support(decorated, (3, 12, 10), layer=9, unit=(2, 3))
    np.testing.assert_array_equal(ours, theirs)


# ---------------------------------------------------------------- walks


def outer(along: Sequence[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """(*units, *cells) of masks (units, cells) for each axis."""
    if len(along) == 1:
        return along[0]
    product: NDArray[np.bool_] = along[0][:, None, :, None] & along[1][None, :, None, :]
    return product


@law
@given(stacks())
def test_walks_arrive_where_impulses_of_real_layers_do(network: Stack) -> None:
    layers = parse(network.code)
    found = [walks(layers, network.input_shape, axis=axis)[-1] for axis in range(len(network.input_shape) - 1)]
    np.testing.assert_array_equal(outer([each.reached for each in found]), nonzero(network.module, network.input_shape))
    for each in found:
        np.testing.assert_array_equal(each.probability > 0, each.reached)


@pytest.mark.parametrize(
    "code",
    [
        "nn.Upsample(scale_factor=(1.5, 2), mode='bilinear')",
        "nn.Upsample(scale_factor=(1, 3))",
        "nn.Upsample(size=(7, 9), mode='bilinear', align_corners=True)",
        "nn.Upsample(size=(9, 3))",
        "nn.AdaptiveMaxPool2d((2, 3))",
        "nn.AdaptiveAvgPool2d((4, 2))",
        "nn.ZeroPad2d((0, 1, 2, 3))",
        "nn.MaxPool2d((2, 3), (1, 2), (0, 1), (2, 1), ceil_mode=True)",
        "nn.AvgPool2d((2, 3), (2, 1), (1, 0), ceil_mode=True)",
        "nn.Conv2d(1, 1, (2, 3), (1, 2), (0, 2), (2, 1))",
    ],
)
def test_walks_and_supports_along_both_axes_are_those_of_real_layers(code: str) -> None:
    shape = (1, 5, 6)
    moved = nonzero(eval(code, {"nn": nn}), shape)  # noqa: S307 - of our own text
    found = [walks(parse(code), shape, axis=axis)[0] for axis in (0, 1)]
    np.testing.assert_array_equal(outer([each.reached for each in found]), moved)
    for unit in itertools.product(*map(range, moved.shape[:2])):
        np.testing.assert_array_equal(support(parse(code), shape, layer=0, unit=unit), moved[unit])
    if not code.startswith(("nn.ZeroPad", "nn.Conv", "nn.MaxPool", "nn.AvgPool")):
        for each in found:
            np.testing.assert_allclose(each.probability.sum(axis=1), 1)


@law
@given(stacks())
def test_axes_that_are_alike_have_the_same_walks(network: Stack) -> None:
    layers = parse(network.code)
    assume(isotropic(layers, network.input_shape))
    first, *others = (walks(layers, network.input_shape, axis=axis) for axis in range(len(network.input_shape) - 1))
    for other in others:
        for one, same in zip(first, other, strict=True):
            np.testing.assert_array_equal(one.reached, same.reached)
            np.testing.assert_array_equal(one.probability, same.probability)


@every_network
def test_the_known_networks_see_squares_alike_and_rectangles_not(name: str) -> None:
    network = NETWORKS[name]
    layers, (channels, side, *_) = parse(network.code), network.input_shape
    part = placed(layers, network.input_shape).layers
    assert isotropic(part, (channels, side, side))
    assert not isotropic(part, (channels, side, side + 8))


@pytest.mark.parametrize(
    "code",
    [
        "nn.Conv2d(1, 1, (3, 1))",
        "nn.Conv2d(1, 1, 3, padding=(1, 0))",
        "nn.MaxPool2d(2, stride=(1, 2))",
        "nn.ZeroPad2d((1, 1, 0, 0))",
        "Residual(nn.Conv2d(1, 1, (1, 3), padding=(0, 1)))",
    ],
)
def test_layers_that_treat_axes_differently_are_not_isotropic(code: str) -> None:
    assert not isotropic(parse(code), (1, 8, 8))


@law
@given(stacks())
def test_a_walk_that_meets_no_padding_arrives_for_certain(network: Stack) -> None:
    layers = parse(network.code)
    for axis, length in enumerate(network.input_shape[1:]):
        for walk, step in zip(
            walks(layers, network.input_shape, axis=axis), steps(layers, network.input_shape), strict=True
        ):
            assert step.fields is not None
            sums = walk.probability.sum(axis=1)
            assert walk.probability.shape == walk.reached.shape == (len(step.fields[axis].low), length)
            assert (walk.probability >= 0).all()
            assert (sums <= 1 + 1e-9).all()
    plain = all(each.kind.startswith(("Conv", "MaxPool", "ReLU", "Identity")) for each in layers)
    if plain:
        for axis, length in enumerate(network.input_shape[1:]):
            along = fields_of(layers, network.input_shape, -1)[axis]
            inside = (along.low >= 0) & (along.high < length)
            sums = walks(layers, network.input_shape, axis=axis)[-1].probability.sum(axis=1)
            np.testing.assert_allclose(sums[inside], 1, rtol=1e-12)


@st.composite
def plain_stacks(draw: st.DrawFn) -> list[tuple[int, int, int]]:
    """Kernel size, stride and dilation of each layer; the strides may leave cells out."""
    return draw(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 2), st.integers(1, 3)), min_size=1, max_size=4))


@law
@given(layers=plain_stacks(), pooled=st.booleans())
def test_the_walk_of_a_plain_stack_is_a_convolution_of_uniform_windows(
    layers: list[tuple[int, int, int]], *, pooled: bool
) -> None:
    reached, jump = np.ones(1), 1
    for size, stride, apart in layers:
        window = np.zeros((size - 1) * apart * jump + 1)
        window[:: apart * jump] = 1 / size
        reached = np.convolve(reached, window)
        jump *= stride
    assume(len(reached) <= 120)
    kind = "nn.MaxPool1d({0}, {1}, dilation={2})" if pooled else "nn.Conv1d(1, 1, {0}, {1}, dilation={2})"
    code = ", ".join(kind.format(*each) for each in layers)
    shape = (1, len(reached) + 2 * jump)
    found = walks(parse(f"[{code}]"), shape, axis=0)[-1].probability
    assert len(found) == 3
    for unit in range(3):
        np.testing.assert_allclose(found[unit, unit * jump :][: len(reached)], reached, atol=1e-14)
        assert found[unit].sum() == pytest.approx(1, rel=1e-12)


def test_a_walk_through_a_block_takes_either_way_with_the_same_probability() -> None:
    code = "Residual(nn.Conv1d(1, 1, 3, padding=1), nn.Conv1d(1, 1, 3, padding=1), shortcut=nn.MaxPool1d(5, 1, 2))"
    records = walks(parse(code), (1, 9), axis=0)
    twice = np.convolve(np.ones(3) / 3, np.ones(3) / 3)
    np.testing.assert_allclose(records[1].probability[4, 2:7], twice)
    np.testing.assert_allclose(records[2].probability[4, 2:7], 0.2)
    np.testing.assert_allclose(records[3].probability[4, 2:7], (twice + 0.2) / 2)
    skip = walks(parse("Residual(nn.Conv1d(1, 1, 3, padding=1))"), (1, 5), axis=0)[-1].probability
    np.testing.assert_allclose(skip[2], [0, 1 / 6, 2 / 3, 1 / 6, 0])
    np.testing.assert_allclose(skip[0], [2 / 3, 1 / 6, 0, 0, 0])  # a sixth of the walks end in padding


def test_a_walk_through_a_stack_takes_any_of_its_channels_as_a_gradient_does() -> None:
    code = "Concat(nn.Sequential(nn.Conv1d(2, 6, 5, padding=2), nn.ReLU()), nn.Sequential()), nn.Conv1d(8, 8, 1)"
    last = walks(parse(code), (2, 9), axis=0)[-1].probability[4]
    expected = np.zeros(9)
    expected[2:7] += 6 / 8 / 5
    expected[4] += 2 / 8
    np.testing.assert_allclose(last, expected)
    seen = effective(parse(code), (2, 9), layer=3, unit=(4,), channels=8, draws=400, batch=4, seed=0).energy
    np.testing.assert_allclose(seen / seen.sum(), expected, atol=0.03)


@law
@given(stacks(plain=True, most=4))
def test_the_spread_of_walks_is_the_formulas_variance(network: Stack) -> None:
    layers = parse(network.code)
    assume(all(each.kind not in {"AvgPool1d", "AvgPool2d"} for each in layers))  # which can leave padding out
    for axis, length in enumerate(network.input_shape[1:]):
        along = fields_of(layers, network.input_shape, -1)[axis]
        for share in walks(layers, network.input_shape, axis=axis)[-1].probability[
            (along.low >= 0) & (along.high < length)
        ]:
            places = np.arange(length)
            assert share @ places**2 - (share @ places) ** 2 == pytest.approx(along.variance, abs=1e-9)


def test_cells_that_are_reached_ever_so_seldom_are_reached() -> None:
    """Of 999 taps ten are no padding, 170 times: 10^-339 is no number of a computer's."""
    layers = parse(f"[{'nn.Conv1d(1, 1, 999, padding=499),' * 170}]")
    walk = walks(layers, (1, 10), axis=0)[-1]
    assert not walk.probability.any()
    assert walk.reached.all()
    assert support(layers, (1, 10), layer=169, unit=(3,)).all()


def test_each_axis_has_its_own_walk() -> None:
    layers = parse(
        "nn.Conv2d(1, 1, (3, 1), stride=(1, 2), padding=(1, 0)), nn.AvgPool2d((1, 2)), nn.ZeroPad2d((0, 0, 1, 0))"
    )
    rows, columns = (walks(layers, (1, 4, 8), axis=axis) for axis in (0, 1))
    assert [each.reached.shape for each in rows] == [(4, 4), (4, 4), (5, 4)]
    assert [each.reached.shape for each in columns] == [(4, 8), (2, 8), (2, 8)]
    np.testing.assert_allclose(rows[0].probability[1], [1 / 3, 1 / 3, 1 / 3, 0])
    assert not rows[2].reached[0].any()
    np.testing.assert_allclose(rows[2].probability[1:], rows[1].probability)
    np.testing.assert_allclose(columns[1].probability[1], [0, 0, 0, 0, 0.5, 0, 0.5, 0])


def test_walks_end_before_the_first_linear_layer() -> None:
    assert len(walks(SMALL, (1, 5, 5), axis=0)) == 4
    part = placed(SMALL, (1, 5, 5))
    assert [each.kind for each in part.layers] == ["Conv2d", "ReLU", "Conv2d", "Flatten"]
    assert len(part.steps) == 4
    block = parse(f"[{THREE}, Residual(nn.ReLU(), nn.Linear(5, 5)), nn.ReLU()]")
    assert [each.kind for each in placed(block, (1, 5, 5)).layers] == ["Conv2d"]  # a block with one is left out whole


# ---------------------------------------------------------------- borders


def outside(fields: Fields, length: int) -> list[float]:
    """Of each unit's field, the share of cells that is no cell of the input, by counting."""
    spans = [range(int(low), int(high) + 1) for low, high in zip(fields.low, fields.high, strict=True)]
    return [sum(not 0 <= cell < length for cell in span) / len(span) for span in spans]


@law
@given(stacks(plain=True))
def test_usage_counts_units_for_cells_and_padding_for_units(network: Stack) -> None:
    layers = parse(network.code)
    axes = len(network.input_shape) - 1
    found = usage(layers, network.input_shape, layer=len(layers) - 1)
    moved = nonzero(network.module, network.input_shape)
    np.testing.assert_array_equal(found.feeds, moved.sum(axis=tuple(range(axes))))
    fields = fields_of(layers, network.input_shape, -1)
    along = [outside(each, length) for each, length in zip(fields, network.input_shape[1:], strict=True)]
    for unit in itertools.product(*(range(len(each.low)) for each in fields)):
        inside = math.prod(1 - along[axis][place] for axis, place in enumerate(unit))
        assert found.padding[unit] == pytest.approx(1 - inside, abs=1e-12)


@law
@given(stacks(most=3))
def test_usage_counts_units_of_blocks_and_of_layers_that_move_them_too(network: Stack) -> None:
    layers = parse(network.code)
    axes = len(network.input_shape) - 1
    found = usage(layers, network.input_shape, layer=len(flat(layers)) - 1)
    moved = nonzero(network.module, network.input_shape)
    np.testing.assert_array_equal(found.feeds, moved.sum(axis=tuple(range(axes))))
    assert found.feeds.dtype.kind == "i"
    assert found.padding.shape == moved.shape[:axes]
    assert ((found.padding >= 0) & (found.padding <= 1)).all()


def test_a_3_by_3_convolution_without_padding_uses_a_corner_once() -> None:
    found = usage(parse("nn.Conv2d(1, 1, 3)"), (1, 6, 6), layer=0)
    once = np.array([1, 2, 3, 3, 2, 1])
    np.testing.assert_array_equal(found.feeds, np.outer(once, once))
    assert not found.padding.any()


def test_with_padding_a_corner_is_used_four_times_and_sees_five_ninths_of_padding() -> None:
    found = usage(parse(THREE), (1, 6, 7), layer=0)
    assert found.feeds[0, 0] == 4
    assert found.feeds[3, 3] == 9
    np.testing.assert_allclose(found.padding[0, [0, 3]], [5 / 9, 1 / 3])
    np.testing.assert_allclose(found.padding[3, 3], 0)


def test_vgg_16s_corner_sees_mostly_padding() -> None:
    """212 cells from -90 on: of 212², 122² are of the photo."""
    layers = parse(NETWORKS["VGG-16"].code)
    pool = max(place for place, layer in enumerate(layers) if layer.kind == "MaxPool2d")
    found = usage(layers, (3, 224, 224), layer=pool)
    assert found.padding[0, 0] == pytest.approx(1 - (122 / 212) ** 2)
    assert round(100 * found.padding[0, 0], 1) == 66.9
    assert found.padding[3, 3] == 0
    assert found.feeds.max() == 49  # from the middle, every unit


def test_a_unit_wholly_in_padding_sees_nothing_else() -> None:
    found = usage(parse("nn.Conv1d(1, 1, 2, padding=3)"), (1, 4), layer=0)
    np.testing.assert_allclose(found.padding, [1, 1, 0.5, 0, 0, 0, 0.5, 1, 1])
    assert found.feeds.tolist() == [2, 2, 2, 2]


# ---------------------------------------------------------------- the effective field


def many(layers: Sequence[Layer], shape: tuple[int, ...], *, draws: int, repeats: int) -> NDArray[np.float64]:
    """Energies of the last layer's unit in the middle, from seeds of their own."""
    unit = tuple(middle(len(each.low)) for each in fields_of(layers, shape, -1))
    layer = len(flat(tuple(layers))) - 1
    numbers = {"channels": 4, "draws": draws, "batch": 2}
    return np.array(
        [effective(layers, shape, layer=layer, unit=unit, seed=seed, **numbers).energy for seed in range(repeats)]
    )


def convolutions(count: int, *, axes: int, after: str = "", rest: str = "", channels: int = 4) -> tuple[Layer, ...]:
    first = f"nn.Conv{axes}d(3, {channels}, 3{rest}){after}"
    return parse(f"[{', '.join([first, *[first.replace('(3,', f'({channels},')] * (count - 1)])}]")


@pytest.mark.parametrize(
    ("layers", "length", "gain"),
    [
        (convolutions(3, axes=1), 7, 2**3),
        (convolutions(3, axes=1, after=", nn.ReLU()"), 7, 1),
        (convolutions(2, axes=1, after=", nn.ReLU(), nn.BatchNorm1d(4), nn.Dropout(0.9)"), 5, 1),
        (convolutions(2, axes=1, rest=", 2, dilation=2"), 13, 2**2),
        (convolutions(2, axes=1, rest=", padding=4"), 5, 2**2),
    ],
)
def test_energy_is_spread_like_walks(layers: tuple[Layer, ...], length: int, gain: float) -> None:
    """On average over weights of He's variance, a layer doubles the energy and a ReLU halves it; the walk divides it.

    4 channels' random sum has the energy 4, which comes to 3 channels. Within five standard errors of 30 means.
    """
    found = many(layers, (3, length), draws=12, repeats=30)
    error = found.std(axis=0, ddof=1) / math.sqrt(len(found))
    walk = walks(layers, (3, length), axis=0)[-1].probability
    wanted = gain * 4 / 3 * walk[middle(len(walk))]
    np.testing.assert_array_equal(found.mean(axis=0) > 0, wanted > 0)
    assert (np.abs(found.mean(axis=0) - wanted) <= 5 * error).all()


def test_along_two_axes_energy_is_spread_like_two_walks() -> None:
    layers = convolutions(2, axes=2, after=", nn.ReLU()")
    found = many(layers, (3, 5, 5), draws=12, repeats=30)
    error = found.std(axis=0, ddof=1) / math.sqrt(len(found))
    triangle = np.array([1, 2, 3, 2, 1]) / 9
    assert (np.abs(found.mean(axis=0) - 4 / 3 * np.outer(triangle, triangle)) <= 5 * error).all()


def test_the_effective_share_shrinks_like_the_root_of_the_depth() -> None:
    """Width √(8n + 1) of 2n + 1 cells, within five standard errors and two in a hundred for the ratio of means."""
    shares = {}
    for depth in (1, 4, 16):
        side = 2 * depth + 1
        layers = convolutions(depth, axes=2, after=", nn.ReLU()")
        widths = [width(each, axis=depth % 2) for each in many(layers, (3, side, side), draws=4, repeats=12)]
        error = np.std(widths, ddof=1) / math.sqrt(len(widths))
        wanted = math.sqrt(8 * depth + 1)
        assert abs(np.mean(widths) - wanted) <= 5 * error + 0.02 * wanted
        assert error < 0.03 * wanted  # it is a test
        shares[depth] = float(np.mean(widths)) / side
    assert shares[4] / shares[1] == pytest.approx(math.sqrt(33) / 9, rel=0.1)
    assert shares[16] / shares[4] == pytest.approx(0.5, abs=0.07)  # four times as deep, half the share


def look(layers: Sequence[Layer], shape: tuple[int, ...], **changed: int | tuple[int, ...]) -> Effective:
    numbers = {"layer": 0, "unit": (1,) * (len(shape) - 1), "channels": 4, "draws": 2, "batch": 2, "seed": 0}
    return effective(layers, shape, **(numbers | changed))  # type: ignore[arg-type]


def test_the_seed_decides_and_nothing_else_random_does() -> None:
    layers = parse("[nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3), nn.Dropout(0.5)]")
    first = look(layers, (3, 6, 7), layer=3)
    torch.rand(17)
    again, other = look(layers, (3, 6, 7), layer=3), look(layers, (3, 6, 7), layer=3, seed=1)
    np.testing.assert_array_equal(first.energy, again.energy)
    np.testing.assert_array_equal(first.magnitude, again.magnitude)
    assert (first.energy != other.energy).any()
    assert first.energy.shape == first.magnitude.shape == (6, 7)
    assert first.energy.dtype == first.magnitude.dtype == np.float64


@law
@given(network=stacks(most=3), data=st.data())
def test_gradients_arrive_where_the_support_is_at_most(network: Stack, data: st.DataObject) -> None:
    layers = parse(network.code)
    assume(not any(each.kind == "PReLU" for each in flat(layers)))
    fields = fields_of(layers, network.input_shape, -1)
    unit = tuple(data.draw(st.integers(0, len(each.low) - 1)) for each in fields)
    layer = len(flat(layers)) - 1
    found = look(layers, network.input_shape, layer=layer, unit=unit, channels=12)
    mask = support(layers, network.input_shape, layer=layer, unit=unit)
    assert found.energy.shape == network.input_shape[1:]
    assert not (found.energy[~mask] > 0).any()
    assert not (found.magnitude[~mask] > 0).any()
    assert (found.magnitude**2 <= found.energy * (1 + 1e-5)).all()  # a mean of squares is no less than a mean's square


def test_without_activations_the_whole_support_counts() -> None:
    layers = parse("nn.Conv2d(3, 8, 3, padding=1), nn.AvgPool2d(2), nn.Conv2d(8, 8, 3, padding=1, dilation=1)")
    for unit in ((0, 0), (2, 1)):
        found = look(layers, (3, 10, 8), layer=2, unit=unit)
        np.testing.assert_array_equal(found.energy > 0, support(layers, (3, 10, 8), layer=2, unit=unit))


def test_more_draws_and_inputs_are_averaged_and_not_summed() -> None:
    layers = convolutions(2, axes=1)
    few = look(layers, (3, 5), layer=1, unit=(0,), draws=100).energy.sum()
    much = look(layers, (3, 5), layer=1, unit=(0,), draws=400, batch=8).energy.sum()
    assert few == pytest.approx(much, rel=0.2)
    assert much == pytest.approx(4 * 4 / 3, rel=0.15)


def test_a_normal_weights_magnitude_is_less_than_its_deviation() -> None:
    """E|w| = √(2/π) σ: the mean of absolute values and not the absolute value of a mean."""
    found = look(parse("nn.Conv1d(6, 1, 25)"), (6, 25), unit=(0,), draws=60, channels=1)
    assert found.magnitude.mean() == pytest.approx(math.sqrt(2 / math.pi * found.energy.mean()), rel=0.02)
    assert found.energy.mean() == pytest.approx(2 / (6 * 25), rel=0.1)  # He's variance


def test_channels_are_added_with_random_signs() -> None:
    """16 channels, whose weights of variance 2 are active half of the time. Added up they would be six times that."""
    found = look(parse("nn.Conv1d(1, 16, 1), nn.ReLU()"), (1, 3), layer=1, draws=400, channels=16)
    assert found.energy[[0, 2]].tolist() == [0, 0]
    assert found.energy[1] == pytest.approx(16, rel=0.25)


def test_draws_differ_from_one_another() -> None:
    one, two = (look(convolutions(1, axes=1), (3, 3), unit=(0,), draws=draws).energy for draws in (1, 2))
    assert (one != two).all()


@every_network
def test_every_preset_has_an_effective_field(name: str) -> None:
    """In a small input, and with few channels: nothing dies, and half the field is in its middle."""
    preset = NETWORKS[name]
    layers, shape = parse(preset.code), (preset.input_shape[0], 64, 64)
    convolutional = list(itertools.takewhile(lambda each: each.kind != "AdaptiveAvgPool2d", layers))
    layer = min(len(flat(tuple(convolutional))) // 2, 40)
    layers = up_to(convolutional, layer)
    fields = fields_of(layers, shape, layer)
    unit = tuple(middle(len(each.low)) for each in fields)
    found = look(layers, shape, layer=layer, unit=unit, channels=8)
    assert np.isfinite(found.energy).all()
    assert 1 <= width(found.energy, axis=0) <= fields[0].size + 1e-6
    box = box_of(fields, unit, shape[1:])
    assert found.energy[box].sum() == pytest.approx(found.energy.sum())


def test_many_channels_are_reduced_to_few() -> None:
    """128 times 512 · 512 · 9 · 100 multiplications would be refused, 8 · 8 · 9 · 100 are not."""
    layers = parse(
        "nn.Conv2d(3, 512, 3, padding=1), nn.Conv2d(512, 512, 3, padding=1), nn.Conv2d(512, 512, 3, padding=1)"
    )
    found = look(layers, (3, 10, 10), layer=2, batch=8, channels=8)
    assert found.energy.any()
    with pytest.raises(
        ValueError, match=r"^37,\d{3},\d{3},\d{3} multiply–accumulates are more than 3,000,000,000: take"
    ):
        look(layers, (3, 10, 10), layer=2, batch=80, channels=512)


def test_as_much_work_is_done_as_promised_and_not_more() -> None:
    """200² cells of 12 input and 5 output channels, 5 · 5 taps: sixty million a time."""
    assert MOST_MACS == 3 * 10**9
    layers = parse("nn.Conv2d(12, 5, 5, padding=2)")
    assert look(layers, (12, 200, 200), unit=(9, 9), batch=50, draws=1, channels=5).energy.any()
    with pytest.raises(
        ValueError, match=r"^3,060,000,000 multiply–accumulates are more than 3,000,000,000: take a smaller"
    ):
        look(layers, (12, 200, 200), unit=(9, 9), batch=51, draws=1, channels=5)


def test_layers_after_the_chosen_one_are_no_work() -> None:
    layers = parse("nn.Conv2d(1, 1, 1), nn.Conv2d(1, 64, 9), nn.Conv2d(64, 64, 9)")
    thin, shape = scaled(layers, lambda count: min(count, 8), keep_last=False), (1, 210, 210)
    assert 14 * sum(each.macs for each in trace(thin, shape)) > MOST_MACS
    assert look(layers, shape, channels=8, batch=14, draws=1).energy.any()
    with pytest.raises(ValueError, match="multiply–accumulates are more than"):
        look(layers, shape, channels=8, batch=14, draws=1, layer=2)


# ---------------------------------------------------------------- the width


@law
@given(
    size=st.integers(1, 30),
    before=st.integers(0, 10),
    after=st.integers(0, 10),
    other=st.lists(st.floats(0.1, 10), min_size=1, max_size=5),
    factor=st.sampled_from([1e-12, 1.0, 1e12]),
)
def test_a_window_that_counts_evenly_is_as_wide_as_it_is(
    *, size: int, before: int, after: int, other: list[float], factor: float
) -> None:
    line = np.concatenate([np.zeros(before), np.full(size, factor), np.zeros(after)])
    assert width(line, axis=0) == pytest.approx(size, rel=1e-6)
    image = np.outer(line, other)
    assert width(image, axis=0) == pytest.approx(size, rel=1e-6)
    assert width(image.T, axis=1) == pytest.approx(size, rel=1e-6)


def test_the_width_of_a_triangle_and_of_nothing() -> None:
    assert width(np.array([1.0, 2, 3, 2, 1]), axis=0) == pytest.approx(math.sqrt(17))  # two windows of three
    assert width(np.array([0.0, 0, 7, 0]), axis=0) == 1
    assert math.isnan(width(np.zeros(5), axis=0))
    assert math.isnan(width(np.zeros((5, 4)), axis=1))


def test_where_only_padding_is_seen_nothing_arrives() -> None:
    found = look(parse("nn.Conv1d(1, 4, 2, padding=3), nn.ReLU()"), (1, 4), layer=1, unit=(0,))
    assert not found.energy.any()
    assert math.isnan(width(found.energy, axis=0))


@law
@given(size=st.integers(2, 5), depth=st.integers(1, 12))
def test_the_width_of_a_walk_is_the_root_of_the_depth(size: int, depth: int) -> None:
    layers = parse(f"[{', '.join([f'nn.Conv1d(1, 1, {size})'] * depth)}]")
    (walk,) = walks(layers, (1, depth * (size - 1) + 1), axis=0)[-1].probability
    assert width(walk, axis=0) == pytest.approx(math.sqrt(depth * (size**2 - 1) + 1))
    assert width(walk, axis=0) == pytest.approx(fields_of(layers, (1, len(walk)), -1)[0].effective)


# ---------------------------------------------------------------- the pyramid below a unit


def test_the_pyramid_of_two_windows_by_hand() -> None:
    layers = parse("nn.Conv1d(1, 1, 3, padding=1), nn.ReLU(), nn.MaxPool1d(2), nn.Conv1d(1, 1, 3, 2, 1), nn.ReLU()")
    rungs = pyramid(layers, (1, 8), layer=4, unit=0, axis=0)
    assert [each.layer for each in rungs] == [3, 2, 0, INPUT]
    assert [each.units.tolist() for each in rungs] == [[0], [-1, 0, 1], [0, 1, 2, 3], [-1, 0, 1, 2, 3, 4]]
    assert [each.inside.tolist() for each in rungs] == [[True], [False, True, True], [True] * 4, [False, *[True] * 5]]
    assert rungs[0].reads == [(0, -1), (0, 0), (0, 1)]
    assert rungs[1].reads == [(0, 0), (0, 1), (1, 2), (1, 3)]
    assert rungs[2].reads == [(unit, unit + tap) for unit in range(4) for tap in (-1, 0, 1)]
    assert rungs[3].reads == []
    assert [each.center.tolist() for each in rungs] == [[0.5], [-1.5, 0.5, 2.5], [0, 1, 2, 3], [-1, 0, 1, 2, 3, 4]]


@law
@given(network=stacks(plain=True, most=4), data=st.data())
def test_the_foot_of_a_pyramid_is_the_support(network: Stack, data: st.DataObject) -> None:
    layers = parse(network.code)
    assume(any(each.kind.startswith(("Conv", "MaxPool", "AvgPool")) for each in layers))
    axis = data.draw(st.integers(0, len(network.input_shape) - 2))
    reached = walks(layers, network.input_shape, axis=axis)[-1].reached
    unit = data.draw(st.integers(0, len(reached) - 1))
    rungs = pyramid(layers, network.input_shape, layer=len(layers) - 1, unit=unit, axis=axis)
    foot: Rung = rungs[-1]
    assert foot.layer == INPUT
    assert sorted(foot.units[foot.inside].tolist()) == np.flatnonzero(reached[unit]).tolist()
    for upper, lower in itertools.pairwise(rungs):
        assert {tap for _, tap in upper.reads} == set(lower.units.tolist())
        assert {one for one, _ in upper.reads} <= set(upper.units[upper.inside].tolist())
        assert upper.layer > lower.layer


def test_a_pyramid_climbs_no_shortcut() -> None:
    block = (
        "Residual(nn.Conv1d(1, 1, 3, padding=1), nn.ReLU(), nn.Conv1d(1, 1, 3, padding=1), shortcut=nn.Conv1d(1, 1, 1))"
    )
    rungs = pyramid(parse(block), (1, 9), layer=4, unit=4, axis=0)
    assert [each.layer for each in rungs] == [2, 0, INPUT]
    assert rungs[-1].units.tolist() == [2, 3, 4, 5, 6]


def test_a_stack_is_equal_convolutions() -> None:
    layers = stack(kernel_size=5, depth=3, channels=16, padding=2)
    assert layers == parse(f"[{', '.join(['nn.Conv2d(16, 16, kernel_size=5, padding=2)'] * 3)}]")
    record = trace(layers, (16, 20, 20))[-1]
    assert (record.output_shape, record.receptive_field) == ((16, 20, 20), (13, 13))


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize("layer", [-1, 4, 5, 99])
def test_layers_that_are_not_there_or_mix_all_cells_are_refused(layer: int) -> None:
    message = rf"^layer must be from 0 to 3, before a linear layer mixes all cells, not {layer}$"
    with pytest.raises(ValueError, match=message):
        support(SMALL, (1, 5, 5), layer=layer, unit=(0, 0))
    with pytest.raises(ValueError, match=message):
        usage(SMALL, (1, 5, 5), layer=layer)
    with pytest.raises(ValueError, match=message):
        look(SMALL, (1, 5, 5), layer=layer)
    with pytest.raises(ValueError, match=message):
        pyramid(SMALL, (1, 5, 5), layer=layer, unit=0, axis=0)


@pytest.mark.parametrize("unit", [(-1, 0), (0, 5), (5, 0), (0,), (0, 0, 0), (2, 10**9)])
def test_units_that_are_not_there_are_refused(unit: tuple[int, ...]) -> None:
    for layer in (0, 3):
        with pytest.raises(ValueError, match=r"^unit must be a place in \(5, 5\), not \(") as caught:
            support(SMALL, (1, 5, 5), layer=layer, unit=unit)
        assert str(unit) in str(caught.value)
        with pytest.raises(ValueError, match=r"^unit must be a place in \(5, 5\), not \("):
            look(SMALL, (1, 5, 5), layer=layer, unit=unit)


@pytest.mark.parametrize("unit", [(0, 0), (4, 4), (0, 4)])
def test_units_at_the_corners_are_there(unit: tuple[int, int]) -> None:
    assert support(SMALL, (1, 5, 5), layer=3, unit=unit).sum() == 9


def test_inputs_that_do_not_fit_are_refused_as_they_are_by_trace() -> None:
    for call in (
        lambda: support(SMALL, (1, 6, 6), layer=0, unit=(0, 0)),
        lambda: usage(SMALL, (1, 6, 6), layer=0),
        lambda: walks(SMALL, (1, 6, 6), axis=0),
        lambda: look(parse("nn.MaxPool2d(9)"), (2, 6, 6)),
    ):
        with pytest.raises(ShapeError, match="it gets "):
            call()


# ---------------------------------------------------------------- odd networks


@pytest.mark.parametrize("code", ["nn.ReLU(inplace=True)", "nn.BatchNorm1d(1), nn.ReLU(True), nn.Conv1d(1, 4, 1)"])
def test_activations_in_place_can_be_first(code: str) -> None:
    assert look(parse(code), (1, 3)).energy.shape == (3,)


def test_an_activation_in_place_leaves_the_layer_before_it_as_it_is() -> None:
    aside, in_place = (
        look(parse(f"nn.Conv1d(1, 4, 3), nn.ReLU({each})"), (1, 5)).energy for each in ("", "inplace=True")
    )
    np.testing.assert_array_equal(aside, in_place)


def test_an_activation_in_place_leaves_the_shortcut_as_it_is() -> None:
    aside, in_place = (
        look(
            parse(f"nn.Conv1d(1, 4, 1), Residual(nn.ReLU({each}), nn.Conv1d(4, 4, 3, padding=1))"), (1, 5), layer=3
        ).energy
        for each in ("", "inplace=True")
    )
    np.testing.assert_array_equal(aside, in_place)


def test_nothing_is_computed_after_the_chosen_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    passed: list[str] = []
    real = probes.random

    def noted(layer: Layer, data: Tensor, generator: torch.Generator) -> Tensor:
        passed.append(layer.kind)
        return real(layer, data, generator)

    monkeypatch.setattr(receptive_field, "random", noted)
    look(parse("nn.Conv1d(1, 1, 1), nn.ReLU(), nn.Conv1d(1, 1, 3)"), (1, 5), draws=1)
    assert passed == ["Conv1d"]


@pytest.mark.parametrize("axis", [0, 1])
def test_an_adaptive_pool_may_leave_an_axis_as_it_is(axis: int) -> None:
    sizes = "(None, 2)" if axis == 0 else "(2, None)"
    walk = walks(parse(f"nn.AdaptiveAvgPool2d({sizes})"), (1, 4, 4), axis=axis)[0]
    np.testing.assert_array_equal(walk.reached, np.eye(4, dtype=bool))


def test_a_unit_needs_a_place() -> None:
    with pytest.raises(ValueError, match="unit must be"):
        support(SMALL, (1, 5, 5), layer=0, unit=())


def test_features_have_no_borders() -> None:
    with pytest.raises(ValueError, match=r"axis|axes|input_shape"):
        usage(parse("nn.ReLU()"), (5,), layer=0)


def test_a_network_that_begins_with_a_linear_layer_has_no_field() -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        support(parse("nn.Linear(5, 5)"), (1, 5), layer=0, unit=(0,))
    assert "-1" not in str(caught.value)


def test_ways_along_different_axes_make_a_cross() -> None:
    code = "Residual(nn.Conv2d(1, 1, (3, 1), padding=(1, 0)), shortcut=nn.Conv2d(1, 1, (1, 3), padding=(0, 1)))"
    assert support(parse(code), (1, 5, 5), layer=2, unit=(2, 2)).sum() == 5
    assert usage(parse(code), (1, 5, 5), layer=2).feeds[2, 2] >= 5  # counted along each axis, as its docstring says


@pytest.mark.parametrize(
    ("code", "channels"),
    [
        ("nn.Conv1d(3, 64, 1), nn.Conv1d(64, 64, 3, groups=32)", 8),
        ("nn.Conv1d(3, 6, 1), nn.Conv1d(6, 12, 3, groups=6)", 8),
        ("nn.Conv1d(3, 3, 3, groups=3)", 2),
        ("nn.Conv1d(3, 64, 1), nn.PReLU(64)", 8),
    ],
)
def test_networks_with_groups_and_parametric_activations_have_an_effective_field(code: str, channels: int) -> None:
    layer = len(parse(code)) - 1
    assert look(parse(code), (3, 5), layer=layer, channels=channels).energy.any()


def test_the_pyramid_of_an_activation_is_its_input() -> None:
    rungs = pyramid(parse("nn.ReLU()"), (1, 5), layer=0, unit=2, axis=0)
    assert rungs[-1].units.tolist() == [2]


@pytest.mark.parametrize("unit", [-1, 3])
def test_a_pyramid_needs_a_unit_that_is_there(unit: int) -> None:
    with pytest.raises(ValueError, match="unit must be"):
        pyramid(parse("nn.Conv1d(1, 1, 3)"), (1, 5), layer=0, unit=unit, axis=0)


@pytest.mark.parametrize(
    "follow",
    [
        lambda layers: support(layers, (1, 400, 400), layer=0, unit=(0, 0)),
        lambda layers: walks(layers, (1, 400, 400), axis=0),
        lambda layers: usage(layers, (1, 400, 400), layer=0),
    ],
)
def test_a_window_of_hundreds_of_cells_is_refused_before_it_takes_gigabytes(
    follow: Callable[[tuple[Layer, ...]], object],
) -> None:
    with pytest.raises(ValueError, match=r"^Line 1, Conv2d: this is too much to follow"):
        follow(parse("nn.Conv2d(1, 1, 300, padding=150)"))


@pytest.mark.parametrize("name", ["channels", "draws", "batch"])
def test_an_effective_field_needs_at_least_one_of_everything(name: str) -> None:
    arguments = {"channels": 1, "draws": 1, "batch": 1, name: 0}
    with pytest.raises(ValueError, match=f"^{name} must be at least 1"):
        effective(parse("nn.Conv1d(1, 1, 1)"), (1, 3), layer=0, unit=(0,), seed=0, **arguments)
