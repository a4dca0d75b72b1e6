"""The colours of the theme: every reader can tell them apart."""

import tomllib
from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.pages import ROOT

Floats = NDArray[np.float64]
THEMES = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]

# How linear RGB looks to whom: G. Machado, M. Oliveira and L. Fernandes, IEEE TVCG 15(6), 2009, severity 1.
VIEWERS = {
    "normal vision": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def linear(color: str) -> Floats:
    """Linear RGB of an sRGB colour (IEC 61966-2-1)."""
    encoded = np.array(list(bytes.fromhex(color.removeprefix("#")))) / 255
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def lab(rgb: Floats) -> Floats:
    """CIELAB of linear RGB, D65 (CIE 15:2004)."""
    ratio = (XYZ @ np.clip(rgb, 0, 1)) / XYZ.sum(axis=1)
    f = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def luminance(color: str) -> float:
    return float(XYZ[1] @ linear(color))


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.1."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("viewer", VIEWERS)
def test_any_two_categorical_colours_can_be_told_apart(theme: str, viewer: str) -> None:
    seen = [lab(VIEWERS[viewer] @ linear(color)) for color in THEMES[theme]["chartCategoricalColors"]]
    assert len(seen) == 10
    assert min(np.linalg.norm(one - other) for one, other in combinations(seen, 2)) > 17


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_links_have_contrast(theme: str) -> None:
    colors = THEMES[theme]
    for paper in (colors["backgroundColor"], colors["secondaryBackgroundColor"]):
        assert contrast(colors["textColor"], paper) > 7
        assert contrast(colors["linkColor"], paper) > 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_sequential_ramp_runs_one_way(theme: str) -> None:
    lightness = np.diff([lab(linear(color))[0] for color in THEMES[theme]["chartSequentialColors"]])
    assert np.all(lightness > 0) or np.all(lightness < 0)
