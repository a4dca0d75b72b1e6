"""The picture under the receptive fields: one that scikit-learn ships, or the reader's own."""

import base64
import io
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import numpy as np
import streamlit as st
from PIL import Image, ImageOps
from sklearn.datasets import load_digits, load_sample_image
from streamlit.runtime.uploaded_file_manager import UploadedFile

from ui.kit.plain import literal

OWN: Final = "Your own"
MOST_MEGABYTES: Final = 5
MOST_PIXELS: Final = 40_000_000
FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF")
SIDE: Final = 384  # of the square that is sent


class Photo(NamedTuple):
    """A square picture."""

    name: str
    url: str  # a data URL


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


def photo_choice(default: str) -> Photo:
    """Draw the choice and, for the reader's own, the upload."""
    name = st.selectbox(
        "Image",
        [*PHOTOS, OWN],
        index=list(PHOTOS).index(default),
        key="photo",
        bind="query-params",
        help="What lies under the fields. Its middle square is taken; it changes no number.",
    )
    if name == OWN:
        return _own(default)
    return Photo(name, built_in(name))


@st.cache_data(max_entries=8, show_spinner=False)
def built_in(name: str) -> str:
    """The data URL of a picture that comes with scikit-learn."""
    return _data_url(PHOTOS[name]())


def read_photo(content: bytes) -> str:
    """The data URL of an uploaded picture.

    Raises:
        ValueError: it is no picture, or too large a one.
    """
    if len(content) > MOST_MEGABYTES * 1_000_000:
        raise ValueError(f"It has {len(content) / 1e6:.1f} MB; at most {MOST_MEGABYTES} are taken.")
    try:
        return _opened(content)
    except Image.DecompressionBombError:
        raise ValueError("It has far more pixels than the 40 million that are taken.") from None
    except (OSError, SyntaxError):  # what Pillow raises for what it cannot read
        raise ValueError(f"It is no picture that can be read. {', '.join(FORMATS)} are.") from None


def _opened(content: bytes) -> str:
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:  # known before anything is unpacked
            raise ValueError(f"It has {image.width:,} × {image.height:,} pixels; at most 40 million are taken.")
        image.draft("RGB", (2 * SIDE, 2 * SIDE))
        if image.mode.startswith("I"):  # 16 bits
            return _data_url(Image.fromarray((np.asarray(image) / 257).clip(0, 255).astype(np.uint8)))
        return _data_url(image)


def _own(default: str) -> Photo:
    state = st.session_state
    file = st.file_uploader(
        "Picture",
        type=["png", "jpg", "jpeg", "webp", "gif"],
        max_upload_size=MOST_MEGABYTES,
        key="own photo file",
        on_change=_read_file,
        help=f"At most {MOST_MEGABYTES} MB. It stays in your session and is not part of the link.",
    )
    refusal = state.get("own photo refusal")
    if refusal and file is not None:
        st.error(literal(refusal), icon=":material/broken_image:")
    if "own photo" not in state:
        st.caption(f"Until there is one, the {default.lower()} stays.")
        return Photo(OWN, built_in(default))
    return Photo(OWN, state["own photo"])


def _read_file() -> None:
    state = st.session_state
    file = state["own photo file"]
    state["own photo refusal"] = None
    if not isinstance(file, UploadedFile):  # none, or one that the server has forgotten
        return
    try:
        state["own photo"] = read_photo(file.getvalue())
    except ValueError as error:
        state["own photo refusal"] = f"{file.name[:60]}: {error}"


def _data_url(image: Image.Image) -> str:
    square = ImageOps.fit(ImageOps.exif_transpose(image).convert("RGB"), (SIDE, SIDE))
    buffer = io.BytesIO()
    square.save(buffer, format="JPEG", quality=80)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
