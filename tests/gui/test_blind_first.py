"""Blind-first in the window: before the commit nothing shows what machines or others say."""

from __future__ import annotations

import csv
import io
import json
import logging

import pytest
from factories import annotation, event, moving_frames, write_project
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QWidget

from meviewer.core.annotation import Status
from meviewer.project.blind import BlindRule, rules, set_rule
from meviewer.project.project import Project


@pytest.fixture
def hidden_project(tmp_path):
    """A project in which a machine and another coder have labelled what coder A has not judged."""
    frames = moving_frames(60, 96, 80, onset=10, apex=30, offset=50)
    folder = write_project(tmp_path / "project", tmp_path, frames)
    with Project.open(folder) as project:
        for sample_id in project.sample_ids():
            tiers = {"gamdss": event(1, 6, 40, 57), "B": event(1, 8, 42, 55, "smirk")}
            for coder, one in tiers.items():
                project.set_tier(sample_id, coder, annotation(one), "test")
        set_rule(project, "A", BlindRule(0.0))
    return folder


@pytest.fixture
def blind(window, hidden_project, qtbot):
    window.context.workspace.open_path(hidden_project)
    ready(window, qtbot)
    return window


def ready(window, qtbot):
    context = window.context
    qtbot.waitUntil(lambda: context.workspace.session is not None, timeout=30_000)
    qtbot.waitUntil(lambda: context.analysis.curves is not None, timeout=30_000)
    qtbot.waitUntil(lambda: not window.busy, timeout=30_000)


def words_of(window):
    """Everything that widgets show, say to screen readers, or show when they are pointed at."""
    words = []
    for widget in (window, *window.findChildren(QWidget)):
        words += [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription()]
        if isinstance(widget, QLabel | QAbstractButton | QLineEdit):
            words.append(widget.text())
    words += [action.text() for action in window.findChildren(QAction)]
    model = window._perspectives["annotate"].clips.model
    for row in range(model.rowCount()):
        index = model.index(row)
        words += [str(index.data()), str(index.data(3)), str(index.data(11)), str(index.data(256))]
    return "\n".join(words)


def drawn(window):
    """What the painted timeline is given to draw, and the picture bench beside it."""
    return repr(window._perspectives["annotate"].timeline.timeline.state)


def told(window):
    """Every place that could tell the suggestion, as one text."""
    context = window.context
    return "\n".join(
        (
            words_of(window),
            drawn(window),
            repr(context.analysis.suggestion),
            repr(context.analysis.suggested_keyframes()),
            context.analysis.reason(),
            repr(context.estimate.found),
            repr(context.workspace.session.others),
            repr([context.review.entry(at) for at in context.review.order]),
        )
    )


SIGNS = ("apex=40", "smirk", "noise alone", "no evidence", "the gain", "coder B", "GAMDSS +")


def test_before_the_commit_nothing_shows_it_and_afterwards_everything_does(blind, qtbot, caplog):
    caplog.set_level(logging.DEBUG)
    context = blind.context
    context.estimate.switch(True)
    context.review.ask()
    ready(blind, qtbot)
    qtbot.waitUntil(lambda: bool(context.review.order), timeout=60_000)
    ready(blind, qtbot)
    before = told(blind)
    assert [sign for sign in SIGNS if sign in before] == []
    assert "hidden until you commit" in before
    assert context.workspace.session.others == {}
    assert not any(one.events for one in lanes(blind)[1:])
    assert not blind._perspectives["annotate"].timeline.timeline.state.suggestions
    context.actions["accept-all"].trigger()
    context.actions["accept-model"].trigger()
    assert context.workspace.session.annotation.events[0].source.value == "manual"
    assert not [record for record in caplog.records if "gamdss" in record.getMessage().lower()]

    first = context.workspace.session.sample.id
    context.actions["commit-next"].trigger()
    qtbot.waitUntil(lambda: context.workspace.session.sample.id != first, timeout=30_000)
    ready(blind, qtbot)
    assert context.workspace.session.blind
    assert context.workspace.session.others == {}
    context.workspace.open_sample(first)
    qtbot.waitUntil(lambda: context.workspace.session.sample.id == first, timeout=30_000)
    ready(blind, qtbot)
    after = told(blind)
    assert "apex=40" in after
    assert "smirk" in after
    assert context.analysis.suggestion is not None
    assert any(one.events for one in lanes(blind)[1:])


def lanes(window):
    return window._perspectives["annotate"].timeline.timeline.state.lanes


def test_the_other_perspective_shows_nothing_either(blind, qtbot):
    blind.show_perspective("inspect")
    ready(blind, qtbot)
    before = words_of(blind)
    assert not [sign for sign in SIGNS if sign in before]
    assert blind.context.analysis.suggestion is None


def test_no_run_may_be_asked_about_the_clip(blind):
    from meviewer.gui.panels.train_clip import TrainClipPanel

    blind.show_perspective("train")
    panel = blind.findChild(TrainClipPanel)
    assert panel._words.text().startswith("Hidden")
    assert not panel._run.isEnabled()


def test_a_commit_opens_the_curtain_at_once_and_undo_does_not_close_it(blind, qtbot):
    from meviewer.core import edits

    session = blind.context.workspace.session
    session.commit(edits.set_status(session.annotation, Status.COMMITTED), "Commit")
    assert not session.blind
    assert set(session.others) == {"gamdss", "B"}
    qtbot.waitUntil(lambda: blind.context.analysis.suggestion is not None, timeout=30_000)
    session.undo()
    assert not session.blind


def test_clips_that_stay_blind_keep_their_curtain(blind, qtbot):
    project = blind.context.workspace.project
    set_rule(project, "A", BlindRule(1.0))
    blind.context.workspace.reload()
    ready(blind, qtbot)
    from meviewer.core import edits

    session = blind.context.workspace.session
    session.commit(edits.set_status(session.annotation, Status.COMMITTED), "Commit")
    assert session.blind
    assert session.others == {}
    qtbot.waitUntil(lambda: "stay blind" in words_of(blind), timeout=30_000)


def test_the_command_line_leaves_hidden_clips_out(hidden_project, tmp_path, capsys):
    from meviewer.cli.main import main

    out = tmp_path / "labels.csv"
    words = ["export", str(hidden_project), "--format", "csv", "--out", str(out)]
    assert main([*words, "--coder", "gamdss", "--coder", "A"]).status == 0
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))
    assert rows
    assert not [row for row in rows if "gamdss" in row.values()]
    capsys.readouterr()
    assert main(["info", str(hidden_project), "--json"]).status == 0
    assert "gamdss" not in json.dumps(json.loads(capsys.readouterr().out)["samples"])


def test_the_dialog_switches_it_and_the_window_follows(blind, qtbot):
    from meviewer.gui.dialogs.blind_first import BlindFirstDialog

    context = blind.context
    dialog = BlindFirstDialog(context, blind)
    qtbot.addWidget(dialog)
    assert dialog.switch.isChecked()
    assert dialog.share.value() == 0
    qtbot.waitUntil(lambda: dialog.export.isEnabled(), timeout=30_000)
    assert "Nothing to compare yet" in dialog.verdict.text()
    dialog.switch.setChecked(False)
    dialog.apply.click()
    assert rules(context.workspace.project) == {}
    ready(blind, qtbot)
    assert not context.workspace.session.blind
    assert "smirk" in drawn(blind)
