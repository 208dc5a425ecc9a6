"""Doubts about a data set as a whole: spellings of subjects, folders without rows, overlaps."""

from __future__ import annotations

from collections.abc import Sequence, Set
from pathlib import Path

from meviewer.core.findings import Finding, Severity
from meviewer.data import subjects
from meviewer.data.doctor.clip_tree import ClipTree
from meviewer.data.doctor.rows import DraftRow, Traits


def whole_findings(
    traits: Traits,
    rows: Sequence[DraftRow],
    tree: ClipTree,
    used: Set[Path],
    trees: Sequence[str],
) -> list[Finding]:
    """Return what only shows when all rows and folders are seen together.

    Parameters
    ----------
    traits : Traits
    rows : sequence of DraftRow
    tree : ClipTree
        The set of pictures that is read.
    used : set of Path
        Clips that a row names.
    trees : sequence of str
        Names of all sets of pictures, that one first.
    """
    found = [*_two_spellings(traits, rows, tree), *_without_row(tree, used)]
    if not traits.has_apex and rows:
        text = f"{traits.title} labels no apex"
        found.append(Finding("apex-column-missing", Severity.INFO, text))
    if len(trees) > 1:
        text = f"There are several sets of pictures: {', '.join(trees)}; {trees[0]!r} is read"
        found.append(Finding("several-trees", Severity.INFO, text))
    return found


def _two_spellings(traits: Traits, rows: Sequence[DraftRow], tree: ClipTree) -> list[Finding]:
    on_disk = list(dict.fromkeys(place.subject for place in tree.places))
    in_sheet = [row.subject_raw or row.subject for row in rows]
    # Most sheets write '1' for the folder 'sub01': that is how the data set is made.
    groups = [[*on_disk, *in_sheet]] if traits.same_spelling else [on_disk, in_sheet]
    found = []
    for group in groups:
        for used in subjects.spellings(group).values():
            if len(used) > 1:
                others = [row for row in rows if (row.subject_raw or row.subject) in used[1:]]
                text = f"{', '.join(map(repr, used))} are taken for one subject, {used[0]!r}"
                place = (None, None, others[0].row if others else None, used[0])
                found.append(Finding("subject-spelling", Severity.WARNING, text, *place))
    return found


def _without_row(tree: ClipTree, used: Set[Path]) -> list[Finding]:
    found = []
    for place in tree.places:
        if place.path not in used:
            text = f"No row of the sheet names the clip {place.subject}/{place.clip}"
            where = (None, None, None, place.subject, place.clip)
            found.append(Finding("folder-without-row", Severity.INFO, text, *where))
    return found
