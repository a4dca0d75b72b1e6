"""What holds for all tests."""

from typing import NoReturn

import pytest
import torch

from ui.house.catalogue import Concept
from ui.kit import charts as chart

torch.set_num_threads(1)  # as the dashboard does
chart.VALIDATE = True


@pytest.fixture(autouse=True)
def failures_show(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """A page that fails under AppTest has an exception, and not an apology that a test would overlook."""

    def fail(_concept: Concept, error: Exception) -> NoReturn:
        raise error

    if "apologies" not in request.keywords:
        monkeypatch.setattr("ui.house.apology.apologize", fail)
