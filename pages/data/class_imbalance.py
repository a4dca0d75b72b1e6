"""Class imbalance: what resampling does to a classifier, and what it does not."""

from functools import partial
from typing import Final

import numpy as np
import streamlit as st

from demos.data import class_imbalance, methods, resampling
from demos.data.samples import make_data
from pages.data import _imbalance_charts as charts
from pages.data import _imbalance_run as runs
from pages.data import _imbalance_tabs as tabs
from pages.data._imbalance_controls import DEFAULTS, SIDES, Controls, controls
from pages.data._imbalance_prose import MATHEMATICS, READING, REFERENCES, SCENARIOS
from pages.data._imbalance_snippet import printed, snippet
from pages.data._imbalance_words import conclusions
from ui.kit import charts as chart
from ui.kit import ending as frame
from ui.kit import raster
from ui.kit.plain import literal
from ui.kit.scenarios import scenarios
from ui.kit.thumbnail import thumbnail

__all__ = ["DEFAULTS", "SCENARIOS", "picture"]
SHADES: Final = 12
SLICE: Final = (
    "There are more than two features: the picture is the plane of the first two principal components, and the "
    "regions are those on it, with everything else at its mean."
)


def main() -> None:
    """Draw the page."""
    asked = controls()
    pending = scenarios(SCENARIOS, DEFAULTS, reading=READING)
    try:
        result = runs.run(asked)
    except ValueError as error:
        st.error(literal(str(error)), icon=":material/balance:")
    else:
        _view(asked, result, pending=pending)
    frame.mathematics(MATHEMATICS)
    frame.references(REFERENCES)


def picture() -> str:
    """The first view of the page, small, as SVG for the gallery: both classes."""
    keys = ("rows", "ratio", "overlap", "label_noise", "seed")
    x, y = make_data(shape=DEFAULTS["data"], **{key: DEFAULTS[key] for key in keys})
    colors = dict(kinds())
    window = runs.Plane(np.array([-5.0, -3.2]), np.array([5.0, 3.2]), None, None)
    image = runs.dots([(x[y == 0], 0)], window, [colors["majority"]])
    few = x[y == 1][:40]
    return thumbnail(((-5.0, 5.0), (-3.2, 3.2)), [], image=image, dots=(few, colors["minority"]))


def _view(asked: Controls, result: runs.Run, *, pending: bool) -> None:
    _pictures(asked, result, pending=pending)
    if pending:
        return
    tabs.draw(asked, result)
    frame.reproduce(
        snippet(asked),
        printed(asked, result),
        sources=(class_imbalance, methods, resampling),
        table=partial(runs.table, result),
        file_name="class_imbalance.csv",
    )


def kinds() -> chart.Colors:
    """Of the training rows, in the theme that the reader sees."""
    palette, ink = chart.palette(), chart.ink()
    removed = raster.blend([ink.paper, ink.text], 4)[1]
    return tuple(
        zip(("majority", "minority", "new", "removed"), (palette[1], palette[5], palette[3], removed), strict=True)
    )


def _pictures(asked: Controls, result: runs.Run, *, pending: bool) -> None:
    palette, ink = chart.palette(), chart.ink()
    shown = result._replace(outcomes=dict.fromkeys(SIDES, "")) if pending else result
    shades = raster.blend([ink.paper, palette[5]], 2 * SHADES)[:SHADES]
    chart.show(
        charts.at_threshold(kinds=kinds(), sides=tuple(zip(SIDES, (palette[6], palette[4]), strict=True)), ink=ink),
        {
            "images": runs.images(shown, [color for _, color in kinds()], shades),
            "boundaries": runs.boundaries(shown, ink),
            "lines": runs.lines(shown, k_neighbors=asked.k_neighbors),
            "titles": runs.titles(asked, shown),
            "curves": runs.curves(shown),
            "thresholds": runs.thresholds(shown),
        },
        key="at a threshold",
        alt_text="The training rows and decision regions of both methods, their ROC and precision–recall curves, "
        "and their confusion matrices at one threshold.",
    )
    if pending:
        st.info("The models appear after your prediction.", icon=":material/visibility_off:")
        return
    told = "\n".join(f"- {each}" for each in conclusions(asked, result))
    st.markdown(told if result.window.to_plane is None else f"{told}\n\n{SLICE}")


if __name__ == "__main__":
    main()
