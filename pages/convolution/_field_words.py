"""The conclusions of the receptive-field page: sentences made from the numbers, so that they cannot go stale."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from demos.convolution.fields import dilation_of
from pages.convolution._field_controls import Controls
from pages.convolution._field_run import Look, Run, times

ALL_OF_IT: Final = 0.005  # of a field that is as good as the whole


def conclusions(controls: Controls, result: Run) -> list[str]:
    """What the chosen unit sees, how much of it counts, and what enlarged it."""
    seen = result.chosen
    if seen is None:
        return ["No layer of this network has units with a place in the input."]
    said = [_field(result, seen), _measured(controls, seen), _effective(seen)]
    if len(result.looks) > 1:
        said.append(_growth(result))
    if result.network.left_out:
        said.append(
            f"{result.network.left_out} more layers are not shown: the page follows at most 100, and fewer at large "
            "inputs."
        )
    return said


def named(result: Run, seen: Look) -> str:
    """A layer by its number among those shown, and what it is."""
    return f"layer {result.looks.index(seen) + 1} ({seen.shown.name})"


def _field(result: Run, seen: Look) -> str:
    record = seen.shown.record
    jump = times(record.jump or ())
    return (
        f"A unit of **{named(result, seen)}** sees **{times(record.receptive_field or ())}** cells of the input by "
        f"the formula; its neighbours' fields begin {jump} cells farther. The layer has "
        f"{times(record.output_shape[1:])} units a channel."
    )


def _measured(controls: Controls, seen: Look) -> str:
    whole = math.prod(controls.choice.input_shape[1:])
    at = ", ".join(map(str, seen.unit))
    said = f"Unit ({at}) is reached by **{seen.cells:,}** cells, measured: {seen.cells / whole:.0%} of the input."
    box = math.prod(last - first + 1 for first, last in zip(seen.low, seen.high, strict=True))
    if seen.outside > 0:
        said += f" **{seen.outside:.0%}** of its field is padding."
    gaps = round(box * (1 - seen.outside)) - seen.cells
    if gaps > 0:
        said += f" {gaps:,} cells inside its field do not reach it: the field has gaps."
    return said


def _effective(seen: Look) -> str:
    if not all(map(math.isfinite, seen.width)):
        return "Nothing of the input arrives at it: it sees padding only."
    field = [last - first + 1 for first, last in zip(seen.low, seen.high, strict=True)]
    share = math.prod(seen.width) / math.prod(field)
    effective = f"the effective field is {times([round(each, 1) for each in seen.width])}"
    if share < 1 - ALL_OF_IT:
        return f"What counts is smaller: {effective}, **{share:.0%}** of the theoretical one."
    return f"No part counts less here: {effective}, as wide as an even window that spreads as far, **{share:.0%}**."


def _growth(result: Run) -> str:
    last = result.looks[-1].shown.fields
    axis = max(range(len(last)), key=lambda each: last[each].size)  # along which it is largest in the end
    along = [look.shown.fields[axis] for look in result.looks]
    grown = [after - before for before, after in pairwise([1.0, *(each.size for each in along)])]
    most = max(range(len(grown)), key=grown.__getitem__)
    if grown[most] == 0:
        return "The field does not grow: every unit sees one cell."
    seen = result.looks[most]
    jump = along[most - 1].jump if most else 1.0
    dilation = dilation_of(seen.shown.layer, axis, len(last))
    why = (
        "That jump is the product of the strides before it."
        if dilation == 1
        else f"That is its dilation of {dilation} times the jump of {jump:g}, the product of the strides before it."
    )
    return (
        f"The field grows most at {named(result, seen)}: by {grown[most]:g} cells, because each tap of its window is "
        f"{dilation * jump:g} cells from the next. {why}"
    )


def sentences(said: Sequence[str]) -> str:
    """A Markdown list."""
    return "\n".join(f"- {each}" for each in said)
