"""Training against torch.optim.SGD on torch.nn's modules, one network after the other."""

import math
from typing import Final

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.datasets import load_digits
from torch import Tensor, nn

from benchmarks.gradients_kernels import torch_network
from demos.digits import Digits, digits
from demos.gradients import training
from demos.gradients.networks import INITS, NORMALIZATIONS, Architecture
from demos.gradients.torch_reference import TorchLayer
from demos.gradients.training import Progress, train
from demos.gradients.vanishing_gradients import Floats

law = settings(derandomize=True, deadline=None, database=None, max_examples=12)

SMALL: Final = Architecture(3, 16, "tanh", "Xavier", "none", residual=False)
LN_10: Final = math.log(10)
Batches = list[tuple[Tensor, Tensor]]


def trained(
    architecture: Architecture = SMALL,
    *,
    lr: float = 0.1,
    steps: int = 6,
    batch_size: int = 8,
    seeds: tuple[int, ...] = (0,),
    max_norm: float | None = None,
    every: int = 1,
) -> list[Progress]:
    return list(
        train(architecture, lr=lr, steps=steps, batch_size=batch_size, seeds=seeds, max_norm=max_norm, every=every)
    )


def watched(
    monkeypatch: pytest.MonkeyPatch,
    architecture: Architecture,
    *,
    batch_size: int,
    seeds: tuple[int, ...],
    **how: float | None,
) -> tuple[list[Progress], Batches]:
    """Progress after every step, and the batches it took."""
    batches: Batches = []
    loss = training._loss

    def spy(parameters: list[Tensor], x: Tensor, y: Tensor, architecture: Architecture) -> tuple[Tensor, Tensor]:
        if len(y) == batch_size:
            batches.append((x, y))
        return loss(parameters, x, y, architecture)

    with monkeypatch.context() as patched:
        patched.setattr(training, "_loss", spy)
        made = trained(architecture, batch_size=batch_size, seeds=seeds, **how)  # type: ignore[arg-type]  # by name
    assert len(batches) == len(made)
    return made, batches


def modules(architecture: Architecture, seeds: tuple[int, ...], place: int) -> nn.Sequential:
    """Modules of torch with the weights that ours begin with."""
    weight, bias, first_weight, first_bias, last_weight, last_bias = (
        each.detach()[place] if layer_free else each.detach()[:, place]
        for each, layer_free in zip(
            training._parameters(architecture, seeds), (False, False, True, True, True, True), strict=True
        )
    )
    network = torch_network(architecture)
    first, *layers, last = network
    pairs = [(first, first_weight, first_bias), (last, last_weight, last_bias)]
    for layer, hidden_weight, hidden_bias in zip(layers, weight, bias, strict=True):
        assert isinstance(layer, TorchLayer)
        pairs.append((layer.linear, hidden_weight, hidden_bias))
    with torch.no_grad():
        for linear, its_weight, its_bias in pairs:
            assert isinstance(linear, nn.Linear)
            linear.weight.copy_(its_weight.T)
            linear.bias.copy_(its_bias[0])
    return network


def by_torch(network: nn.Sequential, batches: Batches, *, lr: float, max_norm: float | None) -> list[list[Floats]]:
    """Training loss, test loss, accuracy, gradients and update ratios after every step, by torch.optim."""
    optimizer = torch.optim.SGD(network.parameters(), lr=lr)
    weights = [layer.linear.weight for layer in network if isinstance(layer, TorchLayer)]
    test = digits()[1]
    told = []
    for x, y in batches:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(network(x), y)
        loss.backward()  # type: ignore[no-untyped-call]  # torch's own
        gradients = [float(weight.grad.norm()) for weight in weights if weight.grad is not None]
        if max_norm is not None:
            nn.utils.clip_grad_norm_(network.parameters(), max_norm)
        before = [weight.detach().clone() for weight in weights]
        optimizer.step()
        updates = [float((new.detach() - old).norm() / old.norm()) for new, old in zip(weights, before, strict=True)]
        with torch.no_grad():
            logits = network(test.x)
        after = float(nn.functional.cross_entropy(logits, test.y)), float((logits.argmax(1) == test.y).double().mean())
        told.append([np.array(each) for each in (float(loss.detach()), *after, gradients, updates)])
    return told


def assert_same(ours: list[Progress], place: int, theirs: list[list[Floats]], tolerance: float) -> None:
    """Of the seed at this place."""
    for step, (progress, reference) in enumerate(zip(ours, theirs, strict=True), start=1):
        assert progress.step == step
        loss, test_loss, accuracy, gradients, updates = reference
        np.testing.assert_allclose(progress.training_loss[place], loss, rtol=tolerance)
        np.testing.assert_allclose(progress.test_loss[place], test_loss, rtol=tolerance)
        assert abs(progress.accuracy[place] - accuracy) < 1.5 / 360  # a tie may fall to either side
        np.testing.assert_allclose(progress.gradient[:, place], gradients, rtol=10 * tolerance)
        np.testing.assert_allclose(progress.update_ratio[:, place], updates, rtol=100 * tolerance)


# ---------------------------------------------------------------- torch.optim


@pytest.mark.parametrize("max_norm", [None, 0.3, 1e3])
@pytest.mark.parametrize(
    "architecture",
    [
        SMALL,
        Architecture(4, 16, "ReLU", "Kaiming", "batch", residual=True),
        Architecture(2, 24, "sigmoid", "PyTorch default", "layer", residual=False),
    ],
)
def test_the_steps_are_torchs_and_the_seeds_those_of_networks_trained_apart(
    monkeypatch: pytest.MonkeyPatch, architecture: Architecture, max_norm: float | None
) -> None:
    """Networks trained as one, from the same weights, on the same batches."""
    seeds = (3, 11)
    how = {"lr": 0.2, "max_norm": max_norm}
    ours, batches = watched(monkeypatch, architecture, batch_size=8, seeds=seeds, steps=6, **how)
    for place in range(2):
        theirs = by_torch(modules(architecture, seeds, place), batches, lr=0.2, max_norm=max_norm)
        assert_same(ours, place, theirs, 1e-5)


@law
@given(
    activation=st.sampled_from(["sigmoid", "tanh", "leaky ReLU", "ELU", "SELU", "GELU", "SiLU", "linear"]),
    init=st.sampled_from(list(INITS)),
    normalization=st.sampled_from(list(NORMALIZATIONS)),
    residual=st.booleans(),
    seed=st.integers(0, 1000),
    lr=st.floats(1e-3, 0.3),
    max_norm=st.none() | st.floats(0.01, 3),
)
def test_any_network_is_trained_as_by_torch(
    *, activation: str, init: str, normalization: str, residual: bool, seed: int, lr: float, max_norm: float | None
) -> None:
    architecture = Architecture(2, 12, activation, init, normalization, residual)
    with pytest.MonkeyPatch.context() as monkeypatch:
        ours, batches = watched(
            monkeypatch, architecture, batch_size=16, seeds=(seed,), lr=lr, steps=3, max_norm=max_norm
        )
    assert_same(ours, 0, by_torch(modules(architecture, (seed,), 0), batches, lr=lr, max_norm=max_norm), 1e-4)


def test_clipping_bounds_each_networks_whole_gradient_and_not_that_of_all() -> None:
    """A seed beside which others are trained is clipped as if it were alone."""
    ours = trained(seeds=(0, 1, 2), max_norm=0.2)
    alone = trained(seeds=(0,), max_norm=0.2)
    free = trained(seeds=(0,))
    for together, single in zip(ours, alone, strict=True):
        np.testing.assert_allclose(together.update_ratio[:, :1], single.update_ratio, rtol=1e-4)
        np.testing.assert_allclose(together.training_loss[:1], single.training_loss, rtol=1e-5)
    np.testing.assert_allclose(alone[0].gradient, free[0].gradient, rtol=1e-6)  # told before clipping
    assert np.all(alone[0].update_ratio < 0.9 * free[0].update_ratio)
    before = modules(SMALL, (0,), 0)
    sizes = [float(layer.linear.weight.detach().norm()) for layer in before if isinstance(layer, TorchLayer)]
    moved = alone[0].update_ratio[:, 0] * sizes
    assert np.sqrt((moved**2).sum()) <= 0.1 * 0.2


@law
@given(seeds=st.lists(st.integers(0, 1000), min_size=2, max_size=4, unique=True))
def test_no_network_knows_of_the_others(seeds: list[int]) -> None:
    """The first seed, which draws the batches, alone and in company; and the others in another order."""
    first, *others = seeds
    together, alone = trained(seeds=tuple(seeds), steps=3), trained(seeds=(first,), steps=3)
    turned = trained(seeds=(first, *others[::-1]), steps=3)
    for ours, single, other in zip(together, alone, turned, strict=True):
        for mine, one, reverse in zip(ours[1:], single[1:], other[1:], strict=True):
            assert isinstance(mine, np.ndarray)
            np.testing.assert_allclose(mine[..., :1], one, rtol=1e-4)
            np.testing.assert_allclose(mine[..., 1:], np.asarray(reverse)[..., :0:-1], rtol=1e-4)
        assert len(set(ours.training_loss)) == len(seeds)


# ---------------------------------------------------------------- the batches and the data


def test_the_batches_are_drawn_from_the_training_set_and_no_two_are_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    _, batches = watched(monkeypatch, SMALL, batch_size=20, seeds=(4, 5), steps=30, every=1)
    _, again = watched(monkeypatch, SMALL, batch_size=20, seeds=(4, 9), steps=30, every=1)
    _, other = watched(monkeypatch, SMALL, batch_size=20, seeds=(5, 4), steps=30, every=1)
    training_set = digits()[0]
    known = {(x.numpy().tobytes(), int(y)) for x, y in zip(*training_set, strict=True)}
    taken = [(x.numpy().tobytes(), int(y)) for batch in batches for x, y in zip(*batch, strict=True)]
    assert set(taken) <= known
    assert len(taken) == 600
    assert 450 < len(set(taken)) < 560  # 1437 (1 − (1 − 1/1437)^600) ≈ 490 if drawn at random
    assert all(torch.equal(ours[0], theirs[0]) for ours, theirs in zip(batches, again, strict=True))
    assert not any(torch.equal(ours[0], theirs[0]) for ours, theirs in zip(batches, other, strict=True))


def test_the_digits_are_scikit_learns_standardized_as_a_whole() -> None:
    training_set, test_set = digits()
    data = load_digits()
    assert isinstance(training_set, Digits)
    assert training_set.x.shape == (1437, 64)
    assert training_set.y.shape == (1437,)
    assert test_set.x.shape == (360, 64)
    assert test_set.y.shape == (360,)
    x = torch.cat([training_set.x, test_set.x]).double().numpy()
    np.testing.assert_array_equal(torch.cat([training_set.y, test_set.y]).numpy(), data.target)
    np.testing.assert_allclose(x, (data.data - data.data.mean()) / data.data.std(), atol=1e-4)
    assert x.mean() == pytest.approx(0, abs=1e-5)
    assert x.std() == pytest.approx(1, rel=1e-4)


# ---------------------------------------------------------------- what is told, and when


@law
@given(steps=st.integers(1, 12), every=st.integers(1, 15))
def test_progress_is_told_of_the_first_step_every_few_and_the_last(steps: int, every: int) -> None:
    architecture = SMALL._replace(depth=1, width=8)
    told = trained(architecture, steps=steps, every=every, batch_size=2, seeds=(0, 1))
    assert [each.step for each in told] == sorted({1, *range(every, steps + 1, every), steps})
    assert told[0].gradient.shape == told[0].update_ratio.shape == (1, 2)
    assert told[0].training_loss.shape == told[0].test_loss.shape == told[0].accuracy.shape == (2,)


def test_how_often_progress_is_told_changes_nothing() -> None:
    often, seldom = trained(steps=6, every=1), trained(steps=6, every=5)
    for ours, theirs in zip((often[0], often[4], often[5]), seldom, strict=True):
        for mine, other in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(mine, other)


def test_without_a_learning_rate_nothing_moves() -> None:
    told = trained(lr=0.0, seeds=(0, 1))
    for each in told:
        np.testing.assert_array_equal(each.test_loss, told[0].test_loss)
        np.testing.assert_array_equal(each.accuracy, told[0].accuracy)
        np.testing.assert_array_equal(each.update_ratio, 0)
        assert (each.gradient > 0).all()


def test_training_is_its_seeds() -> None:
    once, again = trained(seeds=(7, 8)), trained(seeds=(7, 8))
    for ours, theirs in zip(once, again, strict=True):
        for mine, other in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(mine, other)


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "ReLU"])
def test_at_initialization_ten_classes_are_as_good_as_one_guess(activation: str) -> None:
    """Cross-entropy ln 10, and a tenth of the digits right."""
    architecture = Architecture(5, 64, activation, "PyTorch default", "none", residual=False)
    told = trained(architecture, lr=0.0, steps=1, batch_size=64, seeds=(0, 1, 2))[0]
    np.testing.assert_allclose(told.training_loss, LN_10, atol=0.15)
    np.testing.assert_allclose(told.test_loss, LN_10, atol=0.15)
    assert np.all(told.accuracy < 0.3)


def test_hes_relus_learn_and_deep_sigmoids_do_not() -> None:
    learns = Architecture(5, 32, "ReLU", "Kaiming", "none", residual=False)
    stuck = Architecture(15, 32, "sigmoid", "PyTorch default", "none", residual=False)
    ours, theirs = (trained(each, steps=100, batch_size=32, every=100) for each in (learns, stuck))
    assert ours[-1].accuracy[0] > 0.7
    assert ours[-1].test_loss[0] < 1
    assert theirs[-1].accuracy[0] < 0.2
    assert theirs[-1].test_loss[0] == pytest.approx(LN_10, abs=0.15)
    assert theirs[0].gradient[0, 0] < 1e-8 * theirs[0].gradient[-1, 0]


def test_what_diverges_is_told_as_it_is() -> None:
    """From the step on which a loss is no longer finite none is, and the networks beside it train on."""
    architecture = Architecture(6, 16, "linear", "Kaiming", "none", residual=False)
    told = trained(architecture, lr=50.0, steps=30, seeds=(0, 1))
    assert [each.step for each in told] == list(range(1, 31))
    finite = np.array([np.isfinite(each.training_loss) for each in told])
    assert finite[0].all()
    assert not finite[-1].any()
    for losses in ([each.training_loss for each in told], [each.test_loss for each in told]):
        assert np.max(losses, where=np.isfinite(losses), initial=0) > 1e6
    assert np.all(np.diff(finite.astype(int), axis=0) <= 0)
    assert not np.isfinite(told[-1].test_loss).any()
    assert np.isnan(told[-1].gradient).all()
    assert np.isnan(told[-1].update_ratio).all()


def test_a_network_that_died_has_no_accuracy() -> None:
    architecture = Architecture(6, 16, "linear", "Kaiming", "none", residual=False)
    last = trained(architecture, lr=50.0, steps=30)[-1]
    assert np.isnan(last.test_loss).all()
    assert np.isnan(last.accuracy).all()


def test_clipping_keeps_the_same_from_diverging() -> None:
    architecture = Architecture(6, 16, "linear", "Kaiming", "none", residual=False)
    told = trained(architecture, lr=0.5, steps=30, seeds=(0, 1), max_norm=0.1)
    assert all(np.isfinite(each.test_loss).all() for each in told)
    assert not np.isfinite(trained(architecture, lr=0.5, steps=30, seeds=(0, 1))[-1].test_loss).any()


# ---------------------------------------------------------------- the layers at the ends


@pytest.mark.parametrize("width", [16, 64, 100])
def test_the_first_and_the_last_layer_are_drawn_as_torch_draws_them(width: int) -> None:
    seeds = tuple(range(20))
    first_weight, first_bias, last_weight, last_bias = training._parameters(SMALL._replace(width=width), seeds)[2:]
    assert first_weight.shape == (20, 64, width)
    assert first_bias.shape == (20, 1, width)
    assert last_weight.shape == (20, width, 10)
    assert last_bias.shape == (20, 1, 10)
    for tensor, fan_in in ((first_weight, 64), (first_bias, 64), (last_weight, width), (last_bias, width)):
        bound = fan_in**-0.5
        values = tensor.detach().numpy().ravel()
        assert 0.95 * bound < np.abs(values).max() <= bound * (1 + 1e-6)
        assert stats.kstest(values, stats.uniform(-bound, 2 * bound).cdf).pvalue > 1e-3
        assert len(np.unique(tensor.detach().numpy().reshape(20, -1)[:, 0])) == 20


@pytest.mark.parametrize("width", [16, 64])
def test_no_number_of_the_first_and_the_last_layer_is_drawn_twice(width: int) -> None:
    """Scaled to the same bounds, weights and biases of an end have hardly a number in common."""
    ends = [each.detach()[0].ravel() for each in training._parameters(SMALL._replace(width=width), (0,))[2:]]
    scaled = [(each / each.abs().max()).double() for each in ends]
    first = ends[0][:width]
    assert not torch.equal(first, ends[1])
    assert not torch.equal(ends[2][:10], ends[3])
    smaller = min(scaled[0].numel(), scaled[2].numel())
    correlation = np.corrcoef(scaled[0][:smaller].numpy(), scaled[2][:smaller].numpy())[0, 1]
    assert abs(correlation) < 5 / math.sqrt(smaller)


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"steps": 0}, "steps must be at least 1, not 0"),
        ({"batch_size": 0}, "batch_size must be at least 1, not 0"),
        ({"every": 0}, "every must be at least 1, not 0"),
        ({"seeds": ()}, "seeds must be at least 1, not 0"),
        ({"lr": -0.1}, "lr must be at least 0 and finite, not -0.1"),
        ({"lr": math.nan}, "lr must be at least 0 and finite, not nan"),
        ({"lr": math.inf}, "lr must be at least 0 and finite, not inf"),
        ({"max_norm": 0.0}, "max_norm must be above 0, not 0.0"),
        ({"max_norm": -1.0}, "max_norm must be above 0, not -1.0"),
        ({"max_norm": math.nan}, "max_norm must be above 0, not nan"),
        ({"architecture": SMALL._replace(depth=0)}, "depth must be from 1 to 100, not 0"),
        ({"architecture": SMALL._replace(activation="step")}, "activation must be one of"),
    ],
)
def test_what_makes_no_sense_is_refused_when_asked_for(change: dict[str, object], complaint: str) -> None:
    """And not when the first `Progress` is."""
    how = {"lr": 0.1, "steps": 1, "batch_size": 2, "seeds": (0,), "max_norm": None, "every": 1, "architecture": SMALL}
    with pytest.raises(ValueError, match=complaint):
        train(**(how | change))  # type: ignore[arg-type]  # that is the point
