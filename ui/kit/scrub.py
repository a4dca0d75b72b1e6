"""Many frames sent once, and a slider with Play over them: the browser moves it and asks nobody."""

from typing import Any, Final, NamedTuple

import altair as alt

Signal = dict[str, Any]
PACE: Final = 50  # milliseconds between two moves of Play, at the least
SHARES: Final = 100  # places of a slider whose end is not the same in all tables


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
    follows: str | None = None  # a table of one row: when its column of that name changes, the slider goes there
    ends: str | None = None  # a Vega expression for the last frame, if the tables say which it is

    def here(self, chart: alt.Chart) -> alt.Chart:
        """The rows of the frame that is shown."""
        shown: alt.Chart = chart.transform_filter(f"datum.{self.name} == {self.name}")
        return shown

    def so_far(self, chart: alt.Chart) -> alt.Chart:
        """The rows of that frame and of all before it."""
        shown: alt.Chart = chart.transform_filter(f"datum.{self.name} <= {self.name}")
        return shown

    def signals(self) -> list[Signal]:
        """The slider and Play as Vega knows them. Two signals may not listen to each other, so both heed the clock."""
        start = self.last if self.start is None else self.start
        followed = f"data('{self.follows}')[0].{self.name}" if self.follows else ""
        if self.ends is None:
            return self._moved(self.name, self.first, self.last, start, followed)
        # A range input cannot be told another end, so it has the place as a share, from the first frame to the last.
        span, place = f"max(1, {self.ends} - {self.first})", f"{self.name}_share"
        frame = {"name": self.name, "update": f"{self.first} + round({span} * {place} / {SHARES})"}
        share = round(SHARES * (start - self.first) / max(1, self.last - self.first))
        followed = followed and f"{SHARES} * ({followed} - {self.first}) / {span}"
        return [*self._moved(place, 0, SHARES, share, followed), frame]

    def _moved(self, name: str, first: int, last: int, start: int, followed: str) -> list[Signal]:
        frames = max(1, last - first)
        stride = max(1, round(frames * PACE / (1000 * self.seconds)))
        clock = {"type": "timer", "throttle": max(PACE, round(1000 * self.seconds / frames))}
        moves = [
            {"events": {"signal": "play"}, "update": f"play && {name} >= {last} ? {first} : {name}"},
            {"events": clock, "update": f"play ? min({last}, {name} + {stride}) : {name}"},
        ]
        bind = {"input": "range", "min": first, "max": last, "step": 1, "name": f"{self.label} "}
        slider: Signal = {"name": name, "value": start, "bind": bind, "on": moves}
        play: Signal = {
            "name": "play",
            "value": False,
            "bind": {"input": "checkbox", "name": "Play "},
            "on": [{"events": clock, "update": f"play && {name} < {last}"}],
        }
        if not followed:
            return [slider, play]
        slider["init"] = there = f"length(data('{self.follows}')) ? {followed} : {start}"
        moves.append({"events": {"signal": "followed"}, "update": "followed"})
        return [{"name": "followed", "update": there}, slider, play]
