"""What a label tier holds for a training: the checks that stand beside the form."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

from meviewer.core.errors import ExperimentError, MeviewerError
from meviewer.experiment.folding import folds_of
from meviewer.experiment.people import Member, doubtful
from meviewer.experiment.spec import KERNEL, ExperimentSpec
from meviewer.nn.estimate_cost import Cost, cost
from meviewer.present.training_views import Check
from meviewer.present.training_words import listed
from meviewer.present.wording import counted

if TYPE_CHECKING:
    from meviewer.nn.labelled import LabelSet
    from meviewer.nn.pictures import PictureSet

Learnable: TypeAlias = "LabelSet | PictureSet"
"""Labels of a project, or a folder of ready pictures."""

_FEW_SUBJECTS = 3
_MOST_LISTED = 12
_MOST_PARTS = 5


def learnt_from(spec: ExperimentSpec) -> tuple[object, ...]:
    """Return what of an experiment decides which clips or pictures are learnt."""
    labels = (spec.label_tier, spec.emotion_tier, spec.test_tier, spec.class_scheme)
    return (*labels, spec.pictures, spec.pictures_pattern, spec.pictures_table, spec.network)


def ready(found: Learnable) -> bool:
    """Whether there are two people and two classes."""
    return len(_subjects(found)) > 1 and sum(1 for n in _counts(found) if n) > 1


def members(found: Learnable) -> tuple[Member, ...]:
    """Return whose clip each event is, and its class."""
    return tuple(Member(one.subject, one.dataset, one.class_number) for one in found.events)


def sources(found: Learnable) -> tuple[str, ...]:
    """Return the data sets whose clips can be learnt from."""
    return tuple(sorted({one.source for one in members(found)} - {""}))


def obstacle(found: Learnable, spec: ExperimentSpec | None = None) -> ExperimentError | None:
    """Return why these labels cannot be split as an experiment wants, or None if they can."""
    try:
        folds_of(spec or ExperimentSpec(), members(found))
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


def expected(spec: ExperimentSpec, found: Learnable) -> Cost | None:
    """Return what an experiment on these labels will take; None where they cannot be split."""
    try:
        n_folds = len(folds_of(spec, members(found)))
    except ExperimentError:
        return None
    return cost(spec, len(found.events), n_folds, len(found.classes))


def checks(found: Learnable, spec: ExperimentSpec | None = None) -> tuple[Check, ...]:
    """Say how many clips, subjects and classes there are, and what cannot be used and why."""
    spec = spec or ExperimentSpec()
    return (
        *_subject_checks(found),
        *_split_checks(found, spec),
        *_class_checks(found),
        *_skipped_checks(found),
    )


def checks_of_error(error: MeviewerError) -> tuple[Check, ...]:
    """Say why there is nothing to check."""
    parts = (part[:1].upper() + part[1:] for part in (error.why or error.what, error.now) if part)
    return (Check("error", ". ".join(parts)),)


def _subjects(found: Learnable) -> tuple[str, ...]:
    return tuple(dict.fromkeys(member.person for member in members(found)))


def _counts(found: Learnable) -> list[int]:
    by_class = Counter(event.class_number for event in found.events)
    return [by_class[number] for number in range(len(found.classes))]


def _subject_checks(found: Learnable) -> tuple[Check, ...]:
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
    return (Check("ok", summary),)


def _split_checks(found: Learnable, spec: ExperimentSpec) -> tuple[Check, ...]:
    """Say what the split makes of the clips, and that nothing leaks."""
    if not found.events:
        return ()
    try:
        folds = folds_of(spec, members(found))
    except ExperimentError as error:
        words = f"{error.why[:1].upper()}{error.why[1:]}" if error.why else error.what
        return (Check("error", words, error.now),) if len(_subjects(found)) > 1 else ()
    shown = [Check("ok", "No subject on both sides of a split")]
    if spec.split != "loso":
        parts = ", ".join(f"{fold.subject}: {len(fold.test)}" for fold in folds[:_MOST_PARTS])
        more = ", ..." if len(folds) > _MOST_PARTS else ""
        shown.append(Check("", f"Clips tested: {parts}{more}"))
    if spec.network != KERNEL:
        words = "The number of epochs is fixed, the test fold never chooses it"
        shown.append(Check("ok", words))
    pairs = doubtful(list(members(found)))
    if pairs:
        one, other = pairs[0]
        words = f"{one} and {other} are taken for two people"
        tip = ", ".join(f"{a} and {b}" for a, b in pairs)
        shown.append(Check("warn", words, f"If one person has both names, give it one: {tip}"))
    return tuple(shown)


def _class_checks(found: Learnable) -> tuple[Check, ...]:
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


def _class_doubt(found: Learnable, number: int, n: int) -> str | None:
    if n == 0:
        return "no clip; it is left out of UF1 and UAR"
    names = {member.person for member in members(found) if member.class_number == number}
    if len(names) >= _FEW_SUBJECTS:
        return None
    return f"{counted(n, 'clip')} of {counted(len(names), 'subject')}, too few to learn from"


def _skipped_checks(found: Learnable) -> tuple[Check, ...]:
    """One line a reason: a hundred clips without a label are one fact."""
    by_reason: dict[str, list[str]] = {}
    for one in found.skipped:
        by_reason.setdefault(one.reason, []).append(f"{one.subject}/{one.clip}")
    lines = []
    for reason, clips in by_reason.items():
        words = f"{counted(len(clips), 'clip')} left out: {reason}"
        lines.append(Check("warn", words, listed(tuple(clips), _MOST_LISTED)))
    return tuple(lines)
