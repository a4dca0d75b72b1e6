"""Receptive fields: what a unit of any network sees of its input."""

from functools import partial
from typing import Final

import numpy as np
import streamlit as st

from demos.convolution import fields, receptive_field
from pages.convolution.receptive_field import charts, effective_tab, photos, tabs, training_tab
from pages.convolution.receptive_field.compute import Run, Shown, run, table, traced
from pages.convolution.receptive_field.controls import Controls
from pages.convolution.receptive_field.frames import frames, unit_map, where
from pages.convolution.receptive_field.lesson import MATHEMATICS, READING, REFERENCES, SCENARIOS
from pages.convolution.receptive_field.sentences import conclusions, named, sentences
from pages.convolution.receptive_field.snippet import checked_by_autograd, printed, snippet
from ui import kit
from ui.kit import raster
from ui.kit.plain import literal

__all__ = ["SCENARIOS", "Controls"]
NOTHING: Final[kit.Columns] = {"place": []}


def main() -> None:
    """Draw the page."""
    view = Controls.draw()
    pending = kit.scenarios(SCENARIOS, view, reading=READING)
    view.say_what_is_shown()
    result = run(view)
    _picture(view, result, pending=pending)
    if result.network.refusal:
        st.error(literal(result.network.refusal), icon=":material/straighten:")
        st.caption("Shown are the layers before it. On *Architectures layer by layer* you find the sizes that work.")
    if pending:
        st.info("The fields appear after your prediction.", icon=":material/visibility_off:")
    else:
        _sentences(view, result)
        kit.tabs(
            {
                "Layers": partial(tabs.layers, result),
                "Small kernels": partial(tabs.small_kernels, view),
                "Effective field": partial(effective_tab.effective_field, view, result),
                "Training": partial(training_tab.training, view),
                "One dimension": partial(tabs.one_dimension, view, result),
                "Borders": partial(tabs.borders, result),
            }
        )
        kit.reproduce(
            snippet(view, result),
            printed(result),
            sources=(fields, receptive_field),
            table=partial(table, result),
            file_name="receptive_field.csv",
            check=partial(checked_by_autograd, view, result),
        )
    kit.mathematics(MATHEMATICS)
    kit.references(REFERENCES)


def thumbnail() -> str:
    """The first view, small, for the gallery: fields of every pooling around the middle."""
    view = Controls.of()
    size = float(view.size)
    lines = []
    for shown in traced(view.text, view.input_shape).shown[:16]:
        if shown.name != "MaxPool2d":
            continue
        along = shown.fields[0]
        unit = fields.nearest(along, size / 2)
        low, high = along.low[unit], along.high[unit] + 1
        corners = np.array([(low, low), (high, low), (high, high), (low, high), (low, low)])
        lines.append((corners, kit.palette()[1]))
    reach = size * 0.5 * 320 / 200
    domain = ((size / 2 - reach, size / 2 + reach), (0.0, size))
    return kit.thumbnail(domain, lines, image=photos.built_in(view.photo))


def _picture(view: Controls, result: Run, *, pending: bool) -> None:
    kit.show(
        charts.through_layers(max(1, len(result.looks)), colors=charts.colors(), ink=kit.ink()),
        {
            "view": where(view, result),
            "frames": NOTHING if pending else frames(view, result.looks, dict(charts.colors())["effective"]),
        },
        key="through layers",
        alt_text="The input with the theoretical, the measured and the effective field of one unit, and the growth "
        "of field, jump and effective width over the layers.",
        on_select=_choose_place,
    )


def _sentences(view: Controls, result: Run) -> None:
    left, right = st.columns([3, 2], gap="medium")
    left.markdown(sentences(conclusions(view, result)))
    seen = result.chosen
    if seen is None:
        return
    colors, ink = dict(charts.colors()), kit.ink()
    with right:
        kit.show(
            charts.feature_map(color=colors["effective"], ink=ink),
            {"view": unit_map(seen, raster.blend([ink.paper, colors["theoretical"]], 12))},
            key="units",
            alt_text="The units of the layer, stronger in colour the more padding each sees, and the chosen one.",
            on_select=partial(_choose_unit, seen.shown),
        )
        st.caption(f"The feature map of {named(result, seen)}: the stronger the colour, the more padding a unit sees.")


def _choose_place() -> None:
    """Look at where the reader clicked on the picture."""
    clicked = _clicked("through layers")
    if clicked:
        _look_at(clicked["down"], clicked["right"])


def _choose_unit(shown: Shown) -> None:
    """Look at the middle of the field of the unit that the reader clicked."""
    clicked = _clicked("units")
    if clicked:
        shares = []
        for along, cells, share in zip(
            shown.fields, shown.reached, (clicked["down"], clicked["right"])[-len(shown.fields) :], strict=True
        ):
            unit = int(share * len(along.low))
            shares.append((float(along.low[unit] + along.high[unit]) / 2 + 0.5) / cells.shape[1])
        _look_at(*(0.5, *shares)[-2:])


def _clicked(key: str) -> dict[str, float] | None:
    points: list[dict[str, float]] = st.session_state[key]["selection"][charts.POINT]
    return points[0] if points else None


def _look_at(down: float, right: float) -> None:
    for key, share in (("row", down), ("column", right)):
        st.session_state[key] = min(100.0, max(0.0, round(200 * share) / 2))
