"""Which action does what: connects the table of actions to playhead, editor and window."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from meviewer.core.errors import MeviewerError
from meviewer.core.events import Edge
from meviewer.gui.clip_actions import connect_clip_actions
from meviewer.gui.coder_actions import connect_coder_actions
from meviewer.gui.context import Context
from meviewer.gui.dialogs.above import show_one
from meviewer.gui.editor import Refusal
from meviewer.gui.feature_actions import bind_features
from meviewer.gui.running.demo import demo_folder, make_demo
from meviewer.project.loose import is_project

if TYPE_CHECKING:
    from meviewer.gui.main_window import MainWindow

_JUMP = 10


def connect_actions(context: Context, window: MainWindow) -> None:
    """Give every action that no panel owns its meaning."""
    _moves(context, window)
    _labels(context, window)
    _clips(context)
    _window(context, window)
    connect_coder_actions(context, window)


def _moves(context: Context, window: MainWindow) -> None:
    playhead, editor, bind = context.playhead, context.editor, context.actions.bind
    for name, by in (("step-back", -1), ("step-on", 1), ("jump-back", -_JUMP), ("jump-on", _JUMP)):
        bind(name, partial(playhead.step, by))
    bind("keyframe-back", lambda: editor.select_edge_by(-1))
    bind("keyframe-on", lambda: editor.select_edge_by(1))
    bind("first", lambda: playhead.step(-playhead.n_frames))
    bind("last", lambda: playhead.step(playhead.n_frames))
    bind("play", playhead.toggle)
    bind("reverse", lambda: playhead.shuttle(-1))
    bind("forward", lambda: playhead.shuttle(1))
    bind("slower", lambda: playhead.change_speed(-1))
    bind("faster", lambda: playhead.change_speed(1))
    bind("loop", lambda: _toggle_loop(context))
    bind("go-to", lambda: _go_to(context, window))


def _labels(context: Context, window: MainWindow) -> None:
    editor, selection, bind = context.editor, context.selection, context.actions.bind
    for edge in Edge:
        bind(f"set-{edge.value}", partial(editor.set_here, edge))
    bind("nudge-back", lambda: editor.nudge(-1))
    bind("nudge-on", lambda: editor.nudge(1))
    bind("new-event", lambda: editor.add_event(context.playhead.frame))
    bind("delete", editor.delete)
    for number in range(10):
        bind(f"emotion-{number}", partial(editor.set_emotion, number))
    bind("accept", lambda: editor.accept(selection.edge))
    bind("accept-all", lambda: editor.accept(None))
    bind("reject", lambda: _refuse(context, window, editor.refusable()))
    bind("model", lambda: context.estimate.switch(not context.estimate.on))
    bind("accept-model", editor.accept_model)
    bind("reject-model", lambda: _refuse(context, window, editor.refusable_model()))
    bind("alternative-on", lambda: _alternative(context, 1))
    bind("alternative-back", lambda: _alternative(context, -1))


def _refuse(context: Context, window: MainWindow, refusal: Refusal | None) -> None:
    """Ask why, which may be left open: Return alone refuses."""
    if refusal is None:
        return
    if refusal.session.read_only:
        context.editor.refuse(refusal)  # it says that nothing can be changed
        return
    from meviewer.gui.dialogs.refuse import RefuseDialog

    dialog = RefuseDialog(context, refusal, window)
    dialog.show()


def _clips(context: Context) -> None:
    workspace, bind = context.workspace, context.actions.bind
    connect_clip_actions(context)
    bind("undo", workspace.undo)
    bind("redo", workspace.redo)
    workspace.session_changed.connect(lambda: _follow_undo(context))
    _follow_undo(context)


def _window(context: Context, window: MainWindow) -> None:
    bind = context.actions.bind
    bind("open", lambda: _open(window))
    bind("open-file", lambda: _open_file(window))
    bind("open-data-set", lambda: _open_data_set(window))
    bind("export", window.export_labels)
    bind("export-view", lambda: _export_view(context, window))
    bind("schemes", lambda: _schemes(context, window))
    bind("relink", lambda: _relink(context, window))
    bind("bias-report", lambda: _bias_report(context, window))
    bind("blind-first", lambda: _blind_first(context, window))
    bind("findings", lambda: _findings(context, window))
    bind("history", lambda: _history(context, window))
    bind("face", lambda: _face(context, window))
    context.face.failed.connect(window.show_error)
    bind_features(context, window)
    context.workspace.project_changed.connect(lambda: _follow_project(context))
    _follow_project(context)
    bind("demo", lambda: _demo(context, window))
    bind("checkpoint", lambda: _checkpoint(context, window))
    for name in ("annotate", "inspect", "train"):
        bind(name, partial(window.show_perspective, name))
    bind("theme", context.theme.toggle)
    bind("keys", window.show_keys)
    bind("change-keys", lambda: _change_keys(context, window))
    bind("quit", window.close)


def _follow_undo(context: Context) -> None:
    """Let the undo and redo actions say what they would do, and whether there is anything."""
    session = context.workspace.session
    undo, redo = context.actions["undo"], context.actions["redo"]
    context.actions.follow_clip(session is not None)
    for name in ("commit-next", "new-event", "face"):
        context.actions[name].setEnabled(session is not None)
    undo.setEnabled(session is not None and session.undo_stack.canUndo())
    redo.setEnabled(session is not None and session.undo_stack.canRedo())
    if session is not None:
        stack = session.undo_stack
        stack.canUndoChanged.connect(undo.setEnabled)
        stack.canRedoChanged.connect(redo.setEnabled)
        stack.undoTextChanged.connect(lambda text: undo.setText(f"Undo {text}".strip()))
        stack.redoTextChanged.connect(lambda text: redo.setText(f"Redo {text}".strip()))


def _toggle_loop(context: Context) -> None:
    event, playhead = context.editor.selected, context.playhead
    if playhead.loop is not None or event is None:
        playhead.set_loop(None)
        return
    playhead.set_loop(event.keyframes.span)
    playhead.play()


def _go_to(context: Context, window: MainWindow) -> None:
    from meviewer.gui.dialogs.ask import ask_frame

    session, playhead = context.workspace.session, context.playhead
    if session is None:
        return
    numbers = session.clip.numbers
    number = ask_frame(window, numbers[playhead.frame], numbers[0], numbers[-1])
    if number is not None:
        nearest = min(range(len(numbers)), key=lambda i: (abs(numbers[i] - number), i))
        playhead.step(nearest - playhead.frame)


def _alternative(context: Context, by: int) -> None:
    found, selection = context.analysis.suggestion, context.selection
    if found is not None and found.alternatives:
        selection.set_alternative((selection.alternative + by) % len(found.alternatives))


def _follow_project(context: Context) -> None:
    """Switch off what needs a project."""
    if context.workspace.veiled:
        return
    for name in (
        "export",
        "features",
        "relink",
        "bias-report",
        "blind-first",
        "findings",
        "history",
    ):
        context.actions[name].setEnabled(context.workspace.project is not None)


def _open(window: MainWindow) -> None:
    """Ask for a folder: projects, data sets and most clips are one."""
    words = "Open a project, a data set or a folder of images"
    chosen = QFileDialog.getExistingDirectory(window, words)
    if chosen:
        window.open_path(Path(chosen))


def _open_file(window: MainWindow) -> None:
    """Ask for a video, an HDF5 clip, or labels of another program."""
    chosen, _filter = QFileDialog.getOpenFileName(window, "Open a video or a file of labels")
    if chosen:
        window.open_path(Path(chosen))


def _open_data_set(window: MainWindow) -> None:
    """Ask for the folder of a data set; one that holds images itself is taken for one, too."""
    chosen = QFileDialog.getExistingDirectory(window, "Open a data set")
    if chosen:
        window.import_data_set(Path(chosen))


def _demo(context: Context, window: MainWindow) -> None:
    """Open this user's demo project; the first time it is made, which takes a minute."""
    folder = demo_folder()
    if is_project(folder):
        context.workspace.open_path(folder)
        return
    context.background.run_long(
        "demo",
        lambda token: make_demo(folder, token),
        context.workspace.open_path,
        window.show_error,
        progress=lambda share, text: window.say_progress(text, share),
    )
    window.say_progress("Making the demo project", 0.0)


def _schemes(context: Context, window: MainWindow) -> None:
    """Show the class schemes; the action carries which one, and whose labels are counted."""
    from meviewer.gui.dialogs.scheme_editor import SchemeEditor

    scheme, tier = context.actions["schemes"].data() or ("", "")
    dialog = SchemeEditor(context, window, scheme, tier)
    dialog.changed.connect(context.workspace.schemes_changed)
    dialog.open()


def _export_view(context: Context, window: MainWindow) -> None:
    """Offer the view under the menu, else that with the focus; the action carries the former."""
    from meviewer.gui.dialogs.export_view import ExportViewDialog

    dialog = ExportViewDialog(context, window, context.actions["export-view"].data())
    dialog.said.connect(window.say)
    dialog.open()


def _relink(context: Context, window: MainWindow) -> None:
    """Look for clips that were moved."""
    from meviewer.gui.dialogs.relink import RelinkDialog

    dialog = RelinkDialog(context, window)
    dialog.said.connect(window.say)
    dialog.open()


def _face(context: Context, window: MainWindow) -> None:
    """Show where the face of the open clip is, look for it, or set it by hand."""
    from meviewer.gui.dialogs.face import open_face

    dialog = open_face(context, window)
    if dialog is not None:
        dialog.said.connect(window.say)


def _change_keys(context: Context, window: MainWindow) -> None:
    from meviewer.gui.dialogs.change_keys import ChangeKeysDialog

    ChangeKeysDialog(context.theme, context.actions, window).open()


def _findings(context: Context, window: MainWindow) -> None:
    """Show the one window of findings, beside this one."""
    from meviewer.gui.dialogs.findings import FindingsDialog

    def make() -> FindingsDialog:
        dialog = FindingsDialog(context, window)
        dialog.failed.connect(window.show_error)
        return dialog

    show_one(window, FindingsDialog, make).table.setFocus()


def _history(context: Context, window: MainWindow) -> None:
    """Show all states that labels have had."""
    from meviewer.gui.dialogs.history import HistoryDialog

    dialog = HistoryDialog(context, window)
    dialog.said.connect(window.say)
    dialog.open()


def _blind_first(context: Context, window: MainWindow) -> None:
    """Show whether suggestions are hidden, and what they do to labels."""
    from meviewer.gui.dialogs.blind_first import BlindFirstDialog

    dialog = BlindFirstDialog(context, window)
    dialog.said.connect(window.say)
    dialog.open()


def _bias_report(context: Context, window: MainWindow) -> None:
    """Show the one window of the bias report, beside this one."""
    from meviewer.gui.dialogs.bias_report import BiasDialog

    def make() -> BiasDialog:
        dialog = BiasDialog(context, window)
        dialog.said.connect(window.say)
        return dialog

    show_one(window, BiasDialog, make)


def _checkpoint(context: Context, window: MainWindow) -> None:
    from meviewer.gui.dialogs.ask import ask_name

    project = context.workspace.project
    if project is None:
        return
    name = ask_name(window, "Name a checkpoint", "Everything is saved already. Name this state:")
    if name is None:
        return
    try:
        context.workspace.flush()
        project.checkpoint(name)
        window.say(f"Checkpoint “{name}”")
    except MeviewerError as error:
        window.show_error(error)
