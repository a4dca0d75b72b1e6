"""Class imbalance: what resampling does to a classifier, and what it does not."""

from functools import partial
from typing import Final

import numpy as np
import streamlit as st

from demos.data import class_imbalance, methods, resampling
from demos.data.samples import make_data
from pages.data.class_imbalance import charts, scores_tab, tabs
from pages.data.class_imbalance.compute import Plane, Run, run, table
from pages.data.class_imbalance.controls import SIDES, Controls
from pages.data.class_imbalance.lesson import MATHEMATICS, READING, REFERENCES, SCENARIOS, SLICE
from pages.data.class_imbalance.picture import dots, tables
from pages.data.class_imbalance.sentences import conclusions
from pages.data.class_imbalance.snippet import printed, snippet
from ui import kit
from ui.kit import raster
from ui.kit.charts import Colors
from ui.kit.plain import literal

__all__ = ["SCENARIOS", "Controls"]
SHADES: Final = 12


def main() -> None:
    """Draw the page."""
    view = Controls.draw()
    pending = kit.scenarios(SCENARIOS, view, reading=READING)
    try:
        result = run(view)
    except ValueError as error:
        st.error(literal(str(error)), icon=":material/balance:")
    else:
        _view(view, result, pending=pending)
    kit.mathematics(MATHEMATICS)
    kit.references(REFERENCES)


def thumbnail() -> str:
    """The first view of the page, small, for the gallery: both classes."""
    view = Controls.of()
    shape, rows, ratio, overlap, label_noise = view.made
    x, y = make_data(shape=shape, rows=rows, ratio=ratio, overlap=overlap, label_noise=label_noise, seed=view.seed)
    colors = dict(kinds())
    window = Plane(np.array([-5.0, -3.2]), np.array([5.0, 3.2]), None, None)
    image = dots([(x[y == 0], 0)], window, [colors["majority"]])
    return kit.thumbnail(((-5.0, 5.0), (-3.2, 3.2)), [], image=image, dots=(x[y == 1][:40], colors["minority"]))


def kinds() -> Colors:
    """Of the training rows, in the theme that the reader sees."""
    palette, ink = kit.palette(), kit.ink()
    removed = raster.blend([ink.paper, ink.text], 4)[1]
    return tuple(
        zip(("majority", "minority", "new", "removed"), (palette[1], palette[5], palette[3], removed), strict=True)
    )


def _view(view: Controls, result: Run, *, pending: bool) -> None:
    shown = result._replace(outcomes=dict.fromkeys(SIDES, "")) if pending else result
    palette, ink = kit.palette(), kit.ink()
    kit.show(
        charts.at_threshold(kinds=kinds(), sides=tuple(zip(SIDES, (palette[6], palette[4]), strict=True)), ink=ink),
        tables(
            view.methods,
            shown,
            colors=[color for _, color in kinds()],
            shades=raster.blend([ink.paper, palette[5]], 2 * SHADES)[:SHADES],
            k_neighbors=view.k_neighbors,
        ),
        key="at a threshold",
        alt_text="The training rows and decision regions of both methods, their confusion matrices at one threshold "
        "each, and their ROC and precision–recall curves.",
    )
    if pending:
        st.info("The models appear after your prediction.", icon=":material/visibility_off:")
        return
    st.markdown("\n".join(f"- {each}" for each in conclusions(view, result)))
    if result.window.to_plane is not None:
        st.caption(SLICE)
    kit.tabs(
        {
            "Scores": partial(scores_tab.scores, view, result),
            "Calibration": partial(tabs.calibration, result),
            "Leakage": partial(tabs.leakage, view),
            "Costs": partial(tabs.costs, view, result),
            "Ensembles": partial(tabs.ensembles, view, result),
        }
    )
    kit.reproduce(
        snippet(view),
        printed(view, result),
        sources=(class_imbalance, methods, resampling),
        table=partial(table, result),
        file_name="class_imbalance.csv",
    )
