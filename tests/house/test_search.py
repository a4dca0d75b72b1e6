"""Concepts are found by the words that people use."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.house.catalogue import CONCEPTS, Concept
from ui.house.search import find, words

ASKED = {
    "playground": [
        "neural network", "playground", "tensorflow playground", "hidden layers", "decision boundary", "spiral", "xor",
        "forward pass", "MLP", "perceptron", "feature engineering", "cross entropy",
    ],
    "polynomial_fitting": [
        "overfitting", "OVERFIT", "what is overfitting?", "over fitted curve", "underfiting", "double descent",
        "bias variance", "variance and bias", "k fold", "k-fold cross validation", "crossvalidation", "ridge",
        "L² regularization", "regularisation", "model selection", "polynomials",
    ],
    "optimizers": [
        "2/λmax", "2/lambda max", "lambda_max", "adam", "Adam's first step", "SGD momentum", "momentum sgd",
        "rmsprop", "nesterov", "néstérov", "learning rate", "lerning rate", "saddle points", "gradient descent",
        "optimiser", "himelblau", "condition number",
    ],
    "activations": [
        "activation functions", "which activation function?", "gelu", "SELU", "swish", "mish", "softplus", "PReLU",
        "universal approximation", "universal approximation theorem", "piecewise linear", "hardsigmoid",
    ],
    "vanishing_gradients": [
        "vanishing gradient", "gradients vanish", "exploding", "gradient clipping", "clip gradients", "dying ReLU",
        "dead relu", "xavier", "initialisation", "batch norm", "batch-norm", "skip connections", "float16", "sigmoid",
    ],
    "cross_correlation": [
        "convolution", "cross correlation", "Conv2d", "kernel", "sobel", "edge detection", "flipped kernel",
        "same padding", "output size", "weight sharing", "pooling", "max pooling", "padding", "ceil_mode",
        "stride", "strides",
    ],
    "receptive_field": [
        "receptive field", "dilated", "atrous convolution", "effective receptive feild", "field of view",
    ],
    "architectures": [
        "lenet", "AlexNet parameters", "number of parameters", "FLOPs", "MACs", "1x1 convolution", "depthwise",
        "mobilenet", "network in network", "layer",
    ],
    "invariance": [
        "translation invariance", "shift invariant", "equivariance", "data augmentation", "augment", "aliasing",
        "anti aliasing", "blurpool", "rotation", "rotated images", "cropped picture",
    ],
    "class_imbalance": [
        "SMOTE", "smote", "imbalance", "imbalanced classes", "unbalanced", "minority class", "roc auc", "F1",
        "f₁ score", "precision recall", "treshold", "resampling", "rare", "calibration", "oversampled",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("question", "name"), [(each, name) for name, many in ASKED.items() for each in many])
def test_a_question_finds_its_concept_first(question: str, name: str) -> None:
    answer = find(question)
    assert answer.sure
    assert answer.concepts[0].name == name


@pytest.mark.parametrize("concept", CONCEPTS, ids=lambda concept: concept.name)
def test_a_title_finds_its_concept_in_any_writing(concept: Concept) -> None:
    for title in (
        concept.title,
        concept.title.upper(),
        " ".join(reversed(concept.title.split())),
        f"  {concept.title}!",
    ):
        assert find(title) == find(concept.title)
        assert find(title).concepts[0] == concept


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("2/λmax", ["2", "lambda", "max"]),
        ("Λ_max, Σ", ["lambda", "max", "sigma"]),
        ("Néstérov’s", ["nesterov", "s"]),
        ("L₂ = L² = Ｌ2", ["l2", "l2", "l2"]),
        ("1×1", ["1x1"]),
        ("Straße", ["strasse"]),
        ("… ?!", []),
    ],
)
def test_words(text: str, spelled: list[str]) -> None:
    assert words(text) == spelled


@pytest.mark.parametrize("question", ["", " ", "?!", "xyzzy", "q", "transformer"])
def test_what_is_not_there_finds_what_is_near_or_all(question: str) -> None:
    answer = find(question)
    assert not answer.sure
    assert answer.concepts


def test_a_word_that_few_have_says_more() -> None:
    """Two pages are about gradients; the one that does not clip them is no answer."""
    assert {concept.name for concept in find("gradient").concepts} == {"optimizers", "vanishing_gradients"}
    assert [concept.name for concept in find("gradient clipping").concepts] == ["vanishing_gradients"]


@given(st.text(max_size=300))
def test_any_text_finds_something_once(question: str) -> None:
    concepts = find(question).concepts
    assert 0 < len(concepts) == len(set(concepts)) <= len(CONCEPTS)


@given(st.permutations(["momentum", "LEARNING", "rate", "saddle"]))
def test_the_order_of_words_does_not_count(asked: list[str]) -> None:
    assert find(" ".join(asked)) == find("saddle momentum learning rate")
