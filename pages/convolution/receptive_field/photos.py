"""The picture under the receptive fields: one that scikit-learn ships, or the reader's own."""

import base64
import io
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
import streamlit as st
from PIL import Image
from sklearn.datasets import load_digits, load_sample_image

from pages.convolution.uploads import MOST_PIXELS, SIDE, read_square, square, uploaded

__all__ = ["MOST_PIXELS", "OWN", "PHOTOS", "built_in", "own", "read_photo"]
OWN: Final = "Your own"


def _sample(name: str) -> Image.Image:
    return Image.fromarray(load_sample_image(name))


def _digit() -> Image.Image:
    """The first handwritten digit, a 0 of 8 × 8 pixels, dark on light."""
    pixels = 255 - 15.9 * load_digits().images[0]
    return Image.fromarray(pixels.astype(np.uint8)).resize((SIDE, SIDE), Image.Resampling.NEAREST)


PHOTOS: Final[Mapping[str, Callable[[], Image.Image]]] = {
    "Flower": lambda: _sample("flower.jpg"),
    "Temple": lambda: _sample("china.jpg"),
    "Digit": _digit,
}


FIRST: Final = next(iter(PHOTOS))


@st.cache_data(max_entries=8, show_spinner=False)
def built_in(name: str) -> str:
    """The data URL of a picture that comes with scikit-learn."""
    return _data_url(square(PHOTOS[name]()))


def read_photo(content: bytes) -> str:
    """The data URL of an uploaded picture.

    Raises:
        ValueError: it is no picture, or too large a one.
    """
    return _data_url(read_square(content))


def own() -> str:
    """Draw the upload; the data URL of the last picture that could be read."""
    return uploaded("own photo", read_photo, until=built_in(FIRST), name=FIRST.lower())


def _data_url(image: Image.Image) -> str:
    buffer = io.BytesIO()
    image.save(buffer, format="JPEG", quality=80)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
