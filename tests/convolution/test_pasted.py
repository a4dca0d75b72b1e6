"""What people paste is read as torch builds it: same layers, same parameters, same shapes and the same function."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import pytest
import torch
from hypothesis import settings
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from demos.convolution.modules import DEFINED, built
from demos.convolution.network import parse, resolved, steps, write
from tests.convolution.pasted import CLASSES, IN_ORDER, Pasted
from tests.convolution.stacks import bare

law = settings(derandomize=True, deadline=None, database=None, max_examples=150)
ALL: Final[Mapping[str, Pasted]] = {**IN_ORDER, **CLASSES}
every_text = pytest.mark.parametrize("pasted", ALL.values(), ids=ALL)


def torchs(pasted: Pasted) -> nn.Module:
    """The network that Python itself builds of the text, which is our own."""
    names: dict[str, Any] = {"torch": torch, "nn": nn, "__name__": "__main__"}
    exec(compile(pasted.text, "pasted", "exec"), names)  # noqa: S102 - of our own text
    module: nn.Module = names[pasted.name]
    return module.eval()


def filled(module: nn.Module) -> nn.Module:
    """The same weights in all parameters of one shape, so that two networks of one structure are one function."""
    for layer in module.modules():
        if isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d):
            layer.reset_running_stats()  # the text may have sent something through it
    with torch.no_grad():
        for each in module.parameters():
            each.copy_(torch.linspace(-1, 1.3, each.numel()).reshape(each.shape) / math.sqrt(each[0].numel() or 1))
    return module


def weighted(module: nn.Module, input_shape: Sequence[int]) -> Counter[tuple[str, int, tuple[int, ...]]]:
    """Kind, parameters and output shape of every layer with weights that a signal goes through."""
    found: Counter[tuple[str, int, tuple[int, ...]]] = Counter()

    def note(layer: nn.Module, _given: object, made: Tensor) -> None:
        found[type(layer).__name__, sum(each.numel() for each in layer.parameters()), tuple(made.shape[1:])] += 1

    hooks = [each.register_forward_hook(note) for each in module.modules() if each._parameters]
    with torch.no_grad():
        module(torch.zeros(1, *input_shape))
    for each in hooks:
        each.remove()
    return found


def output(module: nn.Module, input_shape: Sequence[int]) -> Tensor:
    data = torch.randn(2, *input_shape, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        made = filled(module)(data)
    result: Tensor = made[0] if isinstance(made, tuple) else made
    return result


@every_text
def test_a_pasted_network_is_the_one_that_torch_builds(pasted: Pasted) -> None:
    real, layers = torchs(pasted), parse(pasted.text)
    known = steps(layers, pasted.input_shape)
    ours = built(resolved(layers, known), device="cpu").eval()
    records = Counter(
        (each.layer.kind, each.record.parameters, each.record.output_shape) for each in known if each.record.parameters
    )
    assert records == weighted(real, pasted.input_shape)
    torch.testing.assert_close(output(ours, pasted.input_shape), output(real, pasted.input_shape))
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        real(torch.zeros(1, *pasted.input_shape))
    assert 2 * sum(each.record.macs for each in known) == counter.get_total_flops()


@every_text
def test_a_pasted_network_comes_back_as_equal_code(pasted: Pasted) -> None:
    layers = parse(pasted.text)
    text = write(layers)
    assert bare(parse(text)) == bare(layers)
    again = eval(text, {"nn": nn, **DEFINED})  # noqa: S307 - of our own text
    torch.testing.assert_close(output(again.eval(), pasted.input_shape), output(torchs(pasted), pasted.input_shape))
