"""Begin blind adjudication: who decides, between whom, and about which clips."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QFormLayout, QLineEdit, QWidget

from meviewer.core.errors import ExperimentError, MeviewerError
from meviewer.experiment.adjudication import USUAL_TOLERANCE, Plan, plan
from meviewer.experiment.agreement_project import people
from meviewer.gui.context import Context
from meviewer.gui.dialogs.above import keep_above
from meviewer.gui.theme import Size, Space
from meviewer.gui.widgets.buttons import push
from meviewer.gui.widgets.fields import whole_number
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import boxed, column, row, scroll
from meviewer.gui.widgets.notices import MessageCard
from meviewer.gui.widgets.styling import make_surface, rule

_SIZE = (560, 420)
_SLOT = "adjudicate"
_MOST_FRAMES = 500
_SHOWN_CODERS = 4  # more of them scroll


class AdjudicateStart(QDialog):
    """A small form; it says how many clips wait.

    Signals
    -------
    ready(Plan)
        There is something to decide.
    """

    ready = Signal(object)

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Adjudicate blind")
        self.resize(*_SIZE)
        make_surface(self, "panel")
        theme, workspace = context.theme, context.workspace
        self._context = context
        names = () if workspace.project is None else people(workspace.project)
        self.judge = QLineEdit()
        self.judge.setPlaceholderText("None of those below")
        self.judge.setAccessibleName("Who decides")
        self.coders = [QCheckBox(name) for name in names]
        for box in self.coders:
            box.setChecked(True)
        self.tolerance = whole_number(
            USUAL_TOLERANCE, 0, _MOST_FRAMES, unit="frames", name="Keyframes further apart than"
        )
        self.also_agreed = QCheckBox("Also clips on which they agree, to complete the tier")
        self.waiting = label("Counting clips…", "strong", wrap=True)
        self._card = MessageCard(theme, "error", "", closable=True)
        self._card.hide()
        self.go = push("Begin", "primary", theme, "blind")
        self.go.setEnabled(False)
        self._close = push("Cancel")
        self._build()
        keep_above(self, self.go)
        self._connect()
        self._count()

    def _build(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(Space.l)
        form.setVerticalSpacing(Space.m)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(label("Your name"), self.judge)
        people = scroll(column(*self.coders, None, spacing=Space.s))
        people.setFixedHeight(min(len(self.coders), _SHOWN_CODERS) * Size.row + Space.s)
        form.addRow(label("Between"), people)
        form.addRow(label("Keyframes further apart than"), self.tolerance)
        how = (
            "You see the coders as 1, 2 and so on, in another order on each clip, without names, "
            "notes or suggestions. What you decide goes to a tier of its own, “adjudicated”; their "
            "labels stay as they are. Who was who is kept in the journal, with your reason."
        )
        body = column(
            label(how, "second", wrap=True),
            form,
            self.also_agreed,
            self.waiting,
            self._card,
            None,
            spacing=Space.l,
            margins=(Space.xl, Space.l, Space.xl, Space.l),
        )
        foot = row(None, self._close, self.go, margins=(Space.xl, Space.m, Space.xl, Space.l))
        self.setLayout(column((boxed(body), 1), rule(), foot, spacing=0))

    def _connect(self) -> None:
        self.judge.textChanged.connect(lambda _: self._count())
        for box in self.coders:
            box.clicked.connect(lambda _: self._count())
        self.tolerance.valueChanged.connect(lambda _: self._count())
        self.also_agreed.clicked.connect(lambda _: self._count())
        self.go.clicked.connect(self._begin)
        self._close.clicked.connect(self.reject)

    def _asked(self) -> tuple[str, tuple[str, ...], int, bool]:
        coders = tuple(box.text() for box in self.coders if box.isChecked())
        return self.judge.text(), coders, self.tolerance.value(), self.also_agreed.isChecked()

    def _count(self) -> None:
        """Say how many clips wait, or why nobody can begin."""
        self._look(self._say)

    def _begin(self) -> None:
        self._look(self._start)

    def _look(self, then: object) -> None:
        project = self._context.workspace.project
        if project is None:
            return
        judge, coders, tolerance, also = self._asked()
        durable = self._context.workspace.durable()
        assert callable(then)

        def work() -> Plan:
            durable()
            return plan(project, judge, coders, tolerance=tolerance, also_agreed=also)

        self._context.background.run(_SLOT, work, then, self._refuse)

    def _say(self, found: Plan) -> None:
        n_clips = len(found.sample_ids)
        self.waiting.setText(f"{n_clips} clips wait" if n_clips != 1 else "1 clip waits")
        self.go.setEnabled(n_clips > 0)

    def _start(self, found: Plan) -> None:
        if found.sample_ids:
            self.ready.emit(found)
            self.accept()

    def _refuse(self, error: MeviewerError) -> None:
        self.go.setEnabled(False)
        if isinstance(error, ExperimentError):
            self.waiting.setText(f"{error.what}: {error.why}" if error.why else error.what)
            return
        self._card.show_error(error)
        self._card.show()
