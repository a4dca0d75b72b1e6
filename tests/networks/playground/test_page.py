"""The playground: the claims of its scenarios, its controls, its pictures, and what it says of bad input."""

import base64
import io
import json
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from demos.networks import batched
from demos.networks.perceptron import DEFAULT, network
from demos.networks.playground import Frame, data, featured, starts, train
from pages.networks.playground.compute import FRAMES, STARTS
from pages.networks.playground.controls import ORDER, OWN, Controls
from pages.networks.playground.lesson import SCENARIOS
from pages.networks.playground.pictures import layout, neurons, two_colors
from tests.pages import chart_rows, enter, open_page

SCENARIO = {scenario.name: scenario for scenario in SCENARIOS}
SEEDS = range(20)
THREE = "\n".join(f"{x},{y},{name}" for name, y in zip("abc", (0, 5, 9), strict=True) for x in range(6))


def view(scenario: str, **changes: Any) -> Controls:  # noqa: ANN401
    return Controls.of(SCENARIO[scenario].settings, **changes)


def ends(view: Controls) -> Any:  # noqa: ANN401
    """The test accuracies of twenty starts."""
    return starts(view.split, **view.shape, **view.training, seeds=SEEDS)[0]


def last(view: Controls, start: int) -> Frame:
    net = network(**view.shape, seed=start)
    *_, frame = train(net, view.split, features=view.inputs, **view.training, frames=FRAMES, seed=ORDER)
    return frame


def text(app: AppTest) -> str:
    assert not app.exception
    shown = "\n".join(str(each.value) for each in (*app.markdown, *app.caption, *app.error, *app.info))
    return shown.replace("\\", "")  # what Markdown would read is escaped


# Scenarios


def test_a_better_feature_tells_the_ring_without_a_hidden_layer() -> None:
    for seed in range(3):
        assert (ends(view("A better feature", seed=seed)) == 1).all()
        assert (ends(view("A better feature", seed=seed, features=["x1", "x2"])) <= 0.6).all()


def test_two_folds_leave_the_ring_open_and_three_close_it_from_more_than_half_of_the_starts() -> None:
    scenario = view("Two lines around a ring")
    two, _ = starts(scenario.split, **scenario.shape, **scenario.training, seeds=range(STARTS))
    assert (two < 0.95).all()
    assert two.max() <= 0.85
    three, _ = starts(scenario.split, **{**scenario.shape, "hidden": (3,)}, **scenario.training, seeds=range(STARTS))
    assert np.mean(three >= 0.95) > 0.5
    assert np.median(three[three < 0.95]) == pytest.approx(0.8, abs=0.06)


def test_depth_without_a_bend_tells_no_more_than_a_line() -> None:
    assert (ends(view("Depth without a bend")) <= 0.6).all()
    assert sum(each.numel() for each in view("Depth without a bend").net().parameters()) == 177


def test_a_penalty_halves_the_loss_on_test_points_and_leaves_the_accuracy() -> None:
    """Twenty other sets of points, each with a network of its own, trained at once."""
    loss, accuracy = zip(*(_on_twenty_sets(view("Sure and wrong", l2=l2)) for l2 in (0.0, 0.01)), strict=True)
    assert (loss[1] < loss[0]).mean() >= 0.95
    assert loss[1].mean() / loss[0].mean() < 0.55
    assert abs(accuracy[1].mean() - accuracy[0].mean()) < 0.03
    assert len(view("Sure and wrong").split.y_train) == 100


def _on_twenty_sets(view: Controls) -> tuple[Any, Any]:
    """Test loss and test accuracy of each."""
    sets = [data(dataset=view.data, n=view.n, noise=view.noise, test_size=view.test_size, seed=seed) for seed in SEEDS]
    x, y, x_test, y_test = (torch.tensor(np.array(each)) for each in zip(*sets, strict=True))
    start = [each.detach() for each in view.net().parameters()]
    parameters = [each.requires_grad_() for each in batched.stacked([start] * len(sets))]
    bends = [torch.tanh] * len(view.bends)

    def loss(rows: torch.Tensor) -> torch.Tensor:
        logits = batched.outputs(parameters, x[:, rows], bends)[-1]
        return batched.losses(logits, y[:, rows]) + batched.penalties(parameters[::2], l1=0.0, l2=view.l2)

    training = {name: value for name, value in view.training.items() if name not in {"l1", "l2"}}
    list(batched.descend(parameters, loss, rows=x.shape[1], **training, seed=ORDER))
    logits = batched.outputs(parameters, x_test, bends)[-1].detach()
    return batched.losses(logits, y_test).numpy(), batched.accuracies(logits, y_test).numpy()


def test_it_breaks_before_epoch_20_from_every_start_and_with_a_tenth_all_weights_vanish() -> None:
    scenario = view("Break it")
    assert -(-len(scenario.split.y_train) // scenario.batch_size) == 7
    for start in SEEDS:
        frame = last(scenario, start)
        assert not np.isfinite(frame.train_loss)
        assert frame.epoch == 18
    calm = last(view("Break it", l2=3.0), 0)
    assert max(np.abs(each).max() for each in calm.weights[::2]) < 0.01


# Sentences


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({}, "points are told right"),
        (
            {"hidden": "none"},
            "Without hidden layers the logit is a sum of the features, so that the boundary is a straight",
        ),
        ({"hidden": "none", "features": ["x1²"]}, "straight in the features"),
        ({"activation": "Identity"}, "Without a bend in any layer"),
        ({"init": "zero"}, "still exactly 0"),
        ({"optimizer": "SGD", "lr": "0.3", "l2": "10.0"}, "You broke it in epoch 18"),
        ({"optimizer": "SGD", "lr": "0.3", "l2": "10.0"}, "1 − 0.3·10 = −2 a step"),
        ({"hidden": "16, 16", "noise": "0.3", "n": "200", "epochs": "300"}, "sure where it is wrong"),
        ({"activation": "ReLU", "hidden": "8", "lr": "1.0", "start": "3"}, "hidden neurons say the same"),
        ({"data": "three arms", "lr": "0.001"}, "After 100 epochs"),
    ],
)
def test_what_is_said(query: dict[str, Any], said: str) -> None:
    assert said in text(open_page("playground", query))


def test_a_broken_network_says_so_everywhere_and_shows_no_number() -> None:
    for tab in ("Forward pass", "Take it along"):
        app = open_page("playground", {"optimizer": "SGD", "lr": "0.3", "l2": "10.0", "tab": tab}, reproduce=True)
        assert "the network broke" in text(app)
    frames = chart_rows(app, "frames")
    assert frames["said"][-1] == "Epoch 18: the loss is no number any more"
    assert "accuracy" in text(app) or "There is no number to check." in text(app)


def test_while_a_prediction_is_awaited_only_the_start_is_shown() -> None:
    app = enter(open_page("playground"), "A better feature")
    assert chart_rows(app, "frames")["epoch"] == [0]
    assert "told right, and" not in text(app)
    assert not app.tabs


# Controls


@pytest.mark.parametrize(
    ("query", "column", "table"),
    [
        ({"data": "xor"}, "x", "points"), ({"seed": "1"}, "x", "points"), ({"noise": "0.5"}, "class", "points"),
        ({"n": "100"}, "x", "points"), ({"test_size": "0.2"}, "part", "points"), ({"hidden": "5"}, "label", "neurons"),
        ({"features": ["x1", "sin x2"]}, "label", "names"), ({"activation": "ReLU"}, "weights", "frames"),
        ({"optimizer": "RMSprop"}, "test_loss", "frames"), ({"lr": "0.1"}, "test_loss", "frames"),
        ({"start": "5"}, "weights", "frames"), ({"epochs": "50"}, "epoch", "frames"),
        ({"init": "large"}, "biases", "frames"),
        ({"batch_size": "8"}, "train_loss", "frames"), ({"l1": "0.01"}, "weights", "frames"),
        ({"l2": "0.01"}, "weights", "frames"), ({"x1": "-3"}, "x", "view"), ({"x2": "-3"}, "y", "view"),
    ],
)  # fmt: skip
def test_every_control_reaches_the_picture(query: dict[str, Any], column: str, table: str) -> None:
    assert chart_rows(open_page("playground", query), table)[column] != FIRST[table][column]


FIRST = {
    table: chart_rows(open_page("playground"), table) for table in ("points", "neurons", "names", "frames", "view")
}


def test_code_brings_its_own_activations_and_a_bad_one_leaves_the_last() -> None:
    app = open_page("playground")
    app.text_input(key="hidden").set_value("nn.Sequential(nn.Linear(2, 3), nn.GELU(), nn.Linear(3, 1))").run()
    assert "GELU" in chart_rows(app, "names")["label"]
    assert not [each for each in app.selectbox if each.key == "activation"]
    app.text_input(key="hidden").set_value("nn.Sequential(nn.Linear(5, 3), nn.GELU(), nn.Linear(3, 1))").run()
    assert "The first Linear takes 5, and there are 2 features" in text(app)
    assert "GELU" in chart_rows(app, "names")["label"]
    app.text_input(key="hidden").set_value("nn.Sequential(nn.Linear(2, 3), nn.GELU(), nn.Linear(3, 3))").run()
    assert "The last Linear gives 3; 2 classes need 1." in text(app)


def test_weights_go_on_from_where_they_were_taken_and_others_are_refused() -> None:
    app = open_page("playground", {"tab": "Take it along"})
    taken = next(each.value for each in app.code if each.language == "json")
    rows = chart_rows(app, "frames")
    app.text_input(key="weights").set_value(taken).run()
    went_on = chart_rows(app, "frames")
    assert went_on["test_loss"][0] == pytest.approx(rows["test_loss"][-1], rel=1e-6)
    assert went_on["test_loss"][-1] != rows["test_loss"][-1]
    other = {**json.loads(taken), "0.bias": [0]}
    app.text_input(key="weights").set_value(json.dumps(other)).run()
    assert "0.bias has the shape (1,); this network needs (4,)" in text(app)
    assert "there is one start" in text(open_page("playground", {"weights": taken, "tab": "Forty starts"}))


def test_own_points_of_three_classes_are_framed_and_named() -> None:
    app = open_page(
        "playground", {"data": OWN, "points": "cm,kg,kind\n" + THREE, "tab": "Forward pass"}, reproduce=True
    )
    points = chart_rows(app, "points")
    assert set(points["name"]) == {"a", "b", "c"}
    assert (min(points["y"]), max(points["y"])) == (-5, 5)
    assert len(chart_rows(app, "neurons")["label"]) == 2 + 4 + 2 + 3
    assert "Softmax makes probabilities" in text(app)
    for key in ("n", "noise"):
        assert not [each for each in app.slider if each.key == key]


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ("1,2\n3,4\n5,6", "Two columns of numbers beside the class"),
        ("x,kind\n" + "\n".join(f"{k},{'ab'[k % 2]}" for k in range(12)), "Two columns of numbers beside the class"),
        ("x,y,kind\n" + "\n".join(f"{k},{k},{k}" for k in range(12)), "2 to 6 different values"),
        ("x,y,kind\n1,2,a\n2,3,b", "from 10 to 2,000"),
        (
            "x,y,kind\n" + "\n".join(f"{k},,b" if k % 2 else f"{k},{k * k},a" for k in range(30)),
            "a class has no complete row",
        ),
    ],
)
def test_points_that_cannot_be_used_are_refused(points: str, said: str) -> None:
    app = open_page("playground", {"data": OWN, "points": points})
    assert said in text(app)
    assert chart_rows(app, "points")["x"]


def test_forty_starts_are_trained_on_demand_and_the_shown_one_is_among_them() -> None:
    app = open_page("playground", {"tab": "Forty starts", "start": "7", "epochs": "10", "hidden": "3"})
    next(each for each in app.button if each.label == "Train forty starts").click().run()
    frame = last(Controls.of(start=7, epochs=10, hidden="3"), 7)
    assert f"{frame.test_accuracy:.1%}" in text(app)
    assert len(chart_rows(app, "starts")["accuracy"]) == STARTS
    assert chart_rows(app, "shown")["accuracy"][0] == pytest.approx(frame.test_accuracy, abs=0.011)


# Pictures


def test_every_neuron_has_a_place_of_its_own_inside_of_the_picture() -> None:
    for sizes in ((2, 4, 2, 1), (7, 16, 16, 16, 16, 16, 16, 6), (1, 1), (7, 1, 16, 1)):
        place = layout(sizes)
        taken = np.zeros(place.shape, dtype=int)
        for centres in place.centres:
            for x, y in centres:
                low = y - place.side // 2, x - place.side // 2
                assert min(low) >= 0
                taken[low[0] : low[0] + place.side, low[1] : low[1] + place.side] += 1
        assert taken.sum() == sum(sizes) * place.side**2
        assert taken.max() == 1


def test_where_a_network_has_no_numbers_its_picture_is_blank() -> None:
    net = network(features=["x1"], hidden=(), activation="ReLU", classes=2, init=DEFAULT, seed=0)
    good = Frame(0, 1.0, 1.0, 0.5, 0.5, [each.detach().numpy() for each in net.parameters()])
    broken = good._replace(weights=[each * np.float32("nan") for each in good.weights])
    place, colors = layout((1, 1)), two_colors("#ff0000", "#0000ff")
    row = neurons([good, broken], features=["x1"], activation=(), place=place, colors=colors)
    png = base64.b64decode(str(row["url"][0]).partition(",")[2])
    second, first = np.split(np.asarray(Image.open(io.BytesIO(png))), 2)  # row 0 is above, the first frame below
    blank = len(colors)
    assert (second != blank).sum() == place.side**2  # the feature alone
    assert (first != blank).sum() == 2 * place.side**2


def test_losses_of_the_picture_are_those_of_the_weights_that_it_draws() -> None:
    """Packed weights are rounded to three digits."""
    frames = chart_rows(open_page("playground"), "frames")
    view = Controls.of()
    weights, biases = (np.array(frames[name][-1].split(","), dtype=float) for name in ("weights", "biases"))
    shapes = [each.shape for each in view.net().parameters()]
    parts = [iter(weights), iter(biases)]
    given = [
        np.array([next(parts[len(shape) == 1]) for _ in range(int(np.prod(shape)))]).reshape(shape) for shape in shapes
    ]
    parameters = batched.stacked([[each.astype(np.float32) for each in given]])
    logits = batched.outputs(parameters, featured(view.split.x_test, view.inputs), [torch.tanh, torch.tanh])[-1]
    assert float(batched.losses(logits, torch.as_tensor(view.split.y_test))) == pytest.approx(
        frames["test_loss"][-1], rel=0.02
    )
