"""The tables behind the main picture: rows and regions, boundaries, curves and confusion matrices."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from sklearn.metrics import precision_recall_curve, roc_curve

from demos.data.resampling import between
from demos.data.samples import Floats, Sample
from demos.data.scores import Operating
from pages.data.class_imbalance.compute import Outcome, Plane, Run
from pages.data.class_imbalance.controls import SIDES
from ui import kit
from ui.kit import raster
from ui.kit.charts import packed

PIXELS: Final = 320  # a side of the image of the rows
GAP: Final = 0.1  # between the two planes, in their width
MOST_LETTERS: Final = 44  # of a sentence in a plane
MOST_LINES: Final = 120  # from synthetic rows to the rows between which they lie
DISC: Final = tuple((i, j) for i in range(-1, 3) for j in range(-1, 3) if (i - 0.5) ** 2 + (j - 0.5) ** 2 <= 3)
LEFT: Final = {side: place * (1 + GAP) for place, side in enumerate(SIDES)}  # of each plane


def tables(view_methods: Mapping[str, str], result: Run, *, colors: Sequence[str], shades: Sequence[str],
           k_neighbors: int) -> dict[str, kit.Columns]:  # fmt: skip
    """All of them."""
    return {
        "images": images(result, colors, shades),
        "boundaries": boundaries(result),
        "lines": lines(result, k_neighbors=k_neighbors),
        "titles": titles(view_methods, result),
        "curves": curves(result),
        "thresholds": thresholds(result),
        "own": own_thresholds(result),
    }


def images(result: Run, colors: Sequence[str], shades: Sequence[str]) -> kit.Columns:
    """A row for each method's plane: the probability as shades, and above it the rows that it learnt from."""
    columns: dict[str, list[Any]] = {"x": [], "x2": [], "probability": [], "rows": []}
    for side, each in result.outcomes.items():
        columns["x"].append(LEFT[side])
        columns["x2"].append(LEFT[side] + 1)
        levels = np.zeros((1, 1), dtype=int)
        if not isinstance(each, str):
            levels = np.round((len(shades) - 1) * each.plane).astype(int)
        columns["probability"].append(raster.data_url(levels, shades))
        columns["rows"].append(dots(_learnt_from(result, each), result.window, colors))
    return columns


def boundaries(result: Run) -> kit.Columns:
    """A row for each line of a boundary: its points as texts, and from which percent to which it is right."""
    columns: dict[str, list[Any]] = {"side": [], "first": [], "last": [], "line": [], "x": [], "y": []}
    for side, each in result.fitted.items():
        for boundary in each.boundaries:
            for line in boundary.lines:
                x, y = packed((line + np.array([LEFT[side], 0])).T, decimals=3)
                columns["side"].append(side)
                columns["first"].append(boundary.first)
                columns["last"].append(boundary.last)
                columns["line"].append(len(columns["line"]))
                columns["x"].append(x)
                columns["y"].append(y)
    return {**columns, **{name: np.array(columns[name], dtype=np.int32) for name in ("first", "last", "line")}}


def lines(result: Run, *, k_neighbors: int) -> kit.Columns:
    """From each of some synthetic rows to the two rows between which it lies, or to the one that it copies."""
    train, found = result.parts.train, []
    for side, each in result.fitted.items():
        if each.after is None or not each.after.new.any():
            continue
        new = np.flatnonzero(each.after.new)[:MOST_LINES]
        ends = np.stack([each.after.origin[new]] * 2, axis=1)
        made = ends[:, 0] < 0
        if made.any():
            scaler = result.window.scaler
            standard = Sample(scaler.transform(train.x), train.y)
            rows = scaler.transform(each.after.sample.x[new[made]])
            ends[made] = between(rows, standard, k_neighbors=k_neighbors)
        first, second = (result.window.project(train.x[ends[:, end]]) for end in (0, 1))
        # A copy is where its original is; a jittered one is joined to it.
        second[~made] = result.window.project(each.after.sample.x[new[~made]])
        found.append(np.concatenate([first, second], axis=1) + np.array([LEFT[side], 0, LEFT[side], 0]))
    ends = np.concatenate([np.empty((0, 4)), *found]).astype(np.float32)
    return dict(zip(("x", "y", "x2", "y2"), ends.T, strict=True))


def curves(result: Run) -> kit.Columns:
    """The ROC curve and the precision–recall curve of each method, with their points as texts."""
    columns: dict[str, list[str]] = {"side": [], "curve": [], "x": [], "y": []}
    y = result.parts.test.y
    for side, each in result.fitted.items():
        false_positive_rate, recall, _ = roc_curve(y, each.probability)
        precision, found, _ = precision_recall_curve(y, each.probability, drop_intermediate=True)
        for curve, points in (("ROC", (false_positive_rate, recall)), ("PR", (found[::-1], precision[::-1]))):
            along, up = packed(np.stack(points), decimals=4)
            columns["side"].append(side)
            columns["curve"].append(curve)
            columns["x"].append(along)
            columns["y"].append(up)
    return columns


def thresholds(result: Run) -> kit.Columns:
    """A row for each method and percent: the false and true positives, and the rows of each class."""
    sides = list(result.fitted)
    percents = np.arange(1, 100, dtype=np.int32)
    counted = [_counted(result, each.at) for each in result.fitted.values()]
    return {
        "side": np.repeat(sides, len(percents)).tolist(),
        "percent": np.tile(percents, len(sides)),
        **{name: np.concatenate([np.empty(0), *(each[name] for each in counted)]).astype(np.int32)
           for name in ("fp", "tp", "negatives", "positives")},
    }  # fmt: skip


def own_thresholds(result: Run) -> kit.Columns:
    """A row for each method: its place at its own threshold, and where the sliders of both then stand."""
    percents = {f"threshold_{side}": 50 for side in SIDES}
    percents |= {f"threshold_{side}": nearest_percent(each.threshold) for side, each in result.fitted.items()}
    count = len(result.fitted)
    counted = [_counted(result, each.at_own) for each in result.fitted.values()]
    return {
        "side": list(result.fitted),
        "threshold": [each.threshold for each in result.fitted.values()],
        **{name: [int(each[name][0]) for each in counted] for name in ("fp", "tp", "negatives", "positives")},
        **{name: [percent] * count for name, percent in percents.items()},
    }


def nearest_percent(threshold: float) -> int:
    """The place of the slider that is nearest to a threshold."""
    return int(np.clip(round(100 * threshold), 1, 99))


def _counted(result: Run, at: Operating) -> dict[str, Floats]:
    negatives, positives = (np.full(len(at.threshold), count) for count in result.parts.test.counts)
    return {"fp": at.false_positives, "tp": at.true_positives, "negatives": negatives, "positives": positives}


def titles(methods: Mapping[str, str], result: Run) -> kit.Columns:
    """The name of each plane, or why it is empty."""
    return {
        "side": list(SIDES),
        "x": [LEFT[side] for side in SIDES],
        "title": [f"{side}: {methods[side]}" for side in SIDES],
        "trouble": [_short(each) if isinstance(each, str) else "" for each in result.outcomes.values()],
    }


def _short(sentence: str) -> str:
    return sentence if len(sentence) <= MOST_LETTERS else f"{sentence[:MOST_LETTERS].rsplit(' ', 1)[0]} …"


def dots(layers: Sequence[tuple[Floats, int]], plane: Plane, colors: Sequence[str]) -> str:
    """Rows as small discs in an image, later layers above earlier ones, each with the index of its colour."""
    image = np.full((PIXELS, PIXELS), len(colors), dtype=np.uint8)
    for rows, index in layers:
        at = np.floor(plane.project(rows) * PIXELS).astype(int)
        x, y = (at[:, None] + np.array(DISC)).reshape(-1, 2).T
        inside = (x >= 0) & (x < PIXELS) & (y >= 0) & (y < PIXELS)
        image[y[inside], x[inside]] = index
    return raster.data_url(image, colors)


def _learnt_from(result: Run, each: Outcome | str) -> list[tuple[Floats, int]]:
    """The training rows in layers: 0 majority, 1 minority, 2 new ones, 3 removed ones."""
    train = result.parts.train
    layers: list[tuple[Floats, int]] = [(train.x[train.y == kind], kind) for kind in (0, 1)]
    if not isinstance(each, str) and each.after is not None:
        kept = np.ones(len(train.y), dtype=bool)
        kept[each.after.removed] = False
        layers = [
            (train.x[~kept], 3),
            (train.x[kept & (train.y == 0)], 0),
            (each.after.sample.x[each.after.new], 2),
            (train.x[kept & (train.y == 1)], 1),
        ]
    return layers
