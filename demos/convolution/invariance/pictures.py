"""Handwritten digits with room around them, turned, enlarged and moved.

`grid_sample` asks for each pixel of the result where in the picture it comes from. So the matrix that it takes is the
inverse of what happens to the picture; x comes before y; and with `align_corners=False` the edges of the picture, not
the centres of its outermost pixels, are at ±1.
"""

from typing import Final, NamedTuple

import torch
from sklearn.datasets import load_digits
from torch import Tensor
from torch.nn import functional

from demos.digits import TESTED

CANVAS: Final = 20  # pixels a side
INK: Final = 12  # of them, in the middle, hold the digit
ROOM: Final = (CANVAS - INK) // 2  # pixels by which it can move and lose nothing


class Digits(NamedTuple):
    """Pictures with what they show."""

    x: Tensor  # (n, 1, CANVAS, CANVAS), ink from 0 to 1
    y: Tensor  # (n,)


def digits() -> tuple[Digits, Digits]:
    """scikit-learn's handwritten digits, 1,437 to train and the last 360 to test."""
    data = load_digits()
    x = enlarged(torch.tensor(data.images / 16, dtype=torch.float32))
    y = torch.tensor(data.target)
    return Digits(x[:-TESTED], y[:-TESTED]), Digits(x[-TESTED:], y[-TESTED:])


def enlarged(images: Tensor) -> Tensor:
    """Square pictures (n, h, h) as INK × INK pixels in the middle of the canvas (n, 1, CANVAS, CANVAS).

    Raises:
        ValueError: `images` have another shape.
    """
    if images.ndim != 3 or images.shape[1] != images.shape[2]:
        raise ValueError(f"images must be square, (n, h, h), not {tuple(images.shape)}.")
    larger = functional.interpolate(images[:, None], size=(INK, INK), mode="bilinear", align_corners=False)
    return functional.pad(larger, [ROOM] * 4)


def transform(
    x: Tensor, *, angle: float | Tensor, scale: float | Tensor, right: float | Tensor, down: float | Tensor
) -> Tensor:
    """Turn and enlarge pictures around their middle, then move them; what comes in from outside is 0.

    Whole pixels and quarter turns are exact; all else is interpolated bilinearly.

    Args:
        x: pictures (n, channels, h, h).
        angle: degrees, counter-clockwise; this and all others one number, or one for each picture (n,).
        scale: how many times as large.
        right: pixels to the right.
        down: pixels down.

    Raises:
        ValueError: the pictures are not square, a number is not finite or `scale` is not above 0.
    """
    if x.ndim != 4 or x.shape[2] != x.shape[3]:
        raise ValueError(f"x must be square pictures, (n, channels, h, h), not {tuple(x.shape)}.")
    asked = {"angle": angle, "scale": scale, "right": right, "down": down}
    given = {name: torch.as_tensor(value, dtype=x.dtype).expand(len(x)) for name, value in asked.items()}
    for name, values in given.items():
        if not bool(torch.isfinite(values).all()):
            raise ValueError(f"{name} must be finite, not {asked[name]}.")
    if bool((given["scale"] <= 0).any()):
        raise ValueError(f"scale must be above 0, not {scale}.")
    turn = torch.deg2rad(given["angle"])
    cosine, sine = torch.cos(turn) / given["scale"], torch.sin(turn) / given["scale"]
    across, along = 2 * given["right"] / x.shape[3], 2 * given["down"] / x.shape[2]
    inverse = torch.stack(
        [
            torch.stack([cosine, -sine, sine * along - cosine * across], dim=1),
            torch.stack([sine, cosine, -sine * across - cosine * along], dim=1),
        ],
        dim=1,
    )
    places = functional.affine_grid(inverse, list(x.shape), align_corners=False)
    return functional.grid_sample(x, places, align_corners=False)
