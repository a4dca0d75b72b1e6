"""What may be set on the architectures page: a network, its input, and how wide it is."""

from typing import Final

from pages.convolution.network_choice import NetworkControls, network_of
from ui import kit

AS_WRITTEN: Final = "as written"


class Controls(NetworkControls):
    """What the reader has set."""

    network = network_of("AlexNet")
    channels = kit.SegmentedControl(
        "Input channels", [AS_WRITTEN, "1", "3", "4"], AS_WRITTEN,
        help="Colours of a pixel. With another number than the network was written for, its first layer adapts.",
    )  # fmt: skip
    width = kit.SelectSlider(
        "Width", (0.25, 0.5, 0.75, 1.0, 1.5, 2.0), 1.0,
        help="Times as many channels and features in every layer, except for the classes: MobileNet's α.",
    )  # fmt: skip

    @property
    def input_channels(self) -> int:
        """Of the input that the network gets."""
        return self.first_channels if self.channels == AS_WRITTEN else int(self.channels)

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Channels, rows and columns; no rows if the network's layers have one spatial axis."""
        return self.input_channels, *[self.size] * self.axes

    @property
    def as_written(self) -> bool:
        """Whether the network has the channels that its code says."""
        return self.input_channels == self.first_channels and self.width == 1
