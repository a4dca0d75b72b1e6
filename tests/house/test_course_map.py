"""The course map names pages that are there, or planned."""

import pytest

from tests.pages import BY_NAME
from ui.house.course_map import COURSES

PLANNED = {
    *("playground", "cross_validation", "weight_decay", "dropout", "early_stopping", "diagnosis"),
    *("gradient_descent", "losses", "batch_size", "learning_rate_schedules", "critical_points"),
    *("backprop", "activations", "initialization", "batch_norm", "residual"),
    *("cross_correlation", "invariance", "recurrent", "attention", "self_attention"),
    *("distribution_mismatch", "transfer"),
}


@pytest.mark.parametrize("title", COURSES)
def test_a_course_names_pages_that_are_there_or_planned(title: str) -> None:
    named = {name for chapter in COURSES[title].chapters for name in chapter.pages}
    assert named <= {*BY_NAME, *PLANNED}
    assert named >= set(BY_NAME)


@pytest.mark.parametrize(("title", "count"), list(zip(COURSES, (23, 15, 20), strict=True)))
def test_chapters_are_numbered_in_order(title: str, count: int) -> None:
    numbers = [int(chapter.number) for chapter in COURSES[title].chapters]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(1, count + 1))


@pytest.mark.parametrize("title", COURSES)
def test_a_chapter_names_a_page_once(title: str) -> None:
    for chapter in COURSES[title].chapters:
        assert len(set(chapter.pages)) == len(chapter.pages)
