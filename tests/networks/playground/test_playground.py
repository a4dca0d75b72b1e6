"""The playground's mathematics: torch's own layers and loops, scikit-learn, and algebra."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from torch import nn

from demos.networks import batched
from demos.networks.perceptron import ACTIVATIONS, DEFAULT, FEATURES, INITS, featured, network
from demos.networks.playground import (
    CLASSES,
    DATASETS,
    Frame,
    data,
    epochs_shown,
    forward_steps,
    pictures,
    said,
    starts,
    train,
)
from demos.networks.samples import LIMIT, REACH, framed, split

SHAPE: dict[str, Any] = {
    "features": ["x1", "x2"],
    "hidden": (4, 3),
    "activation": "Tanh",
    "classes": 2,
    "init": DEFAULT,
}
TRAINING: dict[str, Any] = {"optimizer": "Adam", "lr": 0.03, "batch_size": 32, "l1": 0.0, "l2": 0.0, "epochs": 20}
POINTS = data(dataset="circle", n=200, noise=0.1, test_size=0.5, seed=3)


def trained(*, start: int = 0, points: Any = POINTS, frames: int = 60, **changes: Any) -> list[Frame]:  # noqa: ANN401
    """A run with these changes of `SHAPE` and `TRAINING`."""
    shape = {**SHAPE, **{name: value for name, value in changes.items() if name in SHAPE}}
    training = {**TRAINING, **{name: value for name, value in changes.items() if name in TRAINING}}
    net = network(**shape, seed=start)
    return list(train(net, points, features=shape["features"], **training, frames=frames, seed=0))


def net_of(frame: Frame, **changes: Any) -> nn.Sequential:  # noqa: ANN401
    """Torch's own network with the weights of a frame."""
    net = network(**{**SHAPE, **changes}, seed=0)
    for parameter, weights in zip(net.parameters(), frame.weights, strict=True):
        parameter.data = torch.tensor(weights)
    return net


# Points


@pytest.mark.parametrize("dataset", DATASETS)
def test_points_are_reproducible_split_without_loss_and_of_all_classes(dataset: str) -> None:
    once, again, other = (data(dataset=dataset, n=300, noise=0.0, test_size=0.4, seed=seed) for seed in (1, 1, 2))
    assert all(np.array_equal(np.array(one), np.array(two)) for one, two in zip(once, again, strict=True))
    assert not np.array_equal(once.x_train, other.x_train)
    assert (len(once.x_train), len(once.x_test)) == (180, 120)
    assert set(np.concatenate([once.y_train, once.y_test])) == set(range(CLASSES[dataset]))
    assert np.abs(np.concatenate([once.x_train, once.x_test])).max() < LIMIT


def test_labels_without_noise_are_those_of_the_formulas() -> None:
    """They are told from the points alone, so a shuffle that parts both would be seen."""
    x = {
        name: data(dataset=name, n=400, noise=0.0, test_size=0.5, seed=0)
        for name in ("circle", "xor", "sine", "spiral")
    }
    np.testing.assert_array_equal(x["circle"].y_test, np.hypot(*x["circle"].x_test.T) < REACH / 2)
    np.testing.assert_array_equal(x["xor"].y_test, x["xor"].x_test.prod(axis=1) > 0)
    np.testing.assert_array_equal(x["sine"].y_test, x["sine"].x_test[:, 1] > 2 * np.sin(x["sine"].x_test[:, 0]))
    spiral = x["spiral"].x_test.astype(float)
    radius = np.hypot(*spiral.T)
    angle = radius / REACH * 1.75 * 2 * np.pi  # that this radius has on the first arm
    first = np.hypot(*(spiral - radius[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)).T) < 1e-4
    both = radius < 1e-3  # the arms begin at one point
    np.testing.assert_array_equal(x["spiral"].y_test[~both], ~first[~both])


def test_noise_mixes_labels_of_rings_and_moves_points_of_clouds() -> None:
    calm, wild = (data(dataset="circle", n=400, noise=noise, test_size=0.5, seed=0) for noise in (0.0, 0.3))
    assert np.mean((np.hypot(*wild.x_train.T) < REACH / 2) != wild.y_train) > 0.05
    assert np.mean((np.hypot(*calm.x_train.T) < REACH / 2) != calm.y_train) == 0
    spread = [data(dataset="gauss", n=2000, noise=noise, test_size=0.5, seed=0) for noise in (0.0, 0.5)]
    variances = [each.x_train[each.y_train == 1].var() for each in spread]
    assert variances == pytest.approx([0.5, 4.0], rel=0.1)


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=2, max_size=20))
def test_any_points_are_framed(points: list[tuple[float, float]]) -> None:
    inside = framed(np.array(points))
    assert np.isfinite(inside).all()
    assert np.abs(inside).max() <= REACH + 1e-9


def test_one_point_at_least_is_left_on_each_side() -> None:
    for test_size in (0.01, 0.99):
        parts = split(np.zeros((3, 2)), np.zeros(3, int), test_size=test_size, generator=np.random.default_rng(0))
        assert min(len(parts.y_train), len(parts.y_test)) == 1


# The network


@given(st.floats(-6, 6), st.floats(-6, 6))
def test_features_are_what_they_are_called(x1: float, x2: float) -> None:
    point = np.array([x1, x2])
    expected = [x1, x2, x1**2, x2**2, x1 * x2, np.sin(x1), np.sin(x2)]
    np.testing.assert_allclose(featured(torch.from_numpy(point), list(FEATURES)).numpy(), expected, atol=1e-12)


def test_first_weights_are_drawn_as_torch_draws_them() -> None:
    drawn = torch.cat(
        [p.flatten() for seed in range(200) for p in list(network(**SHAPE, seed=seed).parameters())[2:4]]
    ).detach()
    torchs = torch.cat([p.flatten() for _ in range(200) for p in nn.Linear(4, 3).parameters()]).detach()
    assert drawn.abs().max() <= 0.5
    assert float(drawn.std()) == pytest.approx(float(torchs.std()), rel=0.05)
    zero, large, default = (
        list(network(**{**SHAPE, "init": init}, seed=1).parameters()) for init in ("zero", "large", DEFAULT)
    )
    assert not any(each.any() for each in zero)
    for one, five in zip(default, large, strict=True):
        torch.testing.assert_close(5 * one, five)
    assert set(INITS) == {"zero", "large", DEFAULT}


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("classes", [2, 3])
def test_pictures_and_forward_steps_are_what_torchs_network_says(activation: str, classes: int) -> None:
    points = data(dataset="three arms" if classes == 3 else "circle", n=60, noise=0.0, test_size=0.5, seed=0)
    features = ["x2", "x1 x2"]
    frames = trained(activation=activation, classes=classes, features=features, points=points, epochs=3)
    layers = pictures(frames, features=features, activation=activation, side=5)
    assert [layer.shape for layer in layers] == [(4, 4, 5, 5), (4, 3, 5, 5), (4, 1 if classes == 2 else 3, 5, 5)]
    corner, frame = np.array([-LIMIT, LIMIT], np.float32), frames[-1]
    net = net_of(frame, activation=activation, classes=classes, features=features)
    units = forward_steps(frame, tuple(corner), features=features, activation=activation)
    signal = featured(corner, features)
    for depth, layer in enumerate(layers):
        for module in list(net)[2 * depth : 2 * depth + 2]:
            signal = module(signal)
        expected = signal.detach().numpy()
        np.testing.assert_allclose(layer[-1, :, -1, 0], expected, rtol=1e-4, atol=1e-5)  # row 0 is below, column 0 left
        told = [unit for unit in units if unit.layer == depth]
        np.testing.assert_allclose([unit.output for unit in told], expected, rtol=1e-4, atol=1e-5)
        for unit in told:
            assert unit.total == pytest.approx(float(unit.inputs @ unit.weights + unit.bias))
    np.testing.assert_allclose(
        said(frames, points.x_test, features=features, activation=activation)[-1][-1].numpy(),
        net(featured(points.x_test, features)).detach().numpy(), rtol=1e-4, atol=1e-5,
    )  # fmt: skip


def test_one_activation_a_layer_and_neurons_in_another_order_that_say_the_same() -> None:
    mixed = ("ReLU", "Sigmoid")
    frame = trained(activation=mixed, epochs=2)[-1]
    w1, b1, w2, *rest = frame.weights
    order = [2, 0, 3, 1]
    turned = frame._replace(weights=[w1[order], b1[order], w2[:, order], *rest])
    before, after = (pictures([each], features=SHAPE["features"], activation=mixed, side=7) for each in (frame, turned))
    np.testing.assert_allclose(before[-1], after[-1], atol=1e-6)
    np.testing.assert_allclose(before[0][:, order], after[0])
    assert [type(layer).__name__ for layer in network(**{**SHAPE, "activation": mixed}, seed=0)][1::2] == list(mixed)


def test_a_neuron_of_the_first_layer_changes_in_one_direction_only() -> None:
    frame = trained(epochs=2)[-1]
    picture = pictures([frame], features=["x1", "x2"], activation="Identity", side=9)[0][0, 0]
    gx, gy = np.diff(picture, axis=1), np.diff(picture, axis=0)
    np.testing.assert_allclose(gx, gx[0, 0], atol=1e-5)
    np.testing.assert_allclose(gy, gy[0, 0], atol=1e-5)
    assert gx[0, 0] / gy[0, 0] == pytest.approx(frame.weights[0][0, 0] / frame.weights[0][0, 1], rel=1e-3)


# Training


@pytest.mark.parametrize("optimizer", batched.OPTIMIZERS)
def test_training_is_a_plain_loop_of_torch(optimizer: str) -> None:
    """Full batches, so that no order matters; with penalties on weights and none on biases."""
    options: dict[str, Any] = {"l1": 0.01, "l2": 0.1, "lr": 0.02, "batch_size": 1000}
    ours = trained(optimizer=optimizer, **options)[-1]
    net = network(**SHAPE, seed=0)
    known = {
        "SGD": torch.optim.SGD, "SGD, momentum 0.9": lambda p, lr: torch.optim.SGD(p, lr=lr, momentum=0.9),
        "RMSprop": torch.optim.RMSprop, "Adam": torch.optim.Adam,
    }  # fmt: skip
    stepper = known[optimizer](net.parameters(), lr=0.02)  # type: ignore[operator]
    x, y = torch.tensor(POINTS.x_train), torch.tensor(POINTS.y_train, dtype=torch.float32)
    for _ in range(20):
        loss = nn.BCEWithLogitsLoss()(net(x)[:, 0], y)
        for name, parameter in net.named_parameters():
            if "weight" in name:
                loss = loss + 0.01 * parameter.abs().sum() + 0.05 * parameter.square().sum()
        stepper.zero_grad()
        loss.backward()
        stepper.step()
    for weights, parameter in zip(ours.weights, net.parameters(), strict=True):
        np.testing.assert_allclose(weights, parameter.detach().numpy(), atol=1e-4)
    logits = net(x)[:, 0].detach()
    assert ours.train_loss == pytest.approx(float(nn.BCEWithLogitsLoss()(logits, y)), abs=1e-4)
    assert ours.train_accuracy == pytest.approx(float(((logits > 0) == y.bool()).float().mean()))


def test_without_hidden_layers_it_is_the_logistic_regression_of_scikit_learn() -> None:
    points = data(dataset="gauss", n=400, noise=0.5, test_size=0.5, seed=0)
    last = trained(hidden=(), points=points, optimizer="SGD", lr=0.3, batch_size=200, epochs=500)[-1]
    theirs = LogisticRegression(C=np.inf).fit(points.x_train, points.y_train)
    np.testing.assert_allclose(last.weights[0], theirs.coef_, atol=0.05)
    assert last.test_accuracy == pytest.approx(theirs.score(points.x_test, points.y_test), abs=0.011)


def test_three_classes_are_learned_by_softmax() -> None:
    points = data(dataset="three arms", n=90, noise=0.0, test_size=0.5, seed=0)
    last = trained(classes=3, points=points)[-1]
    logits = net_of(last, classes=3)(torch.tensor(points.x_test)).detach()
    assert last.test_loss == pytest.approx(float(nn.CrossEntropyLoss()(logits, torch.tensor(points.y_test))), rel=1e-5)


@pytest.mark.parametrize(("classes", "dataset"), [(2, "xor"), (3, "three arms")])
def test_many_starts_at_once_are_each_as_if_alone(classes: int, dataset: str) -> None:
    points = data(dataset=dataset, n=120, noise=0.1, test_size=0.5, seed=1)
    shape = {**SHAPE, "classes": classes, "activation": ("ReLU", "Tanh")}
    test, training = starts(points, **shape, **{**TRAINING, "l2": 0.01, "l1": 0.001}, seeds=range(3, 6))
    for place, start in enumerate(range(3, 6)):
        alone = trained(**shape, points=points, start=start, l2=0.01, l1=0.001)[-1]
        assert test[place] == pytest.approx(alone.test_accuracy, abs=0.02)
        assert training[place] == pytest.approx(alone.train_accuracy, abs=0.02)


@given(st.integers(1, 500), st.integers(2, 60))
def test_epochs_that_are_shown(epochs: int, frames: int) -> None:
    shown = epochs_shown(epochs, frames)
    assert shown == sorted(set(shown))
    assert (shown[0], shown[-1]) == (0, epochs)
    assert len(shown) <= frames or len(shown) == epochs + 1
    gaps = np.diff(shown)
    assert (np.diff(gaps) >= -1).all()  # the later the wider, up to rounding


def test_a_run_keeps_these_epochs_and_is_the_same_however_many_are_kept() -> None:
    many, few = trained(), trained(frames=2)
    assert [frame.epoch for frame in many] == list(range(21))
    assert [frame.epoch for frame in few] == [0, 20]
    for one, other in zip(many[-1].weights, few[-1].weights, strict=True):
        np.testing.assert_array_equal(one, other)


# Laws


def test_depth_without_a_bend_is_affine_and_no_better_than_no_layer() -> None:
    for start in range(5):
        frame = trained(hidden=(8, 8, 8), activation="Identity", start=start)[-1]
        picture = pictures([frame], features=["x1", "x2"], activation="Identity", side=9)[-1][0, 0].astype(float)
        scale = np.abs(picture).max()
        for axis in (0, 1):
            assert np.abs(np.diff(picture, 2, axis=axis)).max() < 1e-5 * scale


@pytest.mark.parametrize("activation", ["ReLU", "Tanh", "LeakyReLU", "GELU", "Identity"])
def test_from_zero_only_the_last_bias_moves(activation: str) -> None:
    *others, bias = trained(hidden=(8,), activation=activation, init="zero")[-1].weights
    assert not any(np.any(each) for each in others)
    assert np.any(bias)


def test_from_zero_sigmoid_neurons_stay_twins() -> None:
    """With SGD: Adam blows up what rounding leaves between them."""
    w, b, out, _ = trained(hidden=(8,), activation="Sigmoid", init="zero", optimizer="SGD", lr=1.0)[-1].weights
    assert np.any(w)
    for each in (w, b, out.T):
        np.testing.assert_allclose(each, np.broadcast_to(each[0], each.shape), atol=1e-3)


@pytest.mark.parametrize(("l2", "broken"), [(1.98, False), (2.4, True), (10.0, True)])
def test_sgd_breaks_beyond_lr_times_l2_of_2_and_when_the_numbers_end(l2: float, broken: bool) -> None:  # noqa: FBT001
    frames = trained(optimizer="SGD", lr=1.0, l2=l2, epochs=500, batch_size=1000)
    assert all(np.isfinite(frame.train_loss) for frame in frames[:-1])
    assert np.isfinite(frames[-1].train_loss) != broken
    if broken:  # one step an epoch here
        steps = np.log(np.finfo(np.float32).max) / np.log(l2 - 1)
        assert frames[-1].epoch == pytest.approx(steps, rel=0.05)
        assert frames[-1].test_accuracy <= 1


def test_l1_makes_weights_small_and_none_of_them_zero() -> None:
    weights = np.concatenate([each.ravel() for each in trained(hidden=(8,), l1=0.03, epochs=100)[-1].weights[::2]])
    assert (weights != 0).all()
    assert np.mean(np.abs(weights) < 0.05) > 0.5


@given(st.floats(0.01, 100))
def test_the_boundary_stays_when_the_last_layer_is_scaled(factor: float) -> None:
    *inner, w, b = FRAME.weights
    scaled = FRAME._replace(weights=[*inner, np.float32(factor) * w, np.float32(factor) * b])
    before, after = (pictures([each], features=["x1", "x2"], activation="Tanh", side=9)[-1] for each in (FRAME, scaled))
    np.testing.assert_array_equal(before > 0, after > 0)


FRAME = trained()[-1]


# Refusals


@pytest.mark.parametrize(
    ("changes", "said_of"),
    [
        ({"dataset": "moons"}, "dataset"),
        ({"n": 1}, "n must"),
        ({"noise": -1.0}, "noise"),
        ({"noise": float("nan")}, "noise"),
        ({"test_size": 0.0}, "test_size"),
        ({"test_size": 1.0}, "test_size"),
    ],
)
def test_points_that_are_not_allowed(changes: dict[str, Any], said_of: str) -> None:
    with pytest.raises(ValueError, match=said_of):
        data(**{"dataset": "xor", "n": 100, "noise": 0.0, "test_size": 0.5, "seed": 0, **changes})


@pytest.mark.parametrize(
    ("changes", "said_of"),
    [
        ({"features": []}, "features .* not 'none'"),
        ({"features": ["x3"]}, "features .* not 'x3'"),
        ({"hidden": (4, 0)}, "hidden"),
        ({"activation": "Step"}, "activation must be one of .* not 'Step'"),
        ({"activation": ("ReLU",)}, "each of 2 hidden layers, not 1"),
        ({"classes": 1}, "classes"),
        ({"init": "ones"}, "init"),
        ({"optimizer": "Lion"}, "optimizer"),
        ({"lr": 0.0}, "lr"),
        ({"lr": float("nan")}, "lr"),
        ({"batch_size": 0}, "batch_size"),
        ({"epochs": 0}, "epochs"),
        ({"l1": -1.0}, "l1"),
        ({"l2": float("nan")}, "l2"),
        ({"frames": 1}, "frames"),
    ],
)
def test_arguments_that_are_not_allowed(changes: dict[str, Any], said_of: str) -> None:
    with pytest.raises(ValueError, match=said_of):
        trained(**changes)
