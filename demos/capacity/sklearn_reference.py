"""The same fits by scikit-learn, one by one: what `fit` and `cross_validate` are checked against."""

from typing import Unpack

import numpy as np
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import KFold, cross_val_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer

from demos.capacity.polynomial_fitting import EPSILON, Regression, design_matrix
from demos.capacity.targets import Floats, Interval, Sample


def pipeline(*, degree: int, domain: Interval, **regression: Unpack[Regression]) -> Pipeline:
    """The basis functions of x as features, then `LinearRegression`, or `Ridge` where there is a penalty."""
    features = FunctionTransformer(
        lambda column: design_matrix(column[:, 0], degree=degree, basis=regression["basis"], domain=domain)
    )
    if regression["ridge"] == 0:  # the default tol=1e-6 would drop singular values that matter here
        return make_pipeline(features, LinearRegression(fit_intercept=False, tol=EPSILON))
    intercept = regression.get("exempt_constant", False)  # it absorbs φ₀ = 1, whose coefficient is then 0
    return make_pipeline(features, Ridge(alpha=regression["ridge"], fit_intercept=intercept, solver="svd"))


def sklearn_predictions(
    training: Sample, at: Floats, *, degree: int, domain: Interval, **regression: Unpack[Regression]
) -> Floats:
    """What scikit-learn's fit predicts at the points `at` (m,)."""
    model = pipeline(degree=degree, domain=domain, **regression).fit(training.x[:, None], training.y)
    return np.asarray(model.predict(at[:, None]), dtype=float)


def sklearn_folds(
    training: Sample,
    *,
    degree: int,
    folds: int,
    seed: int,
    shuffle: bool,
    domain: Interval,
    **regression: Unpack[Regression],
) -> Floats:
    """The mean squared error of every fold (folds,), by `cross_val_score`."""
    scores = cross_val_score(
        pipeline(degree=degree, domain=domain, **regression),
        training.x[:, None],
        training.y,
        cv=KFold(folds, shuffle=shuffle, random_state=seed if shuffle else None),
        scoring="neg_mean_squared_error",
    )
    return -np.asarray(scores, dtype=float)
