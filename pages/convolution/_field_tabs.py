"""The tabs of the receptive-field page. Each computes when it is open."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from demos.convolution.fields import Floats
from demos.convolution.layers import Layer
from demos.convolution.network import parse
from demos.convolution.receptive_field import INPUT, Rung, border_effects, effective, placed, pyramid, stack, width
from demos.convolution.training import KERNEL_SIZE, SIDE, Progress, train
from pages.convolution import _field_tab_charts as charts
from pages.convolution._field_controls import DEFAULTS, DEPTHS, KERNELS, Controls
from pages.convolution._field_run import Run, sharp, table, times
from pages.convolution._field_words import named
from ui.kit import charts as chart
from ui.kit import raster
from ui.kit.plain import literal
from ui.server import slots

STACKS: Final = ((3, 2, 5), (3, 3, 7), (3, 4, 9))  # kernel size, layers, the one kernel that sees as much
MAP: Final = 56  # side of the feature map whose multiply–accumulates are counted
MEASURED: Final = (1, 2, 3, 5, 8, 12, 16, 20)  # layers
THIN: Final = 4  # channels of the stacks that are measured
DRAWS: Final = 30
UNIT_DRAWS: Final = 4
UNIT_CHANNELS: Final = 8
STEPS: Final = 200
TOLD: Final = 20
SEEDS: Final = (0, 1, 2)
TRAINED_CHANNELS: Final = 16
LEARNING_RATE: Final = 0.003
BATCH: Final = 64
MOST_LINES: Final = 2_000
SHADES: Final = 16


def draw(asked: Controls, result: Run) -> None:
    """All tabs, of which one is open."""
    bodies: dict[str, Callable[[], None]] = {
        "Layers": partial(_layers, result),
        "Small kernels": _small_kernels,
        "Effective field": partial(_effective, asked, result),
        "Training": _training,
        "One dimension": partial(_one_dimension, asked, result),
        "Borders": partial(_borders, result),
    }
    for tab, body in zip(
        st.tabs(list(bodies), key="tab", on_change="rerun", bind="query-params"), bodies.values(), strict=True
    ):
        if tab.open:
            with tab:
                body()


def _layers(result: Run) -> None:
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


def _small_kernels() -> None:
    channels = st.slider(
        "Channels",
        1,
        512,
        DEFAULTS["channels"],
        key="channels",
        bind="query-params",
        help="Of the input and of every layer.",
    )
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
    chart.show(
        charts.costs(tuple(rows["stack"]), color=_shade(2), ink=chart.ink()),
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


def _effective(asked: Controls, result: Run) -> None:
    kernel_size = st.segmented_control(
        "Kernel size",
        KERNELS,
        default=DEFAULTS["kernel_size"],
        key="kernel_size",
        bind="query-params",
        help="Of every layer of the stack in the chart.",
    )
    kernel_size = kernel_size or DEFAULTS["kernel_size"]
    left, right = st.columns(2, gap="medium")
    with left:
        _over_depth(kernel_size)
    with right:
        _this_unit(asked, result)


def _over_depth(kernel_size: int) -> None:
    """Stacks of equal layers: their widths measured, and the laws."""
    depths = np.arange(MEASURED[-1] + 1)
    field, law = depths * (kernel_size - 1) + 1, np.sqrt(depths * (kernel_size**2 - 1) + 1)
    found = _measured_widths(kernel_size)
    chart.show(
        charts.over_depth(
            MEASURED[-1],
            MEASURED[-1] * (kernel_size - 1) + 1,
            colors=(("theoretical", _shade(1)), ("effective", _shade(6))),
        ),
        {
            "law": {
                "depth": np.tile(depths, 2),
                "what": np.repeat(["theoretical", "effective"], len(depths)).astype(object),
                "cells": np.concatenate([field, law]),
            },
            "measured": {
                "depth": list(MEASURED),
                "what": ["effective"] * len(MEASURED),
                "cells": found,
            },
        },
        key=f"over depth {kernel_size}",
        alt_text="Theoretical and effective width of stacks of equal layers against their number.",
    )
    shares = {depth: width / field[depth] for depth, width in zip(MEASURED, found, strict=True)}
    st.markdown(
        f"Layers of {kernel_size} × {kernel_size}: the field grows as n, what counts as √n. Of the width "
        f"**{shares[5]:.0%}** counts after 5 layers and **{shares[20]:.0%}** after 20: measured, by a factor of "
        f"{shares[20] / shares[5]:.2f}, and √(5/20) is 0.5."
    )
    st.caption(
        f"Points: the gradient of real networks with {THIN} channels and ReLU, over {DRAWS} draws of weights and "
        "inputs. Lines: the formulas under *Mathematics*."
    )


@slots.heavy(st.cache_data(max_entries=len(KERNELS), show_spinner="Measuring gradients"))
def _measured_widths(kernel_size: int) -> list[float]:
    """The effective width of stacks, in cells: the root of the mean of both axes' squares."""
    found = []
    for depth in MEASURED:
        side = depth * (kernel_size - 1) + 1  # what one unit sees, without padding
        layers = [
            each
            for convolution in stack(kernel_size=kernel_size, depth=depth, channels=THIN, padding=0)
            for each in (convolution, Layer("ReLU"))
        ]
        energy = effective(
            layers,
            (THIN, side, side),
            layer=len(layers) - 2,  # before the last ReLU, which can hide the unit
            unit=(0, 0),
            channels=THIN,
            draws=DRAWS,
            batch=1,
            seed=0,
        ).energy
        found.append(float(np.hypot(width(energy, axis=0), width(energy, axis=1)) / np.sqrt(2)))
    return found


def _this_unit(asked: Controls, result: Run) -> None:
    """The gradient of the chosen unit in a network with random weights."""
    seen = result.chosen
    if seen is None:
        return
    choice = asked.choice
    try:
        energy = _measured_energy(choice.code, result.network.layers, choice.input_shape, seen.shown.place, seen.unit)
    except ValueError as error:
        st.caption(literal(str(error)))
        return
    if not energy.any():
        st.caption("Nothing of the input arrives at this unit: it sees padding only.")
        return
    strength = np.sqrt(np.atleast_2d(energy))
    _image(strength / strength.max(), 6, key="gradient of the unit", height=charts.IMAGE)
    found = [width(energy, axis=axis) for axis in range(energy.ndim)]
    st.markdown(
        f"The unit in the picture, of {named(result, seen)}: its gradient with random weights is {_cells(found)} cells "
        f"wide; the walk that the picture shows says {_cells(seen.width)}."
    )
    st.caption(
        f"The root of the mean squared gradient over {UNIT_DRAWS} draws of the weights, with at most {UNIT_CHANNELS} "
        "channels a layer. With real ReLUs and maxima it is noisier than the walk, which is its mean."
    )


@slots.heavy(st.cache_data(max_entries=16, show_spinner="Measuring gradients"))
def _measured_energy(code: str, kept: int, input_shape: tuple[int, ...], layer: int, unit: tuple[int, ...]) -> Floats:
    layers = parse(code)[:kept]
    return effective(
        layers, input_shape, layer=layer, unit=unit, channels=UNIT_CHANNELS, draws=UNIT_DRAWS, batch=2, seed=0
    ).energy


def _training() -> None:
    depth = st.slider(
        "Layers of the stack",
        *DEPTHS,
        DEFAULTS["depth"],
        key="depth",
        bind="query-params",
        help=f"Convolutions of {KERNEL_SIZE} × {KERNEL_SIZE} with {TRAINED_CHANNELS} channels.",
    )
    if st.button("Train on handwritten digits", icon=":material/play_arrow:", type="primary"):
        with slots.slot():
            st.session_state["field trained"] = depth, _trained(depth)
    trained, told = st.session_state.get("field trained", (None, {}))
    if trained != depth:
        st.caption(
            f"{STEPS} steps of Adam on digits of {SIDE} × {SIDE} pixels, for {len(SEEDS)} seeds; before, after and in "
            "between the gradient of the unit in the middle is measured. Some seconds; moving a control stops it."
        )
        return
    _show_training(depth, told)


def _trained(depth: int) -> dict[int, list[Progress]]:
    """Train the stack with each seed, under a progress bar."""
    bar = st.progress(0.0)
    told: dict[int, list[Progress]] = {}
    for place, seed in enumerate(SEEDS):
        told[seed] = []
        for each in train(
            depth=depth,
            channels=TRAINED_CHANNELS,
            lr=LEARNING_RATE,
            steps=STEPS,
            batch_size=BATCH,
            seed=seed,
            every=TOLD,
        ):
            told[seed].append(each)
            bar.progress((place + each.step / STEPS) / len(SEEDS), f"Seed {seed}, step {each.step} of {STEPS}")
    bar.empty()
    return told


def _show_training(depth: int, told: Mapping[int, Sequence[Progress]]) -> None:
    law = math.sqrt(depth * (KERNEL_SIZE**2 - 1) + 1)
    widths = {seed: [width(each.energy, axis=0) for each in progress] for seed, progress in told.items()}
    left, right = st.columns([3, 2], gap="medium")
    with left:
        chart.show(
            charts.training(
                STEPS,
                2 * DEPTHS[1] + 1,
                colors=tuple((f"seed {seed}", _shade(place)) for seed, place in zip(SEEDS, (1, 5, 4), strict=True)),
                ink=chart.ink(),
            ),
            {
                "widths": {
                    "seed": [f"seed {seed}" for seed, progress in told.items() for _ in progress],
                    "step": [each.step for progress in told.values() for each in progress],
                    "cells": [each for along in widths.values() for each in along],
                },
                "law": {"cells": [law], "label": [f"at random: {law:.1f}"]},
            },
            key="field training",
            alt_text="The effective width of the unit in the middle over the steps of training, a line a seed.",
        )
    with right:
        grew = sum(along[-1] > along[0] for along in widths.values())
        means = [float(np.mean([along[place] for along in widths.values()])) for place in (0, -1)]
        right_answers = float(np.mean([progress[-1].accuracy for progress in told.values()]))
        st.markdown(
            f"- Before training the effective width is **{means[0]:.1f}** cells on average, after it "
            f"**{means[1]:.1f}**, of a field of {depth * (KERNEL_SIZE - 1) + 1}. It grew with {grew} of {len(told)} "
            f"seeds.\n- {right_answers:.0%} of the test digits are right after {STEPS} steps (10 % is guessing).\n"
            "- Luo et al. saw it grow with larger networks on larger pictures. Here training moves it little, and not "
            "always upwards."
        )
        for column, place, name in zip(st.columns(2), (0, -1), ("before", "after"), strict=True):
            with column:
                strength = np.sqrt(np.mean([progress[place].energy for progress in told.values()], axis=0))
                st.caption(name.capitalize())
                _image(strength / strength.max(), 6, key=f"field {name} training", height=140)


def _one_dimension(asked: Controls, result: Run) -> None:
    seen = result.chosen
    if seen is None:
        return
    choice = asked.choice
    axis = len(choice.input_shape) - 2
    rungs = pyramid(
        choice.layers[: result.network.layers],
        choice.input_shape,
        layer=seen.shown.place,
        unit=seen.unit[-1],
        axis=axis,
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
    chart.show(
        charts.feeding(
            len(rungs),
            colors=(("unit", _shade(1)), ("padding", raster.blend([chart.ink().paper, _shade(0)], 4)[1])),
            ink=chart.ink(),
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


def _borders(result: Run) -> None:
    seen = result.chosen
    if seen is None:
        return
    feeds, padding = border_effects(seen.shown.fields, seen.shown.reached)
    feeds, padding = np.atleast_2d(feeds), np.atleast_2d(padding)
    left, right = st.columns(2, gap="medium")
    middle = feeds[feeds.shape[0] // 2, feeds.shape[1] // 2]
    with left:
        _image(feeds / max(1, feeds.max()), 1, key="feeds", height=charts.IMAGE)
        st.markdown(
            f"**Cells of the input**, stronger in colour the more units of {named(result, seen)} they reach: the "
            f"corner reaches {_units(int(feeds[0, 0]))}, the cell in the middle {_units(int(middle))} and the busiest "
            f"{_units(int(feeds.max()))}. {_unseen(feeds)}"
        )
    with right:
        _image(padding, 1, key="padding", height=charts.IMAGE)
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


def _cells(widths: Sequence[float]) -> str:
    return times([round(each, 1) for each in widths])


def _image(strength: Floats, color: int, *, key: str, height: int) -> None:
    """Numbers from 0 to 1 over the plane, row 0 on top."""
    levels = np.round((SHADES - 1) * np.flipud(strength)).astype(int)
    rows, columns = strength.shape
    shades = raster.blend([chart.ink().paper, _shade(color)], SHADES)
    url = raster.data_url(levels, shades, scale=sharp(strength.shape))
    chart.show(
        charts.image(height=height, ink=chart.ink()),
        {"view": {"columns": [columns], "rows": [rows], "url": [url]}},
        key=key,
        alt_text=f"An image of the {key}, stronger in colour where it is larger.",
    )


def _shade(place: int) -> str:
    return chart.palette()[place]
