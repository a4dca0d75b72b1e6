"""What the imbalance page teaches, as text: how to read the picture, scenarios, mathematics, references."""

from typing import Final

from ui.kit import Scenario

READING: Final = """
- **Planes**: the training rows; those that a method has added, joined to the rows between which they lie; and in grey
  those that it has removed. The shade is the probability, the line the boundary at the method's threshold.
- **Matrices and curves**: the test rows. Each method has a slider for its threshold, which begins at the method's own:
  the ring on the curves. Mistakes are grey. A precision–recall curve further up, or a ROC curve further left, is better.
"""

SLICE: Final = (
    "There are more than two features: the picture is the plane of the first two principal components, and the regions "
    "are those on it, with everything else at its mean."
)

SCENARIOS: Final = (
    Scenario(
        name="Right in 99 %",
        question="One row in 101 is positive, and the classes overlap. Logistic regression (A) is right in 98.9 % of the test rows. How many of the 15 positive ones does it find?",
        predictions=("14 or 15", "About half", "None"),
        correct=2,
        settings={"ratio": 100, "rows": 5000, "overlap": 0.6, "A": "none", "B": "class weights"},
        answer=(
            "None, and it calls one majority row positive: who calls everything majority is right in 99 %. Class weights (B) find 10 of "
            "15, are right in 84 %, and rank no better: ROC AUC 0.829 and 0.831. What they do is to call more rows positive."
        ),
    ),
    Scenario(
        name="SMOTE or a threshold",
        question="Logistic regression learns from the rows as they are (A), and after SMOTE (B). What does SMOTE improve?",
        predictions=(
            "The ranking: ROC AUC rises",
            "Neither ranking nor calibration",
            "The probabilities become better",
        ),
        correct=1,
        settings={"overlap": 0.5, "A": "none", "B": "SMOTE"},
        answer=(
            "ROC AUC is 0.916 without and 0.910 with it, and the mean probability goes from 5.1 % to 23.8 %, where 4.7 % are positive. "
            "Its 22 hits with 93 false alarms are had from A as well: move A's threshold to 5 %, and it has 22 with 94. See *Calibration*."
        ),
    ),
    Scenario(
        name="Over-sampled before the split",
        question="The features are noise. k-NN is cross-validated on rows that were over-sampled before the folds were made. Which ROC AUC does it get?",
        predictions=("About 0.5, as noise deserves", "About 0.7", "Over 0.95"),
        correct=2,
        settings={"data": "pure noise", "classifier": "k-nearest neighbours", "B": "random over-sampling"},
        answer=(
            "0.97: copies of the test rows are in the training set, and k-NN finds them. Resampled inside of each fold it gets 0.52. "
            "See *Leakage*; SMOTE before the split gets 0.83."
        ),
    ),
    Scenario(
        name="NearMiss-1 or NearMiss-2",
        question="NearMiss-1 (A) keeps the majority rows nearest to their nearest minority rows, NearMiss-2 (B) those nearest to the farthest ones. Which leaves the better ranking to k-NN?",
        predictions=("NearMiss-2, for it looks further", "NearMiss-1", "They tie"),
        correct=1,
        settings={"classifier": "k-nearest neighbours", "A": "NearMiss-1", "B": "NearMiss-2"},
        answer=(
            "ROC AUC is 0.68 with NearMiss-1 and 0.48 with NearMiss-2, where 67 majority rows are left that lie in the middle of all "
            "minority rows: far from them nearly everything is called positive. That is the order in each of 20 seeds, and drawing the majority "
            "at random, 0.92 here, ranks better than both in all of them."
        ),
    ),
    Scenario(
        name="Label noise",
        question="30 % of the minority's labels are swapped. BalanceCascade (B) keeps, round by round, the majority rows that it gets wrong. What becomes of it?",
        predictions=(
            "It is as good as EasyEnsemble (A)",
            "It calls fewer rows positive than A",
            "It calls most of the majority positive",
        ),
        correct=2,
        settings={"label_noise": 0.3, "A": "EasyEnsemble", "B": "BalanceCascade"},
        answer=(
            "421 of 572, and EasyEnsemble, which draws at random, 66; its ROC AUC is 0.69 against 0.76. What it gets wrong are the swapped "
            "rows: they were 22 of 1,333 majority rows at first and are 11 of the 67 of its last round. How bad it gets is luck: with seed 2 "
            "it calls all rows positive. See *Ensembles*."
        ),
    ),
)

MATHEMATICS: Final = r"""
With $P$ minority and $N$ majority rows, $TP$, $FP$, $FN$, $TN$ at a threshold,

$$\text{recall} = \frac{TP}{P}, \qquad \text{precision} = \frac{TP}{TP + FP}, \qquad F_1 = \frac{2\,TP}{2\,TP + FP + FN}, \qquad
\text{G-mean} = \sqrt{\frac{TP}{P} \cdot \frac{TN}{N}} .$$

Average precision is $\sum_k (R_k - R_{k-1}) P_k$ over the recalls, and not the trapezoid, which is too kind between points. ROC AUC and average precision depend
on the ranking only.

**Resampling moves probabilities.** If the majority is kept with probability $\beta$, or the odds of the minority are multiplied by $1/\beta$ in another way, a
model that learns the conditional probability learns $p_s$ with odds $1/\beta$ times too large. Back (Dal Pozzolo et al. 2015):

$$p = \frac{\beta\, p_s}{\beta\, p_s - p_s + 1}, \qquad \beta = \frac{P / N \text{ in nature}}{P / N \text{ in the training set}} .$$

It is a monotonous function: the ranking stays. That is exact for methods that draw rows at random; SMOTE and the cleaning methods change the
densities as well.

**Costs.** A false positive costs $c_{FP}$ and a false negative $c_{FN}$: calling positive is cheaper from $p = c_{FP} / (c_{FP} + c_{FN})$ on, if $p$ is a probability.

**BalanceCascade.** In $T$ rounds AdaBoost learns from all $P$ minority rows and as many of the majority rows that are left, $N_i$. Its threshold $\theta_i$ is set so that its
false-positive rate on $N_i$ is $f = (P / N)^{1 / (T - 1)}$, and those that it gets right are removed: $|N_{i+1}| = f\, |N_i|$. The ensemble says positive where
$\sum_i \big( \sum_j \alpha_{ij} h_{ij}(x) - \theta_i \big) \ge 0$.

**Expected calibration error**: the mean distance between predicted and observed share, over ten equal bins of probability, weighted by their rows.
"""

REFERENCES: Final = (
    "N. Chawla, K. Bowyer, L. Hall and W. P. Kegelmeyer, *SMOTE: synthetic minority over-sampling technique*, [arXiv:1106.1813](https://arxiv.org/abs/1106.1813)",
    "X.-Y. Liu, J. Wu and Z.-H. Zhou, *Exploratory undersampling for class-imbalance learning*, IEEE Transactions on Systems, Man and Cybernetics B 39, 2009",
    "A. Dal Pozzolo, O. Caelen, R. Johnson and G. Bontempi, *Calibrating probability with undersampling for unbalanced classification*, IEEE SSCI 2015",
    "R. van den Goorbergh, M. van Smeden, D. Timmerman and B. Van Calster, *The harm of class imbalance corrections for risk prediction models*, [arXiv:2202.09101](https://arxiv.org/abs/2202.09101)",
    "C. Elkan, *The foundations of cost-sensitive learning*, IJCAI 2001",
    "T. Saito and M. Rehmsmeier, *The precision-recall plot is more informative than the ROC plot when evaluating binary classifiers on imbalanced datasets*, [PLOS ONE 2015](https://doi.org/10.1371/journal.pone.0118432)",
    "G. Lemaître, F. Nogueira and C. Aridas, *Imbalanced-learn*, [JMLR 2017](https://jmlr.org/papers/v18/16-365.html), whose samplers and ensembles work here",
)
