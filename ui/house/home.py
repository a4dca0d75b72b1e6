"""The gallery: every concept by section, by what is searched for, or along the chapters of a course."""

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Final

import streamlit as st

from ui.house.catalogue import CONCEPTS, SECTIONS, Concept
from ui.house.course_map import COURSES, Chapter
from ui.house.navigation import module_of, page_of
from ui.house.search import LETTERS, find

BY_NAME: Final = {concept.name: concept for concept in CONCEPTS}
TOPICS: Final = "Topics"


@st.cache_data(max_entries=64, show_spinner=False)
def picture(concept: Concept, theme: str | None) -> str:  # noqa: ARG001 - pictures have the colours of the theme
    """The small picture of a concept, as SVG."""
    return module_of(concept).thumbnail()


def cards(concepts: Iterable[Concept], key: str) -> None:
    """A card for each: its picture, its title as the link, and what it is about."""
    with st.container(key=f"cards_{key}"):
        for concept in concepts:
            with st.container(border=True, gap="xxsmall"):
                st.image(
                    picture(concept, st.context.theme.type), width="stretch", alt=f"A picture from {concept.title}"
                )
                st.page_link(page_of(concept), label=f"**{concept.title}**", help="")  # what it is about is below
                st.caption(concept.summary)


def sections() -> None:
    """All cards, by section."""
    with st.container(key="sections"):
        for section, title in SECTIONS.items():
            concepts = [concept for concept in CONCEPTS if concept.section == section]
            if concepts:
                with st.container(gap="xxsmall"):
                    st.subheader(title, anchor=False)
                    cards(concepts, section)


def answers(question: str) -> None:
    """The cards that a question finds."""
    concepts, sure = find(question)
    if not sure:
        st.markdown("No page goes by these words yet. What there is near them:")
    cards(concepts, "found")


def chapters(title: str) -> None:
    """A course: one line for each chapter with pages; those without share lines, for orientation."""
    course = COURSES[title]
    st.markdown(f"[{title}]({course.address}): its chapters, and the pages that go with them.")
    for named, group in groupby(course.chapters, lambda chapter: any(name in BY_NAME for name in chapter.pages)):
        if named:
            for chapter in group:
                line(chapter)
        else:
            names = [f"{chapter.number} {chapter.title}" for chapter in group]
            st.caption(" · ".join(name.replace(" ", "\N{NO-BREAK SPACE}") for name in names))


def line(chapter: Chapter) -> None:
    """A chapter, and links to its pages."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"{chapter.number} **{chapter.title}**", width=400)
        for name in chapter.pages:
            if name in BY_NAME:
                st.page_link(page_of(BY_NAME[name]), label=BY_NAME[name].title, icon=BY_NAME[name].icon)


st.html(Path(__file__).parent / "home.css")
st.title("See how deep learning works", anchor=False)
st.markdown(
    "Change a control, be surprised, see why. Every number here is computed while you watch, every view is a link, and "
    "every picture comes with the code that makes it."
)
with st.container(horizontal=True, vertical_alignment="bottom"):
    asked = st.text_input(
        "Find a concept",
        key="find",
        bind="query-params",
        max_chars=LETTERS,
        placeholder="overfitting, 2/λmax, SMOTE, stride …",
        icon=":material/search:",
        help="Words of what you want to see, in any order. Press Enter.",
    )
    order = st.selectbox(
        "In the order of",
        [TOPICS, *COURSES],
        key="course",
        bind="query-params",
        help="The chapters of a course, each with the pages that go with it. The address is a link for a class.",
    )
if asked.strip():
    answers(asked)
elif order in COURSES:
    chapters(order)
else:
    sections()
