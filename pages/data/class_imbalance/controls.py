"""What may be set on the imbalance page: the data, two methods, and the classifier that both use."""

from typing import Final

from sklearn.datasets import load_iris

from demos.data.classifiers import CLASSIFIERS
from demos.data.methods import METHODS
from demos.data.samples import MOST_ROWS, SHAPES, Sample
from ui import kit

OWN: Final = "your own CSV"
SIDES: Final = ("A", "B")
OVERLAPPING: Final = tuple(name for name in SHAPES if name not in {"pure noise", "breast cancer"})
ROLE: Final = kit.tables.Classes(rows=MOST_ROWS)


def _example() -> str:
    """Two kinds of iris, of which one is rare."""
    flowers = load_iris()
    rows = [*range(50, 100), *range(100, 115)]
    lines = [
        f"{flowers.data[row, 0]},{flowers.data[row, 1]},{flowers.target_names[flowers.target[row]]}" for row in rows
    ]
    return "\n".join(["sepal length,sepal width,species", *lines])


def _own(view: "Controls") -> bool:
    return view.data == OWN


def _made(view: "Controls") -> bool:
    return view.data != OWN


class Controls(kit.Controls):
    """What the reader has set."""

    data = kit.Selectbox(
        "Data", [*SHAPES, OWN], "two Gaussians",
        help="Made samples, one of them noise, scikit-learn's breast-cancer data thinned to a ratio, or a table of "
        "your own, pasted or from a file.",
    )  # fmt: skip
    own = kit.OwnTable(
        ROLE,
        kit.TextArea(
            "Rows with a label", _example(), 5,
            help="A column with a label and at least two of numbers. A long file stays out of the link.",
        ),
        upload=5, key="own rows", shown=_own,
    )  # fmt: skip
    ratio = kit.SelectSlider(
        "Ratio 1 :", (1, 2, 5, 10, 20, 50, 100, 200, 500), 20, shown=_made,
        help="Majority rows for one of the minority.",
    )  # fmt: skip
    overlap = kit.Slider(
        "Overlap", 0.0, 1.0, 0.4, 0.05, shown=lambda view: view.data in OVERLAPPING,
        help="0 is nearly none, at 1 the classes lie on each other.",
    )  # fmt: skip
    classifier = kit.Selectbox(
        "Classifier", CLASSIFIERS, "logistic regression",
        help="Of both methods. Ensembles and one-class models bring their own.",
    )  # fmt: skip
    method_a = kit.Selectbox("Method A", METHODS, "none", key="A", help="What is done about the imbalance.")
    method_b = kit.Selectbox("Method B", METHODS, "SMOTE", key="B", help="What is done about the imbalance.")
    rows = kit.SelectSlider(
        "Rows", (500, 1000, 2000, 5000, 10_000, 20_000), 2000, shown=_made, more=True, help="Of both classes together."
    )
    label_noise = kit.Slider(
        "Label noise", 0.0, 0.5, 0.0, 0.05, shown=_made, more=True,
        help="The share of the minority's labels that are swapped with majority labels.",
    )  # fmt: skip
    target = kit.SelectSlider(
        "Resample to 1 :", (1, 2, 5, 10), 1, more=True,
        help="Majority rows for one of the minority after resampling, in the training set only.",
    )  # fmt: skip
    k_neighbors = kit.Slider(
        "Neighbours", 1, 15, 5, 1, more=True,
        help="Of the same class, between which SMOTE and its kin put new rows.",
    )  # fmt: skip
    seed = kit.Slider("Seed", 0, 99, 0, 1, more=True, help="Of the data, of its division and of everything random.")
    cost_fp = kit.Slider(
        "Cost of a false positive", 1, 100, 1, 1, more=True, help="Calling a majority row positive, in the tab Costs."
    )
    cost_fn = kit.Slider(
        "Cost of a false negative", 1, 100, 20, 1, more=True, help="Missing a row of the minority, in the tab Costs."
    )
    rounds = kit.Slider(
        "Rounds of BalanceCascade", 2, 12, 4, 1, more=True,
        help="The paper's T, in the tab Ensembles. EasyEnsemble draws as many subsets.",
    )  # fmt: skip

    @property
    def methods(self) -> dict[str, str]:
        """By side."""
        return dict(zip(SIDES, (self.method_a, self.method_b), strict=True))

    @property
    def own_sample(self) -> Sample | None:
        """The reader's rows, if they are asked for."""
        return Sample(self.own.features, self.own.label) if self.data == OWN else None

    @property
    def made(self) -> tuple[str, int, int, float, float]:
        """What made data depends on, but for the seed."""
        return self.data, self.rows, self.ratio, self.overlap, self.label_noise
