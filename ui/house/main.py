"""Every rerun: the whole view, when it is this visitor's turn."""

from ui.house.dashboard import draw
from ui.server.turns import turn

with turn():
    draw()
