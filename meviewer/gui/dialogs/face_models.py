"""A card where the face models are missing: how to get them, and a button that does it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from meviewer.core.errors import MeviewerError
from meviewer.data.face import models
from meviewer.data.face.installing import install
from meviewer.gui.context import Context
from meviewer.gui.widgets.buttons import push
from meviewer.gui.widgets.layout import column
from meviewer.gui.widgets.notices import MessageCard

_SLOT = "face-models"
_WHAT = "The face models are not installed"
_HOW = (
    "They are downloaded with pip if you ask for it: 'meviewer models --install' does the same, "
    "and takes a file with '--from'. Without them, set the face by hand."
)


class ModelsCard(QWidget):
    """Shown only while models are missing.

    Signals
    -------
    checked(bool)
        Whether they are there.
    failed(MeviewerError)
        They could not be installed.
    """

    checked = Signal(bool)
    failed = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.install = push("Install the models", "", context.theme, "add")
        self._card = MessageCard(context.theme, "accent", _WHAT, _HOW, self.install)
        self.setLayout(column(self._card))
        self.install.clicked.connect(self._install)
        self.hide()

    def check(self) -> None:
        """Look whether they are there."""
        there = models.are_there()
        self.setVisible(not there)
        self.checked.emit(there)

    def stop(self) -> None:
        """Do not wait for an installation any more."""
        self._context.background.cancel(_SLOT)

    def _install(self) -> None:
        self.install.setEnabled(False)
        self._card.show_message("accent", _WHAT, "pip downloads 7 MB…")
        self._context.background.run(_SLOT, install, self._installed, self._fail)

    def _installed(self, _paths: object) -> None:
        self._again()
        self.check()

    def _fail(self, error: MeviewerError) -> None:
        self._again()
        self.failed.emit(error)

    def _again(self) -> None:
        self.install.setEnabled(True)
        self._card.show_message("accent", _WHAT, _HOW)
