"""How pictures are made: every choice of flow, dynamic image, MM-COF and colour scales."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from meviewer.gui.theme import Theme
from meviewer.gui.widgets.foldable import Foldable
from meviewer.gui.widgets.layout import column
from meviewer.gui.widgets.option_form import OptionForm
from meviewer.gui.widgets.styling import rule
from meviewer.present.option_fields import GROUPS, OptionGroup
from meviewer.present.option_values import defaults, with_values
from meviewer.present.picture_options import PictureOptions

_NOTES = {"mm-cof": "our choice", "scales": "fixed, so that clips compare"}


class PictureChoices(QWidget):
    """Foldable sections.

    Parameters
    ----------
    unfolded : collection of str
        Names of the sections that are unfolded from the start.

    Signals
    -------
    chosen(object)
        `PictureOptions` as the user wants them.
    folded(str, bool)
        A section was folded (True) or unfolded.
    """

    chosen = Signal(object)
    folded = Signal(str, bool)

    def __init__(self, theme: Theme, options: PictureOptions, unfolded: Collection[str]) -> None:
        super().__init__()
        self._theme, self._options = theme, options
        self.sections = {
            group.name: self._section(group, group.name in unfolded) for group in GROUPS
        }
        parts: list[QWidget] = []
        for section in self.sections.values():
            parts += [rule(), section]
        self.setLayout(column(*parts[1:], spacing=0))

    def form(self, name: str) -> OptionForm:
        """Return the form of a section, unfolding it if need be."""
        section = self.sections[name]
        section.set_unfolded(True)
        assert isinstance(section.body, OptionForm)
        return section.body

    def show_options(self, options: PictureOptions) -> None:
        """Show the options in force in every section."""
        if options != self._options:
            self._show(options)

    def _section(self, group: OptionGroup, unfolded: bool) -> Foldable:
        section = Foldable(
            self._theme,
            group.title,
            lambda: self._form(group),
            note=_NOTES.get(group.name, ""),
            unfolded=unfolded,
        )
        section.folded.connect(lambda folded: self.folded.emit(group.name, folded))
        section.reset_wanted.connect(lambda: self._reset(group))
        return section

    def _form(self, group: OptionGroup) -> OptionForm:
        form = OptionForm(group, self._options)
        form.changed.connect(self._take)
        return form

    def _take(self, options: PictureOptions) -> None:
        self._show(options)
        self.chosen.emit(options)

    def _reset(self, group: OptionGroup) -> None:
        # Also takes away what was typed and refused.
        self._take(with_values(self._options, defaults(group)))

    def _show(self, options: PictureOptions) -> None:
        self._options = options
        for section in self.sections.values():
            if isinstance(section.body, OptionForm):
                section.body.show_options(options)
