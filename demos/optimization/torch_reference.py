"""The same descents through `torch.optim`: the authority that our update rules are checked against.

Reference: https://docs.pytorch.org/docs/2.13/optim.html
"""

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
import torch
from numpy.typing import ArrayLike

from demos.optimization.optimizers import Floats, Gradient, Hyperparameter

TORCH_OPTIMIZERS: Final[dict[str, Callable[..., torch.optim.Optimizer]]] = {
    "SGD": torch.optim.SGD,
    "Momentum": partial(torch.optim.SGD, momentum=0.9),
    "Nesterov": partial(torch.optim.SGD, momentum=0.9, nesterov=True),
    "Adagrad": torch.optim.Adagrad,
    "Adadelta": torch.optim.Adadelta,
    "RMSprop": torch.optim.RMSprop,
    "Adam": torch.optim.Adam,
    "AdamW": torch.optim.AdamW,
    "NAdam": torch.optim.NAdam,
}


def torch_descend(
    name: str, gradient: Gradient, start: ArrayLike, *, lr: float, steps: int, **hyperparameters: Hyperparameter
) -> Floats:
    """The positions that `torch.optim` visits in float64: shape (steps + 1, *start.shape).

    `gradient` fills the parameter's `.grad` before each step, so the only thing compared is the update rule.
    """
    start = np.asarray(start, dtype=float)
    x = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = TORCH_OPTIMIZERS[name]([x], lr=lr, **hyperparameters)
    path = np.empty((steps + 1, *start.shape))
    path[0] = start
    for t in range(1, steps + 1):
        x.grad = torch.tensor(gradient(x.detach().numpy()))
        optimizer.step()
        path[t] = x.detach().numpy()
    return path
