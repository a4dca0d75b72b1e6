"""Networks as torch has them, with the two blocks for which it has no layer, and what training them keeps in memory.

To train, the backward pass needs some of what the forward pass has made: autograd keeps it. Each number is kept once,
whoever needs it: a ReLU and the convolution behind it share one output. What no derivative reads is not kept at all.

Reference: https://docs.pytorch.org/docs/stable/notes/autograd.html#saved-tensors
"""

import inspect
from collections.abc import Iterator, Sequence
from typing import Final

import torch
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks

from demos.convolution.layers import CONCAT, RESIDUAL, Layer, flat
from demos.convolution.network import module_of


class Residual(nn.Module):
    """Adds its shortcut, by default its input, to what its layers compute."""

    def __init__(self, *layers: nn.Module, shortcut: nn.Module | None = None) -> None:
        super().__init__()
        self.body = nn.Sequential(*layers)
        self.shortcut = nn.Identity() if shortcut is None else shortcut

    def forward(self, x: Tensor) -> Tensor:
        """The sum."""
        total: Tensor = self.body(x) + self.shortcut(x)
        return total


class Concat(nn.Module):
    """Stacks what its ways compute of the same input along the channels."""

    def __init__(self, *ways: nn.Module) -> None:
        super().__init__()
        self.ways = nn.ModuleList(ways)

    def forward(self, x: Tensor) -> Tensor:
        """The stack."""
        return torch.cat([way(x) for way in self.ways], dim=1)


DEFINED: Final = {RESIDUAL: Residual, CONCAT: Concat}


def definitions(layers: Sequence[Layer]) -> str:
    """The imports and classes that the code of `write` needs in front of it to run."""
    kinds = {layer.kind for layer in flat(tuple(layers))}
    needed = [inspect.getsource(block) for kind, block in DEFINED.items() if kind in kinds]
    first = "import torch\nfrom torch import Tensor, nn\n" if CONCAT in kinds else "from torch import Tensor, nn\n"
    return "\n\n".join([first, *needed]) if needed else "from torch import nn\n"


def built(layers: Sequence[Layer], *, device: str) -> nn.Sequential:
    """The network as torch has it; on the `meta` device nothing is allocated. Lazy layers must be resolved."""

    def module(layer: Layer) -> nn.Module:
        ways = [built(way, device=device) for way in layer.ways]
        if layer.kind == RESIDUAL:
            return Residual(*ways[0], shortcut=ways[1])  # none is the identity
        return Concat(*ways) if layer.kind == CONCAT else module_of(layer, device=device)

    return nn.Sequential(*map(module, layers))


def kept_bytes(layers: Sequence[Layer], input_shape: tuple[int, ...], *, batch: int) -> list[int]:
    """How many bytes in float32 autograd keeps in training for each layer, in the order of `trace`.

    What several layers need counts for the first of them; parameters and buffers, which are there anyway, do not count.
    The input of the network counts where a layer keeps it. Computed by torch's own hooks on its `meta` device.

    Args:
        layers: none of them lazy, and fitting to the input.
        input_shape: of one input, without the batch axis.
        batch: how many inputs are sent through at once; with one, `BatchNorm1d` of flat features cannot be trained.
    """
    model = built(layers, device="meta").train()
    known = [each.untyped_storage() for each in (*model.parameters(), *model.buffers())]  # alive, so that none recurs
    seen = {each._cdata for each in known}  # noqa: SLF001 - what torch tells storages apart by
    found: list[int] = []
    pending = 0

    def note(tensor: Tensor) -> Tensor:
        nonlocal pending
        storage = tensor.untyped_storage()
        if storage._cdata not in seen:  # noqa: SLF001
            seen.add(storage._cdata)  # noqa: SLF001
            known.append(storage)
            pending += storage.nbytes()
        return tensor

    def close(_module: nn.Module, _given: object, _made: object) -> None:
        nonlocal pending
        found.append(pending)
        pending = 0

    for each in _in_order(model):
        each.register_forward_hook(close)
    with saved_tensors_hooks(note, lambda tensor: tensor):
        model(torch.empty(batch, *input_shape, device="meta"))
    return found


def _in_order(model: nn.Module) -> Iterator[nn.Module]:
    """Layers and blocks, without what holds their ways."""
    return (each for each in model.modules() if not isinstance(each, nn.Sequential | nn.ModuleList))
