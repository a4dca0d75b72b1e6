"""The recursion of receptive fields against closed forms, counting by hand, and what torch's layers read."""

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import nn

from demos.convolution.fields import Fields, Taps, nearest, of_input, taps, through, united, window
from demos.convolution.layers import Layer
from demos.convolution.network import parse, steps
from tests.convolution.stacks import Stack, nonzero, stacks

law = settings(derandomize=True, deadline=None, database=None, max_examples=80)


class Window(NamedTuple):
    """Of one layer along one axis."""

    size: int
    stride: int = 1
    apart: int = 1
    before: int = 0


windows = st.builds(Window, st.integers(1, 5), st.integers(1, 3), st.integers(1, 3), st.integers(0, 4))


def layer_of(code: str) -> Layer:
    (layer,) = parse(code)
    return layer


def passed(fields: Fields, layer: Window, units: int) -> Fields:
    """Through a layer by its window."""
    first = np.arange(units) * layer.stride - layer.before
    return through(fields, Taps(first, first + layer.apart * (layer.size - 1), layer.apart, layer.stride))


def stacked(layers: Sequence[Window], units: int = 7) -> Fields:
    """Of many layers, with as many units everywhere: those of an endless input would be the same."""
    fields = of_input(units)
    for layer in layers:
        fields = passed(fields, layer, units)
    return fields


# ---------------------------------------------------------------- closed forms


@law
@given(st.lists(windows, max_size=8))
def test_size_jump_and_start_by_sums_over_the_layers(layers: list[Window]) -> None:
    """R = 1 + Σ d (k - 1) Π earlier strides; jump = Π strides; start = - Σ p Π earlier strides."""
    fields = stacked(layers)
    jumps = [math.prod(each.stride for each in layers[:place]) for place in range(len(layers) + 1)]
    assert fields.size == 1 + sum((k - 1) * d * jump for (k, _, d, _), jump in zip(layers, jumps, strict=False))
    assert fields.jump == jumps[-1]
    start = -sum(each.before * jump for each, jump in zip(layers, jumps, strict=False))
    units = np.arange(len(fields.low))
    np.testing.assert_array_equal(fields.low, start + units * fields.jump)
    np.testing.assert_array_equal(fields.high, fields.low + fields.size - 1)


@law
@given(st.lists(windows, max_size=6))
def test_the_variance_is_that_of_a_sum_of_independent_steps(layers: list[Window]) -> None:
    """Each step is uniform over the taps of a window; the distribution of their sum by convolving them."""
    reached = np.ones(1)
    jump = 1
    for layer in layers:
        taken = np.zeros((layer.size - 1) * layer.apart * jump + 1)
        taken[:: layer.apart * jump] = 1 / layer.size
        reached = np.convolve(reached, taken)
        jump *= layer.stride
    cells = np.arange(len(reached))
    variance = reached @ cells**2 - (reached @ cells) ** 2
    fields = stacked(layers)
    assert len(reached) == fields.size
    assert fields.variance == pytest.approx(variance, rel=1e-9, abs=1e-9)
    assert fields.effective == pytest.approx(math.sqrt(12 * variance + 1), rel=1e-9)


@law
@given(count=st.integers(1, 60), size=st.integers(1, 9))
def test_equal_layers_are_effectively_as_wide_as_the_root_of_their_number(count: int, size: int) -> None:
    fields = stacked([Window(size)] * count)
    assert fields.size == count * (size - 1) + 1
    assert fields.effective == pytest.approx(math.sqrt(count * (size**2 - 1) + 1), rel=1e-12)
    assert fields.effective <= fields.size + 1e-9


@law
@given(size=st.integers(1, 20), apart=st.integers(1, 5), jump=st.sampled_from([1.0, 2.0, 0.5]))
def test_one_window_counts_evenly(size: int, apart: int, jump: float) -> None:
    """The variance of a uniform distribution over its taps; its effective width is its size."""
    before = of_input(9)._replace(jump=jump)
    fields = passed(before, Window(size, 1, apart), 3)
    taken = np.arange(size) * apart * jump
    assert fields.variance == pytest.approx(taken.var(), abs=1e-12)
    if apart == jump == 1:
        assert fields.effective == pytest.approx(size)
        assert fields.size == size


def test_small_windows_see_what_a_large_one_sees() -> None:
    two, three = stacked([Window(3, before=1)] * 2), stacked([Window(3, before=1)] * 3)
    for many, one in ((two, stacked([Window(5, before=2)])), (three, stacked([Window(7, before=3)]))):
        np.testing.assert_array_equal(many.low, one.low)
        np.testing.assert_array_equal(many.high, one.high)
        assert many.jump == one.jump
        assert many.effective < one.effective == one.size  # but count its middle for more


@pytest.mark.parametrize(
    ("layers", "size", "jump"),
    [
        ([Window(3, apart=each) for each in (1, 2, 4, 8)], 31, 1),
        ([Window(3, apart=each) for each in (1, 2, 4, 8, 16)], 63, 1),
        ([Window(3, apart=2)] * 3, 13, 1),
        ([Window(3, 2)] * 4, 31, 16),
        ([Window(2, 2)] * 5, 32, 32),
        ([Window(1, 2)] * 5, 1, 32),  # sees one cell of 32
        ([Window(3), Window(2, 2), Window(3), Window(2, 2)], 10, 4),  # a pool doubles what each layer adds
        ([Window(11, 4), Window(3, 2), Window(5), Window(3, 2), *[Window(3)] * 3, Window(3, 2)], 195, 32),  # AlexNet
        ([], 1, 1),
    ],
)
def test_well_known_stacks(layers: list[Window], size: int, jump: int) -> None:
    fields = stacked(layers)
    assert (fields.size, fields.jump) == (size, jump)


def test_the_growth_has_the_earlier_strides_and_not_the_layers_own() -> None:
    assert stacked([Window(3, 2)]).size == 3
    assert stacked([Window(3, 2), Window(3, 5)]).size == 3 + 2 * 2


def test_an_input_sees_itself() -> None:
    fields = of_input(4)
    assert fields.low.tolist() == fields.high.tolist() == [0, 1, 2, 3]
    assert (fields.size, fields.jump, fields.variance, fields.effective) == (1, 1, 0, 1)


# ---------------------------------------------------------------- the windows of torch's layers


@pytest.mark.parametrize(
    ("code", "rows", "columns"),
    [
        ("nn.Conv2d(1, 1, 5)", (5, 1, 1, 0), (5, 1, 1, 0)),
        ("nn.Conv2d(1, 1, (3, 5), (2, 1), (1, 0), (1, 4))", (3, 2, 1, 1), (5, 1, 4, 0)),
        ("nn.Conv2d(1, 1, (3, 7), padding='same')", (3, 1, 1, 1), (7, 1, 1, 3)),
        ("nn.Conv2d(1, 1, 3, padding='same', dilation=(2, 5))", (3, 1, 2, 2), (3, 1, 5, 5)),
        ("nn.Conv2d(1, 1, (2, 4), padding='same', dilation=(1, 3))", (2, 1, 1, 0), (4, 1, 3, 4)),
        ("nn.Conv2d(1, 1, 3, padding='valid')", (3, 1, 1, 0), (3, 1, 1, 0)),
        ("nn.MaxPool2d((2, 3))", (2, 2, 1, 0), (3, 3, 1, 0)),
        ("nn.MaxPool2d(3, (1, 2), 1, 2)", (3, 1, 2, 1), (3, 2, 2, 1)),
        ("nn.AvgPool2d(3, None, (1, 0))", (3, 3, 1, 1), (3, 3, 1, 0)),
        ("nn.AvgPool2d((3, 2), 1)", (3, 1, 1, 0), (2, 1, 1, 0)),
    ],
)
def test_windows_are_those_of_the_arguments(code: str, rows: tuple[int, ...], columns: tuple[int, ...]) -> None:
    """Size, stride, dilation, padding before; 'same' pads the smaller half in front."""
    layer = layer_of(code)
    assert window(layer, 0, 2) == rows
    assert window(layer, 1, 2) == columns


def reads(module: nn.Module, lengths: Sequence[int]) -> NDArray[np.bool_]:
    """Which units of a line each unit reads, by trying: (units, cells)."""
    return nonzero(module, (1, *lengths))


@law
@given(inputs=st.integers(1, 30), outputs=st.integers(1, 12), name=st.sampled_from(["Avg", "Max"]))
def test_adaptive_pools_divide_a_line_as_torch_does(inputs: int, outputs: int, name: str) -> None:
    layer = layer_of(f"nn.Adaptive{name}Pool1d({outputs})")
    read = taps(layer, 0, inputs=inputs, outputs=outputs, axes=1)
    assert read is not None
    truth = reads(getattr(nn, f"Adaptive{name}Pool1d")(outputs), (inputs,))
    for unit in range(outputs):
        assert np.flatnonzero(truth[unit]).tolist() == list(range(read.first[unit], read.last[unit] + 1))
    assert read.stride == inputs / outputs
    fields = through(of_input(inputs), read)
    assert fields.size == truth.sum(axis=1).max()
    assert fields.jump == inputs / outputs


@law
@given(
    inputs=st.integers(1, 12),
    factor=st.sampled_from([1, 2, 3, 5, 1.5, 0.5, 0.4, 2.7]),
    mode=st.sampled_from(["nearest", "linear"]),
    corners=st.booleans(),
    by_size=st.booleans(),
)
def test_interpolation_reads_what_torch_reads(
    *, inputs: int, factor: float, mode: str, corners: bool, by_size: bool
) -> None:
    """All that torch reads is in a unit's field, and no unit is further away than the next."""
    outputs = math.floor(inputs * factor)
    assume(outputs >= 1)
    arguments = f"size={outputs}" if by_size else f"scale_factor={factor}"
    code = f"nn.Upsample({arguments}, mode='{mode}'{', align_corners=True' if corners and mode == 'linear' else ''})"
    truth = reads(eval(code, {"nn": nn}), (inputs,))  # noqa: S307 - of our own text
    read = taps(layer_of(code), 0, inputs=inputs, outputs=outputs, axes=1)
    assert read is not None
    assert truth.shape == (outputs, inputs)
    for unit, cells in enumerate(map(np.flatnonzero, truth)):
        assert read.first[unit] == cells[0]
        assert cells[-1] <= read.last[unit] <= min(cells[-1] + 1, inputs - 1)  # the weight of the second can be 0
        assert read.last[unit] - read.first[unit] <= (mode == "linear")
    step = inputs / outputs if by_size else 1 / factor
    if mode == "linear" and corners:
        step = (inputs - 1) / max(1, outputs - 1)
    assert read.stride == pytest.approx(step)


@law
@given(sides=st.tuples(*[st.integers(0, 3)] * 4), rows=st.integers(1, 4), columns=st.integers(1, 4))
def test_padding_moves_units_as_torch_does(sides: tuple[int, int, int, int], rows: int, columns: int) -> None:
    truth = reads(nn.ZeroPad2d(sides), (rows, columns))
    for axis, length in enumerate((rows, columns)):
        outputs = truth.shape[axis]
        read = taps(layer_of(f"nn.ZeroPad2d({sides})"), axis, inputs=length, outputs=outputs, axes=2)
        assert read is not None
        reached = truth.any(axis=(1 - axis, 3 - axis))
        assert [[u, c] for u, c in enumerate(read.first.tolist()) if 0 <= c < length] == np.argwhere(reached).tolist()
        np.testing.assert_array_equal(read.first, read.last)
        assert (read.apart, read.stride) == (1, 1)


@pytest.mark.parametrize("code", ["nn.ReLU()", "nn.BatchNorm2d(3)", "nn.Dropout()", "nn.Flatten()", "nn.Identity()"])
def test_layers_that_keep_units_in_their_places_read_nothing_else(code: str) -> None:
    assert taps(layer_of(code), 0, inputs=5, outputs=5, axes=2) is None


@law
@given(stacks(axes=1, most=4))
def test_no_cell_outside_of_its_field_moves_a_unit(line: Stack) -> None:
    truth = nonzero(line.module, line.input_shape)
    fields = steps(parse(line.code), line.input_shape)[-1].fields
    assert fields is not None
    for unit, cells in enumerate(map(np.flatnonzero, truth)):
        if len(cells):
            assert fields[0].low[unit] <= cells[0]
            assert cells[-1] <= fields[0].high[unit]


# ---------------------------------------------------------------- sums, and what lies outside


def test_a_sum_sees_what_either_way_sees_and_a_walk_takes_one_of_them() -> None:
    one, other = stacked([Window(3, before=1)]), stacked([Window(7, before=5)])
    both = united([one, other], [1, 1])
    assert both.low.tolist() == other.low.tolist()  # 5 to the left
    assert both.high.tolist() == [max(a, b) for a, b in zip(one.high.tolist(), other.high.tolist(), strict=True)]
    assert both.variance == pytest.approx((8 / 12 + 48 / 12) / 2)
    assert both.jump == 1
    assert united([other, one], [1, 1]).low.tolist() == both.low.tolist()


@law
@given(layers=st.lists(windows, min_size=1, max_size=4), units=st.integers(1, 9))
def test_padding_has_the_fields_that_units_would_have_there(layers: list[Window], units: int) -> None:
    """However few units there are: those of a longer line are the same in their places."""
    few, many = of_input(units), of_input(60)
    for layer in layers:
        few, many = passed(few, layer, units), passed(many, layer, 60)
    np.testing.assert_array_equal(few.low, many.low[:units])
    np.testing.assert_array_equal(few.high, many.high[:units])


@law
@given(layers=st.lists(windows, min_size=1, max_size=4), cell=st.floats(-5, 40))
def test_the_nearest_unit_has_its_centre_no_further_away_than_any(layers: list[Window], cell: float) -> None:
    fields = stacked(layers)
    centres = [(low + high) / 2 for low, high in zip(fields.low, fields.high, strict=True)]
    chosen = nearest(fields, cell)
    assert all(abs(centres[chosen] - cell) <= abs(each - cell) for each in centres)


def test_a_field_of_units_that_differ_has_the_size_of_the_largest() -> None:
    fields = Fields(np.array([0.0, 2.0, 4.0]), np.array([1.0, 6.0, 5.0]), 2.0, 0.0)
    assert fields.size == 5


@law
@given(st.permutations([Window(3, 1, 2), Window(5), Window(1), Window(2)]))
def test_without_strides_the_order_of_layers_does_not_matter(layers: list[Window]) -> None:
    fields = stacked(layers)
    assert fields.size == 1 + 4 + 4 + 1
    assert fields.variance == pytest.approx((4 * 8 + 24 + 3) / 12)


def test_fields_are_exact_for_long_stacks() -> None:
    """Numbers far below the 2^53 up to which floats are whole."""
    fields = stacked([Window(3, 2)] * 30)
    assert fields.size == 2 * (2**30 - 1) + 1
    assert fields.jump == 2**30
    assert all(float(each).is_integer() for each in itertools.chain(fields.low, fields.high))
