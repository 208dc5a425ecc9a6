"""The experiment as a form, with what stands in its way, and the button that starts it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from meviewer.core.errors import MeviewerError, ReadOnlyError
from meviewer.data.schemes import find_schemes
from meviewer.experiment.spec import KERNEL, ExperimentSpec
from meviewer.gui.running.background import Background
from meviewer.gui.stores.training_command import command_for
from meviewer.gui.stores.training_devices import TrainingDevices
from meviewer.gui.stores.training_runs import TrainingRuns
from meviewer.gui.stores.workspace import Workspace
from meviewer.gui.theme import Space, Theme
from meviewer.gui.widgets.buttons import push, tool
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import Panel, column, row, scroll, section
from meviewer.gui.widgets.notices import MessageCard
from meviewer.gui.widgets.styling import surface
from meviewer.gui.widgets.train_checks import CheckList
from meviewer.gui.widgets.train_fields import FieldsForm
from meviewer.nn import pictures
from meviewer.nn.labelled import Labels, collect
from meviewer.present.training_data import (
    Learnable,
    checks,
    checks_of_error,
    expected,
    learnt_from,
    obstacle,
    sources,
)
from meviewer.present.training_form import (
    FormState,
    checked,
    edit,
    experiments,
    groups,
    lacking,
    with_tier,
)
from meviewer.present.training_offer import Offer, offer_of, on_best, with_schemes
from meviewer.present.training_usage import cost_words
from meviewer.present.training_views import Check
from meviewer.project.project import Project

_COST_TIP = "Motion of clips that has to be computed first is not counted."


def read_only_error(project: Project) -> ReadOnlyError:
    """Return why a project that is open for reading cannot be trained on."""
    return ReadOnlyError(
        "No training can be added to this project",
        where=project.name,
        why=project.why_read_only or "it is open for reading only",
        now="close the other window that has it open, or copy the project",
    )


class TrainFormPanel(QWidget):
    """What to train on what.

    Signals
    -------
    said(str)
        Something in passing, such as that a command was copied.
    schemes_wanted(str, str)
        The class schemes are to be seen: the chosen one first, counted on the chosen labels.
    """

    said = Signal(str)
    schemes_wanted = Signal(str, str)

    def __init__(
        self,
        theme: Theme,
        workspace: Workspace,
        runs: TrainingRuns,
        devices: TrainingDevices,
        background: Background,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace, self._runs, self._devices = workspace, runs, devices
        self._background = background
        self._state, self._offer = FormState(), Offer()
        self._labels: Learnable | None = None
        self._no_labels: MeviewerError | None = None
        self._outdated = True
        self._form = FieldsForm(tools={"class_scheme": lambda: self._schemes_button(theme)})
        self._checks = CheckList(theme)
        self._card = MessageCard(theme, "error", "", closable=True)
        self._card.hide()
        self._obstacle = MessageCard(theme, "error", "")
        self._obstacle.hide()
        self._train = push("Train", "primary", tip="Put this training in line")
        self._cost = label("", "caption")
        self._cost.setContentsMargins(Space.m, 0, 0, Space.s)
        self._copy = push("Copy as command", "quiet", tip="The same training for a terminal")
        self._more = tool(theme, "more", tip="More settings", checked=False)
        self._panel = self._make_panel()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._panel)
        self._connect()
        self._take_project()

    def _make_panel(self) -> Panel:
        body = column(self._form, section("Checks", self._checks), None, spacing=0)
        buttons = row(self._copy, None, self._train)
        foot = column(self._cost, buttons, spacing=0, margins=(Space.m, Space.m, Space.l, Space.m))
        inside = column(self._card, self._obstacle, (scroll(body), 1), spacing=0)
        return Panel("Experiment", inside, (self._more,), foot=surface("foot", foot))

    def _connect(self) -> None:
        self._form.edited.connect(self._edit)
        self._train.clicked.connect(self._start)
        self._copy.clicked.connect(self._copy_command)
        self._more.toggled.connect(self._show_more)
        self._runs.failed.connect(self.show_error)
        self._devices.changed.connect(self._take_devices)
        self._workspace.project_changed.connect(self._take_project)
        self._workspace.schemes_changed.connect(self._take_schemes)
        self._workspace.saved_changed.connect(
            lambda saved: self._labels_changed() if saved else None
        )

    @property
    def state(self) -> FormState:
        """What is entered."""
        return self._state

    def show_error(self, error: MeviewerError) -> None:
        """Show what could not be done until it is dismissed."""
        self._card.show_error(error)
        self._card.show()

    def begin_from(self, spec: ExperimentSpec, folder: Path) -> None:
        """Show the experiment of a run, to be trained on from the weights in its folder."""
        wanted = msgspec.structs.replace(spec, start_from=str(folder), shuffle_labels=False)
        pictures_meant = bool(spec.pictures)
        changed = replace(self._state, spec=wanted, from_pictures=pictures_meant, more=True)
        self._state = with_tier(checked(changed), self._offer, self._workspace.coder)
        self._more.setChecked(True)
        self._labels_changed()
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._devices.ask()
        if self._outdated:
            self._look()

    def _take_project(self) -> None:
        project = self._workspace.project
        self._card.hide()
        tiers = tuple((c, project.is_machine(c)) for c in project.coders()) if project else ()
        counts = project.counts() if project else {}
        self._offer = offer_of(
            self._offer, tiers, counts.get("samples", 0), counts.get("subjects", 0)
        )
        self._offer = with_schemes(self._offer, find_schemes(project.folder if project else None))
        self._state = with_tier(self._state, self._offer, self._workspace.coder)
        self._labels_changed()
        self._refresh()

    def _take_devices(self) -> None:
        self._offer = self._devices.offered(self._offer)
        self._refresh()

    def _take_schemes(self) -> None:
        project = self._workspace.project
        self._offer = with_schemes(self._offer, find_schemes(project.folder if project else None))
        self._labels_changed()
        self._refresh()

    def _schemes_button(self, theme: Theme) -> QWidget:
        button = tool(theme, "gear", tip="Show and change the class schemes")
        button.clicked.connect(self._want_schemes)
        return button

    def _want_schemes(self) -> None:
        spec = self._state.spec
        self.schemes_wanted.emit(spec.class_scheme, spec.label_tier)

    def _edit(self, name: str, value: object) -> None:
        before, source = self._state.spec, self._state.from_pictures
        if isinstance(value, str | int | float):
            self._state = edit(self._state, name, value)
        after = self._state.spec
        if learnt_from(before) != learnt_from(after) or source != self._state.from_pictures:
            self._labels_changed()
        elif self._labels is not None:
            self._check(self._labels)
        self._refresh()

    def _show_more(self, more: bool) -> None:
        self._state = replace(self._state, more=more)
        self._refresh()

    def _labels_changed(self) -> None:
        self._outdated = True
        if self.isVisible():
            self._look()

    def _look(self) -> None:
        """Look what the labels hold; off the UI thread, for a project may be large."""
        project, spec = self._workspace.project, self._state.spec
        self._outdated = False
        if project is None:
            self._labels, self._no_labels = None, None
            self._background.cancel("train-labels")
            self._checks.show_checks((Check("error", "No project is open"),))
            return
        work = self._look_at(project, spec)
        self._background.run("train-labels", work, self._take_labels, self._take_no_labels)
        self._runs.refresh()

    def _look_at(self, project: Project, spec: ExperimentSpec) -> Callable[[], Learnable]:
        if self._state.from_pictures:
            return lambda: pictures.look(spec)
        return lambda: collect(project, Labels.of(spec), spec.class_scheme)

    def _take_labels(self, found: Learnable) -> None:
        self._offer = replace(self._offer, sources=sources(found))
        self._check(found)
        self._refresh()

    def _check(self, found: Learnable) -> None:
        """Look whether these labels can be split and learnt as the form says."""
        spec = self._state.spec
        self._labels, self._no_labels = found, obstacle(found, spec)
        self._checks.show_checks(checks(found, spec))

    def _take_no_labels(self, error: MeviewerError) -> None:
        self._labels, self._no_labels = None, error
        self._checks.show_checks(checks_of_error(error))
        self._refresh()

    def _refresh(self) -> None:
        self._form.show_groups(groups(self._state, self._offer))
        project = self._workspace.project
        in_the_way = self._in_the_way()
        self._obstacle.setVisible(in_the_way is not None)
        if in_the_way is not None:
            self._obstacle.show_error(in_the_way)
        can_train = self._labels is not None and in_the_way is None and not self._state.faulty
        self._train.setEnabled(can_train)
        self._say_cost(can_train)
        self._copy.setEnabled(project is not None and not self._state.faulty)

    def _say_cost(self, can_train: bool) -> None:
        """Say what the run will take, from a table: nothing is tried out for it."""
        found = None
        if can_train and self._labels is not None:
            found = expected(on_best(self._state.spec, self._offer), self._labels)
        words = "" if found is None else cost_words(found.seconds, found.memory_bytes)
        self._cost.setVisible(bool(words))
        self._cost.setText(f"Takes {words}" if words else "")
        self._cost.setToolTip("" if found is None else f"From {found.how}. {_COST_TIP}")

    def _in_the_way(self) -> MeviewerError | None:
        """Return why nothing can be trained now, apart from a fault in a field."""
        project = self._workspace.project
        missing = None if self._state.spec.network == KERNEL else self._devices.missing
        if missing is not None or project is None:
            return missing
        if project.read_only:
            return read_only_error(project)
        return self._no_labels or lacking(self._state, self._offer)

    def _start(self) -> None:
        self._card.hide()
        self._runs.start(*experiments(self._state), control=self._state.control)

    def _copy_command(self) -> None:
        project = self._workspace.project
        if project is None:
            return
        try:
            command = command_for(project, experiments(self._state))
        except MeviewerError as error:
            self.show_error(error)
            return
        QGuiApplication.clipboard().setText(command)
        self.said.emit("The command is on the clipboard")
