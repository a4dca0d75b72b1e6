"""Shapes and counts against what is published, what torch's modules really do and hand algebra; what does not fit."""

import itertools
import math
import tracemalloc
from collections.abc import Sequence
from typing import Final

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from demos.convolution.channels import first_channels, for_channels, scaled
from demos.convolution.layers import BLOCKS, KINDS, Layer, on_main_path, setting
from demos.convolution.network import NETWORKS, Record, ShapeError, flat, module_of, parse, resolved, steps, trace
from tests.convolution.stacks import Spec, Stack, hooked, stacks

law = settings(derandomize=True, deadline=None, database=None, max_examples=60)
every_network = pytest.mark.parametrize("name", NETWORKS)


def records_of(name: str) -> list[Record]:
    return trace(parse(NETWORKS[name].code), NETWORKS[name].input_shape)


def shapes(records: Sequence[Record], *kinds: str) -> list[tuple[int, ...]]:
    return [each.output_shape for each in records if each.name.split()[1] in kinds]


def last_map(records: Sequence[Record]) -> Record:
    """The last one before global or adaptive pooling and the linear layers."""
    maps = [each for each in records if len(each.output_shape) == 3 and "Adaptive" not in each.name]
    return maps[-1]


# ---------------------------------------------------------------- what is published


def test_networks_that_torchvision_has_not_have_the_published_counts() -> None:
    """Those of torchvision's are in `architectures/test_architectures.py`.

    He et al. say 3.8 billion, and the rest is theirs to round; torchvision's stride comes one layer later. Howard et
    al. say 4.2 million and 569 million.
    """
    resnet, mobilenet = records_of("ResNet-50 (original)"), records_of("MobileNet")
    assert [sum(each.parameters for each in records) for records in (resnet, mobilenet)] == [25_557_032, 4_231_976]
    assert 3.8e9 <= sum(each.macs for each in resnet) < 3.9e9
    assert round(sum(each.macs for each in mobilenet) / 1e6) == 569


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("AlexNet (d2l)", 195),
        ("AlexNet", 195),
        ("VGG-16", 212),
        ("ResNet-50 (original)", 483),
        ("MobileNet", 315),
        ("ResNet-18", 435),  # 7 + 2·2 for the stem, and 2j for each 3 × 3 at jump j
        ("ResNet-50", 427),  # not in Araujo, Norris and Sim: 11 + 8·3 + 16·3 + ... with the stride on the 3 × 3
        ("Dilated stack", 31),
    ],
)
def test_the_last_map_has_the_published_receptive_field(name: str, cells: int) -> None:
    last = last_map(records_of(name))
    assert last.receptive_field == (cells, cells)
    assert last.jump == ((1, 1) if name == "Dilated stack" else (32, 32))


def test_vgg_16_has_the_published_padding() -> None:
    """Araujo, Norris and Sim: field 212, stride 32, padding 90."""
    last = last_map(records_of("VGG-16"))
    assert last.start == (-90, -90)
    assert last.center == (-90 + 211 / 2, -90 + 211 / 2)


# ---------------------------------------------------------------- by hand


def test_d2ls_lenet_by_hand() -> None:
    records = records_of("LeNet-5")
    maps = [(6, 28, 28), (6, 28, 28), (6, 14, 14), (16, 10, 10), (16, 10, 10), (16, 5, 5)]
    features = [(400,), (120,), (120,), (84,), (84,), (10,)]
    assert [each.output_shape for each in records] == maps + features
    counted = [(each.parameters, each.macs) for each in records if each.parameters]
    assert counted == [
        (6 * 25 + 6, 6 * 28 * 28 * 25),
        (16 * 6 * 25 + 16, 16 * 10 * 10 * 6 * 25),
        (400 * 120 + 120, 400 * 120),
        (120 * 84 + 84, 120 * 84),
        (84 * 10 + 10, 84 * 10),
    ]
    assert [each.activation_bytes for each in records[:3]] == [4 * 6 * 28 * 28, 4 * 6 * 28 * 28, 4 * 6 * 14 * 14]
    assert [each.receptive_field for each in records[:6]] == [(5, 5), (5, 5), (6, 6), (14, 14), (14, 14), (16, 16)]
    assert [each.start for each in records[:6]] == [(-2, -2)] * 6
    assert [each.jump for each in records[:6]] == [(1, 1), (1, 1), (2, 2), (2, 2), (2, 2), (4, 4)]
    assert records[5].center == (5.5, 5.5)
    assert all(each.receptive_field is each.jump is each.start is each.center is None for each in records[7:])
    assert [each.name for each in records[:4]] == ["1 Conv2d", "2 Sigmoid", "3 AvgPool2d", "4 Conv2d"]


def test_d2ls_alexnet_by_hand() -> None:
    records = records_of("AlexNet (d2l)")
    assert shapes(records, "Conv2d") == [(96, 54, 54), (256, 26, 26), (384, 12, 12), (384, 12, 12), (256, 12, 12)]
    assert shapes(records, "MaxPool2d") == [(96, 26, 26), (256, 12, 12), (256, 5, 5)]
    assert shapes(records, "Flatten", "Linear") == [(6400,), (4096,), (4096,), (10,)]
    convolutional = 96 * 122 + 256 * (96 * 25 + 1) + 384 * (256 * 9 + 1) + 384 * (384 * 9 + 1) + 256 * (384 * 9 + 1)
    dense = 4096 * 6401 + 4096 * 4097 + 10 * 4097
    assert sum(each.parameters for each in records) == convolutional + dense


def test_d2ls_nin_by_hand() -> None:
    records = records_of("NiN")
    assert shapes(records, "MaxPool2d") == [(96, 26, 26), (256, 12, 12), (384, 5, 5)]
    assert shapes(records, "AdaptiveAvgPool2d", "Flatten") == [(10, 1, 1), (10,)]
    points = sum(2 * width * (width + 1) for width in (96, 256, 384, 10))
    windows = 96 * 122 + 256 * (96 * 25 + 1) + 384 * (256 * 9 + 1) + 10 * (384 * 9 + 1)
    assert sum(each.parameters for each in records) == points + windows
    assert shapes(records, "Linear") == []
    assert last_map(records).receptive_field == (195, 195)  # 1 × 1 adds nothing to AlexNet's


def test_mobilenet_by_hand() -> None:
    """The ResNets are compared with their source in `test_pasted.py`."""
    mobilenet = parse(NETWORKS["MobileNet"].code)
    depthwise = [each for each in flat(mobilenet) if each.kind == "Conv2d" and setting(each, "groups") > 1]
    assert len(depthwise) == 13
    assert all(setting(each, "groups") == setting(each, "in_channels") for each in depthwise)
    assert last_map(records_of("MobileNet")).output_shape == (1024, 7, 7)


def test_where_the_stride_is_tells_the_two_resnet_50s_apart() -> None:
    def strided(name: str) -> set[tuple[int, int]]:
        blocks = [each for each in flat(parse(NETWORKS[name].code)) if each.kind == "Residual"]
        inner = [each for block in blocks for each in block.ways[0] if each.kind == "Conv2d"]
        return {(setting(each, "kernel_size"), setting(each, "stride")) for each in inner}

    assert strided("ResNet-50") == {(1, 1), (3, 1), (3, 2)}
    assert strided("ResNet-50 (original)") == {(1, 1), (1, 2), (3, 1)}


def test_two_and_three_3_by_3_see_what_one_5_by_5_and_7_by_7_see_with_fewer_parameters() -> None:
    def stack(count: int, size: int) -> list[Record]:
        layer = f"nn.Conv2d(16, 16, {size}, padding={size // 2}, bias=False)"
        return trace(parse(f"[{', '.join([layer] * count)}]"), (16, 20, 20))

    for count in (2, 3):
        small, large = stack(count, 3), stack(1, 2 * count + 1)
        assert small[-1].receptive_field == large[-1].receptive_field
        assert small[-1].start == large[-1].start
        ratio = count * 9 / (2 * count + 1) ** 2  # 18/25 and 27/49
        assert sum(each.parameters for each in small) / large[0].parameters == pytest.approx(ratio, rel=1e-12)
        assert sum(each.macs for each in small) / large[0].macs == pytest.approx(ratio, rel=1e-12)


@every_network
def test_every_preset_fits_and_says_whose_it_is(name: str) -> None:
    preset = NETWORKS[name]
    records = records_of(name)
    assert preset.source
    assert len(records) == len(flat(parse(preset.code)))
    expected = {"LeNet-5": (10,), "AlexNet (d2l)": (10,), "NiN": (10,), "Dilated stack": (32, 64, 64)}
    assert records[-1].output_shape == expected.get(name, (1000,))


# ---------------------------------------------------------------- against what torch's modules really do


@law
@given(stacks())
def test_shapes_and_counts_are_those_of_modules_that_were_built(stack: Stack) -> None:
    records = trace(parse(stack.code), stack.input_shape)
    built = hooked(stack.module, stack.input_shape)
    assert [each.name for each in records] == [f"{n} {type(m).__name__}" for n, (m, _) in enumerate(built, start=1)]
    for record, (module, shape) in zip(records, built, strict=True):
        own = [] if type(module).__name__ in BLOCKS else list(module.parameters())
        assert record.output_shape == shape
        assert record.parameters == sum(each.numel() for each in own)
        assert record.activation_bytes == torch.zeros(shape).nbytes
        if isinstance(module, nn.Conv1d | nn.Conv2d):
            taps = module.in_channels // module.groups * math.prod(module.kernel_size)
            assert record.macs == math.prod(shape) * taps
        else:
            assert record.macs == 0


@law
@given(
    before=st.lists(st.integers(1, 3), max_size=2),
    sizes=st.lists(st.integers(1, 9), min_size=2, max_size=4),
    bias=st.booleans(),
)
def test_a_linear_layer_multiplies_every_input_with_every_output(
    *, before: list[int], sizes: list[int], bias: bool
) -> None:
    shape = (*before, sizes[0])
    code = ", ".join(f"nn.Linear({a}, {b}, bias={bias})" for a, b in itertools.pairwise(sizes))
    for record, (a, b) in zip(trace(parse(code), shape), itertools.pairwise(sizes), strict=True):
        assert record.output_shape == (*shape[:-1], b)
        assert record.parameters == a * b + bias * b
        assert record.macs == math.prod(shape[:-1]) * a * b
        assert record.receptive_field is None


@law
@given(stacks())
def test_every_unit_of_a_map_has_a_field(stack: Stack) -> None:
    for layer, record, fields in steps(parse(stack.code), stack.input_shape):
        assert fields is not None
        assert [len(each.low) for each in fields] == list(record.output_shape[1:])
        assert record.name.endswith(layer.kind)
        assert record.receptive_field == tuple(each.size for each in fields)
        assert record.start == tuple(each.low[0] for each in fields)
        assert record.jump == tuple(each.jump for each in fields)
        for each, centre in zip(fields, record.center or (), strict=True):
            assert centre == (each.low[0] + each.high[0]) / 2


@pytest.mark.parametrize(
    "code",
    [
        "nn.Dropout(0.3), nn.ReLU6(), nn.Softmax(1), nn.LogSoftmax(1), nn.LocalResponseNorm(3), nn.Dropout2d()",
        "nn.PReLU(3), nn.PReLU(), nn.BatchNorm2d(3), nn.BatchNorm2d(3, affine=False), nn.AlphaDropout()",
        "nn.ZeroPad2d((1, 2, 3, 4)), nn.Upsample(scale_factor=(2, 1.5)), nn.Upsample(size=(5, 7), mode='bilinear')",
        "nn.AdaptiveAvgPool2d((None, 3)), nn.AdaptiveMaxPool2d((2, None)), nn.AdaptiveAvgPool2d(1)",
        "nn.Flatten(), nn.BatchNorm1d(240), nn.Linear(240, 7, bias=False), nn.Softmax(-1)",
        "nn.MaxPool2d(3, 2, 1, ceil_mode=True), nn.AvgPool2d(2, ceil_mode=True), nn.MaxPool2d(2, 1, 1, 2)",
    ],
)
def test_layers_of_all_kinds_are_counted_as_torch_builds_them(code: str) -> None:
    module = eval(f"nn.Sequential({code})", {"nn": nn})  # noqa: S307 - of our own text
    built = hooked(module.eval(), (3, 8, 10))
    records = trace(parse(code), (3, 8, 10))
    assert [each.output_shape for each in records] == [shape for _, shape in built]
    assert [each.parameters for each in records] == [sum(p.numel() for p in each.parameters()) for each, _ in built]


def test_asymmetric_padding_begins_with_the_last_axis_as_torchs_does() -> None:
    (record,) = trace(parse("nn.ZeroPad2d((1, 2, 3, 4))"), (1, 5, 6))  # left, right, top, bottom
    assert record.output_shape == (1, 3 + 5 + 4, 1 + 6 + 2)
    assert record.start == (-3, -1)
    (line,) = trace(parse("nn.ZeroPad1d((1, 2))"), (1, 5))
    assert (line.output_shape, line.start) == ((1, 8), (-1,))


def test_kernels_and_steps_may_differ_between_axes() -> None:
    code = "nn.Conv2d(1, 2, (3, 5), stride=(2, 1), padding=(0, 1), dilation=(1, 2))"
    (record,) = trace(parse(code), (1, 9, 12))
    assert record.output_shape == (2, 4, 6)
    assert record.receptive_field == (3, 9)
    assert record.jump == (2, 1)
    assert record.start == (0, -1)
    assert record.center == (1, 3)


# ---------------------------------------------------------------- lazy layers


def lazy(specs: Sequence[Spec]) -> tuple[Spec, ...]:
    """The same network with layers that find out by themselves what comes to them."""
    found = []
    for spec in specs:
        decided = {"Conv": "in_channels", "BatchNorm": "num_features"}.get(spec.kind.rstrip("12d"), "")
        arguments = {name: value for name, value in spec.arguments.items() if name != decided}
        kind = f"Lazy{spec.kind}" if decided else spec.kind
        found.append(Spec(kind, arguments, tuple(map(lazy, spec.ways))))
    return tuple(found)


def settled(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """Without lines, and with arguments by name."""
    return tuple(
        each._replace(line=1, arguments=tuple(sorted(each.arguments)), ways=tuple(map(settled, each.ways)))
        for each in layers
    )


@law
@given(stacks())
def test_lazy_layers_become_those_that_fit(stack: Stack) -> None:
    layers = parse(stack._replace(specs=lazy(stack.specs)).code)
    definite = parse(stack.code)
    known = steps(layers, stack.input_shape)
    assert [each.record for each in known] == trace(definite, stack.input_shape)
    assert settled(resolved(layers, known)) == settled(definite)
    assert resolved(definite, steps(definite, stack.input_shape)) == definite


def test_lazy_linear_layers_and_norms_take_what_comes() -> None:
    code = "nn.LazyConv2d(4, 3), nn.LazyBatchNorm2d(), nn.Flatten(), nn.LazyBatchNorm1d(), nn.LazyLinear(5), nn.ReLU()"
    known = steps(parse(code), (2, 5, 6))
    kinds = [each.layer.kind for each in known]
    assert kinds == ["Conv2d", "BatchNorm2d", "Flatten", "BatchNorm1d", "Linear", "ReLU"]
    assert [each.record.parameters for each in known] == [4 * 2 * 9 + 4, 8, 0, 2 * 48, 48 * 5 + 5, 0]
    assert setting(known[0].layer, "in_channels") == 2
    assert setting(known[4].layer, "in_features") == 4 * 3 * 4
    assert {each.layer.kind for each in known} <= KINDS
    (rows,) = steps(parse("nn.LazyLinear(4)"), (3, 2, 5))  # of an image, each row for itself
    assert (rows.record.output_shape, rows.record.parameters) == ((3, 2, 4), 5 * 4 + 4)


# ---------------------------------------------------------------- residual blocks


def test_a_residual_blocks_records_are_its_bodys_its_shortcuts_and_its_own() -> None:
    code = """Residual(
        nn.Conv2d(3, 4, 3, padding=1, stride=2),
        nn.ReLU(),
        shortcut=nn.Sequential(nn.Conv2d(3, 4, 1, stride=2), nn.BatchNorm2d(4)),
    ), nn.Tanh()"""
    records = trace(parse(code), (3, 8, 8))
    kinds = ["Conv2d", "ReLU", "Conv2d", "BatchNorm2d", "Residual", "Tanh"]
    assert [each.name for each in records] == [f"{n} {kind}" for n, kind in enumerate(kinds, start=1)]
    assert [each.parameters for each in records] == [4 * 27 + 4, 0, 4 * 3 + 4, 8, 0, 0]
    assert [each.receptive_field for each in records] == [(3, 3), (3, 3), (1, 1), (1, 1), (3, 3), (3, 3)]
    assert [each.start for each in records] == [(-1, -1), (-1, -1), (0, 0), (0, 0), (-1, -1), (-1, -1)]
    assert {each.output_shape for each in records} == {(4, 4, 4)}
    assert records[4].macs == 0
    assert records[4].activation_bytes == 4 * 64
    assert on_main_path(parse(code)) == [True, True, False, False, True, True]


def test_the_field_of_a_sum_is_that_of_both_ways() -> None:
    """One way reaches to the left, the other to the right."""
    left, right = "nn.ZeroPad1d((4, 0)), nn.Conv1d(1, 1, 3)", "nn.ZeroPad1d((0, 2)), nn.Conv1d(1, 1, 1)"
    records = trace(parse(f"Residual({left}, shortcut=[{right}])"), (1, 9))
    assert [each.output_shape for each in records] == [(1, 13), (1, 11), (1, 11), (1, 11), (1, 11)]
    assert (records[1].start, records[1].receptive_field) == ((-4,), (3,))
    assert (records[3].start, records[3].receptive_field) == ((0,), (1,))
    assert (records[4].start, records[4].receptive_field, records[4].center) == ((-4,), (5,), (-2,))


@pytest.mark.parametrize(
    ("code", "gives", "shortcut", "before"),
    [
        ("Residual(nn.Conv2d(3, 4, 1))", "4 × 5 × 5", "3 × 5 × 5", 1),
        ("Residual(nn.Tanh(), nn.Conv2d(3, 3, 3))", "3 × 3 × 3", "3 × 5 × 5", 2),
        ("Residual(nn.ReLU(), shortcut=nn.Conv2d(3, 1, 1))", "3 × 5 × 5", "1 × 5 × 5", 2),
        ("Residual(nn.Flatten())", "75", "3 × 5 × 5", 1),
        ("Residual(nn.AdaptiveAvgPool2d(1))", "3 × 1 × 1", "3 × 5 × 5", 1),
    ],
)
def test_ways_that_do_not_fit_are_refused(code: str, gives: str, shortcut: str, before: int) -> None:
    with pytest.raises(ShapeError) as caught:
        trace(parse(f"[nn.ReLU(),\n{code}]"), (3, 5, 5))
    assert str(caught.value) == f"Line 2, Residual: its layers give {gives} and its shortcut {shortcut}."
    assert caught.value.layer.kind == "Residual"
    assert len(caught.value.records) == 1 + before


def test_a_linear_layer_in_a_block_mixes_the_sum() -> None:
    records = trace(parse("Residual(nn.Linear(5, 5)), nn.Conv1d(3, 1, 2)"), (3, 5))
    assert [each.receptive_field for each in records] == [None, None, None]
    assert records[-1].output_shape == (1, 4)


# ---------------------------------------------------------------- ways side by side


def test_a_stack_has_the_channels_of_all_its_ways_and_sees_what_any_of_them_sees() -> None:
    """Inception by hand, with half of its input passed on as it is."""
    code = """Concat(
        nn.Conv2d(4, 2, 1),
        nn.Sequential(nn.Conv2d(4, 3, 1), nn.Conv2d(3, 6, 5, padding=2)),
        nn.MaxPool2d(3, stride=1, padding=1),
        nn.Sequential(),
    ), nn.Conv2d(16, 1, 3)"""
    records = trace(parse(code), (4, 8, 8))
    kinds = ["Conv2d", "Conv2d", "Conv2d", "MaxPool2d", "Concat", "Conv2d"]
    assert [each.name for each in records] == [f"{n} {kind}" for n, kind in enumerate(kinds, start=1)]
    assert [each.output_shape[0] for each in records] == [2, 3, 6, 4, 2 + 6 + 4 + 4, 1]
    assert [each.parameters for each in records] == [4 * 2 + 2, 4 * 3 + 3, 3 * 6 * 25 + 6, 0, 0, 16 * 9 + 1]
    assert [each.macs for each in records] == [64 * 8, 64 * 12, 64 * 450, 0, 0, 36 * 144]
    assert records[4].activation_bytes == 4 * 16 * 64
    assert [each.receptive_field for each in records] == [(1, 1), (1, 1), (5, 5), (3, 3), (5, 5), (7, 7)]
    assert records[4].start == (-2, -2)
    assert on_main_path(parse(code)) == [False, True, True, False, True, True]


def test_a_walk_takes_a_way_as_often_as_it_has_channels() -> None:
    (stacked,) = [
        each for each in steps(parse("Concat(nn.Conv1d(1, 3, 5, padding=2), nn.Conv1d(1, 1, 1))"), (1, 9))
        if each.layer.kind == "Concat"
    ]  # fmt: skip
    assert stacked.fields is not None
    assert stacked.fields[0].variance == pytest.approx(3 / 4 * (5**2 - 1) / 12)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("Concat(nn.Conv2d(3, 4, 1), nn.Conv2d(3, 4, 3))", "its ways give 4 × 5 × 5 and 4 × 3 × 3"),
        ("Concat(nn.ReLU(), nn.Flatten(), nn.ReLU())", "its ways give 3 × 5 × 5, 75 and 3 × 5 × 5"),
    ],
)
def test_ways_of_other_sizes_are_not_put_side_by_side(code: str, message: str) -> None:
    with pytest.raises(ShapeError) as caught:
        trace(parse(code), (3, 5, 5))
    assert str(caught.value) == f"Line 1, Concat: {message}, which differ not in channels alone."


def test_flat_ways_of_different_maps_have_no_common_place() -> None:
    code = "Concat(nn.Flatten(), nn.Sequential(nn.MaxPool2d(2), nn.Flatten())), nn.ReLU()"
    records = trace(parse(code), (1, 4, 4))
    assert records[-2].output_shape == (20,)
    assert records[-2].receptive_field is None
    (summed,) = trace(parse("Residual(nn.Conv2d(1, 4, 2, stride=2), nn.Flatten(), shortcut=nn.Flatten())"), (1, 4, 4))[
        -1:
    ]
    assert (summed.output_shape, summed.receptive_field) == ((16,), None)


def test_a_network_with_ways_side_by_side_takes_other_channels_and_widths() -> None:
    code = "Concat(nn.Sequential(), nn.Conv2d(3, 5, 1)), nn.Conv2d(8, 4, 1), nn.Conv2d(4, 2, 1)"
    opened = for_channels(parse(code))
    assert [each.kind for each in flat(opened)] == ["LazyConv2d", "Concat", "LazyConv2d", "Conv2d"]
    assert trace(opened, (1, 6, 6))[-1].output_shape == (2, 6, 6)
    wide = trace(scaled(parse(code), lambda count: 3 * count, keep_last=True), (3, 6, 6))
    assert [each.output_shape[0] for each in wide] == [15, 18, 12, 2]


# ---------------------------------------------------------------- what does not fit


def narrow(least: int, has: str) -> str:
    """What is needed by a window that is larger than the map."""
    return f"at least {least} cells along each axis for its window, and has {has}"


PLANE: Final = "channels and 2 spatial axes"
LINE: Final = "channels and 1 spatial axis"


@pytest.mark.parametrize(
    ("code", "shape", "gets", "needs", "before"),
    [
        ("nn.Conv2d(3, 8, 3),\nnn.Conv2d(3, 8, 3)", (3, 9, 9), "Line 2, Conv2d: it gets 8 × 7 × 7", "3 channels", 1),
        ("nn.Conv1d(3, 8, 3)", (2, 9), "Line 1, Conv1d: it gets 2 × 9", "3 channels", 0),
        ("nn.Flatten(),\n\nnn.BatchNorm1d(64)", (3, 9, 9), "Line 3, BatchNorm1d: it gets 243", "64 channels", 1),
        ("nn.Conv2d(1000000, 8, 3)", (4096, 9, 9), "Line 1, Conv2d: it gets 4,096 × 9 × 9", "1,000,000 channels", 0),
        ("nn.Flatten(),\nnn.Linear(400, 9)", (3, 9, 9), "Line 2, Linear: it gets 243", "400 features", 1),
        ("nn.ReLU(),\nnn.Linear(243, 9)", (3, 9, 9), "Line 2, Linear: it gets 3 × 9 × 9",
         "243 features, flat: put nn.Flatten() before it", 1),
        ("nn.Conv2d(3, 8, 5)", (3, 4, 9), "Line 1, Conv2d: it gets 3 × 4 × 9", narrow(5, "4"), 0),
        ("nn.Conv2d(3, 8, (1, 5))", (3, 9, 4), "Line 1, Conv2d: it gets 3 × 9 × 4", narrow(5, "4"), 0),
        ("nn.Conv2d(3, 8, 3, dilation=4)", (3, 8, 8), "Line 1, Conv2d: it gets 3 × 8 × 8", narrow(9, "8"), 0),
        ("nn.Conv2d(3, 8, 7, padding=1)", (3, 4, 4), "Line 1, Conv2d: it gets 3 × 4 × 4",
         narrow(7, "4 (6 with padding)"), 0),
        ("nn.MaxPool2d(2),\nnn.MaxPool2d(2),\nnn.MaxPool2d(2)", (3, 7, 4), "Line 3, MaxPool2d: it gets 3 × 1 × 1",
         narrow(2, "1"), 2),
        ("nn.MaxPool2d(2, dilation=2)", (3, 2, 9), "Line 1, MaxPool2d: it gets 3 × 2 × 9", narrow(3, "2"), 0),
        ("nn.AvgPool1d(4, padding=1)", (3, 1), "Line 1, AvgPool1d: it gets 3 × 1", narrow(4, "1 (3 with padding)"), 0),
        ("nn.Conv1d(3, 8, 3)", (3, 9, 9), "Line 1, Conv1d: it gets 3 × 9 × 9", LINE, 0),
        ("nn.Conv2d(3, 8, 3)", (3, 9), "Line 1, Conv2d: it gets 3 × 9", PLANE, 0),
        ("nn.Flatten(),\nnn.MaxPool2d(2)", (3, 9, 9), "Line 2, MaxPool2d: it gets 243", PLANE, 1),
        ("nn.LazyConv2d(8, 3)", (9,), "Line 1, LazyConv2d: it gets 9", PLANE, 0),
        ("nn.AdaptiveAvgPool1d(3)", (3, 9, 9), "Line 1, AdaptiveAvgPool1d: it gets 3 × 9 × 9", LINE, 0),
        ("nn.BatchNorm2d(3)", (3, 9), "Line 1, BatchNorm2d: it gets 3 × 9", PLANE, 0),
        ("nn.ZeroPad2d(1)", (3,), "Line 1, ZeroPad2d: it gets 3", PLANE, 0),
        ("Residual(nn.ReLU(),\nnn.Conv2d(5, 3, 1))", (3, 9, 9), "Line 2, Conv2d: it gets 3 × 9 × 9", "5 channels", 1),
        ("Residual(nn.ReLU(),\nshortcut=nn.Conv2d(5, 3, 1))", (3, 9, 9), "Line 2, Conv2d: it gets 3 × 9 × 9",
         "5 channels", 1),
    ],
)  # fmt: skip
def test_a_shape_error_says_where_what_came_and_what_is_needed(
    code: str, shape: tuple[int, ...], gets: str, needs: str, before: int
) -> None:
    layers = parse(f"[{code}]")
    with pytest.raises(ShapeError) as caught:
        trace(layers, shape)
    assert str(caught.value) == f"{gets} and needs {needs}."
    assert isinstance(caught.value, ValueError)
    assert gets.startswith(f"{caught.value.layer}: ")
    first = tuple(each for each in flat(layers) if each.kind not in BLOCKS)[:before]
    assert list(caught.value.records) == trace(first, shape)


@pytest.mark.parametrize(
    ("code", "shape", "says"),
    [
        ("nn.BatchNorm1d(3)", (3, 9, 9), "expected 2D or 3D input"),
        ("nn.Conv2d(3, 8, 3, groups=2)", (3, 9, 9), "divisible by groups"),
        ("nn.Conv2d(3, 8, 3, 2, 'same')", (3, 9, 9), "not supported for strided"),
        ("nn.MaxPool2d(2, padding=2)", (3, 9, 9), "at most half"),
        ("nn.PReLU(4)", (3, 9, 9), "channel size = 3"),
        ("nn.Upsample()", (3, 9, 9), "size or scale_factor should be defined"),
        ("nn.Upsample(2, 2)", (3, 9, 9), "only one of size or scale_factor"),
        ("nn.Upsample(scale_factor=2, mode='linear')", (3, 9, 9), "needs 3D input"),
        ("nn.Upsample(scale_factor=0.01)", (3, 9, 9), "output size [0, 0]"),
        ("nn.RReLU(0.5, 0.1)", (3,), "Lower bound should be less"),
    ],
)
def test_what_torch_refuses_is_said_in_its_words(code: str, shape: tuple[int, ...], says: str) -> None:
    with pytest.raises(ShapeError) as caught:
        trace(parse(code), shape)
    message, kind = str(caught.value), code.removeprefix("nn.").partition("(")[0]
    assert message.startswith(f"Line 1, {kind}: it gets {' × '.join(map(str, shape))}, and torch says: ")
    assert says in message
    assert message.endswith(".")
    assert "\n" not in message
    assert caught.value.records == ()


@pytest.mark.parametrize(
    ("code", "shape"),
    [
        ("nn.Conv2d(3, 8, 5)", (3, 5, 5)),
        ("nn.Conv2d(3, 8, 3, dilation=4)", (3, 9, 9)),
        ("nn.Conv2d(3, 8, 7, padding=1)", (3, 5, 5)),
        ("nn.Conv2d(3, 8, 9, padding='same')", (3, 1, 1)),
        ("nn.MaxPool2d(2)", (3, 2, 2)),
        ("nn.MaxPool1d(4, padding=2)", (3, 1)),
        ("nn.AdaptiveAvgPool2d(7)", (3, 1, 1)),  # repeats
    ],
)
def test_what_is_just_large_enough_fits(code: str, shape: tuple[int, ...]) -> None:
    (record,) = trace(parse(code), shape)
    assert min(record.output_shape) >= 1


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")
def test_same_padding_is_enough_for_any_window() -> None:
    for size, apart in ((2, 1), (4, 1), (4, 3), (6, 2)):
        code = f"nn.Conv1d(1, 1, {size}, padding='same', dilation={apart})"
        assert trace(parse(code), (1, 1))[0].output_shape == (1, 1)


def test_the_error_of_a_photo_too_small_for_vgg_names_the_pool_and_what_was_computed() -> None:
    layers = parse(NETWORKS["VGG-16"].code)
    with pytest.raises(ShapeError, match=r"MaxPool2d: it gets 512 × 1 × 1 and needs at least 2 cells") as caught:
        trace(layers, (3, 31, 31))
    pools = [place for place, layer in enumerate(layers) if layer.kind == "MaxPool2d"]
    assert len(caught.value.records) == pools[-1]
    assert caught.value.layer == layers[pools[-1]]
    assert trace(layers, (3, 32, 32))[-1].output_shape == (1000,)


def test_maps_are_as_long_as_promised_and_not_longer() -> None:
    assert trace(parse("nn.Upsample(scale_factor=64)"), (1, 64))[0].output_shape == (1, 4096)
    for code, shape in (("nn.Upsample(scale_factor=64)", (1, 65)), ("nn.ZeroPad1d((0, 1))", (1, 4096))):
        with pytest.raises(ShapeError, match=r"Line 1, \w+: it makes 1 × 4,\d+; at most 4,096 along an axis\.$"):
            trace(parse(code), shape)
    assert trace(parse("nn.Flatten()"), (2, 4096, 4096))[0].output_shape == (2 * 4096**2,)  # features may be more


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((), "input_shape must be channels and at most two spatial axes, not ()"),
        ((1, 2, 3, 4), "input_shape must be channels and at most two spatial axes, not (1, 2, 3, 4)"),
        ((0,), "input_shape must be from 1 to 4,096 along each axis, not (0,)"),
        ((3, 0, 9), "input_shape must be from 1 to 4,096 along each axis, not (3, 0, 9)"),
        ((4097, 9), "input_shape must be from 1 to 4,096 along each axis, not (4097, 9)"),
    ],
)
def test_inputs_that_are_no_image_no_series_and_no_features_are_refused(shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        trace(parse("nn.ReLU()"), shape)
    assert type(caught.value) is ValueError
    assert str(caught.value) == message


@pytest.mark.parametrize("shape", [(1,), (4096,), (1, 1), (4096, 4096), (4096, 4096, 4096)])
def test_inputs_up_to_the_limits_are_taken(shape: tuple[int, ...]) -> None:
    (record,) = trace(parse("nn.ReLU()"), shape)
    assert record.output_shape == shape
    assert record.receptive_field == (None if len(shape) == 1 else (1,) * (len(shape) - 1))
    assert record.activation_bytes == 4 * math.prod(shape)


def test_nothing_is_allocated_for_a_network_with_a_million_million_parameters() -> None:
    """In float32 they are four terabytes, and the maps before them more."""
    code = "nn.LazyConv2d(1000000, 999, padding=499), nn.Conv2d(1000000, 1000000, 1), nn.AdaptiveAvgPool2d(1),"
    code += "nn.Flatten(), nn.Linear(1000000, 1000000)"
    trace(parse("nn.ReLU()"), (3,))
    tracemalloc.start()
    try:
        records = trace(parse(code), (3, 1000, 1000))
        assert tracemalloc.get_traced_memory()[1] < 2**22
    finally:
        tracemalloc.stop()
    dense = 1_000_000 * 1_000_001
    assert [each.parameters for each in records] == [1_000_000 * (3 * 999**2 + 1), dense, 0, 0, dense]
    assert records[0].macs == 1_000_000 * 1000**2 * 3 * 999**2
    assert records[1].activation_bytes == 4 * 10**12


def test_the_generator_of_random_numbers_is_left_alone() -> None:
    before = torch.random.get_rng_state()
    records_of("ResNet-18")
    assert torch.equal(torch.random.get_rng_state(), before)


@law
@given(stacks(most=3))
def test_a_module_of_a_layer_is_real(stack: Stack) -> None:
    for layer in flat(parse(stack.code)):
        if layer.kind not in BLOCKS:
            module = module_of(layer)
            assert type(module).__name__ == layer.kind
            assert {each.device.type for each in module.parameters()} <= {"cpu"}
            assert {each.device.type for each in module_of(layer, device="meta").parameters()} <= {"meta"}


# ---------------------------------------------------------------- what mixes all cells


@pytest.mark.parametrize(
    ("code", "shape"),
    [
        ("nn.Flatten(), nn.Linear(48, 4), nn.ReLU()", (3, 4, 4)),
        ("nn.Linear(4, 4), nn.Conv2d(3, 2, 1), nn.ReLU()", (3, 4, 4)),
        ("nn.Softmax(dim=-1), nn.ReLU()", (3, 4, 4)),
        ("nn.LogSoftmax(-1), nn.ReLU()", (3, 4)),
        ("nn.Flatten(), nn.Softmax(dim=1)", (3, 4, 4)),
    ],
)
def test_there_is_no_field_after_a_layer_that_mixes_all_cells(code: str, shape: tuple[int, ...]) -> None:
    records = trace(parse(code), shape)
    assert records[-1].receptive_field is records[-1].jump is records[-1].start is records[-1].center is None


def test_a_softmax_over_channels_mixes_no_cells() -> None:
    records = trace(parse("nn.Conv2d(3, 2, 3), nn.Softmax(1), nn.Flatten()"), (3, 4, 4))
    assert [each.receptive_field for each in records] == [(3, 3)] * 3


# ---------------------------------------------------------------- other numbers of channels


@pytest.mark.parametrize(
    ("code", "channels"),
    [
        ("nn.ReLU()", None),
        ("nn.Linear(3, 4), nn.Conv1d(7, 2, 1)", None),
        ("nn.LazyConv2d(3, 4), nn.Conv2d(3, 4, 5)", None),
        ("nn.LazyLinear(3), nn.BatchNorm1d(3)", None),
        ("nn.MaxPool2d(2), nn.Conv2d(5, 4, 3), nn.Conv2d(4, 7, 3)", 5),
        ("nn.BatchNorm2d(6), nn.Conv2d(6, 4, 3)", 6),
        ("nn.Conv1d(8, 4, 3)", 8),
        ("Residual(nn.ReLU(), nn.Conv2d(9, 4, 3)), nn.Conv2d(4, 4, 3)", 9),
        ("Residual(nn.ReLU(), shortcut=nn.Conv2d(2, 4, 3))", 2),
    ],
)
def test_the_first_layer_that_counts_channels_says_how_many_it_wants(code: str, channels: int | None) -> None:
    assert first_channels(parse(code)) == channels


@every_network
def test_every_preset_wants_the_channels_it_is_given(name: str) -> None:
    assert first_channels(parse(NETWORKS[name].code)) == NETWORKS[name].input_shape[0]


@every_network
@pytest.mark.parametrize("channels", [2, 5])
def test_a_network_for_other_channels_differs_in_its_first_convolution_alone(name: str, channels: int) -> None:
    layers, (before, *lengths) = parse(NETWORKS[name].code), NETWORKS[name].input_shape
    ours, theirs = trace(for_channels(layers), (channels, *lengths)), records_of(name)
    assert ours[1:] == theirs[1:]
    first = flat(layers)[0]
    assert ours[0].parameters - theirs[0].parameters == (channels - before) * (
        setting(first, "out_channels") * setting(first, "kernel_size") ** 2
    )
    assert trace(for_channels(layers), NETWORKS[name].input_shape) == theirs


def test_only_the_first_layer_becomes_lazy_wherever_it_is() -> None:
    layers = parse("nn.ReLU(), Residual(nn.Conv1d(3, 3, 1), nn.Conv1d(3, 3, 1)), nn.Conv1d(3, 3, 1), nn.Linear(9, 2)")
    kinds = [each.kind for each in flat(for_channels(layers))]
    assert kinds == ["ReLU", "LazyConv1d", "Conv1d", "Residual", "Conv1d", "Linear"]
    beside = parse("Residual(nn.ReLU(), shortcut=nn.Conv1d(3, 3, 1)), nn.Conv1d(3, 3, 1)")
    assert [each.kind for each in flat(for_channels(beside))] == ["ReLU", "LazyConv1d", "Residual", "Conv1d"]
    (linear,) = for_channels(parse("nn.Linear(9, 2)"))
    assert (linear.kind, linear.arguments) == ("LazyLinear", (("out_features", 2),))
    assert for_channels(parse("nn.ReLU()")) == parse("nn.ReLU()")


@law
@given(factor=st.integers(2, 5), widths=st.lists(st.integers(2, 9), min_size=4, max_size=6), bias=st.booleans())
def test_weights_inside_grow_with_the_square_of_the_width(*, factor: int, widths: list[int], bias: bool) -> None:
    """The first layer's input and, if it is kept, the last one's output do not grow."""
    pairs = itertools.pairwise(widths)
    layers = parse(", ".join(f"nn.Conv2d({a}, {b}, 3, bias={bias})" for a, b in pairs))
    shape = (widths[0], 13, 13)
    before = trace(layers, shape)
    for keep_last in (False, True):
        after = trace(scaled(layers, lambda count: factor * count, keep_last=keep_last), shape)
        for place, (old, new) in enumerate(zip(before, after, strict=True)):
            out = 1 if keep_last and place == len(before) - 1 else factor
            into = 1 if place == 0 else factor
            filters = old.output_shape[0] * bias
            assert new.output_shape == (out * old.output_shape[0], *old.output_shape[1:])
            assert new.parameters == out * into * (old.parameters - filters) + out * filters
            assert new.macs == out * into * old.macs


def test_a_depthwise_convolution_stays_one_and_a_block_keeps_fitting() -> None:
    code = """[nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.Conv2d(8, 8, 3, padding=1, groups=8),
    Residual(nn.Conv2d(8, 16, 1), nn.BatchNorm2d(16), shortcut=nn.Conv2d(8, 16, 1)),
    nn.Flatten(), nn.Linear(576, 10)]"""
    thin = scaled(parse(code), lambda count: count // 4, keep_last=True)
    known = steps(thin, (3, 8, 8))
    found = resolved(thin, known)
    assert known[-1].record.output_shape == (10,)
    assert setting(found[2], "groups") == setting(found[2], "in_channels") == setting(found[2], "out_channels") == 2
    assert [each.record.output_shape[0] for each in known] == [2, 2, 2, 4, 4, 4, 4, 144, 10]
    assert setting(found[0], "in_channels") == 3


# ---------------------------------------------------------------- odd input


@pytest.mark.parametrize("name", ["LeNet-5", "AlexNet (d2l)", "NiN"])
def test_a_network_for_grey_images_can_be_made_wider(name: str) -> None:
    wide = scaled(parse(NETWORKS[name].code), lambda count: 2 * count, keep_last=True)
    assert trace(wide, NETWORKS[name].input_shape)[-1].output_shape == (10,)


def test_a_convolution_of_one_channel_is_not_depthwise() -> None:
    layers = parse("nn.Conv2d(3, 1, 1), nn.Conv2d(1, 8, 3, bias=False)")
    wide = trace(scaled(layers, lambda count: 2 * count, keep_last=False), (3, 9, 9))
    assert wide[1].parameters == 2 * 16 * 9


@pytest.mark.parametrize(
    "code",
    [
        "nn.Conv2d(3, 64, 1), nn.Conv2d(64, 64, 3, groups=32)",  # ResNeXt
        "nn.Conv2d(3, 6, 1), nn.Conv2d(6, 12, 3, groups=6)",  # two outputs for each input
        "nn.Conv2d(3, 64, 1), nn.LazyConv2d(64, 3, groups=64)",
        "nn.Conv2d(3, 64, 1), nn.PReLU(64)",
    ],
)
def test_grouped_convolutions_and_activations_with_parameters_can_be_thinner(code: str) -> None:
    thin = scaled(parse(code), lambda count: min(count, 8), keep_last=False)
    assert trace(thin, (3, 9, 9))[-1].output_shape[0] <= 8


@pytest.mark.parametrize(
    "code",
    [
        "Residual(nn.Conv2d(3, 8, 1), shortcut=nn.Conv2d(3, 8, 1))",
        "nn.BatchNorm2d(3), nn.Conv2d(3, 8, 1)",
        "nn.Conv2d(3, 3, 3, groups=3), nn.Conv2d(3, 8, 1)",
    ],
)
def test_a_network_takes_other_channels_wherever_they_go_first(code: str) -> None:
    assert trace(for_channels(parse(code)), (1, 5, 5))[-1].output_shape[0] == 8


def test_bounds_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ShapeError):
        trace(parse("nn.Hardtanh(1, -1)"), (3,))


def test_with_ceil_mode_a_pool_takes_what_torchs_does() -> None:
    real = nn.MaxPool2d(3, 2, ceil_mode=True)(torch.zeros(1, 1, 2, 2))
    (record,) = trace(parse("nn.MaxPool2d(3, 2, ceil_mode=True)"), (1, 2, 2))
    assert record.output_shape == real.shape[1:]


def test_a_softmax_needs_to_be_told_its_axis() -> None:
    with pytest.raises(ValueError, match="dim"):
        trace(parse("nn.Softmax()"), (3, 4))


@pytest.mark.parametrize("shape", [(3, 4.0, 4), (3.5, 4, 4), ("3", 4, 4)])
def test_an_input_shape_has_whole_numbers(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="input_shape"):
        trace(parse("nn.ReLU()"), shape)
