"""The face of the open clip: found or pointed at, its regions, its alignment, its rest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QWidget

from meviewer.core.errors import FaceError, MeviewerError, MissingExtraError
from meviewer.data.face.clip_face import (
    Box,
    ClipFace,
    FaceSource,
    face_from_box,
    face_from_eyes,
)
from meviewer.gui.context import Context
from meviewer.gui.dialogs.above import keep_above
from meviewer.gui.dialogs.face_models import ModelsCard
from meviewer.gui.dialogs.face_rest import RestSection
from meviewer.gui.dialogs.face_work import FacePictures, draw
from meviewer.gui.theme import Space
from meviewer.gui.widgets.buttons import Segments, push, tool
from meviewer.gui.widgets.crop_form import CropForm
from meviewer.gui.widgets.face_canvas import BOX, EYES, FaceCanvas, RegionLegend
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import Bar, boxed, column, row, scroll, section
from meviewer.gui.widgets.notices import JobCard, MessageCard
from meviewer.gui.widgets.styling import make_surface, rule
from meviewer.present.face import ROLES, details, headline
from meviewer.project.finding_faces import FaceOptions

_SIZE = (1080, 660)
_SIDE_PX = 408
_DRAW = "face-draw"
_REFERENCES = ("median", "onset")


class FaceDialog(QDialog):
    """Shows the face on the onset frame; nothing is stored until it is kept.

    Signals
    -------
    said(str)
        What was stored, for the status line.
    """

    said = Signal(str)

    def __init__(self, context: Context, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Face of the clip")
        self.resize(*_SIZE)
        make_surface(self, "panel")
        session = context.workspace.session
        assert session is not None
        self._context, self._clip = context, session.clip
        event = context.editor.selected
        self._onset = min(event.onset if event else 0, session.clip.n_frames - 1)
        self._frame: NDArray[np.uint8] | None = None
        self.draft: ClipFace | None = context.face.stored
        theme = context.theme
        self.canvas = FaceCanvas(theme)
        self.search = push("Find the face", "", theme, "search")
        self.eyes = tool(
            theme, "eye", "Two eyes", "Click on both eyes, in any order", checked=False
        )
        self.box = tool(theme, "roi", "Box", "Drag from the hairline to the chin", checked=False)
        self.reference = Segments(theme, ("Median", "Onset"), 0, "Landmarks of")
        self.dots, self.tints = QCheckBox("Landmarks"), QCheckBox("Regions")
        self.headline, self.details = label("", "title", wrap=True), label("", "second", wrap=True)
        self.work = JobCard(theme, "Looking for the face")
        self.card = MessageCard(theme, "error", "", closable=True)
        self.missing = ModelsCard(context)
        self.crop = CropForm(theme)
        self.rest = RestSection(context, self._clip, self._onset)
        self.back = push(
            "Bring back", "quiet", theme, "undo", tip="The face before the last change by hand"
        )
        self.keep = push("Keep this face", "primary", theme, "accept")
        self._close = push("Close")
        self._build()
        keep_above(self, self.keep)
        self._connect()
        self._begin()

    # Building

    def _build(self) -> None:
        for box in (self.dots, self.tints):
            box.setChecked(True)
        for card in (self.work, self.card):
            card.hide()
        self.reference.button(0).setToolTip("The median of the landmarks over the frames")
        self.reference.button(1).setToolTip("The landmarks of the onset frame")
        tools = Bar(self.eyes, self.box, None, self.dots, self.tints)
        legend = boxed(column(RegionLegend(self._context.theme), margins=(Space.l, 0, Space.l, 0)))
        left = column(tools, (self.canvas, 1), legend, spacing=Space.s)
        left.setContentsMargins(0, 0, 0, Space.s)
        place = section(
            "Place",
            self.headline,
            self.details,
            row(self.search, self.reference, None),
            self.work,
            self.missing,
            self.card,
        )
        picture = section("Aligned picture", self.crop, note="one transform for the whole clip")
        side = scroll(column(place, rule(), picture, rule(), self.rest, None, spacing=0))
        side.setFixedWidth(_SIDE_PX)
        foot = row(self.back, None, self._close, self.keep, margins=(Space.xl, Space.m) * 2)
        body = row((boxed(left), 1), rule(vertical=True), side, spacing=0)
        self.setLayout(column((boxed(body), 1), rule(), boxed(foot), spacing=0))

    def _connect(self) -> None:
        self.search.clicked.connect(self.look)
        self.eyes.clicked.connect(lambda on: self._point(EYES if on else ""))
        self.box.clicked.connect(lambda on: self._point(BOX if on else ""))
        self.canvas.eyes_chosen.connect(self._take_eyes)
        self.canvas.box_chosen.connect(self._take_box)
        for box in (self.dots, self.tints):
            box.toggled.connect(lambda _: self._choose_what())
        self.crop.changed.connect(self._recut)
        self.work.cancelled.connect(self._stop)
        for part in (self.rest, self.missing):
            part.failed.connect(self._fail)
        self.missing.checked.connect(self.search.setEnabled)
        self.back.clicked.connect(self._bring_back)
        self.keep.clicked.connect(self._keep)
        self._close.clicked.connect(self.reject)
        self._context.workspace.session_changed.connect(self.reject)
        self.finished.connect(lambda _: self._give_up())

    def _begin(self) -> None:
        if self.draft is not None:
            self.crop.show_crop(self.draft.crop)
        clip, at = self._clip, self._onset
        self._context.background.run(_DRAW, lambda: clip.frame(at), self._show_frame, self._fail)
        self._say()
        self.rest.show_face(self.draft)
        self.missing.check()
        self.search.setFocus()

    def _show_frame(self, frame: NDArray[np.uint8]) -> None:
        self._frame = frame
        self.canvas.show_frame(frame)
        self._draw()

    # Finding

    def look(self) -> None:
        """Look for the face on the clip, in the background."""
        self.card.hide()
        self._point("")
        self.search.setEnabled(False)
        self.work.set_name("Looking for the face")
        self.work.show_progress(0.0, "")
        self.work.show()
        options = FaceOptions(
            "onset" if self.reference.current == _REFERENCES.index("onset") else "median",
            crop=self.crop.crop,
        )
        self._context.face.find(options, self._found, self._fail, self.work.show_progress)

    def _found(self, face: ClipFace | None) -> None:
        self._end_work()
        if face is None:
            return
        if face.source is FaceSource.NONE and self._has_eyes():
            self.card.show_message("warn", headline(face), "The face that is there stays.")
            self.card.show()
            return
        self._set_draft(face)

    def _stop(self) -> None:
        self._context.face.stop()
        self._end_work()

    def _end_work(self) -> None:
        self.work.hide()
        self.search.setEnabled(True)

    # By hand

    def _point(self, mode: str) -> None:
        self.eyes.setChecked(mode == EYES)
        self.box.setChecked(mode == BOX)
        self.canvas.point(mode)

    def _take_eyes(self, first: tuple[float, float], second: tuple[float, float]) -> None:
        try:
            self._set_draft(face_from_eyes(first, second, self.crop.crop))
        except FaceError as error:
            self._fail(error)
            return
        self._point("")

    def _take_box(self, box: Box) -> None:
        try:
            self._set_draft(face_from_box(box, self.crop.crop))
        except FaceError as error:
            self._fail(error)
            return
        self._point("")

    # Showing

    def _set_draft(self, face: ClipFace | None) -> None:
        self.draft = face
        self.rest.show_face(face)
        self._say()
        self._draw()

    def _has_eyes(self) -> bool:
        return self.draft is not None and self.draft.eyes is not None

    def _say(self) -> None:
        self.headline.setText(headline(self.draft))
        self.details.setText(details(self.draft))
        project = self._context.workspace.project
        writable = project is not None and not project.read_only
        self.keep.setEnabled(self.draft is not None and writable)
        nobody = self.draft is not None and not self._has_eyes()
        self.keep.setText("Keep that there is none" if nobody else "Keep this face")
        self.back.setEnabled(writable)

    def _recut(self) -> None:
        if self.draft is not None:
            self.draft = replace(self.draft, crop=self.crop.crop)
            self._draw()

    def _draw(self) -> None:
        face, frame = self.draft, self._frame
        if face is None or face.eyes is None or frame is None:
            self._show_pictures(None)
            return
        theme = self._context.theme
        colours = {role: theme.colour(role) for role in ROLES.values()}
        rgb = {role: (c.red(), c.green(), c.blue()) for role, c in colours.items()}
        self._context.background.run(
            _DRAW, lambda: draw(face, frame, rgb), self._show_pictures, self._fail, follow=True
        )

    def _show_pictures(self, pictures: FacePictures | None) -> None:
        if pictures is None:
            self.canvas.show_face(None, None)
            self.crop.show_picture(None)
            return
        self.canvas.show_face(self.draft, pictures.regions)
        self.crop.show_picture(pictures.aligned, pictures.share_padded)

    def _choose_what(self) -> None:
        self.canvas.choose_what(landmarks=self.dots.isChecked(), regions=self.tints.isChecked())

    # Storing

    def _keep(self) -> None:
        if self.draft is not None:
            self.keep.setEnabled(False)
            self._context.face.keep(self.draft, self._kept, self._fail)

    def _kept(self) -> None:
        self.said.emit(f"Face kept. {headline(self.draft)}")
        self.accept()

    def _bring_back(self) -> None:
        self._context.face.bring_back(self._brought_back, self._fail)

    def _brought_back(self, was_there: bool) -> None:
        if not was_there:
            self.card.show_message("accent", "No face of this clip was ever set by hand")
            self.card.show()
            return
        face = self._context.face.stored
        if face is not None:
            self.crop.show_crop(face.crop)
        self._set_draft(face)

    def _fail(self, error: MeviewerError) -> None:
        self._end_work()
        self._say()
        if isinstance(error, MissingExtraError):
            self.missing.check()
        self.card.show_error(error)
        self.card.show()

    def _give_up(self) -> None:
        self._context.face.stop()
        self._context.background.cancel(_DRAW)
        self.rest.stop()
        self.missing.stop()


def open_face(context: Context, parent: QWidget) -> FaceDialog | None:
    """Show the dialog, if a clip is open."""
    if context.workspace.session is None:
        return None
    dialog = FaceDialog(context, parent)
    dialog.open()
    return dialog
