"""The demos on activations: closed forms, torch's own layers, and laws."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from demos.gradients import networks
from demos.gradients.activations import (
    ACTIVATIONS,
    KINDS,
    TARGETS,
    collapse,
    construct,
    curve,
    moments,
    own,
    pieces,
    random_net,
    sawtooth,
    total,
)

WIDE = np.linspace(-9, 9, 200_001)
SMOOTH = ("sigmoid", "tanh", "softplus", "GELU", "GELU (tanh)", "SiLU", "Mish")
HOMOGENEOUS = ("ReLU", "leaky ReLU", "PReLU", "linear")

# Activations


def test_the_nine_of_the_deep_networks_are_the_same_objects() -> None:
    assert len(ACTIVATIONS) == 20
    assert all(ACTIVATIONS[name] is function for name, function in networks.ACTIVATIONS.items())


@pytest.mark.parametrize(
    ("name", "lowest", "where"),
    [("GELU", -0.1700, -0.7518), ("SiLU", -0.2785, -1.2785), ("Mish", -0.3088, -1.1924), ("hard swish", -0.375, -1.5)],
)
def test_where_they_are_lowest(name: str, lowest: float, where: float) -> None:
    value = curve(name, x=WIDE).value
    assert value.min() == pytest.approx(lowest, abs=1e-4)
    assert WIDE[value.argmin()] == pytest.approx(where, abs=2e-4)


@pytest.mark.parametrize(
    ("name", "largest"),
    [("sigmoid", 0.25), ("GELU", 1.1289), ("SiLU", 1.0998), ("Mish", 1.0885), ("hard swish", 1.5), ("SELU", 1.7581)],
)
def test_how_steep_they_are(name: str, largest: float) -> None:
    slope = curve(name, x=WIDE).derivative
    assert slope.max() == pytest.approx(largest, abs=2e-4)
    if name == "GELU":
        assert WIDE[slope.argmax()] == pytest.approx(np.sqrt(2), abs=1e-4)


def test_softplus_is_the_integral_of_sigmoid() -> None:
    found = curve("softplus", x=WIDE)
    assert curve("softplus", x=0.0).value == pytest.approx(np.log(2))
    assert np.allclose(found.derivative, curve("sigmoid", x=WIDE).value, atol=1e-12)


def test_the_two_gelus_are_two_functions() -> None:
    apart = np.abs(curve("GELU", x=WIDE).value - curve("GELU (tanh)", x=WIDE).value)
    assert apart.max() == pytest.approx(4.73e-4, abs=2e-6)
    assert abs(WIDE[apart.argmax()]) == pytest.approx(2.699, abs=2e-3)


def test_hard_sigmoid_is_that_of_torch_and_the_step_is_flat_where_heaviside_has_no_derivative() -> None:
    assert curve("hard sigmoid", x=[-3.0, 0.0, 1.0, 3.0]).value == pytest.approx([0, 0.5, 1 / 6 + 0.5, 1])
    found = curve("step", x=[-1.0, 0.0, 1.0])
    assert found.value.tolist() == [0, 0, 1]
    assert found.derivative.tolist() == [0, 0, 0]
    assert curve("ReLU", x=0.0).derivative == 0


@pytest.mark.parametrize("name", ACTIVATIONS)
@given(x=st.floats(-8, 8))
@settings(max_examples=20, deadline=None)
def test_slopes_are_central_differences_away_from_kinks(name: str, x: float) -> None:
    h = 1e-5
    if any(abs(x - kink) < 2 * h for kink in (-3, -1, 0, 1, 3, 6)):
        return
    left, right = curve(name, x=[x - h, x + h]).value
    assert curve(name, x=x).derivative == pytest.approx((right - left) / (2 * h), abs=1e-6)


# Moments


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("std", [0.3, 1.0])
def test_moments_of_smooth_ones_are_those_of_gauss_hermite(name: str, std: float) -> None:
    nodes, weights = np.polynomial.hermite_e.hermegauss(120)
    value, slope = curve(name, x=std * nodes)
    expected = [weights @ each / np.sqrt(2 * np.pi) for each in (value, value**2, slope**2)]
    assert moments(name, std=std)[:3] == pytest.approx(expected, abs=1e-6)


def test_published_moments() -> None:
    assert moments("SELU", std=1.0)[:2] == pytest.approx((0, 1), abs=1e-4)  # Klambauer et al.
    expected = {"ReLU": (0.5, 0.5), "tanh": (0.3943, 0.4644), "sigmoid": (0.2934, 0.0448), "ELU": (0.6449, 0.6681)}
    for name, (square, slope) in expected.items():
        assert moments(name, std=1.0)[1:3] == pytest.approx((square, slope), abs=1e-4)
    assert moments("ReLU", std=1.0).mean == pytest.approx(1 / np.sqrt(2 * np.pi), abs=1e-6)


@given(std=st.floats(0.05, 20))
@settings(max_examples=6, deadline=None)
def test_homogeneous_ones_do_not_know_the_spread(std: float) -> None:
    for name in HOMOGENEOUS:
        found, at_one = moments(name, std=std), moments(name, std=1.0)
        assert found.square / std**2 == pytest.approx(at_one.square, rel=1e-6)
        assert found.slope_square == pytest.approx(at_one.slope_square, rel=1e-6)


def test_saturation_is_relative_to_the_steepest_slope() -> None:
    """By an absolute tenth sigmoid would be saturated from 2.06 on: at σ = 1 for 4 % and not for 0.03 %."""
    assert moments("sigmoid", std=1.0).saturated < 0.001
    assert moments("ReLU", std=1.0)[3:] == pytest.approx((0.5, 0.5), abs=1e-3)
    assert moments("GELU", std=1.0).zero == 0
    assert moments("step", std=1.0)[3:] == pytest.approx((1, 1))
    assert moments("linear", std=1.0).saturated == 0


# Own formulas


@pytest.mark.parametrize(
    ("text", "name"),
    [("max(x, 0)", "ReLU"), ("x/(1+e^(-x))", "SiLU"), ("tanh x", "tanh"), (r"\ln(1 + e^x)", "softplus"),
     ("x if x > 0 else 0.25x", "PReLU"), ("clip(x/6 + 1/2, 0, 1)", "hard sigmoid")],
)  # fmt: skip
def test_a_formula_is_the_activation_that_it_writes(text: str, name: str) -> None:
    x = np.linspace(-4.03, 4, 81)
    ours, theirs = curve(own(text), x=x), curve(name, x=x)
    assert np.allclose(ours.value, theirs.value, atol=1e-12)
    assert np.allclose(ours.derivative, theirs.derivative, atol=1e-12)


@pytest.mark.parametrize(
    ("text", "said"),
    [("3 + 1", "has to depend on x"), ("log x", "no finite number at x = -8"), ("1/x", "no finite number at x = "),
     ("x*y", "y"), ("", "empty"), ("__import__('os')", "not a known function")],
)  # fmt: skip
def test_what_is_no_activation_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        own(text)


# Curves from units


@given(rises=st.lists(st.floats(-3, 3), min_size=1, max_size=20), seed=st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_hard_sigmoids_and_relus_draw_what_interpolation_draws(rises: Sequence[float], seed: int) -> None:
    x = np.cumsum(np.random.default_rng(seed).uniform(0.1, 2, len(rises) + 1))
    y = np.concatenate([[0.5], 0.5 + np.cumsum(rises)])
    at = np.linspace(x[0], x[-1], 97)
    for kind in ("hard sigmoid", "ReLU"):
        units = construct(x, y, kind=kind)
        summed, terms = total(units, x=at, kind=kind)
        assert len(units.slope) == len(terms) == len(rises)
        assert np.allclose(summed, np.interp(at, x, y), atol=1e-9)


def test_the_error_of_a_sine_falls_to_a_quarter_and_with_soft_sigmoids_to_a_half() -> None:
    at, sine = np.linspace(0, 1, 4_001), TARGETS["sine"]
    errors: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for kind in KINDS:
        for n in (8, 16, 32):
            x = np.linspace(0, 1, n + 1)
            summed, _ = total(construct(x, sine(x), kind=kind), x=at, kind=kind)
            errors[kind].append(float(np.abs(summed - sine(at)).max()))
            if kind != "sigmoid":
                assert errors[kind][-1] <= (2 * np.pi / n) ** 2 / 8
    for kind, ratio, margin in (("hard sigmoid", 4, 0.3), ("ReLU", 4, 0.3), ("sigmoid", 2, 0.3)):
        for before, after in pairwise(errors[kind]):
            assert before / after == pytest.approx(ratio, abs=margin)


@pytest.mark.parametrize(
    ("x", "y", "kind"), [([0, 0], [1, 2], "ReLU"), ([0, 1], [1], "ReLU"), ([0], [1], "ReLU"), ([0, 1], [0, 1], "tanh")]
)
def test_points_that_make_no_curve_are_refused(x: list[float], y: list[float], kind: str) -> None:
    with pytest.raises(ValueError, match="must"):
        construct(x, y, kind=kind)


# Layers without a bend, and pieces


@given(widths=st.lists(st.integers(1, 12), min_size=2, max_size=6), seed=st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_linear_layers_are_one_whose_rank_is_that_of_the_narrowest(widths: list[int], seed: int) -> None:
    found = collapse(widths=widths, seed=seed)
    assert found.weight.shape == (widths[-1], widths[0])
    assert found.difference < 1e-12 * 10 ** len(widths)
    assert found.rank == min(widths)


@pytest.mark.parametrize("depth", [1, 2, 6, 10])
def test_a_sawtooth_doubles_its_pieces_with_every_layer(depth: int) -> None:
    assert len(pieces(*sawtooth(depth), low=0, high=1)) + 1 == 2**depth


def test_kinks_are_where_the_slope_of_torchs_network_changes() -> None:
    weights, biases = random_net(widths=[1, 8, 8, 1], seed=3, bias_std=1.0)
    kinks = pieces(weights, biases, low=-3, high=3)
    layers: list[nn.Module] = []
    for weight, bias in zip(weights, biases, strict=True):
        linear = nn.Linear(weight.shape[1], weight.shape[0]).double()
        linear.weight.data, linear.bias.data = torch.tensor(weight), torch.tensor(bias)
        layers += [linear, nn.ReLU()]
    x = torch.linspace(-3, 3, 20_001, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(nn.Sequential(*layers[:-1])(x[:, None]).sum(), x)
    changes = np.flatnonzero(np.abs(np.diff(slope.numpy())) > 1e-9)
    assert len(changes) == len(kinks)
    assert np.allclose(x.detach().numpy()[changes], kinks, atol=6e-4)


@given(scale=st.floats(0.1, 10), seed=st.integers(0, 20))
@settings(max_examples=15, deadline=None)
def test_pieces_do_not_change_when_a_layer_is_scaled_and_the_next_scaled_back(scale: float, seed: int) -> None:
    weights, biases = random_net(widths=[1, 6, 6, 1], seed=seed, bias_std=1.0)
    scaled = [weights[0] * scale, weights[1] / scale, weights[2]], [biases[0] * scale, *biases[1:]]
    assert np.allclose(pieces(*scaled, low=-5, high=5), pieces(weights, biases, low=-5, high=5))


def test_depth_alone_does_not_multiply_pieces() -> None:
    def middle(layers: int) -> float:
        nets = (random_net(widths=[1, *[96 // layers] * layers, 1], seed=seed, bias_std=1.0) for seed in range(20))
        return float(np.median([len(pieces(*net, low=-10, high=10)) + 1 for net in nets]))

    assert all(50 < middle(layers) < 150 for layers in (1, 3, 6))


# Bad arguments


def test_other_arguments_that_are_not_allowed() -> None:
    for call in (
        lambda: moments("ReLU", std=0.0),
        lambda: curve("relu", x=0.0),
        lambda: collapse(widths=[3], seed=0),
        lambda: sawtooth(0),
        lambda: pieces([np.ones((2, 2))], [np.ones(2)], low=0, high=1),
        lambda: pieces(*sawtooth(1), low=1, high=0),
    ):
        with pytest.raises(ValueError, match="must"):
            call()
