"""What may be set in the playground, and what follows from it."""

from functools import cached_property, partial
from typing import Any, Final

import numpy as np
import streamlit as st
from torch import nn

from demos.networks.batched import OPTIMIZERS
from demos.networks.notation import Hidden, hidden_layers, loaded
from demos.networks.perceptron import ACTIVATIONS, DEFAULT, FEATURES, INITS, network
from demos.networks.playground import Weights
from demos.networks.samples import CLASSES, DATASETS, LIMIT, Split, data, framed, split
from ui import kit

OWN: Final = "Your own points"
EXAMPLE: Final = """\
x1,x2,class
1.2,3.4,cat
2.1,2.9,cat
0.8,2.2,cat
1.9,4.1,cat
1.5,3.0,cat
3.6,1.1,dog
4.2,2.0,dog
3.9,0.4,dog
2.9,0.9,dog
4.5,1.4,dog
"""
RATES: Final = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
BATCHES: Final = (8, 10, 16, 32, 64, 128, 256, 1000)
PLAIN: Final = ["x1", "x2"]
ORDER: Final = 0  # seed of the order of the points: that of `starts`
MOST_WEIGHTS: Final = 1  # MB


def _own(view: "Controls") -> bool:
    return bool(view.data == OWN)


def _drawn(view: "Controls") -> bool:
    return not _own(view)


def _ready(text: str, features: tuple[str, ...], classes: int) -> Hidden:
    """The hidden layers of a text, if they fit between these features and classes."""
    hidden = hidden_layers(text)
    if hidden.inputs is not None and hidden.inputs != len(features):
        raise ValueError(
            f"The first Linear takes {hidden.inputs}, and there are {len(features)} features: choose as many."
        )
    outputs = classes if classes > 2 else 1
    if hidden.outputs is not None and hidden.outputs != outputs:
        raise ValueError(f"The last Linear gives {hidden.outputs}; {classes} classes need {outputs}.")
    return hidden


def _brought(text: str, net: nn.Sequential | None) -> Weights | None:
    return loaded(text, net) if text.strip() and net is not None else None


class Controls(kit.Controls):
    """What the reader has set."""

    data = kit.Selectbox("Data", [*DATASETS, OWN], "circle", help="Points of two or three classes, or your own.")
    points = kit.OwnTable(
        kit.tables.Groups(),
        kit.TextArea("Points", EXAMPLE, 6, help="Two columns of numbers and one that names the class. The picture "
                     "stretches both axes to ±5."),
        upload=1, shown=_own,
    )  # fmt: skip
    features = kit.Pills(
        "Features", FEATURES, PLAIN, more=True, help="What the network is given of a point; x1 if nothing is chosen."
    )
    hidden = kit.Own(
        partial(_ready, features=tuple(PLAIN), classes=2),
        kit.TextInput(
            "Hidden layers", "4, 2",
            help="The neurons of each, such as 8, 8, or none: up to 6 layers of 16. Or paste an `nn.Sequential` of "
            "`Linear` and activations.",
        ),
        given=lambda view: {"reader": partial(_ready, features=view.inputs, classes=view.classes)},
    )  # fmt: skip
    activation = kit.Selectbox(
        "Activation", ACTIVATIONS, "Tanh", shown=lambda view: view.hidden.activations is None,
        help="Of every hidden neuron. A step is not among them: its gradient is 0, and nothing would learn.",
    )  # fmt: skip
    optimizer = kit.Selectbox("Optimizer", OPTIMIZERS, "Adam", help="As in torch.optim.")
    lr = kit.SelectSlider("Learning rate", RATES, 0.03, help="The length of a step, before the optimizer's scaling.")
    start = kit.Slider("Start", 0, 39, 0, 1, help="The seed of the first weights: another start, another network.")
    epochs = kit.Slider("Epochs", 10, 500, 100, 10, more=True, help="How often all training points are gone through.")
    batch_size = kit.SelectSlider("Batch size", BATCHES, 32, more=True, help="Points of a step.")
    init = kit.SegmentedControl(
        "First weights", INITS, DEFAULT, more=True, help="*large* is five times what torch draws, with the biases."
    )
    l1 = kit.SelectSlider("L1", (0.0, *RATES), 0.0, more=True, help="Times Σ|w|, added to the loss. Biases are free.")
    l2 = kit.SelectSlider("L2", (0.0, *RATES), 0.0, more=True, help="Times ½Σw², added to the loss. Biases are free.")
    noise = kit.Slider(
        "Noise", 0.0, 0.5, 0.0, 0.05, more=True, shown=_drawn, help="How far the classes reach into each other."
    )
    n = kit.Slider("Points", 20, 1000, 400, 20, more=True, shown=_drawn, help="For training and test together.")
    test_size = kit.Slider(
        "Test share", 0.1, 0.9, 0.5, 0.1, more=True, help="Of the points; nothing is learned of them."
    )
    seed = kit.Slider(
        "Seed of the points", 0, 99, 0, 1, more=True, help="Other points, and another choice for the test."
    )
    weights = kit.Own(
        partial(_brought, net=None),
        kit.TextInput("Weights to start from", "", help="JSON from *Take it along*, of a network of this shape."),
        more=True, upload=MOST_WEIGHTS, given=lambda view: {"reader": partial(_brought, net=view.net(fresh=True))},
    )  # fmt: skip
    x1 = kit.Slider("Point x1", -LIMIT, LIMIT, 1.0, 0.1, more=True, help="Of the forward pass. Or click the picture.")
    x2 = kit.Slider("Point x2", -LIMIT, LIMIT, 2.0, 0.1, more=True, help="Of the forward pass. Or click the picture.")

    @property
    def inputs(self) -> tuple[str, ...]:
        """The features that are given, in the order of all."""
        return tuple(name for name in FEATURES if name in self.features) or ("x1",)

    @property
    def classes(self) -> int:
        """How many there are."""
        return len(self.points.classes) if self.data == OWN else CLASSES[self.data]

    @property
    def names(self) -> tuple[str, ...]:
        """Of the classes."""
        return self.points.classes if self.data == OWN else tuple(str(number) for number in range(self.classes))

    @property
    def bends(self) -> tuple[str, ...]:
        """The activation of each hidden layer."""
        own = self.hidden.activations
        return (self.activation,) * len(self.hidden.widths) if own is None else own

    @property
    def shape(self) -> dict[str, Any]:
        """The arguments of `network` but its seed."""
        return {
            "features": self.inputs, "hidden": self.hidden.widths, "activation": self.bends, "classes": self.classes,
            "init": self.init,
        }  # fmt: skip

    @property
    def training(self) -> dict[str, Any]:
        """The arguments of `train` that are those of `starts` too."""
        return {name: getattr(self, name) for name in ("optimizer", "lr", "batch_size", "l1", "l2", "epochs")}

    def net(self, *, fresh: bool = False) -> nn.Sequential:
        """The network as it starts: drawn, or with the weights that the reader has brought."""
        net = network(**self.shape, seed=self.start)
        if not fresh and self.weights is not None:
            adopt(net, self.weights)
        return net

    @cached_property
    def split(self) -> Split:
        """The points."""
        if self.data == OWN:
            x, y = self.points.x, self.points.y
            return split(framed(x), y, test_size=self.test_size, generator=np.random.default_rng(self.seed))
        return _points(self.data, self.n, self.noise, self.test_size, self.seed)


def adopt(net: nn.Sequential, weights: Weights) -> None:
    """Put weights into a network."""
    for parameter, given in zip(net.parameters(), weights, strict=True):
        parameter.data = parameter.data.new_tensor(given)


@st.cache_resource(max_entries=32, show_spinner=False)
def _points(dataset: str, n: int, noise: float, test_size: float, seed: int) -> Split:
    return data(dataset=dataset, n=n, noise=noise, test_size=test_size, seed=seed)
