"""The tabs of the architectures page about what a linear layer costs, and about inputs that do not fit."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import streamlit as st

from demos.convolution.architectures import DENSE, GROUPS, LARGEST_SIDE, divided, group, pooled, working_sizes
from demos.convolution.layers import Layer, flat
from demos.convolution.network import NETWORKS, parse, resolved, write
from pages.convolution.architectures import tab_charts as charts
from pages.convolution.architectures.charts import colors, warning
from pages.convolution.architectures.compute import Key, Run, computed, key_of, network, run_of, sizes_of
from pages.convolution.architectures.controls import Controls
from pages.convolution.architectures.sentences import named, taken
from pages.convolution.architectures.units import amount, share
from ui import kit
from ui.kit.plain import literal

BASE: Final = "AlexNet (d2l)"
POOLED: Final = f"{BASE}, pooled"
SIDE_BY_SIDE: Final = ("LeNet-5", BASE, "NiN")
SIDES: Final = (
    *(1, 2, 4, 8, 12, 16, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512),
    *(640, 768, 896, LARGEST_SIDE),
)
SLOW: Final = 100  # layers, from which on trying all sides takes a while
SAID: Final = 8  # different places at which it breaks


def pooling(view: Controls, result: Run) -> None:
    """What global average pooling saves, in d2l's networks and in the reader's."""
    _side_by_side()
    st.markdown("\n".join(f"- {sentence}" for sentence in [*_against_nin(), _with_pooling(view, result)]))
    st.markdown(f"What replaces the linear layers of {BASE}:")
    st.code(write(_pooled_base().layers[-3:]), language="python")
    st.caption(
        "In place of the linear layers, and of what flattens for them: a 1 × 1 convolution with one channel a class, "
        "and the mean of each channel over all places. It has no weight for any particular place."
    )


def _side_by_side() -> None:
    runs = _heads()
    parts = [(name, each, divided(found.known)[each][0]) for name, found in runs.items() for each in GROUPS]
    names, groups, numbers = zip(*parts, strict=True)
    kit.show(
        charts.heads(tuple(runs), colors=colors()[1:], ink=kit.ink()),
        {
            "heads": {"network": names, "group": groups, "parameters": numbers},
            "ends": {
                "network": list(runs),
                "end": [found.totals.parameters for found in runs.values()],
                "label": [amount(found.totals.parameters) for found in runs.values()],
                "more": [f", {amount(found.totals.macs)} MACs" for found in runs.values()],
            },
        },
        key="heads",
        alt_text="Parameters of LeNet-5, of AlexNet with and without linear layers, and of NiN.",
    )


@st.cache_resource(max_entries=1, show_spinner=False)
def _heads() -> Mapping[str, Run]:
    runs = {name: run_of(Key.of_preset(name), NETWORKS[name].input_shape) for name in SIDE_BY_SIDE}
    lenet, base, nin = SIDE_BY_SIDE
    return {lenet: runs[lenet], base: runs[base], POOLED: _pooled_base(), nin: runs[nin]}


@st.cache_resource(max_entries=1, show_spinner=False)
def _pooled_base() -> Run:
    changed = pooled(parse(NETWORKS[BASE].code), axes=2) or ()
    found = computed(changed, NETWORKS[BASE].input_shape)
    return computed(resolved(changed, found.known), NETWORKS[BASE].input_shape)


def _against_nin() -> list[str]:
    runs = _heads()
    base, nin, changed = runs[BASE].totals, runs["NiN"].totals, runs[POOLED].totals
    kept, wider = sizes_of(Key.of_preset(BASE)), _pooled_sizes(Key.of_preset(BASE))
    return [
        (
            f"**{BASE}** has {amount(base.parameters)} parameters, {share(base.dense_parameters, base.parameters)} of "
            f"them in three linear layers, which do {share(base.dense_macs, base.macs)} of the work."
        ),
        (
            f"**NiN** has none of these: {base.parameters / nin.parameters:.0f} times fewer parameters, for "
            f"{share(nin.macs, base.macs)} of the multiply–accumulates."
        ),
        (
            f"**{POOLED}**: the same convolutions with NiN's ending have {amount(changed.parameters)} parameters, "
            f"{base.parameters / changed.parameters:.0f} times fewer than with linear layers. It {taken(wider)} "
            f"With linear layers it {taken(kept)}"
        ),
    ]


def _with_pooling(view: Controls, result: Run) -> str:
    said = f"Your network, **{named(view)}**"
    found, sizes = _pooled(key_of(view), result.input_shape)
    if found is None:
        return f"{said}, ends with no linear layer: there is nothing to replace."
    if found.error is not None:
        return f"{said}: with global average pooling, it takes no input of this size either."
    layers = sum(group(layer) == DENSE for layer in result.layers)
    replaced = "its linear layer" if layers == 1 else f"its {layers} linear layers"
    now = f"{said}, with global average pooling instead of {replaced}: {amount(found.totals.parameters)} parameters"
    if result.error is not None:
        return f"{now}. As it is, it cannot be computed; so it {taken(sizes)}"
    before, after = result.totals, found.totals
    if after.parameters == before.parameters:
        return f"{now}, as many as now: it averages over all places already, and then it is the same to mix channels."
    work = f"{share(after.macs, before.macs)} of the multiply–accumulates" if before.macs else ""
    return f"{now} instead of {amount(before.parameters)}, and {work}. So it {taken(sizes)}"


@st.cache_resource(max_entries=64, show_spinner=False)
def _pooled(key: Key, input_shape: tuple[int, ...]) -> tuple[Run | None, tuple[int, int] | None]:
    changed = pooled(network(key), axes=key.axes)
    return (None, None) if changed is None else (computed(changed, input_shape), _pooled_sizes(key))


@st.cache_resource(max_entries=64, show_spinner=False)
def _pooled_sizes(key: Key) -> tuple[int, int] | None:
    changed: Sequence[Layer] = pooled(network(key), axes=key.axes) or ()
    return working_sizes(changed, channels=key.channels, axes=key.axes)


def small(view: Controls, result: Run) -> None:
    """The network with inputs from small to large: which break it, where and why."""
    key, sizes = key_of(view), sizes_of(key_of(view))
    many = len(flat(result.layers)) > SLOW
    runs = _tried_slowly(key, _sides(sizes)) if many else [_trial(key, side) for side in _sides(sizes)]
    if runs is None:
        st.markdown(_verdict(view, sizes))
        return
    kit.show(
        charts.trials(works=kit.palette()[1], fails=warning(), ink=kit.ink()),
        {
            "trials": {
                "side": [each.input_shape[-1] for each in runs],
                "reached": [len(each.known) for each in runs],
                "outcome": ["works" if each.error is None else "breaks" for each in runs],
                "said": [str(each.error or "works") for each in runs],
            },
            "view": {"layers": [len(flat(result.layers))], "side": [view.size]},
        },
        key="trials",
        alt_text="How many layers can be computed for inputs of many sizes.",
    )
    st.markdown("\n".join(f"- {sentence}" for sentence in [_verdict(view, sizes), *_broken(runs, sizes)]))
    st.caption(
        "Each mark is a side that was tried, at the height of the layers that it gets through; the dashed line is the "
        "input of the sidebar."
    )


def _sides(sizes: tuple[int, int] | None) -> tuple[int, ...]:
    near = [side + step for side in sizes or () for step in (-1, 0, 1)]
    return tuple(sorted({*SIDES, *(side for side in near if 1 <= side <= LARGEST_SIDE)}))


@kit.long("Try inputs of all sizes", keep=8)
def _tried_slowly(key: Key, sides: Sequence[int]) -> Iterator[kit.Progress[Run]]:
    for place, side in enumerate(sides):
        yield kit.Progress(place / len(sides), f"Trying a side of {side}", _trial(key, side))


@st.cache_resource(max_entries=256, show_spinner=False)
def _trial(key: Key, side: int) -> Run:
    return computed(network(key), (key.channels, *[side] * key.axes))


def _verdict(view: Controls, sizes: tuple[int, int] | None) -> str:
    if sizes is None:
        return f"**{named(view)}** takes no input of any size: something else is wrong with it."
    return f"**{named(view)}** {taken(sizes)}"


def _broken(runs: Sequence[Run], sizes: tuple[int, int] | None) -> list[str]:
    """For each layer at which it breaks: for which of the sides tried, and why for the largest of them."""
    at: dict[tuple[int, bool], list[int]] = {}
    errors = {found.input_shape[-1]: found.error for found in runs}
    for found in runs:
        side = found.input_shape[-1]
        if found.error is not None:
            too_large = sizes is not None and side > sizes[1]
            at.setdefault((len(found.known), too_large), []).append(side)
    sentences = []
    for sides in list(at.values())[:SAID]:
        shown: Sequence[Any] = sides if len(sides) < 4 else (*sides[:2], "…", sides[-1])
        several = f"sides such as {', '.join(map(str, shown))}. At {sides[-1]}"
        why = literal(str(errors[sides[-1]]))
        sentences.append(f"Breaks for {several if len(sides) > 1 else f'a side of {sides[0]}'}: {why}")
    return sentences + ([f"… and at {len(at) - SAID} other layers."] if len(at) > SAID else [])
