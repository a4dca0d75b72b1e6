"""Finds concepts by the words that people use for them."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final, NamedTuple

from ui.house.catalogue import CONCEPTS, SECTIONS, Concept

LETTERS: Final = 80  # of a question that are read; a link may hold half a million
SUMMARY, KEYWORDS, TITLE = 1.0, 3.0, 4.0  # what a word weighs that stands there
MISSPELLED: Final = 0.5  # what such a match counts, where the very word counts 1
SHORT: Final = 3  # letters, of which a beginning has at least so many
ENDING: Final = 2  # letters by which a word that is asked for may be longer: plurals
ALIKE, NEAR = 0.75, 0.6  # how alike words are that are misspelled, or only something near: difflib's ratio
SHARE: Final = 0.5  # of the best score that all answers have


class Answer(NamedTuple):
    """What has been found."""

    concepts: tuple[Concept, ...]  # at least one, the best first
    sure: bool  # else nothing goes by these words, and these are near


def words(text: str) -> list[str]:
    """The words in small letters, without accents, Greek letters by name: 2/λmax is 2, lambda and max."""
    return re.findall(r"[^\W_]+", "".join(map(_spelled, unicodedata.normalize("NFKD", text))).casefold())


def _spelled(letter: str) -> str:
    name = unicodedata.name(letter, "")
    if name.startswith("GREEK"):
        return f" {name.split()[-1]} ".replace("LAMDA", "LAMBDA")  # Unicode's own spelling
    return "x" if letter == "×" else "" if unicodedata.combining(letter) else letter


_WEIGHTS: Final[Mapping[Concept, Mapping[str, float]]] = {
    concept: {
        **dict.fromkeys(words(f"{concept.summary} {SECTIONS[concept.section]}"), SUMMARY),
        **dict.fromkeys(words(concept.keywords), KEYWORDS),
        **dict.fromkeys(words(concept.title), TITLE),
    }
    for concept in CONCEPTS
}
_KNOWN: Final = sorted({word for weights in _WEIGHTS.values() for word in weights})


def find(question: str) -> Answer:
    """The concepts that these words stand for, in whatever order the words come.

    A word that few concepts have says more than one that many have: the concepts that have it share its vote.
    """
    for ratio in (ALIKE, NEAR):
        scores = Counter[Concept]()
        for word in words(question[:LETTERS]):
            meant = _meant(word, ratio)
            votes = {
                concept: max((weight * meant[each] for each, weight in weights.items() if each in meant), default=0)
                for concept, weights in _WEIGHTS.items()
            }
            having = sum(vote > 0 for vote in votes.values())
            scores.update({concept: vote / having for concept, vote in votes.items() if vote})
        if scores:
            enough = SHARE * max(scores.values())
            return Answer(tuple(concept for concept, score in scores.most_common() if score >= enough), ratio == ALIKE)
    return Answer(CONCEPTS, sure=False)


def _meant(word: str, ratio: float) -> Mapping[str, float]:
    """The known words that a word may stand for, and what each counts: of a beginning, its share."""
    matches = {each: min(len(each), len(word)) / max(len(each), len(word)) for each in _KNOWN if _begins(each, word)}
    return matches or dict.fromkeys(get_close_matches(word, _KNOWN, cutoff=ratio), MISSPELLED)


def _begins(known: str, word: str) -> bool:
    """Whether one is the beginning of the other: grad is one of gradient, gradients has an ending."""
    if min(len(known), len(word)) < SHORT:
        return known == word
    return known.startswith(word) or (word.startswith(known) and len(word) - len(known) <= ENDING)
