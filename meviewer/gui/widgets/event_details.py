"""What a coder says of an event beside its frames and emotion: action units, confidence, notes."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QLineEdit, QWidget

from meviewer.core.action_units import ActionUnit, format_units, parse
from meviewer.core.events import Event
from meviewer.gui.theme import Space
from meviewer.gui.widgets.fields import set_invalid, whole_number
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import column
from meviewer.present.event_details import units_words, unread_part

_NOT_SAID, _STEP = -5, 5


class EventDetails(QWidget):
    """Three fields of one event.

    Nothing waits for Return: a clip that is left while a field has the focus loses nothing.

    Signals
    -------
    units_said(tuple of ActionUnit)
    confidence_said(float or None)
        0 to 1.
    notes_said(str)
        What was just typed; at every key.
    """

    units_said = Signal(object)
    confidence_said = Signal(object)
    notes_said = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[int, int] | None = None
        self.units = QLineEdit()
        self.units.setPlaceholderText("4+7, L12B (U)")
        self.units.setAccessibleName("Action units")
        self.names = label("", "caption", wrap=True)
        self.confidence = whole_number(
            _NOT_SAID, _NOT_SAID, 100, step=_STEP, unit="%", name="Your confidence"
        )
        self.confidence.setSpecialValueText("not said")
        self.notes = QLineEdit()
        self.notes.setPlaceholderText("What should be remembered")
        self.notes.setAccessibleName("Notes")
        form = QFormLayout()
        form.setHorizontalSpacing(Space.l)
        form.setVerticalSpacing(Space.m)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(label("Units", "second"), column(self.units, self.names, spacing=Space.xs))
        form.addRow(label("Confidence", "second"), self.confidence)
        form.addRow(label("Notes", "second"), self.notes)
        form.setContentsMargins(0, 0, 0, 0)
        self.setLayout(form)
        self._connect()

    def _connect(self) -> None:
        self.units.textEdited.connect(self._read_units)
        self.notes.textEdited.connect(self.notes_said)
        self.confidence.valueChanged.connect(self._read_confidence)
        for field in (self.units, self.notes):
            field.returnPressed.connect(field.clearFocus)  # single letters are keys again

    def begin(self) -> None:
        """Let the next keys be typed into the first field."""
        self.units.setFocus()
        self.units.selectAll()

    def show_event(self, sample_id: int, event: Event) -> None:
        """Show what is said of an event; what is being typed about it keeps its spelling."""
        other = self._shown != (sample_id, event.id)
        self._shown = (sample_id, event.id)
        if other or _units(self.units.text()) != event.action_units:
            self.units.setText(format_units(event.action_units))
            set_invalid(self.units, "")
        self.names.setText(units_words(event.action_units))
        self.names.setVisible(bool(event.action_units))
        if self.notes.text() != event.notes:
            self.notes.setText(event.notes)
        share = _NOT_SAID if event.confidence is None else round(event.confidence * 100)
        blocked = self.confidence.blockSignals(True)
        self.confidence.setValue(share)
        self.confidence.blockSignals(blocked)

    def _read_units(self, text: str) -> None:
        unread = unread_part(text)
        set_invalid(self.units, f"No action unit: {unread}" if unread else "")
        self.units_said.emit(_units(text))

    def _read_confidence(self, percent: int) -> None:
        self.confidence_said.emit(None if percent < 0 else percent / 100)


def _units(text: str) -> tuple[ActionUnit, ...]:
    return tuple(sorted(set(parse(text))))
