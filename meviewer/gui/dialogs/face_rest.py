"""How still the head holds: measured when asked for, as two numbers and two small curves."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from meviewer.data.clip import Clip
from meviewer.data.face.clip_face import ClipFace
from meviewer.gui.context import Context
from meviewer.gui.dialogs.face_work import Rest, measure
from meviewer.gui.widgets.buttons import push
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import column, section
from meviewer.gui.widgets.residual_plot import ResidualPlot
from meviewer.present.face import residual_words

_SLOT = "face-measure"


class RestSection(QWidget):
    """Motion in the stable region before and after stabilisation to the onset frame.

    Signals
    -------
    failed(MeviewerError)
    """

    failed = Signal(object)

    def __init__(self, context: Context, clip: Clip, onset: int) -> None:
        super().__init__()
        self._context, self._clip, self._onset = context, clip, onset
        self._face: ClipFace | None = None
        self.plot = ResidualPlot(context.theme)
        self.words = label("", "caption", wrap=True)
        self.measure = push("Measure", "", context.theme, "refresh", compact=True)
        self.measure.clicked.connect(self._measure)
        what = "Motion where no expression is: nose bridge and face border."
        whole = section(
            "How still the head holds",
            label(what, "caption", wrap=True),
            self.plot,
            self.words,
            tools=(self.measure,),
        )
        self.setLayout(column(whole, spacing=0))
        self.show_face(None)

    def show_face(self, face: ClipFace | None) -> None:
        """Be about this face from now on; what was measured on another is forgotten."""
        self._face = face
        self.stop()
        self.plot.clear()
        self.words.setText("")
        self.measure.setEnabled(face is not None and face.eyes is not None)

    def stop(self) -> None:
        """Give up what is being measured."""
        self._context.background.cancel(_SLOT)

    def _measure(self) -> None:
        face, clip, onset = self._face, self._clip, self._onset
        if face is None or face.eyes is None:
            return
        self.measure.setEnabled(False)
        self.words.setText("Measuring…")
        self._context.background.run_long(
            _SLOT, lambda token: measure(face, clip, onset, token), self._show, self._fail
        )

    def _show(self, rest: Rest | None) -> None:
        self.measure.setEnabled(True)
        if rest is not None:
            self.plot.show_curves(rest.before, rest.after)
            self.words.setText(residual_words(rest.before, rest.after, rest.n_frames))

    def _fail(self, error: object) -> None:
        self.measure.setEnabled(True)
        self.words.setText("")
        self.failed.emit(error)
