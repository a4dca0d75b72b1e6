"""The conclusions of the polynomial page: sentences made from the numbers, so that they cannot go stale."""

from typing import Final

import numpy as np

from demos.capacity.generalization import effective_degrees
from demos.capacity.targets import Floats
from pages.capacity._fitting_controls import Controls
from pages.capacity._fitting_run import JUDGED, Run

CLOSE: Final = 1.1  # times the lowest error counts as equally good
NEGLIGIBLE: Final = 1e-6  # of the mean of y²: a difference of errors that nobody sees


def conclusions(controls: Controls, result: Run) -> list[str]:
    """What the view shows, a sentence or two each."""
    said = [verdict(controls, result), selection(controls, result)]
    count, n = controls.degree + 1, len(controls.data.training.x)
    if controls.ridge:
        free = effective_degrees(
            controls.data.training.x, degree=controls.degree, domain=controls.data.domain, **controls.regression
        )
        said.append(
            f"λ = {controls.ridge:g} leaves {free:.3g} of {min(count, n)} effective degrees of freedom: as many "
            "coefficients as would fit this freely without λ."
        )
    elif count == n:
        said.append(
            f"{count} coefficients for {n} points: one polynomial of at most degree {count - 1} passes through all."
        )
    elif count > n:
        said.append(
            f"{count} coefficients for {n} points: of all the polynomials of at most degree {count - 1} through them "
            f"this one has the smallest coefficients in the basis {controls.basis}."
        )
    noise = controls.data.truth.noise if controls.data.truth else 0
    if noise:
        said.append(f"The noise alone makes σ² = {noise**2:.3g}: on new points no curve gets below it on average.")
    return said


def verdict(controls: Controls, result: Run) -> str:
    """Whether the chosen degree underfits, overfits, or neither, compared with the best one."""
    degree = controls.degree
    judge, new = judged(result)
    training, best = result.judged[0], int(np.argmin(new))
    known = dict(zip(JUDGED, result.judged, strict=False)) | {judge: new}
    errors = ", ".join(f"{name} error {number(error[degree])}" for name, error in known.items()).capitalize()
    there = f"Degree {best}{at_lambda(controls)}: training {number(training[best])}, {judge} {number(new[best])}."
    if new[degree] <= CLOSE * new[best] + NEGLIGIBLE * result.scale:
        return f"**Degree {degree}** is as good as any{at_lambda(controls)}. {errors}. {there}"
    if training[degree] > training[best]:
        return f"**Degree {degree} underfits**: training and {judge} error are both too high. {errors}. {there}"
    return f"**Degree {degree} overfits**: the training error is low, the {judge} error high. {errors}. {there}"


def judged(result: Run) -> tuple[str, Floats]:
    """The best measure there is of the error on new points, by name: the test set, else cross-validation."""
    _, validation, *test = result.judged
    if test:
        return "test", test[0]
    return ("validation", validation) if result.folds is None else ("cross-validation", result.cross_validated[0])


def at_lambda(controls: Controls) -> str:
    """With which λ degrees are compared, if there is one."""
    return f" with λ = {controls.ridge:g}" if controls.ridge else ""


def selection(controls: Controls, result: Run) -> str:
    """Which degree cross-validation chooses, which the test set would, and what the difference costs."""
    if result.folds is None:
        return (
            f"**No cross-validation:** {controls.folds} folds need at least as many training points, and there are "
            f"{len(controls.data.training.x)}. Choose fewer folds or more points."
        )
    mean, _ = result.cross_validated
    chosen = int(np.argmin(mean))
    how = "" if controls.shuffle else " without shuffling, so that folds are intervals of x,"
    said = f"**{controls.folds}-fold cross-validation**{how} chooses degree **{chosen}** ({number(mean[chosen])})"
    _, validation, *known = result.judged
    if not known:
        return f"{said}; the validation set would choose **{int(np.argmin(validation))}**."
    test = known[0]
    best = int(np.argmin(test))
    if test[chosen] <= test[best]:
        return f"{said}, and the test set agrees: its test error is {number(test[chosen])}."
    return (
        f"{said}, the test set **{best}**: {abs(chosen - best)} apart. Its test error is {number(test[chosen])}; the "
        f"lowest is {number(test[best])}."
    )


def legend(controls: Controls, result: Run) -> str:
    """What is drawn, for those who ask."""
    if controls.data.truth is None:
        band = f"{result.sets} random subsets of the training points"
        origin = "A random quarter of your points is held out for validation; another *Seed* holds out others. "
    else:
        band, origin = f"{result.sets} fresh training sets", "The dashed curve is the truth. "
    return (
        f"{origin}The faint points are for validation, and the band is the middle 80 % of the fits to {band}. "
        "Triangles stand at the edge for what is beyond it. In the right chart the dotted lines are σ², if known, and "
        "the degree with as many coefficients as training points; the bars are the spread of the folds over √K. "
        "*Degree shown* follows your hand through all degrees, and *Play* runs through them; the text is about the "
        "degree of the sidebar."
    )


def number(value: float) -> str:
    """An error as it is printed."""
    return f"{value:.3g}"
