"""What may be set on the gradients page: two networks, what they share and in what they differ."""

from collections.abc import Mapping
from typing import Final

from demos.gradients.networks import ACTIVATIONS, INITS, MAX_DEPTH, NORMALIZATIONS, Architecture
from ui import kit

NETWORKS: Final = ("A", "B")
RATES: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
CLIPS: Final = ("off", "0.1", "1", "10")  # global norms
BATCH: Final = 64


class Network(kit.Controls):
    """In what the two networks differ."""

    activation = kit.Selectbox(
        "Activation", ACTIVATIONS, "sigmoid", help="What each layer applies to its pre-activations."
    )
    init = kit.Selectbox(
        "Initialization", INITS, "PyTorch default",
        help="How the weights are drawn. Kaiming is He's init; N(0, 0.1) has standard deviation 0.1.",
    )  # fmt: skip
    normalization = kit.SegmentedControl(
        "Normalization", NORMALIZATIONS, "none",
        help="Of the pre-activations: each unit over the batch, or each example over the layer.",
    )  # fmt: skip
    residual = kit.Toggle("Residual connections", help="Each layer adds to its input instead of replacing it.")


class Controls(kit.Controls):
    """What the reader has set."""

    depth = kit.Slider("Depth", 1, MAX_DEPTH, 16, 1, help="Layers of both networks.")
    width = kit.SelectSlider("Width", (8, 16, 32, 64, 128, 256, 512), 64, help="Units of each layer.")
    A = kit.Group("Network A", Network, icon=":material/layers:")
    B = kit.Group("Network B", Network, icon=":material/layers:", defaults={"activation": "ReLU"})
    seed = kit.Slider("Seed", 0, 99, 0, 1, help="Of weights, inputs and batches; both networks get the same.")
    lr = kit.SelectSlider(
        "Learning rate", RATES, 0.05, more=True, help="Of plain gradient descent, in the tab *Training*."
    )
    clip = kit.SelectSlider(
        "Clip the global norm", CLIPS, "off", more=True,
        help="Of the gradient of each network, before each step, in the tab *Training*.",
    )  # fmt: skip
    max_norm = kit.SelectSlider(
        "Clip to a norm of", CLIPS[1:], "1", more=True,
        help="In the tab *Exploding*: all gradients are multiplied by the same number, so that together they are no "
        "longer than this.",
    )  # fmt: skip

    @property
    def architectures(self) -> Mapping[str, Architecture]:
        """Both networks, by NETWORKS."""
        return {name: self._architecture(each) for name, each in zip(NETWORKS, (self.A, self.B), strict=True)}

    def _architecture(self, chosen: Network) -> Architecture:
        return Architecture(
            self.depth, self.width, chosen.activation, chosen.init, chosen.normalization, residual=chosen.residual
        )
