"""Receptive fields: what a unit of any network sees of its input."""

from functools import partial
from typing import Final

import numpy as np
import streamlit as st

from demos.convolution import fields, receptive_field
from demos.convolution.network import NETWORKS
from pages.convolution import _field_charts as charts
from pages.convolution import _field_tabs as tabs
from pages.convolution._field_controls import DEFAULTS, Controls, controls
from pages.convolution._field_photos import built_in
from pages.convolution._field_prose import MATHEMATICS, READING, REFERENCES, SCENARIOS
from pages.convolution._field_run import Run, Shown, frames, run, table, traced, unit_map, view
from pages.convolution._field_snippet import checked_by_autograd, printed, snippet
from pages.convolution._field_words import conclusions, named, sentences
from ui.kit import charts as chart
from ui.kit import ending as frame
from ui.kit import raster
from ui.kit.plain import literal
from ui.kit.scenarios import scenarios
from ui.kit.thumbnail import thumbnail

__all__ = ["DEFAULTS", "SCENARIOS", "picture"]
NOTHING: Final[chart.Columns] = {"place": []}


def main() -> None:
    """Draw the page."""
    asked = controls()
    pending = scenarios(SCENARIOS, DEFAULTS, reading=READING)
    result = run(asked)
    if result.network.refusal:
        st.error(literal(result.network.refusal), icon=":material/straighten:")
        st.caption("Shown are the layers before it. On *Architectures layer by layer* you find the sizes that work.")
    _pictures(asked, result, pending=pending)
    if not pending:
        tabs.draw(asked, result)
        frame.reproduce(
            snippet(asked, result),
            printed(result),
            sources=(fields, receptive_field),
            table=partial(table, result),
            file_name="receptive_field.csv",
            check=partial(checked_by_autograd, asked, result),
        )
    frame.mathematics(MATHEMATICS)
    frame.references(REFERENCES)


def picture() -> str:
    """The first view of the page, small, as SVG for the gallery: fields of every pooling around the middle."""
    preset = NETWORKS[DEFAULTS["network"]]
    size = float(DEFAULTS["size"])
    lines = []
    for shown in traced(preset.code, preset.input_shape).shown[:16]:
        if shown.name != "MaxPool2d":
            continue
        along = shown.fields[0]
        unit = fields.nearest(along, size / 2)
        low, high = along.low[unit], along.high[unit] + 1
        corners = np.array([(low, low), (high, low), (high, high), (low, high), (low, low)])
        lines.append((corners, chart.palette()[1]))
    reach = size * 0.5 * 320 / 200
    domain = ((size / 2 - reach, size / 2 + reach), (0.0, size))
    return thumbnail(domain, lines, image=built_in(DEFAULTS["photo"]))


def colors() -> chart.Colors:
    """Of the three fields and the jump, in the theme that the reader sees."""
    palette = chart.palette()
    return tuple(zip((*charts.FIELDS, "jump"), (palette[1], palette[2], palette[6], palette[3]), strict=True))


def _pictures(asked: Controls, result: Run, *, pending: bool) -> None:
    effective = dict(colors())["effective"]
    chart.show(
        charts.through_layers(max(1, len(result.looks)), colors=colors(), ink=chart.ink()),
        {
            "view": view(asked, result),
            "frames": NOTHING if pending else frames(asked, result.looks, effective),
        },
        key="through layers",
        alt_text="The input with the theoretical, the measured and the effective field of one unit, and the growth "
        "of field, jump and effective width over the layers.",
        on_select=_choose_place,
    )
    if pending:
        st.info("The fields appear after your prediction.", icon=":material/visibility_off:")
        return
    left, right = st.columns([3, 2], gap="medium")
    left.markdown(sentences(conclusions(asked, result)))
    if result.chosen:
        with right:
            _units(result, effective)


def _units(result: Run, color: str) -> None:
    seen = result.chosen
    if seen is None:
        return
    shades = raster.blend([chart.ink().paper, dict(colors())["theoretical"]], 12)
    chart.show(
        charts.feature_map(color=color, ink=chart.ink()),
        {"view": unit_map(seen, shades)},
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


if __name__ == "__main__":
    main()
