"""What every page owes its reader, over the whole catalogue; hostile links are in `tests/server`."""

import contextlib
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages import BY_NAME, NAMES, ROOT, defaults, enter, module, open_page, scenarios, value
from ui.house.catalogue import CONCEPTS, SECTIONS
from ui.kit.scenarios import JUST_SHOW

SCENARIOS = [(name, scenario.name) for name in NAMES for scenario in scenarios(name)]


def options(app: AppTest) -> dict[tuple[str, str], list[Any]]:
    """Kind and key of every control, with the values to try: both ends of a slider, every option of a choice."""
    found: dict[tuple[str, str], list[Any]] = {("slider", str(each.key)): [each.min, each.max] for each in app.slider}
    for each in app.select_slider:  # AppTest has the options as text and takes the values they stand for
        ends = (each.options[0], each.options[len(each.options) // 2], each.options[-1])
        found["select_slider", str(each.key)] = [type(each.value)(option) for option in ends]  # type: ignore[call-arg]
    found |= {("selectbox", str(each.key)): list(each.options) for each in app.selectbox}
    for group in app.button_group:
        many = isinstance(group.value, list)
        found["button_group", str(group.key)] = [[option] if many else option for option in group.options]
    found |= {("toggle", str(each.key)): [True, False] for each in app.toggle}
    return {(kind, key): values for (kind, key), values in found.items() if key not in {"scenario", "prediction"}}


def tooltips(spec: Any) -> Iterator[Any]:  # noqa: ANN401 - JSON
    """What a chart's marks say under the pointer: first all of them, then those that say something else."""
    if isinstance(spec, dict):
        if "config" in spec:
            yield spec["config"]["mark"]["tooltip"]
        yield from (spec["encoding"]["tooltip"] for _ in [0] if "tooltip" in spec.get("encoding", {}))
        for key, each in spec.items():
            yield from tooltips(each) if key not in {"config", "encoding"} else ()
    elif isinstance(spec, list):
        for each in spec:
            yield from tooltips(each)


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_files_and_catalogue_agree() -> None:
    listed = {(concept.section, concept.name) for concept in CONCEPTS}
    for root, file in (("pages", "page.py"), ("tests", "test_page.py"), ("tests", "test_visit.py")):
        found = {(path.parent.parent.name, path.parent.name) for path in (ROOT / root).glob(f"*/*/{file}")}
        assert found == listed, file
    for section, name in listed:
        assert section in SECTIONS
        assert any((ROOT / "demos" / section / each).exists() for each in (name, f"{name}.py")), name


def test_page_starts_at_its_declared_defaults(name: str) -> None:
    app = open_page(name)
    assert not app.exception
    assert app.title[0].value == BY_NAME[name].title
    shown = {key: value(app, key) for key in defaults(name) if value(app, key) is not None}
    assert shown
    assert shown == {key: defaults(name)[key] for key in shown}


def test_no_exception_at_the_ends_of_sliders_and_at_any_option(name: str) -> None:
    """Every control moves to its next option at once, until each has been at all of them, on a page's every tab."""
    app = open_page(name)
    tabs = [tab.label for tab in app.tabs] or [""]
    tried: dict[str, int] = {}
    while any(tried.get(key, 0) < len(values) for (_, key), values in options(app).items()):
        for (kind, key), values in options(app).items():
            turn = tried.get(key, 0)
            tried[key] = turn + 1
            getattr(app, kind)(key=key).set_value(values[turn % len(values)])
        if "tab" in app.session_state:
            app.session_state["tab"] = tabs[max(tried.values()) % len(tabs)]
        app.run()
        assert not app.exception, tried


@pytest.mark.parametrize(("name", "scenario"), SCENARIOS)
def test_scenario_sets_what_it_says_and_answers_after_the_prediction(name: str, scenario: str) -> None:
    chosen = next(each for each in scenarios(name) if each.name == scenario)
    app = enter(open_page(name), scenario)
    assert not app.exception
    for key, expected in {**defaults(name), **chosen.settings}.items():
        assert value(app, key) in (expected, None), key
    assert all(value(app, key) == expected for key, expected in chosen.settings.items())
    assert chosen.answer not in page_text(app)
    for prediction in (*chosen.predictions, JUST_SHOW):
        app.button_group(key="prediction").set_value(prediction).run()
        assert not app.exception
        assert chosen.answer in page_text(app)
        right = prediction == chosen.predictions[chosen.correct]
        assert any("That is what happens" in message.value for message in app.success) is right


@pytest.mark.parametrize(("name", "scenario"), SCENARIOS)
def test_a_link_that_names_only_a_scenario_shows_it(name: str, scenario: str) -> None:
    chosen = next(each for each in scenarios(name) if each.name == scenario)
    app = open_page(name, {"scenario": scenario})
    assert not app.exception
    assert all(value(app, key) == expected for key, expected in chosen.settings.items())
    assert chosen.answer not in page_text(app)
    assert app.button_group(key="prediction").value is None


@pytest.mark.parametrize(("name", "scenario"), SCENARIOS)
def test_a_scenarios_answer_goes_when_the_controls_change(name: str, scenario: str) -> None:
    chosen = next(each for each in scenarios(name) if each.name == scenario)
    app = enter(open_page(name), scenario)
    app.button_group(key="prediction").set_value(JUST_SHOW).run()
    assert chosen.answer in page_text(app)
    slider = next(each for each in app.slider if value(app, str(each.key)) != each.max)
    slider.set_value(slider.max).run()
    assert chosen.answer not in page_text(app)
    next(button for button in app.button if button.label == "Set them").click().run()
    assert all(value(app, key) == expected for key, expected in chosen.settings.items())


@pytest.mark.parametrize(("name", "scenario"), SCENARIOS)
def test_reset_returns_to_the_defaults(name: str, scenario: str) -> None:
    app = enter(open_page(name), scenario)
    next(button for button in app.button if button.label == "Reset").click().run()
    assert not app.exception
    assert value(app, "scenario") is None
    assert all(value(app, key) in (expected, None) for key, expected in defaults(name).items())


@pytest.mark.parametrize(("name", "scenario"), [*((name, None) for name in NAMES), *SCENARIOS])
def test_the_snippet_runs_and_prints_the_numbers_on_screen(name: str, scenario: str | None) -> None:
    app = open_page(name, reproduce=True)
    if scenario:
        enter(app, scenario).button_group(key="prediction").set_value(JUST_SHOW).run()
    snippet, prints = app.code[0].value, app.code[1].value
    assert prints
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(snippet, {})  # noqa: S102 - our own text: running it is what the test is for
    assert printed.getvalue().strip() == prints.strip()


def test_every_chart_of_every_tab_has_alt_text_and_speaks_in_words(name: str) -> None:
    app = open_page(name)
    tabs = [tab.label for tab in app.tabs]
    for tab in tabs or [""]:
        app = open_page(name, {"tab": tab} if tab else {})
        assert not app.exception
        charts = app.get("vega_lite_chart")
        assert charts
        assert all(chart.proto.alt for chart in charts), tab
        for chart in charts:
            said = list(tooltips(json.loads(chart.proto.spec)))
            assert (
                said[0] is None
            )  # of all marks; else Streamlit tells every encoded field, the text of images included
            assert all(each["field"] == "tip" for each in said[1:]), tab


def test_the_pictures_are_svg(name: str) -> None:
    assert module(name).thumbnail().startswith("<svg")


def page_text(app: AppTest) -> str:
    parts: list[Any] = [*app.markdown, *app.success, *app.info]
    return "\n".join(str(part.value) for part in parts)
