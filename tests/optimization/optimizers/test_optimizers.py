"""Every optimizer against torch.optim in float64, and against closed forms and symmetries that need no library."""

import inspect
import math
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike, NDArray

from demos.optimization.optimizers import OPTIMIZERS, Gradient, Hyperparameter, descend
from demos.optimization.surfaces import SURFACES
from demos.optimization.torch_reference import TORCH_OPTIMIZERS, torch_descend

Floats = NDArray[np.float64]

run: Callable[..., Floats] = descend  # for mypy, which takes unpacked hyperparameters for `lr`, `steps` and `seed`
torch_run: Callable[..., Floats] = torch_descend
law = settings(derandomize=True, deadline=None, database=None, max_examples=30)
every = pytest.mark.parametrize("name", OPTIMIZERS)

STEPS: Final = 100
TOLERANCE: Final = {"NAdam": 1e-7}  # torch keeps NAdam's product of momenta in float32; 1e-9 for all others
SHARE: Final = {
    "Monkey saddle": 0.002
}  # of 1/|λ|max, 0.1 elsewhere: its slopes steepen for ever, and the path would overflow
PROPORTIONAL: Final = {"SGD", "Momentum", "Nesterov"}  # their step is proportional to the gradient
RELATIVE: Final = {"Adagrad", "RMSprop", "Adam", "AdamW", "NAdam"}  # theirs does not depend on its scale
HYPERPARAMETERS: Final[dict[str, dict[str, st.SearchStrategy[Hyperparameter]]]] = {
    "SGD": {},
    "Momentum": {"momentum": st.floats(0, 0.99)},
    "Nesterov": {"momentum": st.floats(0.01, 0.99)},
    "Adagrad": {"lr_decay": st.floats(0, 1), "eps": st.floats(1e-12, 1)},
    "Adadelta": {"rho": st.floats(0, 1), "eps": st.floats(1e-12, 1)},
    "RMSprop": {"alpha": st.floats(0, 0.999), "eps": st.floats(1e-12, 1)},
    "Adam": {"betas": st.tuples(st.floats(0, 0.99), st.floats(0, 0.9999)), "eps": st.floats(1e-12, 1)},
    "AdamW": {
        "betas": st.tuples(st.floats(0, 0.99), st.floats(0, 0.9999)),
        "eps": st.floats(1e-12, 1),
        "weight_decay": st.floats(0, 1),
    },
    "NAdam": {
        "betas": st.tuples(st.floats(0.01, 0.99), st.floats(0, 0.9999)),
        "eps": st.floats(1e-12, 1),
        "momentum_decay": st.floats(0, 0.1),
    },
}
NOT_TORCHS: Final = {"bias_correction"}  # torch has no such switch: it is tested against the paper below
START: Final = np.array([[1.5, -0.5], [0.25, 3.0], [-2.0, -1.0]])


def bowl(p: Floats) -> Floats:
    """A gradient of sums and products alone, which NumPy rounds alike for a number and in an array of any shape."""
    x, y = p[..., 0], p[..., 1]
    return np.stack([2 * x + 0.5 * y, 0.5 * x + 3 * y * y * y], axis=-1)


def replay(gradients: Floats) -> Gradient:
    """The recorded gradients one after another, wherever they are asked for."""
    remaining = iter(gradients)
    return lambda _: next(remaining)


def recorded(seed: int, steps: int = STEPS) -> Floats:
    """Gradients of both signs and of sizes between 1e-4 and 1e4."""
    rng = np.random.default_rng(seed)
    return rng.standard_normal((steps, 3, 2)) * 10 ** rng.uniform(-4, 4, (steps, 3, 2))


def assert_same_path(ours: Floats, theirs: Floats, tolerance: float) -> None:
    """Equal relative to the largest coordinate so far, since a step has the rounding of where it comes from."""
    assert np.all(np.isfinite(theirs))
    size = np.maximum.accumulate(np.abs(theirs), axis=0)
    assert np.all(np.abs(ours - theirs) <= tolerance * size)


# ---------------------------------------------------------------- torch.optim


def test_torch_knows_every_optimizer_and_the_tests_know_every_hyperparameter() -> None:
    assert set(TORCH_OPTIMIZERS) == set(OPTIMIZERS) == set(HYPERPARAMETERS)
    for name, optimizer in OPTIMIZERS.items():
        keywords = {p.name for p in inspect.signature(optimizer).parameters.values() if p.kind is p.KEYWORD_ONLY}
        assert keywords - NOT_TORCHS == set(HYPERPARAMETERS[name])


@every
@pytest.mark.parametrize("surface", SURFACES)
def test_on_every_surface_the_path_is_torchs_step_by_step(name: str, surface: str) -> None:
    """At a rate inside the stable regime: beyond it a descent is chaotic and doubles its rounding errors each step.

    There is no such limit for those whose step has the size of the learning rate, however large the gradient is.
    """
    gradient, start = SURFACES[surface].gradient, SURFACES[surface].start
    curvature = float(np.abs(np.linalg.eigvalsh(SURFACES[surface].hessian(start))).max())
    lr = SHARE.get(surface, 0.1) / curvature if name in PROPORTIONAL else 0.01
    ours = descend(OPTIMIZERS[name], gradient, start, lr=lr, steps=STEPS)
    theirs = torch_descend(name, gradient, start, lr=lr, steps=STEPS)
    assert ours.shape == theirs.shape == (STEPS + 1, 2)
    assert np.linalg.norm(ours[-1] - start) > 1e-6
    assert_same_path(ours, theirs, TOLERANCE.get(name, 1e-9))


@every
@pytest.mark.parametrize("lr", [1e-6, 1e-3, 0.1, 1.0, 30.0, 1e4])
def test_from_the_same_gradients_the_path_is_torchs_at_every_learning_rate(name: str, lr: float) -> None:
    gradients = recorded(seed=1)
    ours = descend(OPTIMIZERS[name], replay(gradients), START, lr=lr, steps=STEPS)
    theirs = torch_descend(name, replay(gradients), START, lr=lr, steps=STEPS)
    assert_same_path(ours, theirs, TOLERANCE.get(name, 1e-9))


@every
@law
@given(data=st.data(), seed=st.integers(0, 1000), lr=st.sampled_from([1e-3, 0.1, 2.0]))
def test_with_any_hyperparameters_the_path_is_torchs(name: str, data: st.DataObject, seed: int, lr: float) -> None:
    hyperparameters = data.draw(st.fixed_dictionaries(HYPERPARAMETERS[name]))
    gradients = recorded(seed, steps=30)
    ours = run(OPTIMIZERS[name], replay(gradients), START, lr=lr, steps=30, **hyperparameters)
    theirs = torch_run(name, replay(gradients), START, lr=lr, steps=30, **hyperparameters)
    assert_same_path(ours, theirs, 10 * TOLERANCE.get(name, 1e-9))


@every
def test_a_schedule_of_learning_rates_is_torchs(name: str) -> None:
    gradients, rates = recorded(seed=2), 0.1 * (1 + np.cos(np.arange(STEPS) / 10))
    x = torch.tensor(START, requires_grad=True)
    optimizer = TORCH_OPTIMIZERS[name]([x], lr=1.0)
    theirs = [START]
    for rate, gradient in zip(rates, gradients, strict=True):
        optimizer.param_groups[0]["lr"] = float(rate)
        x.grad = torch.tensor(gradient)
        optimizer.step()
        theirs.append(x.detach().numpy().copy())
    ours = descend(OPTIMIZERS[name], replay(gradients), START, lr=rates, steps=STEPS)
    assert_same_path(ours, np.array(theirs), TOLERANCE.get(name, 1e-9))


def test_torch_agrees_even_where_the_gradient_function_returns_its_argument() -> None:
    """As of half the squared norm: torch decays the weights before it reads `.grad`, so they must not share memory."""
    keywords: dict[str, Hyperparameter] = {"weight_decay": 1.0, "eps": 1.0}
    ours = run(OPTIMIZERS["AdamW"], lambda x: x, START, lr=0.1, steps=STEPS, **keywords)
    theirs = torch_run("AdamW", lambda x: x, START, lr=0.1, steps=STEPS, **keywords)
    assert_same_path(ours, theirs, 1e-9)


# ---------------------------------------------------------------- closed forms


@law
@given(slow=st.floats(0.01, 10), fast=st.floats(0.01, 10), lr=st.floats(0, 1))
def test_sgd_on_a_quadratic_multiplies_each_coordinate_by_one_minus_lr_lambda(
    slow: float, fast: float, lr: float
) -> None:
    eigenvalues = np.array([slow, fast])
    path = descend(OPTIMIZERS["SGD"], lambda x: eigenvalues * x, [2.0, -3.0], lr=lr, steps=20)
    powers = (1 - lr * eigenvalues) ** np.arange(21)[:, None]
    np.testing.assert_allclose(path, powers * [2.0, -3.0], rtol=1e-10, atol=1e-14)


@law
@given(flat=st.floats(0.01, 1), steep=st.floats(1, 100), share=st.floats(0.01, 1.99))
def test_sgd_shrinks_a_quadratic_exactly_while_lr_is_below_two_over_the_largest_eigenvalue(
    flat: float, steep: float, share: float
) -> None:
    eigenvalues = np.array([flat, steep])

    def growth(lr: float) -> Floats:
        path = descend(OPTIMIZERS["SGD"], lambda x: eigenvalues * x, [1.0, 1.0], lr=lr, steps=3000)
        size: Floats = np.abs(path[-1])
        return size

    assert growth(share / steep)[1] < 1e-12
    assert growth(share / steep)[0] < 1
    assert growth(2.02 / steep)[1] > 1e12


@pytest.mark.parametrize("eigenvalue", [0.5, 1.0, 4.0, 64.0])  # powers of two, so that nothing is rounded
def test_sgd_at_two_over_lambda_oscillates_for_ever(eigenvalue: float) -> None:
    path = descend(OPTIMIZERS["SGD"], lambda x: eigenvalue * x, [1.0, 3.0], lr=2 / eigenvalue, steps=7)
    np.testing.assert_array_equal(path, np.outer([1, -1] * 4, [1.0, 3.0]))


def test_sgd_with_a_schedule_multiplies_by_the_product_of_its_factors() -> None:
    rates = np.linspace(0.5, 0.01, 12)
    path = descend(OPTIMIZERS["SGD"], lambda x: 3 * x, [1.0, -2.0], lr=rates, steps=12)
    np.testing.assert_allclose(path[-1], np.prod(1 - 3 * rates) * np.array([1.0, -2.0]), rtol=1e-12)


@law
@given(lr=st.floats(0.01, 3.9), mu=st.floats(0, 0.95))
def test_momentum_on_a_quadratic_is_the_power_of_its_matrix(lr: float, mu: float) -> None:
    """(x, b) ← (x − η(μb + x), μb + x) for f = x²/2 (Polyak 1964)."""
    step = np.array([[1 - lr, -lr * mu], [1, mu]])
    path = descend(OPTIMIZERS["Momentum"], lambda x: x, [1.0, 0.0], lr=lr, steps=15, momentum=mu)
    expected = [np.linalg.matrix_power(step, t)[0, 0] for t in range(16)]
    np.testing.assert_allclose(path[:, 0], expected, rtol=1e-9, atol=1e-9 * np.abs(expected).max())


GRADIENT: Final = np.array([[3.0, -0.02], [-700.0, 1e5]])


def first_step(name: str, lr: float = 0.1, gradient: ArrayLike = GRADIENT, **keywords: Hyperparameter) -> Floats:
    g = np.asarray(gradient, dtype=float)
    path = run(OPTIMIZERS[name], lambda _: g, np.zeros_like(g), lr=lr, steps=1, **keywords)
    return np.asarray(path[1], dtype=np.float64)


@pytest.mark.parametrize("name", ["Adam", "AdamW", "Adagrad"])  # Kingma and Ba 2015, section 2.1; Duchi et al. 2011
def test_the_first_step_has_the_size_of_the_learning_rate_in_every_coordinate(name: str) -> None:
    np.testing.assert_allclose(first_step(name), -0.1 * np.sign(GRADIENT), rtol=1e-6)


@pytest.mark.parametrize("name", ["Adam", "AdamW"])
@pytest.mark.parametrize(("betas", "factor"), [((0.9, 0.999), math.sqrt(10)), ((0.5, 0.75), 1.0), ((0.0, 0.0), 1.0)])
def test_without_bias_correction_the_first_step_is_longer_by_what_the_averages_lack(
    name: str, betas: tuple[float, float], factor: float
) -> None:
    """lr·(1 − β₁)/√(1 − β₂), that is 3.162·lr with the usual betas."""
    step = first_step(name, betas=betas, bias_correction=False)
    np.testing.assert_allclose(step, -0.1 * factor * np.sign(GRADIENT), rtol=1e-4)


def test_the_first_step_of_rmsprop_is_longer_by_one_over_the_root_of_one_minus_alpha() -> None:
    np.testing.assert_allclose(first_step("RMSprop"), -1.0 * np.sign(GRADIENT), rtol=1e-5)  # 0.1/√0.01
    np.testing.assert_allclose(first_step("RMSprop", alpha=0.0), -0.1 * np.sign(GRADIENT), rtol=1e-5)


def test_the_first_step_of_adadelta_is_as_small_as_its_epsilon() -> None:
    """√ε·g/√((1 − ρ)g² + ε), about √(ε/(1 − ρ)) (Zeiler 2012)."""
    np.testing.assert_allclose(first_step("Adadelta", lr=1.0), -math.sqrt(1e-5) * np.sign(GRADIENT), rtol=0.02)


@pytest.mark.parametrize("decay", [0.0, 0.02])
def test_adam_without_bias_correction_is_the_paper_without_those_lines(decay: float) -> None:
    gradients = recorded(seed=3)
    m, v, x = np.zeros((3, 2)), np.zeros((3, 2)), START.copy()
    expected = [START]
    for g in gradients:  # Kingma and Ba 2015, algorithm 1; the decay of Loshchilov and Hutter 2019, algorithm 2
        m += (1 - 0.8) * (g - m)
        v += (1 - 0.95) * (g**2 - v)
        x = x - 0.1 * decay * x - 0.1 * m / (np.sqrt(v) + 1e-3)
        expected.append(x)
    keywords: dict[str, Hyperparameter] = {"betas": (0.8, 0.95), "eps": 1e-3, "bias_correction": False}
    ours = run(OPTIMIZERS["AdamW"], replay(gradients), START, lr=0.1, steps=STEPS, weight_decay=decay, **keywords)
    assert_same_path(ours, np.array(expected), 1e-9)
    if not decay:
        adam = run(OPTIMIZERS["Adam"], replay(gradients), START, lr=0.1, steps=STEPS, **keywords)
        assert_same_path(adam, np.array(expected), 1e-9)


@pytest.mark.parametrize("keywords", [{}, {"bias_correction": False}])
def test_adamw_without_decay_is_adam(keywords: dict[str, Hyperparameter]) -> None:
    adamw = run(OPTIMIZERS["AdamW"], bowl, START, lr=0.1, steps=STEPS, weight_decay=0.0, **keywords)
    np.testing.assert_array_equal(adamw, run(OPTIMIZERS["Adam"], bowl, START, lr=0.1, steps=STEPS, **keywords))


def test_adamw_with_no_gradient_only_shrinks_its_weights() -> None:
    path = descend(OPTIMIZERS["AdamW"], np.zeros_like, START, lr=0.1, steps=5, weight_decay=0.5)
    np.testing.assert_allclose(path[-1], 0.95**5 * START, rtol=1e-14)


def test_without_momentum_momentum_is_sgd() -> None:
    still = descend(OPTIMIZERS["Momentum"], bowl, START, lr=0.02, steps=STEPS, momentum=0.0)
    np.testing.assert_array_equal(still, descend(OPTIMIZERS["SGD"], bowl, START, lr=0.02, steps=STEPS))


def test_momentum_under_a_constant_gradient_reaches_ten_times_the_speed_of_sgd() -> None:
    for name in ("Momentum", "Nesterov"):
        path = descend(OPTIMIZERS[name], np.ones_like, [0.0, 0.0], lr=0.1, steps=400)
        np.testing.assert_allclose(np.diff(path, axis=0)[-1], -0.1 / (1 - 0.9), rtol=1e-9)


# ---------------------------------------------------------------- symmetries


@every
def test_a_lattice_of_starts_at_once_is_its_starts_one_by_one(name: str) -> None:
    starts = np.random.default_rng(4).uniform(-1, 1, (3, 4, 2))
    together = descend(OPTIMIZERS[name], bowl, starts, lr=0.05, steps=STEPS)
    assert together.shape == (STEPS + 1, 3, 4, 2)
    for index in np.ndindex(3, 4):
        alone = descend(OPTIMIZERS[name], bowl, starts[index], lr=0.05, steps=STEPS)
        np.testing.assert_array_equal(together[:, *index], alone)


@every
def test_exchanging_x_and_y_exchanges_them_in_the_path(name: str) -> None:
    path = descend(OPTIMIZERS[name], bowl, START, lr=0.05, steps=STEPS)
    exchanged = descend(OPTIMIZERS[name], lambda p: bowl(p[..., ::-1])[..., ::-1], START[:, ::-1], lr=0.05, steps=STEPS)
    np.testing.assert_array_equal(exchanged, path[..., ::-1])


@every
def test_reflecting_the_surface_reflects_the_path(name: str) -> None:
    path = descend(OPTIMIZERS[name], bowl, START, lr=0.05, steps=STEPS)
    np.testing.assert_array_equal(descend(OPTIMIZERS[name], lambda p: -bowl(-p), -START, lr=0.05, steps=STEPS), -path)


@pytest.mark.parametrize("name", [name for name in OPTIMIZERS if name != "AdamW"])  # its weights decay towards 0
def test_translating_the_surface_translates_the_path(name: str) -> None:
    shift = np.array([8.0, -16.0])
    path = descend(OPTIMIZERS[name], bowl, START, lr=0.02, steps=STEPS)
    shifted = descend(OPTIMIZERS[name], lambda p: bowl(p - shift), START + shift, lr=0.02, steps=STEPS)
    np.testing.assert_allclose(shifted - shift, path, rtol=0, atol=1e-8)


@pytest.mark.parametrize("name", sorted(RELATIVE))
@law
@given(exponent=st.integers(-30, 30))
def test_scaling_the_gradient_changes_nothing_where_rates_are_relative(name: str, exponent: int) -> None:
    """Without eps, and exactly so, since a power of two rounds nothing."""
    gradients = recorded(seed=5, steps=20)
    path = descend(OPTIMIZERS[name], replay(gradients), START, lr=0.1, steps=20, eps=0.0)
    scaled = descend(OPTIMIZERS[name], replay(2.0**exponent * gradients), START, lr=0.1, steps=20, eps=0.0)
    np.testing.assert_array_equal(scaled, path)


@pytest.mark.parametrize("name", sorted(RELATIVE))
def test_with_its_epsilon_a_relative_rate_is_nearly_blind_to_the_scale_of_the_gradient(name: str) -> None:
    gradients = recorded(seed=6, steps=20) + 1e-2
    path = descend(OPTIMIZERS[name], replay(1e3 * gradients), START, lr=0.1, steps=20)
    scaled = descend(OPTIMIZERS[name], replay(1e9 * gradients), START, lr=0.1, steps=20)
    np.testing.assert_allclose(scaled, path, rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", sorted(PROPORTIONAL))
def test_scaling_the_gradient_is_scaling_the_learning_rate_where_steps_are_proportional(name: str) -> None:
    gradients = recorded(seed=5)
    path = descend(OPTIMIZERS[name], replay(gradients), START, lr=0.1, steps=STEPS)
    scaled = descend(OPTIMIZERS[name], replay(64 * gradients), START, lr=0.1 / 64, steps=STEPS)
    np.testing.assert_array_equal(scaled, path)


@every
def test_a_learning_rate_of_zero_stays_put(name: str) -> None:
    path = descend(OPTIMIZERS[name], bowl, START, lr=0.0, steps=10)
    np.testing.assert_array_equal(path, np.broadcast_to(START, (11, 3, 2)))


@every
def test_no_steps_return_the_start(name: str) -> None:
    for lr in (0.1, np.empty(0)):
        np.testing.assert_array_equal(descend(OPTIMIZERS[name], bowl, START, lr=lr, steps=0), START[None])


@every
def test_a_constant_learning_rate_for_each_step_is_one_number(name: str) -> None:
    path = descend(OPTIMIZERS[name], bowl, START, lr=0.05, steps=STEPS)
    np.testing.assert_array_equal(descend(OPTIMIZERS[name], bowl, START, lr=[0.05] * STEPS, steps=STEPS), path)


@every
def test_many_learning_rates_at_once_are_separate_runs(name: str) -> None:
    rates = np.array([0.0, 0.001, 0.02, 0.05])
    schedule = np.outer(np.linspace(1, 0.1, STEPS), rates)[:, :, None]
    together = descend(OPTIMIZERS[name], bowl, np.broadcast_to(START[0], (4, 2)), lr=schedule, steps=STEPS)
    for i in range(len(rates)):
        alone = descend(OPTIMIZERS[name], bowl, START[0], lr=schedule[:, i, 0], steps=STEPS)
        np.testing.assert_array_equal(together[:, i], alone)


@every
def test_the_first_steps_of_a_long_run_are_the_short_run(name: str) -> None:
    long = descend(OPTIMIZERS[name], bowl, START, lr=0.05, steps=STEPS)
    np.testing.assert_array_equal(descend(OPTIMIZERS[name], bowl, START, lr=0.05, steps=10), long[:11])


@every
def test_the_start_is_left_as_it_was(name: str) -> None:
    start = START.copy()
    path = descend(OPTIMIZERS[name], bowl, start, lr=0.05, steps=10)
    path += 1
    np.testing.assert_array_equal(start, START)


# ---------------------------------------------------------------- noise


def noise_seen(name: str, seed: int, shape: tuple[int, ...] = (2,), noise: float = 0.3, steps: int = 50) -> Floats:
    """What `descend` adds to a gradient of zero before the optimizer sees it."""
    seen = []

    def spied(x: Floats, gradient: Gradient, lr: Iterable[Floats]) -> Iterator[Floats]:
        def spy(at: Floats) -> Floats:
            seen.append(gradient(at))
            return seen[-1]

        return OPTIMIZERS[name](x, spy, lr)

    descend(spied, np.zeros_like, np.zeros(shape), lr=0.1, steps=steps, noise=noise, seed=seed)
    return np.array(seen)


@every
def test_the_same_seed_gives_every_optimizer_the_same_noise(name: str) -> None:
    np.testing.assert_array_equal(noise_seen(name, seed=3), noise_seen("SGD", seed=3))


def test_another_seed_gives_other_noise() -> None:
    first, second = noise_seen("SGD", seed=0), noise_seen("SGD", seed=1)
    assert not np.any(first == second)


def test_the_noise_is_independent_gaussian_with_the_given_standard_deviation() -> None:
    noise = noise_seen("SGD", seed=0, shape=(10, 2), noise=0.3, steps=5000)
    assert noise.shape == (5000, 10, 2)
    assert noise.std() == pytest.approx(0.3, rel=0.01)
    assert noise.mean() == pytest.approx(0, abs=0.005)
    assert np.mean(np.abs(noise) < 0.3) == pytest.approx(math.erf(1 / math.sqrt(2)), abs=0.01)
    flat = noise.reshape(5000, 20)
    between = np.corrcoef(np.hstack([flat[:-1], flat[1:]]).T) - np.eye(40)  # of components, and from step to step
    assert np.abs(between).max() < 0.1


@every
def test_noise_is_added_to_the_gradient(name: str) -> None:
    noise = noise_seen(name, seed=7, noise=0.5, steps=10)
    gradients = iter(noise + np.array([1.0, -2.0]))
    expected = descend(OPTIMIZERS[name], lambda _: next(gradients), [0.0, 0.0], lr=0.1, steps=10)
    noisy = descend(
        OPTIMIZERS[name],
        lambda x: np.broadcast_to([1.0, -2.0], x.shape),
        [0.0, 0.0],
        lr=0.1,
        steps=10,
        noise=0.5,
        seed=7,
    )
    np.testing.assert_array_equal(noisy, expected)


@every
def test_without_noise_the_seed_changes_nothing(name: str) -> None:
    path = descend(OPTIMIZERS[name], bowl, START, lr=0.05, steps=10, seed=1)
    np.testing.assert_array_equal(descend(OPTIMIZERS[name], bowl, START, lr=0.05, steps=10, noise=0.0, seed=2), path)


@every
def test_numpys_global_random_state_is_neither_read_nor_changed(name: str) -> None:
    def run() -> Floats:
        return descend(OPTIMIZERS[name], bowl, START, lr=0.05, steps=10, noise=1.0, seed=5)

    np.random.seed(0)  # noqa: NPY002 — the global state is what is tested
    before = np.random.get_state(legacy=False)  # noqa: NPY002 — as above
    first = run()
    np.testing.assert_equal(np.random.get_state(legacy=False), before)  # noqa: NPY002 — as above
    np.random.seed(1)  # noqa: NPY002 — as above
    np.testing.assert_array_equal(run(), first)


# ---------------------------------------------------------------- divergence and refusals


@pytest.mark.parametrize("name", sorted(PROPORTIONAL))
def test_a_diverging_path_ends_in_infinity_or_nan_without_a_warning(name: str) -> None:
    path = descend(OPTIMIZERS[name], SURFACES["Rosenbrock"].gradient, [-1.2, 1.0], lr=1.0, steps=50)
    assert np.isfinite(path[1]).all()
    assert not np.isfinite(path[-1]).any()


@every
@pytest.mark.parametrize("size", [0.0, 1e-320, 1e200, 1e308, np.inf, np.nan])
def test_extreme_gradients_raise_no_warning(name: str, size: float) -> None:
    path = descend(OPTIMIZERS[name], lambda x: size * (1 + np.abs(x)), START, lr=1e300, steps=5)
    assert path.shape == (6, 3, 2)


def attempt(optimizer: str = "SGD", start: ArrayLike = (1.0, 2.0), lr: ArrayLike = 0.1, **keywords: object) -> Floats:
    return run(OPTIMIZERS[optimizer], bowl, start, lr=lr, **({"steps": 3} | keywords))


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"lr": -0.5}, "lr .*-0.5"),
        ({"lr": math.nan}, "lr .*nan"),
        ({"lr": math.inf}, "lr .*inf"),
        ({"lr": [0.1, -0.25, 0.1]}, "lr .*-0.25"),
        ({"lr": [0.1, math.nan, 0.1]}, "lr .*nan"),
        ({"lr": [0.1, 0.1]}, r"lr .*an array of ., one a step, got .*\(2,\)"),
        ({"lr": [[0.1, 0.1, 0.1]]}, r"lr .*\(1, 3\)"),
        ({"start": 1.0}, r"start .*\(\)"),
        ({"start": [1.0]}, r"start .*\(1,\)"),
        ({"start": [1.0, 2.0, 3.0]}, r"start .*\(3,\)"),
        ({"start": np.zeros((2, 3))}, r"start .*\(2, 3\)"),
        ({"steps": -1}, "steps .*-1"),
        ({"noise": -0.1}, "noise .*-0.1"),
        ({"noise": math.nan}, "noise .*nan"),
        ({"optimizer": "Momentum", "momentum": -0.1}, "momentum .*-0.1"),
        ({"optimizer": "Momentum", "momentum": math.nan}, "momentum .*nan"),
        ({"optimizer": "Nesterov", "momentum": 0.0}, "momentum .*0.0"),  # torch refuses it too
        ({"optimizer": "Nesterov", "momentum": -0.1}, "momentum .*-0.1"),
        ({"optimizer": "Adagrad", "lr_decay": -1.0}, "lr_decay .*-1.0"),
        ({"optimizer": "Adagrad", "eps": -1.0}, "eps .*-1.0"),
        ({"optimizer": "Adadelta", "rho": 1.5}, "rho .*1.5"),
        ({"optimizer": "Adadelta", "rho": -0.5}, "rho .*-0.5"),
        ({"optimizer": "Adadelta", "eps": -1.0}, "eps .*-1.0"),
        ({"optimizer": "RMSprop", "alpha": 1.0}, "alpha .*1.0"),
        ({"optimizer": "RMSprop", "alpha": -0.5}, "alpha .*-0.5"),
        ({"optimizer": "RMSprop", "eps": -1.0}, "eps .*-1.0"),
        ({"optimizer": "AdamW", "weight_decay": -0.5}, "weight_decay .*-0.5"),
        ({"optimizer": "NAdam", "momentum_decay": -0.5}, "momentum_decay .*-0.5"),
        *(
            ({"optimizer": name, **keywords}, message)
            for name in ("Adam", "AdamW", "NAdam")
            for keywords, message in (
                ({"betas": (1.0, 0.9)}, r"betas .*\(1.0, 0.9\)"),
                ({"betas": (0.9, 1.0)}, r"betas .*\(0.9, 1.0\)"),
                ({"betas": (-0.1, 0.9)}, r"betas .*\(-0.1, 0.9\)"),
                ({"betas": (0.9, math.nan)}, r"betas .*\(0.9, nan\)"),
                ({"betas": (0.9,)}, r"betas .*\(0.9,\)"),
                ({"eps": -1.0}, "eps .*-1.0"),
            )
        ),
    ],
    ids=str,
)
def test_an_argument_out_of_range_is_refused_by_name_and_value(keywords: dict[str, object], message: str) -> None:
    function: Callable[..., Floats] = attempt
    with pytest.raises(ValueError, match=f"^{message}"):
        function(**keywords)
    with pytest.raises(ValueError, match=f"^{message}"):
        function(**{"steps": 0, "lr": np.empty(0)} | keywords)  # even where no step would need it


def test_the_bounds_of_what_is_allowed_are_allowed() -> None:
    assert np.isfinite(attempt("Adadelta", rho=1.0)).all()
    assert np.isfinite(attempt("Adadelta", rho=0.0)).all()
    assert np.isfinite(attempt("RMSprop", alpha=0.0)).all()
    assert np.isfinite(attempt("Adam", betas=(0.0, 0.0))).all()
    assert np.isfinite(attempt("NAdam", betas=(0.0, 0.0), momentum_decay=0.0)).all()
