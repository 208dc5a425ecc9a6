"""The open clip as Qt sees it: one immutable annotation, one undo stack, one way to change it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal
from weakref import ref

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from meviewer.core.annotation import Annotation, Change, diff
from meviewer.core.errors import ReadOnlyError
from meviewer.data.clip import Clip
from meviewer.project.blind import DONE
from meviewer.project.project import Entry, Sample, Steps

_MERGEABLE = 1
_REPEAT_MS = 400

Kind = Literal["edit", "undo", "redo"]


class _Swap(QUndoCommand):
    """Replace the annotation; commands of one gesture fold into one."""

    def __init__(
        self,
        session: Session,
        before: Annotation,
        after: Annotation,
        text: str,
        gesture: int | None,
    ) -> None:
        super().__init__(text)
        # Weak, so that no ring runs through a command that Qt owns: one is suspected of a crash
        # of the collector at the end of a test, though it was never shown alone.
        self._session = ref(session)
        self.before, self.after = before, after
        self.gesture = gesture
        self._done_before = False

    def redo(self) -> None:
        kind: Kind = "redo" if self._done_before else "edit"
        self._done_before = True
        self._swap(kind)

    def undo(self) -> None:
        self._swap("undo")

    def _swap(self, kind: Kind) -> None:
        session = self._session()
        if session is not None:
            session._swapped(self, kind)

    def id(self) -> int:
        return -1 if self.gesture is None else _MERGEABLE

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Swap) or other.gesture != self.gesture:
            return False
        self.after = other.after
        self.setText(other.text())
        # Dragged back home: Qt takes the command off the stack.
        self.setObsolete(self.after == self.before)
        return True


@dataclass(frozen=True, slots=True)
class _Gesture:
    """What is under way and not written yet.

    Values, not the command: Qt deletes that one when a handle passes the place it came from.
    """

    number: int
    text: str
    before: Annotation


@dataclass(frozen=True, slots=True)
class Curtain:
    """What a coder may not see of a clip before a verdict of one's own.

    Attributes
    ----------
    others : mapping of str to Annotation
        What falls to the eye once the clip is committed.
    for_ever : bool
        The clip is one of those that stay blind.
    """

    others: Mapping[str, Annotation]
    for_ever: bool = False


class Session(QObject):
    """Owner of one coder's labels on one clip, and the only place where they change.

    Parameters
    ----------
    sample : Sample
        The sample in the project.
    clip : Clip
        Its frames.
    coder : str
        Whose labels are edited.
    annotation : Annotation
        The coder's labels as the project holds them.
    others : dict of str to Annotation
        The other coders' and the machines' labels, to be seen only.
    steps : Steps
        The undo history as it stood when the clip was last open.
    write : callable, optional
        Takes each committed `Entry`; None makes the session read-only.
    curtain : Curtain, optional
        What is hidden until the coder commits the clip; nothing if not given.

    Signals
    -------
    annotation_changed(Change)
        After every commit, undo and redo.
    refused(MeviewerError)
        A change was asked for that cannot be made, such as in a read-only project.
    """

    annotation_changed = Signal(object)
    refused = Signal(object)

    def __init__(
        self,
        sample: Sample,
        clip: Clip,
        coder: str,
        annotation: Annotation,
        *,
        others: dict[str, Annotation] | None = None,
        steps: Steps | None = None,
        write: Callable[[Entry], None] | None = None,
        curtain: Curtain | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.sample, self.clip, self.coder = sample, clip, coder
        self.others = dict(others or {})
        self.undo_stack = QUndoStack(self)
        self._annotation = annotation
        self._write: Callable[[Entry], None] | None = None
        self._curtain = curtain
        self._reason = ""
        self._gesture: _Gesture | None = None
        self._repeat_timer = QTimer(self, singleShot=True, interval=_REPEAT_MS)
        self._repeat_timer.timeout.connect(self.end_gesture)
        if steps is not None:
            self._restore(steps)
        self._write = write

    @property
    def annotation(self) -> Annotation:
        """The coder's labels as they are now."""
        return self._annotation

    @property
    def read_only(self) -> bool:
        """Whether labels can be looked at only."""
        return self._write is None

    @property
    def blind(self) -> bool:
        """Whether nothing that others or machines say of this clip may be shown."""
        return self._curtain is not None

    @property
    def stays_blind(self) -> bool:
        """Whether that will be so after the clip is committed, too."""
        return self._curtain is not None and self._curtain.for_ever

    def commit(
        self,
        after: Annotation,
        text: str,
        gesture: int | None = None,
        *,
        repeats: bool = False,
        reason: str = "",
    ) -> None:
        """Make ``after`` current as an undoable step named ``text``.

        Parameters
        ----------
        gesture : int, optional
            Commits of one gesture (a drag from press to release) are one step; it is provisional,
            and written once, when `end_gesture` is called or another commit comes.
        repeats : bool
            The gesture is a repeated key: it ends by itself when no repeat comes for 400 ms.
        reason : str
            Why, for the journal.
        """
        if gesture is None or (self._gesture and self._gesture.number != gesture):
            self.end_gesture()
        if after == self._annotation:
            return
        if self._write is None:
            self.refused.emit(_read_only(self.sample.name))
            return
        self._reason = reason
        self.undo_stack.push(_Swap(self, self._annotation, after, text, gesture))
        if repeats:
            self._repeat_timer.start()

    def end_gesture(self) -> None:
        """Write the step of the gesture that has just ended, if it changed anything."""
        self._repeat_timer.stop()
        ended, self._gesture = self._gesture, None
        if ended is not None and ended.before != self._annotation:
            self._journal("edit", ended.text, ended.before, self._annotation)
            # A later gesture may get the same number: this step must not merge any more.
            top = self.undo_stack.command(self.undo_stack.index() - 1)
            if isinstance(top, _Swap):
                top.gesture = None

    def undo(self) -> None:
        """Take the last step back, also one made before the program was started."""
        self.end_gesture()
        self.undo_stack.undo()

    def redo(self) -> None:
        """Do the step again that was taken back last."""
        self.end_gesture()
        self.undo_stack.redo()

    def _swapped(self, step: _Swap, kind: Kind) -> None:
        before = self._annotation
        after = step.before if kind == "undo" else step.after
        if kind == "edit" and step.gesture is not None:
            begun = step.before if self._gesture is None else self._gesture.before
            self._gesture = _Gesture(step.gesture, step.text(), begun)
        else:
            self._journal(kind, step.text(), before, after)
        self._show(after)

    def _journal(self, kind: Kind, text: str, before: Annotation, after: Annotation) -> None:
        if self._write is not None:
            entry = Entry(self.sample.id, self.coder, kind, text, before, after, self._reason)
            self._write(entry)
        self._reason = ""

    def _show(self, annotation: Annotation) -> None:
        change: Change = diff(self._annotation, annotation)
        self._annotation = annotation
        curtain = self._curtain
        if curtain is not None and not curtain.for_ever and annotation.status in DONE:
            self.others |= curtain.others
            self._curtain = None
        self.annotation_changed.emit(change)

    def _restore(self, steps: Steps) -> None:
        """Build the undo stack again from the journal; nothing is written while that happens."""
        current = self._annotation
        for step in steps.entries:
            self._annotation = step.before
            self.undo_stack.push(_Swap(self, step.before, step.after, step.text, None))
        while self.undo_stack.index() > steps.index:
            self.undo_stack.undo()
        if self._annotation != current:
            # The journal speaks of another state than the table: keep the labels, drop the steps.
            self.undo_stack.clear()
            self._annotation = current


def _read_only(name: str) -> ReadOnlyError:
    return ReadOnlyError(
        "This label cannot be changed",
        where=name,
        why="the project is open for reading only",
        now="close the other window that has it open, or copy the project to a place you may write",
    )
