"""The evidence for a suggestion, and how keyframes are looked for and pictures are made."""

from __future__ import annotations

import msgspec
from PySide6.QtWidgets import QWidget

from meviewer.gui.context import Context
from meviewer.gui.stores.search_options import SearchOptions
from meviewer.gui.theme import Space
from meviewer.gui.view_offers import offer_view
from meviewer.gui.widgets.buttons import push
from meviewer.gui.widgets.fields import choice
from meviewer.gui.widgets.foldable import Foldable
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import Panel, boxed, column, row, scroll
from meviewer.gui.widgets.marks import ColourBar
from meviewer.gui.widgets.pairwise_view import PairwiseView
from meviewer.gui.widgets.picture_choices import PictureChoices
from meviewer.gui.widgets.search_choices import SearchChoices, kept_search
from meviewer.gui.widgets.styling import rule, surface
from meviewer.motion import colour
from meviewer.present.export_view import ViewContent, surface_content
from meviewer.present.pairwise import SCALES, pairwise_state

_KEPT = "inspect.search"
_FOLDS = "inspect.sections"
_SEARCH = "search"
_MOST = 200  # share of the height that the surface takes, up to a square


class SearchPanel(Panel):
    """Pairwise surface above, options below."""

    def __init__(self, context: Context) -> None:
        self._context = context
        theme = context.theme
        self._unfolded = set((context.preferences[_FOLDS] or _SEARCH).split())
        context.analysis.set_options(kept_search(context.preferences[_KEPT]))
        self.view = PairwiseView(theme)
        self._scale = ColourBar(theme, lambda name: colour.sequential(_ground(name)), "0", "")
        self._verdict = label("", "caption", wrap=True)
        self._accept = push("Use suggestion", "suggest", theme, "accept", compact=True)
        self._accept.clicked.connect(context.actions["accept-all"].trigger)
        ends = ["auto" if top is None else f"0 to {top:g}" for top in SCALES]
        self._top = choice(ends, 0, "End of the colour scale")
        self._top.setToolTip("End of the colour scale: this clip's highest, or one for all clips")
        self._top.activated.connect(self._refresh)
        scale = row((self._scale, 1), self._top)
        surface_and_scale = boxed(column((self.view, _MOST), scale, None))
        offer_view(surface_and_scale, self._content)
        above = column(
            (surface_and_scale, 1),
            row((self._verdict, 1), self._accept),
            margins=(Space.m, Space.m, Space.m, Space.m),
        )
        self.search = Foldable(
            theme,
            "Search",
            self._made,
            note="GAMDSS",
            unfolded=_SEARCH in self._unfolded,
        )
        self.pictures = PictureChoices(theme, context.pictures.options, self._unfolded)
        below = surface("panel", column(self.search, rule(), self.pictures, None, spacing=0))
        super().__init__(
            "Pairwise difference",
            column((surface("panel", above), 3), rule(), (scroll(below), 2), spacing=0),
        )
        self.setMinimumWidth(320)
        self._connect()
        self._refresh()

    @property
    def choices(self) -> SearchChoices:
        """The fields of the search, unfolded if need be."""
        self.search.set_unfolded(True)
        body: QWidget | None = self.search.body
        assert isinstance(body, SearchChoices)
        return body

    def _content(self) -> ViewContent | None:
        """Return the distances on show, for a file."""
        analysis, session = self._context.analysis, self._context.workspace.session
        matrix, state = analysis.matrix_rms(), self.view.state
        if session is None or matrix is None or state is None:
            return None
        options = msgspec.to_builtins(analysis.options)
        return surface_content(matrix, state.numbers, state.high, options)

    def _connect(self) -> None:
        context = self._context
        self.search.folded.connect(lambda folded: self._remember(_SEARCH, folded))
        self.search.reset_wanted.connect(self._reset)
        self.pictures.folded.connect(self._remember)
        self.pictures.chosen.connect(context.pictures.set_options)
        context.pictures.changed.connect(self._pictures_changed)
        context.face.changed.connect(self._show_choices)
        context.analysis.changed.connect(self._refresh)
        context.workspace.session_changed.connect(self._refresh)
        context.theme.changed.connect(self._refresh)
        self.view.seek_requested.connect(context.playhead.set_frame)

    def _made(self) -> SearchChoices:
        context = self._context
        made = SearchChoices(context.analysis.options, face=context.face.masks() is not None)
        made.chosen.connect(self._look_so)
        return made

    def _look_so(self, options: SearchOptions) -> None:
        self._context.preferences[_KEPT] = msgspec.json.encode(options).decode()
        self._context.analysis.set_options(options)
        self._show_choices()

    def _reset(self) -> None:
        self.choices.reset()

    def _show_choices(self) -> None:
        body = self.search.body
        if isinstance(body, SearchChoices):
            face = self._context.face.masks() is not None
            body.show_options(self._context.analysis.options, face=face)

    def _pictures_changed(self) -> None:
        self.pictures.show_options(self._context.pictures.options)

    def _remember(self, name: str, folded: bool) -> None:
        # A dash keeps "nothing is unfolded" apart from "never chosen".
        self._unfolded = (self._unfolded - {name}) if folded else self._unfolded | {name}
        self._context.preferences[_FOLDS] = " ".join(sorted(self._unfolded)) or "-"

    def _refresh(self) -> None:
        analysis, session = self._context.analysis, self._context.workspace.session
        self._show_choices()
        self._accept.setEnabled(analysis.suggested_keyframes() is not None)
        matrix = analysis.matrix_rms()
        if session is None or matrix is None:
            self.view.show_state(None)
            self.set_note("")
            self._verdict.setText("")
            return
        state = pairwise_state(
            matrix,
            session.clip.numbers,
            analysis.suggestion,
            self._context.theme.name,
            top=SCALES[self._top.currentIndex()],
            preview=analysis.is_preview,
        )
        self.view.show_state(state)
        self._scale.set_range("0", state.high)
        self.set_note(f"{len(matrix)} × {len(matrix)} frames")
        self._verdict.setText("" if analysis.suggestion is None else analysis.suggestion.verdict)


def _ground(name: str) -> colour.Ground:
    return "light" if name == "light" else "dark"
