"""What an export dialog asks for, and the work behind it; it runs off the UI thread."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from meviewer.data.exchange import Format
from meviewer.gui.running.task import Token
from meviewer.nn.dataset_export import DatasetOptions
from meviewer.present.export_labels import ExportState, dataset_state, export_state, sheet_state
from meviewer.project import sheet_copy
from meviewer.project.exchanging import document_of
from meviewer.project.project import Project


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user has chosen.

    Attributes
    ----------
    format : Format or None
        None for the data set's own sheet, and for HDF5.
    coders : tuple of str
    only : int or None
        Id of the only sample to export.
    hdf5 : DatasetOptions or None
        For HDF5 alone.
    """

    format: Format | None
    coders: tuple[str, ...]
    only: int | None
    hdf5: DatasetOptions | None = None


def state_of(project: Project, wish: Wish) -> ExportState:
    """Say what would be written, and what would get lost."""
    if wish.hdf5 is not None:
        return _dataset(project, wish.hdf5)
    if wish.format is None:
        plan = sheet_copy.plan(project, project.sources()[-1])
        rows = {(edit.sheet, edit.row) for edit in plan.edits}
        return sheet_state(len(rows), len(plan.edits), plan.findings)
    document = document_of(project, wish.coders, None if wish.only is None else (wish.only,))
    losses = wish.format.losses(document)
    return export_state(document, losses, one_a_clip=wish.format.scope == "clip")


def write(project: Project, wish: Wish, target: Path, token: Token) -> tuple[Path, ...]:
    """Write it and return the files."""
    if wish.hdf5 is not None:
        from meviewer.nn.dataset_export import write_dataset

        write_dataset(project, target, wish.hdf5, token.report, lambda: token.cancelled)
        return (target,)
    if wish.format is None:
        plan = sheet_copy.plan(project, project.sources()[-1])
        sheet_copy.write(plan, target)
        return (sheet_copy.target_of(plan, target),)
    document = document_of(project, wish.coders, None if wish.only is None else (wish.only,))
    return wish.format.write(document, target)


def _dataset(project: Project, options: DatasetOptions) -> ExportState:
    from meviewer.nn.dataset_rows import gather

    found = gather(project, options.tiers, options.scheme)
    classes = [event.row.class_number for one in found.samples for event in one.events]
    counts = Counter(classes)
    named = {name: counts[at] for at, name in enumerate(found.scheme.classes)}
    skipped = tuple((f"{s.subject}/{s.clip}: {s.reason}", "") for s in found.skipped)
    return dataset_state(len(found.samples), named, counts[-1], skipped)
