"""Where the concepts stand in well-known courses: their chapters in order, each with the pages that go with it.

Pages are named as in the catalogue. Those that are not there yet are not shown.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Chapter(NamedTuple):
    """One line of a course."""

    number: str
    title: str
    pages: tuple[str, ...] = ()


class Course(NamedTuple):
    """A book or a lecture."""

    address: str
    chapters: tuple[Chapter, ...]


COURSES: Final[Mapping[str, Course]] = {
    "Dive into Deep Learning": Course(
        "https://d2l.ai",
        (
            Chapter("1", "Introduction"),
            Chapter("2", "Preliminaries"),
            Chapter(
                "3",
                "Linear Neural Networks for Regression",
                ("gradient_descent", "polynomial_fitting", "cross_validation", "weight_decay"),
            ),
            Chapter(
                "4", "Linear Neural Networks for Classification", ("losses", "class_imbalance", "distribution_mismatch")
            ),
            Chapter(
                "5",
                "Multilayer Perceptrons",
                (
                    "playground",
                    "activations",
                    "backprop",
                    "vanishing_gradients",
                    "initialization",
                    "diagnosis",
                    "early_stopping",
                    "dropout",
                ),
            ),
            Chapter("6", "Builders’ Guide"),
            Chapter("7", "Convolutional Neural Networks", ("cross_correlation", "receptive_field", "architectures")),
            Chapter("8", "Modern Convolutional Neural Networks", ("architectures", "batch_norm", "residual")),
            Chapter("9", "Recurrent Neural Networks", ("recurrent", "vanishing_gradients")),
            Chapter("10", "Modern Recurrent Neural Networks", ("recurrent",)),
            Chapter("11", "Attention Mechanisms and Transformers", ("attention", "self_attention")),
            Chapter(
                "12",
                "Optimization Algorithms",
                ("critical_points", "gradient_descent", "batch_size", "optimizers", "learning_rate_schedules"),
            ),
            Chapter("13", "Computational Performance"),
            Chapter("14", "Computer Vision", ("invariance", "transfer")),
            Chapter("15", "Natural Language Processing: Pretraining"),
            Chapter("16", "Natural Language Processing: Applications", ("transfer",)),
            Chapter("17", "Reinforcement Learning"),
            Chapter("18", "Gaussian Processes"),
            Chapter("19", "Hyperparameter Optimization"),
            Chapter("20", "Generative Adversarial Networks"),
            Chapter("21", "Recommender Systems"),
            Chapter("22", "Appendix: Mathematics for Deep Learning"),
            Chapter("23", "Appendix: Tools for Deep Learning"),
        ),
    ),
    "Hung-yi Lee, Machine Learning 2022": Course(
        "https://speech.ee.ntu.edu.tw/~hylee/ml/2022-spring.php",
        (
            Chapter(
                "1", "Introduction of Deep Learning", ("playground", "gradient_descent", "activations", "backprop")
            ),
            Chapter(
                "2",
                "What to do if my network fails to train",
                (
                    "diagnosis",
                    "polynomial_fitting",
                    "cross_validation",
                    "weight_decay",
                    "early_stopping",
                    "dropout",
                    "vanishing_gradients",
                    "initialization",
                    "residual",
                ),
            ),
            Chapter("2", "Local minima and saddle points", ("critical_points",)),
            Chapter("2", "Batch and momentum", ("batch_size", "optimizers")),
            Chapter("2", "Learning rate", ("optimizers", "learning_rate_schedules")),
            Chapter("2", "Loss of classification", ("losses",)),
            Chapter("3", "Images as input", ("cross_correlation", "receptive_field", "architectures", "invariance")),
            Chapter("4", "Sequence as input", ("self_attention", "recurrent")),
            Chapter("5", "Sequence to sequence", ("attention", "self_attention")),
            Chapter("5", "Batch normalization", ("batch_norm",)),
            Chapter("6", "Generation"),
            Chapter("7", "Self-supervised learning", ("transfer",)),
            Chapter("8", "Auto-encoder and anomaly detection", ("class_imbalance",)),
            Chapter("9", "Explainable AI"),
            Chapter("10", "Adversarial attack"),
            Chapter("11", "Domain adaptation", ("distribution_mismatch", "transfer")),
            Chapter("12", "Reinforcement learning"),
            Chapter("13", "Network compression", ("architectures",)),
            Chapter("14", "Life-long learning"),
            Chapter("15", "Meta learning"),
        ),
    ),
    "Goodfellow, Bengio, Courville, Deep Learning": Course(
        "https://www.deeplearningbook.org",
        (
            Chapter("1", "Introduction"),
            Chapter("2", "Linear Algebra"),
            Chapter("3", "Probability and Information Theory"),
            Chapter("4", "Numerical Computation", ("gradient_descent", "critical_points")),
            Chapter("5", "Machine Learning Basics", ("polynomial_fitting", "cross_validation")),
            Chapter("6", "Deep Feedforward Networks", ("playground", "losses", "activations", "backprop")),
            Chapter(
                "7", "Regularization for Deep Learning", ("weight_decay", "early_stopping", "dropout", "invariance")
            ),
            Chapter(
                "8",
                "Optimization for Training Deep Models",
                (
                    "batch_size",
                    "critical_points",
                    "vanishing_gradients",
                    "optimizers",
                    "learning_rate_schedules",
                    "initialization",
                    "batch_norm",
                    "residual",
                ),
            ),
            Chapter("9", "Convolutional Networks", ("cross_correlation", "receptive_field", "architectures")),
            Chapter("10", "Sequence Modeling: Recurrent and Recursive Nets", ("recurrent", "vanishing_gradients")),
            Chapter("11", "Practical Methodology", ("class_imbalance", "diagnosis")),
            Chapter("12", "Applications", ("attention", "self_attention")),
            Chapter("13", "Linear Factor Models"),
            Chapter("14", "Autoencoders"),
            Chapter("15", "Representation Learning", ("transfer", "distribution_mismatch")),
            Chapter("16", "Structured Probabilistic Models for Deep Learning"),
            Chapter("17", "Monte Carlo Methods"),
            Chapter("18", "Confronting the Partition Function"),
            Chapter("19", "Approximate Inference"),
            Chapter("20", "Deep Generative Models"),
        ),
    ),
}
