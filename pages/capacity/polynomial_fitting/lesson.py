"""What the polynomial page says that is not computed: scenarios, mathematics, references."""

from typing import Final

from ui import kit

SCENARIOS: Final = (
    kit.Scenario(
        name="Through every point",
        question="Degree 9 passes through all of Bishop's ten points. How large is its largest coefficient, in powers of x?",
        predictions=("About 10", "About 1,000", "About 1,000,000"),
        correct=2,
        settings={"data": "Bishop's ten points", "degree": 9, "ridge": 0.0, "seed": 0},
        answer=(
            "−1,061,800 for x⁶: huge coefficients of alternating sign that cancel almost completely; what is left fits the points and "
            "swings to 4 between them. "
            "The training error is 0, the test error 1.83, which is 14 times the lowest. Now set λ to 0.1: the training error "
            "rises to 0.02, and the test error falls to 0.215."
        ),
    ),
    kit.Scenario(
        name="Below the noise",
        question=(
            "The noise makes σ² = 0.01. Degree 15 brings the training error on 30 points down to 0.005, half of that. "
            "How large is the test error?"
        ),
        predictions=("About 0.005 too", "About 0.05", "Over 5"),
        correct=2,
        settings={"data": "scikit-learn's thirty points", "degree": 15, "folds": 10, "seed": 0},
        answer=(
            "6.24: what went below σ² is noise that was learned. Degree 4 has 0.0114 on the test set, and ten-fold "
            "cross-validation, which sees the thirty points only, chooses just that degree."
        ),
    ),
    kit.Scenario(
        name="Ten times the data",
        question="Degree 15 on 30 points of this cosine had a test error of 6.24. And on 300 points?",
        predictions=("Still over 5", "About 0.6", "About 0.01, the noise"),
        correct=2,
        settings={
            "data": "Cosine",
            "n": 300,
            "noise": 0.1,
            "degree": 15,
            "design": "At random",
            "folds": 10,
            "seed": 0,
        },
        answer=(
            "0.0104, within 4 % of σ² = 0.01, which no curve beats: a degree is too high for so many points, not in itself. "
            "*Sample size* shows how the two errors meet."
        ),
    ),
    kit.Scenario(
        name="Past the last point",
        question=(
            "From degree 9 on every fit passes through Bishop's ten points. The test error of degree 9 is 1.83. "
            "And of degree 20, with twice as many coefficients as points?"
        ),
        predictions=("Much higher", "About the same", "Much lower"),
        correct=2,
        settings={"data": "Bishop's ten points", "degree": 20, "ridge": 0.0, "seed": 0},
        answer=(
            "0.157, twelve times lower, and not far from the lowest, 0.131. Among all the curves through the points the fit is "
            "the one with the smallest Legendre coefficients, and with more to choose from they shrink. *Double descent* goes on to "
            "degree 100, and shows that powers of x do not do this."
        ),
    ),
    kit.Scenario(
        name="Folds in order",
        question="The ten folds of these thirty points, sorted by x, are cut without shuffling. Which degree is chosen?",
        predictions=("4, as with shuffling", "3, a lower one", "5, a higher one"),
        correct=1,
        settings={"data": "scikit-learn's thirty points", "degree": 4, "folds": 10, "shuffle": False, "seed": 0},
        answer=(
            "3. The folds are intervals of x, so that the fits must extrapolate into the first and the last, and higher degrees do "
            "that badly: degree 4 has 0.0432 instead of 0.0169 with shuffling, and degree 15 has the 1.81e8 that "
            "scikit-learn's own example prints."
        ),
    ),
)

MATHEMATICS: Final = r"""
The data are $y_i = f(x_i) + \varepsilon_i$ with $\operatorname{E} \varepsilon_i = 0$ and $\operatorname{Var} \varepsilon_i = \sigma^2$. With
basis functions $\varphi_0, \dots, \varphi_d$ (Legendre or Chebyshev polynomials, or powers, on the domain mapped to $[-1, 1]$) and
$A_{ik} = \varphi_k(x_i)$, the fit $p = \sum_k c_k \varphi_k$ has

$$c = \arg\min_c \; \lVert A c - y \rVert^2 + \lambda \lVert c \rVert^2 = \arg\min_c \left\lVert \begin{pmatrix} A \\ \sqrt\lambda\, I \end{pmatrix} c - \begin{pmatrix} y \\ 0 \end{pmatrix} \right\rVert^2 .$$

**Bias and variance.** Over all training sets the expected squared error of $p$ at $x$, against a fresh $y = f(x) + \varepsilon$, is

$$\operatorname{E} (p(x) - y)^2 = \underbrace{(\operatorname{E} p(x) - f(x))^2}_{\text{bias}^2} + \underbrace{\operatorname{Var} p(x)}_{\text{variance}} + \underbrace{\sigma^2}_{\text{noise}} .$$

For given $x_i$ the fit is linear in $y$: at the points it is $H y$. Without $\lambda$, $H$ is the projection onto the columns of $A$, and the
variance averaged over the points is $\sigma^2 \operatorname{tr}(H H^\top) / n = \sigma^2 (d + 1) / n$ while $d + 1 \le n$. The *effective degrees
of freedom* are $\operatorname{tr} H = \sum_k s_k^2 / (s_k^2 + \lambda)$ with the singular values $s_k$ of $A$: from $\min(n, d + 1)$ at
$\lambda = 0$ down to 0, or down to 1 if $\lambda$ leaves the constant alone (then with the centred columns of $A$, plus 1).

**Under- and overfitting.** A fit *underfits* when training and validation error are both high, and *overfits* when the training error is
low and the validation error high.

**K-fold cross-validation** cuts the training points into $K$ folds, fits $K$ times to all folds but one, and averages the errors on the one left
out. The bars are the standard deviation over the folds divided by $\sqrt K$: a rough standard error, since the folds share training points.

**More coefficients than points.** With $d + 1 > n$ and $\lambda = 0$ many curves pass through all points. The fit is the one with the smallest
$\lVert c \rVert$, which is the limit of ridge regression (on all of $c$) for $\lambda \to 0$, and also where gradient descent from $c = 0$ ends. Which curve
that is depends on the basis.

**Condition number.** $\kappa = s_{\max} / s_{\min}$ of the system that is solved. A relative error in $y$ can grow by this factor (one in $A$, if the
residual is large, by its square), so that with $\kappa > 1/\epsilon \approx 4.5 \cdot 10^{15}$ no digit of float64 is certain. The normal equations
would square it for every error; QR and SVD do not. Singular values below $\epsilon \max(n, d + 1) s_{\max}$ count as 0.
"""

REFERENCES: Final = (
    "C. M. Bishop, *Pattern recognition and machine learning*, Springer 2006, section 1.1: the ten points, and table 1.1 with the coefficients",
    "scikit-learn, [*Underfitting vs. overfitting*](https://scikit-learn.org/stable/auto_examples/model_selection/plot_underfitting_overfitting.html): the thirty points",
    "T. Hastie, R. Tibshirani and J. Friedman, *The elements of statistical learning*, Springer 2009, chapters 3 and 7",
    "S. Geman, E. Bienenstock and R. Doursat, *Neural networks and the bias/variance dilemma*, Neural Computation 4, 1992",
    "M. Belkin, D. Hsu, S. Ma and S. Mandal, *Reconciling modern machine-learning practice and the classical bias–variance trade-off*, PNAS 2019",
    "R. Schaeffer et al., *Double descent demystified*, [arXiv:2303.14151](https://arxiv.org/abs/2303.14151)",
    "A. Zhang, Z. C. Lipton, M. Li and A. J. Smola, *Dive into deep learning*, [section 3.6](https://d2l.ai/chapter_linear-regression/generalization.html): generalization, and the cubic of its Chinese edition",
    "L. N. Trefethen, *Approximation theory and approximation practice*, SIAM 2013: Legendre and Chebyshev series, Runge's function",
)
