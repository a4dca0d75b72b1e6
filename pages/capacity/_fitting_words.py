"""The conclusions of the polynomial page: sentences made from the numbers, so that they cannot go stale."""

from typing import Final

import numpy as np

from demos.capacity.generalization import effective_degrees
from pages.capacity._fitting_controls import Controls
from pages.capacity._fitting_run import Run

CLOSE: Final = 1.1  # times the lowest error: as good, for the points there are


def conclusions(controls: Controls, result: Run) -> list[str]:
    """What the view shows, a sentence or two each."""
    said = [verdict(controls, result), selection(controls, result)]
    count, n = controls.degree + 1, len(controls.data.training.x)
    if controls.ridge:
        free = effective_degrees(
            controls.data.training.x, degree=controls.degree, domain=controls.data.domain, **controls.regression
        )
        said.append(f"λ = {controls.ridge:g} leaves {free:.3g} of {min(count, n)} effective degrees of freedom.")
    elif count == n:
        said.append(f"{count} coefficients for {n} points: one curve passes through all of them, and this is it.")
    elif count > n:
        said.append(
            f"{count} coefficients for {n} points: of all the curves through them this is the one with the smallest "
            f"{controls.basis} coefficients."
        )
    if controls.data.truth is not None:
        noise = controls.data.truth.noise
        said.append(f"The noise alone makes σ² = {noise**2:.3g}: on new points no curve is expected to get below it.")
    return said


def verdict(controls: Controls, result: Run) -> str:
    """On which side of the U the chosen degree is."""
    degree = controls.degree
    training, validation, *_ = result.judged
    best = int(np.argmin(validation))
    lowest, here = validation[best], validation[degree]
    errors = f"training error {number(training[degree])}, validation error {number(here)}"
    if degree == best:
        return f"**Degree {degree}** has the lowest validation error of all: {errors}."
    if here <= CLOSE * lowest:
        return f"**Degree {degree}** is as good as any: {errors}, and the lowest is {number(lowest)} at degree {best}."
    other = f"{here / lowest:,.3g} times that of degree {best}" if lowest else f"and that of degree {best} is 0"
    if degree < best:
        return f"**Degree {degree} underfits**: both errors are high. {errors.capitalize()}, {other}."
    return f"**Degree {degree} overfits**: only the training error is low. {errors.capitalize()}, {other}."


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
        return f"{said}; the validation set, degree **{int(np.argmin(validation))}**."
    test = known[0]
    best = int(np.argmin(test))
    if chosen == best:
        return f"{said}, and so does the test set ({number(test[best])})."
    return (
        f"{said}, the test set **{best}**: {abs(chosen - best)} apart. On the test set the choice of cross-validation "
        f"has {number(test[chosen])}, the best degree {number(test[best])}."
    )


def number(value: float) -> str:
    """An error as it is printed."""
    return f"{value:.3g}"
