"""What the inspector lists: why a clip is in the queue, findings, history."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from meviewer.core.findings import Finding, Severity
from meviewer.gui.theme import Space, Theme
from meviewer.gui.widgets.labels import ElidedLabel, IconLabel, label
from meviewer.gui.widgets.layout import boxed, column, row
from meviewer.present.inspector import HistoryRow

_ICONS = {Severity.INFO: "info", Severity.WARNING: "warn", Severity.ERROR: "error"}
_TONES = {Severity.INFO: "text_2", Severity.WARNING: "warn", Severity.ERROR: "error"}


class Listed:
    """Rows below one another, made anew only when they say something else: that takes long."""

    def __init__(self) -> None:
        self.layout: QVBoxLayout = column(spacing=Space.s)
        self._said: Hashable = None

    def show(self, said: Hashable, rows: Callable[[], Sequence[QWidget]]) -> None:
        """Show what ``rows`` makes, unless it is what was ``said`` last."""
        if self._said == said:
            return
        self._said = said
        while (item := self.layout.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for widget in rows():
            self.layout.addWidget(widget)


def reason_rows(first: str, reasons: Sequence[tuple[str, float]]) -> list[QWidget]:
    """Return the verdict of the queue, and what adds to it with its share."""
    parts = [
        boxed(row((label(words, "caption", wrap=True), 1), label(f"{share:.0%}", "caption")))
        for words, share in reasons
    ]
    return [label(first, "second", wrap=True), *parts]


def finding_rows(theme: Theme, findings: Sequence[Finding]) -> list[QWidget]:
    """Return what the rules have found, each with its severity."""
    if not findings:
        return [label("Nothing doubtful by the rules", "caption")]
    return [
        boxed(
            row(
                IconLabel(theme, _ICONS[one.severity], _TONES[one.severity]),
                (label(one.text, "second", wrap=True), 1),
                spacing=Space.m,
            )
        )
        for one in findings
    ]


def history_row(line: HistoryRow) -> QWidget:
    """Return one edit and who made it; paler if it was taken back."""
    style = "caption" if line.taken_back else "second"
    return boxed(row((ElidedLabel(line.text, style), 1), label(line.who, "caption")))
