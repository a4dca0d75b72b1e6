"""Units that die in training, against torch's own layers and optimizer, one network at a time."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as f

from demos.digits import digits
from demos.gradients.activations import TARGETS, deaths, dying, own, trained_fit
from demos.gradients.activations.bends import slopes
from demos.gradients.activations.deaths import _drawn
from demos.randomness import stream

DYING: dict[str, Any] = {"steps": 20, "width": 16, "batch_size": 32, "every": 10}


def test_it_trains_as_torch_trains_each_network_alone() -> None:
    rates, seeds = (0.05, 0.5), (0, 1)
    *_, last = dying("tanh", lr=rates, seeds=seeds, momentum=0.9, **DYING)
    training, _ = digits()
    for column, seed in enumerate(seeds):
        for row, rate in enumerate(rates):
            net = nn.Sequential(nn.Linear(64, 16), nn.Tanh(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 10))
            for parameter, drawn in zip(net.parameters(), _drawn(16, (seed,), copies=1), strict=True):
                parameter.data = (drawn[0].T if parameter.ndim == 2 else drawn[0, 0]).detach().clone()
            stepper = torch.optim.SGD(net.parameters(), lr=rate, momentum=0.9)
            batches = stream(seeds[0], "deaths batches")
            for _ in range(DYING["steps"]):
                rows = torch.randint(len(training.x), (DYING["batch_size"],), generator=batches)
                stepper.zero_grad()
                f.cross_entropy(net(training.x[rows]), training.y[rows]).backward()  # type: ignore[no-untyped-call]
                stepper.step()
            loss = f.cross_entropy(net(training.x), training.y)
            assert last.loss[row, column] == pytest.approx(float(loss.detach()), rel=1e-3)


def test_dead_is_judged_by_the_slope_on_the_whole_training_set() -> None:
    """At the start half of the outputs are 0, and on one batch live units look dead."""
    first = next(iter(dying("ReLU", lr=(0.1,), seeds=range(5), momentum=0.0, **{**DYING, "width": 64})))
    assert first.dead[0].mean() < 0.02
    weight, bias, *_ = _drawn(64, range(5), copies=1)
    training, _ = digits()
    h = torch.baddbmm(bias, training.x.expand(5, -1, -1), weight).detach()
    slope = slopes(torch.relu, h)
    assert float((slope == 0).double().mean()) == pytest.approx(0.5, abs=0.1)
    assert (slope[:, :16] == 0).all(1).double().mean() > first.dead[0].mean()


def test_a_network_that_broke_is_no_number_and_not_at_chance() -> None:
    options: dict[str, Any] = {**DYING, "steps": 60}
    found = deaths("leaky ReLU", lr=(0.1, 30.0), seeds=(0, 1), momentum=0.0, **options)
    assert np.isnan(found.loss[-1, 1]).all()
    assert np.isnan(found.accuracy[1]).all()
    assert np.isnan(found.dead[-1, :, 1]).all()
    assert np.isfinite(found.accuracy[0]).all()


@pytest.mark.parametrize(
    "wrong", [{"lr": ()}, {"lr": (0.0,)}, {"steps": 25}, {"width": 0}, {"momentum": 1.0}, {"activation": "relu"}]
)
def test_arguments_that_are_not_allowed_are_named(wrong: dict[str, Any]) -> None:
    options: dict[str, Any] = {"activation": "ReLU", "lr": (0.1,), "seeds": (0,), "momentum": 0.0, **DYING, **wrong}
    with pytest.raises(ValueError, match=next(iter(wrong))):
        deaths(options.pop("activation"), **options)


def test_a_fit_names_what_is_not_allowed() -> None:
    fit: dict[str, Any] = {"units": 4, "kind": "ReLU", "lr": 0.01, "steps": 10, "seeds": (0,), "low": 0.0, "high": 1.0}
    for wrong in ({"units": 0}, {"low": 1.0}, {"steps": 0}, {"kind": "relu"}):
        with pytest.raises(ValueError, match="must be"):
            trained_fit(TARGETS["sine"], **{**fit, **wrong})


def test_a_formula_trains_as_the_activation_that_it_writes() -> None:
    options: dict[str, Any] = {**DYING, "lr": (0.1,), "seeds": (0,), "momentum": 0.0}
    assert np.allclose(deaths(own("max(0, x)"), **options).loss, deaths("ReLU", **options).loss, rtol=1e-5)
