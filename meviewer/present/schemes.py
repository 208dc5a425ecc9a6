"""A class scheme beside the labels of a project: which word becomes which class, and how often."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from meviewer.core.labels import Basis, ClassScheme, in_order
from meviewer.data.schemes import Origin
from meviewer.experiment.splits import normalise_subject
from meviewer.present.wording import counted
from meviewer.project.project import Project

ORIGINS = {
    Origin.BUILT_IN: "built-in",
    Origin.USER: "mine",
    Origin.PROJECT: "project",
}
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII")
_MOST_LISTED = 12


@dataclass(frozen=True, slots=True)
class LabelWords:
    """What one event says that a scheme may look up, and of whom."""

    subject: str
    emotion: str
    objective: str


@dataclass(frozen=True, slots=True)
class WordRow:
    """A word of the labels, or of the scheme.

    Attributes
    ----------
    word : str
        In the one spelling.
    text : str
        As a person reads it.
    class_name : str
        Empty: left out.
    n_events, n_subjects : int
        In the open project; 0 for a word that only the scheme knows.
    """

    word: str
    text: str
    class_name: str
    n_events: int
    n_subjects: int


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class with its number, and what of the open project maps to it."""

    number: int
    name: str
    n_events: int
    n_subjects: int


@dataclass(frozen=True, slots=True)
class SchemeView:
    """All that is shown of a scheme.

    Attributes
    ----------
    title, text : str
    head : str
        What the words are: ``"Emotion"`` or ``"Objective class"``.
    words : tuple of WordRow
    classes : tuple of ClassRow
    unmapped : tuple of (str, int)
        Words of the project that map to nothing, the most frequent first.
    n_events, n_unnamed : int
        Events of the project, and those among them that name no word at all.
    """

    title: str
    text: str
    head: str
    words: tuple[WordRow, ...]
    classes: tuple[ClassRow, ...]
    unmapped: tuple[tuple[str, int], ...]
    n_events: int
    n_unnamed: int

    @property
    def summary(self) -> str:
        """One line: how much is mapped, and what maps to nothing."""
        if not self.n_events:
            return "No labels to count"
        mapped = sum(row.n_events for row in self.classes)
        parts = [f"{mapped} of {counted(self.n_events, 'event')} mapped"]
        if self.unmapped:
            shown = [f"{word} {n}" for word, n in self.unmapped[:_MOST_LISTED]]
            more = len(self.unmapped) - len(shown)
            shown += [f"and {more} more"] if more else []
            parts.append("maps to nothing: " + ", ".join(shown))
        if self.n_unnamed:
            parts.append(f"without {self.head.casefold()}: {self.n_unnamed}")
        return "; ".join(parts)


def words_of(project: Project, tier: str) -> tuple[LabelWords, ...]:
    """Return the words of all events of a tier; the sample's emotion where the coder named none."""
    labels = project.tier(tier)
    return tuple(
        LabelWords(sample.subject, event.emotion or sample.emotion, event.objective)
        for sample in project.samples()
        for event in labels.get(sample.id, ())
    )


def view(scheme: ClassScheme, labels: Sequence[LabelWords]) -> SchemeView:
    """Return a scheme as it is shown beside these labels."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for one in labels:
        word = scheme.normalise(scheme.word_of(one.emotion, one.objective))
        found[word][normalise_subject(one.subject)] += 1
    unnamed = found.pop("", Counter()).total()
    numbers = {word: scheme.class_of(word) for word in found}
    words = tuple(_word_row(scheme, word, found) for word in _in_order(scheme, found))
    rest = [
        (word_text(scheme, word), found[word].total()) for word in found if numbers[word] is None
    ]
    return SchemeView(
        scheme.words,
        scheme.text,
        "Objective class" if scheme.made_from is Basis.OBJECTIVE else "Emotion",
        words,
        tuple(
            _class_row(number, name, numbers, found) for number, name in enumerate(scheme.classes)
        ),
        tuple(sorted(rest, key=lambda item: (-item[1], item[0]))),
        len(labels),
        unnamed,
    )


def word_text(scheme: ClassScheme, word: str) -> str:
    """Return a word as a person reads it: objective classes in Roman numbers."""
    known = scheme.made_from is Basis.OBJECTIVE and word.isdigit() and 1 <= int(word) <= len(_ROMAN)
    return _ROMAN[int(word) - 1] if known else word


def _in_order(scheme: ClassScheme, found: Iterable[str]) -> tuple[str, ...]:
    words = {*found, *scheme.mapping}
    return tuple(sorted(words)) if scheme.made_from is Basis.OBJECTIVE else in_order(words)


def _word_row(scheme: ClassScheme, word: str, found: dict[str, Counter[str]]) -> WordRow:
    number = scheme.class_of(word)
    subjects = found.get(word, Counter())
    name = "" if number is None else scheme.classes[number]
    return WordRow(word, word_text(scheme, word), name, subjects.total(), len(subjects))


def _class_row(
    number: int, name: str, numbers: dict[str, int | None], found: dict[str, Counter[str]]
) -> ClassRow:
    mine = [found[word] for word, other in numbers.items() if other == number]
    subjects = {subject for one in mine for subject in one}
    return ClassRow(number, name, sum(one.total() for one in mine), len(subjects))
