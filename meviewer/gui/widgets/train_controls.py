"""One control a kind of field: each shows a `Field` and says what the user makes of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from meviewer.gui.widgets.buttons import push
from meviewer.gui.widgets.fields import choice, set_invalid, whole_number
from meviewer.gui.widgets.layout import row
from meviewer.present.training_fields import Field, FieldKind, FieldValue

_LEAST_FOLDER_PX, _BUTTON_EDGE_PX = 160, 14
_TEXT_MARGIN_PX = 5  # as of all fields: the inner one ignores the padding of the sheet


class Control(QWidget):
    """A control of 28 px that shows one field.

    Signals
    -------
    edited(object)
        The user has given the field another value: str, int, float or bool.
    """

    edited = Signal(object)

    def __init__(self, control: QWidget) -> None:
        super().__init__()
        self.control = control
        self.setLayout(row(control))
        self.setFocusProxy(control)
        # The wheel scrolls the form: it must not change a field that it passes over.
        control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        control.installEventFilter(self)

    def show_field(self, field: Field) -> None:
        """Show value, range and fault of a field without saying that it was edited."""
        self.control.setAccessibleName(field.label)
        self.control.setEnabled(field.enabled)
        blocked = self.control.blockSignals(True)
        self._show(field)
        self.control.blockSignals(blocked)
        set_invalid(self.control, field.fault)
        if not field.fault:
            self.control.setToolTip(self._tip(field))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and not self.control.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _say(self, value: object) -> None:
        self.edited.emit(value)

    def _show(self, field: Field) -> None:
        """Show value and range; each kind of control does it its own way."""
        raise NotImplementedError

    def _tip(self, field: Field) -> str:
        return field.tip


class _ChoiceControl(Control):
    """One of several values."""

    def __init__(self) -> None:
        self._box: QComboBox = choice(())
        super().__init__(self._box)
        self._box.setMinimumContentsLength(6)
        self._box.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._box.activated.connect(lambda at: self.edited.emit(self._box.itemData(at)))

    def _show(self, field: Field) -> None:
        shown = [self._box.itemData(at) for at in range(self._box.count())]
        if shown != [one.value for one in field.choices]:
            self._box.clear()
            for one in field.choices:
                self._box.addItem(one.text, one.value)
        for at, one in enumerate(field.choices):
            self._box.setItemText(at, one.text)
            self._box.setItemData(at, one.tip, Qt.ItemDataRole.ToolTipRole)
            self._enable(at, one.enabled)
        self._box.setCurrentIndex(self._box.findData(field.value))

    def _enable(self, at: int, enabled: bool) -> None:
        model = self._box.model()
        item = model.item(at) if isinstance(model, QStandardItemModel) else None
        if isinstance(item, QStandardItem):
            item.setEnabled(enabled)


class _WholeControl(Control):
    """A whole number."""

    def __init__(self) -> None:
        self._box: QSpinBox = whole_number(0, 0, 1)
        super().__init__(self._box)
        self._box.setKeyboardTracking(False)
        self._box.valueChanged.connect(self._say)

    def _show(self, field: Field) -> None:
        self._box.setRange(int(field.low), int(min(field.high, 2**31 - 1)))
        self._box.setSingleStep(int(field.step))
        self._box.setSuffix(f" {field.unit}" if field.unit else "")
        if isinstance(field.value, int | float):
            self._box.setValue(int(field.value))


class _PlainDecimals(QDoubleSpinBox):
    """Shows .002 as 0.002, however many decimals may be entered."""

    def textFromValue(self, value: float) -> str:
        text = f"{value:.{self.decimals()}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text


class _RealControl(Control):
    """A number with decimals."""

    def __init__(self) -> None:
        self._box = _PlainDecimals()
        self._box.lineEdit().setTextMargins(_TEXT_MARGIN_PX, 0, 0, 0)
        super().__init__(self._box)
        self._box.setKeyboardTracking(False)
        # A learning rate of .0005 wants other steps than one of .05.
        self._box.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        self._box.valueChanged.connect(self._say)

    def _show(self, field: Field) -> None:
        self._box.setDecimals(field.decimals)
        self._box.setRange(field.low, field.high)
        self._box.setSuffix(f" {field.unit}" if field.unit else "")
        if isinstance(field.value, int | float):
            self._box.setValue(float(field.value))


class _FlagControl(Control):
    """Yes or no; its label stands in the control."""

    def __init__(self) -> None:
        self._box = QCheckBox()
        super().__init__(self._box)
        self._box.toggled.connect(self._say)

    def _show(self, field: Field) -> None:
        self._box.setText(field.label)
        self._box.setChecked(bool(field.value))


class _TextControl(Control):
    """A line of text, told when it is finished."""

    def __init__(self) -> None:
        self._line = QLineEdit()
        super().__init__(self._line)
        self._line.editingFinished.connect(self._finished)
        self._told = ""

    def _finished(self) -> None:
        if self._line.text() != self._told:
            self._told = self._line.text()
            self._say(self._told)

    def _show(self, field: Field) -> None:
        self._told = str(field.value)
        if self._line.text() != self._told:
            self._line.setText(self._told)
            # Of a path the end tells most, of other words the beginning.
            self._line.setCursorPosition(len(self._told) if Path(self._told).is_absolute() else 0)

    def _tip(self, field: Field) -> str:
        """Return first the whole of a text that may be longer than the line."""
        return f"{self._told}\n\n{field.tip}" if Path(self._told).is_absolute() else field.tip


class _FolderControl(Control):
    """A folder, chosen in a dialog; its name is shown."""

    def __init__(self) -> None:
        self._button = push("")
        super().__init__(self._button)
        self._path = ""
        self._button.clicked.connect(self._ask)

    @property
    def path(self) -> str:
        """The folder that is shown."""
        return self._path

    def _ask(self) -> None:
        found = QFileDialog.getExistingDirectory(self, "Folder of flow pictures", self._path)
        if found:
            self._say(found)

    def _show(self, field: Field) -> None:
        self._path = str(field.value)
        name = Path(self._path).name
        metrics = self._button.fontMetrics()
        room = max(self.width(), _LEAST_FOLDER_PX) - 2 * _BUTTON_EDGE_PX
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room)
        self._button.setText(shown or "Choose…")
        self._button.setToolTip(self._path or field.tip)


_KINDS: dict[FieldKind, Callable[[], Control]] = {
    "choice": _ChoiceControl,
    "int": _WholeControl,
    "float": _RealControl,
    "flag": _FlagControl,
    "text": _TextControl,
    "folder": _FolderControl,
}


def control_for(field: Field) -> Control:
    """Return a control that shows ``field``."""
    made = _KINDS[field.kind]()
    made.show_field(field)
    return made


def value_of(control: Control) -> FieldValue:
    """Return what a control shows, for tests and for reading a form as a whole."""
    box = control.control
    if isinstance(box, QComboBox):
        return str(box.currentData())
    if isinstance(control, _FolderControl):
        return control.path
    if isinstance(box, QLineEdit):
        return box.text()
    if isinstance(box, QSpinBox | QDoubleSpinBox):
        return box.value()
    assert isinstance(box, QCheckBox)
    return box.isChecked()
