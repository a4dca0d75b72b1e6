"""What pages are made of."""

from ui.kit import tables
from ui.kit.charts import Chart, Columns, Ink, Spec, ink, palette, show, spec, tip
from ui.kit.controls import Controls, Settings, resets
from ui.kit.ending import mathematics, references, reproduce
from ui.kit.long import Progress, long
from ui.kit.parts import Each, Group, Own
from ui.kit.scenarios import Scenario, scenarios
from ui.kit.scrub import Scrub
from ui.kit.tables import OwnTable
from ui.kit.tabs import tabs
from ui.kit.thumbnail import thumbnail
from ui.kit.widgets import Pills, SegmentedControl, Selectbox, SelectSlider, Slider, TextArea, TextInput, Toggle

__all__ = [
    "Chart",
    "Columns",
    "Controls",
    "Each",
    "Group",
    "Ink",
    "Own",
    "OwnTable",
    "Pills",
    "Progress",
    "Scenario",
    "Scrub",
    "SegmentedControl",
    "SelectSlider",
    "Selectbox",
    "Settings",
    "Slider",
    "Spec",
    "TextArea",
    "TextInput",
    "Toggle",
    "ink",
    "long",
    "mathematics",
    "palette",
    "references",
    "reproduce",
    "resets",
    "scenarios",
    "show",
    "spec",
    "tables",
    "tabs",
    "thumbnail",
    "tip",
]  # fmt: skip
