"""The charts of the architectures page's tabs. They compute nothing, and their specs are cached."""

from typing import Any, Final

import altair as alt
import streamlit as st

from ui.kit.charts import Colors, Ink, Spec, color_of, spec_of, tip

POINT: Final = "point"
LEFT: Final = ("VGG-13", "VGG-19", "AlexNet (d2l)", "NiN", "ResNet-50 (original)")  # whose names stand there


@st.cache_resource(max_entries=64, show_spinner=False)
def plane(history: tuple[str, ...], *, ink: Ink, color: str, own: str) -> Spec:
    """All networks. Tables: `points` (network, parameters, macs) and `own` (parameters, macs, label)."""
    x = alt.X(
        "parameters:Q",
        title="parameters",
        scale=alt.Scale(type="log", domain=[1e4, 1e9], nice=False, clamp=True),
        axis=alt.Axis(values=[10.0**k for k in range(4, 10)], format="~s"),
    )
    y = alt.Y(
        "macs:Q",
        title="multiply–accumulates",
        scale=alt.Scale(type="log", domain=[1e5, 1e11], nice=False, clamp=True),
        axis=alt.Axis(values=[10.0**k for k in range(5, 12)], format="~s"),
    )
    known = alt.Chart(alt.NamedData("points")).encode(x=x, y=y)
    order = f"indexof({list(history)}, datum.network)"
    path = (
        known.transform_calculate(order=order)
        .transform_filter("datum.order >= 0")
        .mark_line(strokeWidth=1.5, strokeDash=[4, 3], color=ink.text, opacity=0.5)
        .encode(order="order:Q")
    )
    clicked = alt.selection_point(name=POINT, on="click", fields=["network"])
    dots = tip(
        known.mark_point(filled=True, size=150, opacity=1, color=color, cursor="pointer"),
        "{network}: {parameters:.3~s} parameters, {macs:.3~s} multiply–accumulates",
    )
    halos: tuple[dict[str, Any], ...] = ({"stroke": ink.paper, "strokeWidth": 4}, {})
    labels = [
        known.transform_filter(f"{'' if left else '!'}(indexof({list(LEFT)}, datum.network) >= 0)")
        .mark_text(align="right" if left else "left", dx=-10 if left else 10, color=ink.text, **halo)
        .encode(text="network:N")
        for left in (True, False)
        for halo in halos
    ]
    yours = alt.Chart(alt.NamedData("own")).encode(x=x, y=y)
    diamond = yours.mark_point(shape="diamond", size=260, strokeWidth=3, color=own)
    said = yours.mark_text(dy=-16, color=own, fontWeight=600).encode(text="label:N")
    layers = alt.layer(path, dots.add_params(clicked), *labels, diamond, said)
    return spec_of(layers.properties(height=460))


@st.cache_resource(max_entries=64, show_spinner=False)
def shares(names: tuple[str, ...], title: str, *, colors: Colors) -> Spec:
    """How something divides. Table: `shares` (network, group, share)."""
    bars = (
        alt.Chart(alt.NamedData("shares"))
        .mark_bar()
        .encode(
            x=alt.X(
                "share:Q",
                title=title,
                scale=alt.Scale(domain=[0, 1], nice=False),
                axis=alt.Axis(format="%", grid=False),
            ),
            y=alt.Y(
                "network:N",
                title=None,
                scale=alt.Scale(domain=list(names)),
                axis=alt.Axis(labelLimit=140, labelOverlap=False),
            ),
            color=color_of("group", colors),
        )
    )
    bars = tip(bars, "{network}: {share:.1%} in layers of the kind {group}")
    return spec_of(alt.layer(bars).properties(height=22 * len(names) + 110))


@st.cache_resource(max_entries=64, show_spinner=False)
def heads(names: tuple[str, ...], *, colors: Colors, ink: Ink) -> Spec:
    """Parameters with and without linear layers.

    Tables: `heads` (network, group, parameters) and `ends` (network, end, label, more).
    """
    y = alt.Y("network:N", title=None, scale=alt.Scale(domain=list(names)), axis=alt.Axis(labelLimit=200))
    x = alt.X(
        "parameters:Q",
        title="parameters",
        scale=alt.Scale(domain=[0, 6e7], nice=False),
        axis=alt.Axis(format="~s", tickCount=6),
    )
    bars = alt.Chart(alt.NamedData("heads")).mark_bar().encode(x=x, y=y, color=color_of("group", colors))
    said = alt.Chart(alt.NamedData("ends")).transform_calculate(said="datum.label + (width < 400 ? '' : datum.more)")
    ends = said.mark_text(align="left", dx=6, color=ink.text)
    return spec_of((bars + ends.encode(x=alt.X("end:Q"), y=y, text="said:N")).properties(height=40 * len(names) + 110))


@st.cache_resource(max_entries=64, show_spinner=False)
def trials(*, works: str, fails: str, ink: Ink) -> Spec:
    """How far images of each side get. Tables: `trials` (side, reached, outcome, said) and `view` (layers, side)."""
    layers = "(length(data('view')) ? data('view')[0].layers : 1)"
    x = alt.X(
        "side:Q",
        title="side of the input",
        scale=alt.Scale(type="log", base=2, domain=[1, 1024], nice=False),
        axis=alt.Axis(values=[2**k for k in range(11)], format="d"),
    )
    y = alt.Y(
        "reached:Q",
        title="layers computed",
        scale=alt.Scale(domain=[0, alt.ExprRef(layers)], nice=False),
        axis=alt.Axis(tickMinStep=1, format="d"),
    )
    dots = (
        alt.Chart(alt.NamedData("trials"))
        .mark_point(filled=True, size=70, opacity=1)
        .encode(
            x=x,
            y=y,
            color=color_of("outcome", (("works", works), ("breaks", fails))),
            shape=alt.Shape(
                "outcome:N", title=None, scale=alt.Scale(domain=["works", "breaks"], range=["circle", "cross"])
            ),
        )
    )
    dots = tip(dots, "{side} × {side}: {said}")
    now = alt.Chart(alt.NamedData("view")).mark_rule(strokeDash=[4, 3], color=ink.text).encode(x=x)
    return spec_of(alt.layer(now, dots).properties(height=300))


@st.cache_resource(max_entries=64, show_spinner=False)
def times(last: int, *, colors: Colors) -> Spec:
    """Shares of time and of work. Table: `times` (stage, name, group, time, macs, top)."""
    scale = alt.Scale(domain=[0.4, last + 0.6], nice=False, zero=False)
    top = alt.ExprRef("length(data('times')) ? data('times')[0].top : 1")
    shares_up_to = alt.Scale(domain=[0, top], nice=False)
    both = []
    for field, title, ending in (("time", "share of time", False), ("macs", "share of MACs", True)):
        axis = alt.Axis(grid=False, tickMinStep=1, format="d", labels=ending, ticks=ending)
        bars = (
            alt.Chart(alt.NamedData("times"))
            .transform_calculate(left="datum.stage - 0.42", right="datum.stage + 0.42", floor="0")
            .mark_rect()
            .encode(
                x=alt.X("left:Q", title="stage" if ending else None, scale=scale, axis=axis),
                x2="right:Q",
                y=alt.Y(f"{field}:Q", title=title, scale=shares_up_to, axis=alt.Axis(format="%", tickCount=4)),
                y2="floor:Q",
                color=color_of("group", colors),
            )
        )
        bars = tip(bars, "Stage {stage} ({name}): {time:.1%} of the time, {macs:.1%} of the multiply–accumulates")
        both.append(bars.properties(height=110))
    return spec_of(alt.vconcat(*both, spacing=14))
