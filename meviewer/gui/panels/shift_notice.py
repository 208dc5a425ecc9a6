"""The notice over the frame: the clip is not as it was when it was labelled, and what to do."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame

from meviewer.gui.context import Context
from meviewer.gui.widgets.buttons import push
from meviewer.gui.widgets.layout import column
from meviewer.gui.widgets.notices import JobCard, MessageCard
from meviewer.present.shift_notice import ShiftNotice, notice


class ShiftNoticePanel(QFrame):
    """Takes no room while the clip is as it was labelled."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.move_labels = push("", "primary", context.theme, "accept")
        self.leave_labels = push("")
        self.card = MessageCard(
            context.theme, "warn", "", "", self.move_labels, self.leave_labels, closable=True
        )
        self.work = JobCard(context.theme, "Comparing the clip with its labels")
        self.setLayout(column(self.card, self.work, spacing=0))
        shifts = context.shifts
        self.move_labels.clicked.connect(shifts.move_labels)
        self.leave_labels.clicked.connect(shifts.leave_labels)
        self.card.closed.connect(shifts.dismiss)
        self.work.cancelled.connect(shifts.stop)
        shifts.changed.connect(self._refresh)
        shifts.progress.connect(self._show_progress)
        context.workspace.sample_changed.connect(lambda _: self._refresh())
        self.work.hide()
        self._refresh()

    def _show_progress(self, share: float, words: str) -> None:
        self.work.show_progress(share, words)
        self.work.show()
        self.show()

    def _refresh(self) -> None:
        said = self._notice()
        self.card.setVisible(said is not None)
        self.work.setVisible(not self.work.isHidden() and self._context.shifts.comparing)
        self.setVisible(said is not None or not self.work.isHidden())
        if said is None:
            return
        self.card.show_message(said.tone, said.what, said.why)
        for button, words in ((self.move_labels, said.move), (self.leave_labels, said.leave)):
            button.setText(words)
            button.setVisible(bool(words))

    def _notice(self) -> ShiftNotice | None:
        session, shifts = self._context.workspace.session, self._context.shifts
        if session is None:
            return None
        return notice(
            shifts.shifted,
            shifts.news,
            session.annotation,
            session.clip.n_frames,
            read_only=session.read_only,
        )
