"""A form of groups of fields: labels left, controls of one width right, faults below in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from meviewer.gui.theme import Space
from meviewer.gui.widgets.labels import label
from meviewer.gui.widgets.layout import boxed, column, row
from meviewer.gui.widgets.styling import rule
from meviewer.gui.widgets.train_controls import Control, control_for
from meviewer.present.training_fields import Field, FieldGroup

_CONTROL_PX = 164


class FieldsForm(QWidget):
    """Shows groups of fields; its controls are built once for a set of fields.

    Parameters
    ----------
    tools : mapping of str to callable, optional
        Makes the small button that stands in front of the control of a field.

    Signals
    -------
    edited(str, object)
        Name of a field, and the value that the user has given it.
    """

    edited = Signal(str, object)

    def __init__(
        self,
        parent: QWidget | None = None,
        tools: Mapping[str, Callable[[], QWidget]] | None = None,
    ) -> None:
        super().__init__(parent)
        self._tools = dict(tools or {})
        self._built: tuple[tuple[str, str], ...] = ()
        self._groups: list[_Group] = []
        self._rows: dict[str, _Row] = {}
        self._content: QWidget | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)

    def show_groups(self, groups: tuple[FieldGroup, ...]) -> None:
        """Show these groups; the controls stay while names and kinds of the fields do."""
        shape = tuple((field.name, field.kind) for group in groups for field in group.fields)
        if shape != self._built or len(groups) != len(self._groups):
            self._build(groups)
            self._built = shape
        for shown, group in zip(self._groups, groups, strict=True):
            shown.show_group(group)
            for field in group.fields:
                self._rows[field.name].show_field(field)

    def control(self, name: str) -> Control:
        """Return the control of a field."""
        return self._rows[name].control

    def _build(self, groups: tuple[FieldGroup, ...]) -> None:
        if self._content is not None:
            self._layout.removeWidget(self._content)
            self._content.hide()
            self._content.deleteLater()
        self._rows = {}
        self._groups = []
        inner = column(spacing=0)
        for group in groups:
            rows = [self._make_row(field) for field in group.fields]
            shown = _Group(rows)
            self._groups.append(shown)
            inner.addWidget(shown)
            inner.addWidget(rule())
        self._content = boxed(inner)
        self._layout.addWidget(self._content)

    def _make_row(self, field: Field) -> _Row:
        make = self._tools.get(field.name)
        made = _Row(field, make() if make is not None else None)
        made.control.edited.connect(lambda value: self.edited.emit(field.name, value))
        self._rows[field.name] = made
        return made


class _Group(QWidget):
    """Heading, note, rows and a caption."""

    def __init__(self, rows: list[_Row]) -> None:
        super().__init__()
        self._title, self._note = label("", "strong"), label("", "caption")
        self._caption = label("", "caption", wrap=True)
        head = row(self._title, self._note, None, spacing=Space.s)
        margins = (Space.l, Space.l, Space.l, Space.l)
        self.setLayout(column(head, *rows, self._caption, margins=margins))

    def show_group(self, group: FieldGroup) -> None:
        self._title.setText(group.title)
        _say(self._note, group.note)
        _say(self._caption, group.caption)


class _Row(QWidget):
    """Label and control in one line; what is wrong stands below."""

    def __init__(self, field: Field, button: QWidget | None) -> None:
        super().__init__()
        self.control = control_for(field)
        self._fault = label("", "caption", "error", wrap=True)
        # A flag carries its label itself, and a lone choice needs none: both take the whole line.
        alone = field.kind == "flag" or not field.label
        self._label = None if alone else label("", "second")
        if self._label is None:
            line = row((self.control, 1))
        else:
            self._label.setBuddy(self.control)
            self.control.setFixedWidth(_CONTROL_PX)
            line = row(self._label, None, *([button] if button else []), self.control)
        self.setLayout(column(line, self._fault, spacing=Space.xs))

    def show_field(self, field: Field) -> None:
        if self._label is not None:
            self._label.setText(field.label)
            self._label.setToolTip(field.tip)
        self.control.show_field(field)
        _say(self._fault, field.fault)


def _say(widget: QLabel, text: str) -> None:
    widget.setText(text)
    widget.setVisible(bool(text))
