"""Many frames sent once, and a slider with Play over them: the browser moves it and asks nobody."""

from typing import Any, Final, NamedTuple

import altair as alt

Signal = dict[str, Any]
PACE: Final = 50  # milliseconds between two moves of Play, at the least


class Scrub(NamedTuple):
    """The slider, the frames of which layers show one, and Play.

    The tables have a column of its name, on which layers filter. The spec stays the same when the tables change.
    """

    name: str
    last: int
    label: str
    first: int = 0
    start: int | None = None  # where it stands at first, if not at the last frame
    seconds: float = 5.0  # that Play takes
    follows: str | None = None  # a table of one row: when its column of that name or `resets` changes, it goes there
    until: str | None = None  # a Vega expression for the last frame there is, if that changes with the tables

    def here(self, chart: alt.Chart) -> alt.Chart:
        """The rows of the frame that is shown."""
        shown: alt.Chart = chart.transform_filter(f"datum.{self.name} == {self.name}")
        return shown

    def so_far(self, chart: alt.Chart) -> alt.Chart:
        """The rows of that frame and of all before it."""
        shown: alt.Chart = chart.transform_filter(f"datum.{self.name} <= {self.name}")
        return shown

    def signals(self) -> list[Signal]:
        """The slider and Play as Vega knows them."""
        frames = max(1, self.last - self.first)
        return player(
            self.first,
            self.last,
            name=self.name,
            label=self.label,
            start=self.last if self.start is None else self.start,
            stride=max(1, round(frames * PACE / (1000 * self.seconds))),
            pace=max(PACE, round(1000 * self.seconds / frames)),
            follows=self.follows,
            until=self.until,
        )


def player(
    first: int,
    last: int,
    *,
    name: str,
    label: str,
    start: int,
    stride: int,
    pace: int,
    follows: str | None = None,
    until: str | None = None,
) -> list[Signal]:
    """The signals of a slider from `first` to `last` and of a Play toggle under a chart, both without the server.

    Args:
        first: where the slider begins, and Play after it has ended.
        last: where the slider ends.
        name: of the signal, on which the chart filters.
        label: of the slider.
        start: where the slider stands at first.
        stride: how far Play moves it.
        pace: milliseconds between two such moves.
        follows: a table whose one row has a column `name`: when that changes, or `resets`, the slider goes there.
        until: a Vega expression for the value that the slider has at its end, if that changes with the tables. The
            browser cannot be told another end: so the hand moves a share of the way, which the style sheet hides.
    """
    hand, step = name, str(stride)
    if until is not None:
        hand, step = f"{name}_share", f"{stride * (last - first)} / max(1, {until} - {first})"
    clock = {"type": "timer", "throttle": pace}
    moves: list[Signal] = [
        {"events": {"signal": "play"}, "update": f"play && {hand} >= {last} ? {first} : {hand}"},
        {"events": clock, "update": f"play ? min({last}, {hand} + {step}) : {hand}"},
    ]
    bounds = {"min": first, "max": last, "step": 1 if until is None else "any"}
    signals: list[Signal] = [
        {"name": hand, "value": start, "bind": {"input": "range", **bounds, "name": f"{label} "}, "on": moves},
        {
            "name": "play",
            "value": False,
            "bind": {"input": "checkbox", "name": "Play "},
            "on": [{"events": clock, "update": f"play && {hand} < {last}"}],  # the two may not wait for each other
        },
    ]
    if until is not None:
        share = f"({hand} - {first}) / {max(1, last - first)}"
        signals.append({"name": name, "update": f"{first} + round({share} * ({until} - {first}))"})
    if follows is None:
        return signals
    row, there = f"data('{follows}')[0]", f"length(data('{follows}'))"
    signals[0]["init"] = followed = f"{there} ? {row}.{name} : {start}"
    # Vega passes on only what differs from where this led to the last time, wherever the hand has moved it since.
    moves += [{"events": {"signal": each}, "update": "followed", "force": True} for each in ("followed", "resets")]
    resets = {"name": "resets", "update": f"{there} ? {row}.resets : 0"}
    return [{"name": "followed", "update": followed}, resets, *signals]
