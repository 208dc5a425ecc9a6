"""The answers of a run as a page to read, HTML or PDF, where the user wants it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF
from PySide6.QtGui import QPageLayout, QPageSize, QPdfWriter, QTextDocument
from PySide6.QtWidgets import QFileDialog, QWidget

from meviewer import __version__
from meviewer.data.atomic import write_bytes, write_text
from meviewer.experiment.runs import RunFolder
from meviewer.present.recognition_report import ReportFacts, as_html
from meviewer.present.training_answers import AskedClip
from meviewer.present.training_runs import RunFacts

_KINDS = "Page for a browser (*.html);;Page for a printer (*.pdf)"
_PDF_POINTS = 8


def ask_file(parent: QWidget, run: str) -> Path | None:
    """Ask where a report is to go; None if the user thinks better of it."""
    title, name = "Write a report", f"{run}-report.html"
    chosen, kind = QFileDialog.getSaveFileName(parent, title, name, _KINDS)
    if not chosen:
        return None
    path = Path(chosen)
    if path.suffix.lower() in (".html", ".pdf"):
        return path
    return path.with_name(path.name + (".pdf" if "pdf" in kind else ".html"))


def report_work(
    path: Path, project: str, run: RunFacts, folder: Path, clips: tuple[AskedClip, ...]
) -> Callable[[], Path]:
    """Return what reads the scores of a run and writes the report, for another thread.

    Parameters
    ----------
    path : Path
        Its ending says the format: ``.pdf``, else HTML.
    project : str
        Its name.
    run : RunFacts
    folder : Path
        Of the run.
    clips : tuple of AskedClip

    Returns
    -------
    callable
        Returns the path; raises `MeviewerError` if the run cannot be read or the disk refuses.
    """

    def write() -> Path:
        made = datetime.now(UTC).astimezone().strftime("%Y-%m-%d %H:%M")
        scores = RunFolder.open(folder).scores()
        html = as_html(clips, ReportFacts(project, run, scores, made, __version__))
        if path.suffix.lower() == ".pdf":
            write_bytes(path, pdf_of(html, f"Recognition report: {project}"))
        else:
            write_text(path, html)
        return path

    return write


def pdf_of(html: str, title: str) -> bytes:
    """Return a page of HTML as PDF: A4, lying, for its tables are wide."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageOrientation(QPageLayout.Orientation.Landscape)
    # The document has margins of its own, 2 cm, and numbers its pages in them.
    writer.setPageMargins(QMarginsF())
    writer.setTitle(title)
    writer.setCreator(f"meviewer {__version__}")
    document = QTextDocument()
    font = document.defaultFont()
    font.setPointSize(_PDF_POINTS)
    document.setDefaultFont(font)
    document.setHtml(html)
    document.print_(writer)
    return bytes(buffer.data().data())
