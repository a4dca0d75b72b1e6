"""A multilayer perceptron over features of a point, as torch draws it at its start.

A neuron computes activation(w·x + b), which parts the plane of its inputs by one straight line.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

ACTIVATIONS: Final[Mapping[str, Callable[[], nn.Module]]] = {
    "ReLU": nn.ReLU,
    "Tanh": nn.Tanh,
    "Sigmoid": nn.Sigmoid,
    "LeakyReLU": nn.LeakyReLU,
    "GELU": nn.GELU,
    "Identity": nn.Identity,
}
FEATURES: Final[Mapping[str, Callable[[Tensor, Tensor], Tensor]]] = {
    "x1": lambda x1, _: x1,
    "x2": lambda _, x2: x2,
    "x1²": lambda x1, _: x1 * x1,
    "x2²": lambda _, x2: x2 * x2,
    "x1 x2": lambda x1, x2: x1 * x2,
    "sin x1": lambda x1, _: torch.sin(x1),
    "sin x2": lambda _, x2: torch.sin(x2),
}
DEFAULT: Final = "torch's default"
INITS: Final[Mapping[str, float]] = {DEFAULT: 1.0, "zero": 0.0, "large": 5.0}  # times what torch draws


def featured(x: NDArray[np.float32] | Tensor, features: Sequence[str]) -> Tensor:
    """What the network is given of points (..., 2): (..., features)."""
    points = torch.as_tensor(x)
    return torch.stack([FEATURES[name](points[..., 0], points[..., 1]) for name in features], dim=-1)


def each_activation(activation: str | Sequence[str], layers: int) -> tuple[str, ...]:
    """The activation of every hidden layer, from one for all or one each."""
    names = (activation,) * layers if isinstance(activation, str) else tuple(activation)
    unknown = [name for name in ((activation,) if isinstance(activation, str) else names) if name not in ACTIVATIONS]
    if unknown:
        raise ValueError(f"activation must be one of {', '.join(ACTIVATIONS)}, not {unknown[0]!r}.")
    if len(names) != layers:
        raise ValueError(f"activation must be one for all or one for each of {layers} hidden layers, not {len(names)}.")
    return names


def network(
    *,
    features: Sequence[str],
    hidden: Sequence[int],
    activation: str | Sequence[str],
    classes: int,
    init: str,
    seed: int,
) -> nn.Sequential:
    """A network as it starts: one logit for two classes, else one each.

    Args:
        features: of `FEATURES`, at least one.
        hidden: neurons of each hidden layer.
        activation: of `ACTIVATIONS`, one for all hidden layers or one each.
        classes: at least 2.
        init: of `INITS`; torch's default draws weights and biases from ±1/√in.
        seed: of that draw.

    Raises:
        ValueError: an argument is not allowed.
    """
    unknown = [name for name in features if name not in FEATURES]
    if unknown or not features:
        raise ValueError(f"features must be some of {', '.join(FEATURES)}, not {unknown[0] if unknown else 'none'!r}.")
    if any(width < 1 for width in hidden):
        raise ValueError(f"hidden must be numbers of neurons of at least 1, not {tuple(hidden)}.")
    if classes < 2:
        raise ValueError(f"classes must be at least 2, not {classes}.")
    if init not in INITS:
        raise ValueError(f"init must be one of {', '.join(INITS)}, not {init!r}.")
    sizes = (len(features), *hidden, classes if classes > 2 else 1)
    generator = torch.Generator().manual_seed(seed)
    layers: list[nn.Module] = []
    for fan_in, fan_out, name in zip(sizes, sizes[1:], (*each_activation(activation, len(hidden)), ""), strict=False):
        linear = nn.Linear(fan_in, fan_out)
        with torch.no_grad():
            for parameter in linear.parameters():
                parameter.uniform_(-(fan_in**-0.5), fan_in**-0.5, generator=generator).mul_(INITS[init]).add_(
                    0.0
                )  # no −0
        layers += [linear, ACTIVATIONS[name]()] if name else [linear]
    return nn.Sequential(*layers)
