"""Class schemes: which there are, what each makes of the labels of this project, and changes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QWidget

from meviewer.core.errors import LabelError, MeviewerError
from meviewer.core.labels import ClassScheme
from meviewer.core.scheme_edits import add_class, assign, move_class, remove_class, rename_class
from meviewer.data.scheme_text import fault_of_name
from meviewer.data.schemes import Origin
from meviewer.gui.context import Context
from meviewer.gui.dialogs.above import keep_above
from meviewer.gui.dialogs.ask import ask_name
from meviewer.gui.theme import Size, Space
from meviewer.gui.widgets.buttons import push, tool
from meviewer.gui.widgets.fields import choice
from meviewer.gui.widgets.labels import ElidedLabel, label
from meviewer.gui.widgets.layout import boxed, column, row
from meviewer.gui.widgets.notices import MessageCard
from meviewer.gui.widgets.scheme_classes import SchemeClasses
from meviewer.gui.widgets.scheme_words import SchemeWords
from meviewer.gui.widgets.styling import make_surface, rule
from meviewer.gui.widgets.tables import Cell, Column, Table
from meviewer.present.scheme_desk import SchemeDesk, free_name
from meviewer.present.schemes import LabelWords, view, words_of

_SIZE = (1160, 700)
_LIST_PX = 320
_TIER_PX = 120
_SLOT = "schemes"
_READ_ONLY = "Comes with the program. Duplicate it to change it."
_KEPT = "Every change is saved at once; Ctrl+Z takes it back."


class SchemeEditor(QDialog):
    """One window on all class schemes.

    Parameters
    ----------
    context : Context
    parent : QWidget
    scheme, tier : str
        What to show first; empty for whatever there is.

    Signals
    -------
    changed()
        A scheme was changed, made or removed.
    """

    changed = Signal()

    def __init__(self, context: Context, parent: QWidget, scheme: str = "", tier: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle("Class schemes")
        self.resize(*_SIZE)
        make_surface(self, "panel")
        theme, project = context.theme, context.workspace.project
        self._context, self._labels = context, tuple[LabelWords, ...]()
        self.desk = SchemeDesk(project.folder if project else None)
        self.desk.choose(scheme)
        self._names: tuple[str, ...] = ()
        columns = (Column("Scheme", width=None), Column("Whose", width=76))
        self.list = Table(theme, columns, "Class schemes")
        self.for_me = push("Duplicate for me", theme=theme, name="copy", tip="Copy it (Ctrl+D)")
        self.for_project = push("Into the project", tip="Copy it into the project (Ctrl+Shift+D)")
        self.remove = tool(theme, "remove", tip="Remove this scheme (Ctrl+Del)")
        self.tiers = choice(project.coders() if project else (), name="Labels that are counted")
        self.tiers.setMinimumWidth(_TIER_PX)
        self._title, self._about = ElidedLabel("", "title"), label("", "second", wrap=True)
        self._state = label("", "caption", wrap=True)
        self.classes, self.words = SchemeClasses(theme), SchemeWords()
        self.summary = label("", "strong", wrap=True)
        self.card = MessageCard(theme, "error", "", closable=True)
        self.card.hide()
        self.back = tool(theme, "undo", tip="Take the last change back (Ctrl+Z)")
        self.again = tool(theme, "redo", tip="Make it again (Ctrl+Shift+Z)")
        self._done = push("Close")
        self._build()
        self._connect()
        self._choose_tier(tier)
        self._refresh()
        self._read_labels()
        keep_above(self, self._done)
        self.list.setFocus()

    def _build(self) -> None:
        copies = row(self.for_me, self.for_project, None, self.remove, spacing=Space.s)
        left = boxed(column((self.list, 1), copies))
        left.setFixedWidth(_LIST_PX)
        heading = label("Words of the labels", "strong")
        heading.setFixedHeight(Size.control)  # in line with the buttons of the classes
        words = boxed(column(heading, (self.words, 1), spacing=Space.s))
        parts = row((self.classes, 2), (words, 3), spacing=Space.xxl)
        head = column(self._title, self._about, self._state, spacing=Space.xs)
        right = column(head, (boxed(parts), 1), self.card, self.summary, spacing=Space.l)
        body = row(left, (boxed(right), 1), spacing=Space.xl)
        body.setContentsMargins(Space.xl, Space.l, Space.xl, Space.l)
        counted = row(label("Labels by", "second"), self.tiers)
        ways = row(self.back, self.again, spacing=Space.xs)
        foot = row(ways, Space.l, counted, None, self._done)
        foot.setContentsMargins(Space.xl, Space.m, Space.xl, Space.l)
        self.setLayout(column((boxed(body), 1), rule(), foot, spacing=0))

    def _connect(self) -> None:
        self.list.row_chosen.connect(self._choose)
        self.for_me.clicked.connect(lambda: self._duplicate(Origin.USER))
        self.for_project.clicked.connect(lambda: self._duplicate(Origin.PROJECT))
        self.remove.clicked.connect(lambda: self._do(self.desk.remove))
        self.back.clicked.connect(lambda: self._do(self.desk.undo))
        self.again.clicked.connect(lambda: self._do(self.desk.redo))
        self.tiers.activated.connect(lambda _: self._read_labels())
        self.words.assigned.connect(self._assign)
        self.classes.add_wanted.connect(self._add_class)
        self.classes.rename_wanted.connect(self._rename_class)
        self.classes.remove_wanted.connect(lambda name: self._change(remove_class, name))
        self.classes.move_wanted.connect(self._move_class)
        self._done.clicked.connect(self.accept)
        for keys, button in {
            "Ctrl+D": self.for_me,
            "Ctrl+Shift+D": self.for_project,
            "Ctrl+Del": self.remove,
            "Ctrl+Z": self.back,
            "Ctrl+Shift+Z": self.again,
            "Ctrl+Y": self.again,
        }.items():
            QShortcut(QKeySequence(keys), self, button.click)

    # What is shown

    def _choose_tier(self, tier: str) -> None:
        wanted = (tier, "truth", self._context.workspace.coder)
        known = [self.tiers.itemText(at) for at in range(self.tiers.count())]
        self.tiers.setCurrentIndex(next((known.index(one) for one in wanted if one in known), 0))

    def _read_labels(self) -> None:
        """Count anew; a project of thousands of labels takes a moment."""
        project, tier = self._context.workspace.project, self.tiers.currentText()
        if project is None:
            return
        self._context.workspace.flush()
        self._context.background.run(
            _SLOT, lambda: words_of(project, tier), self._take_labels, self._show_error
        )

    def _take_labels(self, labels: tuple[LabelWords, ...]) -> None:
        self._labels = labels
        self.desk.take_labels(labels)
        self._refresh()

    def _refresh(self) -> None:
        entries, chosen = self.desk.entries, self.desk.chosen
        self._names = tuple(entry.name for entry in entries)
        self.list.show_rows(
            [
                [Cell(e.scheme.words, strong=e.editable, tip=e.scheme.text), Cell(e.whose)]
                for e in entries
            ]
        )
        at = self._names.index(chosen.name)
        self.list.select(at)
        self.list.scrollTo(self.list.model().index(at, 0))
        shown = view(chosen.scheme, self._labels)
        self._title.setText(shown.title)
        self._about.setText(shown.text)
        self._about.setVisible(bool(shown.text))
        state = _KEPT if chosen.editable else _READ_ONLY
        self._state.setText(f"In experiments: {chosen.name}. {state}")
        self.classes.show_view(shown, editable=chosen.editable)
        self.words.show_view(shown, editable=chosen.editable)
        self.summary.setText(shown.summary)
        self.remove.setEnabled(chosen.editable)
        self.for_project.setEnabled(self.desk.project is not None)
        self.tiers.setEnabled(self.tiers.count() > 1)
        self.back.setEnabled(self.desk.can_undo)
        self.again.setEnabled(self.desk.can_redo)

    def _show_error(self, error: MeviewerError) -> None:
        self.card.show_error(error)
        self.card.show()

    # What is done

    def _choose(self, at: int) -> None:
        self.card.hide()
        self.desk.choose(self._names[at])
        self._refresh()

    def _do(self, act: Callable[[], None]) -> bool:
        """Do something to the schemes; what cannot be done is said, and nothing has changed."""
        self.card.hide()
        try:
            act()
        except MeviewerError as error:
            self._show_error(error)
            self._refresh()
            return False
        self._refresh()
        self.changed.emit()
        return True

    def _duplicate(self, origin: Origin) -> None:
        name = ask_name(self, "Duplicate", "Name of the copy:", free_name(self.desk))
        if name is not None:
            self._do(lambda: self.desk.duplicate(name, origin))

    def _assign(self, word: str, name: str) -> None:
        self._do(lambda: self.desk.change(assign(self.desk.chosen.scheme, word, name or None)))

    def _add_class(self) -> None:
        name = ask_name(self, "Add a class", "Name of the class:")
        if name is not None and self._do(lambda: self._named(add_class, name)):
            self.classes.select(name)

    def _rename_class(self, old: str) -> None:
        name = ask_name(self, "Rename the class", "Name of the class:", old)
        if name is not None and name != old:
            self._do(lambda: self._named(lambda s, new: rename_class(s, old, new), name))

    def _move_class(self, name: str, by: int) -> None:
        if self._do(lambda: self.desk.change(move_class(self.desk.chosen.scheme, name, by))):
            self.classes.select(name)

    def _change(self, edit: Callable[[ClassScheme, str], ClassScheme], name: str) -> None:
        self._do(lambda: self.desk.change(edit(self.desk.chosen.scheme, name)))

    def _named(self, edit: Callable[[ClassScheme, str], ClassScheme], name: str) -> None:
        fault = fault_of_name(name, "class")
        if name in self.desk.chosen.scheme.classes:
            fault = "there is a class of that name"
        if fault:
            now = "choose another name"
            raise LabelError("The class cannot be named so", where=name, why=fault, now=now)
        self.desk.change(edit(self.desk.chosen.scheme, name))
