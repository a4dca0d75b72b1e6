"""What a slider means whose end changes with the tables, by its own expressions."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ui.kit.scrub import Scrub

law = settings(derandomize=True, deadline=None, database=None)
ARITHMETIC = {"round": round, "min": min, "max": max}


def signals(scrub: Scrub) -> dict[str, Any]:
    return {signal["name"]: signal for signal in scrub.signals()}


def computed(expression: str, **known: float) -> float:
    """Vega's arithmetic is here Python's too."""
    return float(eval(expression, ARITHMETIC | known))  # noqa: S307 - our own expression


@law
@given(first=st.integers(0, 1), last=st.integers(3, 100), data=st.data())
def test_from_first_to_end_the_slider_and_play_show_each_frame(first: int, last: int, data: st.DataObject) -> None:
    end = data.draw(st.integers(first, last))
    made = signals(Scrub("layer", last, "Layer", first=first, until="end", seconds=100))
    bounds = made["layer_share"]["bind"]
    assert (bounds["min"], bounds["max"]) == (first, last)
    playing = made["layer_share"]["on"][1]["update"].removeprefix("play ? ").removesuffix(" : layer_share")
    hand, seen = float(first), [float(first)]
    for _ in range(max(1, end - first) + 1):  # a move a frame, and one that rounding may need
        hand = computed(playing, layer_share=hand, end=end)
        seen.append(computed(made["layer"]["update"], layer_share=hand, end=end))
    assert hand == last
    assert seen == sorted(seen)
    assert set(seen) == set(range(first, end + 1))


def test_a_slider_whose_end_stays_is_the_frame_itself() -> None:
    made = signals(Scrub("layer", 7, "Layer", first=1))
    assert made.keys() == {"layer", "play"}
    assert made["layer"]["bind"] == {"input": "range", "min": 1, "max": 7, "step": 1, "name": "Layer "}
