"""How keyframes are looked for: variant, window, and what a difference is measured by."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFormLayout, QWidget

from meviewer.data.face.regions import REGIONS
from meviewer.gui.stores.search_options import SearchOptions
from meviewer.gui.theme import Space
from meviewer.gui.widgets.fields import choice, real_number
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import column
from meviewer.motion.gamdss import VARIANTS
from meviewer.motion.gamdss_measures import MEASURES
from meviewer.motion.gamdss_notes import BRIGHTNESS, NOTES, STUDY, WRAPPED

_WHOLE = "whole frame"
_MEASURES = {"l2": "grey levels", "flow-magnitude": "flow magnitude"}
_RATIO = 0.10
_NO_FLOW = "The published code knows no flow: with the wrapped distance, grey levels are measured."
_NO_FACE = "No face is known in this clip, so the whole frame takes part."


def kept_search(text: str) -> SearchOptions:
    """Return options from the settings; the defaults if they cannot be understood."""
    if not text:
        return SearchOptions()
    try:
        found = msgspec.json.decode(text, type=SearchOptions)
    except msgspec.MsgspecError:
        return SearchOptions()
    known = found.variant in VARIANTS and found.measure in MEASURES
    return found if known and found.region in ("", *REGIONS) else SearchOptions()


class SearchChoices(QWidget):
    """Fields of `SearchOptions`.

    Signals
    -------
    chosen(object)
        `SearchOptions` as the user wants them.
    """

    chosen = Signal(object)

    def __init__(self, options: SearchOptions, *, face: bool) -> None:
        super().__init__()
        self.variant = choice(VARIANTS, 0, "Variant")
        self.ratio = real_number(_RATIO, 0.01, 0.60, step=0.01, name="Window ratio")
        self.measure = choice([_MEASURES.get(m, m) for m in MEASURES], 0, "Measure")
        self.region = choice((_WHOLE, *REGIONS), 0, "Region")
        self.light = QCheckBox("Leave changes of the lamp out")
        self.light.setToolTip(BRIGHTNESS)
        self.aligned = QCheckBox("Hold the head still first")
        self.aligned.setToolTip("Each frame is brought to the first one by shift, turn and size")
        self.wrapped = QCheckBox("Wrapped uint8, as published (a defect)")
        self.wrapped.setToolTip(WRAPPED)
        self.help = label("", "caption", wrap=True)
        self.help.setToolTip(STUDY)
        self.fault = label("", "caption", "warn", wrap=True)
        checks = (self.light, self.aligned, self.wrapped)
        self.setLayout(column(self._form(), *checks, self.fault, self.help, spacing=Space.m))
        for box in (self.variant, self.measure, self.region):
            box.activated.connect(self._changed)
        self.ratio.valueChanged.connect(self._changed)
        for check in checks:
            check.clicked.connect(self._changed)
        self.show_options(options, face=face)

    def _form(self) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(Space.l)
        form.setVerticalSpacing(Space.s)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for words, field in (
            ("Variant", self.variant),
            ("Window ratio λ", self.ratio),
            ("Measured by", self.measure),
            ("Region", self.region),
        ):
            form.addRow(label(words), field)
        return form

    def reset(self) -> None:
        """Go back to the defaults."""
        self.chosen.emit(SearchOptions())

    def _changed(self, _value: object = None) -> None:
        variant, wrapped = self.variant.currentText(), self.wrapped.isChecked()
        region = self.region.currentText()
        self.chosen.emit(
            SearchOptions(
                variant,
                self.ratio.value() if variant == "two-sided" else None,
                # The wrapped distance repeats the published code, which knows no light.
                self.light.isChecked() and not wrapped,
                wrapped,
                # ... and no flow.
                MEASURES[0] if wrapped else MEASURES[self.measure.currentIndex()],
                self.aligned.isChecked(),
                "" if region == _WHOLE else region,
            )
        )

    def show_options(self, now: SearchOptions, *, face: bool) -> None:
        """Show the options in force; ``face`` says whether one is known in this clip."""
        fields = (self.variant, self.ratio, self.measure, self.region)
        for field in fields:
            field.blockSignals(True)
        self.variant.setCurrentIndex(VARIANTS.index(now.variant))
        self.ratio.setValue(now.ratio or _RATIO)
        self.measure.setCurrentIndex(MEASURES.index(now.measure))
        self.region.setCurrentIndex((("", *REGIONS)).index(now.region))
        for field in fields:
            field.blockSignals(False)
        self.light.setChecked(now.brightness_free)
        self.aligned.setChecked(now.aligned)
        self.wrapped.setChecked(now.wrapped_uint8)
        self.ratio.setEnabled(now.variant == "two-sided")
        self.measure.setEnabled(not now.wrapped_uint8)
        self.light.setEnabled(not now.wrapped_uint8)
        no_face = bool(now.region) and not face
        faults = [_NO_FLOW] if now.wrapped_uint8 else []
        self.fault.setText(" ".join([*faults, _NO_FACE] if no_face else faults))
        self.fault.setVisible(bool(self.fault.text()))
        note = NOTES[now.variant]
        self.help.setText(f"{note.does} {note.expect} {note.mark}")
