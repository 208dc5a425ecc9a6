"""What can be done to the runs of the table: a button's menu, the same as a context menu, keys."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from meviewer.experiment.spec import KERNEL
from meviewer.gui.dialogs.ask import ask_name
from meviewer.gui.stores.run_desk import RunDesk
from meviewer.gui.stores.training_runs import TrainingRuns
from meviewer.present.training_runs import ACTIVE, RESUMABLE, RunFacts

_KEYS = {
    "rename": "F2",
    "delete": "Del",
    "up": "Alt+Up",
    "down": "Alt+Down",
}
_WORDS = {
    "compare": "Compare",
    "rename": "Rename…",
    "notes": "Notes…",
    "tune": "Train on from its weights",
    "files": "Figures and tables to files…",
    "onnx": "Network as ONNX…",
    "up": "Earlier in the line",
    "down": "Later in the line",
    "remove": "Take out of the line",
    "resume": "Resume",
    "delete": "Delete",
}
_BREAK_BEFORE = ("tune", "up", "delete")


class RunMenu(QObject):
    """The actions on the selected runs, one object for menu, context menu and keys.

    Parameters
    ----------
    table : QWidget
        Where the keys count.
    runs : TrainingRuns
    desk : RunDesk
    selected : callable
        Returns the ids of the selected runs, the newest one first.

    Signals
    -------
    compare_wanted()
        The selected runs are to be compared.
    files_wanted(int)
        Figures and tables of this run are to be written.
    tune_wanted(int)
        The form is to begin from the weights of this run.
    onnx_wanted(int)
        The final model of this run is to be written for other programs.
    """

    compare_wanted = Signal()
    files_wanted = Signal(int)
    tune_wanted = Signal(int)
    onnx_wanted = Signal(int)

    def __init__(
        self,
        table: QWidget,
        runs: TrainingRuns,
        desk: RunDesk,
        selected: Callable[[], tuple[int, ...]],
    ) -> None:
        super().__init__(table)
        self._table, self._runs, self._desk, self._selected = table, runs, desk, selected
        self.menu = QMenu(table)
        self.actions: dict[str, QAction] = {name: self._action(name) for name in _WORDS}
        for name, action in self.actions.items():
            if name in _BREAK_BEFORE:
                self.menu.addSeparator()
            self.menu.addAction(action)
        self.menu.aboutToShow.connect(self.refresh)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._pop_up)

    def refresh(self) -> None:
        """Offer what makes sense for the selected runs."""
        facts = [one for n in self._selected() if (one := self._runs.facts(n)) is not None]
        one = facts[0] if len(facts) == 1 else None
        waits = one is not None and one.state == "queued"
        offers = {
            "compare": len(facts) > 1,
            "rename": one is not None and _at_rest(one),
            "notes": one is not None,
            "tune": one is not None and _has_weights(one),
            "onnx": one is not None and _has_weights(one) and one.spec.final_model,
            "files": one is not None and bool(one.scores.get("folds_done")),
            "up": waits and one is not None and one.place > 1,
            "down": waits,
            "remove": waits,
            "resume": one is not None and one.state in RESUMABLE,
            "delete": bool(facts) and all(map(_at_rest, facts)),
        }
        for name, offered in offers.items():
            self.actions[name].setEnabled(offered)

    def _action(self, name: str) -> QAction:
        action = QAction(_WORDS[name], self._table)
        if name in _KEYS:
            action.setShortcut(QKeySequence(_KEYS[name]))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            self._table.addAction(action)
        action.triggered.connect(lambda _=False: self._do(name))
        return action

    def _pop_up(self, at: QPoint) -> None:
        self.menu.popup(self._table.mapToGlobal(at))

    def _do(self, name: str) -> None:
        selected = self._selected()
        if not selected:
            return
        of_one: dict[str, Callable[[int], object]] = {
            "rename": self._rename,
            "notes": self._write_notes,
            "tune": self.tune_wanted.emit,
            "files": self.files_wanted.emit,
            "onnx": self.onnx_wanted.emit,
            "up": lambda run_id: self._runs.move(run_id, -1),
            "down": lambda run_id: self._runs.move(run_id, 1),
            "remove": self._runs.cancel,
            "resume": self._runs.resume,
        }
        if name == "compare":
            self.compare_wanted.emit()
        elif name == "delete":
            self._desk.delete(selected)
        else:
            of_one[name](selected[0])

    def _rename(self, run_id: int) -> None:
        facts = self._runs.facts(run_id)
        name = facts and ask_name(
            self._table, "Rename run", "Name, also of its folder:", facts.name
        )
        if name:
            self._desk.rename(run_id, name)

    def _write_notes(self, run_id: int) -> None:
        facts = self._runs.facts(run_id)
        if facts is None:
            return
        text, wanted = QInputDialog.getMultiLineText(
            self._table, f"Notes on {facts.name}", "Kept in the folder of the run:", facts.notes
        )
        if wanted:
            self._desk.write_notes(run_id, text)


def _at_rest(facts: RunFacts) -> bool:
    return facts.state not in (*ACTIVE, "queued")


def _has_weights(facts: RunFacts) -> bool:
    return facts.state in ("done", "stale") and facts.spec.network != KERNEL
