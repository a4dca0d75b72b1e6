"""The tables of the invariance page's picture."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from pages.convolution.invariance.charts import SQUARE
from pages.convolution.invariance.compute import Floats, Run
from pages.convolution.invariance.controls import Change, Controls
from ui import kit
from ui.kit import raster

SHADES: Final = 17  # of ink
SHARP: Final = 6  # pixels of an image for one of a picture, so that browsers do not blur it
NOTHING: Final[kit.Columns] = {"frame": []}
DIGITS: Final = tuple("0123456789")


def tables(view: Controls, result: Run, *, pending: bool) -> Mapping[str, kit.Columns]:
    """Everything that the picture shows; without the answers while a prediction is pending."""
    change, ink = view.changed, kit.ink()
    shades = raster.blend([ink.paper, ink.text], SHADES)
    levels = np.round((SHADES - 1) * result.pictures).astype(int)
    frames, side = levels.shape[:2]
    upright = levels[:, ::-1]  # images have their row 0 at the bottom
    sharp = upright.repeat(SHARP, axis=1).repeat(SHARP, axis=2)
    strip = upright.swapaxes(0, 1).reshape(side, -1)
    said = ["" if pending else answer for answer in _answers(result)]
    shown: dict[str, kit.Columns] = {
        "sheet": raster.sheet(sharp, shades, SQUARE),
        "film": raster.row(raster.data_url(strip, shades, scale=2), ((-0.5, frames - 0.5), (0.0, 1.0))),
        "frames": {"frame": list(range(frames)), "change": named(change), "answer": said},
    }
    if pending:
        return {**shown, "bands": NOTHING, "answers": NOTHING, "accuracy": NOTHING}
    right = result.said == (result.said if result.truth is None else result.truth)
    shown["answers"] = {"frame": np.arange(frames), "digit": result.said.astype(str).astype(object), "right": right}
    return {**shown, "bands": _bands(result, change), "accuracy": _accuracy(view, result)}


def named(change: Change) -> list[str]:
    """Each amount of a change in words."""
    return [change.said.format(amount).replace("-", "−") for amount in change.amounts]


def _answers(result: Run) -> list[str]:
    likely = result.probabilities.max(axis=1)
    words = "says" if result.trained else "random weights say"
    return [f"{words} {digit}, with {share:.0%}" for digit, share in zip(result.said, likely, strict=True)]


def _bands(result: Run, change: Change) -> kit.Columns:
    """The probabilities on top of each other, that of the truth at the bottom."""
    first = int(result.said[change.unchanged]) if result.truth is None else result.truth
    order = [first, *(digit for digit in range(len(DIGITS)) if digit != first)]
    shares: Floats = result.probabilities[:, order]
    high = np.cumsum(shares, axis=1).clip(0, 1)
    frames, words = len(shares), named(change)
    return {
        "frame": np.repeat(np.arange(frames), len(order)),
        "digit": [DIGITS[digit] for digit in order] * frames,
        "low": (high - shares).clip(0, 1).ravel().round(4),
        "high": high.ravel().round(4),
        "share": shares.ravel().round(4),
        "change": [word for word in words for _ in order],
    }


def _accuracy(view: Controls, result: Run) -> kit.Columns:
    if result.trained is None:
        return NOTHING
    asked, words = view.changed.asked, named(view.changed)
    return {"frame": asked, "share": result.trained.curves[view.change], "change": [words[frame] for frame in asked]}
