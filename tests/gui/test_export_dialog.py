"""Labels out of the window in other formats, and labels of other programs into it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from factories import annotation, event

from meviewer.core.events import Source
from meviewer.data import exchanges
from meviewer.data.exchange import ExchangeClip, ExchangeDocument, TimeBase
from meviewer.gui.dialogs.export_labels import ExportDialog
from meviewer.gui.dialogs.take_over import TakeOverDialog
from meviewer.gui.routing import What, what_is
from meviewer.project.exchanging import Conflict
from meviewer.project.project import Project


@pytest.fixture
def dialog(opened, qtbot):
    opened.context.actions["export"].trigger()
    found = opened.findChild(ExportDialog)
    qtbot.waitUntil(lambda: found._summary.text() != "", timeout=10_000)
    return found


def _choose(dialog, title, qtbot):
    titles = [dialog.formats.item(i).text() for i in range(dialog.formats.count())]
    dialog._summary.setText("")
    dialog.formats.setCurrentRow(next(i for i, text in enumerate(titles) if title in text))
    qtbot.waitUntil(lambda: dialog._summary.text() != "", timeout=10_000)


def test_every_format_is_on_offer_but_no_sheet_where_there_is_none(dialog):
    assert dialog.formats.count() == len(exchanges.names()) + 1
    assert dialog._summary.text() == "3 labels on 3 clips, in one file"
    assert dialog.losses.isHidden()


def test_what_a_format_cannot_hold_is_said_before_writing(dialog, tmp_path, qtbot):
    _choose(dialog, "MEGC", qtbot)
    assert any("apex" in row[0].text for row in dialog.losses.rows)
    assert "Not everything fits" in dialog._verdict.text()
    assert not (tmp_path / "out").exists()


def test_a_file_is_written_and_said(dialog, opened, tmp_path, qtbot):
    with qtbot.waitSignal(dialog.said, timeout=10_000) as told:
        dialog.write(tmp_path / "labels.csv")
    assert told.args == ["Exported labels.csv"]
    assert "s01" in (tmp_path / "labels.csv").read_text()


def test_only_the_open_clip(dialog, qtbot):
    dialog._summary.setText("")
    dialog.only_open.click()
    qtbot.waitUntil(lambda: dialog._summary.text() != "", timeout=10_000)
    assert dialog._summary.text() == "1 label on 1 clip, in one file"
    dialog.reject()


def test_hdf5_goes_out_with_its_options_and_comes_back_by_opening_it(
    opened, dialog, tmp_path, qtbot
):
    project = opened.context.workspace.project
    for sample in project.samples():
        project.set_tier(sample.id, "A", annotation(event(1, 12, 26, 50)), "named")
    _choose(dialog, "HDF5", qtbot)
    assert dialog._hdf5.isVisible()
    dialog.side.setValue(16)
    target = tmp_path / "out" / "set.h5"
    target.parent.mkdir()
    with qtbot.waitSignal(dialog.said, timeout=20_000):
        dialog.write(target)
    assert what_is(target) is What.PACKED
    opened.open_path(target)
    workspace = opened.context.workspace
    qtbot.waitUntil(lambda: workspace.project.folder.name == "set", timeout=30_000)
    qtbot.waitUntil(lambda: workspace.session is not None and not opened.busy, timeout=30_000)
    assert workspace.session.clip.size == (16, 16)
    assert workspace.session.annotation.events[0].apex == 26


def _file(project_folder, tmp_path, labels):
    """A CSV file with other labels of coder A on the first clip."""
    with Project.open(project_folder, read_only=True) as project:
        sample = project.samples()[0]
    time = TimeBase.uniform(Fraction(200), sample.n_frames, sample.first_number)
    clip = ExchangeClip(sample.subject, sample.name, "", time, {"A": labels})
    path = tmp_path / "theirs.csv"
    exchanges.format_named("csv").write(ExchangeDocument("x", (clip,)), path)
    return path


def test_labels_of_another_program_come_in_beside_those_that_are_there(
    opened, small_project, tmp_path, qtbot
):
    theirs = annotation(replace(event(1, 5, 6, 7), source=Source.MANUAL))
    opened.open_path(_file(small_project, tmp_path, theirs))
    dialog = opened.findChild(TakeOverDialog)
    qtbot.waitUntil(lambda: dialog.go.isEnabled(), timeout=10_000)
    assert "1 label on 1 clip by A" in dialog._summary.text()
    with qtbot.waitSignal(dialog.said, timeout=10_000) as told:
        dialog.go.click()
    assert "1 clip had other labels" in told.args[0]
    workspace = opened.context.workspace
    qtbot.waitUntil(lambda: workspace.session is not None and not opened.busy, timeout=20_000)
    assert workspace.session.others["A (2)"].events[0].apex == 6
    assert workspace.session.annotation.events[0].apex == 26


def test_labels_replace_only_when_that_is_chosen(opened, small_project, tmp_path, qtbot):
    opened.open_path(_file(small_project, tmp_path, annotation(event(1, 5, 6, 7))))
    dialog = opened.findChild(TakeOverDialog)
    qtbot.waitUntil(lambda: dialog.go.isEnabled(), timeout=10_000)
    dialog.conflict.setCurrentIndex(tuple(Conflict).index(Conflict.REPLACE))
    with qtbot.waitSignal(dialog.said, timeout=10_000):
        dialog.go.click()
    workspace = opened.context.workspace
    qtbot.waitUntil(lambda: workspace.session is not None and not opened.busy, timeout=20_000)
    assert workspace.session.annotation.events[0].apex == 6


def test_labels_without_a_project_say_what_to_do(window, tmp_path):
    path = tmp_path / "labels.eaf"
    path.write_text("<ANNOTATION_DOCUMENT/>")
    window.open_path(path)
    dialog = window.findChild(TakeOverDialog)
    assert "Open the project of these clips first" in dialog._card.accessibleName()
    dialog.reject()
