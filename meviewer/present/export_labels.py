"""What an export writes and what it cannot hold, before anything is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from meviewer.core.findings import Finding
from meviewer.data.exchange import ExchangeDocument, Loss
from meviewer.present.wording import counted


@dataclass(frozen=True, slots=True)
class ExportState:
    """What the dialog shows of one format.

    Attributes
    ----------
    summary : str
        What would be written.
    losses : tuple of (str, str)
        What the format cannot hold, and for how many labels.
    verdict : str
        One sentence: whether anything is lost.
    can_write : bool
    """

    summary: str
    losses: tuple[tuple[str, str], ...]
    verdict: str
    can_write: bool


def export_state(
    document: ExchangeDocument, losses: Sequence[Loss], *, one_a_clip: bool
) -> ExportState:
    """Sum up an export of a document."""
    tiers = [(clip, tier) for clip in document.clips for tier in clip.tiers.values() if len(tier)]
    n_events = sum(len(tier) for _clip, tier in tiers)
    n_clips = len({id(clip) for clip, _tier in tiers})
    files = counted(n_clips, "file") if one_a_clip else "one file"
    verdict = "Nothing is lost: what is written can be read back as it is."
    if losses:
        verdict = "Not everything fits into this format:"
    return ExportState(
        f"{counted(n_events, 'label')} on {counted(n_clips, 'clip')}, in {files}",
        tuple((loss.text, counted(loss.n_labels, "label")) for loss in losses),
        verdict if n_events else "There is no label to write.",
        n_events > 0,
    )


def sheet_state(n_rows: int, n_cells: int, findings: Sequence[Finding]) -> ExportState:
    """Sum up a copy of the data set's own sheet."""
    changed = f"{counted(n_cells, 'cell')} in {counted(n_rows, 'row')} will differ from the sheet"
    told = tuple((f.text, f"row {f.row}" if f.row else "") for f in findings)
    verdict = "All other cells stay as they are." if not told else "What the copy lacks:"
    return ExportState(changed, told, verdict, can_write=True)


def dataset_state(
    n_samples: int,
    classes: Mapping[str, int],
    n_unmapped: int,
    skipped: Sequence[tuple[str, str]],
) -> ExportState:
    """Sum up an export of frames or motion.

    Parameters
    ----------
    classes : mapping of str to int
        Labels of each class.
    n_unmapped : int
        Labels whose emotion has no class; they are in the file, marked.
    skipped : sequence of (str, str)
        What is left out and why.
    """
    n_events = sum(classes.values()) + n_unmapped
    counts = ", ".join(f"{name} {n}" for name, n in classes.items()) or "no class"
    told = list(skipped)
    if n_unmapped:
        told.insert(
            0, ("Their emotion has no class; they are written without one", str(n_unmapped))
        )
    return ExportState(
        f"{counted(n_events, 'label')} on {counted(n_samples, 'clip')}, in one file",
        tuple(told),
        f"Classes: {counts}. One fold a subject.",
        n_samples > 0,
    )
