"""The same networks of torch's own modules, and their backward pass: what `gradient_flow` is checked against."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import torch
from torch import Tensor, nn

from demos.gradients.networks import Architecture, initialized
from demos.gradients.vanishing_gradients import Floats, probe

TORCH_ACTIVATIONS: Final[Mapping[str, Callable[[], nn.Module]]] = {
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "ReLU": nn.ReLU,
    "leaky ReLU": nn.LeakyReLU,
    "ELU": nn.ELU,
    "SELU": nn.SELU,
    "GELU": nn.GELU,
    "SiLU": nn.SiLU,
    "linear": nn.Identity,
}
TORCH_NORMALIZATIONS: Final[Mapping[str, Callable[[int], nn.Module]]] = {
    "none": lambda _: nn.Identity(),
    "batch": lambda width: nn.BatchNorm1d(width, affine=False, track_running_stats=False),
    "layer": lambda width: nn.LayerNorm(width, elementwise_affine=False),
}


class TorchLayer(nn.Module):
    """One hidden layer of torch's modules."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.linear = nn.Linear(architecture.width, architecture.width)
        self.normalization = TORCH_NORMALIZATIONS[architecture.normalization](architecture.width)
        self.activation = TORCH_ACTIVATIONS[architecture.activation]()
        self.residual = architecture.residual

    def forward(self, a: Tensor) -> Tensor:
        """What the next layer is given."""
        change: Tensor = self.activation(self.normalization(self.linear(a)))
        return a + change if self.residual else change


def torch_layers(architecture: Architecture) -> nn.Sequential:
    """The hidden layers, as torch draws them."""
    return nn.Sequential(*(TorchLayer(architecture) for _ in range(architecture.depth)))


def nn_gradient_norms(architecture: Architecture, *, batch: int, seed: int) -> Floats:
    """The norm of the gradient with respect to the pre-activations of every layer (depth,), in float32."""
    drawn = initialized(architecture, seeds=(seed,), dtype=torch.float32)
    a, direction = probe(batch=batch, width=architecture.width, seed=seed, dtype=torch.float32)
    pre: list[Tensor] = []
    layers = [TorchLayer(architecture) for _ in range(architecture.depth)]
    for layer, weight, bias in zip(layers, drawn.weight[:, 0], drawn.bias[:, 0, 0], strict=True):
        layer.linear.load_state_dict({"weight": weight.mT, "bias": bias})
        layer.normalization.register_forward_hook(lambda _module, _given, h: pre.append(h))
    gradients = torch.autograd.grad((nn.Sequential(*layers)(a) * direction).sum() / batch, pre)
    return np.array([float(gradient.double().norm()) for gradient in gradients])
