"""From a folder that is opened or dropped to labelled clips in the window."""

from __future__ import annotations

from pathlib import Path

import factories
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from meviewer.core.findings import Severity
from meviewer.gui.dialogs.import_data_set import ImportDialog
from meviewer.gui.routing import What, what_is
from meviewer.project.importing import ApexPolicy
from meviewer.project.project import Project

_HEADER = "subject,clip,onset,apex,offset,emotion,action_units,coder\n"


@pytest.fixture
def root(tmp_path):
    """Two clips; four rows: a good one, one without apex, one beyond its clip, one twice."""
    root = tmp_path / "my set"
    frames = factories.moving_frames(height=24, width=20)
    for clip in ("c1", "c2"):
        factories.write_clip(root / "s1" / clip, frames + (clip == "c2"))
    (root / "labels.csv").write_text(
        f"{_HEADER}s1,c1,110,120,130,happiness,12,\ns1,c2,110,/,130,disgust,4,\n"
        "s1,c1,135,138,150,fear,,\ns1,c1,110,121,130,fear,,\n"
    )
    return root


@pytest.fixture
def dialog(window, root, qtbot):
    """The dialog on the data set, with the doctor's report."""
    window.open_path(root)
    found = window.findChild(ImportDialog)
    qtbot.waitUntil(lambda: found.state() is not None, timeout=10_000)
    qtbot.waitUntil(lambda: not window.busy, timeout=10_000)
    return found


def _into(dialog, folder: Path, qtbot):
    dialog.choices.set_new_folder(folder)
    with qtbot.waitSignal(dialog.imported, timeout=20_000):
        dialog.go.click()


def test_the_report_is_there_before_anything_is_written(dialog, root, tmp_path):
    state = dialog.state()
    assert (state.n_samples, state.n_without_apex) == (2, 1)
    assert state.summary == "4 rows: 2 can be imported; 2 left out"
    first = state.kinds[0]
    assert (first.title, first.count, first.severity) == ("Rows left out", 2, Severity.ERROR)
    assert dialog.go.text() == "Import 2 labels"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["my set"]
    assert dialog.source.reader.currentText() == "Folders of subjects and clips with labels.csv"


def test_a_kind_shows_its_rows_and_a_row_shows_the_sheet(dialog):
    kinds = [row[0].text for row in dialog.report.kinds.rows]
    dialog.report.kinds.selectRow(kinds.index("Apex missing"))
    assert [row[0].text for row in dialog.report.rows.rows] == ["3"]
    assert "apex: /" in dialog.report._cells.text()


def test_a_fix_is_made_only_when_ticked(dialog, qtbot):
    box = dialog.choices.fix("cut-at-clip")
    assert not box.isChecked()
    box.click()
    qtbot.waitUntil(lambda: dialog.go.text() == "Import 3 labels", timeout=10_000)
    assert dialog.choices.fix("cut-at-clip").isChecked()
    assert "1 of them fixed" in dialog.state().summary


def test_the_import_opens_the_new_project_with_its_labels(dialog, window, tmp_path, qtbot):
    _into(dialog, tmp_path / "project", qtbot)
    workspace = window.context.workspace
    qtbot.waitUntil(lambda: workspace.session is not None, timeout=20_000)
    assert workspace.project.folder == tmp_path / "project"
    assert workspace.session.annotation.events[0].apex == 19
    second = workspace.project.find_sample("s1", "c2")
    assert not workspace.project.annotation(second.id, "A").events[0].has_apex
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)
    assert window.findChild(ImportDialog) is None


def test_a_missing_apex_is_searched_for_when_the_user_says_so(dialog, tmp_path, qtbot):
    dialog.choices.set_apex(ApexPolicy.FREE)
    _into(dialog, tmp_path / "project", qtbot)
    with Project.open(tmp_path / "project", read_only=True) as project:
        found = project.annotation(project.find_sample("s1", "c2").id, "A").events[0]
    assert found.apex_source.value == "gamdss"
    assert abs(found.apex - 20) <= 1


def test_an_import_into_the_open_project_adds_to_it(opened, root, qtbot):
    opened.open_path(root)
    dialog = opened.findChild(ImportDialog)
    qtbot.waitUntil(lambda: dialog.state() is not None, timeout=10_000)
    dialog.choices.into_open.setChecked(True)
    with qtbot.waitSignal(dialog.imported, timeout=20_000):
        dialog.go.click()
    workspace = opened.context.workspace
    qtbot.waitUntil(
        lambda: workspace.session is not None and workspace.session.sample.dataset == "example",
        timeout=20_000,
    )
    assert len(workspace.project.samples()) == 6
    qtbot.waitUntil(lambda: not opened.busy, timeout=20_000)


def test_closing_the_dialog_leaves_everything_as_it_was(dialog, window, tmp_path, qtbot):
    dialog.choices.set_new_folder(tmp_path / "project")
    dialog.reject()
    assert not (tmp_path / "project").exists()
    assert window.context.workspace.project is None


def test_a_project_folder_in_the_way_is_said_and_nothing_is_lost(dialog, tmp_path, qtbot):
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "thesis.txt").write_text("years")
    dialog.choices.set_new_folder(tmp_path / "project")
    with qtbot.waitSignal(dialog.data_set.failed, timeout=10_000):
        dialog.go.click()
    assert dialog._card.isVisible()
    assert (tmp_path / "project" / "thesis.txt").read_text() == "years"
    assert dialog.go.isEnabled()


def test_a_folder_that_nobody_knows_says_what_to_do(window, tmp_path, qtbot):
    factories.write_clip(tmp_path / "odd" / "deep" / "clip", factories.moving_frames(n=3))
    window.open_path(tmp_path / "odd")
    dialog = window.findChild(ImportDialog)
    qtbot.waitUntil(lambda: not window.busy, timeout=10_000)
    assert "No reader knows this folder" in dialog._nothing.accessibleName()
    assert "generic table" in dialog._nothing.accessibleName()
    assert not dialog.go.isEnabled()
    dialog.reject()


def test_dropping_a_folder_is_opening_it(window, root, qtbot):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(root))])
    drop = QDropEvent(
        QPointF(50, 50),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    window.dropEvent(drop)
    qtbot.waitUntil(lambda: window.findChild(ImportDialog) is not None, timeout=5_000)
    dialog = window.findChild(ImportDialog)
    qtbot.waitUntil(lambda: dialog.state() is not None, timeout=10_000)
    dialog.reject()


def test_several_dropped_clips_are_all_kept(window, root, qtbot):
    window._open_dropped([root / "s1" / "c1", root / "s1" / "c2"])
    workspace = window.context.workspace
    qtbot.waitUntil(lambda: workspace.session is not None, timeout=20_000)
    assert [s.name for s in workspace.project.samples()] == ["c1", "c2"]
    assert workspace.session.sample.name == "c1"
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)


def test_a_path_is_known_by_a_glance(root, small_project, tmp_path):
    assert what_is(small_project) is What.PROJECT
    assert what_is(root) is What.DATA_SET
    assert what_is(root / "s1" / "c1") is What.CLIP
    (tmp_path / "film.avi").write_bytes(b"RIFF")
    assert what_is(tmp_path / "film.avi") is What.CLIP
    assert what_is(tmp_path / "nowhere") is What.CLIP


def test_return_never_cancels_while_there_is_nothing_to_import(window, tmp_path, qtbot):
    factories.write_clip(tmp_path / "odd" / "deep" / "clip", factories.moving_frames(n=3))
    window.open_path(tmp_path / "odd")
    dialog = window.findChild(ImportDialog)
    qtbot.waitUntil(lambda: not window.busy, timeout=10_000)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.isVisible()
    dialog.reject()
