"""Agreement in a window: compared at once, opened at an event, exported; and merging."""

from __future__ import annotations

import json
import shutil

import pytest
from factories import annotation, event, moving_frames, write_project
from PySide6.QtCore import Qt

from meviewer.core.events import Edge
from meviewer.gui.coder_actions import show_merge
from meviewer.gui.dialogs.agreement import AgreementDialog
from meviewer.gui.dialogs.merge_project import MergeDialog
from meviewer.project.merging import Choice
from meviewer.project.project import Project

ALL = [(subject, clip) for subject in ("s01", "s02") for clip in ("c01", "c02")]


@pytest.fixture
def double(tmp_path):
    """Four clips that A and B have labelled, the last one differently."""
    frames = moving_frames(30, 24, 20, onset=5, apex=12, offset=22)
    folder = write_project(tmp_path / "project", tmp_path, frames, ALL)
    with Project.open(folder) as project:
        for sample_id in (1, 2, 3, 4):
            project.set_tier(sample_id, "A", annotation(event(1, 5, 12, 22)), "test")
            other = event(1, 6, 12 + sample_id, 22, "fear" if sample_id == 4 else "disgust")
            project.set_tier(sample_id, "B", annotation(other), "test")
    return folder


@pytest.fixture
def opened(window, double, qtbot):
    window.context.workspace.open_path(double)
    qtbot.waitUntil(lambda: window.context.workspace.session is not None, timeout=20_000)
    return window


@pytest.fixture
def dialog(opened, qtbot):
    opened.context.actions["agreement"].trigger()
    made = opened.findChild(AgreementDialog)
    qtbot.waitUntil(lambda: made.pages.currentIndex() == 1, timeout=20_000)
    yield made
    made.reject()


def test_people_are_compared_at_once_and_again_when_one_is_left_out(dialog, qtbot):
    assert dialog.summary.text().startswith("A, B: 4 clips of 2 subjects, 4 events matched")
    assert [len(lane.dots) for lane in dialog.view.plot.lanes] == [4, 4, 4]
    keyframes, reliability, events, names, differences = dialog.tables.tables
    assert [row[1].text for row in keyframes.rows] == ["onset", "apex", "offset", "rise", "fall"]
    assert "fewer than three subjects" in keyframes.rows[0][-1].text
    assert dialog.tables.note.text() == keyframes.rows[0][-1].text
    dialog.tables.choice.button(4).click()
    assert dialog.tables.note.text() == ""
    dialog.tables.choice.button(0).click()
    assert len(events.rows) == 1
    assert len(names.rows) == 1
    assert len(differences.rows) == 9
    assert "undefined" in [cell.text for row in reliability.rows for cell in row]
    assert any("undefined: all values" in row[-1].text for row in reliability.rows)
    dialog.coders[0].click()
    assert dialog.pages.currentIndex() == 0
    assert not dialog.export.isEnabled()
    dialog.coders[0].click()
    qtbot.waitUntil(lambda: dialog.pages.currentIndex() == 1, timeout=10_000)


def test_a_dot_opens_its_clip_with_both_tiers(dialog, opened, qtbot):
    context, apexes = opened.context, dialog.view.plot.lanes[1]
    context.workspace.set_coder("B")
    widest = apexes.dots[-1]
    dialog.view.chosen.emit(widest.event, Edge.APEX)
    qtbot.waitUntil(
        lambda: (
            context.workspace.session is not None
            and context.workspace.session.sample.id == 4
            and context.selection.event_id == 1
        ),
        timeout=20_000,
    )
    session = context.workspace.session
    assert session.coder == "B"
    assert "A" in session.others
    assert (context.selection.edge, context.playhead.frame) == (Edge.APEX, 16)


def test_a_difference_is_opened_from_its_row_by_return(dialog, opened, qtbot):
    table = dialog.tables.tables[-1]
    dialog.tables.choice.button(4).click()
    table.selectRow(0)
    table.setFocus()
    clip = table.rows[0][0].text
    qtbot.keyClick(table, Qt.Key.Key_Return)
    workspace = opened.context.workspace
    qtbot.waitUntil(
        lambda: (
            workspace.session is not None
            and f"{workspace.session.sample.subject}/{workspace.session.sample.name}" == clip
        ),
        timeout=20_000,
    )


def test_the_report_is_written(dialog, tmp_path, qtbot):
    with qtbot.waitSignal(dialog.said, timeout=20_000):
        dialog.write_files(tmp_path / "out")
    document = json.loads((tmp_path / "out" / "agreement.json").read_text())
    assert document["pairs"][0]["keyframes"]["apex"]["mae_frames"]["value"] == 2.5


def test_one_coder_alone_is_told_what_to_do(window, tmp_path, qtbot):
    frames = moving_frames(30, 24, 20, onset=5, apex=12, offset=22)
    folder = write_project(tmp_path / "project", tmp_path, frames)
    window.context.workspace.open_path(folder)
    qtbot.waitUntil(lambda: window.context.workspace.session is not None, timeout=20_000)
    window.context.actions["agreement"].trigger()
    dialog = window.findChild(AgreementDialog)
    assert dialog.pages.currentIndex() == 0
    assert dialog.empty.accessibleName().startswith("One coder only")
    dialog.reject()


@pytest.fixture
def other(double, tmp_path):
    """The other person's copy, with another label of A on the first clip and one of C."""
    copy = tmp_path / "copy"
    shutil.copytree(double, copy)
    with Project.open(copy) as project:
        project.set_tier(1, "A", annotation(event(1, 3, 9, 20)), "test")
        project.set_tier(2, "C", annotation(event(1, 3, 9, 20)), "test")
    return copy


def merging(opened, other, qtbot):
    show_merge(opened.context, opened, other)
    dialog = opened.findChildren(MergeDialog)[-1]
    qtbot.waitUntil(lambda: dialog.summary.text() != "", timeout=20_000)
    return dialog


def test_conflicts_are_shown_and_nothing_is_overwritten_and_all_goes_back(opened, other, qtbot):
    project = opened.context.workspace.project
    before = [project.annotations(at) for at in project.sample_ids()]
    dialog = merging(opened, other, qtbot)
    assert dialog.summary.text().startswith("small: 1 new label by C; 1 clip labelled otherwise")
    assert [cell.text for cell in dialog.table.rows[0][:2]] == ["s01/c01", "A"]
    assert dialog.choices() == {(1, "A"): Choice.BOTH}
    with qtbot.waitSignal(dialog.said, timeout=20_000) as said:
        dialog.go.click()
    assert said.args == ["2 labels in 2 tiers merged"]
    assert project.annotation(1, "A") == before[0]["A"]
    assert project.annotations(1)["A (2)"].events[0].onset == 3
    again = merging(opened, other, qtbot)
    assert "2 tiers" in again._before.accessibleName()
    with qtbot.waitSignal(again.said, timeout=20_000):
        again.back.click()
    left = [
        {coder: tier for coder, tier in project.annotations(at).items() if tier.events}
        for at in project.sample_ids()
    ]
    assert left == before
    qtbot.waitUntil(lambda: not opened.context.background.busy, timeout=20_000)
    again.reject()


def test_a_choice_for_all_is_put_into_every_row(opened, other, qtbot):
    dialog = merging(opened, other, qtbot)
    dialog.usual.setCurrentIndex(2)
    dialog.usual.activated.emit(2)
    assert dialog.choices() == {(1, "A"): Choice.TAKE}
    dialog.reject()
