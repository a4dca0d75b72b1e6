"""The tables of the receptive-field page's picture: what the unit of each layer sees, a row a layer."""

import math
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from demos.convolution.fields import Fields, Floats
from demos.convolution.receptive_field import Mask, border_effects
from pages.convolution.receptive_field.compute import Chances, Look, Run, times
from pages.convolution.receptive_field.controls import Controls
from ui import kit
from ui.kit import raster

MOST_RUNS: Final = 32  # stretches of cells that are drawn along an axis
CELLS: Final = 32  # a side of the image of an effective field
SHARP: Final = 256  # pixels of an image on screen
LEVELS: Final = 12  # of its opacity


def where(view: Controls, result: Run) -> kit.Columns:
    """What the whole picture depends on."""
    return {
        "size": [view.size],
        "layer": [min(view.layer, max(1, len(result.looks)))],
        "x": [view.place[1]],
        "y": [view.place[0]],
        "photo": [view.picture],
        "resets": [kit.resets()],
    }


def frames(view: Controls, looks: Sequence[Look], color: str) -> kit.Columns:
    """A row for each layer: the three fields of its unit, its grid of units, and what to say about it."""
    size = view.size
    ramp = [f"{color}{round(255 * 0.75 * level / (LEVELS - 1)):02x}" for level in range(LEVELS)]
    rows = [_frame(place, each, size, ramp) for place, each in enumerate(looks, start=1)]
    return {name: [row[name] for row in rows] for name in rows[0]} if rows else {"place": []}


def unit_map(seen: Look, colors: Sequence[str]) -> kit.Columns:
    """The units of a layer with how much padding each sees, and the chosen one among them."""
    shares = np.atleast_2d(border_effects(seen.shown.fields, seen.shown.reached).padding)
    levels = np.round((len(colors) - 1) * shares).astype(int)
    return {
        "rows": [shares.shape[0]],
        "columns": [shares.shape[1]],
        "row": [(0, *seen.unit)[-2]],
        "column": [seen.unit[-1]],
        "url": [raster.data_url(np.flipud(levels), colors, scale=sharp(shares.shape))],
    }


def sharp(shape: tuple[int, ...]) -> int:
    """How often a cell is repeated in an image, so that browsers do not blur it."""
    return max(1, SHARP // max(shape))


def _frame(place: int, seen: Look, size: int, ramp: Sequence[str]) -> dict[str, Any]:
    shown = seen.shown
    along = [_whole(size), *map(_along, shown.fields, shown.reached, shown.probability, seen.unit)]
    down, right = along[-2:]
    wide, middle = (size, *seen.width)[-2:], (size / 2, *seen.middle)[-2:]
    return {
        "place": place,
        "x": right.low,
        "x2": right.high + 1,
        "y": down.low,
        "y2": down.high + 1,
        "ex": middle[1] - wide[1] / 2,
        "ex2": middle[1] + wide[1] / 2,
        "ey": middle[0] - wide[0] / 2,
        "ey2": middle[0] + wide[0] / 2,
        "columns": _stretches(right.reached),
        "rows": _stretches(down.reached),
        **_heat(down.chances, right.chances, ramp),
        "nx": right.units,
        "fx": right.first,
        "jx": right.jump,
        "ny": down.units,
        "fy": down.first,
        "jy": down.jump,
        "field": shown.fields[-1].size,
        "jump": shown.fields[-1].jump,
        "effective": shown.fields[-1].effective,
        "label": f"{place}: {shown.name}, {times(shown.record.output_shape)}",
        "said": (
            f"field {times(shown.record.receptive_field or ())}, {seen.outside:.0%} of it padding; "
            f"effective {times([round(each) for each in seen.width if math.isfinite(each)]) or 'nothing'}"
        ),
    }


class _Along(NamedTuple):
    """What a unit sees along one axis, and the units beside it."""

    low: float
    high: float
    reached: Mask  # (cells,)
    chances: Chances  # (cells,)
    units: int
    first: float  # centre of the first unit's field
    jump: float


def _along(fields: Fields, reached: Mask, chances: Chances, unit: int) -> _Along:
    first = float(fields.low[0] + fields.high[0] + 1) / 2
    at = float(fields.low[unit]), float(fields.high[unit])
    return _Along(*at, reached[unit], chances[unit], len(fields.low), first, fields.jump)


def _whole(size: int) -> _Along:
    """The rows of an input that has none: seen from end to end."""
    return _Along(0, size - 1, np.ones(size, dtype=bool), np.ones(size), 1, size / 2, size)


def _stretches(reached: Mask) -> str:
    """Where cells are reached, as first:behind the last of each stretch; their hull if there are too many."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], reached, [False]]).astype(int)))
    if len(edges) > 2 * MOST_RUNS:
        edges = edges[[0, -1]]
    return ",".join(f"{first}:{behind}" for first, behind in edges.reshape(-1, 2))


def _heat(rows: Chances, columns: Chances, ramp: Sequence[str]) -> dict[str, Any]:
    """The root of the mean squared gradient over the cells that it reaches, as an image."""
    if not rows.any() or not columns.any():
        return {"hx": 0, "hx2": 0, "hy": 0, "hy2": 0, "heat": ""}
    (top, bottom, down), (left, right, across) = _binned(rows), _binned(columns)
    strength = np.sqrt(np.multiply.outer(down, across))
    levels = np.round((len(ramp) - 1) * strength / strength.max()).astype(int)
    return {"hx": left, "hx2": right, "hy": top, "hy2": bottom, "heat": raster.data_url(np.flipud(levels), ramp)}


def _binned(chances: Chances) -> tuple[int, int, Floats]:
    """First cell, cell behind the last, and the mean chance in at most CELLS parts between them."""
    there = np.flatnonzero(chances)
    first, behind = int(there[0]), int(there[-1]) + 1
    edges = np.linspace(first, behind, min(CELLS, behind - first) + 1).astype(int)
    return first, behind, np.add.reduceat(chances.astype(float), edges[:-1]) / np.diff(edges)
