"""What flows backward against plain autograd through torch.nn, and what is predicted against integrals and algebra."""

import math
from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import integrate, optimize, stats
from torch import Tensor

from demos.gradients import networks
from demos.gradients.networks import ACTIVATIONS, INITS, NORMALIZATIONS, Architecture, Layers, initialized
from demos.gradients.torch_reference import TorchLayer, torch_layers
from demos.gradients.vanishing_gradients import (
    Floats,
    GradientFlow,
    derivative,
    factor_table,
    fix_ladder,
    gradient_flow,
    ladder,
    predicted_factors,
    predicted_ratio,
    probe,
    steepest,
    underflow,
)

law = settings(derandomize=True, deadline=None, database=None, max_examples=30)
every_activation = pytest.mark.parametrize("activation", ACTIVATIONS)
every_normalization = pytest.mark.parametrize("normalization", NORMALIZATIONS)

GAUSS: Final = math.sqrt(2 * math.pi)
BN_RELU: Final = math.sqrt(math.pi / (math.pi - 1))  # G. Yang et al., A mean field theory of batch normalization, 2019
KINKED: Final = 5e-4  # relative: the integral's grid has a point on the kink, and counts it to one side
BAND: Final = 0.02  # of the factor's logarithm, at width 256


class Independent(NamedTuple):
    """What torch.nn and plain autograd say of the same weights and inputs; by layer."""

    layers: Layers
    x: Tensor  # (batch, width)
    cotangent: Tensor  # (batch, width), the gradient with respect to the last activations
    post: list[Tensor]  # (batch, width)
    gradient: list[Tensor]  # (batch, width), with respect to the pre-activations
    weight_gradient: list[Tensor]  # (width, width)


def flow_of(
    architecture: Architecture, *, batch: int = 6, seed: int = 0, dtype: torch.dtype = torch.float64
) -> GradientFlow:
    return gradient_flow(**architecture._asdict(), batch=batch, seed=seed, dtype=dtype)


def seen(architecture: Architecture, *, batch: int, seed: int) -> tuple[GradientFlow, Independent]:
    """A flow in float64, and the same by torch's modules: from the demo come only weights, inputs and direction."""
    flow = flow_of(architecture, batch=batch, seed=seed)
    layers = initialized(architecture, seeds=(seed,), dtype=torch.float64)
    x, direction = probe(batch=batch, width=architecture.width, seed=seed, dtype=torch.float64)
    cotangent = direction / batch
    modules = torch_layers(architecture).double()
    linears, pre, post = [], [], []

    def keep(_module: object, _given: object, made: Tensor) -> None:
        made.retain_grad()
        pre.append(made)

    for layer, module in enumerate(modules):
        assert isinstance(module, TorchLayer)
        with torch.no_grad():
            module.linear.weight.copy_(layers.weight[layer, 0].T)
            module.linear.bias.copy_(layers.bias[layer, 0, 0])
        module.normalization.register_forward_hook(keep)
        module.register_forward_hook(lambda _module, _given, made: post.append(made.detach()))
        linears.append(module.linear)
    (modules(x) * cotangent).sum().backward()
    gradients = [each.grad for each in pre], [each.weight.grad for each in linears]
    of_pre, of_weights = ([each for each in these if each is not None] for these in gradients)
    assert len(of_pre) == len(of_weights) == len(post) == architecture.depth
    return flow, Independent(layers, x, cotangent, post, of_pre, of_weights)


def slope(activation: str, h: NDArray[np.floating]) -> Floats:
    """φ′ by the textbook; at a kink, as torch has it, that of the left side."""
    sigmoid = np.exp(-np.logaddexp(0, -h))
    below = np.exp(np.minimum(h, 0))
    density, share = np.exp(-(h**2) / 2) / GAUSS, stats.norm.cdf(h)
    scale, alpha = 1.0507009873554805, 1.6732632423543772
    slopes: dict[str, Floats] = {
        "sigmoid": sigmoid * (1 - sigmoid),
        "tanh": 1 / np.cosh(h) ** 2,
        "ReLU": np.where(h > 0, 1.0, 0.0),
        "leaky ReLU": np.where(h > 0, 1.0, 0.01),
        "ELU": np.where(h > 0, 1.0, below),
        "SELU": scale * np.where(h > 0, 1.0, alpha * below),
        "GELU": share + h * density,
        "SiLU": sigmoid * (1 + h * (1 - sigmoid)),
        "linear": np.ones_like(h),
    }
    return slopes[activation]


def value(activation: str, h: float) -> float:
    return float(ACTIVATIONS[activation](torch.tensor(h, dtype=torch.float64)))


def mean(function: Callable[[float], float]) -> float:
    """E f(Z), in halves since f may have a kink at 0."""
    halves = [
        integrate.quad(lambda z: function(z) * math.exp(-z * z / 2) / GAUSS, *ends, epsabs=1e-12, epsrel=1e-10)[0]
        for ends in ((-12, 0), (0, 12))
    ]
    return float(sum(halves))


def followed(activation: str, q: float, weight: float, bias: float) -> tuple[float, float]:
    """√χ where the variance of the pre-activations is q, and the variance a layer on."""
    root = math.sqrt(q)
    chi = weight * mean(lambda z: float(slope(activation, np.array(root * z))) ** 2)
    return math.sqrt(chi), weight * mean(lambda z: value(activation, root * z) ** 2) + bias


# ---------------------------------------------------------------- one pass forward and backward


@every_activation
@every_normalization
@pytest.mark.parametrize("residual", [False, True])
def test_the_norms_are_plain_autograds(activation: str, normalization: str, *, residual: bool) -> None:
    architecture = Architecture(5, 12, activation, "Kaiming", normalization, residual)
    flow, reference = seen(architecture, batch=7, seed=3)
    norms = [float(each.norm()) for each in reference.gradient]
    np.testing.assert_allclose(flow.gradient, norms, rtol=1e-10)
    np.testing.assert_allclose(flow.weight_gradient, [float(w.norm()) for w in reference.weight_gradient], rtol=1e-10)
    np.testing.assert_allclose(flow.factors, np.divide(norms[:-1], norms[1:]), rtol=1e-10)
    np.testing.assert_allclose(flow.mean, [float(a.mean()) for a in reference.post], rtol=0, atol=1e-10)
    np.testing.assert_allclose(flow.std, [float(np.std(a.numpy())) for a in reference.post], rtol=1e-9)
    assert flow.zero.tolist() == pytest.approx([float((g == 0).double().mean()) for g in reference.gradient])


@law
@given(
    depth=st.integers(1, 6),
    activation=st.sampled_from(list(ACTIVATIONS)),
    init=st.sampled_from(["N(0, 0.1)", "PyTorch default", "Kaiming"]),
    normalization=st.sampled_from(list(NORMALIZATIONS)),
    batch=st.integers(2, 9),
    seed=st.integers(0, 1000),
)
def test_what_is_said_of_the_units_follows_from_the_pre_activations(
    *, depth: int, activation: str, init: str, normalization: str, batch: int, seed: int
) -> None:
    """Saturated is a slope under a tenth of the steepest, dead one of 0 for every example."""
    flow = flow_of(Architecture(depth, 10, activation, init, normalization, residual=False), batch=batch, seed=seed)
    assert flow.pre.shape == (depth, batch, 10)
    slopes, after = slope(activation, flow.pre), ACTIVATIONS[activation](torch.tensor(flow.pre)).numpy()
    largest = {"sigmoid": 0.25, "SELU": 1.7580993408473766, "GELU": 1.1289042, "SiLU": 1.0998393}.get(activation, 1.0)
    np.testing.assert_allclose(flow.mean, after.mean((1, 2)), atol=1e-12)
    np.testing.assert_allclose(flow.std, after.std((1, 2)), rtol=1e-10)
    np.testing.assert_allclose(flow.saturated, (np.abs(slopes) < largest / 10).mean((1, 2)), atol=1e-12)
    np.testing.assert_allclose(flow.dead, np.all(slopes == 0, axis=1).mean(1), atol=1e-12)
    assert np.all(flow.zero >= flow.dead - 1e-12)


def test_units_saturate_where_the_textbook_says() -> None:
    """The sigmoid beyond ±ln((1 + √0.9)/(1 − √0.9)) = ±3.637, tanh beyond half of that, ReLU left of 0."""
    edge = math.log((1 + math.sqrt(0.9)) / (1 - math.sqrt(0.9)))
    for activation, saturates in (
        ("sigmoid", lambda h: np.abs(h) > edge),
        ("tanh", lambda h: np.abs(h) > edge / 2),
        ("ReLU", lambda h: h <= 0),
        ("leaky ReLU", lambda h: h <= 0),
        ("ELU", lambda h: h < math.log(0.1)),
        ("SELU", lambda h: h < math.log(0.1)),
        ("linear", np.isnan),
    ):
        flow = flow_of(Architecture(2, 512, activation, "N(0, 0.1)", "none", residual=False), batch=8)
        np.testing.assert_allclose(flow.saturated, saturates(flow.pre).mean((1, 2)), atol=1e-12, err_msg=activation)
        assert activation == "linear" or 0.01 < flow.saturated[0] < 0.99


def test_with_two_examples_a_quarter_of_the_relus_is_dead() -> None:
    """And of four examples a sixteenth, where the signs of each are independent: in the first layer."""
    for batch in (2, 4):
        flows = [
            flow_of(Architecture(1, 256, "ReLU", "Xavier", "none", residual=False), batch=batch, seed=s)
            for s in range(8)
        ]
        dead, share = np.mean([flow.dead[0] for flow in flows]), 0.5**batch
        assert dead == pytest.approx(share, abs=5 * math.sqrt(share / 256 / 8))
        assert flows[0].zero[0] == pytest.approx(flows[0].saturated[0])  # as many gradients as slopes are 0


def test_only_a_relu_dies() -> None:
    for activation in ACTIVATIONS:
        flow = flow_of(Architecture(3, 64, activation, "Kaiming", "none", residual=False), batch=2)
        assert (flow.dead > 0.05).all() == (activation == "ReLU")
        assert (flow.dead == 0).all() == (activation != "ReLU")


@every_activation
def test_the_derivative_is_the_textbooks(activation: str) -> None:
    h = np.concatenate([np.linspace(-9, 9, 1001), [0.0]])
    ours = derivative(activation, torch.tensor(h)).numpy()
    np.testing.assert_allclose(ours, slope(activation, h), atol=1e-12)
    fine = np.concatenate([np.linspace(-9, 9, 200_001), [-1e-9]])
    assert steepest(activation) == pytest.approx(np.abs(slope(activation, fine)).max(), rel=1e-6)


@law
@given(
    depth=st.integers(2, 8),
    width=st.integers(8, 24),
    init=st.sampled_from(list(INITS)),
    activation=st.sampled_from(list(ACTIVATIONS)),
    seed=st.integers(0, 1000),
)
def test_no_layer_multiplies_the_gradient_by_more_than_its_steepest_slope_and_its_spectral_norm(
    depth: int, width: int, init: str, activation: str, seed: int
) -> None:
    """For the sigmoid that is a quarter of ‖W‖₂: it vanishes unless the weights are large."""
    architecture = Architecture(depth, width, activation, init, "none", residual=False)
    flow, reference = seen(architecture, batch=4, seed=seed)
    norms = np.linalg.norm(reference.layers.weight[1:, 0].detach().numpy(), ord=2, axis=(1, 2))
    steep = {"sigmoid": 0.25, "SELU": 1.7581, "GELU": 1.12891, "SiLU": 1.09984}.get(activation, 1.0)
    assert flow.factors.shape == (depth - 1,)
    assert np.all(flow.gradient[:-1] <= flow.gradient[1:] * norms * steep * (1 + 1e-9))


@law
@given(depth=st.integers(2, 30), width=st.integers(8, 32), seed=st.integers(0, 1000))
def test_an_orthogonal_linear_network_neither_shrinks_nor_grows_anything(depth: int, width: int, seed: int) -> None:
    flow = flow_of(Architecture(depth, width, "linear", "orthogonal", "none", residual=False), seed=seed)
    np.testing.assert_allclose(flow.factors, 1, rtol=1e-5)  # the weights are drawn in float32
    np.testing.assert_allclose(
        np.linalg.norm(flow.pre, axis=2), np.linalg.norm(flow.pre[:1], axis=2).repeat(depth, 0), rtol=1e-4
    )


def test_inputs_and_direction_are_standard_normal_and_differ_by_seed() -> None:
    """The direction over the batch size: the loss is the mean over the examples."""
    architecture = Architecture(2, 64, "tanh", "PyTorch default", "none", residual=False)
    drawn = []
    for seed, batch in ((0, 32), (1, 64)):
        reference = seen(architecture, batch=batch, seed=seed)[1]
        for normal in (reference.x, reference.cotangent * batch):
            assert normal.shape == (batch, 64)
            assert stats.kstest(normal.numpy().ravel(), stats.norm.cdf).pvalue > 1e-3
            drawn.append(normal.numpy()[:32].ravel())
    correlations = np.corrcoef(drawn)[np.triu_indices(4, 1)]
    assert np.abs(correlations).max() < 5 / math.sqrt(drawn[0].size)


@pytest.mark.parametrize("init", INITS)
def test_inputs_are_independent_of_the_weights(init: str) -> None:
    """No correlation of the inputs, in the order they are drawn, with the weights of the first layer."""
    architecture = Architecture(1, 64, "tanh", init, "none", residual=False)
    reference = seen(architecture, batch=64, seed=0)[1]
    weights = reference.layers.weight[0, 0].detach().mT.numpy().ravel()
    order = stats.spearmanr(np.abs(reference.x.numpy().ravel()), np.abs(weights)).statistic
    assert abs(np.corrcoef(reference.x.numpy().ravel(), weights)[0, 1]) < 5 / 64
    assert abs(order) < 5 / 64


@pytest.mark.parametrize("init", INITS)
def test_the_first_pre_activations_have_the_variance_that_mean_field_theory_starts_from(init: str) -> None:
    """σ_w² + σ_b², for inputs of variance 1."""
    flow = flow_of(Architecture(1, 256, "linear", init, "none", residual=False), batch=256)
    start = 256 * INITS[init].weight_variance(256) + INITS[init].bias_variance(256)
    assert flow.pre[0].var() == pytest.approx(start, rel=0.05)


@law
@given(seed=st.integers(0, 1000), activation=st.sampled_from(["sigmoid", "ReLU", "tanh"]))
def test_a_flow_is_its_seeds_and_another_seeds_is_another(seed: int, activation: str) -> None:
    architecture = Architecture(3, 16, activation, "Kaiming", "none", residual=False)
    once, again, other = (flow_of(architecture, seed=s) for s in (seed, seed, seed + 1))
    for ours, theirs in zip(once, again, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert not np.isclose(once.gradient, other.gradient, rtol=1e-6).any()


def test_in_half_precision_the_gradient_of_deep_sigmoids_is_exactly_0_and_in_full_it_is_not() -> None:
    """It vanishes from the last layer to the first, is never held up by a floor, and its factors are then unknown."""
    architecture = Architecture(20, 64, "sigmoid", "PyTorch default", "none", residual=False)
    half, full = (flow_of(architecture, batch=32, dtype=dtype) for dtype in (torch.float16, torch.float64))
    gone = half.gradient == 0
    assert gone[0]
    assert gone[:5].all()
    assert not gone[-5:].any()
    assert np.all(np.diff(gone.astype(int)) <= 0)
    np.testing.assert_array_equal(half.zero == 1, gone)
    np.testing.assert_array_equal(half.weight_gradient[gone], 0)
    assert np.isnan(half.factors[: gone.sum() - 1]).all()
    assert (full.gradient > 0).all()
    assert (full.zero == 0).all()
    np.testing.assert_allclose(half.gradient[-3:], full.gradient[-3:], rtol=0.01)
    np.testing.assert_allclose(half.pre, full.pre, atol=0.02)


def test_norms_beyond_a_formats_range_are_taken_in_float64() -> None:
    """In float16 the squares of gradients around 1e-5 would be 0, and their norm with them."""
    architecture = Architecture(6, 64, "sigmoid", "PyTorch default", "none", residual=False)
    half, full = (flow_of(architecture, batch=64, dtype=dtype) for dtype in (torch.float16, torch.float64))
    assert full.gradient[0] / 64 < 1e-5  # of an entry
    np.testing.assert_allclose(half.gradient, full.gradient, rtol=0.1)
    np.testing.assert_allclose(half.weight_gradient, full.weight_gradient, rtol=0.1)
    for norms in (half.gradient, half.weight_gradient):
        assert not (norms == norms.astype(np.float16)).any()


@pytest.mark.parametrize("batch", [-1, 0, 1])
def test_fewer_than_two_examples_are_refused(batch: int) -> None:
    with pytest.raises(ValueError, match=f"batch must be at least 2, not {batch}"):
        flow_of(Architecture(2, 8, "tanh", "Xavier", "none", residual=False), batch=batch)


@pytest.mark.parametrize(
    ("architecture", "complaint"),
    [
        (Architecture(0, 8, "tanh", "Xavier", "none", residual=False), "depth must be"),
        (Architecture(2, 513, "tanh", "Xavier", "none", residual=False), "width must be"),
        (Architecture(2, 8, "step", "Xavier", "none", residual=False), "activation must be"),
    ],
)
def test_an_architecture_out_of_range_is_refused(architecture: Architecture, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        flow_of(architecture)


# ---------------------------------------------------------------- mean-field theory


@every_activation
@pytest.mark.parametrize("init", ["PyTorch default", "Kaiming", "N(0, 0.1)"])
def test_the_prediction_is_the_integral_followed_layer_by_layer(activation: str, init: str) -> None:
    weight, bias = 100 * INITS[init].weight_variance(100), INITS[init].bias_variance(100)
    q, wanted = weight + bias, []
    for _ in range(4):
        factor, q = followed(activation, q, weight, bias)
        wanted.append(factor)
    ours = predicted_factors(activation, init, width=100, depth=4)
    np.testing.assert_allclose(ours, wanted, rtol=KINKED)


@pytest.mark.parametrize("width", [8, 64, 512])
@pytest.mark.parametrize(
    ("activation", "init", "wanted"),
    [
        ("linear", "Xavier", lambda _: 1.0),
        ("linear", "orthogonal", lambda _: 1.0),
        ("linear", "Kaiming", lambda _: math.sqrt(2)),
        ("linear", "PyTorch default", lambda _: math.sqrt(1 / 3)),
        ("linear", "N(0, 0.1)", lambda width: 0.1 * math.sqrt(width)),
        ("linear", "N(0, 0.01)", lambda width: 0.01 * math.sqrt(width)),
        ("ReLU", "Xavier", lambda _: math.sqrt(1 / 2)),
        ("ReLU", "orthogonal", lambda _: math.sqrt(1 / 2)),
        ("ReLU", "Kaiming", lambda _: 1.0),
        ("ReLU", "PyTorch default", lambda _: math.sqrt(1 / 6)),
        ("leaky ReLU", "Xavier", lambda _: math.sqrt(1.0001 / 2)),
        ("leaky ReLU", "Kaiming", lambda _: math.sqrt(1.0001)),
        ("leaky ReLU", "PyTorch default", lambda _: math.sqrt(1.0001 / 6)),
    ],
)
def test_what_is_linear_to_either_side_has_the_textbooks_factor(
    activation: str, init: str, wanted: Callable[[int], float], width: int
) -> None:
    """√σ_w² times the root mean square of the two slopes, at whatever variance."""
    factors = predicted_factors(activation, init, width=width, depth=20)
    np.testing.assert_allclose(factors, wanted(width), rtol=KINKED)


@pytest.mark.parametrize("init", ["PyTorch default", "Kaiming"])
def test_deep_in_the_network_the_factor_of_relus_is_that_of_every_layer(init: str) -> None:
    assert predicted_ratio("ReLU", init, width=64) == pytest.approx(
        math.sqrt(INITS[init].weight_variance(64) * 32), rel=KINKED
    )


@pytest.mark.parametrize(("activation", "slopes"), [("ReLU", 1.0), ("leaky ReLU", 1.0001)])
def test_that_holds_where_the_variance_is_too_small_for_a_number(activation: str, slopes: float) -> None:
    assert predicted_ratio(activation, "N(0, 0.01)", width=64) == pytest.approx(
        0.01 * math.sqrt(64 * slopes / 2), rel=KINKED
    )


def test_that_holds_in_the_deepest_and_narrowest_network() -> None:
    factors = predicted_factors("ReLU", "N(0, 0.01)", width=8, depth=100)
    np.testing.assert_allclose(factors, 0.02, rtol=KINKED)


@pytest.mark.parametrize(
    ("activation", "init", "width"),
    [
        ("sigmoid", "PyTorch default", 64),
        ("sigmoid", "Kaiming", 64),
        ("sigmoid", "N(0, 0.1)", 512),
        ("tanh", "PyTorch default", 64),
        ("tanh", "Kaiming", 64),
        ("tanh", "N(0, 0.1)", 512),
    ],
)
def test_deep_in_the_network_the_variance_rests_where_it_maps_to_itself(activation: str, init: str, width: int) -> None:
    """Found by a root finder and integrated by scipy."""
    weight, bias = width * INITS[init].weight_variance(width), INITS[init].bias_variance(width)
    rest = optimize.brentq(lambda q: followed(activation, q, weight, bias)[1] - q, 1e-4, 50)
    assert predicted_ratio(activation, init, width=width) == pytest.approx(
        followed(activation, rest, weight, bias)[0], rel=1e-6
    )


@pytest.mark.parametrize(("activation", "chi"), [("linear", 5.12), ("ReLU", 2.56), ("GELU", 2.56), ("SiLU", 2.56)])
def test_an_exploding_variance_is_followed_without_overflow(activation: str, chi: float) -> None:
    """Multiplied by χ for a thousand layers: 2.56^1000 is no float64."""
    assert predicted_ratio(activation, "N(0, 0.1)", width=512) == pytest.approx(math.sqrt(chi), rel=KINKED)


@pytest.mark.parametrize("init", INITS)
def test_what_is_measured_is_what_is_predicted(init: str) -> None:
    """At width 256, the mean over 11 layers and 3 seeds, every activation, GELU and SiLU with Kaiming's among them."""
    for activation in ACTIVATIONS:
        architecture = Architecture(12, 256, activation, init, "none", residual=False)
        measured = np.mean([np.log(flow_of(architecture, batch=32, seed=s).factors) for s in range(3)])
        predicted = np.log(predicted_factors(activation, init, width=256, depth=12)[:-1]).mean()
        # Here the variance shrinks so slowly that its luck in the first layers stays.
        band = 2 * BAND if init == "Kaiming" and activation in {"GELU", "SiLU"} else BAND
        assert measured == pytest.approx(predicted, abs=band), activation


def test_batch_normalization_makes_gradients_explode() -> None:
    """By √(π/(π − 1)) ≈ 1.21 a layer of ReLUs, at any init: the batch's variance cancels the weights' scale."""
    kaiming, small = (
        flow_of(Architecture(12, 256, "ReLU", init, "batch", residual=False), batch=512)
        for init in ("Kaiming", "N(0, 0.1)")
    )
    assert np.exp(np.log(kaiming.factors[1:]).mean()) == pytest.approx(BN_RELU, rel=0.03)
    assert np.all(kaiming.factors[1:] > 1.1)
    np.testing.assert_allclose(small.factors, kaiming.factors, rtol=1e-3)


@settings(law, max_examples=2)
@given(depth=st.integers(2, 6), seed=st.integers(0, 100))
def test_the_table_has_a_row_an_activation_and_a_column_an_init(depth: int, seed: int) -> None:
    table = factor_table(depth=depth, width=8, batch=4, seed=seed)
    assert table.measured.shape == table.predicted.shape == (len(ACTIVATIONS), len(INITS))
    for row, activation in enumerate(ACTIVATIONS):
        for column, init in enumerate(INITS):
            architecture = Architecture(depth, 8, activation, init, "none", residual=False)
            factors = flow_of(architecture, batch=4, seed=seed).factors
            predicted = predicted_factors(activation, init, width=8, depth=depth)
            assert table.measured[row, column] == pytest.approx(stats.gmean(factors), rel=1e-9)
            assert table.predicted[row, column] == pytest.approx(stats.gmean(predicted[:-1]), rel=1e-9)


# ---------------------------------------------------------------- floating-point formats


@pytest.mark.parametrize(
    ("dtype", "gone", "infinite"), [(torch.float16, 25, 16), (torch.bfloat16, 134, 128), (torch.float32, 150, 128)]
)
def test_halving_and_doubling_run_out_where_the_format_ends(dtype: torch.dtype, gone: int, infinite: int) -> None:
    """One halving beyond the smallest number there is, and one doubling beyond the largest power of two."""
    assert (
        underflow(0.5, dtype)
        == gone
        == 1 - round(math.log2(torch.finfo(dtype).smallest_normal * torch.finfo(dtype).eps))
    )
    assert underflow(2, dtype) == infinite == 1 + math.floor(math.log2(torch.finfo(dtype).max))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32])
def test_the_plain_cases(dtype: torch.dtype) -> None:
    assert underflow(1, dtype) is None
    assert underflow(0, dtype) == 1
    assert underflow(1e-300, dtype) == underflow(1e300, dtype) == 1
    assert underflow(float(torch.finfo(dtype).max), dtype) == 2


FORMATS: Final = {  # bits of the significand, least exponent of its last bit, largest exponent
    torch.float16: (11, -24, 15),
    torch.bfloat16: (8, -133, 127),
    torch.float32: (24, -149, 127),
}


def rounded(number: float, dtype: torch.dtype) -> float:
    """To the nearest of the format, to even in the middle: IEEE 754, by arithmetic."""
    digits, least, most = FORMATS[dtype]
    if number == 0 or math.isinf(number):
        return number
    unit = 2.0 ** max(math.frexp(number)[1] - digits, least)
    nearest = round(number / unit) * unit
    return nearest if nearest < 2.0 ** (most + 1) else math.inf


def counted(factor: float, round_to: Callable[[float], float]) -> int | None:
    """Layers until 0 or infinity."""
    product, layers, factor = 1.0, 0, round_to(factor)
    while 0 < product < math.inf:
        before, product, layers = product, round_to(product * factor), layers + 1
        if product == before:
            return None
    return layers


factors_of_layers = st.floats(0, 0.9) | st.floats(1.1, 1e6) | st.sampled_from([0.25, 0.5, 0.51, 0.75, 1.0, 1.5])


@law
@given(factor=factors_of_layers, dtype=st.sampled_from(list(FORMATS)))
def test_the_product_is_rounded_after_every_layer(factor: float, dtype: torch.dtype) -> None:
    assert underflow(factor, dtype) == counted(factor, lambda number: rounded(number, dtype))


@law
@given(factor=factors_of_layers, pair=st.sampled_from([(torch.float16, np.float16), (torch.float32, np.float32)]))
def test_numpys_formats_run_out_after_as_many_layers(
    factor: float, pair: tuple[torch.dtype, type[np.float16] | type[np.float32]]
) -> None:
    dtype, scalar = pair
    with np.errstate(over="ignore", under="ignore"):
        theirs = counted(factor, lambda number: float(scalar(number)))
    assert underflow(factor, dtype) == theirs


@law
@given(factor=st.floats(0.5, 1, exclude_min=True), dtype=st.sampled_from([torch.float16, torch.bfloat16]))
def test_a_factor_above_a_half_stops_short_of_0(factor: float, dtype: torch.dtype) -> None:
    """At the latest at the smallest number there is, more than half of which rounds back to it."""
    there = float(torch.tensor(factor, dtype=dtype))
    assert (underflow(factor, dtype) is None) == (there > 0.5)


@pytest.mark.parametrize("factor", [-1e-9, -1.0, math.nan, math.inf, -math.inf])
def test_a_factor_that_is_none_is_refused(factor: float) -> None:
    with pytest.raises(ValueError, match="factor must be at least 0 and finite"):
        underflow(factor, torch.float16)


# ---------------------------------------------------------------- the ladder


@law
@given(depth=st.integers(1, 100), width=st.integers(8, 512))
def test_each_rung_changes_one_thing(depth: int, width: int) -> None:
    rungs = ladder(depth=depth, width=width)
    changed = []
    for above, below in zip(list(rungs.values()), list(rungs.values())[1:], strict=False):
        names = [name for name in Architecture._fields if getattr(above, name) != getattr(below, name)]
        assert len(names) == 1
        changed += names
    assert changed == ["activation", "init", "normalization", "residual"]
    assert rungs["sigmoid"] == Architecture(depth, width, "sigmoid", "PyTorch default", "none", residual=False)
    assert rungs["residual connections"] == Architecture(depth, width, "ReLU", "Kaiming", "batch", residual=True)


def test_the_ladder_is_made_of_ordinary_flows() -> None:
    rungs, flows = ladder(depth=4, width=16), fix_ladder(depth=4, width=16, batch=8, seed=5)
    assert list(rungs) == list(flows)
    for name, architecture in rungs.items():
        for ours, theirs in zip(flows[name], flow_of(architecture, batch=8, seed=5), strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_what_the_rungs_claim() -> None:
    """Sigmoids vanish, ReLUs alone still do, He's init flows, normalization makes it grow, residuals tame that."""
    flows = fix_ladder(depth=16, width=128, batch=256, seed=0)
    factor = {name: float(stats.gmean(flow.factors)) for name, flow in flows.items()}
    assert factor["sigmoid"] < 0.2
    assert factor["ReLU"] == pytest.approx(math.sqrt(1 / 6), rel=0.05)
    assert factor["He init"] == pytest.approx(1, abs=0.05)
    assert factor["batch normalization"] == pytest.approx(BN_RELU, rel=0.06)
    assert 1.01 < factor["residual connections"] < factor["batch normalization"] - 0.05


@every_normalization
def test_layers_of_large_networks_are_drawn_again_and_are_the_same(
    monkeypatch: pytest.MonkeyPatch, normalization: str
) -> None:
    architecture = Architecture(9, 16, "tanh", "orthogonal", normalization, residual=True)
    kept = flow_of(architecture)
    monkeypatch.setattr(networks, "KEPT", 0)
    for one, other in zip(kept, flow_of(architecture), strict=True):
        np.testing.assert_array_equal(one, other)
