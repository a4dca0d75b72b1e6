"""Small networks by torch's own names: as PyTorch code, as torch's modules, and drawn at random."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import torch
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import Tensor, nn

from demos.convolution.layers import BLOCKS, KINDS, Layer, flat
from demos.convolution.notation import parse, write

Argument = int | float | bool | str | None | tuple[int | None, ...]
LONGEST: Final = 40  # cells along an axis of what is drawn


class Spec(NamedTuple):
    """A layer, or a block with its ways: of a `Residual` its body and its shortcut."""

    kind: str
    arguments: Mapping[str, Argument] = {}
    ways: tuple[tuple["Spec", ...], ...] = ()


class Stack(NamedTuple):
    """A network that fits to its input."""

    specs: tuple[Spec, ...]
    input_shape: tuple[int, ...]

    @property
    def code(self) -> str:
        return f"nn.Sequential({', '.join(map(code_of, self.specs))})"

    @property
    def module(self) -> nn.Sequential:
        return nn.Sequential(*map(module_of, self.specs)).eval()


class Residual(nn.Module):
    """What a skip connection is: the sum of two ways."""

    def __init__(self, *layers: nn.Module, shortcut: nn.Module | None = None) -> None:
        super().__init__()
        self.body = nn.Sequential(*layers)
        self.shortcut = shortcut

    def forward(self, data: Tensor) -> Tensor:
        total: Tensor = self.body(data) + (data if self.shortcut is None else self.shortcut(data))
        return total


class Concat(nn.Module):
    """What `torch.cat` makes of several ways."""

    def __init__(self, *ways: nn.Module) -> None:
        super().__init__()
        self.ways = nn.ModuleList(ways)

    def forward(self, data: Tensor) -> Tensor:
        return torch.cat([way(data) for way in self.ways], 1)


def code_of(spec: Spec) -> str:
    ways = [f"nn.Sequential({', '.join(map(code_of, way))})" for way in spec.ways]
    if spec.kind == "Residual":
        return f"Residual({ways[0]}{f', shortcut={ways[1]}' if spec.ways[1] else ''})"
    if spec.kind == "Concat":
        return f"Concat({', '.join(ways)})"
    return f"nn.{spec.kind}({', '.join(f'{name}={value!r}' for name, value in spec.arguments.items())})"


def module_of(spec: Spec) -> nn.Module:
    ways = [nn.Sequential(*map(module_of, way)) for way in spec.ways]
    if spec.kind == "Residual":
        return Residual(*ways[0], shortcut=ways[1] if len(ways[1]) else None)
    if spec.kind == "Concat":
        return Concat(*ways)
    module: nn.Module = getattr(nn, spec.kind)(**spec.arguments)
    return module


def nonzero(module: nn.Module, input_shape: Sequence[int]) -> NDArray[np.bool_]:
    """Which input cells move which units of the last layer, by trying: (*units, *cells).

    All weights are one and all biases zero, so that an input of zeros gives zeros, and a cell of one gives something
    wherever it arrives: nothing is negative and nothing cancels.
    """
    lengths = tuple(input_shape[1:])
    cells = int(np.prod(lengths))
    module = module.double().eval()
    with torch.no_grad():
        for name, weights in module.named_parameters():
            weights.fill_(0.0 if name.endswith("bias") else 1.0)
        impulses = torch.eye(cells, dtype=torch.float64).reshape(cells, 1, *lengths)
        data = impulses.expand(-1, input_shape[0], *lengths)
        moved = (module(data).sum(1) > 0).numpy()
    reached: NDArray[np.bool_] = np.moveaxis(moved, 0, -1).reshape(*moved.shape[1:], *lengths)
    return reached


# ---------------------------------------------------------------- drawn at random


def fits(stack: Stack) -> bool:
    """Whether torch says so; windows are no larger than what they move over."""
    try:
        with torch.no_grad():
            made: Tensor = stack.module.to("meta")(torch.empty(1, *stack.input_shape, device="meta"))
    except (RuntimeError, ValueError):
        return False
    return max(made.shape[2:]) <= LONGEST


@st.composite
def sizes(draw: st.DrawFn, axes: int, low: int, high: int) -> Argument:
    """One number for all axes, or one for each."""
    one = st.integers(low, high)
    return draw(one | st.tuples(*[one] * axes))


def per_axis(value: Argument, axes: int) -> tuple[int, ...]:
    """One for each axis, for what is made of a random argument."""
    return tuple(map(int, value)) if isinstance(value, tuple) else (int(value or 0),) * axes  # type: ignore[arg-type]


@st.composite
def convolutions(draw: st.DrawFn, axes: int, channels: int) -> Spec:
    groups = draw(st.sampled_from([each for each in range(1, channels + 1) if channels % each == 0]))
    given: dict[str, Argument] = {
        "in_channels": channels,
        "out_channels": groups * draw(st.integers(1, 2)),
        "kernel_size": draw(sizes(axes, 1, 4)),
        "dilation": draw(sizes(axes, 1, 3)),
        "groups": groups,
        "bias": draw(st.booleans()),
    }
    reach = [d * (k - 1) for k, d in zip(*(per_axis(given[x], axes) for x in ("kernel_size", "dilation")), strict=True)]
    if all(each % 2 == 0 for each in reach) and draw(st.booleans()):  # torch warns of the others
        return Spec(f"Conv{axes}d", given | {"padding": "same"})
    return Spec(f"Conv{axes}d", given | {"padding": draw(sizes(axes, 0, 3)), "stride": draw(sizes(axes, 1, 3))})


@st.composite
def pools(draw: st.DrawFn, axes: int, lengths: Sequence[int]) -> Spec:
    kernel = tuple(draw(st.integers(1, min(4, length))) for length in lengths)
    given: dict[str, Argument] = {"kernel_size": kernel, "ceil_mode": draw(st.booleans())}
    if draw(st.booleans()):
        given["stride"] = draw(sizes(axes, 1, 3))
    given["padding"] = tuple(draw(st.integers(0, each // 2)) for each in kernel)
    if draw(st.booleans()):
        return Spec(f"AvgPool{axes}d", given | {"count_include_pad": draw(st.booleans())})
    widest = [max(1, (length - 1) // max(1, size - 1)) for size, length in zip(kernel, lengths, strict=True)]
    return Spec(f"MaxPool{axes}d", given | {"dilation": tuple(draw(st.integers(1, min(3, each))) for each in widest)})


def moving(axes: int) -> st.SearchStrategy[Spec]:
    """Layers that put units elsewhere."""
    enlarged = st.builds(
        lambda factor, mode: Spec("Upsample", {"scale_factor": factor, "mode": mode}),
        st.integers(1, 2),
        st.sampled_from(["nearest", "linear" if axes == 1 else "bilinear"]),
    )
    padded = st.builds(lambda each: Spec(f"ZeroPad{axes}d", {"padding": each}), sizes(2 * axes, 0, 3))
    adaptive = st.builds(
        lambda name, size: Spec(f"Adaptive{name}Pool{axes}d", {"output_size": size}),
        st.sampled_from(["Avg", "Max"]),
        st.tuples(*[st.integers(1, 5)] * axes),
    )
    return enlarged | padded | adaptive


def still(axes: int, channels: int) -> st.SearchStrategy[Spec]:
    """Layers that keep every unit in its place."""
    kinds = ["ReLU", "Identity", "Dropout", "PReLU"]
    return st.sampled_from([*map(Spec, kinds), Spec(f"BatchNorm{axes}d", {"num_features": channels})])


@st.composite
def blocks(draw: st.DrawFn, axes: int, channels: int) -> Spec:
    """A skip connection around a convolution with an odd window, whose middle the other way takes too."""
    size, apart = draw(st.sampled_from([1, 3, 5])), draw(st.integers(1, 2))
    out = draw(st.integers(1, 3))
    projected = out != channels or draw(st.booleans())
    stride = draw(st.integers(1, 2)) if projected else 1
    name = f"Conv{axes}d"
    both: dict[str, Argument] = {"in_channels": channels, "out_channels": out, "stride": stride}
    window: dict[str, Argument] = {"kernel_size": size, "dilation": apart, "padding": apart * (size // 2)}
    shortcut = (Spec(name, both | {"kernel_size": 1}),) if projected else ()
    return Spec("Residual", {}, ((Spec(name, both | window), Spec("ReLU")), shortcut))


@st.composite
def concats(draw: st.DrawFn, axes: int, channels: int) -> Spec:
    """Two or three ways with windows of different sizes around the same middle, or with nothing."""
    ways = []
    for _ in range(draw(st.integers(2, 3))):
        size, out = draw(st.sampled_from([0, 1, 3, 5])), draw(st.integers(1, 3))
        window: dict[str, Argument] = {"kernel_size": size, "padding": size // 2}
        given: dict[str, Argument] = {"in_channels": channels, "out_channels": out, **window}
        ways.append((Spec(f"Conv{axes}d", given), Spec("ReLU")) if size else ())
    return Spec("Concat", {}, tuple(ways))


@st.composite
def stacks(draw: st.DrawFn, *, most: int = 5, largest: int = 12, plain: bool = False, axes: int | None = None) -> Stack:
    """Convolutions, pools and what goes between them; `plain` has neither blocks nor layers that move units."""
    axes = draw(st.integers(1, 2)) if axes is None else axes
    stack = Stack((), (draw(st.integers(1, 3)), *(draw(st.integers(3, largest)) for _ in range(axes))))
    for _ in range(draw(st.integers(1, most))):
        with torch.no_grad():
            channels, *lengths = stack.module.to("meta")(torch.empty(1, *stack.input_shape, device="meta")).shape[1:]
        choices = [convolutions(axes, channels)] * 3 + [pools(axes, lengths)] * 2 + [still(axes, channels)]
        choices += [] if plain else [moving(axes), blocks(axes, channels), concats(axes, channels)]
        longer = stack._replace(specs=(*stack.specs, draw(choices[draw(st.integers(0, len(choices) - 1))])))
        stack = longer if fits(longer) else stack
    if not stack.specs:
        stack = stack._replace(specs=(Spec("ReLU"),))
    return stack


def hooked(module: nn.Module, input_shape: Sequence[int]) -> list[tuple[nn.Module, tuple[int, ...]]]:
    """Every layer with the shape that it really makes, in the order of computation; a block after its ways."""
    found: list[tuple[nn.Module, tuple[int, ...]]] = []

    def note(layer: nn.Module, _given: Any, made: Tensor) -> None:  # noqa: ANN401 - torch's hooks
        found.append((layer, tuple(made.shape[1:])))

    for layer in module.modules():
        if not isinstance(layer, nn.Sequential | nn.ModuleList):
            layer.register_forward_hook(note)
    with torch.no_grad():
        module(torch.zeros(1, *input_shape))
    return found


def bare(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """Layers without their lines."""
    return tuple(each._replace(line=1, ways=tuple(map(bare, each.ways))) for each in layers)


def layers_or_error(text: str) -> tuple[Layer, ...] | ValueError:
    try:
        return parse(text)
    except ValueError as error:
        return error


def assert_layers_or_a_sentence(text: str) -> None:
    outcome = layers_or_error(text)
    if isinstance(outcome, ValueError):
        assert type(outcome) is ValueError
        assert str(outcome).endswith((".", "?"))
        assert str(outcome).isprintable()
        assert str(outcome).startswith(("Line ", "There is no layer", "The text "))
        return
    assert outcome
    for layer in flat(outcome):
        assert layer.kind in KINDS | BLOCKS
        assert 1 <= layer.line <= len(text.splitlines())
    assert bare(parse(write(outcome))) == bare(outcome)
