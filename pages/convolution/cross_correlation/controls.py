"""What may be set on the cross-correlation page: a picture, a kernel, and how it slides."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from demos.convolution.cross_correlation import PADDING_MODES, drawn_start
from demos.convolution.kernels import KERNELS, read_kernel
from demos.convolution.pictures import PICTURES, grey, shrunk
from pages.convolution.cross_correlation.layer_code import read_layer, said, settings
from pages.convolution.uploads import read_square, uploaded
from ui import kit
from ui.kit.controls import Part, Source

Floats = NDArray[np.float64]
OWN: Final = "Your own"
FLOWER: Final = "Flower"
SIDES: Final = (8, 24)
RATES: Final = tuple(
    float(f"{digits}e{power}") for power in (-4, -3, -2) for digits in (1, 1.3, 1.6, 2, 2.5, 3, 3.4, 4, 5, 6.3, 8)
)


@st.cache_data(max_entries=64, show_spinner=False)
def built_in(name: str, side: int) -> Floats:
    """A picture (channels, rows, columns)."""
    return PICTURES[name](side)


def read_pixels(content: bytes) -> NDArray[np.uint8]:
    """The square of an uploaded picture (rows, columns, channels)."""
    return np.asarray(read_square(content))


@dataclass(eq=False)
class OwnPicture(Part[Floats]):
    """The picture (channels, rows, columns) that the reader uploads, at the side that is set."""

    drawn_first = True

    def read(self, view: Any, source: Source, *, shown: bool) -> Floats:  # noqa: ANN401 - the page's controls
        """Draw the upload if it is asked for."""
        if not (shown and source.drawing):
            return built_in(FLOWER, view.side)
        pixels = uploaded("own picture", read_pixels, until=None, name=FLOWER.lower())
        return built_in(FLOWER, view.side) if pixels is None else shrunk(pixels, view.side)


def _photo(view: "Controls") -> bool:
    return view.picture in {FLOWER, OWN}


class Controls(kit.Controls):
    """What the reader has set."""

    picture = kit.Selectbox(
        "Picture", [*PICTURES, OWN], "Stripes", help="What the kernel slides over; of a photo, its middle square."
    )
    side = kit.Slider(
        "Cells a side", *SIDES, 16, 1, shown=_photo, help="How finely the photo is shown: each cell is a mean."
    )
    own_picture = OwnPicture(shown=lambda view: view.picture == OWN)
    kernel_name = kit.Selectbox(
        "Kernel", [*KERNELS, OWN], "Edge", help="The weights that are multiplied with what lies under them."
    )
    kernel = kit.Own(
        read_kernel,
        kit.TextArea(
            "Weights, a row a line", "1 2 1\n0 0 0\n-1 -2 -1", 4,
            help="Numbers and fractions such as 1/9, at most 7 × 7; also as NumPy and PyTorch print them.",
        ),
        shown=lambda view: view.kernel_name == OWN,
        said=lambda kernel: f"{kernel.shape[0]} × {kernel.shape[1]} weights.",
    )  # fmt: skip
    stride = kit.Slider("Stride", 1, 4, 1, 1, help="Cells from one window to the next.")
    padding = kit.Slider("Padding", 0, 6, 0, 1, help="Rows and columns put around the picture, on each side.")
    dilation = kit.Slider("Dilation", 1, 4, 1, 1, help="Cells from one weight of the window to the next.")
    flip = kit.Toggle("True convolution", help="Turn the kernel by 180° first, as mathematics does; no library does.")
    padding_mode = kit.Selectbox(
        "Padding with", list(PADDING_MODES), "zeros", more=True,
        help="Zeros, the mirrored picture, its edge repeated, or the picture from the other side.",
    )  # fmt: skip
    code = kit.Own(
        read_layer,
        kit.TextInput(
            "As PyTorch code", "", sets=settings,
            help="An `nn.Conv2d(...)`, alone or in a network: kernel size, stride, padding and dilation follow.",
        ),
        said=said, more=True,
    )  # fmt: skip
    lr = kit.SelectSlider("Learning rate", RATES, 0.03, more=True, help="In the tab *Learn the kernel*.")
    steps = kit.Slider("Steps", 5, 200, 10, 5, more=True, help="Of gradient descent in the tab *Learn the kernel*.")
    seed = kit.Slider(
        "Start", 0, 99, 0, 1, more=True,
        help="Of learning: 0 starts with zeros, others are draws as PyTorch makes them.",
    )  # fmt: skip
    bias = kit.Toggle("Bias", more=True, help="Whether a bias is learned, too.")
    shift = kit.Slider(
        "Shift", 0, 4, 1, 1, more=True, help="Columns that digits move in the tab *Channels and pooling*."
    )

    @cached_property
    def channels(self) -> Floats:
        """The picture (channels, rows, columns): one channel, or red, green and blue."""
        return self.own_picture if self.picture == OWN else built_in(self.picture, self.side)

    @cached_property
    def x(self) -> Floats:
        """The picture (rows, columns) in grey, over which the kernel slides."""
        return grey(self.channels)

    @cached_property
    def weight(self) -> Floats:
        """The kernel (rows, columns) as it is written."""
        return self.kernel if self.kernel_name == OWN else KERNELS[self.kernel_name]

    @property
    def turned(self) -> Floats:
        """The kernel as it lies over the picture."""
        return self.weight[::-1, ::-1] if self.flip else self.weight

    @property
    def sliding(self) -> dict[str, Any]:
        """How the kernel slides: arguments of `cross_correlate`."""
        return {name: getattr(self, name) for name in ("stride", "padding", "dilation", "flip", "padding_mode")}

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of the kernel."""
        rows, columns = self.weight.shape
        return rows, columns

    @property
    def start(self) -> Floats:
        """Weights, and the bias if there is one, from which the kernel is learned."""
        return drawn_start(kernel_size=self.size, bias=self.bias, seed=self.seed)
