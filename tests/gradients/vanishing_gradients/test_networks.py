"""The forward pass against torch.nn's modules, and what each init draws against its distribution."""

import itertools
import math
from typing import Final

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from torch import Tensor, nn

from demos.gradients.networks import (
    ACTIVATIONS,
    EPSILON,
    INITS,
    NORMALIZATIONS,
    Architecture,
    Layers,
    batch_normalized,
    forward,
    initialized,
    layer_normalized,
)
from demos.gradients.torch_reference import TORCH_ACTIVATIONS, TORCH_NORMALIZATIONS, TorchLayer, torch_layers

law = settings(derandomize=True, deadline=None, database=None, max_examples=40)
every_activation = pytest.mark.parametrize("activation", ACTIVATIONS)
every_init = pytest.mark.parametrize("init", INITS)
every_normalization = pytest.mark.parametrize("normalization", NORMALIZATIONS)

WIDTH: Final = 64
DEPTH: Final = 24
PLAIN: Final = Architecture(DEPTH, WIDTH, "ReLU", "Kaiming", "none", residual=False)
BOUNDED: Final = {"PyTorch default"}  # uniform; the others are normal
architectures = st.builds(
    Architecture,
    depth=st.integers(1, 6),
    width=st.integers(8, 20),
    activation=st.sampled_from(list(ACTIVATIONS)),
    init=st.sampled_from(list(INITS)),
    normalization=st.sampled_from(list(NORMALIZATIONS)),
    residual=st.booleans(),
)


def normal(seed: int, *shape: int) -> Tensor:
    """Inputs that no seed of a network draws."""
    return torch.tensor(np.random.default_rng(seed).standard_normal(shape))


def passed_by_modules(layers: Layers, place: int, x: Tensor, architecture: Architecture) -> tuple[Tensor, Tensor]:
    """Pre-activations and activations of torch's modules with the same weights: (depth, batch, width) each."""
    modules = torch_layers(architecture).double()
    pre, post = [], []
    for layer, module in enumerate(modules):
        assert isinstance(module, TorchLayer)
        with torch.no_grad():
            module.linear.weight.copy_(layers.weight[layer, place].T)
            module.linear.bias.copy_(layers.bias[layer, place, 0])
        module.normalization.register_forward_hook(lambda _module, _given, made: pre.append(made))
        module.register_forward_hook(lambda _module, _given, made: post.append(made))
    with torch.no_grad():
        modules(x)
    return torch.stack(pre), torch.stack(post)


def assert_same(ours: Tensor, theirs: Tensor, tolerance: float = 1e-10) -> None:
    """Equal relative to the largest."""
    assert ours.shape == theirs.shape
    assert torch.isfinite(theirs).all()
    assert (ours - theirs).abs().max() <= tolerance * max(1.0, float(theirs.abs().max()))


# ---------------------------------------------------------------- the forward pass


def test_torch_has_a_module_for_every_activation_and_every_normalization() -> None:
    assert set(TORCH_ACTIVATIONS) == set(ACTIVATIONS)
    assert set(TORCH_NORMALIZATIONS) == set(NORMALIZATIONS)


@every_activation
@every_normalization
@pytest.mark.parametrize("residual", [False, True])
def test_the_forward_pass_is_that_of_torchs_modules(activation: str, normalization: str, *, residual: bool) -> None:
    architecture = Architecture(3, 12, activation, "Kaiming", normalization, residual)
    layers = initialized(architecture, seeds=(7,), dtype=torch.float64)
    layers.bias.copy_(0.3 * normal(1, *layers.bias.shape))
    x = 3 * normal(2, 5, 12)
    ours = forward(layers, x, architecture)
    pre, post = passed_by_modules(layers, 0, x, architecture)
    assert_same(torch.stack(ours.pre)[:, 0], pre)
    assert_same(torch.stack(ours.post)[:, 0], post)


@law
@given(
    architecture=architectures,
    seeds=st.lists(st.integers(0, 10_000), min_size=1, max_size=4, unique=True),
    batch=st.integers(2, 9),
)
def test_networks_computed_as_one_are_torchs_one_by_one(
    architecture: Architecture, seeds: list[int], batch: int
) -> None:
    layers = initialized(architecture, seeds=tuple(seeds), dtype=torch.float64)
    x = normal(seeds[0], len(seeds), batch, architecture.width)
    together = forward(layers, x, architecture)
    assert len(together.pre) == len(together.post) == architecture.depth
    for place, seed in enumerate(seeds):
        alone = initialized(architecture, seeds=(seed,), dtype=torch.float64)
        assert torch.equal(layers.weight[:, place], alone.weight[:, 0])
        assert torch.equal(layers.bias[:, place], alone.bias[:, 0])
        pre, post = passed_by_modules(alone, 0, x[place], architecture)
        assert_same(torch.stack(together.pre)[:, place], pre)
        assert_same(torch.stack(together.post)[:, place], post)


@law
@given(architecture=architectures, seed=st.integers(0, 1000))
def test_an_input_without_seeds_is_given_to_every_network(architecture: Architecture, seed: int) -> None:
    layers = initialized(architecture, seeds=(0, 1, 2), dtype=torch.float64)
    x = normal(seed, 4, architecture.width)
    shared, repeated = (forward(layers, each, architecture) for each in (x, x.repeat(3, 1, 1)))
    assert torch.equal(torch.stack(shared.post), torch.stack(repeated.post))
    assert shared.pre[0].shape == shared.post[0].shape == (3, 4, architecture.width)


@law
@given(seed=st.integers(0, 1000), scale=st.floats(1e-3, 1e3), shift=st.floats(-100, 100))
def test_a_normalized_unit_or_example_has_mean_0_and_variance_1(seed: int, scale: float, shift: float) -> None:
    """The variance short of 1 by the ε that keeps the division from 0, and none of it from other units or examples."""
    z = scale * normal(seed, 3, 12, 10) + shift
    for normalized, axis in ((batch_normalized, 1), (layer_normalized, 2)):
        made, variance = normalized(z).numpy(), z.numpy().var(axis)
        np.testing.assert_allclose(made.mean(axis), 0, atol=1e-7)
        np.testing.assert_allclose(made.var(axis), variance / (variance + EPSILON), rtol=1e-7)
        other = z.index_fill(3 - axis, torch.tensor([0]), 0.0)
        kept = [slice(None)] * 3
        kept[3 - axis] = slice(1, None)
        assert_same(normalized(other)[tuple(kept)], normalized(z)[tuple(kept)])


@every_activation
def test_autograd_differentiates_the_forward_pass_as_differences_do(activation: str) -> None:
    for normalization, residual in itertools.product(NORMALIZATIONS, (False, True)):
        architecture = Architecture(2, 8, activation, "Xavier", normalization, residual)
        weight, bias = initialized(architecture, seeds=(3,), dtype=torch.float64)
        x = normal(4, 3, 8)
        inputs = tuple(each.requires_grad_() for each in (weight, bias, x))

        def last(w: Tensor, b: Tensor, at: Tensor, architecture: Architecture = architecture) -> Tensor:
            return forward(Layers(w, b), at, architecture).post[-1]

        assert torch.autograd.gradcheck(last, inputs, fast_mode=True)


# ---------------------------------------------------------------- what is drawn


@every_init
@pytest.mark.parametrize("width", [16, 64])
def test_weights_and_biases_have_mean_0_and_the_variances_of_their_init(init: str, width: int) -> None:
    """Within five standard errors: a squared normal number spreads by √2 of its mean, a squared uniform one by √0.8."""
    drawn = initialized(PLAIN._replace(init=init, width=width), seeds=(0, 1, 2), dtype=torch.float64)
    for tensor, variance in (
        (drawn.weight, INITS[init].weight_variance(width)),
        (drawn.bias, INITS[init].bias_variance(width)),
    ):
        values = tensor.numpy().ravel()
        relative = math.sqrt((0.8 if init in BOUNDED else 2) / values.size)
        assert (values**2).mean() == pytest.approx(variance, rel=5 * relative, abs=0)
        assert abs(values.mean()) <= 5 * math.sqrt(variance / values.size)


@pytest.mark.parametrize("init", [name for name in INITS if name != "orthogonal"])
@pytest.mark.parametrize("width", [16, 64])
def test_weights_are_distributed_as_torch_or_the_paper_has_them(init: str, width: int) -> None:
    """Normal with the textbook's standard deviation, or as nn.Linear draws its own."""
    deviation = {"N(0, 0.01)": 0.01, "N(0, 0.1)": 0.1, "Xavier": width**-0.5, "Kaiming": math.sqrt(2 / width)}
    bound = width**-0.5
    wanted = stats.uniform(-bound, 2 * bound) if init in BOUNDED else stats.norm(0, deviation[init])
    layers = initialized(PLAIN._replace(init=init, width=width), seeds=(5,), dtype=torch.float64)
    assert stats.kstest(layers.weight.numpy().ravel(), wanted.cdf).pvalue > 1e-3
    if init in BOUNDED:
        assert stats.kstest(layers.bias.numpy().ravel(), wanted.cdf).pvalue > 1e-3
    else:
        assert not layers.bias.any()


def test_the_default_is_nn_linears_own() -> None:
    """Both weights and biases have the distribution of a new nn.Linear's, and the same bounds ±1/√fan_in."""
    layers = initialized(PLAIN._replace(init="PyTorch default"), seeds=(0,), dtype=torch.float32)
    with torch.random.fork_rng():
        torch.manual_seed(99)
        linear = [nn.Linear(WIDTH, WIDTH) for _ in range(DEPTH)]
    theirs = Layers(torch.stack([each.weight for each in linear]), torch.stack([each.bias for each in linear]))
    for ours, reference in zip(layers, theirs, strict=True):
        assert stats.ks_2samp(ours.numpy().ravel(), reference.detach().numpy().ravel()).pvalue > 1e-3
        for tensor in (ours, reference):
            assert 0.99 * WIDTH**-0.5 < tensor.abs().max() <= WIDTH**-0.5 * (1 + 1e-6)


@pytest.mark.parametrize("width", [8, 33, 64])
def test_orthogonal_weights_keep_every_length(width: int) -> None:
    layers = initialized(
        Architecture(4, width, "ReLU", "orthogonal", "none", residual=False), seeds=(0, 1), dtype=torch.float64
    )
    products = layers.weight.mT @ layers.weight
    assert (products - torch.eye(width)).abs().max() < 1e-5  # drawn in float32


@every_init
def test_the_weights_of_a_seed_are_its_own_and_no_two_layers_are_alike(init: str) -> None:
    """No correlation beyond chance between layers, seeds, or a weight and its mirror image."""
    architecture = Architecture(3, 48, "tanh", init, "none", residual=False)
    drawn, again = (initialized(architecture, seeds=(0, 1, 2), dtype=torch.float32) for _ in range(2))
    for ours, theirs in zip(drawn, again, strict=True):
        assert torch.equal(ours, theirs)
    flat = np.concatenate([drawn.weight.numpy().reshape(9, -1), drawn.weight.mT.numpy().reshape(9, -1)])
    correlations = np.corrcoef(flat)[np.triu_indices(18, 1)]
    assert np.abs(correlations).max() < 5 / 48


@every_init
def test_a_bias_is_no_weight(init: str) -> None:
    layers = initialized(Architecture(3, 48, "tanh", init, "none", residual=False), seeds=(0, 1), dtype=torch.float32)
    assert layers.weight.shape == (3, 2, 48, 48)
    assert layers.bias.shape == (3, 2, 1, 48)
    if layers.bias.any():
        assert not torch.isin(layers.bias, layers.weight).any()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_every_format_has_the_same_weights_rounded(dtype: torch.dtype) -> None:
    architecture = PLAIN._replace(init="PyTorch default", depth=2)
    exact, rounded = (initialized(architecture, seeds=(4,), dtype=each) for each in (torch.float32, dtype))
    for ours, theirs in zip(rounded, exact, strict=True):
        assert ours.dtype == dtype
        assert torch.equal(ours, theirs.to(dtype))


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"depth": 0}, "depth must be from 1 to 100, not 0"),
        ({"depth": 101}, "depth must be from 1 to 100, not 101"),
        ({"width": 7}, "width must be from 8 to 512, not 7"),
        ({"width": 513}, "width must be from 8 to 512, not 513"),
        ({"activation": "swish"}, "activation must be one of sigmoid, .*, not 'swish'"),
        ({"init": "He"}, "init must be one of .*, not 'He'"),
        ({"normalization": "group"}, "normalization must be one of none, batch, layer, not 'group'"),
    ],
)
def test_what_is_out_of_range_or_unknown_is_refused(change: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Architecture(**(PLAIN._asdict() | change)).checked()


@pytest.mark.parametrize(("depth", "width"), [(1, 8), (100, 512)])
def test_the_extremes_are_not(depth: int, width: int) -> None:
    architecture = PLAIN._replace(depth=depth, width=width)
    assert architecture.checked() == architecture
