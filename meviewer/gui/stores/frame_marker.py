"""Looks of labelled frames on their way to the disk: after the labels, and never in their way."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial

from meviewer.data.clip import Clip
from meviewer.project import frame_marks
from meviewer.project.project import Entry, Project

_log = logging.getLogger(__name__)


class FrameMarker:
    """Marks the frames that labels name in a thread of its own, once the labels are durable.

    What is not done when the program ends is made up for when the clip is opened again, so that
    nothing here is tried twice.

    Parameters
    ----------
    project : Project
        Open for writing.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._clips: dict[int, Clip] = {}
        self._jobs: dict[object, Callable[[], object]] = {}
        self._changed = threading.Condition()
        self._closing = False
        self._at_work = False
        self._thread = threading.Thread(target=self._work, name="frame marks", daemon=True)
        self._thread.start()

    def follow(self, sample_id: int, clip: Clip) -> None:
        """Take frames of a sample from this clip from now on, until it is let go."""
        with self._changed:
            self._clips[sample_id] = clip

    def note(self, entry: Entry) -> None:
        """Mark what an entry has changed; called when it is durable, from any thread."""
        with self._changed:
            clip = self._clips.get(entry.sample_id)
            if clip is not None:
                # Labels that begin here were set on this clip, whatever it was before.
                is_first = entry.kind == "edit" and not entry.before.events
                mark = frame_marks.renew if is_first else frame_marks.keep_up
                job = partial(mark, self._project, entry.sample_id, entry.coder, clip)
                self._put((entry.sample_id, entry.coder, is_first), job)

    def let_go(self, clip: Clip) -> None:
        """Close a clip when its frames are marked."""
        with self._changed:
            self._clips = {at: one for at, one in self._clips.items() if one is not clip}
            self._put(id(clip), clip.close)

    def flush(self, timeout_s: float = 10.0) -> bool:
        """Wait until everything asked for so far is marked; return whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._jobs and not self._at_work, timeout_s)

    def close(self, timeout_s: float = 10.0) -> None:
        """Do what is left and stop the thread."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(timeout_s)

    def _put(self, key: object, job: Callable[[], object]) -> None:
        self._jobs.setdefault(key, job)
        self._changed.notify_all()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            try:
                job()
            except Exception:
                # The labels are safe, and their marks can be made again at any time.
                _log.warning("frames could not be marked", exc_info=True)

    def _next(self) -> Callable[[], object] | None:
        with self._changed:
            self._at_work = False
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._jobs or self._closing)
            key = next(iter(self._jobs), None)
            self._at_work = key is not None
            return None if key is None else self._jobs.pop(key)
