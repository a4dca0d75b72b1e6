"""What may be set on the invariance page: a picture and its change, a network, and how it is trained."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from demos.convolution.invariance import AUGMENTATIONS, DOWNSAMPLING, HEADS, PADDING_MODES, ROOM
from pages.convolution.invariance.own import EXAMPLE, read_picture, read_signal, understood
from ui import kit


class Change(NamedTuple):
    """One way to change a picture: what `transform` calls it, and by how much in each frame."""

    kind: str
    amounts: tuple[float, ...]  # a frame each
    asked: tuple[int, ...]  # the frames for which all test digits are asked
    ticks: tuple[int, ...]  # the frames that the axis names
    form: str  # of an amount, in few letters
    said: str  # of an amount, in words
    title: str

    @property
    def unchanged(self) -> int:
        """The frame of the picture as it is."""
        return len(self.amounts) // 2


TURN: Final = "turn"
RESIZE: Final = "resize"
MOVE: Final = "move"
CHANGES: Final[Mapping[str, Change]] = {
    TURN: Change(
        "angle",
        tuple(15.0 * step for step in range(-12, 13)),
        (0, 2, 4, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24),
        tuple(range(0, 25, 3)),
        "{:.0f}°",
        "turned by {:.0f}°",
        "turned counter-clockwise by",
    ),
    RESIZE: Change(
        "scale",
        tuple(2 ** (step / 12) for step in range(-12, 13)),
        tuple(range(0, 25, 3)),
        tuple(range(0, 25, 3)),
        "× {:.2g}",
        "× {:.2f} as large",
        "times as large",
    ),
    MOVE: Change(
        "right",
        tuple(float(step) for step in range(-2 * ROOM, 2 * ROOM + 1)),
        tuple(range(4 * ROOM + 1)),
        tuple(range(0, 4 * ROOM + 1, 2)),
        "{:.0f}",
        "moved by {:.0f} px",
        "pixels to the right (beyond 4 some of the ink leaves the picture)",
    ),
}
SIGNALS: Final[Mapping[str, tuple[float, ...]]] = {
    "Pairs (Zhang)": (0, 0, 1, 1, 0, 0, 1, 1),
    "Stripes": (0, 1, 0, 1, 0, 1, 0, 1),
    "Spike": (0, 0, 0, 1, 0, 0, 0, 0),
    "Slow wave": (0, 0.5, 1, 1, 0.5, 0, 0, 0),
}
OWN_SIGNAL: Final = "Your own"
RATES: Final = (0.001, 0.003, 0.01, 0.03)
BATCHES: Final = (16, 32, 64, 128)
STEPS: Final = 150
VARIED: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "downsampling": ("downsampling", tuple(DOWNSAMPLING)),
    "heads": ("head", HEADS),
    "augmentations": ("augmentation", tuple(AUGMENTATIONS)),
}


class Recipe(NamedTuple):
    """A network and its training."""

    downsampling: str
    head: str
    padding_mode: str
    augmentation: str
    seed: int
    steps: int
    lr: float
    batch_size: int


class Controls(kit.Controls):
    """What the reader has set."""

    digit = kit.Slider(
        "Digit", 1, 360, 5, 1, help="Which of the 360 test digits, none of which a network has been trained on."
    )
    change = kit.SegmentedControl(
        "Change", CHANGES, TURN, help="What happens to the digit from frame to frame of the film."
    )
    downsampling = kit.Selectbox(
        "Downsampling", DOWNSAMPLING, "max pooling",
        help="How the maps become smaller, twice by two: the largest of 2 × 2, a convolution that skips every second "
        "place, the largest at every place and then blurred and skipped, or not at all (7 s to train).",
    )  # fmt: skip
    head = kit.Selectbox(
        "Head", HEADS, "global average pooling",
        help="What reads the last maps: their means, or every place with weights of its own. The dense network has "
        "no convolution at all.",
    )  # fmt: skip
    augmentation = kit.Selectbox(
        "Augmentation", AUGMENTATIONS, "none",
        help="How training digits are changed, each time anew. It takes more steps: 300 are good (*More*).",
    )  # fmt: skip
    seed = kit.Slider("Seed", 0, 99, 0, 1, help="Of weights, batches and random changes.")
    own = kit.Toggle("Your own picture", more=True, help="Type a picture instead of a test digit.")
    picture = kit.Own(
        read_picture,
        kit.TextArea(
            "Picture", EXAMPLE, 8,
            help="Rows of cells: dots are paper, figures tenths of ink, other signs black; or numbers with spaces.",
        ),
        shown=lambda view: view.own,
        said=understood,
        more=True,
    )  # fmt: skip
    padding_mode = kit.SegmentedControl(
        "Padding", PADDING_MODES, "zeros", more=True,
        help="What convolutions and poolings see beyond the border: nothing, or the other side.",
    )  # fmt: skip
    steps = kit.Slider("Steps", 50, 600, STEPS, 50, more=True, help="Updates of the training.")
    lr = kit.SelectSlider("Learning rate", RATES, 0.01, more=True, help="Of Adam, at its highest: one cycle.")
    batch_size = kit.SelectSlider("Batch size", BATCHES, 64, more=True, help="Digits in a batch.")
    signal_name = kit.Selectbox(
        "Signal", [*SIGNALS, OWN_SIGNAL], next(iter(SIGNALS)), more=True, help="In the tab *Aliasing*."
    )
    own_signal = kit.Own(
        read_signal,
        kit.TextInput("Numbers", "0 0 1 1 0 0 1 1", help="An even count of numbers, as a circle."),
        shown=lambda view: view.signal_name == OWN_SIGNAL,
        more=True,
    )
    varied = kit.SegmentedControl(
        "Compare", VARIED, "downsampling", more=True, help="In what the networks differ in the tab *Compare*."
    )

    @property
    def recipe(self) -> Recipe:
        """The network and its training."""
        return Recipe(*(getattr(self, name) for name in Recipe._fields))

    @property
    def changed(self) -> Change:
        """What happens to the picture."""
        return CHANGES[self.change]

    @property
    def signal(self) -> tuple[float, ...]:
        """What is pooled in one dimension."""
        return self.own_signal if self.signal_name == OWN_SIGNAL else SIGNALS[self.signal_name]

    @property
    def variants(self) -> Mapping[str, Recipe]:
        """The networks that are compared, by what differs."""
        field, names = VARIED[self.varied]
        return {name: Recipe(**{**self.recipe._asdict(), field: name}) for name in names}
