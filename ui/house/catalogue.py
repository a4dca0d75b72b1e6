"""The concepts, in teaching order. Adding one is an entry here and three files at the same path."""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Concept(NamedTuple):
    """One page of the dashboard: `pages/<section>/<name>.py`, `demos/<section>/<name>.py` and its tests."""

    section: str
    name: str  # also the page's address
    title: str
    summary: str  # one sentence
    icon: str


SECTIONS: Final[Mapping[str, str]] = {
    "capacity": "Capacity and generalization",
    "optimization": "Optimization",
    "gradients": "Gradients through depth",
    "convolution": "Convolution",
    "sequences": "Sequences and attention",
    "data": "Data",
}

CONCEPTS: Final = (
    Concept(
        section="capacity",
        name="polynomial_fitting",
        title="Polynomial fitting",
        summary="A curve with too few coefficients misses the pattern, one with too many learns the noise: find the "
        "degree in between, and see what data, weight decay and far more coefficients do to it.",
        icon=":material/show_chart:",
    ),
    Concept(
        section="optimization",
        name="optimizers",
        title="Optimizer trajectories",
        summary="Nine optimizers walk down the same surface: see who overshoots, who crawls, who diverges, and why.",
        icon=":material/route:",
    ),
    Concept(
        section="gradients",
        name="vanishing_gradients",
        title="Vanishing and exploding gradients",
        summary="Sigmoid against ReLU through depth, measured by autograd in real networks: what shrinks the gradient, "
        "what blows it up, and what keeps it flowing.",
        icon=":material/waves:",
    ),
    Concept(
        section="convolution",
        name="receptive_field",
        title="Receptive fields",
        summary="What one unit deep in a network sees of the picture: the field that the formula gives, the cells that "
        "really reach it, and the few that count.",
        icon=":material/center_focus_strong:",
    ),
    Concept(
        section="convolution",
        name="architectures",
        title="Architectures layer by layer",
        summary="LeNet, AlexNet, VGG, NiN or your own PyTorch code: where the parameters sit, where the work is done, "
        "which are not the same places, and what breaks when the input is too small.",
        icon=":material/stacked_bar_chart:",
    ),
    Concept(
        section="data",
        name="class_imbalance",
        title="Class imbalance",
        summary="One class is rare: see what resampling, weights, ensembles and a moved threshold do to the ranking, "
        "to the probabilities and to the mistakes, on a test set that nobody has touched.",
        icon=":material/balance:",
    ),
)
