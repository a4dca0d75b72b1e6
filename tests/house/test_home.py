"""The gallery under AppTest."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages import HOSTILE, ROOT
from ui.house.catalogue import CONCEPTS
from ui.house.course_map import COURSES


def gallery(**query: str | list[str]) -> AppTest:
    app = AppTest.from_file(ROOT / "ui" / "house" / "main.py", default_timeout=60)
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def links(app: AppTest) -> list[str]:
    """The addresses of the pages that it links to."""
    elements: list[Any] = list(app.get("page_link"))
    return [element.proto.page for element in elements]


def test_every_concept_has_a_card() -> None:
    app = gallery()
    assert not app.exception
    assert links(app) == [concept.name for concept in CONCEPTS]
    assert [bool(image.proto.imgs[0].alt) for image in app.get("image")] == [True for _ in CONCEPTS]
    assert [caption.value for caption in app.caption] == [concept.summary for concept in CONCEPTS]


def test_a_link_holds_the_question() -> None:
    app = gallery(find="smote")
    assert links(app) == ["class_imbalance"]
    assert not any("No page goes by these words" in text.value for text in app.markdown)
    app.text_input(key="find").set_value("stride").run()
    assert links(app) == ["cross_correlation", "receptive_field"]
    app.text_input(key="find").set_value("").run()
    assert len(links(app)) == len(CONCEPTS)


def test_what_is_not_there_is_told() -> None:
    app = gallery(find="xyzzy")
    assert any("No page goes by these words" in text.value for text in app.markdown)
    assert len(links(app)) == len(CONCEPTS)


@pytest.mark.parametrize("title", COURSES)
def test_a_link_holds_the_course(title: str) -> None:
    """Chapters stand in their order: those with pages as lines with links, the others grey."""
    app = gallery(course=title)
    assert not app.exception
    there = {concept.name for concept in CONCEPTS}
    chapters = COURSES[title].chapters
    assert links(app) == [name for chapter in chapters for name in chapter.pages if name in there]
    text = "\n".join(element.value for element in [*app.markdown, *app.caption]).replace("\N{NO-BREAK SPACE}", " ")
    assert all(chapter.title in text for chapter in chapters)
    assert not app.get("image")


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda text: str(text)[:20])
def test_a_hostile_link_raises_nothing(hostile: str | list[str]) -> None:
    app = gallery(find=hostile, course=hostile)
    assert not app.exception
    assert links(app)
