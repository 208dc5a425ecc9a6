"""Two runs or more compared: scores, differences with their intervals, and what to doubt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from meviewer.core.errors import MeviewerError
from meviewer.data.atomic import write_text
from meviewer.experiment.comparison import Comparison, compare
from meviewer.experiment.runs import RunFolder
from meviewer.gui import view_export
from meviewer.gui.running.background import Background
from meviewer.gui.theme import Space, Theme
from meviewer.gui.view_export import Caption
from meviewer.gui.widgets.buttons import Segments, push
from meviewer.gui.widgets.compare_plot import ComparePlot
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import boxed, column, row
from meviewer.gui.widgets.notices import MessageCard
from meviewer.gui.widgets.styling import make_surface, rule
from meviewer.gui.widgets.tables import Cell, Column, Table
from meviewer.present import comparison as words
from meviewer.present.comparison_plot import MEASURES, TITLES, forests

_SIZE, _MARGIN_PX = QSize(1080, 700), QSize(40, 72)
_SLOT = "compare-runs"
_FILES = "Table as CSV (*.csv);;Tables for LaTeX (*.tex);;Plot (*.svg *.pdf *.png)"
_WIDTHS = {
    "network": 96,
    "seeds": 52,
    "95 %": 108,
    "UF1": 56,
    "UAR": 56,
    "accuracy": 62,
    "only first": 68,
    "only second": 84,
    "p": 56,
}
_NAME_PX, _OTHER_PX = 152, 60
_READING = (
    "Intervals are 95 %, from drawing whole subjects 2,000 times, the same ones for both runs of a"
    " difference. A hollow dot may be chance. p is McNemar's exact test; it takes clips as"
    " independent, so that it is too small rather than too large."
)


class CompareDialog(QDialog):
    """A window beside the main one.

    Parameters
    ----------
    theme : Theme
    background : Background
        Reads and compares the runs.
    runs : sequence of (str, Path)
        Names and folders, the first one to be compared with.
    """

    def __init__(
        self,
        theme: Theme,
        background: Background,
        runs: Sequence[tuple[str, Path]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Compare runs")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        make_surface(self, "panel")
        self._background, self._chosen = background, tuple(runs)
        self.found: Comparison | None = None
        self.summary = label("Comparing", "strong", wrap=True)
        self.verdicts, self.notes = label("", "second", wrap=True), label("", "caption", wrap=True)
        self.measure = Segments(theme, tuple(TITLES[m] for m in MEASURES), name="Measure")
        self.scores, self.apart = ComparePlot(theme), ComparePlot(theme)
        self.runs = _table(theme, words.RUN_HEADS, "Runs")
        self.pairs = _table(theme, words.PAIR_HEADS, "Pairs of runs")
        self.card = MessageCard(theme, "error", "", closable=True)
        self.card.hide()
        self.export = push("Export…", "", theme, "export", tip="As CSV, LaTeX or a picture")
        self._close = push("Close", "primary")
        self._build()
        self.measure.chosen.connect(lambda _: self._draw())
        self.export.clicked.connect(self._ask)
        self._close.clicked.connect(self.accept)
        self.finished.connect(lambda _: background.cancel(_SLOT))
        self.export.setEnabled(False)
        background.run(_SLOT, self._work(), self._show, self._fail)

    def write(self, path: Path) -> None:
        """Write the tables, or the plots as they are on the screen; the ending says which."""
        if self.found is None:
            return
        try:
            if path.suffix.lower() in (".csv", ".tex"):
                as_csv = path.suffix.lower() == ".csv"
                make = words.to_csv if as_csv else words.to_latex
                write_text(path, make(self.found))
            else:
                caption = Caption("Runs compared", (words.summary(self.found),))
                view_export.export_widget(self._plots, path, 2, caption)
        except MeviewerError as error:
            self._fail(error)

    def _build(self) -> None:
        self._plots = boxed(row((self.scores, 1), (self.apart, 1), spacing=Space.m))
        head = row((self.summary, 1), self.measure)
        reading = label(_READING, "caption", wrap=True)
        body = column(
            head,
            self.verdicts,
            (self._plots, 3),
            (self.runs, 2),
            (self.pairs, 2),
            self.notes,
            reading,
            self.card,
            spacing=Space.m,
        )
        body.setContentsMargins(Space.xl, Space.l, Space.xl, Space.l)
        buttons = row(self.export, None, self._close)
        buttons.setContentsMargins(Space.xl, Space.m, Space.xl, Space.l)
        self.setLayout(column((boxed(body), 1), rule(), buttons, spacing=0))
        self.resize(_SIZE.boundedTo(self.screen().availableSize() - _MARGIN_PX))
        self.export.setAutoDefault(False)
        self._close.setDefault(True)

    def _work(self) -> Callable[[], Comparison]:
        chosen = self._chosen
        return lambda: compare([(name, RunFolder.open(folder)) for name, folder in chosen])

    def _show(self, found: Comparison) -> None:
        self.found = found
        self.summary.setText(words.summary(found))
        self.verdicts.setText("\n".join(words.verdict(pair) for pair in found.pairs))
        self.notes.setText("\n".join(found.notes))
        self.notes.setVisible(bool(found.notes))
        self.runs.show_rows([_cells(line) for line in words.run_rows(found)])
        self.pairs.show_rows([_cells(line) for line in words.pair_rows(found)])
        self.export.setEnabled(True)
        self._draw()

    def _draw(self) -> None:
        if self.found is None:
            return
        scores, apart = forests(self.found, MEASURES[self.measure.current])
        self.scores.show_forest(scores)
        self.apart.show_forest(apart)

    def _fail(self, error: MeviewerError) -> None:
        if self.found is None:
            self.summary.setText("The runs are not compared")
        self.card.show_error(error)
        self.card.show()

    def _ask(self) -> None:
        asked = QFileDialog.getSaveFileName(self, "Export comparison", "comparison.csv", _FILES)
        if asked[0]:
            path = Path(asked[0])
            ending = "" if path.suffix else asked[1].partition("*")[2].split()[0].rstrip(")")
            self.write(path.with_name(path.name + ending))


def _table(theme: Theme, heads: Sequence[str], name: str) -> Table:
    columns = [
        Column(head, at > 0 and head != "network", _WIDTHS.get(head, _OTHER_PX))
        for at, head in enumerate(heads)
    ]
    columns[0] = Column(heads[0], width=_NAME_PX)
    last = columns[-1]
    columns[-1] = Column(last.head, last.figures, None)
    made = Table(theme, columns, name)
    made.setMinimumHeight(84)
    return made


def _cells(line: Sequence[str]) -> tuple[Cell, ...]:
    return tuple(Cell(text, strong=at == 0, tip=text) for at, text in enumerate(line))
