"""The same backward pass through torch's own layers, by autograd: what `gradient_flow` is checked against."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from demos.gradients.networks import ACTIVATIONS, Architecture, initialized
from demos.gradients.vanishing_gradients import Floats, probe

NORMALIZERS: Final[Mapping[str, Callable[[int], nn.Module]]] = {
    "none": lambda _: nn.Identity(),
    "batch": lambda width: nn.BatchNorm1d(width, affine=False, track_running_stats=False),
    "layer": lambda width: nn.LayerNorm(width, elementwise_affine=False),
}


def nn_gradient_norms(architecture: Architecture, *, batch: int, seed: int) -> Floats:
    """The norm of the gradient with respect to the pre-activations of every layer (depth,), in float32."""
    layers = initialized(architecture, seeds=(seed,), dtype=torch.float32)
    x, direction = probe(batch=batch, width=architecture.width, seed=seed, dtype=torch.float32)
    pre: list[Tensor] = []
    a = x
    for weight, bias in zip(layers.weight[:, 0], layers.bias[:, 0, 0], strict=True):
        linear = nn.Linear(architecture.width, architecture.width)
        linear.load_state_dict({"weight": weight.mT, "bias": bias})
        h = NORMALIZERS[architecture.normalization](architecture.width)(linear(a))
        pre.append(h)
        a = (
            a + ACTIVATIONS[architecture.activation](h)
            if architecture.residual
            else ACTIVATIONS[architecture.activation](h)
        )
    gradients = torch.autograd.grad((a * direction).sum() / batch, pre)
    return np.array([float(gradient.double().norm()) for gradient in gradients])
