"""The main window: a bar, a place for messages, and the perspectives; it only arranges them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget

from meviewer.core.errors import MeviewerError
from meviewer.gui.context import Context, make_context
from meviewer.gui.key_maps import from_settings, to_settings
from meviewer.gui.key_tips import with_keys
from meviewer.gui.perspectives.makers import MAKERS
from meviewer.gui.routing import What, what_is
from meviewer.gui.theme import Theme
from meviewer.gui.top_bar import TopBar
from meviewer.gui.unpacking import unpack
from meviewer.gui.widgets.arranging import remember, restore
from meviewer.gui.widgets.layout import boxed, column
from meviewer.gui.widgets.notices import MessageCard
from meviewer.gui.window_actions import connect_actions
from meviewer.project.importing import Imported
from meviewer.project.project import Project
from meviewer.project.settings import Settings, save_quietly, with_recent

_SAID_MS = 4000
_NOTED_MS = 20_000
_RECOVERED = "The program ended abruptly the last time; every saved edit is here"
_RECOVERED_WHY = "History and checkpoints ({history}) shows what was changed last."
_SMALLEST = (960, 600)


class MainWindow(QMainWindow):
    """One window on one project."""

    def __init__(self, theme: Theme, settings: Settings) -> None:
        super().__init__()
        self.setWindowTitle("meviewer")
        self.setMinimumSize(*_SMALLEST)
        self.setAcceptDrops(True)
        self._settings = settings
        self.context: Context = make_context(theme, self, settings.coder, settings.options)
        self.context.actions.set_keys(from_settings(settings.keys))
        self._perspectives: dict[str, QWidget] = {}
        self._name = ""
        self._greeted: Project | None = None
        self._stack = QStackedWidget()
        self._bar = TopBar(self.context, self.recent, self.open_path)
        self._card = MessageCard(theme, "error", "", closable=True)
        self._card.hide()
        self._said = QTimer(self, singleShot=True, interval=_SAID_MS)
        self._said.timeout.connect(lambda: self._bar.say(""))
        # What calls for nothing to be done gives its room back by itself; an error does not.
        self._noted = QTimer(self, singleShot=True, interval=_NOTED_MS)
        self._noted.timeout.connect(self._card.hide)
        body = boxed(column(self._bar, self._card, (self._stack, 1), spacing=0))
        self.setCentralWidget(body)
        self._connect()
        connect_actions(self.context, self)
        self.show_perspective("annotate")

    @property
    def busy(self) -> bool:
        """Whether anything is still being read or computed."""
        context = self.context
        return context.background.busy or context.pictures.pending or context.jobs.busy

    def _connect(self) -> None:
        context = self.context
        for source in (
            context.workspace,
            context.analysis,
            context.pictures,
            context.background,
            context.series,
            context.review,
        ):
            source.failed.connect(self.show_error)
        context.series.said.connect(self.say)
        context.editor.said.connect(self.say)
        context.workspace.session_changed.connect(self._follow_session)

    def begin(self, path: Path | None, perspective: str) -> None:
        """Open what the user named, or what was open last."""
        self.show_perspective(perspective)
        self.setFocus()  # else the first button has the focus ring
        last = next((Path(p) for p in self._settings.recent if Path(p).exists()), None)
        wanted = path or last
        if wanted is not None:
            self.open_path(wanted.absolute())

    def open_path(self, path: Path) -> None:
        """Open whatever lies there: project, clip, data set, or labels for the open project."""
        match what_is(path):
            case What.DATA_SET:
                self.import_data_set(path)
            case What.LABELS:
                self.take_labels_over(path)
            case What.PACKED:
                unpack(self.context, path, self.open_path, self.say_progress, self.show_error)
            case What.CURVES:
                self.context.series.attach(path)
            case _:
                self.context.workspace.open_path(path)

    def import_data_set(self, root: Path) -> None:
        """Show what the readers and the doctor say of a folder, and import it if it is wanted."""
        from meviewer.gui.dialogs.import_data_set import ImportDialog

        dialog = ImportDialog(self.context, root, self)
        dialog.imported.connect(self._open_imported)
        dialog.open()

    def take_labels_over(self, path: Path) -> None:
        """Offer to take over labels that were made in another program."""
        from meviewer.gui.dialogs.take_over import TakeOverDialog

        dialog = TakeOverDialog(self.context, path, self)
        dialog.said.connect(self.say)
        dialog.open()

    def export_labels(self) -> None:
        """Offer the formats that labels can be written in."""
        from meviewer.gui.dialogs.export_labels import ExportDialog

        dialog = ExportDialog(self.context, self)
        dialog.said.connect(self.say)
        dialog.open()

    def recent(self) -> tuple[Path, ...]:
        """Return what was open last and is still there, newest first."""
        return tuple(path for path in map(Path, self._settings.recent) if path.exists())

    def _open_imported(self, folder: Path | None, done: Imported) -> None:
        workspace = self.context.workspace
        if folder is not None:
            workspace.open_path(folder)
        elif done.first_sample is not None:
            workspace.project_changed.emit()
            workspace.open_sample(done.first_sample)
        more = f", {len(done.already)} were there already" if done.already else ""
        self.say(f"{done.n_events} labels on {done.n_samples} clips imported{more}")

    def show_perspective(self, name: str) -> None:
        """Show a perspective; it is made when it is wanted for the first time."""
        if name not in self._perspectives:
            made = MAKERS[name](self.context)
            restore(made, self._settings.window_state)
            self._perspectives[name] = made
            self._stack.addWidget(made)
        self._name = name
        self._stack.setCurrentWidget(self._perspectives[name])
        self._perspectives[name].setFocus()  # else the first button has the focus ring
        self._bar.show_perspective(name)
        self.context.actions.allow_editing(name != "train")

    def show_error(self, error: MeviewerError) -> None:
        """Show what went wrong until the user closes it."""
        self._noted.stop()
        self._card.show_error(error)
        self._card.show()

    def say(self, words: str) -> None:
        """Say something in passing."""
        self._bar.say(words)
        self._said.start()

    def say_progress(self, words: str, share: float) -> None:
        """Say how far something is that takes long."""
        self._bar.say_doing(words if share < 1 else "", share)

    def show_keys(self) -> None:
        """Show the sheet of keys."""
        from meviewer.gui.dialogs.key_sheet import KeySheet

        sheet = KeySheet(self, self.context.actions)
        sheet.exec()
        sheet.deleteLater()

    def _follow_session(self) -> None:
        workspace, session = self.context.workspace, self.context.workspace.session
        self._card.hide()
        if workspace.project is not None and workspace.project is not self._greeted:
            self._greeted = workspace.project
            if workspace.project.recovered:
                why = with_keys(_RECOVERED_WHY, self.context.actions.keys)
                self._card.show_message("ok", _RECOVERED, why)
                self._card.show()
                self._noted.start()
        if session is None:
            self.setWindowTitle("meviewer")
            return
        clip = session.clip
        event = session.annotation.events[0] if session.annotation.events else None
        self.context.playhead.set_clip(clip.n_frames, clip.rate, event.apex if event else 0)
        if workspace.project is not None:
            self.setWindowTitle(f"{session.sample.subject}/{session.sample.name} – meviewer")
            self._settings = with_recent(self._settings, workspace.project.folder)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Escape lead back from fields and buttons to the frame, where single keys act."""
        if event.key() == Qt.Key.Key_Escape:
            self._perspectives[self._name].setFocus()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            # Not inside the drop: whoever drags waits until it is over.
            wanted = [Path(path) for path in paths]
            QTimer.singleShot(0, self, lambda: self._open_dropped(wanted))
            event.acceptProposedAction()

    def _open_dropped(self, paths: list[Path]) -> None:
        """Open what was dropped; several clips are all kept, and the first of them is shown."""
        clips = [path for path in paths if what_is(path) is What.CLIP]
        if len(paths) > 1 and len(clips) == len(paths):
            self.context.workspace.open_loose_clips(clips)
        else:
            self.open_path(paths[0])

    def closeEvent(self, event: QCloseEvent) -> None:
        context = self.context
        if not context.workspace.flush():
            # The only question that is asked: here work would be lost, and undo cannot help.
            self.show_error(_unsaved())
            event.ignore()
            return
        context.playhead.pause()
        context.adjudication.stop()  # else its tier would be kept as this user's name
        self.hide()  # what is under way may take seconds to stop; nobody wants to watch that
        for perspective in self._perspectives.values():
            shutdown: Callable[[], None] | None = getattr(perspective, "shutdown", None)
            if shutdown is not None:
                shutdown()
        context.jobs.shutdown()
        context.what_if.shutdown()
        context.background.shutdown()
        self._keep_settings()
        context.workspace.close()
        event.accept()

    def _keep_settings(self) -> None:
        places = dict(self._settings.window_state)
        for perspective in self._perspectives.values():
            places |= remember(perspective)
        kept = msgspec.structs.replace(
            self._settings,
            theme=self.context.theme.name,
            coder=self.context.workspace.coder,
            window_size=(max(self.width(), 200), max(self.height(), 200)),
            window_state=places,
            options=self.context.preferences.texts(),
            keys=to_settings(self.context.actions.keys),
        )
        save_quietly(kept)


def _unsaved() -> MeviewerError:
    return MeviewerError(
        "The last edits are not written yet",
        why="the disk does not take them",
        now="make room or reconnect it; the window stays open until they are safe",
    )
