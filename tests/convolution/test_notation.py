"""PyTorch code: what is written is read as torch reads it, the rest is refused in one sentence, and nothing is run."""

import inspect
import os
import tracemalloc
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from demos.convolution.layers import KINDS, LARGEST, MOST, Layer, axes_of, flat, setting, signature
from demos.convolution.network import module_of
from demos.convolution.notation import MAX_CHARACTERS, MAX_LAYERS, MAX_NESTING, parse, spelled, write
from tests.convolution.stacks import Concat, Residual, Stack, assert_layers_or_a_sentence, bare, stacks

law = settings(derandomize=True, deadline=None, database=None, max_examples=100)

CALLS: Final[Mapping[str, tuple[tuple[Any, ...], dict[str, Any]]]] = {  # what each kind needs at least
    **{kind: ((), {}) for kind in KINDS},
    **{f"Conv{axes}d": ((3, 8, 5), {}) for axes in (1, 2)},
    **{f"LazyConv{axes}d": ((8, 5), {}) for axes in (1, 2)},
    **{f"{name}Pool{axes}d": ((3,), {}) for name in ("Max", "Avg") for axes in (1, 2)},
    **{f"Adaptive{name}Pool{axes}d": ((4,), {}) for name in ("Max", "Avg") for axes in (1, 2)},
    **{f"BatchNorm{axes}d": ((6,), {}) for axes in (1, 2)},
    **{f"ZeroPad{axes}d": ((2,), {}) for axes in (1, 2)},
    "Linear": ((7, 9), {}),
    "LazyLinear": ((9,), {}),
    "Threshold": ((0.5, 20.0), {}),
    "Upsample": ((9,), {}),
    "LocalResponseNorm": ((2,), {}),
    "Softmax": ((), {"dim": 1}),
    "LogSoftmax": ((-1,), {}),
}
CHANGED: Final[Mapping[str, Sequence[object]]] = {  # values that torch and its rules allow, by name
    **dict.fromkeys(("stride", "dilation"), (1, 2, 7)),
    "padding": (0, 1, 3),
    "bias": (True, False),
    "ceil_mode": (True, False),
    "count_include_pad": (True, False),
    "affine": (True, False),
    "track_running_stats": (True, False),
    "inplace": (True, False),
    "groups": (1,),
    "eps": (1e-5, 0.5, 1),
    "momentum": (0.1, None, 1),
    "p": (0.0, 0.25, 1),
    "padding_mode": ("zeros",),
    "return_indices": (False,),
    "divisor_override": (None,),
    "dim": (1, -1),
    "start_dim": (1,),
    "end_dim": (-1,),
    "approximate": ("none", "tanh"),
    "mode": ("nearest", "linear", "bilinear"),
    "align_corners": (None, True, False),
    "recompute_scale_factor": (None, False),
    "num_parameters": (1, 5),
    "init": (0.25, 0.5, -1e-3),
    "alpha": (1.0, 0.5, 1e-4),
    "beta": (1, 0.75, 2),
    "k": (1.0, 2.0),
    "negative_slope": (0.01, 0.2),
    "lambd": (0.5, 2),
    "threshold": (20, 0.1, -0.5),
    "value": (20, 0.0, -2.5),
    "min_val": (-1.0, -3),
    "max_val": (1.0, 6),
    "lower": (0.125, 0.1),
    "upper": (0.5, 1 / 3),
}
CODE_OF_LENET: Final = """
nn.Sequential(
    nn.Conv2d(1, 6, kernel_size=5, padding=2), nn.Sigmoid(),
    nn.AvgPool2d(kernel_size=2, stride=2),
    nn.Flatten(),
    nn.Linear(6 * 14 * 14, 10),
)
"""
LENET: Final = (
    Layer("Conv2d", (("in_channels", 1), ("out_channels", 6), ("kernel_size", 5), ("padding", 2))),
    Layer("Sigmoid"),
    Layer("AvgPool2d", (("kernel_size", 2), ("stride", 2))),
    Layer("Flatten"),
    Layer("Linear", (("in_features", 1176), ("out_features", 10))),
)


def refusal(text: str) -> str:
    """One sentence, or two at the most: what is wrong, and what to do."""
    with pytest.raises(ValueError, match=r".") as caught:
        parse(text)
    assert type(caught.value) is ValueError
    message = str(caught.value)
    assert message.endswith((".", "?"))
    assert message.isprintable()
    assert len(message) < 1_500
    return message


def call(kind: str, positional: Sequence[object], keyword: Mapping[str, object]) -> str:
    written = [*map(repr, positional), *(f"{name}={value!r}" for name, value in keyword.items())]
    return f"nn.{kind}({', '.join(written)})"


def public(module: nn.Module) -> dict[str, object]:
    """The attributes of a module that its arguments decide."""
    kept = {name: value for name, value in vars(module).items() if not name.startswith("_")}
    shapes = {
        name: None if isinstance(each, nn.parameter.UninitializedParameter) else each.shape
        for name, each in module.named_parameters()
    }
    return {**kept, "shapes": shapes, "shown": repr(module)}


def torchs(kind: str) -> Mapping[str, inspect.Parameter]:
    """The arguments of a layer as torch has them."""
    known = inspect.signature(getattr(nn, kind)).parameters
    return {name: each for name, each in known.items() if name not in {"device", "dtype", "args", "kwargs"}}


# ---------------------------------------------------------------- what is read


@pytest.mark.parametrize(
    "text",
    [
        CODE_OF_LENET,
        CODE_OF_LENET.replace("nn.", "torch.nn."),
        CODE_OF_LENET.replace("nn.", ""),
        CODE_OF_LENET.replace("nn.", "nn . "),
        "net = " + CODE_OF_LENET.strip(),
        '"""LeNet."""\nclasses = 10\nnet = ' + CODE_OF_LENET.strip().replace(", 10)", ", classes)"),
        """a = 3
b = a + a  # used below
[nn.Conv2d(1, b, 5, padding=2), nn.Sigmoid(), nn.AvgPool2d(2, 2), nn.Flatten(), nn.Linear(b * 196, 10)]""",
        "nn.Conv2d(1, 6, 5, 1, 2), nn.Sigmoid(), nn.AvgPool2d(2, 2), nn.Flatten(), nn.Linear(1176, 10)",
        """nn.Sequential(nn.Sequential(nn.Conv2d(1, 6, 5, padding=2), nn.Sigmoid()), nn.AvgPool2d(2, 2),
                         nn.Sequential(nn.Sequential(nn.Flatten()), nn.Linear(1176, 10)), nn.Sequential())""",
        """nn.Sequential(*[nn.Conv2d(1, 6, 5, padding=2), nn.Sigmoid()], nn.AvgPool2d(2, 2), *(nn.Flatten(),),
                         *nn.Sequential(nn.Linear(1176, 10)), *[])""",
        """nn.Sequential(collections.OrderedDict((
             ("body", nn.Sequential(nn.Conv2d(1, 6, 5, padding=2), nn.Sigmoid())),
             ("pool", nn.AvgPool2d(2, 2)), ("flat", nn.Flatten()), ("out", nn.Linear(1176, 10)))))""",
        """nn.Sequential(
  # the first
  nn.Conv2d(padding = 2,
    kernel_size = 5, # a window
    out_channels=6,
    in_channels=1,),

  nn.Sigmoid(), nn.AvgPool2d(stride=2, kernel_size=2,), nn.Flatten(),
  nn.Linear(out_features=10, in_features=1176)
)  # done""",
        """nn.Sequential(nn.Conv2d(7 // 5, 2 * (5 - 2), -(-5), padding=2 + 0), nn.Sigmoid(), nn.AvgPool2d(10 // 4, 2),
                         nn.Flatten(), nn.Linear(1_000 + 0xB0, (3 - 2) * 10))""",
    ],
)  # fmt: skip
def test_lenet_is_read_however_it_is_written(text: str) -> None:
    read = [each._replace(arguments=tuple(sorted(each.arguments))) for each in bare(parse(text))]
    wanted = [each._replace(arguments=tuple(sorted(each.arguments))) for each in LENET]
    without = [_without_default_stride(each) for each in read]
    assert without == wanted


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("for i in range(3):\n  net = nn.ReLU()", "ReLU"),
        ("if 1:\n  nn.ReLU()\nelse:\n  nn.Tanh()", "ReLU"),
        ("with open('x'):\n  nn.ReLU()", "ReLU"),
        ("try:\n  nn.ReLU()\nfinally: pass", "ReLU"),
        ("net = [nn.ReLU(), nn.Tanh()]\ndel net[0], x", "Tanh"),
        ("a = b = nn.ReLU()", "ReLU"),
        ("net = []\nnet += [nn.ReLU()]", "ReLU"),
        ("\nnet = nn.ReLU()\nnet.eval()", "ReLU"),
        ("[nn.ReLU() for i in range(9) if i % 4 == 1]", "ReLU ReLU"),
        ("(nn.ReLU() for i in range(2))", "ReLU ReLU"),
        ("nn.ReLU() if 1 else nn.Tanh()", "ReLU"),
        ("[nn.ReLU()] * 3", "ReLU ReLU ReLU"),
        ("nn.Sequential(x := nn.ReLU())", "ReLU"),
        ("nn.ReLU().cuda()", "ReLU"),
        ("(lambda: nn.ReLU())()", "ReLU"),
        ("x = y + 1\nnn.ReLU()", "ReLU"),
        ("print(nn.Sequential(nn.ReLU()))", "ReLU"),
        ("net = nn.Sequential(nn.ReLU(), nn.Tanh())\nnet[0] = nn.GELU()\nnet.pop = 1", "GELU Tanh"),
        ("whole = nn.Sequential(nn.ReLU(), nn.Tanh())\nnet = nn.Sequential(*list(whole.children())[:-1])", "ReLU"),
        ("whole = nn.Sequential(nn.ReLU(), nn.Tanh())\nnet = whole[1:]", "Tanh"),
        ("loss = nn.MSELoss()\nsoftmax = nn.Softmax(dim=1)\nnet = nn.Sequential(nn.ReLU())", "ReLU"),
        ("n = 3\nnet = nn.ModuleList()\nwhile n < 9:\n  net.append(nn.Linear(n, 2 * n))\n  n *= 2", "Linear Linear"),
        ("x = 0\nfor i in range(9):\n  if i == 1: continue\n  if i > 2: break\n  x += i\nnn.Linear(x, 1)", "Linear"),
        ("net = nn.Sequential()\nfor i in (1, 2):\n  net.add_module('c{}'.format(i), nn.Tanh())", "Tanh Tanh"),
        ("def make():\n  net = nn.Sequential(nn.ReLU())\n  print(net)\nmake()", "ReLU"),
        ("class N(nn.Module):\n  def forward(self, x): return F.gelu(x)", "GELU"),
        ("def net(n=2): return nn.Sequential(*[nn.ReLU() for _ in range(n)])", "ReLU ReLU"),
        ("def f(): return nn.Sequential(nn.ReLU()), torch.optim.SGD([], 1)\nnet, optimizer = f()", "ReLU"),
        ("class N(course.Module):\n  def __init__(self):\n    self.net = nn.ReLU()\nN().summary((1, 9))", "ReLU"),
        ("class Loss(nn.Module):\n  def forward(self, a, b): return a\nloss, net = Loss(), nn.ReLU()", "ReLU"),
        ("class Loss(nn.Module):\n  def forward(self, a, b): pass\nloss = Loss()\nnn.Sequential(nn.ReLU())", "ReLU"),
        (">>> net = nn.Sequential(\n...   nn.ReLU())\n>>> net\nSequential(\n  (0): ReLU()\n)", "ReLU"),
        ("In [1]: net = nn.Sequential(\n   ...:   nn.ReLU())\nIn [2]: net.eval()\nOut[2]: 3", "ReLU"),
        ("```python\nnn.ReLU()\n```", "ReLU"),
        ("%matplotlib inline\n!pip install torch\nnet = nn.Sequential(OrderedDict([(‘a’, nn.ReLU())]))", "ReLU"),
    ],
)  # fmt: skip
def test_what_python_builds_is_read(text: str, kinds: str) -> None:
    assert [each.kind for each in parse(text)] == kinds.split()


def test_arguments_may_be_calculated_unpacked_and_placed_on_a_device() -> None:
    code = (
        "nn.Conv2d(*[1, 2], **{'kernel_size': (3, 5)[0]}, device='cuda', dtype=torch.float32), nn.Dropout(p := 1 / 2)"
    )
    first, second = parse(code)
    assert setting(first, "kernel_size") == 3
    assert setting(first, "out_channels") == 2
    assert setting(second, "p") == 0.5


def _without_default_stride(layer: Layer) -> Layer:
    """A stride of 1 may be written or not."""
    return layer._replace(arguments=tuple(each for each in layer.arguments if each != ("stride", 1)))


def test_arguments_are_in_torchs_order_however_they_are_written() -> None:
    (layer,) = parse("nn.Conv2d(padding=2, kernel_size=(3, 5), out_channels=6, in_channels=1)")
    assert [name for name, _ in layer.arguments] == ["in_channels", "out_channels", "kernel_size", "padding"]
    assert setting(layer, "kernel_size") == (3, 5)
    assert setting(layer, "stride") == 1  # torch's default
    assert setting(layer, "padding") == 2


def test_a_list_of_numbers_is_a_tuple() -> None:
    (layer,) = parse("n = 1\nnn.Conv2d(1, 6, [3, 5], padding=[n, 2 * 1])")
    assert setting(layer, "kernel_size") == (3, 5)
    assert setting(layer, "padding") == (1, 2)
    (pad,) = parse("nn.ZeroPad2d((1, 2, 3, 4))")
    assert setting(pad, "padding") == (1, 2, 3, 4)
    (pool,) = parse("nn.AdaptiveAvgPool2d((None, 2))")
    assert setting(pool, "output_size") == (None, 2)


def test_names_stand_for_numbers_texts_and_truth() -> None:
    code = "mode = 'same'\nyes = True\nslope = -0.5\nslope = slope * 2\n"
    first, second = parse(code + "nn.Conv1d(1, 2, 3, padding=mode, bias=yes), nn.LeakyReLU(slope)")
    assert setting(first, "padding") == "same"
    assert setting(first, "bias") is True
    assert setting(second, "negative_slope") == -1


def test_a_residual_block_has_a_body_and_a_shortcut() -> None:
    block, last = parse("Residual(nn.ReLU(), [nn.Tanh()], shortcut=nn.Sequential(nn.GELU(), nn.SiLU())), nn.Flatten()")
    assert block.kind == "Residual"
    assert [[each.kind for each in way] for way in block.ways] == [["ReLU", "Tanh"], ["GELU", "SiLU"]]
    assert not block.arguments
    assert not last.ways
    assert [each.kind for each in flat((block, last))] == ["ReLU", "Tanh", "GELU", "SiLU", "Residual", "Flatten"]
    (identity,) = parse("Residual(Residual(nn.ReLU()), nn.Tanh())")
    assert identity.ways[1] == identity.ways[0][0].ways[1] == ()
    assert [each.kind for each in flat((identity,))] == ["ReLU", "Residual", "Tanh", "Residual"]


def test_every_layer_has_the_line_in_which_its_call_begins() -> None:
    text = "# net\n\n\nnet = Sequential(ReLU(),\n  Conv2d(\n  1,\n  2, 3), Tanh(),\n\n  Residual(\n  GELU()))"
    lines = {each.kind: each.line for each in flat(parse(text))}
    assert lines == {"ReLU": 4, "Conv2d": 5, "Tanh": 7, "Residual": 9, "GELU": 10}
    assert str(parse(text)[1]) == "Line 5, Conv2d"


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_is_torchs_layer_of_that_name(kind: str) -> None:
    """Same attributes, shapes of parameters and text as the module that PyTorch makes of the same code."""
    assert set(CALLS) == KINDS
    positional, keyword = CALLS[kind]
    made, torchs_own = module_of(parse(call(kind, positional, keyword))[0]), getattr(nn, kind)(*positional, **keyword)
    assert type(made) is type(torchs_own)
    assert public(made) == public(torchs_own)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_argument_of_torchs_is_known_and_means_the_same(kind: str) -> None:
    positional, keyword = CALLS[kind]
    names = torchs(kind)
    assert list(signature(kind).parameters) == list(names)
    given_names = {*list(names)[: len(positional)], *keyword}
    for name in names:
        if name in given_names or name in {"size", "scale_factor", "min_value", "max_value"}:
            continue
        for value in CHANGED[name]:
            code = call(kind, positional, {**keyword, name: value})
            torchs_own = getattr(nn, kind)(*positional, **keyword, **{name: value})
            assert public(module_of(parse(code)[0])) == public(torchs_own)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_torchs_defaults_may_be_written_out(kind: str) -> None:
    positional, keyword = CALLS[kind]
    names = list(torchs(kind))[len(positional) :]
    defaults = {name: torchs(kind)[name].default for name in names}
    rest = {name: value for name, value in defaults.items() if value is not inspect.Parameter.empty}
    written, short = (parse(call(kind, positional, each)) for each in (rest | keyword, keyword))
    assert public(module_of(written[0])) == public(module_of(short[0]))


@pytest.mark.parametrize(
    "code",
    [
        "nn.Upsample(scale_factor=2)",
        "nn.Upsample(None, (2, 0.5), 'bilinear', align_corners=True)",
        "nn.Upsample(size=(7, 9), mode='bilinear')",
        "nn.Upsample(scale_factor=1.5, mode='linear', align_corners=False)",
        "nn.Conv2d(4, 8, (3, 1), (2, 1), (1, 0), (1, 2), 4, False)",
        "nn.Conv1d(4, 8, 3, padding='same', dilation=2)",
        "nn.Conv2d(4, 8, 3, padding='valid')",
        "nn.LazyConv2d(8, 3, 1, 'same', groups=2)",
        "nn.MaxPool2d(3, (2, 1), 1, 2, False, True)",
        "nn.AvgPool2d((3, 2), None, (1, 0), True, False)",
        "nn.AdaptiveMaxPool2d((None, 3))",
        "nn.ZeroPad1d((1, 2))",
        "nn.BatchNorm2d(5, 1e-3, None, False, False)",
        "nn.LocalResponseNorm(size=5, alpha=1e-4, beta=0.75, k=2)",
        "nn.PReLU(num_parameters=5, init=0.1)",
    ],
)
def test_code_with_many_arguments_makes_what_pytorch_makes_of_it(code: str) -> None:
    torchs_own = eval(code, {"nn": nn})  # noqa: S307 - of our own text
    assert public(module_of(parse(code)[0])) == public(torchs_own)


def test_an_identity_takes_anything_as_torchs_does() -> None:
    assert parse("nn.Identity(54, unused=0.1, name='x')") == (Layer("Identity"),)


# ---------------------------------------------------------------- what is written


@st.composite
def written_layers(draw: st.DrawFn, depth: int = 2) -> Layer:
    """Any layer with any arguments that torch has for it, and blocks of them."""
    if depth and draw(st.integers(0, 4)) == 0:
        ways = st.lists(written_layers(depth - 1), min_size=1, max_size=3).map(tuple)
        shapes = st.tuples(ways, st.just(()) | ways), st.lists(st.just(()) | ways, min_size=2, max_size=3).map(tuple)
        kind, shape = draw(st.sampled_from([("Residual", shapes[0]), ("Concat", shapes[1])]))
        return Layer(kind, (), draw(st.integers(1, 99)), draw(shape))
    kind = draw(st.sampled_from(sorted(KINDS - {"Identity"})))
    positional, keyword = CALLS[kind]
    given_arguments = dict(zip(torchs(kind), positional, strict=False)) | keyword
    for name in torchs(kind):
        if name in CHANGED and name not in keyword and draw(st.booleans()):
            given_arguments[name] = draw(st.sampled_from(CHANGED[name]))
    window = axes_of(kind)
    if "kernel_size" in given_arguments and window == 2 and draw(st.booleans()):
        given_arguments["kernel_size"] = draw(st.tuples(st.integers(1, LARGEST), st.integers(1, LARGEST)))
    if kind == "Upsample":
        given_arguments |= {"size": None, "scale_factor": draw(st.sampled_from([2, 0.5, (2, 1.5)]))}
    arguments = tuple((name, given_arguments[name]) for name in torchs(kind) if name in given_arguments)
    return Layer(kind, arguments, draw(st.integers(1, 99)))


@law
@given(st.lists(written_layers(), min_size=1, max_size=8).map(tuple))
def test_what_is_written_is_read_back_but_for_the_lines(layers: tuple[Layer, ...]) -> None:
    text = write(layers)
    again = parse(text)
    assert bare(again) == bare(layers)
    assert write(again) == text
    lines = text.split("\n")
    for each in flat(again):
        assert lines[each.line - 1].strip().startswith((f"nn.{each.kind}(", f"{each.kind}("))


@law
@given(stacks())
def test_what_is_written_is_code_that_pytorch_runs(stack: Stack) -> None:
    names = {"nn": nn, "Residual": Residual, "Concat": Concat}
    module = eval(write(parse(stack.code)), names)  # noqa: S307 - of our own text
    assert isinstance(module, nn.Sequential)
    data = torch.randn(2, *stack.input_shape)
    with torch.no_grad():
        for ours, theirs in zip(module.parameters(), stack.module.parameters(), strict=True):
            assert ours.shape == theirs.shape
        assert module.eval()(data).shape == stack.module(data).shape
    assert [str(each) for each in module] == [str(each) for each in stack.module]


@law
@given(st.lists(written_layers(depth=0), min_size=1, max_size=5))
def test_a_layer_in_a_line_is_read_as_it_is(layers: list[Layer]) -> None:
    for layer in layers:
        assert "\n" not in spelled(layer)
        assert bare(parse(spelled(layer))) == bare((layer,))


def test_a_line_has_torchs_first_numbers_without_names() -> None:
    assert spelled(LENET[0]) == "Conv2d(1, 6, kernel_size=5, padding=2)"
    assert spelled(LENET[4]) == "Linear(1176, 10)"
    assert spelled(parse("nn.Dropout(0.25)")[0]) == "Dropout(0.25)"
    assert spelled(parse("nn.Conv2d(1, 2, 3, padding='same')")[0]).endswith("padding='same')")
    assert spelled(parse("Residual(nn.ReLU())")[0]) == "Residual(…)"
    assert write(LENET).split("\n")[1] == "    nn.Conv2d(1, 6, kernel_size=5, padding=2),"


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("text", "begins", "says"),
    [
        # what is no Python
        ("nn.Sequential(\n  nn.ReLU(),\n", "Line 1 is not Python", "never closed"),
        ("nn.ReLU(\n1,,2)", "Line 2 is not Python", "invalid syntax"),
        ("nn.ReLU()\x00", "Line 1 is not Python", "null bytes"),
        ("net =", "Line 1 is not Python", ""),
        # what is Python but no list of layers
        ("", "There is no layer in it", "nn.Sequential("),
        ("nn.Sequential()", "There is no layer in it", "nn.Sequential("),
        ("nn.ReLU()\n\nnn.Tanh()", "Line 3: a second network", "the first is in line 1"),
        ("a = nn.ReLU()\nb = nn.Tanh()", "Line 2: a second network", "the first is in line 1"),
        ("5", "Line 1: “5” is not a layer", "nn.Conv2d("),
        ("nn.ReLU", "Line 1: “nn.ReLU” is not a layer", "nn.Conv2d("),
        ("nn.Sequential(\nnn.ReLU(),\n'nn.Tanh()')", "Line 3: “'nn.Tanh()'” is not a layer", "nn.Conv2d("),
        ("lambda: nn.ReLU()", "Line 1: “lambda: nn.ReLU()” is not a layer", "nn.Conv2d("),
        ("nn.ReLU() + nn.Tanh()", "Line 1: “nn.ReLU() + nn.Tanh()” is not", "a layer"),
        # what is a call but of no layer
        ("\nnn.Conv2D(1, 2, 3)", "Line 2, Conv2D: there is no such layer", "Did you mean Conv2d?"),
        ("nn.Maxpool2d(2)", "Line 1, Maxpool2d: there is no such layer", "Did you mean MaxPool2d?"),
        ("nn.Conv3d(1, 2, 3)", "Line 1, Conv3d: there is no such layer", "Did you mean Conv"),
        ("nn.Transformer()", "Line 1, Transformer: there is no such layer", "and Residual."),
        ("nn.Module()", "Line 1, Module: there is no such layer", ""),
        # what is Python but builds nothing
        ("\nclass Net(nn.Module):\n  pass", "Line 2: Net has no forward", "paste the whole class"),
        ("\n\ndef f(x):\n  return x", "There is no layer in it", "nn.Sequential("),
        ("print('x')", "There is no layer in it", "nn.Sequential("),
        ("raise x", "Line 1: here the code itself stops with “raise x”", ""),
        ("break", "Line 1: this statement cannot be read here", ""),
        ("match x:\n  case 1: pass", "Line 1: this statement cannot be read here", ""),
        ("while True: pass", "Line 1: it takes more than 100,000 steps", "Paste the network alone"),
        ("self.c = nn.ReLU()\nself.d = nn.Tanh()", "Line 1: this is a part of a class", "with its forward"),
        ("nn.Sequential(nn.ReLU(),\nnn.Tanh)", "Line 2: “nn.Tanh” is not a layer", "Did you mean nn.Tanh()?"),
        ("nn.Sequential(*layers)", "Line 1: “layers” is not defined in this text", "Paste the lines"),
        ("nn.Sequential(OrderedDict([('a',)]))", "Line 1: “OrderedDict([('a',)])” is not a layer", "nn.Conv2d("),
        ("__import__('os').system('x')", "Line 1: “__import__('os').system('x')” is not a layer", "not read here"),
        ("nn.Sequential(\nnn.ReLU(),\nF.relu())", "Line 3: “F.relu()” is given no signal", "1 layer was read: ReLU."),
        ("nn.Sequential(\nnn.ReLU(),\nF.relu)", "Line 3: “F.relu” is a function, not a layer of torch.nn", ""),
        ("tf.nn.Conv2d(1, 2, 3)", "Line 1: “tf.nn.Conv2d(1, 2, 3)” is not a layer", "“tf.nn.Conv2d” is not defined"),
        ("layers[0]()", "Line 1: “layers[0]()” is not a layer", ""),
        ("'{0.__class__}'.format(nn)", "Line 1: “'{0.__class__}'.format(nn)” is not a layer", ""),
        ("eval('x')", "Line 1: “eval('x')” is not a layer", "“eval” is not read here"),
        ("from keras import layers\nlayers.Dense(9)", "Line 1: this is Keras", "PyTorch"),
        ("nn.Conv2d(10**9, 2, 3)", "Line 1, Conv2d: in_channels must be", "to 1,000,000, not 1000000000"),
        ("nn.Conv2d(\n1,\nwidth,\n3)", "Line 1, Conv2d: “width” is not defined in this text", "or write a number"),
        ("nn.Conv2d(1, w, 3)\nw = 5", "Line 1, Conv2d: “w” is not defined in this text", "or write a number"),
        ("w = v + 1\nnn.Linear(w, 3)", "Line 2, Linear: “w” cannot be read, because “v” in line 1 is not defined", ""),
        ("from c import w\nnn.Linear(w, 3)", "Line 2, Linear: “w” comes from c, which is not in this text", ""),
        ("nn.Dropout(f'{1}')", "Line 1, Dropout: p must be a number from 0 to 1", "not '1'"),
        ("nn.Dropout(float('nan'))", "Line 1, Dropout: p must be a number from 0 to 1", "not nan"),
        ("nn.Dropout(2 ** 3)", "Line 1, Dropout: p must be a number from 0 to 1", "not 8"),
        ("nn.Dropout((1, 2)[2])", "Line 1, Dropout: “(1, 2)[2]” is beyond the end: there are 2", ""),
        ("nn.Conv2d(1, 2, (1, 2) * 3)", "Line 1, Conv2d: kernel_size must be", "not (1, 2, 1, 2, 1, 2)"),
        ("nn.Conv2d(1, 2, 'a' + 3)", "Line 1, Conv2d: + - * // need numbers", ""),
        ("a, b = 1, 2, 3", "Line 1: 3 values cannot be given to 2 names", ""),
        # a network that cannot be one
        ("c = nn.Linear(2, 2)\nnn.Sequential(c, c)", "Line 1, Linear: it is used a second time", "for each use"),
        ("nn.Sequential(*[nn.Linear(2, 2)] * 2)", "Line 1, Linear: it is used a second time", "for each use"),
        ("Concat(nn.ReLU())", "Line 1, Concat: it takes at least two ways", ""),
        # arguments
        ("\nnn.Conv2d(1, 2)", "Line 2, Conv2d: missing a required argument: 'kernel_size'", "it takes in_channels, "),
        ("nn.ReLU(True, 2)", "Line 1, ReLU: too many positional arguments", "it takes inplace"),
        ("nn.Sigmoid(1)", "Line 1, Sigmoid: too many positional arguments", "it takes nothing"),
        ("nn.Conv2d(1, 2, 3, strides=1)", "Line 1, Conv2d: got an unexpected keyword argument 'strides'", "stride, "),
        ("nn.Conv2d(1, 2, 3, stride=1, stride=2)", "Line 1, Conv2d: stride is given twice", ""),
        ("nn.Conv2d(1, 2, 3, kernel_size=3)", "Line 1, Conv2d: multiple values for argument 'kernel_size'", ""),
        ("nn.Conv2d(1, 2, 3, stride=0)", "Line 1, Conv2d: stride must be a whole number from 1", "not 0"),
        ("nn.Conv2d(1, 2, 3, stride=None)", "Line 1, Conv2d: stride must be a whole number from 1", "not None"),
        ("nn.MaxPool2d(2, (2, 0))", "Line 1, MaxPool2d: stride must be a whole number from 1", "not (2, 0)"),
        ("nn.Conv2d(1, 0, 3)", "Line 1, Conv2d: out_channels must be a whole number from 1", "not 0"),
        ("nn.Conv2d(1, 2, 3, padding=-1)", "Line 1, Conv2d: padding must be a whole number from 0", "not -1"),
        ("nn.Conv2d(1, 2, 3, padding='full')", "Line 1, Conv2d: padding must be", "'same', not 'full'"),
        ("nn.MaxPool2d(2, padding='same')", "Line 1, MaxPool2d: padding must be a whole number", "not 'same'"),
        ("nn.Conv2d(1, 2, 3, dilation=0)", "Line 1, Conv2d: dilation must be a whole number from 1", "not 0"),
        ("nn.Conv2d(1, 2, 3, groups=0)", "Line 1, Conv2d: groups must be a whole number from 1", "not 0"),
        ("nn.Conv2d(1, 2, 1001)", "Line 1, Conv2d: kernel_size must be", "to 1,000 or 2 of them, not 1001"),
        ("nn.Conv1d(1, 2, 1001)", "Line 1, Conv1d: kernel_size must be", "from 1 to 1,000, not 1001"),
        ("nn.Conv2d(1, 2, (3, 3, 3))", "Line 1, Conv2d: kernel_size must be", "2 of them, not (3, 3, 3)"),
        ("nn.Conv2d(1, 2, (3, None))", "Line 1, Conv2d: kernel_size must be", "not (3, None)"),
        ("nn.Conv2d(True, 2, 3)", "Line 1, Conv2d: in_channels must be a whole number", "not True"),
        ("nn.Conv2d(1.0, 2, 3)", "Line 1, Conv2d: in_channels must be a whole number", "not 1.0"),
        ("nn.Conv2d(1, 2, 3, bias=1)", "Line 1, Conv2d: bias must be False or True", "not 1"),
        ("nn.Conv2d(1, 2, 3, padding_mode='reflect')", "Line 1, Conv2d: padding_mode must be 'zeros'", "'reflect'"),
        ("nn.MaxPool2d(2, return_indices=True)", "Line 1, MaxPool2d: return_indices must be False", "not True"),
        ("nn.AvgPool2d(2, divisor_override=3)", "Line 1, AvgPool2d: divisor_override must be None", "not 3"),
        ("nn.Dropout(-0.1)", "Line 1, Dropout: p must be a number from 0 to 1", "not -0.1"),
        ("nn.Dropout(1.1)", "Line 1, Dropout: p must be a number from 0 to 1", "not 1.1"),
        ("nn.Dropout(True)", "Line 1, Dropout: p must be a number from 0 to 1", "not True"),
        ("nn.Dropout('half')", "Line 1, Dropout: p must be a number from 0 to 1", "not 'half'"),
        ("nn.LeakyReLU(1e999)", "Line 1, LeakyReLU: negative_slope must be a number", "not inf"),
        ("nn.Flatten(0)", "Line 1, Flatten: start_dim must be 1", "not 0"),
        ("nn.Flatten(1, 2)", "Line 1, Flatten: end_dim must be -1", "not 2"),
        ("nn.Softmax(0)", "Line 1, Softmax: dim must be 1 or -1", "not 0"),
        ("nn.GELU('erf')", "Line 1, GELU: approximate must be 'none' or 'tanh'", "not 'erf'"),
        ("nn.Upsample(scale_factor=0)", "Line 1, Upsample: scale_factor must be a number above 0", "not 0"),
        ("nn.Upsample(scale_factor=65)", "Line 1, Upsample: scale_factor must be", "at most 64, or one for each axis"),
        ("nn.Upsample(5000)", "Line 1, Upsample: size must be a whole number from 1 to 4,096", "not 5000"),
        ("nn.Upsample(2, mode='bicubic')", "Line 1, Upsample: mode must be 'nearest' or", "not 'bicubic'"),
        ("nn.AdaptiveAvgPool2d(None)", "Line 1, AdaptiveAvgPool2d: output_size must be", "not None"),
        ("nn.AdaptiveAvgPool2d((1, 2, 3))", "Line 1, AdaptiveAvgPool2d: output_size must be", "not (1, 2, 3)"),
        ("nn.ZeroPad2d((1, 2))", "Line 1, ZeroPad2d: padding must be a whole number", "4 of them, not (1, 2)"),
        ("nn.ZeroPad2d(-1)", "Line 1, ZeroPad2d: padding must be a whole number from 0 to 1,000", "not -1"),
        # values
        ("nn.ReLU(nn.Tanh())", "Line 1, ReLU: “nn.Tanh()” cannot be read", ""),
        ("nn.Dropout(b'1')", "Line 1, Dropout: “b'1'” cannot be read", ""),
        ("nn.Dropout(1 if x else 0)", "Line 1, Dropout: “1 if x else 0” cannot be read", ""),
        ("nn.Linear(2 << 9, 1)", "Line 1, Linear: “2 << 9” cannot be read", ""),
        ("nn.Conv2d(1, 2, ((3, 3), 3))", "Line 1, Conv2d: “((3, 3), 3)” cannot be read", ""),
        ("nn.Conv2d(1, 2, 3 // 0)", "Line 1, Conv2d: a division by 0", ""),
        ("nn.Dropout(1e308 * 1e308)", "Line 1, Dropout: a number is more than 10 to the 12", ""),
        ("\nx = 1 // 0\nnn.ReLU()", "Line 2: a division by 0", ""),
        # blocks
        ("nn.Sequential(nn.ReLU(), name=1)", "Line 1, Sequential: it takes layers, not name=", ""),
        ("nn.Sequential(nn.Sequential(\n**x))", "Line 1, Sequential: ** cannot be read", ""),
        ("\nResidual()", "Line 2, Residual: it takes at least one layer", ""),
        ("Residual(nn.ReLU(),\nshortcut=None)", "Line 2: “None” is not a layer", ""),
        ("Residual(nn.ReLU(),\nnn.Conv2d(1))", "Line 2, Conv2d: missing a required argument", ""),
    ],
)  # fmt: skip
def test_a_refusal_says_where_and_what(text: str, begins: str, says: str) -> None:
    message = refusal(text)
    assert message.startswith(begins)
    assert says in message


@pytest.mark.parametrize(
    "text",
    [
        "nn" + ".a" * 5_000,
        "x" + "()" * 9_000,
        "nn.Dropout(" + "~" * 9_000 + "1)",
        "n = " + "-" * 15_000 + "1",
        "nn.Dropout(" + "1+" * 9_000 + "1)",
        "lambda:" * 2_800 + "1",
        "a if b else " * 1_600 + "c",
    ],
)
def test_what_is_nested_by_thousands_is_refused_without_a_crash(text: str) -> None:
    assert len(text) <= MAX_CHARACTERS
    assert refusal(text).startswith(("The text is nested too deeply", "Line 1"))


@pytest.mark.parametrize("opening", ["nn.Sequential(", "[", "nn.Sequential(*[", "Residual("])
def test_brackets_by_hundreds_are_refused(opening: str) -> None:
    closing = "".join({"(": ")", "[": "]"}[each] for each in reversed(opening) if each in "([")
    for depth in (60, 150, 1_000):
        text = opening * depth + "nn.ReLU()," + closing * depth
        sentences = ("Line 1: layers are nested more than 20 deep", "Line 1 is not Python: too many")
        assert refusal(text).startswith(sentences)


def nested(depth: int, around: str = "nn.Sequential({})") -> str:
    text = "nn.ReLU()"
    for _ in range(depth):
        text = around.format(text)
    return text


@pytest.mark.parametrize(
    "around", ["nn.Sequential({})", "[{}]", "Residual({})", "Residual(nn.Tanh(), shortcut={})", "Concat({}, nn.Tanh())"]
)
def test_layers_are_nested_as_deep_as_promised_and_not_deeper(around: str) -> None:
    assert MAX_NESTING == 20
    assert flat(parse(nested(20, around)))[0].kind in {"ReLU", "Tanh"}
    assert refusal(nested(21, around)) == "Line 1: layers are nested more than 20 deep."


def test_arithmetic_is_nested_as_deep_as_promised_and_not_deeper() -> None:
    assert setting(parse(f"nn.Linear({'1+' * 20}1, 1)")[0], "in_features") == 21
    assert setting(parse(f"nn.Linear({'-' * 20}5, 1)")[0], "in_features") == 5
    for bad in ("1+" * 21 + "1", "-" * 21 + "5"):
        assert refusal(f"\nnn.Linear({bad}, 1)") == "Line 2, Linear: its arithmetic is nested more than 20 deep."


def test_as_many_characters_are_read_as_promised_and_not_one_more() -> None:
    assert MAX_CHARACTERS == 20_000
    text = "nn.ReLU()" + " " * (20_000 - 9)
    assert parse(text) == (Layer("ReLU"),)
    assert refusal(text + " ") == "The text has 20,001 characters; at most 20,000 are read."


@pytest.mark.parametrize("layer", ["ReLU()", "Residual(ReLU())"])
def test_as_many_layers_are_read_as_promised_and_not_one_more(layer: str) -> None:
    assert MAX_LAYERS == 800
    count = 800 // len(flat(parse(layer)))
    assert len(flat(parse(f"[{(layer + ',') * count}]"))) == 800
    assert refusal(f"[{(layer + ',') * (count + 1)}]").endswith(": more than 800 layers.")
    assert refusal("[" + ",\n".join(["ReLU()"] * 801) + "]") == "Line 801, ReLU: more than 800 layers."


def test_numbers_are_as_large_as_promised_and_not_larger() -> None:
    assert (MOST, LARGEST) == (1_000_000, 1_000)
    assert setting(parse("nn.Linear(1000000, 1000000)")[0], "out_features") == 1_000_000
    assert "from 1 to 1,000,000, not 1000001" in refusal("nn.Linear(1000001, 1)")
    assert setting(parse("nn.Conv2d(1, 1, (1000, 1), 1000, 1000, 1000)")[0], "dilation") == 1000
    for name in ("stride", "padding", "dilation"):
        assert f"{name} must be" in refusal(f"nn.Conv2d(1, 1, 3, {name}=1001)")
    assert setting(parse("nn.Dropout(1000000 * 1000000 - 999999999999)")[0], "p") == 1
    for beyond in ("1000000 * 1000000 + 1", "-1000000 * 1000000 - 1"):
        assert "more than 10 to the 12" in refusal(f"nn.Dropout({beyond})")
    assert setting(parse("nn.Upsample(scale_factor=64)")[0], "scale_factor") == 64
    for fits, large in (("1e12", "1e13"), ("-1e12", "-2e12"), ("1000000000000", "1000000000001")):
        assert setting(parse(f"nn.LeakyReLU({fits})")[0], "negative_slope") == float(fits)
        assert refusal(f"nn.LeakyReLU({large})").startswith("Line 1, LeakyReLU: ")
    assert setting(parse("nn.AdaptiveAvgPool2d((1000, 1))")[0], "output_size") == (1000, 1)
    assert "output_size must be" in refusal("nn.AdaptiveAvgPool2d(1001)")


def test_an_unknown_layer_without_a_likeness_gets_the_list_of_all() -> None:
    message = refusal("nn.Transformer()")
    assert all(kind in message for kind in KINDS)


def test_long_code_is_quoted_in_short() -> None:
    message = refusal("nn.Sequential(\n  'a text that goes on and on and on and on and on and on and on')")
    assert message.startswith("Line 2: “'a text that goes on and on an…” is not a layer")
    thirty = "a" * 30
    assert f"“{thirty}” is" in refusal(thirty)
    assert f"“{thirty}…” is" in refusal(thirty + "a")


# ---------------------------------------------------------------- what is never done


@pytest.mark.parametrize(
    "text",
    [
        "import os\nos.system('x')",
        "nn.Dropout(p=__import__('os').system('x'))",
        "Residual(nn.ReLU(), shortcut=os.system('x'))",
        "nn.Sequential(OrderedDict([(os.system('x'), nn.ReLU()), ('b', os.system('x'))]))",
        "n = -os.system('x')",
        "nn.ReLU(**os.system('x'))",
        "[os.system('x') for _ in range(9)]",
        "f'{os.system(1)}'",
        "class A:\n  os.system('x')",
        "@os.system\ndef f(): pass",
    ],
)
def test_nothing_is_run(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[object] = []
    monkeypatch.setattr(os, "system", ran.append)
    refusal(text)
    assert not ran


def test_an_import_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "trap_for_imports.py").write_text("raise SystemExit\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert parse("import trap_for_imports\nfrom trap_for_imports import *\nnn.ReLU()") == (Layer("ReLU", line=3),)


def test_nothing_is_allocated_for_what_is_asked_for() -> None:
    texts = [
        "nn.Conv2d(1000000, 1000000, 1000, padding=1000)",
        "nn.Linear(1000000, 1000000), nn.Linear(1000000, 1000000)",
        "nn.Upsample(scale_factor=64)",
    ]
    for text in texts:
        parse(text)
    tracemalloc.start()
    try:
        for text in texts:
            parse(text)
        for bad in ("nn.Conv2d(1, 2, 'a' * 1000000000)", "nn.Conv2d(1, 2, (0,) * 1000000000)", "'a' * 10**9"):
            refusal(bad)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


# ---------------------------------------------------------------- any text


scraps = st.sampled_from(
    [
        *("nn.", "torch.", "Sequential(", "Conv2d(", "ReLU(", "Residual(", "Dropout(", "shortcut=", "OrderedDict(["),
        *("1", "0", "3", "1e9", "-", "+", "*", "//", "(", ")", "[", "]", "{", "}", ",", ", ", "=", ":", ".", "'", '"'),
        *("# ", "\n", "\\", "\x00", "\t", "  ", "x", "None", "True", "lambda", " for ", " in ", " if ", " else ", "f'"),
        *("def f():", "class A:", "import os", "import ", "π", "𝐑eLU", "\u202e", "\u2028", "\x0c", "\r", "nn.ReLU()"),
        *("**", "b'", "@", "]))"),
    ]
)
pieces = st.lists(scraps, max_size=40).map("".join)


@settings(law, max_examples=500)
@given(st.one_of(st.text(max_size=200), pieces, pieces.map(lambda each: CODE_OF_LENET + each)))
def test_of_any_text_come_layers_or_a_sentence(text: str) -> None:
    assert_layers_or_a_sentence(text)


@settings(law, max_examples=200)
@given(place=st.integers(0, len(CODE_OF_LENET)), cut=st.integers(0, 12), scrap=scraps | st.just(""))
def test_of_damaged_code_come_layers_or_a_sentence(place: int, cut: int, scrap: str) -> None:
    assert_layers_or_a_sentence(CODE_OF_LENET[:place] + scrap + CODE_OF_LENET[place + cut :])


# ---------------------------------------------------------------- odd input

HUGE: Final = "1" + "0" * 400


@pytest.mark.parametrize("number", [HUGE, f"{HUGE} * 2", f"-{HUGE}", f"0.5 * {HUGE}", "9" * 5_000, "0x" + "f" * 5_000])
def test_a_huge_number_is_refused_in_a_short_sentence(number: str) -> None:
    for code in ("nn.Linear({}, 1)", "nn.Dropout({})", "nn.LeakyReLU({})", "nn.Upsample(scale_factor={})"):
        message = refusal(code.format(number))
        assert message.startswith("Line 1")
        assert "sys." not in message
        assert len(message) < 200


def test_half_a_character_is_refused() -> None:
    assert refusal("nn.ReLU() # \ud800").startswith("Line 1")
    assert refusal("nn.Sequential(\n\n# \ud800\nnn.ReLU())").startswith("Line 3")


@pytest.mark.parametrize(("written", "meant"), [("Relu", "ReLU"), ("relu", "ReLU"), ("Gelu", "GELU"), ("RELU", "ReLU")])
def test_a_layer_written_with_other_capitals_is_suggested(written: str, meant: str) -> None:
    assert f"Did you mean {meant}?" in refusal(f"nn.{written}()")


@pytest.mark.parametrize("text", ["    nn.ReLU()", "\n\n  nn.Sequential(\n      nn.ReLU(),\n  )", "\ufeffnn.ReLU()"])
def test_an_indented_paste_and_a_byte_order_mark_are_read(text: str) -> None:
    assert [layer.kind for layer in parse(text)] == ["ReLU"]


def test_the_code_of_a_network_with_blocks_can_be_pasted_with_the_definition_of_its_block() -> None:
    assert [layer.kind for layer in parse("class Residual(nn.Module):\n    pass\n\nnn.ReLU()")] == ["ReLU"]
