"""The classifiers, as scikit-learn makes them, and a small multilayer perceptron in torch with the same interface."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Self

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from torch import nn

from demos.data.samples import Floats, Ints
from demos.randomness import stream

NEIGHBORS: Final = 7
HIDDEN: Final = 16
STEPS: Final = 150
LEARNING_RATE: Final = 0.02
FOLDS: Final = 3  # that turn an SVM's margin into a probability


class TorchMLP(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """One hidden layer of ReLU, trained by Adam on all rows at once."""

    def __init__(self, *, random_state: int = 0) -> None:
        self.random_state = random_state

    def fit(self, x: Floats, y: Ints, sample_weight: Floats | None = None) -> Self:
        """Minimize the weighted cross-entropy."""
        self.classes_ = np.unique(y)
        generator = stream(self.random_state, "MLP")
        self.network_ = nn.Sequential(nn.Linear(x.shape[1], HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 1))
        for layer in self.network_:
            if isinstance(layer, nn.Linear):
                nn.init.kaiming_normal_(layer.weight, generator=generator)
                nn.init.zeros_(layer.bias)
        inputs, targets = torch.from_numpy(x).float(), torch.from_numpy(y).float()
        weight = None if sample_weight is None else torch.from_numpy(sample_weight / sample_weight.mean()).float()
        optimizer = torch.optim.Adam(self.network_.parameters(), lr=LEARNING_RATE)
        for _ in range(STEPS):
            optimizer.zero_grad()
            logits = self.network_(inputs).squeeze(1)
            nn.functional.binary_cross_entropy_with_logits(logits, targets, weight).backward()  # type: ignore[no-untyped-call]  # torch's own
            optimizer.step()
        return self

    def predict_proba(self, x: Floats) -> Floats:
        """The probability of each class (rows, 2)."""
        with torch.no_grad():
            positive = self.network_(torch.from_numpy(x).float()).squeeze(1).sigmoid().double().numpy()
        return np.stack([1 - positive, positive], axis=1)

    def predict(self, x: Floats) -> NDArray[Any]:
        """The more probable class."""
        chosen: NDArray[Any] = self.classes_[(self.predict_proba(x)[:, 1] >= 0.5).astype(int)]
        return chosen


Classifier = Callable[[int], Any]  # from a seed to an estimator of scikit-learn's interface

CLASSIFIERS: Final[Mapping[str, Classifier]] = {
    "logistic regression": lambda seed: LogisticRegression(max_iter=1000, random_state=seed),
    "k-nearest neighbours": lambda _seed: KNeighborsClassifier(n_neighbors=NEIGHBORS),
    "RBF SVM": lambda seed: CalibratedClassifierCV(SVC(random_state=seed), cv=FOLDS, ensemble=False),
    "decision tree": lambda seed: DecisionTreeClassifier(max_depth=6, min_samples_leaf=3, random_state=seed),
    "MLP in torch": lambda seed: TorchMLP(random_state=seed),
    "gradient boosting": lambda seed: HistGradientBoostingClassifier(
        max_iter=40, max_leaf_nodes=8, min_samples_leaf=5, early_stopping=False, random_state=seed
    ),
}
WEIGHTLESS: Final = ("k-nearest neighbours",)  # a vote has no weights for rows
