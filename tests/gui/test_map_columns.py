"""A table that no reader knows: its columns are named in a dialog with a live preview."""

from __future__ import annotations

import factories
import pytest

from meviewer.data.readers import generic_mapping
from meviewer.data.tables.reading import read_workbook
from meviewer.gui.dialogs.import_data_set import ImportDialog
from meviewer.gui.dialogs.map_columns import MapColumnsDialog

_COLUMNS = {"subject": "Wer", "clip": "Film", "onset": "Beginn", "apex": "Mitte", "offset": "Ende"}


@pytest.fixture
def root(tmp_path):
    """Two clips and a sheet in German with a note above its header."""
    root = tmp_path / "labor"
    for clip in ("f1", "f2"):
        frames = factories.moving_frames(height=24, width=20) + (clip == "f2")
        factories.write_clip(root / "p1" / clip, frames)
    (root / "liste.csv").write_text(
        "Unser Labor, 2026,,,\nWer,Film,Beginn,Mitte,Ende\np1,f1,110,120,130\np1,f2,112,,131\n"
    )
    return root


@pytest.fixture
def mapping_dialog(window, root, qtbot):
    """The dialog as it is reached: open the folder, choose the generic table."""
    window.open_path(root)
    dialog = window.findChild(ImportDialog)
    qtbot.waitUntil(lambda: not window.busy, timeout=10_000)
    titles = [dialog.source.reader.itemText(i) for i in range(dialog.source.reader.count())]
    at = next(i for i, title in enumerate(titles) if title.startswith("Generic table"))
    dialog.source.reader.setCurrentIndex(at)
    assert "liste.csv" in dialog._nothing.accessibleName()
    dialog.source.reader.activated.emit(at)
    qtbot.waitUntil(lambda: dialog.findChild(MapColumnsDialog) is not None, timeout=10_000)
    return dialog, dialog.findChild(MapColumnsDialog)


def _name_columns(dialog):
    dialog.header.setValue(2)
    for name, column in _COLUMNS.items():
        dialog.columns[name].setCurrentText(column)
    dialog._refresh()


def test_without_the_needed_columns_nothing_can_be_read(mapping_dialog):
    _importing, dialog = mapping_dialog
    dialog.header.setValue(1)
    assert not dialog.go.isEnabled()
    assert "Onset" in dialog._problems.text()
    dialog.reject()


def test_the_preview_follows_every_choice(mapping_dialog):
    _importing, dialog = mapping_dialog
    _name_columns(dialog)
    shown = [[cell.text for cell in row] for row in dialog._preview.rows]
    assert any("110" in row and "p1" in row for row in shown)
    assert dialog.go.isEnabled()
    dialog.reject()


def test_named_columns_are_read_imported_and_remembered(mapping_dialog, window, tmp_path, qtbot):
    importing, dialog = mapping_dialog
    _name_columns(dialog)
    dialog.go.click()
    qtbot.waitUntil(lambda: importing.state() is not None, timeout=10_000)
    assert importing.state().n_samples == 2
    importing.choices.set_new_folder(tmp_path / "project")
    with qtbot.waitSignal(importing.imported, timeout=20_000):
        importing.go.click()
    workspace = window.context.workspace
    qtbot.waitUntil(lambda: workspace.session is not None, timeout=20_000)
    assert workspace.session.annotation.events[0].apex == 19
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)
    book = read_workbook(tmp_path / "labor" / "liste.csv")
    known = generic_mapping.remembered(book, book.tables[0].name, 2)
    assert dict(known)["onset"] == "Beginn"
