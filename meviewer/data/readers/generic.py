"""The generic table: any sheet of labels, whose columns the user names or which can be guessed.

``ReadOptions.columns`` is a mapping as `meviewer.data.readers.generic_mapping` makes it: pairs of
our name and the sheet's column, such as ``("onset", "OnsetF")``, and four settings: ``sheet``,
``header`` (row of the column names, 0 for none), ``numbering`` (``number``, ``index``,
``position``, ``ms`` or ``s``) and ``rate`` (frames per second where no cell says them).
``("coder", "=KL")`` is a value for all rows. A mapping that says
``header`` is complete; otherwise, what it leaves out is guessed.

Clips are folders of images, or videos, at any depth. A row names its clip by a path, by subject and
clip, or by the clip alone where only one is called so. The same clips in several folders are sets
of pictures. The reader claims no folder: it is for those that nobody else knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from meviewer.core.errors import LabelError
from meviewer.core.findings import Finding, Severity
from meviewer.data.dataset import ImportReport
from meviewer.data.doctor.columns import objective
from meviewer.data.doctor.examination import examine
from meviewer.data.doctor.numbers import read_number
from meviewer.data.doctor.rows import BLINK, MACRO, MICRO, DraftRow, Drafts, Traits
from meviewer.data.doctor.sheets import SheetRow, find_files, needed_root
from meviewer.data.reader import Claim, ReadOptions
from meviewer.data.readers.generic_clips import Clips, Match, Wanted
from meviewer.data.readers.generic_columns import NUMBERINGS, TITLES
from meviewer.data.readers.generic_layout import Layout, layout, needed_columns
from meviewer.data.readers.generic_numbers import Numbers, converted, fits_as, read_rate
from meviewer.data.tables.reading import read_workbook

TRAITS = Traits(name="generic", title="Generic table")

_MOST_NAMED = 5
_KINDS = (MICRO, MACRO, BLINK)
_EDGES = ("onset", "apex", "offset")


@dataclass(frozen=True, slots=True)
class GenericReader:
    """Reads any table of labels."""

    name: str = TRAITS.name
    title: str = TRAITS.title

    def claim(self, root: Path) -> Claim | None:
        """Claim nothing: it could read any folder, and would stand beside every other reader."""
        return None

    def read(
        self, root: Path, labels: Path | None = None, options: ReadOptions | None = None
    ) -> ImportReport:
        """Read a sheet and find its clips.

        Raises
        ------
        LabelError
            If the root is no folder, no sheet is named, it cannot be read, or it lacks the columns
            that are needed: onset, offset, and the clip or its path.
        """
        options = options or ReadOptions()
        needed_root(root)
        book = read_workbook(_named(root, labels))
        made = layout(book, options.columns)
        needed_columns(made, book.path)
        clips = Clips(root, book.path, options.tree)
        rows = list(made.rows())
        matches, tree, chosen = clips.resolve([_wanted(_cells(row, made)) for row in rows])
        numbers = Numbers()
        drafts = [
            _draft(row, match, made, numbers) for row, match in zip(rows, matches, strict=True)
        ]
        findings = (
            *book.findings,
            *made.findings(),
            *_about_sheet(made),
            *_about_numbering(made, drafts, matches, numbers),
        )
        traits = replace(TRAITS, has_apex="apex" in made.known, has_emotion="emotion" in made.known)
        return examine(
            traits,
            Drafts(tuple(drafts), findings),
            tree,
            options=replace(options, tree=chosen),
            labels=(book.path,),
        )


READER = GenericReader()


def _named(root: Path, labels: Path | None) -> Path:
    """Return the sheet. None is taken for its place alone: any sheet can look like labels.

    Raises
    ------
    LabelError
        If none is named; the message tells which there are.
    """
    if labels is not None:
        return labels
    there = find_files(root, ("*",))
    names = ", ".join(str(path.relative_to(root)) for path in there[:_MOST_NAMED])
    raise LabelError(
        "A generic table needs its label file",
        where=str(root),
        why=f"any sheet could be meant; there are: {names}" if names else "there is no sheet here",
        now="name the sheet (--labels on the command line), and its columns if their names do not"
        " tell what they are (--column onset=Start)",
    )


def _cells(row: SheetRow, made: Layout) -> dict[str, str]:
    said = {name: text for name, text in row.cells.items() if text}
    return {**dict.fromkeys(TITLES, ""), **made.constants, **said}


def _wanted(cells: dict[str, str]) -> Wanted:
    return Wanted(cells["subject"], cells["clip"], cells["path"])


def _draft(row: SheetRow, match: Match, made: Layout, numbers: Numbers) -> DraftRow:
    cells, place = _cells(row, made), match.place
    rate = read_rate(cells["fps"])
    fault = _fault(cells, match, rate)
    if place and made.numbering in ("ms", "s") and not fault:
        rate = rate or numbers.rate_of(place.path)
    frames = cells["onset"], cells["apex"], cells["offset"]
    known = numbers.of(place.path) if place and _needs_clip(cells, made) else ()
    now = converted(frames, made.numbering, known, rate=rate, first_frame=cells["first_frame"])
    base = DraftRow(
        row=row.row,
        subject=place.subject if place else cells["subject"],
        clip=place.clip if place else cells["clip"] or cells["path"],
        onset=now.onset,
        apex=now.apex,
        offset=now.offset,
        rate=rate,
        sheet=made.table.name,
        shift=now.shift,
        doubts=(*match.doubts, *now.doubts, *_about_subject(cells, match, made)),
        fault=fault or now.fault,
        fault_kind="clip-ambiguous" if match.fault else "row-faulty",
        cells=row.all_cells,
        places=tuple(one for one in row.places if now.as_in_sheet or one[0] not in _EDGES),
    )
    return _with_words(base, cells)


def _with_words(row: DraftRow, cells: dict[str, str]) -> DraftRow:
    """Return the row with what it says beside its clip and its frames."""
    kind, about_kind = _kind(cells["kind"])
    class_, about_class = objective(cells["objective"])
    return replace(
        row,
        subject_raw=cells["subject"],
        emotion=cells["emotion"],
        action_units=cells["action_units"],
        objective=class_,
        coder=cells["coder"],
        notes=cells["notes"],
        kind=kind,
        doubts=(*row.doubts, *about_kind, *about_class),
    )


def _fault(cells: dict[str, str], match: Match, rate: Fraction | None) -> str:
    if not cells["clip"] and not cells["path"]:
        return "neither the clip nor its path is told"
    if not match.fault and cells["fps"] and rate is None:
        return f"the frames per second are no number above 0: {cells['fps']!r}"
    return match.fault


def _needs_clip(cells: dict[str, str], made: Layout) -> bool:
    return made.numbering != "number" or bool(cells["first_frame"])


def _about_subject(
    cells: dict[str, str], match: Match, made: Layout
) -> tuple[tuple[str, str], ...]:
    """Return a doubt where one row alone says no subject: it may be another's clip."""
    if "subject" not in made.known or cells["subject"] or match.place is None:
        return ()
    words = f"The subject is blank: {match.place.subject!r} is taken, after the clip's folder"
    return (("subject-from-folder", words),)


def _kind(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    folded = text.casefold()
    found = [kind for kind in _KINDS if kind in folded]
    if found or not folded:
        return (found[0] if found else ""), ()
    words = f"It is neither micro, macro nor blink: {text!r}"
    return "", (("kind-unknown", words),)


def _about_sheet(made: Layout) -> list[Finding]:
    found = [
        Finding(
            "column-missing",
            Severity.WARNING,
            f"The sheet has no column {column!r}, chosen as {TITLES[name]}",
        )
        for name, column in made.lost
    ]
    if "subject" not in made.known:
        text = "The sheet does not tell subjects: the folder above each clip is taken for one"
        found.append(Finding("subject-from-folder", Severity.WARNING, text))
    return found


def _about_numbering(
    made: Layout, drafts: Sequence[DraftRow], matches: Sequence[Match], numbers: Numbers
) -> list[Finding]:
    """Say so if no onset is a number of its clip, and all would be places in it."""
    if made.numbering != "number" or "first_frame" in made.known:
        return []
    spans = []
    for draft, match in zip(drafts, matches, strict=True):
        onset, offset = read_number(draft.onset), read_number(draft.offset)
        known = numbers.of(match.place.path) if match.place else ()
        if onset is None or offset is None or not known:
            continue
        if known[0] <= onset.value <= known[-1]:
            return []
        spans.append((onset.value, offset.value, known))
    other = fits_as(spans)
    if not other:
        return []
    text = (
        f"No onset is a frame number of its clip, but all rows would fit as {NUMBERINGS[other]}:"
        f" perhaps they are places, not numbers. Choose the numbering {other!r} then"
    )
    return [Finding("perhaps-positions", Severity.WARNING, text)]
