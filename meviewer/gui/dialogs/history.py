"""History: every state that labels have had, checkpoints among them, each to be brought back."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QWidget

from meviewer.core.errors import MeviewerError
from meviewer.gui.context import Context
from meviewer.gui.dialogs.above import keep_above
from meviewer.gui.key_tips import with_keys
from meviewer.gui.theme import Space
from meviewer.gui.widgets.buttons import Segments, push
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import column, row
from meviewer.gui.widgets.notices import MessageCard
from meviewer.gui.widgets.styling import make_surface
from meviewer.gui.widgets.tables import Cell, Column, Table
from meviewer.present.inspector import what_and_when
from meviewer.project.bringing_back import bring_back
from meviewer.project.project import JournalRow

_SIZE = (720, 520)
_NEWEST = 2000
_NO_CHECKPOINT = "There is no checkpoint yet: {checkpoint} names the present state"
_CLIP, _CHECKPOINTS = 0, 1
_WHY = 2  # column
_SLOT = "history"
_KINDS = ("edit", "undo", "redo", "import")


class HistoryDialog(QDialog):
    """The journal of the open clip, and the checkpoints of the project.

    Signals
    -------
    said(str)
        What just happened, for the status line.
    """

    said = Signal(str)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("History")
        make_surface(self, "panel")
        self._context = context
        self.rows: tuple[JournalRow, ...] = ()
        self.scope = Segments(context.theme, ("This clip", "Checkpoints"), name="History of what")
        heads = [Column("When", width=120), Column("What", width=None), Column("Why", width=220)]
        self.table = Table(context.theme, heads, "History")
        self.words = label("", "caption", wrap=True)
        self.card = MessageCard(context.theme, "error", "", closable=True)
        self.card.hide()
        self.restore = push("Bring this state back", "primary")
        self._close = push("Close")
        self.setLayout(
            column(
                self.scope,
                self.card,
                (self.table, 1),
                self.words,
                row(None, self._close, self.restore),
                margins=(Space.xl,) * 4,
            )
        )
        self.scope.chosen.connect(lambda _: self.refill())
        self.restore.clicked.connect(self.bring_back)
        self._close.clicked.connect(self.reject)
        self.table.row_chosen.connect(lambda _: self._say())
        self.finished.connect(lambda _: context.background.cancel(_SLOT))
        self.resize(*_SIZE)
        keep_above(self, self.restore)
        self.refill()

    def refill(self) -> None:
        """Read the journal again."""
        workspace = self._context.workspace
        project, session = workspace.project, workspace.session
        if project is None:
            return
        durable, of_project = workspace.durable(), self.scope.current == _CHECKPOINTS
        place = None if session is None else (session.sample.id, session.coder)

        def read() -> tuple[JournalRow, ...]:
            durable()
            if of_project or place is None:
                return project.checkpoints()[::-1]
            found = project.history(*place, newest=_NEWEST)[::-1]
            return tuple(one for one in found if one.kind in _KINDS)

        self._context.background.run(_SLOT, read, self._show, self._fail)

    def bring_back(self) -> None:
        """Make the chosen state the present one: a step that undo takes back."""
        at = self.table.currentIndex().row()
        if not 0 <= at < len(self.rows):
            return
        try:
            if self.scope.current == _CHECKPOINTS:
                self._bring_all_back(self.rows[at])
            else:
                self._bring_clip_back(self.rows[at])
        except MeviewerError as error:
            self._fail(error)
            return
        self.accept()

    def _bring_clip_back(self, chosen: JournalRow) -> None:
        workspace = self._context.workspace
        project, session = workspace.project, workspace.session
        if project is None or session is None:
            return
        labels = project.annotation_at(session.sample.id, session.coder, chosen.n)
        when = what_and_when(chosen)[1]
        session.commit(labels, f"Bring back the state of {when}", reason=f"row {chosen.n}")
        self.said.emit(f"The state of {when} is back; undo takes that back")

    def _bring_all_back(self, chosen: JournalRow) -> None:
        workspace, project = self._context.workspace, self._context.workspace.project
        if project is None:
            return
        workspace.flush()
        n = bring_back(project, workspace.coder, chosen.n, f"checkpoint {chosen.text}")
        workspace.reload()
        clips = "clip" if n == 1 else "clips"
        self.said.emit(f"“{chosen.text}” is back on {n} {clips}; undo takes that back on each")

    def _show(self, found: tuple[JournalRow, ...]) -> None:
        self.rows = found
        lines = [(*what_and_when(one)[::-1], one.reason) for one in found]
        self.table.show_rows([[Cell(text, tip=text) for text in line] for line in lines])
        # A checkpoint has its name alone, which may be long.
        self.table.setColumnHidden(_WHY, self.scope.current == _CHECKPOINTS)
        self.restore.setEnabled(bool(found))
        if found:
            self.table.selectRow(0)
        self._say()

    def _say(self) -> None:
        if not self.rows:
            of_clip = "Nothing was changed on this clip yet"
            of_project = with_keys(_NO_CHECKPOINT, self._context.actions.keys)
            self.words.setText(of_clip if self.scope.current == _CLIP else of_project)
        elif self.scope.current == _CLIP:
            self.words.setText("Bringing a state back is one step of undo; nothing is lost.")
        else:
            coder = self._context.workspace.coder
            self.words.setText(f"All labels of coder {coder} go back to it, one undo step a clip.")

    def _fail(self, error: MeviewerError) -> None:
        self.card.show_error(error)
        self.card.show()
