"""scikit-learn's handwritten digits as tensors, divided into training and test."""

from typing import Final, NamedTuple

import torch
from sklearn.datasets import load_digits
from torch import Tensor

TESTED: Final = 360  # of 1,797 digits


class Digits(NamedTuple):
    """scikit-learn's handwritten digits, 8 × 8 pixels, with mean 0 and variance 1 over all pixels."""

    x: Tensor  # (n, 64)
    y: Tensor  # (n,)


def digits() -> tuple[Digits, Digits]:
    """Training and test set, the last `TESTED` for the test."""
    data = load_digits()
    x = torch.tensor(data.data, dtype=torch.float32)
    x = (x - x.mean()) / x.std()
    y = torch.tensor(data.target)
    return Digits(x[:-TESTED], y[:-TESTED]), Digits(x[-TESTED:], y[-TESTED:])
