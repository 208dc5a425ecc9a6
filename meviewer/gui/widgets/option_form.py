"""A form built from option fields: it changes options, and says in words what will not do."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QFormLayout, QSpinBox, QWidget

from meviewer.core.errors import MeviewerError
from meviewer.gui.theme import Space
from meviewer.gui.widgets.fields import choice, real_number, set_invalid, whole_number
from meviewer.gui.widgets.labels import label
from meviewer.present.option_fields import OptionField, OptionGroup
from meviewer.present.option_values import applies, fault_of, value_of, with_values
from meviewer.present.picture_options import Parameter, PictureOptions

Control = QCheckBox | QComboBox | QDoubleSpinBox | QSpinBox


class OptionForm(QWidget):
    """The fields of one group.

    Signals
    -------
    changed(object)
        `PictureOptions` as the user wants them; not while the fields contradict one another.
    """

    changed = Signal(object)

    def __init__(self, group: OptionGroup, options: PictureOptions) -> None:
        super().__init__()
        self._group, self._options = group, options
        self._controls: dict[str, Control] = {}
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(Space.l)
        self._form.setVerticalSpacing(Space.s)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for field in group.fields:
            self._add(field)
        self.fault = label("", "caption", "error", wrap=True)
        self._form.addRow(self.fault)
        self.show_options(options)

    @property
    def options(self) -> PictureOptions:
        """What is shown."""
        return self._options

    def control(self, key: str) -> Control:
        """Return the control of a field."""
        return self._controls[key]

    def show_options(self, options: PictureOptions) -> None:
        """Show these options."""
        self._options = options
        for field in self._group.fields:
            control = self._controls[field.key]
            with QSignalBlocker(control):
                _set(control, field, value_of(options, field.key))
            set_invalid(control, "")
            control.setToolTip(field.help)
            self._form.setRowVisible(control, applies(field, options))
        self.fault.setText("")
        self._form.setRowVisible(self.fault, False)

    def _add(self, field: OptionField) -> None:
        control = _made(field)
        control.setToolTip(field.help)
        self._controls[field.key] = control
        key = field.key
        if isinstance(control, QCheckBox):
            self._form.addRow(control)
            control.clicked.connect(lambda _=False: self._take(key))
            return
        if isinstance(control, QComboBox):
            control.activated.connect(lambda _=0: self._take(key))
        else:
            control.valueChanged.connect(lambda _=0: self._take(key))
        self._form.addRow(label(field.label), control)

    def _take(self, key: str) -> None:
        values = {field.key: self._value(field) for field in self._group.fields}
        try:
            options = with_values(self._options, values)
        except MeviewerError as error:
            words = fault_of(error)
            set_invalid(self._controls[key], words)
            self.fault.setText(words)
            self._form.setRowVisible(self.fault, True)
            return
        self.show_options(options)
        self.changed.emit(options)

    def _value(self, field: OptionField) -> Parameter:
        control = self._controls[field.key]
        if isinstance(control, QCheckBox):
            return control.isChecked()
        if isinstance(control, QComboBox):
            return field.choices[control.currentIndex()][0]
        before = value_of(self._options, field.key)
        now = control.value()
        # A field that rounds must not change a value that nobody touched.
        kept = isinstance(before, float) and round(before, field.decimals) == now
        return before if kept else now


def _made(field: OptionField) -> Control:
    if field.kind == "flag":
        box = QCheckBox(field.label)
        box.setAccessibleName(field.label)
        return box
    if field.kind == "choice":
        return choice([words for _, words in field.choices], 0, field.label)
    if field.kind == "whole":
        low, high, step = int(field.low), int(field.high), int(field.step)
        return whole_number(low, low, high, step=step, unit=field.unit, name=field.label)
    return real_number(
        field.low,
        field.low,
        field.high,
        decimals=field.decimals,
        step=field.step,
        unit=field.unit,
        name=field.label,
    )


def _set(control: Control, field: OptionField, value: Parameter) -> None:
    if isinstance(control, QCheckBox):
        control.setChecked(bool(value))
    elif isinstance(control, QComboBox):
        names = [name for name, _ in field.choices]
        control.setCurrentIndex(names.index(str(value)) if value in names else 0)
    elif isinstance(control, QSpinBox):
        control.setValue(int(float(str(value))))
    else:
        control.setValue(float(str(value)))
