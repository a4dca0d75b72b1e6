"""Where parameters, work and memory sit: against published counts, torch's own counter, algebra and brute force."""

from collections.abc import Sequence
from typing import Final

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from demos.convolution.architectures import (
    GROUPS,
    LARGEST_SIDE,
    Totals,
    adapted,
    attempt,
    divided,
    fitting_side,
    group,
    pooled,
    stage_names,
    stages,
    totals,
    working_sizes,
)
from demos.convolution.channels import first_channels
from demos.convolution.layers import Layer
from demos.convolution.modules import Residual, built
from demos.convolution.network import NETWORKS, ShapeError, flat, parse, resolved, steps, trace
from pages.convolution.architectures.controls import Controls
from pages.convolution.architectures.lesson import SCENARIOS
from tests.convolution.stacks import Stack, stacks

law = settings(derandomize=True, deadline=None, database=None, max_examples=30)
every_network = pytest.mark.parametrize("name", NETWORKS)
BLOCKS: Final = """
nn.Sequential(
    nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(),
    Residual(
        nn.Conv2d(8, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 1),
        shortcut=nn.Conv2d(8, 8, 1),
    ), nn.ReLU(),
    nn.MaxPool2d(2), nn.Flatten(), nn.Linear(8 * 4 * 4, 5), nn.Softmax(dim=-1),
)
"""
SMALL: Final = (
    "nn.Sequential(nn.Conv2d(1, 2, 5), nn.MaxPool2d(3, 2), nn.Conv2d(2, 4, 3), nn.Flatten(), nn.Linear(36, 3))"
)


def whole(name: str, *, side: int | None = None, width: float = 1) -> Totals:
    code, (channels, rows, _), _ = NETWORKS[name]
    layers = adapted(parse(code), (channels, rows, rows), width=width)
    return totals(steps(layers, (channels, side or rows, side or rows)))


def of(name: str) -> Totals:
    """The totals under a scenario's settings."""
    chosen = Controls.of(next(each for each in SCENARIOS if each.name == name).settings)
    return whole(chosen.network, side=chosen.size, width=chosen.width)


def takes(layers: Sequence[Layer], input_shape: tuple[int, ...]) -> bool:
    try:
        trace(layers, input_shape)
    except ShapeError:
        return False
    return True


# ---------------------------------------------------------------- published numbers


@pytest.mark.parametrize(
    ("name", "parameters", "billions"),
    [  # the tables of https://docs.pytorch.org/vision/stable/models.html: parameters, and GFLOPS, which are MACs
        ("AlexNet", 61_100_840, 0.71),
        ("VGG-11", 132_863_336, 7.61),
        ("VGG-13", 133_047_848, 11.31),
        ("VGG-16", 138_357_544, 15.47),
        ("VGG-19", 143_667_240, 19.63),
        ("ResNet-18", 11_689_512, 1.81),
        ("ResNet-50", 25_557_032, 4.09),
    ],
)
def test_torchvisions_counts(name: str, parameters: int, billions: float) -> None:
    found = whole(name)
    assert found.parameters == parameters
    assert found.macs / 1e9 == pytest.approx(billions, abs=0.005)


@pytest.mark.parametrize(
    ("width", "millions", "work"), [(1, 4.2, 569), (0.75, 2.6, 325), (0.5, 1.3, 149), (0.25, 0.5, 41)]
)
def test_mobilenets_table_of_widths(width: float, millions: float, work: float) -> None:
    found = whole("MobileNet", width=width)  # Howard et al. 2017, table 6
    assert found.parameters / 1e6 == pytest.approx(millions, abs=0.05)
    assert found.macs / 1e6 == pytest.approx(work, abs=0.6)


def test_lenet_by_hand() -> None:
    found = whole("LeNet-5")
    convolutions = (25 + 1) * 6 + (25 * 6 + 1) * 16
    dense = (400 + 1) * 120 + (120 + 1) * 84 + (84 + 1) * 10
    work = 25 * 6 * 28**2 + 25 * 6 * 16 * 10**2
    outputs = 2 * 6 * 28**2 + 6 * 14**2 + 2 * 16 * 10**2 + 2 * 400 + 2 * 120 + 2 * 84 + 10
    dense_work = 400 * 120 + 120 * 84 + 84 * 10
    assert found == Totals(convolutions + dense, work + dense_work, 4 * outputs, dense, dense_work)


# ---------------------------------------------------------------- torch's own counter


def counted(layers: Sequence[Layer], input_shape: tuple[int, ...]) -> tuple[int, int, tuple[int, ...]]:
    model = built(layers, device="meta").eval()
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        made = model(torch.empty(1, *input_shape, device="meta"))
    return sum(each.numel() for each in model.parameters()), counter.get_total_flops(), tuple(made.shape[1:])


@pytest.mark.parametrize(
    ("name", "channels", "width"),
    [
        *((name, None, 1.0) for name in NETWORKS),
        *(
            (name, channels, width)
            for name in ("AlexNet", "NiN", "ResNet-18", "MobileNet")
            for channels, width in ((1, 0.5), (4, 1.5))
        ),
    ],
)
def test_every_network_has_what_torch_counts(name: str, channels: int | None, width: float) -> None:
    code, (own, *sides), _ = NETWORKS[name]
    input_shape = (channels or own, *sides)
    layers = adapted(parse(code), input_shape, width=width)
    known = steps(layers, input_shape)
    found = totals(known)
    expected = (found.parameters, 2 * found.macs, known[-1].record.output_shape)
    assert counted(resolved(layers, known), input_shape) == expected


@given(stack=stacks())
@law
def test_built_networks_are_torchs(stack: Stack) -> None:
    layers = parse(stack.code)
    known = steps(layers, stack.input_shape)
    model, theirs = built(resolved(layers, known), device="cpu").eval(), stack.module
    assert [each.shape for each in model.parameters()] == [each.shape for each in theirs.parameters()]
    theirs.load_state_dict(dict(zip(theirs.state_dict(), model.state_dict().values(), strict=True)))
    data = torch.randn(1, *stack.input_shape, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(model(data), theirs(data))


def test_a_block_adds_its_input_or_its_shortcut() -> None:
    data = torch.arange(4.0)
    assert torch.equal(Residual(nn.ReLU(), nn.Identity())(data), 2 * data)
    assert torch.equal(Residual(nn.Identity(), shortcut=nn.Threshold(2.0, 10.0))(data), torch.tensor([10, 11, 12, 6.0]))


# ---------------------------------------------------------------- stages and sums


def test_stages_by_hand() -> None:
    layers = parse(BLOCKS)
    found = stages(steps(layers, (3, 8, 8)))
    assert [(stage.name, stage.group, stage.output_shape) for stage in found] == [
        ("Conv2d + BatchNorm2d + ReLU", "convolution", (8, 8, 8)),
        ("Conv2d + ReLU", "convolution", (8, 8, 8)),
        ("Conv2d", "convolution", (8, 8, 8)),
        ("Conv2d", "convolution", (8, 8, 8)),
        ("sum + ReLU", "other", (8, 8, 8)),
        ("MaxPool2d", "other", (8, 4, 4)),
        ("Flatten", "other", (128,)),
        ("Linear + Softmax", "linear", (5,)),
    ]
    assert [stage.parameters for stage in found] == [(27 + 1) * 8 + 16, (72 + 1) * 8, 72, 72, 0, 0, 0, 129 * 5]
    assert [stage.macs for stage in found] == [27 * 8 * 64, 72 * 8 * 64, 64 * 64, 64 * 64, 0, 0, 0, 128 * 5]
    assert found[0].activation_bytes == 3 * 4 * 8 * 64
    assert found[4].layers == (7, 8)


@every_network
def test_stages_and_groups_add_up_to_the_totals(name: str) -> None:
    layers = parse(NETWORKS[name].code)
    known = steps(layers, NETWORKS[name].input_shape)
    found, expected = stages(known), totals(known)
    assert sum(stage.parameters for stage in found) == expected.parameters
    assert sum(stage.macs for stage in found) == expected.macs
    assert sum(stage.activation_bytes for stage in found) == expected.activation_bytes
    assert [place for stage in found for place in stage.layers] == list(range(len(known)))
    assert stage_names(layers) == [stage.name for stage in found]
    parts = divided(known)
    assert tuple(parts) == GROUPS
    assert tuple(map(sum, zip(*parts.values(), strict=True))) == (expected.parameters, expected.macs)
    assert parts["linear"] == (expected.dense_parameters, expected.dense_macs)


def test_an_activation_at_the_beginning_is_a_stage() -> None:
    layers = parse("nn.Sequential(nn.ReLU(), nn.ReLU(), nn.LazyConv2d(2, 1))")
    assert stage_names(layers) == ["ReLU + ReLU", "Conv2d"]
    assert [stage.group for stage in stages(steps(layers, (1, 4, 4)))] == ["other", "convolution"]
    assert group(layers[2]) == "convolution"


# ---------------------------------------------------------------- what cannot be computed


def test_an_attempt_keeps_what_could_be_computed() -> None:
    layers = parse(NETWORKS["AlexNet"].code)
    known, error = attempt(layers, (3, 32, 32))
    assert error is not None
    assert "MaxPool2d" in str(error)
    assert error.__traceback__ is None
    assert [step.record for step in known] == trace(layers[:12], (3, 32, 32))
    assert [step.layer for step in known] == list(layers[:12])
    whole_run = attempt(layers, (3, 224, 224))
    assert whole_run.error is None
    assert [step.record for step in whole_run.known] == trace(layers, (3, 224, 224))


def test_an_attempt_within_a_block_keeps_the_layers_before() -> None:
    layers = parse("nn.Sequential(nn.ReLU(), Residual(nn.Conv2d(2, 2, 1), nn.Conv2d(3, 2, 1)), nn.ReLU())")
    known, error = attempt(layers, (2, 4, 4))
    assert error is not None
    assert [step.layer.kind for step in known] == ["ReLU", "Conv2d"]


@pytest.mark.parametrize("code", [SMALL, NETWORKS["LeNet-5"].code])
def test_working_sizes_are_those_that_brute_force_finds(code: str) -> None:
    layers = parse(code)
    working = [side for side in range(1, 65) if takes(layers, (1, side, side))]
    assert working == list(range(working[0], working[-1] + 1))
    assert working_sizes(layers, channels=1, axes=2) == (working[0], working[-1])
    assert fitting_side(layers, channels=1, axes=2) in working


@pytest.mark.parametrize("name", ["AlexNet", "VGG-11", "NiN", "Dilated stack"])
def test_without_fixed_features_every_larger_side_works(name: str) -> None:
    layers, channels = parse(NETWORKS[name].code), NETWORKS[name].input_shape[0]
    sizes = working_sizes(layers, channels=channels, axes=2)
    assert sizes is not None
    assert sizes[1] == LARGEST_SIDE
    assert takes(layers, (channels, sizes[0], sizes[0]))
    assert sizes[0] == 1 or not takes(layers, (channels, sizes[0] - 1, sizes[0] - 1))


@pytest.mark.parametrize(
    "code", ["nn.Conv2d(5, 1, 1)", "nn.Linear(10, 2)", "[nn.LazyConv2d(4, 1), nn.Conv2d(3, 1, 1)]"]
)
def test_a_network_that_takes_nothing_has_no_size(code: str) -> None:
    assert working_sizes(parse(code), channels=3, axes=2) is None
    assert fitting_side(parse(code), channels=3, axes=2) is None


def test_sizes_along_one_axis() -> None:
    layers = parse("nn.Sequential(nn.Conv1d(2, 4, 7), nn.Flatten(), nn.Linear(4 * 10, 1))")
    assert working_sizes(layers, channels=2, axes=1) == (16, 16)
    assert fitting_side(layers, channels=2, axes=1) == 16


# ---------------------------------------------------------------- other widths and channels


@every_network
def test_nothing_changes_at_the_width_and_channels_as_written(name: str) -> None:
    layers, input_shape = parse(NETWORKS[name].code), NETWORKS[name].input_shape
    assert trace(adapted(layers, input_shape, width=1), input_shape) == trace(layers, input_shape)


def test_half_of_lenet_is_lenet_written_with_half() -> None:
    half = parse(
        "[nn.Conv2d(3, 3, 5, padding=2), nn.Sigmoid(), nn.AvgPool2d(2, 2), nn.Conv2d(3, 8, 5), nn.Sigmoid(),"
        "nn.AvgPool2d(2, 2), nn.Flatten(), nn.Linear(200, 60), nn.Sigmoid(), nn.Linear(60, 42), nn.Sigmoid(),"
        "nn.Linear(42, 10)]"
    )
    layers = adapted(parse(NETWORKS["LeNet-5"].code), (3, 28, 28), width=0.5)
    for side in (28, 31):
        assert trace(layers, (3, side, side)) == trace(half, (3, side, side))
    for side in (27, 32):
        assert not takes(layers, (3, side, side))


@given(width=st.sampled_from([0.25, 0.5, 2.0, 3.0]), inner=st.integers(1, 8), depth=st.integers(1, 3))
@law
def test_inner_layers_grow_with_the_square_of_the_width(width: float, inner: int, depth: int) -> None:
    channels = 4 * inner
    written = ", ".join([f"nn.Conv2d({channels}, {channels}, 3, padding=1, bias=False)"] * depth)
    layers = parse(f"[nn.Conv2d(3, {channels}, 1, bias=False), {written}, nn.Conv2d({channels}, 7, 1, bias=False)]")
    found = [record.parameters for record in trace(adapted(layers, (3, 5, 5), width=width), (3, 5, 5))]
    before = [record.parameters for record in trace(layers, (3, 5, 5))]
    assert [after / old for after, old in zip(found, before, strict=True)] == [width, *[width**2] * depth, width]


def test_lazy_layers_stay_lazy_and_others_do_not() -> None:
    layers = parse("[nn.LazyConv2d(4, 3), nn.Flatten(), nn.LazyLinear(6), nn.Linear(6, 2)]")
    found = adapted(layers, (1, 10, 10), width=2)
    assert [layer.kind for layer in found] == ["LazyConv2d", "Flatten", "LazyLinear", "Linear"]
    assert takes(found, (1, 20, 20))
    assert steps(found, (1, 20, 20))[2].record.parameters == (8 * 18**2 + 1) * 12


def test_a_block_at_the_end_stays_one() -> None:
    layers = parse("[nn.Conv2d(3, 8, 1), Residual(nn.Conv2d(8, 8, 3, padding=1))]")
    assert trace(adapted(layers, (3, 6, 6), width=0.5), (3, 6, 6))[-1].output_shape == (4, 6, 6)


def test_what_cannot_be_settled_stays_open() -> None:
    layers = parse("[nn.Conv2d(3, 8, 9), nn.Linear(4, 2)]")
    assert [layer.kind for layer in adapted(layers, (3, 6, 6), width=2)] == ["LazyConv2d", "LazyLinear"]


# ---------------------------------------------------------------- global average pooling


def test_alexnet_with_nins_ending_by_hand() -> None:
    layers = pooled(parse(NETWORKS["AlexNet (d2l)"].code), axes=2)
    assert layers is not None
    known, before = steps(layers, (1, 224, 224)), whole("AlexNet (d2l)")
    head = (256 + 1) * 10
    assert totals(known).parameters == before.parameters - before.dense_parameters + head
    assert totals(known).macs == before.macs - before.dense_macs + 256 * 10 * 5 * 5
    assert known[-1].record.output_shape == (10,)
    assert [layer.kind for layer in layers[-4:]] == ["MaxPool2d", "LazyConv2d", "AdaptiveAvgPool2d", "Flatten"]
    assert not any(group(layer) == "linear" for layer in flat(layers))


def test_mixing_channels_and_averaging_may_change_places() -> None:
    layers = parse("[nn.Conv2d(1, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3)]")
    changed = pooled(layers, axes=2)
    assert changed is not None
    definite = resolved(changed, steps(changed, (1, 8, 8)))
    ours, theirs = (built(each, device="cpu") for each in (definite, layers))
    weights = [weight.reshape(own.shape) for weight, own in zip(theirs.parameters(), ours.parameters(), strict=True)]
    with torch.no_grad():
        for own, weight in zip(ours.parameters(), weights, strict=True):
            own.copy_(weight)
        data = torch.randn(2, 1, 8, 8, generator=torch.Generator().manual_seed(0))
        torch.testing.assert_close(ours(data), theirs(data))


def test_nothing_to_pool_without_a_linear_layer_at_the_end() -> None:
    assert pooled(parse(NETWORKS["NiN"].code), axes=2) is None
    assert pooled(parse("[nn.ReLU(), Residual(nn.Linear(4, 4))]"), axes=2) is None


def test_pooling_along_one_axis() -> None:
    layers = pooled(parse("[nn.Conv1d(2, 4, 7), nn.Flatten(), nn.Dropout(0.5), nn.Linear(40, 9)]"), axes=1)
    assert layers is not None
    assert trace(layers, (2, 30))[-1].output_shape == (9,)


# ---------------------------------------------------------------- the claims of the scenarios


def test_one_linear_layer_has_three_quarters_of_vggs_parameters() -> None:
    found = of("Where are the parameters?")
    known = steps(parse(NETWORKS["VGG-16"].code), (3, 224, 224))
    first = next(step.record for step in known if step.layer.kind == "Linear")
    assert first.parameters == 25_088 * 4_096 + 4_096
    assert first.parameters / found.parameters == pytest.approx(0.74, abs=0.005)
    assert first.macs / found.macs == pytest.approx(0.007, abs=0.0005)
    assert sum(step.layer.kind == "Conv2d" for step in known) == 13
    assert sum(step.layer.kind == "Linear" for step in known) == 3
    assert 1 - found.dense_parameters / found.parameters == pytest.approx(0.11, abs=0.005)
    assert 1 - found.dense_macs / found.macs == pytest.approx(0.99, abs=0.005)
    assert found.parameters == pytest.approx(138e6, rel=0.005)


def test_twice_the_side_is_four_times_the_work_and_no_parameter_more() -> None:
    found, before = of("Twice the side"), whole("AlexNet")
    assert found.parameters == before.parameters == pytest.approx(61.1e6, rel=0.001)
    assert found.macs / before.macs == pytest.approx(3.97, abs=0.005)
    assert found.dense_macs == before.dense_macs
    assert not takes(parse(NETWORKS["AlexNet (d2l)"].code), (1, 448, 448))


def test_a_small_image_breaks_alexnets_third_pooling() -> None:
    layers = parse(NETWORKS["AlexNet"].code)
    known, error = attempt(layers, (3, 32, 32))
    assert error is not None
    pools = [layer for layer in layers if layer.kind == "MaxPool2d"]
    assert error.layer is pools[2]
    sides = [step.record.output_shape[1] for step in known]
    assert list(dict.fromkeys([32, *sides])) == [32, 7, 3, 1]
    assert working_sizes(layers, channels=3, axes=2) == (63, LARGEST_SIDE)


def test_nin_has_a_twentieth_of_alexnets_parameters_and_most_of_its_work() -> None:
    found, other = of("No linear layer"), whole("AlexNet (d2l)")
    assert found.parameters / 1e6 == pytest.approx(2.0, abs=0.05)
    assert other.parameters / 1e6 == pytest.approx(46.8, abs=0.05)
    assert int(other.parameters / found.parameters) == 23
    assert found.macs / other.macs == pytest.approx(0.81, abs=0.005)
    assert found.dense_parameters == 0
    assert other.dense_parameters / other.parameters == pytest.approx(0.92, abs=0.005)
    assert other.dense_macs / other.macs == pytest.approx(0.05, abs=0.005)


def test_half_the_width_is_a_quarter_of_the_work() -> None:
    found, before = of("Half the width"), whole("MobileNet")
    assert found.macs / before.macs == pytest.approx(0.26, abs=0.005)
    assert found.macs / 1e6 == pytest.approx(149, abs=0.6)
    assert before.macs / 1e6 == pytest.approx(569, abs=0.6)
    assert found.parameters / before.parameters == pytest.approx(0.31, abs=0.006)


def test_every_claim_is_about_a_network_as_it_is_chosen() -> None:
    for scenario in SCENARIOS:
        chosen = Controls.of(scenario.settings)
        preset = NETWORKS[chosen.network]
        assert chosen.size == preset.input_shape[1] or "size" in scenario.settings
        assert first_channels(parse(preset.code)) == preset.input_shape[0]
