"""What may be set on the receptive-field page: a network, a layer, a place in its input, and an image."""

from dataclasses import dataclass
from typing import Any, Final

from pages.convolution.network_choice import NetworkControls, network_of
from pages.convolution.receptive_field import photos
from ui import kit
from ui.kit.controls import Part, Source

MOST_LAYERS: Final = 100  # that can be chosen
DEPTHS: Final = (2, 8)  # of the stack that is trained
MIDDLE: Final = 50.0  # percent


@dataclass(eq=False)
class Picture(Part[str]):
    """The data URL of the chosen picture; it is shown as the upload of the reader's own."""

    drawn_first = True

    def read(self, view: Any, source: Source, *, shown: bool) -> str:  # noqa: ANN401 - the page's controls
        """Draw the upload if it is asked for."""
        if shown and source.drawing:
            return photos.own()
        return photos.built_in(photos.FIRST if shown else view.photo)


class Controls(NetworkControls):
    """What the reader has set."""

    network = network_of("VGG-16")
    layer = kit.Slider(
        "Layer", 1, MOST_LAYERS, 13, 1,
        help="What sentences and tabs look at, and where the slider above the picture starts; at most the last.",
    )  # fmt: skip
    row = kit.Slider(
        "Row, %", 0.0, 100.0, MIDDLE, 0.5,
        help="The row of the input that units look at, in percent. A click on the picture sets it too.",
    )  # fmt: skip
    column = kit.Slider(
        "Column, %", 0.0, 100.0, MIDDLE, 0.5,
        help="The column of the input that units look at, in percent. A click on the picture sets it too.",
    )  # fmt: skip
    photo = kit.Selectbox(
        "Image", [*photos.PHOTOS, photos.OWN], photos.FIRST,
        help="What lies under the fields. Its middle square is taken; it changes no number.",
    )  # fmt: skip
    picture = Picture(shown=lambda view: view.photo == photos.OWN)
    kernel_size = kit.SegmentedControl(
        "Kernel size", ["3", "5", "7"], "3", more=True, help="Of every layer of the stack in the tab *Effective field*."
    )
    channels = kit.Slider(
        "Channels", 1, 512, 64, 1, more=True, help="Of the input and of every layer in the tab *Small kernels*."
    )
    depth = kit.Slider(
        "Layers of the stack", *DEPTHS, 6, 1, more=True, help="Of the convolutions that the tab *Training* trains."
    )

    @property
    def place(self) -> tuple[float, float]:
        """Where in the input units look, in cells from its upper and its left edge."""
        return self.row / 100 * self.size, self.column / 100 * self.size

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Channels, rows and columns; no rows if the network's layers have one spatial axis."""
        return self.first_channels, *[self.size] * self.axes
