"""What features are to be computed of, and how much there is to do before it begins."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QFormLayout, QWidget

from meviewer.core.errors import MeviewerError
from meviewer.gui.context import Context
from meviewer.gui.dialogs.above import keep_above
from meviewer.gui.theme import Space
from meviewer.gui.widgets.buttons import push
from meviewer.gui.widgets.fields import choice, whole_number
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import column, row
from meviewer.gui.widgets.styling import make_surface, rule
from meviewer.nn.feature_plan import MAX_PX, MIN_PX, FeatureOptions, events_of
from meviewer.present.feature_jobs import REPRESENTATION_WORDS, amount
from meviewer.project.project import Project

_SLOT = "features-amount"
_WIDTH_PX = 480
_WHAT = (
    "The motion of all labelled events is kept in the project, where trainings find it. What is "
    "there already is not computed again."
)
_DEVICES = {"cpu": "the processor", "auto": "a GPU, if there is one"}


class ComputeFeaturesDialog(QDialog):
    """Asks whose events, which representations, at what size, and whether on faces cut out.

    Signals
    -------
    wanted(object)
        The `FeatureOptions` that were accepted.
    """

    wanted = Signal(object)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Compute features")
        make_surface(self, "panel")
        self._context = context
        workspace = context.workspace
        coders = () if workspace.project is None else workspace.project.coders()
        usual = FeatureOptions()
        first = coders.index(workspace.coder) if workspace.coder in coders else 0
        self.coder = choice(coders, first, "Labels by")
        self.size_px = whole_number(
            usual.size_px, MIN_PX, MAX_PX, step=8, unit="px", name="Width and height"
        )
        self.device = choice(tuple(_DEVICES.values()), 0, "Flow is computed by")
        self.kinds = {name: QCheckBox(words) for name, words in REPRESENTATION_WORDS.items()}
        for name, box in self.kinds.items():
            box.setChecked(name in usual.representations)
        self.aligned = QCheckBox("Cut out the face of each clip first")
        self.aligned.setToolTip(
            "By the one transform that the Face window found: eyes level, at a fixed place and "
            "distance. For recordings that are no crops; clips without a face are skipped."
        )
        self.amount = label("", "second", wrap=True)
        self.compute = push("Compute", "primary")
        self._close = push("Cancel")
        self._build()
        self._connect()
        self.resize(_WIDTH_PX, self.sizeHint().height())
        keep_above(self, self.compute)
        self._count()

    def options(self) -> FeatureOptions:
        """Return what is chosen.

        Raises
        ------
        ExperimentError
            If no representation is.
        """
        return FeatureOptions(
            representations=tuple(name for name, box in self.kinds.items() if box.isChecked()),
            size_px=self.size_px.value(),
            tier=self.coder.currentText(),
            device=tuple(_DEVICES)[self.device.currentIndex()],
            aligned=self.aligned.isChecked(),
        )

    def _build(self) -> None:
        self.setLayout(
            column(
                label(_WHAT, "caption", wrap=True),
                _form(("Labels by", self.coder), ("Width and height", self.size_px)),
                rule(),
                label("Representations", "strong"),
                *self.kinds.values(),
                rule(),
                self.aligned,
                _form(("Flow is computed by", self.device)),
                self.amount,
                None,
                row(None, self._close, self.compute),
                margins=(Space.xl,) * 4,
                spacing=Space.m,
            )
        )

    def _connect(self) -> None:
        self.coder.currentIndexChanged.connect(lambda _: self._count())
        self.aligned.toggled.connect(lambda _: self._count())
        for box in self.kinds.values():
            box.toggled.connect(lambda _: self._allow())
        self.compute.clicked.connect(self._take)
        self._close.clicked.connect(self.reject)
        self.finished.connect(lambda _: self._context.background.cancel(_SLOT))

    def _count(self) -> None:
        """Say how many events there are: it takes a while in a large project."""
        workspace = self._context.workspace
        project, durable = workspace.project, workspace.durable()
        tier, aligned = self.coder.currentText(), self.aligned.isChecked()
        self._events: int | None = None
        self._allow()
        if project is None or not tier:
            self._show((0, ()))
            return
        self.amount.setText("Counting")

        def count() -> tuple[int, Sequence[str]]:
            durable()
            return _events(project, tier, aligned)

        self._context.background.run(_SLOT, count, self._show, self._fail)

    def _show(self, found: tuple[int, Sequence[str]]) -> None:
        self._events, reasons = found
        self.amount.setText(amount(self._events, reasons))
        self._allow()

    def _fail(self, error: MeviewerError) -> None:
        self.amount.setText(str(error))

    def _allow(self) -> None:
        chosen = any(box.isChecked() for box in self.kinds.values())
        self.compute.setEnabled(chosen and bool(self._events))

    def _take(self) -> None:
        self.wanted.emit(self.options())
        self.accept()


def _events(project: Project, tier: str, aligned: bool) -> tuple[int, Sequence[str]]:
    """Return how many events can be computed, and why each of the others can't."""
    units, skipped = events_of(project, tier, aligned=aligned)
    return len(units), tuple(one.reason for one in skipped)


def _form(*rows: tuple[str, QWidget]) -> QFormLayout:
    form = QFormLayout()
    form.setHorizontalSpacing(Space.l)
    form.setVerticalSpacing(Space.m)
    for words, field in rows:
        form.addRow(label(words), field)
    return form
