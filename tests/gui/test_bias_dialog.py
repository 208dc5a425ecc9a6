"""The bias report in a window: computed, cancelled, grouped, opened at an event, exported."""

import json
from fractions import Fraction

import pytest
from factories import annotation, event
from PySide6.QtCore import QPointF, Qt

from meviewer.core.events import Edge, Keyframes
from meviewer.experiment.bias import bias_report
from meviewer.experiment.bias_events import Compared
from meviewer.gui.dialogs.bias_report import BiasDialog
from meviewer.gui.widgets.bias_view import BiasView
from meviewer.jobs import tasks
from meviewer.nn.worker_pool import WorkerPool
from meviewer.present.bias_plot import bias_plot


@pytest.fixture(autouse=True)
def no_processes(monkeypatch):
    """Work in the thread that asks: the start of a process takes longer than these tests."""

    def records(pool):
        for share in pool._shares:
            job = pool._job(tuple(share))
            yield from tasks.records(job.task, job.arguments)

    monkeypatch.setattr(WorkerPool, "records", records)


@pytest.fixture
def dialog(opened, qtbot):
    """The dialog beside a window on the small project."""
    opened.context.actions["bias-report"].trigger()
    made = opened.findChild(BiasDialog)
    closed = []
    made.finished.connect(closed.append)
    yield made
    if not closed:
        made.reject()


def settled(window, qtbot):
    qtbot.waitUntil(lambda: not window.busy, timeout=30_000)


@pytest.fixture
def compared(dialog, opened, qtbot):
    """The dialog with a report."""
    dialog.go.click()
    qtbot.waitUntil(lambda: dialog.pages.currentIndex() == 1, timeout=30_000)
    settled(opened, qtbot)
    return dialog


def test_labels_are_compared_and_shown_and_another_choice_is_said(compared):
    assert compared.summary.text() == "3 events, 3 clips, 2 subjects"
    assert "an apex either way" in compared.reading.text()
    assert [len(lane.dots) for lane in compared.view.plot.lanes] == [3, 3, 3]
    assert "apex: 3 events, median +" in compared.view.accessibleDescription()
    rows = compared.tables.tables[0].rows
    assert [row[1].text for row in rows] == ["onset", "apex", "offset"]
    assert not compared.tables.choice.button(2).isEnabled()
    assert compared.go.isEnabled()
    assert not compared.work.isVisible()
    compared.choices.variant.setCurrentText("full")
    compared.choices.variant.activated.emit(0)
    assert "has changed" in compared.summary.text()
    compared.choices.variant.setCurrentText("two-sided")
    compared.choices.variant.activated.emit(0)
    assert compared.summary.text() == "3 events, 3 clips, 2 subjects"


def test_grouping_and_keyframes_change_without_computing(compared, opened, qtbot, monkeypatch):
    monkeypatch.setattr(
        "meviewer.gui.dialogs.bias_report.compare", lambda *_: pytest.fail("computed anew")
    )
    compared.choices.by.setCurrentText("subject")
    compared.choices.edges.setCurrentText("apex")
    compared.choices.edges.activated.emit(0)
    settled(opened, qtbot)
    assert [lane.group for lane in compared.view.plot.lanes] == ["s01", "s02"]
    assert len(compared.tables.tables[0].rows) == 3
    compared.choices.evidence.click()
    settled(opened, qtbot)
    assert all(dot.event.has_evidence for lane in compared.view.plot.lanes for dot in lane.dots)


def test_a_click_on_a_dot_opens_the_clip_at_that_keyframe(compared, opened, qtbot):
    view, context = compared.view, opened.context
    lanes = view.plot.lanes
    at = next(n for n, dot in enumerate(lanes[1].dots) if dot.event.sample_id == 3)
    with qtbot.waitSignal(compared.said, timeout=20_000) as said:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.place(1, at).toPoint())
    assert said.args == ["Opened s02/c01"]
    assert context.workspace.session.sample.id == 3
    assert (context.selection.event_id, context.selection.edge) == (1, Edge.APEX)
    assert context.playhead.frame == 26
    settled(opened, qtbot)
    # The same clip once more: it is open already.
    view.chosen.emit(lanes[0].dots[0].event, Edge.OFFSET)
    view.chosen.emit(lanes[1].dots[at].event, Edge.ONSET)
    settled(opened, qtbot)
    assert context.playhead.frame == 12


def test_there_is_one_such_window_and_it_says_what_is_missing(dialog, opened, qtbot):
    opened.context.actions["bias-report"].trigger()
    assert opened.findChildren(BiasDialog) == [dialog]
    dialog.choices.coders[0].click()
    assert "Nobody is chosen" in dialog.empty.accessibleName()
    assert not dialog.go.isEnabled()
    dialog.choices.show_project(None, "A")
    dialog.choices.search_changed.emit()
    assert "No labels yet" in dialog.empty.accessibleName()


def test_it_can_be_stopped_and_then_compares_two_people(dialog, opened, qtbot):
    dialog.go.click()
    assert dialog.work.isVisible()
    dialog.work.cancelled.emit()
    settled(opened, qtbot)
    assert dialog.empty.accessibleName().startswith("Stopped")
    assert dialog.pages.currentIndex() == 0
    assert dialog.go.isEnabled()
    project = opened.context.workspace.project
    project.set_tier(1, "B", annotation(event(1, 14, 27, 49)), "test")
    opened.context.workspace.project_changed.emit()
    for box in dialog.choices.coders:
        box.setChecked(True)
    dialog.start()
    qtbot.waitUntil(lambda: dialog.pages.currentIndex() == 1, timeout=30_000)
    assert dialog.summary.text() == "4 events, 3 clips, 2 subjects"
    assert dialog.tables.tables[2].rows[0][-1].text == "one event only"


def test_the_report_and_the_plot_are_written(compared, tmp_path, qtbot):
    with qtbot.waitSignal(compared.said) as said:
        compared.write_files(tmp_path / "out")
    assert said.args == ["Exported bias.html and 4 more"]
    found = json.loads((tmp_path / "out" / "bias.json").read_text("utf-8"))
    assert found["all"]["n_events"] == 3
    for name in ("plot.svg", "plot.png"):
        with qtbot.waitSignal(compared.said) as said:
            compared.write_plot(tmp_path / name)
        assert (tmp_path / name).stat().st_size > 1000
    compared.write_plot(tmp_path / "plot.bmp")
    assert compared.card.isVisible()
    assert "Not a format" in compared.card.accessibleName()


def test_without_a_project_there_is_no_report(window):
    assert not window.context.actions["bias-report"].isEnabled()


@pytest.fixture
def view(theme, qtbot):
    """A plot of its own with many groups."""
    facts = ("disgust", "A")
    where = (Fraction(200), Keyframes(10, 20, 30), Keyframes(10, 22, 30), 0.1, 0.9, True)
    events = [Compared("", f"s{n:02d}", "c", *facts, n, 1, *where) for n in range(40)]
    made = BiasView(theme)
    qtbot.addWidget(made)
    made.show_plot(bias_plot(bias_report(events, "subject", draws=10)))
    made.resize(made.sizeHint())
    return made


def test_the_keyboard_goes_from_dot_to_dot(view, qtbot):
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert view.current[1] is Edge.ONSET
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.current[1] is Edge.APEX
    with qtbot.waitSignal(view.chosen) as chosen:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert chosen.args[0].subject == "s00"


def test_many_groups_scroll_below_an_axis_that_stays(view, qtbot, theme):
    area = view.scrolled()
    qtbot.addWidget(area)
    area.resize(700, 300)
    area.show()
    assert area.verticalScrollBar().maximum() > 2000
    area.verticalScrollBar().setValue(1500)
    axis = area.grab().toImage()
    area.verticalScrollBar().setValue(1700)
    strip = axis.rect().adjusted(200, axis.height() - 40, -20, 0)
    assert area.grab().toImage().copy(strip) == axis.copy(strip)


def test_it_is_drawn_in_both_themes_and_empty(view, theme):
    dark = view.grab().toImage()
    theme.switch("light")
    assert view.grab().toImage() != dark
    view.show_plot(bias_plot(bias_report([])))
    view.grab()
    assert view._nearest(QPointF(10, 10)) is None
