"""Optimizer trajectories on surfaces over the plane."""

from functools import partial
from typing import Final

import streamlit as st

from demos.optimization import optimizers
from demos.optimization.surfaces import SURFACES
from pages.optimization import _optimizers_charts as charts
from pages.optimization import _optimizers_tabs as tabs
from pages.optimization._optimizers_controls import DEFAULTS, ENTRANTS, Controls, controls
from pages.optimization._optimizers_prose import MATHEMATICS, REFERENCES, SCENARIOS
from pages.optimization._optimizers_run import Run, Scenery, drawn, exits, run, scenery, table
from pages.optimization._optimizers_snippet import checked_against_torch, printed, snippet
from pages.optimization._optimizers_words import conclusions, stability
from ui import chart, frame, raster
from ui.scenarios import scenarios
from ui.thumbnail import thumbnail

__all__ = ["DEFAULTS", "SCENARIOS", "picture"]
CHART: Final = "on surface"


def main() -> None:
    """Draw the page."""
    view = controls()
    pending = scenarios(SCENARIOS, DEFAULTS)
    if pending:
        view = view._replace(names=())  # nobody has walked yet
    scene = scenery(view.surface, tuple(chart.palette("chartSequentialColors")))
    result = run(view, scene.minima)
    _pictures(view, scene, result, pending=pending)
    _tabs(view, scene, result)
    frame.reproduce(
        snippet(view, result),
        printed(view, result),
        sources=(optimizers,),
        table=partial(table, view, result),
        file_name="optimizers.csv",
        check=partial(checked_against_torch, view, result),
    )
    frame.mathematics(MATHEMATICS)
    frame.references(REFERENCES)


def picture() -> str:
    """The first view of the page, small, as SVG for the gallery."""
    surface = SURFACES[DEFAULTS["surface"]]
    scene = scenery(surface, tuple(chart.palette("chartSequentialColors")))
    colors = dict(zip(ENTRANTS, chart.palette("chartCategoricalColors"), strict=True))
    paths = {
        name: optimizers.descend(
            optimizers.OPTIMIZERS[name], surface.gradient, surface.start, lr=DEFAULTS["lr"], steps=DEFAULTS["steps"]
        )
        for name in DEFAULTS["optimizers"]
    }
    return thumbnail(surface.domain, [(path, colors[name]) for name, path in paths.items()], image=scene.image)


def _pictures(view: Controls, scene: Scenery, result: Run, *, pending: bool) -> None:
    domain = view.surface.domain
    on_surface, over_steps = drawn(view, scene, result)
    left, right = st.columns(2, gap="medium")
    # The surface is about as high as it is wide, so that a step downhill is seen crossing the contours.
    with left.container(width=560):
        chart.show(
            charts.on_surface(domain, tuple(ENTRANTS), view.names, steps=view.steps, ink=chart.ink()),
            {
                "field": raster.row(scene.image, domain),
                "minima": {"x": scene.minima[:, 0], "y": scene.minima[:, 1]},
                "start": {"x": view.start[:1], "y": view.start[1:]},
                "paths": on_surface,
                "exits": exits(view, result),
            },
            key=CHART,
            alt_text=f"Contours of the surface with the paths of {', '.join(view.names) or 'no optimizer'}.",
            on_select=_start_where_clicked,
        )
        st.caption(
            "Click the surface to start there. The closer to the page's background, the lower. White crosses: minima. "
            "Diamonds: the step at which a path leaves the frame for good. At the shown step: dashed, the direction of "
            "steepest descent; solid, the update that follows."
        )
    with right:
        if pending:
            st.info("The paths appear after your prediction.", icon=":material/visibility_off:")
        elif not view.names:
            st.info("Choose at least one optimizer in the sidebar.", icon=":material/touch_app:")
        st.markdown("\n".join(f"- {sentence}" for sentence in conclusions(view, scene, result)))
        if scene.undefined:
            st.markdown(f"f is not defined on {scene.undefined:.0%} of the frame, which is left blank.")
        st.markdown(stability(view.surface, view.start))
        if view.names:
            chart.show(
                charts.over_steps(tuple(ENTRANTS), steps=view.steps, loss_range=scene.loss_range),
                {"paths": over_steps},
                key="over steps",
                alt_text="Loss above the lowest known one, and length of the update, against the step.",
            )
            st.caption(
                "f* is the lowest minimum in the frame; close to a minimum means within 2 % of the frame."
                if len(scene.minima)
                else "No isolated minimum was found in the frame: f* = 0 stands in."
            )


def _tabs(view: Controls, scene: Scenery, result: Run) -> None:
    derivatives, basins, rates, race = st.tabs(
        ["Derivatives", "Basins", "Learning rate", "Fair race"], key="tab", on_change="rerun", bind="query-params"
    )
    if derivatives.open:
        with derivatives:
            tabs.derivatives(view, scene)
    for tab, show in (
        (basins, partial(tabs.basin_maps, view, scene, result)),
        (rates, partial(tabs.learning_rates, view, scene)),
        (race, partial(tabs.fair_race, view, scene)),
    ):
        if tab.open:
            with tab:
                show() if view.names else st.caption("Nobody has walked yet.")


def _start_where_clicked() -> None:
    clicked = st.session_state[CHART]["selection"]["start"]
    if clicked:
        st.session_state["x"], st.session_state["y"] = clicked[0]["x"], clicked[0]["y"]


if __name__ == "__main__":
    main()
