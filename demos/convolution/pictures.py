"""Small pictures to slide a kernel over, their values from 0 to 1."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits, load_sample_image

Floats = NDArray[np.float64]
GREY: Final = np.array([0.299, 0.587, 0.114])  # of red, green and blue, ITU-R BT.601
DECIMALS: Final = 3


def all_digits() -> Floats:
    """scikit-learn's 1,797 handwritten digits of 8 × 8 pixels."""
    images: Floats = load_digits().images / 16
    return images


def stripes(_side: int) -> Floats:
    """White, black, white: the picture of "Dive into Deep Learning", section 7.2.3."""
    picture = np.ones((1, 6, 8))
    picture[:, :, 2:6] = 0
    return picture


def bright_pixel(_side: int) -> Floats:
    """One 1 in the middle of zeros."""
    picture = np.zeros((1, 7, 7))
    picture[0, 3, 3] = 1
    return picture


def digit(_side: int) -> Floats:
    """scikit-learn's first handwritten digit, a 0."""
    return all_digits()[:1]


def flower(side: int) -> Floats:
    """scikit-learn's photo, red, green and blue."""
    return shrunk(load_sample_image("flower.jpg"), side)


PICTURES: Final[Mapping[str, Callable[[int], Floats]]] = {
    "Stripes": stripes,
    "One bright pixel": bright_pixel,
    "Digit": digit,
    "Flower": flower,
}


def shrunk(photo: NDArray[np.uint8], side: int) -> Floats:
    """The middle square of a photo (rows, columns, channels), as means over `side` × `side` cells, channels first."""
    rows, columns = photo.shape[:2]
    whole = min(rows, columns)
    if not 1 <= side <= whole:
        raise ValueError(f"side must be from 1 to {whole}, the photo's shorter side, not {side}")
    top, left = (rows - whole) // 2, (columns - whole) // 2
    edges = np.linspace(0, whole, side + 1).astype(int)
    square = photo[top : top + whole, left : left + whole].astype(float)
    sums = np.add.reduceat(np.add.reduceat(square, edges[:-1], axis=0), edges[:-1], axis=1)
    cells = np.multiply.outer(np.diff(edges), np.diff(edges))
    return np.moveaxis(sums / cells[..., None] / 255, -1, 0).round(DECIMALS)


def grey(picture: Floats) -> Floats:
    """One channel (rows, columns) of a picture with one or three: of three, as bright as the eye sees them."""
    if picture.shape[0] not in {1, 3}:
        raise ValueError(f"picture must have 1 or 3 channels, not {picture.shape[0]}")
    return picture[0] if picture.shape[0] == 1 else np.tensordot(GREY, picture, axes=1)
