"""Polynomial fitting: capacity, bias and variance."""

from functools import partial
from typing import Final

import numpy as np
import streamlit as st

from demos.capacity import generalization, polynomial_fitting
from demos.capacity.polynomial_fitting import fit
from demos.capacity.targets import TARGETS
from pages.capacity.polynomial_fitting import charts, fresh_tabs, tabs
from pages.capacity.polynomial_fitting.colors import JUDGES, colors
from pages.capacity.polynomial_fitting.compute import CURVE, Frame, Run, by_degree, frame, points, row, run, table
from pages.capacity.polynomial_fitting.controls import MAX_DEGREE, Controls
from pages.capacity.polynomial_fitting.lesson import MATHEMATICS, REFERENCES, SCENARIOS
from pages.capacity.polynomial_fitting.sentences import conclusions, legend
from pages.capacity.polynomial_fitting.snippet import checked_against_sklearn, printed, snippet
from ui import kit

__all__ = ["SCENARIOS", "Controls"]
CROWDED: Final = 250  # training points; from there on they are drawn small, and under the curve
NOTHING: Final[kit.Columns] = {"degree": []}


def main() -> None:
    """Draw the page."""
    view = Controls.draw()
    result, shown = run(view), frame(view)
    pending = kit.scenarios(SCENARIOS, view, reading=legend(view, result))
    _picture(view, result, shown, pending=pending)
    if pending:
        st.info("The fits appear after your prediction.", icon=":material/visibility_off:")
    else:
        st.markdown("\n".join(f"- {sentence}" for sentence in conclusions(view, result)))
        kit.tabs(
            {
                "Coefficients": partial(tabs.coefficients, view, result),
                "Bias and variance": partial(fresh_tabs.bias_and_variance, view, shown),
                "Sample size": partial(fresh_tabs.sample_size, view, shown),
                "Weight decay": partial(tabs.weight_decay, view, result, shown),
                "Double descent": partial(fresh_tabs.descending_twice, view),
            }
        )
        kit.reproduce(
            snippet(view, result),
            printed(view, result),
            sources=(polynomial_fitting, generalization),
            table=partial(table, result),
            file_name="polynomial_fitting.csv",
            check=partial(checked_against_sklearn, view, result),
        )
    kit.mathematics(MATHEMATICS)
    kit.references(REFERENCES)


def _picture(view: Controls, result: Run, shown: Frame, *, pending: bool) -> None:
    kit.show(
        charts.over_degrees(
            shown.domain,
            shown.y,
            shown.unit,
            last=MAX_DEGREE,
            start=Controls.defaults()["degree"],
            pieces=CURVE,
            crowded=len(view.sets.training.x) > CROWDED,
            colors=colors(JUDGES, [name for name in JUDGES if name != "test" or view.sets.test is not None]),
            ink=kit.ink(),
        ),
        {
            "view": row(view, result, shown),
            "points": points(view, shown),
            "degrees": NOTHING if pending else by_degree(view, result, shown),
        },
        key="over degrees",
        alt_text="The points with the fit of one degree, and the errors of all degrees.",
    )


def thumbnail() -> str:
    """The first view, small, for the gallery."""
    view = Controls.of()
    data, color = view.sets, dict(colors(JUDGES, JUDGES))["training"]
    x = np.linspace(*data.domain, 200)
    curve = fit(*data.training, degree=view.degree, domain=data.domain, **view.regression).series
    truth = TARGETS[view.data].value(x)
    return kit.thumbnail(
        (data.domain, (-1.6, 1.6)),
        [(np.stack([x, truth], axis=-1), kit.ink().text), (np.stack([x, curve(x)], axis=-1), color)],
        dots=(np.stack(data.training, axis=-1), color),
    )
