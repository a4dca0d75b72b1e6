"""Hidden layers and weights as people write them."""

import contextlib
import json

import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from demos.networks.notation import Hidden, code_of, dumped, hidden_layers, loaded
from demos.networks.perceptron import DEFAULT, network

NET = network(features=["x1", "x2"], hidden=(3,), activation="Tanh", classes=2, init=DEFAULT, seed=0)
WEIGHTS = [each.detach().numpy() for each in NET.parameters()]


@pytest.mark.parametrize(
    ("text", "widths"),
    [
        ("4, 2", (4, 2)), ("4,2", (4, 2)), ("8 8 8", (8, 8, 8)), ("8x4", (8, 4)), ("8 × 8", (8, 8)),
        ("8-4-2", (8, 4, 2)), ("4; 2", (4, 2)), ("[16, 16]", (16, 16)), ("(3)", (3,)), ("(3,)", (3,)), ("1", (1,)),
        ("none", ()), ("None", ()), ("0", ()), ("", ()), ("[]", ()), (" ", ()),
    ],
)  # fmt: skip
def test_numbers_of_neurons(text: str, widths: tuple[int, ...]) -> None:
    assert hidden_layers(text) == Hidden(widths)


@pytest.mark.parametrize(
    ("code", "hidden"),
    [
        ("nn.Linear(2, 1)", Hidden((), (), 2, 1)),
        ("nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))", Hidden((4,), ("Tanh",), 2, 1)),
        ("nn.Sequential(nn.Linear(2, 4), nn.Linear(4, 3), nn.Softmax(dim=1))", Hidden((4,), ("Identity",), 2, 3)),
        (
            "a = nn.Sequential(nn.Linear(7, 8), nn.ReLU(), nn.Linear(8, 8), nn.GELU(), nn.Linear(8, 1), nn.Sigmoid())",
            Hidden((8, 8), ("ReLU", "GELU"), 7, 1),
        ),
        ("nn.Sequential(*[nn.Linear(2, 2) for _ in range(3)])", Hidden((2, 2), ("Identity", "Identity"), 2, 2)),
    ],
)
def test_code(code: str, hidden: Hidden) -> None:
    assert hidden_layers(code) == hidden


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("four", "such as 8, 8"),
        ("-3", "such as 8, 8"),
        ("2.5", "such as 8, 8"),
        ("1,2,3,4,5,6,7", "7 hidden layers"),
        ("4, 17", "layer 2 has 17 neurons"),
        ("0, 3", "layer 1 has 0"),
        ("9" * 5, "has 99999 neurons"),
        ("nn.ReLU()", "one activation stands behind each Linear"),
        ("nn.Sequential()", "no"),
        ("nn.Sequential(nn.Conv2d(1, 6, 5))", "Conv2d: there is room"),
        ("nn.Sequential(nn.Linear(2, 4), nn.Dropout(), nn.Linear(4, 1))", "Dropout: there is room"),
        ("nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.ReLU(), nn.Linear(4, 1))", "ReLU: one activation"),
        ("nn.Sequential(nn.Linear(2, 4), nn.LeakyReLU(0.2), nn.Linear(4, 1))", "torch's own arguments"),
        ("nn.Sequential(nn.Linear(2, 4, bias=False), nn.ReLU(), nn.Linear(4, 1))", "draws a bias"),
        ("nn.Sequential(nn.Linear(2, 4), nn.Linear(5, 1))", "gives 4 numbers and the next takes 5"),
        ("nn.Sequential(nn.Linear(2, 4), nn.Softmax(dim=1), nn.Linear(4, 1))", "Softmax has no place there"),
        ("nn.Sequential(nn.Linear(2, 1), nn.Tanh())", "Tanh has no place there"),
        ("nn.Linear(2, 1", "Line 1 is not Python"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_its_reason(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        hidden_layers(text)


@given(st.text(max_size=60))
@example("Linear")
@example("9" * 60)
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert len(hidden_layers(text).widths) <= 6


def test_what_is_taken_along_comes_back_to_the_last_digit() -> None:
    read = loaded(dumped(NET, WEIGHTS), NET)
    for one, other in zip(read, WEIGHTS, strict=True):
        np.testing.assert_array_equal(one, other)
    state = {name: torch.tensor(value) for name, value in json.loads(dumped(NET, WEIGHTS)).items()}
    NET.load_state_dict(state)  # torch takes it as it is
    assert hidden_layers(code_of(NET)) == Hidden((3,), ("Tanh",), 2, 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("weights", "no JSON"),
        ("[1, 2]", "needs the names 0.weight, 0.bias, 2.weight, 2.bias"),
        ('{"0.weight": 1}', "needs the names"),
        (dumped(NET, WEIGHTS).replace("[[", "[[1.0, ", 1), "0.weight is no table"),
        (json.dumps({**json.loads(dumped(NET, WEIGHTS)), "2.bias": [1, 2]}), r"2.bias has the shape \(2,\); .* \(1,\)"),
        (json.dumps({**json.loads(dumped(NET, WEIGHTS)), "2.bias": ["a"]}), "2.bias is no table"),
        (json.dumps({**json.loads(dumped(NET, WEIGHTS)), "2.bias": [float("nan")]}), "no number"),
        (json.dumps({**json.loads(dumped(NET, WEIGHTS)), "2.bias": [1e60]}), "no number"),
        (json.dumps({**json.loads(dumped(NET, WEIGHTS)), "2.bias": [10**400]}), "2.bias is no table"),
        ("[" * 100_000, "no JSON"),
        ("[" * 100_001, "at most 100,000"),
    ],
)
def test_weights_that_do_not_fit_are_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        loaded(text, NET)
