"""Export a view: which one, as what, how large, with what below it, and where to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QFileDialog, QFormLayout, QWidget

from meviewer.core.errors import MeviewerError
from meviewer.data.atomic import write_bytes
from meviewer.data.values_file import write_values
from meviewer.gui.context import Context
from meviewer.gui.dialogs.above import keep_above
from meviewer.gui.dialogs.export_film import Film, write_film
from meviewer.gui.dialogs.export_parts import (
    FORMATS,
    FilmFields,
    Preview,
    name_of,
    picture_words,
    pictures_folder,
)
from meviewer.gui.theme import Space
from meviewer.gui.view_export import SCALES, Caption, painted, picture_size
from meviewer.gui.view_offers import ViewOffer, meant, offers_in
from meviewer.gui.widgets.buttons import push
from meviewer.gui.widgets.fields import choice
from meviewer.gui.widgets.labels import ElidedLabel, label
from meviewer.gui.widgets.layout import boxed, column, row
from meviewer.gui.widgets.notices import JobCard, MessageCard
from meviewer.gui.widgets.styling import make_surface, rule
from meviewer.present.export_view import (
    PICTURES,
    VIDEO,
    Source,
    ViewContent,
    caption,
    endings,
    file_stem,
    provenance,
    source_of,
    values_words,
)

_SIZE = (860, 520)
_SLOT = "export-view"


class ExportViewDialog(QDialog):
    """One window from a view to a file.

    Parameters
    ----------
    context : Context
    parent : QWidget
        The window whose views are offered.
    asked : QWidget, optional
        The one that is meant; else that with the focus or under the pointer.

    Signals
    -------
    said(str)
        What was written, for the status line.
    """

    said = Signal(str)

    _folder: Path | None = None  # where the last file went, as long as the program runs

    def __init__(self, context: Context, parent: QWidget, asked: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export view")
        self.resize(*_SIZE)
        make_surface(self, "panel")
        self._context = context
        self._offers = offers_in(parent)
        self._contents = [(one, one.describe()) for one in self._offers]
        wanted = meant(parent, asked)
        at = self._offers.index(wanted) if wanted in self._offers else 0
        titles = [content.title if content else "" for _, content in self._contents]
        self.view = choice(titles, at, "View")
        self.format = choice((), 0, "Format")
        self.scale = choice([f"{n} ×" for n in SCALES], 1, "Scale")
        self.captioned = QCheckBox("Caption with parameters and origin below it")
        self.captioned.setChecked(True)
        self.film = FilmFields(context, self)
        self._preview = Preview()
        self._size, self._name = label("", "strong", wrap=True), ElidedLabel("", "caption")
        self._card = MessageCard(context.theme, "error", "", closable=True)
        self._card.hide()
        self._job = JobCard(context.theme, "Writing")
        self._job.hide()
        self.go = push("Export…", "primary", context.theme, "export")
        self._close = push("Close")
        self._build()
        keep_above(self, self.go)
        self._connect()
        self._view_changed()

    def _build(self) -> None:
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(Space.l)
        self._form.setVerticalSpacing(Space.m)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        rows: tuple[tuple[str, QWidget], ...] = (
            ("View", self.view),
            ("Format", self.format),
            ("Scale", self.scale),
            ("", self.captioned),
            *self.film.rows,
        )
        for words, field in rows:
            self._form.addRow(label(words), field)
        right = column(
            self._form, rule(), self._size, self._name, self._card, self._job, None, spacing=Space.l
        )
        body = row(boxed(column(self._preview, None)), (boxed(right), 1), spacing=Space.xl)
        body.setContentsMargins(Space.xl, Space.xl, Space.xl, Space.l)
        foot = row(None, self._close, self.go, margins=(Space.xl, Space.m, Space.xl, Space.l))
        self.setLayout(column((boxed(body), 1), rule(), foot, spacing=0))

    def _connect(self) -> None:
        self.view.activated.connect(lambda _: self._view_changed())
        self.format.activated.connect(lambda _: self._refresh())
        self.scale.activated.connect(lambda _: self._refresh())
        self.captioned.clicked.connect(lambda _: self._refresh())
        self.film.changed.connect(self._refresh)
        self.go.clicked.connect(self._ask)
        self._close.clicked.connect(self.reject)
        self._job.cancelled.connect(self._stop)

    # What is chosen

    @property
    def content(self) -> ViewContent | None:
        """What the chosen view shows."""
        return self._contents[self.view.currentIndex()][1] if self._contents else None

    @property
    def _offer(self) -> ViewOffer | None:
        return self._offers[self.view.currentIndex()] if self._offers else None

    @property
    def ending(self) -> str:
        """The chosen format as the ending of a file's name."""
        return str(self.format.currentData() or PICTURES[0])

    @property
    def proposed(self) -> str:
        """The name that is proposed for the file."""
        content = self.content
        if content is None:
            return "view" + self.ending
        if self.ending == VIDEO:
            content = replace(content, kind=f"clip-{name_of(self.film.chosen)}")
        return file_stem(content, self._source()) + self.ending

    def choose(self, ending: str) -> None:
        """Choose a format by its ending."""
        self.format.setCurrentIndex(self.format.findData(ending))
        self._refresh()

    def _source(self) -> Source | None:
        session = self._context.workspace.session
        if session is None:
            return None
        clip, sample = session.clip, session.sample
        event = self._context.editor.selected
        return source_of(
            sample.subject, sample.name, clip.fingerprint, clip.rate, clip.numbers, event
        )

    def _caption(self) -> Caption:
        if self.content is None or not self.captioned.isChecked():
            return Caption()
        return Caption(*caption(self.content, self._source()))

    def _film(self) -> Film | None:
        content = self.content
        if content is None:
            return None
        title, lines = caption(content, self._source())
        return self.film.film(content, title, "; ".join(lines))

    # What is shown of it

    def _view_changed(self) -> None:
        offer, content = self._offer, self.content
        if offer is None or content is None:
            self._size.setText("There is no view to export: open a clip first")
            for field in (self.go, self.view, self.format):
                field.setEnabled(False)
            return
        before = self.ending
        self.format.clear()
        for ending in endings(content, video=offer.moving):
            self.format.addItem(FORMATS[ending], ending)
        self.format.setCurrentIndex(max(self.format.findData(before), 0))
        self.film.begin_with(str(content.parameters.get("overlay", "")))
        self._refresh()

    def _refresh(self) -> None:
        offer, content, ending = self._offer, self.content, self.ending
        if offer is None or content is None:
            return
        self._card.hide()
        picture = ending in PICTURES
        self._form.setRowVisible(self.scale, ending == ".png")
        self._form.setRowVisible(self.captioned, picture)
        for _, field in self.film.rows:
            self._form.setRowVisible(field, ending == VIDEO)
        self._preview.show_widget(offer.widget, self._caption() if picture else Caption())
        self._size.setText(self._size_words(offer.widget, content))
        self._name.setText(self.proposed)

    def _size_words(self, widget: QWidget, content: ViewContent) -> str:
        ending = self.ending
        if ending == VIDEO:
            film = self._film()
            return film.words if film is not None else ""
        if ending not in PICTURES:
            return values_words(content, ending)
        size = picture_size(widget, ending, SCALES[self.scale.currentIndex()], self._caption())
        return picture_words(size, ending)

    # Writing

    def _ask(self) -> None:
        """Ask where to; the system's dialog asks before a file is replaced."""
        start = ExportViewDialog._folder or pictures_folder()
        kinds = f"{FORMATS[self.ending]} (*{self.ending})"
        name, _ = QFileDialog.getSaveFileName(
            self, "Export the view to", str(start / self.proposed), kinds
        )
        if name:
            self.write(Path(name))

    def write(self, target: Path) -> None:
        """Write what is chosen; the ending of the chosen format is put behind another one."""
        offer, content = self._offer, self.content
        if offer is None or content is None:
            return
        if target.suffix.lower() != self.ending:
            target = target.with_name(target.name + self.ending)
        ExportViewDialog._folder = target.parent
        self.go.setEnabled(False)
        if self.ending == VIDEO:
            self._write_film(target)
        elif self.ending in PICTURES:
            scale = SCALES[self.scale.currentIndex()]
            _, encode = painted(offer.widget, self.ending, scale, self._caption())
            self._run(lambda: write_bytes(target, encode()), target)
        else:
            about = provenance(content, self._source())
            self._run(lambda: write_values(target, content.arrays, about), target)

    def _run(self, work: Callable[[], None], target: Path) -> None:
        background = self._context.background
        background.run(_SLOT, work, lambda _: self._written(target), self._show_error)

    def _write_film(self, target: Path) -> None:
        film = self._film()
        if film is None:
            return
        self._context.background.run_long(
            _SLOT,
            lambda token: write_film(film, target, token),
            lambda _: self._written(target),
            self._show_error,
            progress=self._advance,
        )

    def _advance(self, share: float, words: str) -> None:
        self._job.show()
        self._job.show_progress(share, words)

    def _stop(self) -> None:
        self._context.background.cancel(_SLOT)
        self._job.hide()
        self.go.setEnabled(True)

    def reject(self) -> None:
        self._context.background.cancel(_SLOT)
        super().reject()

    def _written(self, target: Path) -> None:
        self.said.emit(f"Exported {target.name}")
        self.accept()

    def _show_error(self, error: MeviewerError) -> None:
        self._card.show_error(error)
        self._card.show()
        self._job.hide()
        self.go.setEnabled(True)
