"""Kernels as people write them, and the pictures that they slide over."""

import re
from collections.abc import Callable
from typing import Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from demos.convolution.kernels import read_kernel
from demos.convolution.pictures import PICTURES, grey, shrunk

Floats = NDArray[np.float64]
WRITTEN: Final = {
    "1 -1": [[1, -1]],
    "1, 0, −1\n2, 0, −2": [[1, 0, -1], [2, 0, -2]],
    "[[1., 2.], [3., 4.]]": [[1, 2], [3, 4]],
    "torch.tensor([[1/4, .5],\n              [1e-1, -2]])": [[0.25, 0.5], [0.1, -2]],
    "np.array([[1, 2]], dtype=float)": [[1, 2]],
    "0 0\n0 0": [[0, 0], [0, 0]],
    "1 2; 3 4": [[1, 2], [3, 4]],
}
REFUSED: Final = {
    "": "There is no number.",
    "1 2\n3 x": "Row 2: “x” is no number.",
    "1 2\n3": "Row 2 has 1 numbers, and row 1 has 2",
    "1/0": "Row 1: “1/0” is no number.",
    "nan": "Row 1: “nan” is no number.",
    "1 2\n1e7 1": "Row 2: 1e7 is too large",
    "1e9999": "is no number",
    "1 2 3 4 5 6 7 8": "has 1 × 8 numbers; at most 7 × 7",
    "1\n" * 8: "has 8 × 1 numbers",
    "9" * 300: "Row 1: “99999999999999999999…” is no number.",
    "1 " * 1001: "has 2,002 characters; at most 2,000",
}


@pytest.mark.parametrize("text", WRITTEN)
def test_kernels_are_read_as_people_write_them(text: str) -> None:
    assert read_kernel(text).tolist() == WRITTEN[text]


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_kernel_is_refused_with_its_row(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(REFUSED[text])):
        read_kernel(text)


@given(st.text(max_size=60))
def test_any_text_is_a_kernel_or_a_sentence(text: str) -> None:
    try:
        assert np.isfinite(read_kernel(text)).all()
    except ValueError as refusal:
        assert str(refusal).endswith((".", "equal."))  # noqa: PT017


def test_pictures_are_small_and_between_0_and_1() -> None:
    for name, make in PICTURES.items():
        picture = make(16)
        assert 0 <= picture.min() < picture.max() <= 1, name
        assert grey(picture).shape == picture.shape[1:]
    even = shrunk(np.full((30, 41, 3), 51, dtype=np.uint8), 7)
    np.testing.assert_allclose(even, 0.2)
    assert even.shape == (3, 7, 7)


BAD: Final[list[tuple[Callable[[], object], str]]] = [
    (lambda: shrunk(np.zeros((5, 9, 3), dtype=np.uint8), 6), "side must be from 1 to 5"),
    (lambda: grey(np.zeros((2, 3, 3))), "1 or 3 channels, not 2"),
]


@pytest.mark.parametrize(("call", "said"), BAD, ids=[said for _, said in BAD])
def test_bad_arguments_are_named(call: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        call()
