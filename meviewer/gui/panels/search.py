"""The evidence for a suggestion, and how keyframes are looked for and pictures are made."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QFormLayout, QWidget

from meviewer.gui.context import Context
from meviewer.gui.stores.analysis import SearchOptions
from meviewer.gui.theme import Space
from meviewer.gui.widgets.buttons import push
from meviewer.gui.widgets.fields import choice, real_number
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import Panel, column, row, scroll, section
from meviewer.gui.widgets.marks import ColourBar
from meviewer.gui.widgets.pairwise_view import PairwiseView
from meviewer.gui.widgets.styling import rule, surface
from meviewer.motion import colour
from meviewer.motion.dynamic_image import KINDS
from meviewer.motion.gamdss import VARIANTS
from meviewer.motion.gamdss_notes import BRIGHTNESS, NOTES, STUDY, WRAPPED
from meviewer.present.pairwise import pairwise_state

_FLOWS = {"TV-L1": "tvl1", "DIS": "dis", "Farneback": "farneback"}


class SearchPanel(Panel):
    """Pairwise surface above, options below."""

    def __init__(self, context: Context) -> None:
        self._context = context
        theme = context.theme
        self.view = PairwiseView(theme)
        self._scale = ColourBar(theme, lambda name: colour.sequential(_ground(name)), "0", "")
        self._verdict = label("", "caption", wrap=True)
        self._accept = push("Use suggestion", "suggest", theme, "accept", compact=True)
        self._accept.clicked.connect(context.actions["accept-all"].trigger)
        above = column(
            (self.view, 1),
            self._scale,
            row((self._verdict, 1), self._accept),
            margins=(Space.m, Space.m, Space.m, Space.m),
        )
        below = surface("panel", column(self._search(), rule(), self._motion(), None, spacing=0))
        super().__init__(
            "Pairwise difference",
            column((surface("panel", above), 3), rule(), (scroll(below), 2), spacing=0),
        )
        self.setMinimumWidth(320)
        self._connect()
        self._refresh()

    def _search(self) -> QWidget:
        now = self._context.analysis.options
        self._variant = choice(VARIANTS, VARIANTS.index(now.variant), "Variant")
        self._ratio = real_number(0.10, 0.01, 0.60, step=0.01, name="Window ratio")
        self._light = QCheckBox("Leave changes of the lamp out")
        self._light.setChecked(now.brightness_free)
        self._wrapped = QCheckBox("Wrapped uint8, as in the published code (a defect)")
        self._light.setToolTip(BRIGHTNESS)
        self._wrapped.setToolTip(WRAPPED)
        self._help = label("", "caption", wrap=True)
        self._help.setToolTip(STUDY)
        form = _form(("Variant", self._variant), ("Window ratio λ", self._ratio))
        return section(
            "Search", form, self._light, self._wrapped, self._help, note="GAMDSS", spacing=Space.m
        )

    def _motion(self) -> QWidget:
        now = self._context.pictures.options
        self._flow = choice(tuple(_FLOWS), list(_FLOWS.values()).index(now.flow), "Optical flow")
        self._dynamic = choice(KINDS, KINDS.index(now.dynamic), "Dynamic image")
        self._gain = real_number(now.mm_cof.alpha, 1.0, 4.0, name="MM-COF gain")
        self._full = real_number(
            now.full_px, 0.25, 64.0, step=0.5, unit="px", name="Flow in full colour"
        )
        self._head = QCheckBox("Remove head motion")
        self._head.setChecked(now.head)
        form = _form(
            ("Optical flow", self._flow),
            ("Full colour at", self._full),
            ("Dynamic image", self._dynamic),
            ("MM-COF gain", self._gain),
        )
        return section("Pictures", form, self._head, note="our choice where the paper is silent")

    def _connect(self) -> None:
        context = self._context
        for box in (self._variant, self._flow, self._dynamic):
            box.activated.connect(self._changed)
        for field in (self._ratio, self._gain, self._full):
            field.valueChanged.connect(self._changed)
        for check in (self._light, self._wrapped, self._head):
            check.clicked.connect(self._changed)
        context.analysis.changed.connect(self._refresh)
        context.workspace.session_changed.connect(self._refresh)
        context.theme.changed.connect(self._refresh)
        self.view.seek_requested.connect(context.playhead.set_frame)

    def _changed(self, _value: object = None) -> None:
        variant = self._variant.currentText()
        ratio = self._ratio.value() if variant == "two-sided" else None
        # The wrapped distance repeats the published code, which knows no light.
        light = self._light.isChecked() and not self._wrapped.isChecked()
        self._context.analysis.set_options(
            SearchOptions(variant, ratio, light, self._wrapped.isChecked())
        )
        pictures = self._context.pictures
        pictures.set_options(
            replace(
                pictures.options,
                flow=_FLOWS[self._flow.currentText()],
                dynamic=self._dynamic.currentText(),
                head=self._head.isChecked(),
                full_px=self._full.value(),
                mm_cof=replace(pictures.options.mm_cof, alpha=self._gain.value()),
            )
        )

    def _refresh(self) -> None:
        analysis, session = self._context.analysis, self._context.workspace.session
        variant = analysis.options.variant
        self._ratio.setEnabled(variant == "two-sided")
        note = NOTES[variant]
        self._accept.setEnabled(analysis.suggested_keyframes() is not None)
        self._help.setText(f"{note.does} {note.expect} {note.mark}")
        matrix = analysis.matrix_rms()
        if session is None or matrix is None:
            self.view.show_state(None)
            self.set_note("")
            self._verdict.setText("")
            return
        state = pairwise_state(
            matrix, session.clip.numbers, analysis.suggestion, self._context.theme.name
        )
        self.view.show_state(state)
        self._scale.set_range("0", state.high)
        self.set_note(f"{len(matrix)} × {len(matrix)} frames")
        self._verdict.setText("" if analysis.suggestion is None else analysis.suggestion.verdict)


def _form(*rows: tuple[str, QComboBox | QDoubleSpinBox]) -> QFormLayout:
    form = QFormLayout()
    form.setHorizontalSpacing(Space.l)
    form.setVerticalSpacing(Space.m)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    for words, field in rows:
        form.addRow(label(words), field)
    return form


def _ground(name: str) -> colour.Ground:
    return "light" if name == "light" else "dark"
