"""What a label tier holds for a training: the checks that stand beside the form."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from meviewer.core.errors import ExperimentError, MeviewerError
from meviewer.experiment.splits import leave_one_subject_out, normalise_subject
from meviewer.present.training_views import Check
from meviewer.present.training_words import counted, listed

if TYPE_CHECKING:
    from meviewer.nn.labelled import LabelSet

_FEW_SUBJECTS = 3
_MOST_LISTED = 12


def ready(found: LabelSet) -> bool:
    """Whether leave-one-subject-out can be done with these labels."""
    return len(_subjects(found)) > 1 and sum(1 for n in _counts(found) if n) > 1


def obstacle(found: LabelSet) -> ExperimentError | None:
    """Return why leave-one-subject-out cannot be done with these labels, or None if it can."""
    try:
        leave_one_subject_out(found.events)
    except ExperimentError as error:
        return error
    if ready(found):
        return None
    return ExperimentError(
        "There is only one class to learn",
        where=found.classes[found.events[0].class_number],
        why=f"all {len(found.events)} usable clips belong to it",
        now="label clips of another emotion, or choose other classes",
    )


def checks(found: LabelSet) -> tuple[Check, ...]:
    """Say how many clips, subjects and classes there are, and what cannot be used and why."""
    return (*_subject_checks(found), *_class_checks(found), *_skipped_checks(found))


def checks_of_error(error: MeviewerError) -> tuple[Check, ...]:
    """Say why there is nothing to check."""
    parts = (part[:1].upper() + part[1:] for part in (error.why or error.what, error.now) if part)
    return (Check("error", ". ".join(parts)),)


def _subjects(found: LabelSet) -> tuple[str, ...]:
    return tuple(dict.fromkeys(normalise_subject(event.subject) for event in found.events))


def _counts(found: LabelSet) -> list[int]:
    by_class = Counter(event.class_number for event in found.events)
    return [by_class[number] for number in range(len(found.classes))]


def _subject_checks(found: LabelSet) -> tuple[Check, ...]:
    n = len(_subjects(found))
    clips = counted(len(found.events), "clip")
    if not found.events:
        return (Check("error", "No clip can be learnt from in this tier"),)
    if n < 2:
        only = found.events[0].subject
        words = (
            f"All {clips} are of one subject, {only}: leaving one out leaves nobody to learn from"
        )
        return (Check("error", words, "Add labelled clips of another subject"),)
    summary = f"{clips} of {n} subjects, {counted(len(found.classes), 'class', 'classes')}"
    return (
        Check("ok", summary),
        Check("ok", "No subject on both sides of a split"),
        Check("ok", "The number of epochs is fixed, the test fold never chooses it"),
    )


def _class_checks(found: LabelSet) -> tuple[Check, ...]:
    if not found.events:
        return ()
    counts = _counts(found)
    known = tuple(f"{name} {n}" for name, n in zip(found.classes, counts, strict=True) if n)
    shown: list[Check] = [Check("", ", ".join(known), "Clips in each class")]
    if len(known) < 2:
        shown = [Check("error", f"Only one class: {known[0]}. Label another, or other classes")]
    for number, name in enumerate(found.classes):
        if (doubt := _class_doubt(found, number, counts[number])) is not None:
            shown.append(Check("warn", f"{name}: {doubt}"))
    return tuple(shown)


def _class_doubt(found: LabelSet, number: int, n: int) -> str | None:
    if n == 0:
        return "no clip; it is left out of UF1 and UAR"
    names = {normalise_subject(e.subject) for e in found.events if e.class_number == number}
    if len(names) >= _FEW_SUBJECTS:
        return None
    return f"{counted(n, 'clip')} of {counted(len(names), 'subject')}, too few to learn from"


def _skipped_checks(found: LabelSet) -> tuple[Check, ...]:
    """One line a reason: a hundred clips without a label are one fact."""
    by_reason: dict[str, list[str]] = {}
    for one in found.skipped:
        by_reason.setdefault(one.reason, []).append(f"{one.subject}/{one.clip}")
    lines = []
    for reason, clips in by_reason.items():
        words = f"{counted(len(clips), 'clip')} left out: {reason}"
        lines.append(Check("warn", words, listed(tuple(clips), _MOST_LISTED)))
    return tuple(lines)
