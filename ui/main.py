"""Every rerun: the whole view, when it is this visitor's turn."""

from ui.dashboard import draw
from ui.turns import turn

with turn():
    draw()
