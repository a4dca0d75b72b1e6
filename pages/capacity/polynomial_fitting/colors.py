"""Which of the theme's categorical colours stands for what on the polynomial page."""

from collections.abc import Iterable, Mapping
from typing import Final

from ui import kit
from ui.kit.charts import Colors

JUDGES: Final = {"training": 1, "validation": 5, "test": 4, "K-fold": 3}
PARTS: Final = {"bias²": 5, "variance": 1, "noise": 3, "sum": 0}
SERIES: Final = {"Legendre": 1, "Chebyshev": 4, "Powers": 5}


def colors(places: Mapping[str, int], names: Iterable[str]) -> Colors:
    """Those of some names, in the theme that the reader sees."""
    palette = kit.palette()
    return tuple((name, palette[places[name]]) for name in names)
