"""The evidence for a suggestion, and how keyframes are looked for and pictures are made."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from meviewer.gui.context import Context
from meviewer.gui.running.when_seen import WhenSeen
from meviewer.gui.stores.search_options import SearchOptions
from meviewer.gui.stores.session import Session
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
from meviewer.present.coder_roles import own_role
from meviewer.present.export_view import ViewContent, surface_content
from meviewer.present.pairwise import SCALES, Surface, coloured, pairwise_state

_KEPT = "inspect.search"
_FOLDS = "inspect.sections"
_SEARCH = "search"
_SLOT = "surface"
_MOST = 200  # share of the height that the surface takes, up to a square


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """What the colours of the surface depend on."""

    matrix: NDArray[np.float64]
    ground: colour.Ground
    top: float | None

    def same_as(self, other: _Asked | None) -> bool:
        return (
            other is not None
            and self.matrix is other.matrix
            and (self.ground, self.top) == (other.ground, other.top)
        )

    def answer(self) -> Surface:
        return coloured(self.matrix, self.ground, self.top)


class SearchPanel(Panel):
    """Pairwise surface above, options below."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._asked: _Asked | None = None
        self._coloured: Surface | None = None
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
        soon = WhenSeen(self, self._refresh)
        for signal in (
            context.analysis.changed,
            context.workspace.session_changed,
            context.theme.changed,
        ):
            signal.connect(soon.ask)
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
            self._asked = self._coloured = None
            self._context.background.cancel(_SLOT)
            self.view.show_state(None)
            self.set_note("")
            self._verdict.setText("")
            return
        asked = _Asked(matrix, self._context.theme.name, SCALES[self._top.currentIndex()])
        if not asked.same_as(self._asked):
            # In the background: a step of a drag must not wait for the colours of a long clip.
            self._asked, self._coloured = asked, None
            self._context.background.run(
                _SLOT, asked.answer, lambda made: self._arrived(asked, made), follow=True
            )
        elif self._coloured is not None:
            self._place(session, asked, self._coloured)

    def _arrived(self, asked: _Asked, made: Surface) -> None:
        session = self._context.workspace.session
        if session is not None and asked is self._asked:
            self._coloured = made
            self._place(session, asked, made)

    def _place(self, session: Session, asked: _Asked, made: Surface) -> None:
        """Show the surface with label and search as they are now."""
        analysis, matrix = self._context.analysis, asked.matrix
        project = self._context.workspace.project
        people = () if project is None else project.people()
        state = pairwise_state(
            matrix,
            session.clip.numbers,
            analysis.suggestion,
            asked.ground,
            top=asked.top,
            preview=analysis.is_preview,
            made=made,
            role=own_role(people, session.coder),
        )
        self.view.show_state(state)
        self._scale.set_range("0", state.high)
        self.set_note(f"{len(matrix)} × {len(matrix)} frames")
        self._verdict.setText("" if analysis.suggestion is None else analysis.suggestion.verdict)


def _ground(name: str) -> colour.Ground:
    return "light" if name == "light" else "dark"
