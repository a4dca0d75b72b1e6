"""Polynomial fitting: capacity, bias and variance."""

from functools import partial
from typing import Final

import numpy as np
import streamlit as st

from demos.capacity import generalization, polynomial_fitting
from demos.capacity.polynomial_fitting import BASES
from demos.capacity.targets import TARGETS
from pages.capacity import _fitting_charts as charts
from pages.capacity import _fitting_fresh_tabs as fresh
from pages.capacity import _fitting_tabs as tabs
from pages.capacity._fitting_colors import JUDGES, colors
from pages.capacity._fitting_controls import DEFAULTS, MAX_DEGREE, Controls, controls
from pages.capacity._fitting_data import drawn
from pages.capacity._fitting_prose import MATHEMATICS, REFERENCES, SCENARIOS
from pages.capacity._fitting_run import CURVE, Frame, Run, by_degree, frame, points, run, table, view
from pages.capacity._fitting_snippet import checked_against_sklearn, printed, snippet
from pages.capacity._fitting_words import conclusions, legend
from ui.kit import charts as chart
from ui.kit import ending as page
from ui.kit.scenarios import scenarios
from ui.kit.thumbnail import thumbnail

__all__ = ["DEFAULTS", "SCENARIOS", "picture"]
CROWDED: Final = 250  # training points; from there on they are drawn small, and under the curve
NOTHING: Final[chart.Columns] = {"degree": []}


def main() -> None:
    """Draw the page."""
    asked = controls()
    result, shown = run(asked), frame(asked)
    pending = scenarios(SCENARIOS, DEFAULTS, reading=legend(asked, result))
    _pictures(asked, result, shown, pending=pending)
    if not pending:
        _tabs(asked, result, shown)
        page.reproduce(
            snippet(asked, result),
            printed(asked, result),
            sources=(polynomial_fitting, generalization),
            table=partial(table, result),
            file_name="polynomial_fitting.csv",
            check=partial(checked_against_sklearn, asked, result),
        )
    page.mathematics(MATHEMATICS)
    page.references(REFERENCES)


def picture() -> str:
    """The first view of the page, small, as SVG for the gallery."""
    data = drawn(
        DEFAULTS["data"], n=DEFAULTS["n"], noise=DEFAULTS["noise"], design=DEFAULTS["design"], seed=DEFAULTS["seed"]
    )
    ink, color = chart.ink(), dict(colors(JUDGES, JUDGES))["training"]
    x = np.linspace(*data.domain, 200)
    how: polynomial_fitting.Regression = {"basis": BASES[DEFAULTS["basis"]], "ridge": DEFAULTS["ridge"]}
    curve = polynomial_fitting.fit(*data.training, degree=DEFAULTS["degree"], domain=data.domain, **how).series
    truth = TARGETS[DEFAULTS["data"]].value(x)
    return thumbnail(
        (data.domain, (-1.6, 1.6)),
        [(np.stack([x, truth], axis=-1), ink.text), (np.stack([x, curve(x)], axis=-1), color)],
        dots=(np.stack(data.training, axis=-1), color),
    )


def _pictures(asked: Controls, result: Run, shown: Frame, *, pending: bool) -> None:
    chart.show(
        charts.over_degrees(
            shown.domain,
            shown.y,
            shown.unit,
            last=MAX_DEGREE,
            start=DEFAULTS["degree"],
            pieces=CURVE,
            crowded=len(asked.data.training.x) > CROWDED,
            colors=colors(JUDGES, [name for name in JUDGES if name != "test" or asked.data.test is not None]),
            ink=chart.ink(),
        ),
        {
            "view": view(asked, result, shown),
            "points": points(asked, shown),
            "degrees": NOTHING if pending else by_degree(asked, result, shown),
        },
        key="over degrees",
        alt_text="The points with the fit of one degree, and the errors of all degrees.",
    )
    if pending:
        st.info("The fits appear after your prediction.", icon=":material/visibility_off:")
    else:
        st.markdown("\n".join(f"- {sentence}" for sentence in conclusions(asked, result)))


def _tabs(asked: Controls, result: Run, shown: Frame) -> None:
    for tab, show in zip(
        st.tabs(
            ["Coefficients", "Bias and variance", "Sample size", "Weight decay", "Double descent"],
            key="tab",
            on_change="rerun",
            bind="query-params",
        ),
        (
            partial(tabs.coefficients, asked, result),
            partial(fresh.bias_and_variance, asked, shown),
            partial(fresh.sample_size, asked, shown),
            partial(tabs.weight_decay, asked, result, shown),
            partial(fresh.descending_twice, asked),
        ),
        strict=True,
    ):
        if tab.open:
            with tab:
                show()


if __name__ == "__main__":
    main()
