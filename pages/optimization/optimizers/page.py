"""Optimizer trajectories on surfaces over the plane."""

from functools import partial
from typing import Final

import streamlit as st

from demos.optimization import optimizers
from pages.optimization.optimizers import charts, tabs
from pages.optimization.optimizers.compute import Run, Scenery, doors, drawn, run, scenery, table
from pages.optimization.optimizers.controls import Controls
from pages.optimization.optimizers.lesson import MATHEMATICS, READING, REFERENCES, SCENARIOS
from pages.optimization.optimizers.sentences import conclusions, stability
from pages.optimization.optimizers.snippet import checked_against_torch, printed, snippet
from ui import kit
from ui.kit import raster

__all__ = ["SCENARIOS", "Controls"]
CHART: Final = "on surface"
ENTRANTS: Final = tuple(optimizers.ENTRANTS)


def main() -> None:
    """Draw the page."""
    view = Controls.draw()
    pending = kit.scenarios(SCENARIOS, view, reading=READING)
    if pending:
        view = view.but(optimizers=[])  # nobody has walked yet
    scene = scenery(view.f)
    result = run(view, scene.minima)
    on_surface, over_steps = drawn(view, scene, result)
    left, right = st.columns(2, gap="medium")
    with left.container(width=560):  # about as high as it is wide, so that a step downhill crosses the contours
        _surface(view, scene, result, on_surface)
    with right:
        if not view.optimizers:
            told = "The paths appear after your prediction." if pending else "Choose at least one optimizer."
            st.info(told, icon=":material/visibility_off:")
        _over_steps(view, scene, result, over_steps)
    kit.tabs(
        {
            "Derivatives": partial(tabs.derivatives, view, scene),
            "Basins": partial(tabs.basin_maps, view, scene, result),
            "Learning rate": partial(tabs.learning_rates, view, scene),
            "Fair race": partial(tabs.fair_race, view, scene),
        }
    )
    kit.reproduce(
        snippet(view, result),
        printed(view, result),
        sources=(optimizers,),
        table=partial(table, view, result),
        file_name="optimizers.csv",
        check=partial(checked_against_torch, view, result),
    )
    kit.mathematics(MATHEMATICS)
    kit.references(REFERENCES)


def thumbnail() -> str:
    """The first view, small, for the gallery."""
    view = Controls.of()
    scene = scenery(view.f)
    colors = dict(zip(ENTRANTS, kit.palette(), strict=True))
    lines = zip(run(view, scene.minima).paths, (colors[name] for name in view.optimizers), strict=True)
    return kit.thumbnail(view.f.domain, list(lines), image=scene.image)


def _surface(view: Controls, scene: Scenery, result: Run, paths: kit.Columns) -> None:
    x, y = scene.minima.T
    kit.show(
        charts.on_surface(view.f.domain, ENTRANTS, view.optimizers, steps=view.steps, ink=kit.ink()),
        {
            "field": raster.row(scene.image, view.f.domain),
            "minima": {"x": x, "y": y, "f": view.f.value(scene.minima).round(12)},
            "start": {"x": [view.x], "y": [view.y]},
            "paths": paths,
            "exits": doors(view, result),
        },
        key=CHART,
        alt_text=f"Contours of the surface with the paths of {', '.join(view.optimizers) or 'no optimizer'}.",
        on_select=_start_where_clicked,
    )


def _over_steps(view: Controls, scene: Scenery, result: Run, paths: kit.Columns) -> None:
    told = ["\n".join(f"- {sentence}" for sentence in conclusions(view, scene, result)), stability(view.f, view.start)]
    if scene.undefined:
        told.append(f"f is not defined on {scene.undefined:.0%} of the frame, which is left blank.")
    st.markdown("\n\n".join(told))
    if view.optimizers:
        kit.show(
            charts.over_steps(ENTRANTS, steps=view.steps, loss_range=scene.loss_range),
            {"paths": paths},
            key="over steps",
            alt_text="Loss above the lowest known one, and length of the update, against the step.",
        )
        st.caption(
            "f* is the lowest minimum in the frame; close to a minimum means within 2 % of the frame."
            if len(scene.minima)
            else "No isolated minimum was found in the frame: f* = 0 stands in."
        )


def _start_where_clicked() -> None:
    clicked = st.session_state[CHART]["selection"]["start"]
    if clicked:
        st.session_state.update({axis: round(clicked[0][axis], 3) for axis in "xy"})
