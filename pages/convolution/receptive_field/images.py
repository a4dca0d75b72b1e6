"""Numbers over the plane as images, for the tabs of the receptive-field page."""

from typing import Final

import numpy as np

from demos.convolution.fields import Floats
from pages.convolution.receptive_field import tab_charts as charts
from pages.convolution.receptive_field.frames import sharp
from ui import kit
from ui.kit import raster

SHADES: Final = 16


def shade(place: int) -> str:
    """A colour of the theme that the reader sees."""
    return kit.palette()[place]


def image(strength: Floats, color: int, *, key: str, height: int = charts.IMAGE) -> None:
    """Draw numbers from 0 to 1 over the plane, row 0 on top."""
    levels = np.round((SHADES - 1) * np.flipud(strength)).astype(int)
    rows, columns = strength.shape
    shades = raster.blend([kit.ink().paper, shade(color)], SHADES)
    kit.show(
        charts.image(height=height, ink=kit.ink()),
        {
            "view": {
                "columns": [columns],
                "rows": [rows],
                "url": [raster.data_url(levels, shades, scale=sharp(strength.shape))],
            }
        },
        key=key,
        alt_text=f"An image of the {key}, stronger in colour where it is larger.",
    )
