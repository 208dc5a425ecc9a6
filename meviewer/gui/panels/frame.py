"""The frame panel: the exact frame, what lies over it, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QSlider, QStackedWidget

from meviewer.core.errors import MeviewerError
from meviewer.gui.context import Context
from meviewer.gui.key_tips import follow_keys
from meviewer.gui.running.when_seen import WhenSeen
from meviewer.gui.stores.frame_fetcher import FrameFetcher
from meviewer.gui.theme import Space
from meviewer.gui.view_offers import offer_view
from meviewer.gui.widgets.buttons import IconButton, push, tool
from meviewer.gui.widgets.frame_status import FrameStatus
from meviewer.gui.widgets.frame_view import FrameView
from meviewer.gui.widgets.labels import ElidedLabel, label
from meviewer.gui.widgets.layout import Bar, boxed, column, row, spare
from meviewer.gui.widgets.look_controls import LookControls
from meviewer.gui.widgets.magnify_control import MAGNIFY_TIP, MagnifyControl
from meviewer.gui.widgets.notices import EmptyState, MessageCard
from meviewer.gui.widgets.styling import make_surface, short_rule
from meviewer.motion.magnify import provenance
from meviewer.present.export_view import ViewContent, frame_content
from meviewer.present.frame_view import frame_note
from meviewer.present.overlays import (
    OverlayKind,
    overlay_needs,
    overlay_picture,
    overlay_words,
)

_FLICKER_MS = 250
_WORDS_PX = 720  # below this width the overlays have their icons only
_MAGNIFYING_PX = 200  # what slider and way of the magnification take


class _Shown(Enum):
    """Pages of the middle."""

    NOTHING = 0
    FRAME = 1


class FramePanel(QFrame):
    """Shows the frame under the playhead."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        make_surface(self, "panel")
        self._context = context
        self._overlay: OverlayKind | None = None
        self._fetcher = FrameFetcher(
            context.workspace, context.playhead, context.magnification, context.background, self
        )
        self.view = FrameView(context.theme, "Frame")
        self.look = LookControls(context.theme, context.actions, context.comparator, self.view)
        self._fault = MessageCard(context.theme, "error", "")
        self._fault.hide()
        self._pages = QStackedWidget()
        self._pages.addWidget(self._nothing())
        self._pages.addWidget(self.view)
        self._flicker = QTimer(self, interval=_FLICKER_MS)
        self._flicker.timeout.connect(self._swap)
        self._tools, self.status = self._toolbar(), FrameStatus(context.theme)
        self.setLayout(column(self._tools, self._fault, (self._pages, 1), self.status, spacing=0))
        self.setMinimumWidth(320)
        offer_view(self.view, self._content, moving=True)
        self._connect()
        self._refresh()

    # Building

    def _nothing(self) -> EmptyState:
        button = push("Open…", "primary", self._context.theme, "folder")
        button.act(self._context.actions["open"])
        demo = push("Demo project", "", self._context.theme, "clip")
        demo.act(self._context.actions["demo"])
        return EmptyState(
            self._context.theme,
            "clip",
            "Nothing is open",
            "Open a project, a folder of numbered images, or a video; or drop one here. "
            "The demo project has twelve synthetic people whose true keyframes are known.",
            button,
            demo,
        )

    def _toolbar(self) -> Bar:
        theme, actions = self._context.theme, self._context.actions
        self._buttons: dict[OverlayKind, IconButton] = {}
        for kind, icon, words, name in (
            (OverlayKind.DIFFERENCE, "difference", "Difference", "show-difference"),
            (OverlayKind.FLOW, "flow", "Optical flow", "show-flow"),
            (OverlayKind.DYNAMIC, "dynamic", "Dynamic image", "show-dynamic"),
            (OverlayKind.MM_COF, "mmcof", "MM-COF", "show-mmcof"),
        ):
            button = tool(theme, icon, words, checked=False)
            follow_keys(actions, button, f"{words} ({{{name}}})")
            button.clicked.connect(lambda _=False, k=kind: self.toggle(k))
            actions.bind(name, partial(self.toggle, kind))
            self._buttons[kind] = button
        self._flicker_button = tool(theme, "flicker", checked=False)
        follow_keys(actions, self._flicker_button, "Flicker onset/apex ({flicker})")
        self._flicker_button.clicked.connect(self._toggle_flicker)
        actions.bind("flicker", self._toggle_flicker)
        self._opacity = QSlider(Qt.Orientation.Horizontal)
        self._opacity.setRange(0, 100)
        self._opacity.setValue(60)
        self._opacity.setFixedWidth(80)
        self._opacity.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._opacity.setAccessibleName("Opacity of the overlay")
        self._opacity.setToolTip("Opacity of the overlay")
        self._percent, self._legend = label("60 %", "caption"), ElidedLabel("", "caption")
        self.magnify = MagnifyControl(theme, self._context.magnification)
        follow_keys(actions, self.magnify.switch, MAGNIFY_TIP)
        fit = tool(theme, "fit")
        follow_keys(actions, fit, "Fit the frame ({fit})")
        fit.act(actions["fit"])
        self._zoom = label("", "second")
        return Bar(
            *self._buttons.values(),
            spare(boxed(row(self._opacity, self._percent, spacing=Space.s)), 2),
            short_rule(),
            self._flicker_button,
            self.look,
            self.magnify,
            (self._legend, 1),
            fit,
            spare(self._zoom, 1),
            margins=(Space.m, 0, Space.l, 0),
        )

    def _connect(self) -> None:
        context = self._context
        # The frame itself comes at once; what is said of it, once a turn.
        self._frame_seen = WhenSeen(self, self._refresh)
        words = WhenSeen(self, self._say)
        context.playhead.moved.connect(lambda _: self._moved())
        context.workspace.session_changed.connect(self._refresh)
        for signal in (
            context.workspace.sample_changed,
            context.selection.changed,
            context.analysis.changed,
        ):
            signal.connect(words.ask)
        context.pictures.changed.connect(self._pictures_changed)
        context.theme.changed.connect(self._refresh)
        context.actions.bind("fit", self.view.fit)
        self._fetcher.came.connect(self._show)
        self._fetcher.failed.connect(self._show_fault)
        self._connect_magnification()
        self.look.changed.connect(self._refresh)
        context.comparator.failed.connect(self._show_fault)
        self._opacity.valueChanged.connect(self._opacity_changed)
        self.view.zoom_changed.connect(lambda zoom: self._zoom.setText(f"{zoom:.0%}"))

    def _connect_magnification(self) -> None:
        context, control = self._context, self.magnify
        store, bind = context.magnification, context.actions.bind
        # Another perspective has a frame, too: a key that reached both would switch on and off.
        bind("magnify", lambda: self._if_seen(lambda: store.switch(not store.on)))
        bind("magnify-less", lambda: self._if_seen(lambda: control.step(-1)))
        bind("magnify-more", lambda: self._if_seen(lambda: control.step(1)))
        store.changed.connect(self._refresh)
        store.changed.connect(self._fit_words)
        store.failed.connect(self._show_fault)
        context.selection.changed.connect(self._follow)
        context.playhead.playing_changed.connect(lambda _: self._follow())

    def _if_seen(self, act: Callable[[], object]) -> None:
        if self.isVisible():
            act()

    def _content(self) -> ViewContent | None:
        """Return what the frame view shows, for a file."""
        session, magnification = self._context.workspace.session, self._context.magnification
        if session is None or not self.view.has_frame:
            return None
        clip, at = session.clip, self._context.playhead.frame
        overlay = None if self._overlay is None else self._overlay.value
        return frame_content(
            clip.frame(at),
            clip.numbers[at],
            overlay or "",
            self._legend.whole_text(),
            self._opacity.value() / 100,
            provenance(magnification.params) if magnification.on else None,
        )

    # Overlays

    def toggle(self, kind: OverlayKind) -> None:
        """Show an overlay, or the bare frame if it is shown already."""
        self._overlay = None if self._overlay is kind else kind
        for each, button in self._buttons.items():
            button.setChecked(each is self._overlay)
        shown, options = self._overlay, self._context.pictures.options
        self._legend.setText("" if shown is None else overlay_words(shown, options.full_px))
        self._context.pictures.look("overlay", None if shown is None else overlay_needs(shown))
        self._refresh()

    def _pictures_changed(self) -> None:
        if self._overlay is not None:
            self._moved()

    def _opacity_changed(self, percent: int) -> None:
        self._percent.setText(f"{percent} %")
        self._refresh()

    def _toggle_flicker(self) -> None:
        event = self._context.editor.selected
        on = not self._flicker.isActive() and event is not None
        self._flicker_button.setChecked(on)
        if on:
            self._context.playhead.pause()
            self._flicker.start()
            self._swap()
        else:
            self._flicker.stop()

    def _swap(self) -> None:
        event, playhead = self._context.editor.selected, self._context.playhead
        if event is None:
            self._toggle_flicker()
            return
        playhead.set_frame(event.onset if playhead.frame == event.apex else event.apex)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_words()

    def _fit_words(self) -> None:
        """Take the words off the overlays where they would be cut."""
        needed = _WORDS_PX + (_MAGNIFYING_PX if self._context.magnification.on else 0)
        style = Qt.ToolButtonStyle
        beside, alone = style.ToolButtonTextBesideIcon, style.ToolButtonIconOnly
        shown = beside if self.width() >= needed else alone
        for button in self._buttons.values():
            button.setToolButtonStyle(shown)
        self._tools.refit()

    # Following

    def _moved(self) -> None:
        if self.isVisible():
            self._refresh()
        else:
            self._frame_seen.ask()

    def _refresh(self) -> None:
        session = self._context.workspace.session
        self._pages.setCurrentIndex((_Shown.NOTHING if session is None else _Shown.FRAME).value)
        self._fault.hide()
        self._fetcher.fetch()
        self._say()

    def _follow(self) -> None:
        """Magnify from the onset as it is now, and exactly once playing ends."""
        if self._context.magnification.on:
            self._fetcher.fetch()

    def _show(self, frame: NDArray[np.uint8], mark: str) -> None:
        self.view.set_mark(" · ".join(part for part in (mark, self.look.words) if part))
        self.view.show_frame(self._covered(self.look.look.applied(frame)))

    def _show_fault(self, error: MeviewerError) -> None:
        self._fault.show_error(error)
        self._fault.show()
        if not self._context.magnification.on:
            self.view.show_frame(None)

    def _covered(self, frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
        pictures = self._context.pictures.current
        if self._overlay is None or pictures is None:
            return frame
        ground = self._context.theme.name
        return overlay_picture(
            self._overlay,
            frame,
            pictures,
            self._opacity.value() / 100,
            ground,
            self._context.pictures.options.full_px,
        )

    def _say(self) -> None:
        """Say in the line below what is shown now."""
        context, session = self._context, self._context.workspace.session
        if session is None:
            self.status.show_note(None)
            return
        clip = session.clip
        note = frame_note(
            context.playhead.frame,
            clip.numbers,
            clip.rate,
            rate_known=clip.rate_known,
            size=clip.size,
            kind=clip.kind,
            event=context.editor.selected,
            suggested=context.analysis.suggested_keyframes(),
        )
        self.status.show_note(note)
