"""The example data set: template for a reader of your own, documentation, and test double.

Layout::

    root/
        labels.csv                       subject,clip,onset,apex,offset,emotion,action_units,coder
        <subject>/<clip>/<images>        the last number of a file name is the frame number

To add a data set, copy this file. `Traits` say what is known about the data set before its sheet
is opened, `claim` by which files it is known, and `read` turns the rows of its sheet into
`DraftRow`s, whose cells are still text, and the folders below the root into `Place`s. Everything
that all data sets share, from blank apexes to frames that are missing on disk, is `examine`'s
part. Then name the reader in `meviewer.data.registry`. Its test writes a miniature of the data set
with every fault that the real sheet has.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from meviewer.core.findings import Finding, Severity
from meviewer.data.dataset import ImportReport
from meviewer.data.doctor.clip_tree import ClipTree, Place
from meviewer.data.doctor.examination import examine
from meviewer.data.doctor.rows import DraftRow, Drafts, Traits
from meviewer.data.doctor.sheets import SheetRow, needed_labels, needed_root, sheet_rows
from meviewer.data.formats.csv_labels import REQUIRED, SYNONYMS
from meviewer.data.reader import Claim, ReadOptions
from meviewer.data.tables.header import require_header
from meviewer.data.tables.model import Workbook

LABELS = "labels.csv"

TRAITS = Traits(
    name="example",
    title="Folders of subjects and clips with labels.csv",
    same_spelling=True,
)


@dataclass(frozen=True, slots=True)
class ExampleReader:
    """Reads folders of subjects with folders of clips, and one CSV sheet."""

    name: str = TRAITS.name
    title: str = TRAITS.title

    def claim(self, root: Path) -> Claim | None:
        """Claim a folder with ``labels.csv`` beside ``<subject>/<clip>/<images>``."""
        labels = root / LABELS
        try:
            if not labels.is_file() or not ClipTree.scan(root, _place).places:
                return None
        except OSError:
            return None
        return Claim(
            self.name, self.title, f"it has {LABELS} beside subject/clip/images", (labels,)
        )

    def read(
        self, root: Path, labels: Path | None = None, options: ReadOptions | None = None
    ) -> ImportReport:
        """Read ``labels`` (by default ``root/labels.csv``) and find the clips below ``root``.

        Raises
        ------
        LabelError
            If the root is no folder, or the sheet lacks its columns.
        """
        needed_root(root)
        book = needed_labels(root, labels or root / LABELS, (), self.title, LABELS)
        tree = ClipTree.scan(root, _place)
        return examine(TRAITS, _drafts(book), tree, options=options, labels=(book.path,))


READER = ExampleReader()


def _place(parts: tuple[str, ...]) -> Place | None:
    """Return subject and clip of a folder that lies exactly two below the root."""
    return Place(*parts) if len(parts) == 2 else None


def _drafts(book: Workbook) -> Drafts:
    table, header = require_header(book, SYNONYMS, REQUIRED)
    findings = [*book.findings, *table.findings]
    if "apex" not in header.columns:
        text = "The file has no column for the apex"
        findings.append(Finding("apex-column-missing", Severity.WARNING, text))
    rows = tuple(_draft(row, table.name) for row in sheet_rows(table, header))
    return Drafts(rows, tuple(findings))


def _draft(row: SheetRow, sheet: str) -> DraftRow:
    cells = row.cells
    empty = [name for name in ("subject", "clip") if not cells[name]]
    return DraftRow(
        row=row.row,
        subject=cells["subject"],
        clip=cells["clip"],
        onset=cells["onset"],
        apex=cells.get("apex", ""),
        offset=cells["offset"],
        emotion=cells.get("emotion", ""),
        action_units=cells.get("action_units", ""),
        coder=cells.get("coder", ""),
        kind="",
        sheet=sheet,
        fault=f"the {' and the '.join(empty)} is empty" if empty else "",
        cells=row.all_cells,
        places=row.places,
    )
