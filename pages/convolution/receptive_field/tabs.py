"""The tabs of the receptive-field page that compute at once. Each does so when it is open."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from demos.convolution.layers import Layer
from demos.convolution.receptive_field import INPUT, Rung, border_effects, placed, pyramid, stack
from pages.convolution.receptive_field import tab_charts as charts
from pages.convolution.receptive_field.compute import Run, table, times
from pages.convolution.receptive_field.controls import Controls
from pages.convolution.receptive_field.images import image, shade
from pages.convolution.receptive_field.sentences import named
from ui import kit
from ui.kit import raster

STACKS: Final = ((3, 2, 5), (3, 3, 7), (3, 4, 9))  # kernel size, layers, the one kernel that sees as much
MAP: Final = 56  # side of the feature map whose multiply–accumulates are counted
MOST_LINES: Final = 2_000


def layers(result: Run) -> None:
    """The fields of every layer, as a table."""
    st.dataframe(
        table(result),
        hide_index=True,
        column_config={"share of the field": st.column_config.NumberColumn(format="percent")},
        alt="Field, jump, start, centre and effective width of every layer",
    )
    st.caption(
        "The layers with a window, weights or a sum, each with the pointwise ones behind it; those on shortcuts are "
        "left out. Start is the first cell of the first unit's field, negative in padding; center is its middle."
    )


def small_kernels(view: Controls) -> None:
    """What small kernels in a row cost, and one large one that sees as much."""
    channels = view.channels
    rows: dict[str, list[Any]] = {"stack": [], "share": [], "label": []}
    said = []
    for kernel_size, depth, large in STACKS:
        many = stack(kernel_size=kernel_size, depth=depth, channels=channels, padding=kernel_size // 2)
        one = stack(kernel_size=large, depth=1, channels=channels, padding=large // 2)
        (few_weights, few_macs, field, counted), (weights, macs, _, all_counted) = (
            _cost(each, channels) for each in (many, one)
        )
        name = f"{depth} of {kernel_size} × {kernel_size}"
        rows["stack"].append(name)
        rows["share"].append(few_weights / weights)
        rows["label"].append(f"{few_weights:,} of {weights:,} ({few_weights / weights:.0%})")
        said.append(
            f"- **{name}** see {times((field, field))} cells, as one of {large} × {large} does: {few_weights:,} "
            f"parameters instead of {weights:,} and {few_macs / 1e6:,.1f} instead of {macs / 1e6:,.1f} million "
            f"multiply–accumulates on a map of {MAP} × {MAP}. Their effective width is {counted:.1f} instead of "
            f"{all_counted:.1f}."
        )
    kit.show(
        charts.costs(tuple(rows["stack"]), color=shade(2), ink=kit.ink()),
        {"costs": rows},
        key="costs",
        alt_text="The parameters of two, three and four 3 × 3 layers as a share of those of one larger kernel.",
    )
    st.markdown("\n".join(said))


def _cost(layers: Sequence[Layer], channels: int) -> tuple[int, int, float, float]:
    """Parameters, multiply–accumulates on a map of MAP × MAP, field and effective width."""
    known = placed(layers, (channels, MAP, MAP)).steps
    last = (known[-1].fields or ())[0]
    parameters = sum(step.record.parameters for step in known)
    return parameters, sum(step.record.macs for step in known), last.size, last.effective


def one_dimension(view: Controls, result: Run) -> None:
    """The units of every layer that feed the chosen one along a row."""
    seen = result.chosen
    if seen is None:
        return
    axis = len(view.input_shape) - 2
    rungs = pyramid(
        view.layers[: result.network.layers], view.input_shape, layer=seen.shown.place, unit=seen.unit[-1], axis=axis
    )
    lines = sum(len(rung.reads) for rung in rungs)
    top = len(rungs) - 1
    units: dict[str, list[Any]] = {"rung": [], "cell": [], "what": []}
    reads: dict[str, list[Any]] = {"rung": [], "cell": [], "rung2": [], "cell2": []}
    names: dict[str, list[Any]] = {"rung": [], "name": []}
    for place, rung in enumerate(rungs):
        level = top - place
        units["rung"] += [level] * len(rung.units)
        units["cell"] += (rung.center + 0.5).tolist()
        units["what"] += np.where(rung.inside, "unit", "padding").tolist()
        names["rung"].append(level)
        names["name"].append(_rung_name(rung, result))
        below = rungs[place + 1] if place < top else None
        for upper, lower in _drawn(rung, below, all_of_them=lines <= MOST_LINES):
            reads["rung"].append(level)
            reads["cell"].append(upper + 0.5)
            reads["rung2"].append(level - 1)
            reads["cell2"].append(lower + 0.5)
    cells = np.concatenate([rung.center for rung in rungs])
    margin = 1 + 0.05 * float(np.ptp(cells))
    names_margin = 5 * margin
    kit.show(
        charts.feeding(
            len(rungs),
            colors=(("unit", shade(1)), ("padding", raster.blend([kit.ink().paper, shade(0)], 4)[1])),
            ink=kit.ink(),
        ),
        {
            "units": units,
            "reads": reads,
            "names": {
                **names,
                "left": [float(cells.min()) - names_margin] * len(rungs),
                "right": [float(cells.max()) + 1 + margin] * len(rungs),
            },
        },
        key=f"one dimension {len(rungs)}",
        alt_text="The units of every layer that feed the chosen one, with lines to what each reads, down to the input.",
    )
    inside = int(rungs[-1].inside.sum())
    st.markdown(
        f"Along a row, unit {seen.unit[-1]} of {named(result, seen)} reads {len(rungs[-1].units)} places of the "
        f"input in {lines:,} steps: {inside} cells and {len(rungs[-1].units) - inside} of padding."
        + ("" if lines <= MOST_LINES else f" More than {MOST_LINES:,} lines are not drawn, only the outermost.")
    )


def _rung_name(rung: Rung, result: Run) -> str:
    return "input" if rung.layer == INPUT else result.network.part.steps[rung.layer].record.name


def _drawn(rung: Rung, below: Rung | None, *, all_of_them: bool) -> list[tuple[float, float]]:
    """The lines of a rung, as places of the units that they join; or only the outermost."""
    if below is None:
        return []
    here = dict(zip(rung.units.tolist(), rung.center.tolist(), strict=True))
    there = dict(zip(below.units.tolist(), below.center.tolist(), strict=True))
    reads = rung.reads if all_of_them else [min(rung.reads), max(rung.reads)]
    return [(here[upper], there[lower]) for upper, lower in reads]


def borders(result: Run) -> None:
    """How many units each cell reaches, and how much padding each unit sees."""
    seen = result.chosen
    if seen is None:
        return
    feeds, padding = border_effects(seen.shown.fields, seen.shown.reached)
    feeds, padding = np.atleast_2d(feeds), np.atleast_2d(padding)
    left, right = st.columns(2, gap="medium")
    middle = feeds[feeds.shape[0] // 2, feeds.shape[1] // 2]
    with left:
        image(feeds / max(1, feeds.max()), 1, key="feeds")
        st.markdown(
            f"**Cells of the input**, stronger in colour the more units of {named(result, seen)} they reach: the "
            f"corner reaches {_units(int(feeds[0, 0]))}, the cell in the middle {_units(int(middle))} and the busiest "
            f"{_units(int(feeds.max()))}. {_unseen(feeds)}"
        )
    with right:
        image(padding, 1, key="padding")
        st.markdown(
            f"**Units of the layer**, stronger in colour the more padding they see: {padding[0, 0]:.0%} of the field "
            f"of the corner unit, {padding[padding.shape[0] // 2, padding.shape[1] // 2]:.0%} in the middle. "
            f"{(padding > 0).mean():.0%} of the units see some."
        )


def _unseen(feeds: NDArray[np.int64]) -> str:
    lost = int((feeds == 0).sum())
    return f"**{lost:,}** cells reach no unit at all." if lost else ""


def _units(count: int) -> str:
    return f"{count:,} unit{'' if count == 1 else 's'}"
