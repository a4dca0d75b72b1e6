"""A picture that a reader uploads: its middle square, or a sentence that says why not; the last good one stays."""

import io
from collections.abc import Callable
from typing import Final, TypeVar

import numpy as np
import streamlit as st
from PIL import Image, ImageOps
from streamlit.runtime.uploaded_file_manager import UploadedFile

from ui.kit.plain import literal

T = TypeVar("T")
MOST_MEGABYTES: Final = 5
MOST_PIXELS: Final = 40_000_000
FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF")
SIDE: Final = 384  # of the square that is kept


def read_square(content: bytes) -> Image.Image:
    """The middle square of an uploaded picture, `SIDE` pixels a side, in red, green and blue.

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


def square(image: Image.Image) -> Image.Image:
    """The middle of a picture, turned as its camera says."""
    return ImageOps.fit(ImageOps.exif_transpose(image).convert("RGB"), (SIDE, SIDE))


def uploaded(key: str, read: Callable[[bytes], T], *, until: T, name: str) -> T:
    """Draw the upload; what `read` makes of the last picture that it could read, and until then something else.

    Args:
        key: of this upload in the session.
        read: makes something of a file, or raises a ValueError that says why not.
        until: what stands in until there is a picture.
        name: what that is called.
    """
    state = st.session_state
    file = st.file_uploader(
        "Picture",
        type=["png", "jpg", "jpeg", "webp", "gif"],
        max_upload_size=MOST_MEGABYTES,
        key=f"{key} file",
        on_change=_read_file,
        args=(key, read),
        help=f"At most {MOST_MEGABYTES} MB. It stays in your session and is not part of the link.",
    )
    refusal = state.get(f"{key} refusal")
    if refusal and file is not None:
        st.error(literal(refusal), icon=":material/broken_image:")
    if key not in state:
        st.caption(f"Until there is one, the {name} stays.")
        return until
    last: T = state[key]
    return last


def _opened(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:  # known before anything is unpacked
            raise ValueError(f"It has {image.width:,} × {image.height:,} pixels; at most 40 million are taken.")
        image.draft("RGB", (2 * SIDE, 2 * SIDE))
        if image.mode.startswith("I"):  # 16 bits
            return square(Image.fromarray((np.asarray(image) / 257).clip(0, 255).astype(np.uint8)))
        return square(image)


def _read_file(key: str, read: Callable[[bytes], object]) -> None:
    state = st.session_state
    file = state[f"{key} file"]
    state[f"{key} refusal"] = None
    if not isinstance(file, UploadedFile):  # none, or one that the server has forgotten
        return
    try:
        state[key] = read(file.getvalue())
    except ValueError as error:
        state[f"{key} refusal"] = f"{file.name[:60]}: {error}"
