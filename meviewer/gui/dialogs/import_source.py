"""Where a data set lies, which it is, and which sheet labels it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from meviewer.data import registry
from meviewer.data.reader import Claim
from meviewer.gui.stores.data_set import Wish
from meviewer.gui.theme import Space, Theme
from meviewer.gui.widgets.buttons import push
from meviewer.gui.widgets.fields import choice
from meviewer.gui.widgets.labels import ElidedLabel, label

_NONE = "Choose the data set…"
_OTHER = "Another file…"
GENERIC = "generic"
"""The reader that has to be told which column is which."""


class ImportSource(QWidget):
    """Three lines: folder, data set, label file.

    Signals
    -------
    wished(Wish)
        The user has chosen something else.
    other_root(), other_labels(), other_columns()
        The user wants to look for another folder, another label file, or say which column of a
        table is which.
    """

    wished = Signal(object)
    other_root = Signal()
    other_labels = Signal()
    other_columns = Signal()

    def __init__(self, theme: Theme, root: Path) -> None:
        super().__init__()
        self._wish = Wish(root)
        self._claims: tuple[Claim, ...] = ()
        self._sheets: tuple[Path, ...] = ()
        self._readers = sorted(
            ((one.name, one.title) for one in registry.readers()), key=lambda one: one[1].casefold()
        )
        self._folder = ElidedLabel(str(root), "second")
        change = push("Change…", "quiet", theme, "folder", compact=True)
        change.clicked.connect(self.other_root)
        self.reader = choice((_NONE, *(title for _name, title in self._readers)), 0, "Data set")
        self._why = label("", "caption")
        self.labels = choice((_OTHER,), 0, "Label file")
        self.columns = push("Columns…", "", theme, "gear", compact=True)
        self.columns.clicked.connect(self.other_columns)
        self.tree = choice((), 0, "Pictures")
        self._tree_words = label("Pictures", "second")
        self._build(change)
        self.reader.activated.connect(self._reader_chosen)
        self.labels.activated.connect(self._labels_chosen)
        self.tree.activated.connect(self._tree_chosen)

    def _build(self, change: QWidget) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.l)
        grid.setVerticalSpacing(Space.m)
        grid.setColumnStretch(1, 2)
        grid.setColumnStretch(3, 1)
        for at, words in enumerate(("Folder", "Data set", "Label file")):
            grid.addWidget(label(words, "second"), at, 0)
        grid.addWidget(self._folder, 0, 1, 1, 3)
        grid.addWidget(change, 0, 4)
        grid.addWidget(self.reader, 1, 1)
        grid.addWidget(self._why, 1, 2, 1, 3)
        grid.addWidget(self.labels, 2, 1)
        grid.addWidget(self.columns, 2, 2)
        grid.addWidget(self._tree_words, 2, 2)
        grid.addWidget(self.tree, 2, 3, 1, 2)

    def show_claims(self, claims: Sequence[Claim], wish: Wish, sheets: Sequence[Path]) -> None:
        """Offer first what the readers know of the folder, or else the sheets in it."""
        self._claims, self._sheets = tuple(claims), tuple(sheets)
        known = {claim.reader for claim in claims}
        self._readers.sort(key=lambda one: (one[0] not in known, one[1].casefold()))
        self.reader.clear()
        self.reader.addItems([_NONE, *(title for _name, title in self._readers)])
        self.show_wish(wish, ())

    def show_wish(self, wish: Wish, trees: Sequence[str]) -> None:
        """Show what is chosen."""
        self._wish = wish
        self._folder.setText(str(wish.root))
        names = [name for name, _title in self._readers]
        self.reader.setCurrentIndex(names.index(wish.reader) + 1 if wish.reader in names else 0)
        claim = next((one for one in self._claims if one.reader == wish.reader), None)
        self._why.setText(claim.why[:1].upper() + claim.why[1:] if claim else "")
        self._why.setToolTip(self._why.text())
        self._show_labels(claim, wish)
        self.columns.setVisible(wish.reader == GENERIC and wish.labels is not None)
        self.tree.clear()
        self.tree.addItems(list(trees))
        for widget in (self.tree, self._tree_words):
            widget.setVisible(len(trees) > 1)

    def _show_labels(self, claim: Claim | None, wish: Wish) -> None:
        files = list(claim.labels if claim else self._sheets)
        if wish.labels is not None and wish.labels not in files:
            files.append(wish.labels)
        self.labels.clear()
        for path in files:
            self.labels.addItem(path.name, path)
            self.labels.setItemData(self.labels.count() - 1, str(path), 3)
        if not files:
            self.labels.addItem("None found")
        self.labels.addItem(_OTHER)
        if wish.labels is not None:
            self.labels.setCurrentIndex(files.index(wish.labels))

    def _reader_chosen(self, at: int) -> None:
        name = self._readers[at - 1][0] if at > 0 else ""
        claim = next((one for one in self._claims if one.reader == name), None)
        labels = claim.labels[0] if claim and claim.labels else self._wish.labels
        if claim is None and labels is None and self._sheets and name:
            labels = self._sheets[0]
        self.wished.emit(replace(self._wish, reader=name, labels=labels))

    def _labels_chosen(self, at: int) -> None:
        if self.labels.itemText(at) == _OTHER:
            self.show_wish(self._wish, [self.tree.itemText(i) for i in range(self.tree.count())])
            self.other_labels.emit()
            return
        path = self.labels.itemData(at)
        if isinstance(path, Path) and path != self._wish.labels:
            self.wished.emit(replace(self._wish, labels=path))

    def _tree_chosen(self, at: int) -> None:
        self.wished.emit(replace(self._wish, tree=self.tree.itemText(at)))
