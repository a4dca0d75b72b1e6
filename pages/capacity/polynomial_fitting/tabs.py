"""The tabs of the polynomial page that are about the points at hand. Each computes when it is open."""

from typing import Final

import numpy as np
import streamlit as st
from numpy.polynomial import Polynomial

from demos.capacity.generalization import ridge_path
from demos.capacity.polynomial_fitting import BASES, fit
from demos.capacity.targets import Floats
from pages.capacity.polynomial_fitting import tab_charts as charts
from pages.capacity.polynomial_fitting.colors import JUDGES, colors
from pages.capacity.polynomial_fitting.compute import JUDGED, Frame, Run
from pages.capacity.polynomial_fitting.controls import RIDGES, Controls
from pages.capacity.polynomial_fitting.sentences import number
from ui import kit

COMPARED: Final = (1, 3, 9)  # degrees whose coefficients are compared, as in Bishop's table 1.1
PATH: Final = np.geomspace(RIDGES[1], RIDGES[-1], 57)


def coefficients(view: Controls, result: Run) -> None:
    """The chosen fit in powers of x and in its basis, and how the coefficients grow with the degree."""
    own = np.asarray(result.fitted.series.coef, dtype=float)
    powers = {degree: _powers(view, degree) for degree in sorted({*COMPARED, view.degree})}
    both = zip(powers[view.degree], own, strict=True)
    rows = [f"| {k} | {_cell(power)} | {_cell(other)} |" for k, (power, other) in enumerate(both)]
    st.markdown("\n".join([f"| k | of xᵏ | of {view.basis} k |", "|---:|---:|---:|", *rows]))
    largest = ", ".join(f"degree {degree}: {_cell(np.abs(each).max())}" for degree, each in powers.items())
    st.markdown(
        f"The largest in powers of x, {largest}. In the {view.basis} basis, on the domain mapped to [−1, 1], that "
        f"of degree {view.degree} is {_cell(np.abs(own).max())}; there λ acts, and the condition number is "
        f"{result.fitted.condition:.3g}."
    )


def _powers(view: Controls, degree: int) -> Floats:
    data = view.sets
    series = fit(*data.training, degree=degree, domain=data.domain, **view.regression).series
    powers = np.asarray(series.convert(kind=Polynomial, domain=[-1, 1], window=[-1, 1]).coef, dtype=float)
    return np.pad(powers, (0, degree + 1 - len(powers)))  # convert trims zeros


def _cell(value: float) -> str:
    return f"{value:,.2f}" if 0.01 <= abs(value) < 1e8 else f"{value + 0:.3g}"


def weight_decay(view: Controls, result: Run, shown: Frame) -> None:
    """Errors and coefficients against λ."""
    data, degree = view.sets, view.degree
    path = ridge_path(
        data.training,
        data.judges,
        ridges=[0.0, *PATH.tolist()],
        degree=degree,
        basis=BASES[view.basis],
        domain=data.domain,
        exempt_constant=not view.penalize,
    )
    chosen = {"ridge": [view.ridge] if view.ridge else []}
    errors = dict(zip(JUDGED, path.errors[:, 1:], strict=False))
    ends = float(PATH[0]), float(PATH[-1])
    left, right = st.columns(2, gap="medium")
    with left:
        kit.show(
            charts.path_errors(ends, shown.unit, colors=colors(JUDGES, errors), ink=kit.ink()),
            {"path": {"ridge": PATH, **errors}, "chosen": chosen},
            key="path errors",
            alt_text="Training, validation and test error of the chosen degree against weight decay.",
        )
        st.caption(f"Errors of degree {degree}. The dashed line: the λ of the sidebar, unless it is 0.")
    with right:
        kit.show(
            charts.path_coefficients(ends, _outward(float(np.abs(path.coefficients[1:]).max())), ink=kit.ink()),
            {
                "coefficients": {
                    "ridge": np.repeat(PATH, degree + 1),
                    "k": np.tile(np.arange(degree + 1), len(PATH)),
                    "coefficient": path.coefficients[1:].ravel(),
                },
                "chosen": chosen,
            },
            key="path coefficients",
            alt_text="The coefficients of the chosen degree against weight decay.",
        )
        st.caption(f"Its {view.basis} coefficients.")
    y, best = data.training.y, 1 + int(np.argmin(path.errors[1, 1:]))
    if view.penalize:
        limit = f"all coefficients go to 0, and the training error to the mean of y², {number(float(np.mean(y**2)))}"
    else:
        limit = (
            "the coefficient of 1 goes to the mean of y, the others to 0, and the training error to the variance of y, "
            f"{number(float(np.var(y)))}"
        )
    edge = ", the end of what is shown" if best in (1, len(PATH)) else ""
    least = path.errors[0, 0] if path.errors[0, 0] > result.rounding else 0.0
    st.markdown(
        f"- **λ → 0** is least squares: {path.freedom[0]:.3g} effective degrees of freedom, training error "
        f"{number(least)}. **λ → ∞**: {limit}.\n"
        f"- The validation error is lowest, {number(path.errors[1, best])}, at λ = {PATH[best - 1]:.2g}{edge}, where "
        f"{path.freedom[best]:.3g} effective degrees of freedom are left."
    )


def _outward(value: float) -> float:
    """The next power of ten, so that the axis changes seldom."""
    return float(10.0 ** np.ceil(np.log10(value))) if value else 1.0
