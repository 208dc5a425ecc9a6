"""Figures with their doubts, and progress with its time left: blocks that stand in a row."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from meviewer.gui.theme import Space, Theme
from meviewer.gui.widgets.labels import ElidedLabel, label
from meviewer.gui.widgets.layout import column, row
from meviewer.gui.widgets.marks import Meter
from meviewer.gui.widgets.styling import short_rule
from meviewer.present.training_views import Figure, ProgressBlock


class ProgressFigure(QWidget):
    """Title and time left above, the figure, and its share as a bar."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._title, self._detail = ElidedLabel("", "caption"), label("", "caption")
        self._value = ElidedLabel("", "heading")
        self._meter = Meter(theme, 0.0, "accent", width=None, name=name)
        head = row((self._title, 1), self._detail, spacing=Space.s)
        self.setLayout(column(head, self._value, self._meter, spacing=3))
        self.setMinimumWidth(150)

    def show_block(self, block: ProgressBlock) -> None:
        """Show one figure; without a share the bar is left out, not invented."""
        self._title.setText(block.title)
        self._detail.setText(block.detail)
        self._value.setText(block.value)
        self._meter.set_share(block.share or 0.0)
        self._meter.setVisible(block.share is not None)
        self.setAccessibleName(f"{block.title}: {block.value}, {block.detail}")


class Figures(QWidget):
    """Scores in large type, each with its interval below; what is too much for the width goes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._blocks: list[_Block] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(Space.l, Space.m, Space.l, Space.m)
        self._row.setSpacing(Space.l)
        self._row.addStretch(1)

    @property
    def texts(self) -> tuple[tuple[str, str, str], ...]:
        """Title, value and detail of each figure."""
        return tuple(block.texts for block in self._blocks if not block.isHidden())

    def show_figures(self, figures: tuple[Figure, ...]) -> None:
        """Show these figures from left to right."""
        while len(self._blocks) < len(figures):
            self._add()
        for at, block in enumerate(self._blocks):
            block.setVisible(at < len(figures))
            if at < len(figures):
                block.show_figure(figures[at])

    def _add(self) -> None:
        block = _Block(first=not self._blocks)
        self._blocks.append(block)
        self._row.insertWidget(self._row.count() - 1, block)


class _Block(QWidget):
    def __init__(self, *, first: bool) -> None:
        super().__init__()
        self._title, self._value = label("", "caption"), label("", "display")
        self._detail = label("", "caption")
        words = column(self._title, self._value, self._detail, spacing=0)
        self.setLayout(words if first else row(short_rule(), words, spacing=Space.l))

    @property
    def texts(self) -> tuple[str, str, str]:
        return self._title.text(), self._value.text(), self._detail.text()

    def show_figure(self, figure: Figure) -> None:
        self._title.setText(figure.title)
        self._value.setText(figure.value)
        self._detail.setText(figure.detail)
        self.setAccessibleName(f"{figure.title} {figure.value}, {figure.detail}")
