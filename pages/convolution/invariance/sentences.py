"""What the numbers of the invariance page say, in sentences."""

from typing import Final

import numpy as np

from demos.convolution.invariance import AUGMENTATIONS
from pages.convolution.invariance.compute import Run, Trained
from pages.convolution.invariance.controls import MOVE, RESIZE, TURN, Controls
from pages.convolution.invariance.frames import named

UNTRAINED: Final = (
    "- These are the answers of **random weights**: they mean nothing yet. *Train this network* takes some seconds.\n"
    "- What shifts do to each of its layers does not wait for training: see *Layer by layer*."
)
STAYS: Final = 0.05  # of accuracy lost: less is called none


def conclusions(view: Controls, result: Run) -> str:
    """What the network does with the digit, and with all test digits."""
    if result.trained is None:
        return UNTRAINED
    told = {TURN: _turned, RESIZE: _resized, MOVE: _moved}[view.change](result.trained)
    learned = "" if view.augmentation == "none" else f", trained with {view.augmentation}"
    recipe = f"{view.head} alone" if view.head == "dense network" else f"{view.downsampling} and {view.head}"
    consistency = result.trained.consistency
    return "\n".join(
        (
            f"- All 360 test digits ({recipe}{learned}): {told}",
            f"- {_this_digit(view, result)}",
            (
                "- Two copies of a digit, moved at random by up to 4 pixels to each side, get the same answer "
                f"**{consistency:.0%}** of the time.{_promised(view)}"
            ),
        )
    )


def _turned(known: Trained) -> str:
    upright, (tilted, lying, over) = known.at(TURN, 0), [known.at(TURN, angle) for angle in (30, 90, 180)]
    return (
        f"upright **{upright:.0%}** are right, turned by 30° {tilted:.0%}, by 90° **{lying:.0%}**, by 180° {over:.0%} "
        "(10 % is guessing; 0, 1 and 8 look alike upside down, and a 6 is a 9)."
    )


def _resized(known: Trained) -> str:
    half, smaller, same, larger, double = (known.at(RESIZE, 2**power) for power in (-1, -0.5, 0, 0.5, 1))
    return (
        f"as they are **{same:.0%}** are right, at 0.71 of the size {smaller:.0%}, at half of it **{half:.0%}**, "
        f"1.41 times as large {larger:.0%}, twice **{double:.0%}**."
    )


def _moved(known: Trained) -> str:
    places = [known.at(MOVE, pixels) for pixels in range(5)]
    said = (
        f"in place **{places[0]:.0%}** are right; moved to the right by 1, 2, 3 and 4 pixels "
        f"{', '.join(f'{share:.0%}' for share in places[1:])}."
    )
    lowest = int(np.argmin(places))
    if places[0] - places[lowest] < STAYS:
        return f"{said} None of these moves costs {STAYS:.0%}."
    back = places[4] - places[lowest]
    if lowest < 4 and back > (places[0] - places[lowest]) / 2:
        return f"{said} It comes back at 4, the total stride: the lattice of kept places fits again."
    return said


def _this_digit(view: Controls, result: Run) -> str:
    words = named(view.changed)
    if result.truth is None:
        start = int(result.said[view.changed.unchanged])
        same = int((result.said == start).sum())
        return f"Your picture is called **{start}** as it is, and in {same} of {len(words)} frames."
    wrong = np.flatnonzero(result.said != result.truth)
    if not len(wrong):
        return f"This **{result.truth}** is answered right in every frame."
    nearest = wrong[np.argmin(np.abs(wrong - view.changed.unchanged))]
    return (
        f"This **{result.truth}** is answered right in {len(words) - len(wrong)} of {len(words)} frames; "
        f"{words[nearest]} it is called {result.said[nearest]}."
    )


def _promised(view: Controls) -> str:
    """What an augmentation does not promise."""
    most = AUGMENTATIONS[view.augmentation]
    if view.downsampling == "none" and view.head == "global average pooling":
        exact = "so that is exact" if view.padding_mode == "circular" else "so only the border can differ"
        return f" Nothing is skipped and no place is weighed, {exact}."
    return " It has learned from digits in all these places." if most.pixels else ""
