"""What training keeps is what autograd's own hooks see, on a real device and in a published number."""

from typing import Final

import pytest
import torch
from hypothesis import given, settings
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks

from demos.convolution.modules import DEFINED, built, definitions, kept_bytes
from demos.convolution.network import NETWORKS, parse, resolved, steps, write
from tests.convolution.stacks import Stack, stacks

law = settings(derandomize=True, deadline=None, database=None, max_examples=40)

VGG: Final = """nn.Sequential(
    nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(True), nn.Conv2d(8, 8, 3, padding=1), nn.ReLU(True), nn.MaxPool2d(2, 2),
    nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(True), nn.MaxPool2d(2, 2), nn.AdaptiveAvgPool2d((2, 2)), nn.Flatten(),
    nn.Linear(64, 20), nn.ReLU(True), nn.Dropout(), nn.Linear(20, 10), nn.ReLU(True), nn.Dropout(), nn.Linear(10, 4),
)"""


def really_kept(model: nn.Module, data: Tensor) -> int:
    """The bytes of all storages that hooks are shown on the processor, but for weights and running means."""
    known = {each.data_ptr() for each in (*model.parameters(), *model.buffers())}
    kept: dict[int, Tensor] = {}  # alive, so that no place in memory is used twice

    def note(tensor: Tensor) -> Tensor:
        if tensor.data_ptr() not in known:
            kept[tensor.untyped_storage().data_ptr()] = tensor
        return tensor

    with saved_tensors_hooks(note, lambda tensor: tensor):
        made = model(data)
    assert made.requires_grad == any(each.requires_grad for each in model.parameters())
    return sum(each.untyped_storage().nbytes() for each in kept.values())


@pytest.mark.parametrize(
    ("code", "shape"),
    [
        (VGG, (3, 16, 16)),
        (VGG.replace("True", "False"), (3, 16, 16)),
        (
            "nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.SiLU(), nn.AvgPool2d(3), nn.Flatten(), nn.Linear(16, 2)",
            (1, 8, 8),
        ),
        ("nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.ReLU(inplace=True), nn.MaxPool2d(3)", (1, 8, 8)),
        ("nn.Linear(6, 5), nn.BatchNorm1d(5), nn.Sigmoid(), nn.Dropout(0.3), nn.Linear(5, 4), nn.Softmax(1)", (6,)),
        ("nn.Conv2d(2, 2, 1), Residual(nn.Conv2d(2, 2, 3, padding=1), nn.BatchNorm2d(2)), nn.ReLU()", (2, 6, 6)),
        ("Residual(nn.Conv1d(2, 3, 3), shortcut=nn.Conv1d(2, 3, 3)), nn.Tanh(), nn.AdaptiveMaxPool1d(2)", (2, 9)),
        ("nn.Conv2d(1, 2, 1), Concat(nn.Conv2d(2, 3, 1), nn.MaxPool2d(3, 1, 1), nn.Identity()), nn.GELU()", (1, 6, 6)),
        ("nn.Conv2d(1, 2, 1), nn.LeakyReLU(0.1), nn.LocalResponseNorm(2), nn.Upsample(scale_factor=2)", (1, 6, 6)),
        ("nn.Identity(), nn.Flatten(), nn.ReLU()", (1, 6, 6)),  # nothing to learn, nothing kept
    ],
)
@pytest.mark.parametrize("batch", [2, 3])
def test_what_is_kept_is_what_autograd_keeps(code: str, shape: tuple[int, ...], batch: int) -> None:
    layers = parse(code)
    torch.manual_seed(0)
    model = built(layers, device="cpu").train()
    found = kept_bytes(layers, shape, batch=batch)
    assert sum(found) == really_kept(model, torch.randn(batch, *shape))
    assert len(found) == len(steps(layers, shape))


@law
@given(stacks())
def test_it_is_so_for_any_stack(stack: Stack) -> None:
    layers = parse(stack.code)
    found = kept_bytes(layers, stack.input_shape, batch=2)
    model = built(layers, device="cpu").train()
    assert sum(found) == really_kept(model, torch.randn(2, *stack.input_shape))
    assert len(found) == len(steps(layers, stack.input_shape))


def test_vgg_16_keeps_73_megabytes_in_place_or_not() -> None:
    """By hand: the image, each ReLU's output once, and the places of the largest cells in eight bytes each."""
    pools = [(64, 112), (128, 56), (256, 28), (512, 14), (512, 7)]
    maps = 3 * 224**2 + sum(n * c * (2 * s) ** 2 for n, (c, s) in zip((2, 2, 3, 3, 3), pools, strict=True))
    pooled = sum(c * s**2 for c, s in pools)  # the next convolution's input, but for the last one
    pooled_and_averaged = pooled + 25_088  # the linear layer's input
    dense = 2 * 4096 + 2 * 4096  # each ReLU's output, and what dropout leaves of it
    dropped = 2 * 4096  # dropout's mask
    numbers = 4 * (maps + pooled_and_averaged + dense + dropped)
    for code in (NETWORKS["VGG-16"].code, NETWORKS["VGG-16"].code.replace("ReLU()", "ReLU(True)")):
        found = sum(kept_bytes(parse(code), (3, 224, 224), batch=1))
        assert found == numbers + 8 * pooled == 73_355_264


def test_a_shared_output_counts_for_the_layer_that_keeps_it_first() -> None:
    relu, second = 4 * 2 * 9, 0
    kept = kept_bytes(parse("nn.Conv2d(1, 2, 1), nn.ReLU(), nn.Conv2d(2, 2, 1)"), (1, 3, 3), batch=1)
    assert kept == [4 * 9, relu, second]


@law
@given(stacks())
def test_code_with_its_definitions_is_a_program(stack: Stack) -> None:
    layers = resolved(parse(stack.code), steps(parse(stack.code), stack.input_shape))
    names: dict[str, object] = {}
    exec(f"{definitions(layers)}\nnetwork = {write(layers)}", names)  # noqa: S102 - of our own text
    network = names["network"]
    assert isinstance(network, nn.Sequential)
    shape = steps(layers, stack.input_shape)[-1].record.output_shape
    with torch.no_grad():
        assert tuple(network.eval()(torch.zeros(1, *stack.input_shape)).shape[1:]) == shape
    assert {name for name in DEFINED if name in names} == {each for each in DEFINED if f"{each}(" in write(layers)}
