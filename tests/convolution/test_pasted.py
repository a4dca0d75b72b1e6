"""What people paste is read as torch builds it: same layers, same parameters, same shapes and the same function."""

import ast
import copy
import math
import tracemalloc
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from demos.convolution.layers import setting
from demos.convolution.modules import DEFINED, built
from demos.convolution.network import NETWORKS, parse, resolved, steps, trace, write
from tests.convolution.pasted import CLASSES, IN_ORDER, RESNET, WITHOUT_LAYERS, Pasted
from tests.convolution.stacks import assert_layers_or_a_sentence, bare

law = settings(derandomize=True, deadline=None, database=None, max_examples=150)
ALL: Final[Mapping[str, Pasted]] = {**IN_ORDER, **CLASSES}
every_text = pytest.mark.parametrize("pasted", ALL.values(), ids=ALL)


def torchs(pasted: Pasted) -> nn.Module:
    """The network that Python itself builds of the text, which is our own."""
    names: dict[str, Any] = {"torch": torch, "nn": nn, "__name__": "__main__"}
    exec(compile(pasted.text, "pasted", "exec"), names)  # noqa: S102 - of our own text
    module: nn.Module = names["net"]
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


# ---------------------------------------------------------------- the measure


def resnet(block: str, layers: str) -> str:
    return RESNET.replace("{block}", block).replace("{layers}", layers)


@pytest.mark.parametrize(
    ("name", "block", "repeats"),
    [("ResNet-18", "BasicBlock", "[2, 2, 2, 2]"), ("ResNet-50", "Bottleneck", "[3, 4, 6, 3]")],
)
def test_a_librarys_resnet_as_its_source_has_it_is_the_preset(name: str, block: str, repeats: str) -> None:
    ours, preset = parse(resnet(block, repeats)), NETWORKS[name]
    assert trace(ours, preset.input_shape) == trace(parse(preset.code), preset.input_shape)
    assert trace(ours, (3, 96, 64)) == trace(parse(preset.code), (3, 96, 64))


def test_the_deepest_resnet_can_be_pasted() -> None:
    known = trace(parse(resnet("Bottleneck", "[3, 8, 36, 3]")), (3, 64, 64))
    assert sum(each.parameters for each in known) == 60_192_808  # torchvision's num_params of ResNet-152


def test_what_is_done_to_a_signal_is_a_network() -> None:
    assert [each.kind for each in parse(WITHOUT_LAYERS.text)] == ["Conv2d", "ReLU", "MaxPool2d"]


def test_the_longer_way_of_a_sum_is_its_body_whatever_comes_first() -> None:
    for total in ("self.short(x) + self.long(x)", "self.long(x) + self.short(x)"):
        (block,) = parse(
            "class Net(nn.Module):\n"
            "  def __init__(self):\n"
            "    super().__init__()\n"
            "    self.short, self.long = nn.Conv2d(1, 1, 1), nn.Sequential(nn.Conv2d(1, 1, 1), nn.ReLU())\n"
            f"  def forward(self, x): return {total}"
        )
        assert [[each.kind for each in way] for way in block.ways] == [["Conv2d", "ReLU"], ["Conv2d"]]
        assert block.line == 5


def test_a_network_is_read_as_it_is_used_and_not_as_it_is_trained() -> None:
    body = (
        "if self.training: return x\n    if torch.cuda.is_available(): x = F.tanh(x)\n    return F.softmax(F.relu(x))"
    )
    relu, softmax = parse(f"class Net(nn.Module):\n  def forward(self, x):\n    {body}")
    assert (relu.kind, softmax.kind) == ("ReLU", "Softmax")
    assert setting(softmax, "dim") == 1  # torch's own guess for features and images


# ---------------------------------------------------------------- what torch prints


@pytest.mark.parametrize("name", IN_ORDER)
def test_what_torch_prints_of_a_sequence_is_the_sequence(name: str) -> None:
    real = torchs(IN_ORDER[name])
    if name == "the Flatten of a course as a class":
        return  # a class of the text, of which the print says nothing
    ours = parse(str(real))
    shape = IN_ORDER[name].input_shape
    torch.testing.assert_close(output(built(ours, device="cpu").eval(), shape), output(real, shape))


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("MLP(\n  (net): Sequential(\n    (0): Linear(in_features=3, out_features=2, bias=True)\n  )\n)", "Linear"),
        ("(0): Conv1d(1, 6, kernel_size=(5,), stride=(1,), padding=same)\n(1): ReLU(inplace)", "Conv1d ReLU"),
        ("ModuleList(\n  (0-2): 3 x Sequential(\n    (0): Tanh()\n  )\n)", "Tanh Tanh Tanh"),
        (
            (
                "VGG(\n  (features): Sequential(\n    (0): Conv2d(3, 4, kernel_size=(3, 3), stride=(1, 1))\n  )\n"
                "  (avgpool): AdaptiveAvgPool2d(output_size=(7, 7))\n"
                "  (classifier): Sequential(\n    (0): Dropout(p=0.5)\n"
                "    (1): Linear(in_features=196, out_features=9, bias=True)\n  )\n)"
            ),
            "Conv2d AdaptiveAvgPool2d Flatten Dropout Linear",
        ),
    ],
)
def test_other_prints_are_read(text: str, kinds: str) -> None:
    assert [each.kind for each in parse(text)] == kinds.split()


# ---------------------------------------------------------------- what cannot be followed

OPENING: Final = """class Net(nn.Module):
    def __init__(self, classes=3, **more):
        super().__init__()
        self.conv = nn.Conv2d(1, 2, 3)
        self.gate = nn.Conv2d(1, 2, 3)
    def forward(self, x):
        y = F.relu(self.conv(x))
"""


ONLY: Final = "only sums and torch.cat can be shown"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("return y * self.gate(x)", f"“y * self.gate(x)” is a product of two signals: {ONLY}"),
        ("return y @ x", f"“y @ x” is a product of two signals: {ONLY}"),
        ("return y - x", f"“y - x” is a difference of two signals: {ONLY}"),
        ("return y.transpose(1, 2)", "“y.transpose(1, 2)” changes the order of the axes, which cannot be shown"),
        ("a, b = y.chunk(2, 1); return a + b", "“y.chunk(2, 1)” divides a signal, which cannot be shown"),
        ("return y[:, 0]", "“y[:, 0]” is a part of a signal: only whole signals can be shown"),
        ("return y.view(1, 2, 9)",
         "“y.view(1, 2, 9)” does not flatten its signal, which is all that can be shown of it"),
        ("return self.fc(y)", "“self.fc” is not defined in Net"),
        ("return helper(y)", "“helper” is not defined in this text"),
        ("y = y if y.sum() > 0 else x; return y", "“y if y.sum() > 0 else x” cannot be followed"),
        ("return y.mean(1)", "“y.mean(1)” is not the mean over all cells: write nn.AdaptiveAvgPool2d(1)"),
        ("return y.squeeze()",
         "“y.squeeze()” changes the axes of a signal, which cannot be shown: write nn.Flatten()"),
        ("return torch.cat([y, y], 2)", "torch.cat along axis 2 cannot be shown, only along the channels: dim=1"),
        ("return y + torch.randn(1)", "the two signals do not come from the same input"),
        ("return", "forward returns no signal"),
    ],
)  # fmt: skip
def test_what_cannot_be_followed_is_named_with_what_was_read_before(body: str, why: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        parse(f"{OPENING}        {body}\nnet = Net(classes=2)")
    more = {"return y * self.gate(x)": ", Conv2d", "return y + torch.randn(1)": ", Residual"}.get(body, "")
    read = f"Up to there {3 if more else 2} layers were read: Conv2d, ReLU{more}."
    assert str(caught.value) == f"Line {9 if body == 'return' else 8}: {why}. {read}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "class Net(nn.Module):\n  def __init__(self, depth, *, width): pass\n  def forward(self, x): return x",
            "Line 1, Net: nothing builds it. Add a line such as net = Net(depth=…, width=…).",
        ),
        (
            ("class A(nn.Module):\n  def forward(self, x): return F.relu(x)\n"
            "class B(nn.Module):\n  def forward(self, x): return F.relu(x)"),
            "The text defines A, B and builds none: add a line such as net = A().",
        ),
        (
            "class Net(nn.Module):\n  def forward(self, x, y): return x + y\nnet = Net()",
            "Line 2: Net needs x and y. Only networks of one input can be shown.",
        ),
        ("def f(n): return f(n)\nf(1)", "Line 1: functions and modules call each other more than 45 deep."),
        ("def f(n): return nn.ReLU()\nf()", "Line 2, f: its argument n is missing."),
        ("def f(n): return nn.ReLU()\nf(1, 2)", "Line 2, f: it takes 1 arguments, and gets 2."),
        ("def f(n): return nn.ReLU()\nf(n=1, m=2)", "Line 2, f: it has no argument m."),
        (
            "model = torchvision.models.resnet18()\nmodel.fc = nn.Linear(512, 2)",
            ("Line 1: “torchvision.models.resnet18()” is not a layer: “torchvision.models.resnet18()” is a network of "
            "torchvision, whose code is not in this text."),
        ),
        (
            "layers = []\nfor n in sizes:\n  layers.append(nn.Linear(n, n))\nnn.Sequential(*layers)",
            ("Line 4: “layers” is not known, because “sizes” in line 2 is not defined in this text. Paste the lines "
            "that define it."),
        ),
        (
            "Net(\n  (conv): Conv2d(1, 6, kernel_size=(5, 5), stride=(1, 1))\n  (fc): Linear(in_features=3)\n)",
            "Line 1: what torch prints of Net does not say how its parts are connected. Paste the code of its class.",
        ),
        (
            ("class Net(nn.Module):\n"
            "  def __init__(self):\n"
            "    super().__init__()\n"
            "    self.a, self.b, self.c = nn.Linear(2, 2), nn.Linear(2, 2), nn.Linear(2, 2)\n"
            "  def forward(self, x):\n"
            "    a = self.a(x)\n"
            "    return self.b(a) + self.c(a + x)\n"
            "net = Net()"),
            ("Line 4: what Linear makes is used by ways that end in different places. Sums and stacks can be shown if "
            "each begins and ends with all its ways. Up to there 5 layers were read: Linear, Linear, Residual, Linear, "
            "Residual."),
        ),
    ],
)  # fmt: skip
def test_a_network_that_cannot_be_built_is_refused_with_the_way_out(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        parse(text)
    assert str(caught.value) == message


# ---------------------------------------------------------------- any text


CHANGES: Final = st.sampled_from(["delete", "double", "swap"])
sources = st.sampled_from([*(each.text for each in ALL.values()), resnet("BasicBlock", "[1, 1, 1, 1]")])


@law
@given(sources, st.lists(st.tuples(CHANGES, st.integers(0), st.integers(0)), max_size=3))
def test_lines_may_be_missing_twice_or_in_other_places(text: str, changes: list[tuple[str, int, int]]) -> None:
    lines = text.split("\n")
    for change, one, other in changes:
        at, to = one % len(lines), other % len(lines)
        if change == "swap":
            lines[at], lines[to] = lines[to], lines[at]
        elif change == "double":
            lines.insert(to, lines[at])
        elif len(lines) > 1:
            del lines[at]
    assert_layers_or_a_sentence("\n".join(lines))


STRANGE: Final = (
    *("None", "-1", "10**11", "'%s'", "[]", "{}", "[x, x]", "(x,) * 3", "x.shape", "x.size(0)", "lambda: 0", "[*x]"),
    *("self.forward", "nn.ModuleDict()", "nn.Sequential()", "Residual", "torch.cat([x, x], 1)", "x + x", "x @ x"),
    *("layers.append(layers)", "setattr(self, 'b', self)", "self.add_module('a', self)", "zip()", "min()", "x[0]"),
    *("'a' * 10**9", "[0] * 10**9", "math.prod([10**9] * 99)", "int('9' * 5000)", "range(10**9)", "type(self)"),
    *("partial()", "map(nn.ReLU, [1])", "functools.reduce(x, x)", "f'{x:>1000000000}'", "'%1000000000d' % 1"),
    *("x.squeeze()", "F.pad(x, (1, 1))"),
)  # fmt: skip


class Changed(ast.NodeTransformer):
    """A tree with one expression in the place of another."""

    def __init__(self, place: ast.expr, other: ast.expr) -> None:
        self.place, self.other = place, other

    def visit(self, node: ast.AST) -> ast.AST:
        return self.other if node is self.place else super().generic_visit(node)


@law
@given(sources, st.lists(st.tuples(st.integers(0), st.sampled_from(STRANGE) | st.integers(0)), min_size=1, max_size=3))
def test_expressions_may_be_any_others(text: str, changes: list[tuple[int, str | int]]) -> None:
    tree = ast.parse(text)
    for place, other in changes:
        known = list(_expressions(tree))
        new = ast.parse(other, mode="eval").body if isinstance(other, str) else copy.deepcopy(known[other % len(known)])
        Changed(known[place % len(known)], new).visit(tree)
    assert_layers_or_a_sentence(ast.unparse(tree))


def _expressions(node: ast.AST) -> Iterator[ast.expr]:
    """Those that may be others, in the order of the text; the parts of an f-string may not."""
    for inner in ast.iter_child_nodes(node):
        if isinstance(inner, ast.expr) and isinstance(getattr(inner, "ctx", ast.Load()), ast.Load):
            yield inner
        if not isinstance(inner, ast.JoinedStr):
            yield from _expressions(inner)


@pytest.mark.parametrize(
    "text",
    [
        "x = []\nfor i in range(40): x = [x, x]\nnn.Sequential(*x)",
        "x = []\nfor i in range(40): x = [x, x]\ny = []\nfor i in range(40): y = [y, y]\nx == y\nnn.ReLU()",
        "s = nn.ReLU()\nfor i in range(40): s = nn.Sequential(s, s)",
        "x = []\nx.append(x)\nnn.Sequential(*x)",
        "x = [0]\nwhile True: x += x",
        "x = 'a'\nwhile True: x = x + x",
        "x = list(range(9000))\ny = []\nwhile True: y.append(x[:])",
        "x = 2\nwhile True: x = x * x",
        "net = nn.Sequential()\nnet.append(net)",
        "class A(nn.Module):\n  def forward(self, x): return self(x)\nA()",
        "for i in range(10**12): pass",
        "f = lambda g: g(g)\nf(f)",
    ],
)
def test_work_and_memory_have_bounds(text: str) -> None:
    tracemalloc.start()
    try:
        assert_layers_or_a_sentence(text)
        assert tracemalloc.get_traced_memory()[1] < 60 * 2**20
    finally:
        tracemalloc.stop()
