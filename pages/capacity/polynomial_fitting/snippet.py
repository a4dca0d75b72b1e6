"""The view of the polynomial page as Python that a reader can run, what it prints, and a check against scikit-learn."""

from typing import Final

import numpy as np

from demos.capacity.sklearn_reference import sklearn_folds, sklearn_predictions
from demos.capacity.targets import Floats
from pages.capacity.polynomial_fitting.compute import Run
from pages.capacity.polynomial_fitting.controls import MAX_DEGREE, Controls

TEMPLATE: Final = """\
{imports}

{points}
how = dict(basis=BASES["{basis}"], ridge={ridge}, exempt_constant={exempt}, domain={domain})

errors = errors_by_degree(training, [{judges}], max_degree={last}, **how)
print("mean squared errors:", *(f"{{error:.6g}}" for error in errors[:, {degree}]))
curve = fit(*training, degree={degree}, **how)
print("coefficients:", *(f"{{coefficient:.6g}}" for coefficient in curve.series.coef))
print(f"condition number: {{curve.condition:.6g}}")
"""
FOLDS: Final = """\
folds = cross_validate(*training, max_degree={last}, folds={folds}, seed={seed}, shuffle={shuffle}, **how)
print(f"{folds}-fold mean: {{folds[:, {degree}].mean():.6g}}")
"""
FITTING: Final = "BASES, cross_validate, errors_by_degree, fit"


def snippet(view: Controls, result: Run) -> str:
    """The fit of this view, its errors and its folds, with every argument written out."""
    data = view.sets
    written = TEMPLATE if result.folds is None else TEMPLATE + FOLDS
    return written.format(
        imports="\n".join([f"from demos.capacity.polynomial_fitting import {FITTING}", *data.imports]),
        points=data.source,
        judges="validation" if data.test is None else "validation, test",
        basis=view.basis,
        ridge=view.ridge,
        exempt=not view.penalize,
        domain=data.domain,
        degree=view.degree,
        last=MAX_DEGREE,
        folds=view.folds,
        seed=view.seed,
        shuffle=view.shuffle,
    )


def printed(view: Controls, result: Run) -> str:
    """What the snippet prints, from the numbers on the page."""
    series, condition = result.fitted
    lines = [
        " ".join(["mean squared errors:", *(f"{error:.6g}" for error in result.errors[:, view.degree])]),
        " ".join(["coefficients:", *(f"{coefficient:.6g}" for coefficient in series.coef)]),
        f"condition number: {condition:.6g}",
    ]
    if result.folds is not None:
        lines.append(f"{view.folds}-fold mean: {result.folds[:, view.degree].mean():.6g}")
    return "\n".join(lines)


def checked_against_sklearn(view: Controls, result: Run) -> str:
    """How far the curve and the folds are from those of scikit-learn, computed now."""
    data, degree = view.sets, view.degree
    spread = float(np.var(data.training.y)) or 1.0  # the measure where a fit is exact, and its errors are rounding
    theirs = sklearn_predictions(data.training, result.x, degree=degree, domain=data.domain, **view.regression)
    said = "Checked now against scikit-learn: relative to the largest, the curve differs by at most "
    said += f"{_difference(result.curves[degree], theirs, least=spread**0.5):.1g}"
    if result.folds is None:
        return f"{said}."
    folds = sklearn_folds(
        data.training,
        degree=degree,
        folds=view.folds,
        seed=view.seed,
        shuffle=view.shuffle,
        domain=data.domain,
        **view.regression,
    )
    return (
        f"{said}, the errors of the folds by at most {_difference(result.folds[:, degree], folds, least=spread):.1g}."
    )


def _difference(ours: Floats, theirs: Floats, *, least: float) -> float:
    return float(np.abs(ours - theirs).max() / max(np.abs(theirs).max(), least))
