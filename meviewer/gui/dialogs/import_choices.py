"""What is left to the user before an import: fixes, missing apexes, and which project."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QLayout, QRadioButton, QVBoxLayout, QWidget

from meviewer.gui.stores.workspace import Workspace
from meviewer.gui.theme import Space, Theme
from meviewer.gui.widgets.buttons import push
from meviewer.gui.widgets.fields import choice
from meviewer.gui.widgets.labels import ElidedLabel, label
from meviewer.gui.widgets.layout import boxed, column, row, scroll
from meviewer.present.import_report import DoctorState, FixRow
from meviewer.project.importing import ApexPolicy, free_folder
from meviewer.project.project import Project

_APEX = {
    ApexPolicy.NONE: "leave it unset, to be set by hand",
    ApexPolicy.FREE: "search for it between onset and offset (free GAMDSS)",
    ApexPolicy.MIDDLE: "take the middle frame",
}
_FIXES_PX = 104


class ImportChoices(QWidget):
    """Fixes on the left, apex and project on the right.

    Signals
    -------
    fixes_changed(frozenset)
        Names of the fixes that are ticked now.
    target_wanted()
        The user wants another folder for the new project.
    """

    fixes_changed = Signal(object)
    target_wanted = Signal()

    def __init__(self, theme: Theme, workspace: Workspace, root: Path) -> None:
        super().__init__()
        self._workspace = workspace
        self.new_folder = free_folder(root.name)
        self._fixes: dict[str, QCheckBox] = {}
        self._fix_box = QVBoxLayout()
        self._fix_box.setSpacing(Space.s)
        self._fix_box.setContentsMargins(0, 0, 0, 0)
        self._no_fix = label("No published correction concerns these rows.", "caption")
        self._apex_words = label("", "strong")
        self._apex = choice(tuple(_APEX.values()), 0, "Where the sheet has no apex")
        self.into_new = QRadioButton("a new project")
        self.into_open = QRadioButton("")
        self.into_new.setChecked(True)
        self._folder = ElidedLabel(str(self.new_folder), "caption")
        self._change = push("Change…", "quiet", theme, "folder", compact=True)
        self._change.clicked.connect(self.target_wanted)
        self._show_project()

    def box(self) -> QLayout:
        """Return the layout of all choices."""
        listed = scroll(column(self._fix_box, self._no_fix, None, spacing=Space.s))
        listed.setFixedHeight(_FIXES_PX)
        left = column(label("Fixes on offer; none is made unless ticked", "strong"), listed)
        new = row(self.into_new, (self._folder, 1), self._change)
        right = column(
            self._apex_words,
            self._apex,
            label("Import into", "strong"),
            new,
            self.into_open,
            None,
            spacing=Space.s,
        )
        self.setLayout(row((boxed(left), 1), (boxed(right), 1), spacing=Space.xxl))
        return column(self, margins=(Space.xl, Space.l, Space.xl, Space.s))

    def show_state(self, state: DoctorState | None, *, enabled: bool) -> None:
        """Offer what the report calls for."""
        self.setEnabled(enabled and state is not None)
        if state is None:
            return
        self._show_fixes(state.fixes)
        n = state.n_without_apex
        self._apex_words.setText(f"{n} label{'s' * (n != 1)} without an apex:")
        for widget in (self._apex_words, self._apex):
            widget.setVisible(n > 0)

    def apex(self) -> ApexPolicy:
        """Return what to do about a missing apex."""
        return tuple(_APEX)[self._apex.currentIndex()]

    def set_apex(self, policy: ApexPolicy) -> None:
        """Choose what to do about a missing apex."""
        self._apex.setCurrentIndex(tuple(_APEX).index(policy))

    def target(self) -> Project | Path:
        """Return the project to add to, or the folder of a new one."""
        project = self._workspace.project
        if self.into_open.isChecked() and project is not None:
            return project
        return self.new_folder

    def set_root(self, root: Path) -> None:
        """Propose a new project beside another data set."""
        self.set_new_folder(free_folder(root.name))

    def set_new_folder(self, folder: Path) -> None:
        """Make the new project elsewhere."""
        self.new_folder = folder
        self._folder.setText(str(folder))
        self.into_new.setChecked(True)

    def fix(self, name: str) -> QCheckBox:
        """Return the box of one fix."""
        return self._fixes[name]

    def _show_project(self) -> None:
        project = self._workspace.project
        usable = project is not None and not project.read_only
        self.into_open.setVisible(usable)
        if project is not None:
            self.into_open.setText(f"the open project, “{project.name}”")

    def _show_fixes(self, fixes: tuple[FixRow, ...]) -> None:
        self._no_fix.setVisible(not fixes)
        if [fix.name for fix in fixes] == list(self._fixes):
            for fix in fixes:
                self._fixes[fix.name].setChecked(fix.applied)
            return
        while (item := self._fix_box.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self._fixes = {}
        for fix in fixes:
            box = QCheckBox(fix.title)
            box.setChecked(fix.applied)
            box.setToolTip(fix.note)
            box.setAccessibleDescription(fix.note)
            box.clicked.connect(self._ticked)
            self._fixes[fix.name] = box
            note = label(fix.note, "caption", wrap=True)
            note.setContentsMargins(Space.xxl, 0, 0, 0)
            self._fix_box.addWidget(boxed(column(box, note, spacing=0)))

    def _ticked(self) -> None:
        self.fixes_changed.emit(
            frozenset(name for name, box in self._fixes.items() if box.isChecked())
        )
