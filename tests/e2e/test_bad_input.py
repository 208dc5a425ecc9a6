"""What a user meets who opens what is broken: words in the window and on the line, nothing lost."""

from __future__ import annotations

import contextlib
import errno
import shutil
import subprocess

import cv2
import pytest
from factories import annotation, event, moving_frames, write_clip

from meviewer.__main__ import main
from meviewer.core.events import Edge, Keyframes
from meviewer.project.loose import loose_folder
from meviewer.project.project import Project


def bad_paths(folder):
    """Make one path of each kind that is no clip, by name."""
    (folder / "empty").mkdir()
    (folder / "video.mp4").write_text("this is a letter, not a film\n" * 50)
    mixed = write_clip(folder / "mixed", moving_frames(8))
    cv2.imwrite(str(mixed / "img0104.png"), moving_frames(1, 20, 30)[0])
    (folder / "notes").mkdir()
    (folder / "notes" / "readme.txt").write_text("no images here")
    return ("missing", "empty", "video.mp4", "mixed", "notes")


def refused_on_the_line(capsys, *words):
    """Run a command that has to be refused; return what it says."""
    assert main(list(map(str, words))) == 2
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    assert len(said.err.splitlines()) == 1
    assert said.out == ""
    return said.err


@pytest.mark.parametrize("name", ["missing", "empty", "video.mp4", "mixed", "notes"])
def test_what_is_no_clip_is_refused_in_words_by_the_window(name, desk, tmp_path):
    assert name in bad_paths(tmp_path)
    desk.open(tmp_path / name)
    assert name in desk.refused()
    assert desk.session is None
    assert not loose_folder().exists()  # nothing was begun


@pytest.mark.parametrize("name", ["missing", "empty", "video.mp4", "mixed", "notes"])
@pytest.mark.parametrize("command", ["info", "difference", "suggest"])
def test_what_is_no_clip_is_refused_in_words_on_the_line(command, name, tmp_path, capsys):
    assert name in bad_paths(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert name in refused_on_the_line(capsys, command, tmp_path / name)
    assert sorted(tmp_path.rglob("*")) == before


def test_mixed_sizes_name_the_image_and_both_sizes(desk, tmp_path):
    bad_paths(tmp_path)
    desk.open(tmp_path / "mixed")
    said = desk.refused()
    assert "img0104.png" in said
    assert "30" in said
    assert "40" in said


def test_a_clip_of_one_frame_can_be_labelled_and_every_view_says_what_is_missing(desk, tmp_path):
    desk.open(write_clip(tmp_path / "one", moving_frames(1)))
    assert desk.errors == []
    for edge in Edge:
        desk.context.editor.set_here(edge)
    desk.context.playhead.step(1)
    desk.context.editor.accept(None)
    for name in ("inspect", "train", "annotate"):
        desk.window.show_perspective(name)
        desk.settle()
        assert not desk.window.grab().isNull()
    assert desk.errors == []
    assert desk.session.annotation.events[0].keyframes == Keyframes(0, 0, 0)
    assert desk.context.workspace.flush()


def test_a_clip_of_one_frame_on_the_line(tmp_path, capsys):
    clip = write_clip(tmp_path / "one", moving_frames(1))
    assert main(["info", str(clip)]) == 0
    capsys.readouterr()
    assert "1 frame" in refused_on_the_line(capsys, "suggest", clip)


@pytest.fixture
def truncated(tmp_path):
    """A clip of 40 JPEG images, of which one in the middle is cut off."""
    folder = tmp_path / "cut"
    folder.mkdir()
    for number, frame in enumerate(moving_frames(), 101):
        assert cv2.imwrite(str(folder / f"{number}.jpg"), frame[..., ::-1])
    victim = folder / "118.jpg"
    victim.write_bytes(victim.read_bytes()[:-400])
    return folder


def test_a_truncated_jpeg_is_one_frame_less_and_nothing_else(desk, truncated):
    desk.open(truncated)
    panel = desk.window._perspectives["annotate"].frame_panel
    for frame in range(40):
        desk.context.playhead.set_frame(frame)
        assert panel._fault.isVisibleTo(panel) == (frame == 17)
        assert panel.view.has_frame == (frame != 17)
    desk.context.playhead.set_frame(17)
    assert "118.jpg" in panel._fault.accessibleName()
    for frame, edge in ((9, Edge.ONSET), (20, Edge.APEX), (31, Edge.OFFSET)):
        desk.context.playhead.set_frame(frame)
        desk.context.editor.set_here(edge)
    desk.window.show_perspective("inspect")
    desk.settle()
    assert not desk.window.grab().isNull()
    assert "118.jpg" in desk.window._perspectives["inspect"].bench._empty.accessibleName()
    assert desk.session.annotation.events[0].keyframes == Keyframes(9, 20, 31)
    assert desk.context.analysis.curves is not None
    desk.context.playhead.set_frame(19)
    desk.context.editor.set_here(Edge.ONSET)  # without the damaged frame there are pictures
    desk.settle()
    assert desk.context.pictures.current is not None


def test_a_truncated_jpeg_on_the_line(truncated, tmp_path, capsys):
    assert main(["difference", str(truncated), "--json"]) == 0
    capsys.readouterr()
    out = tmp_path / "di.png"
    keys = ("--onset=109", "--apex=121", "--offset=131", "--out", out)
    assert "118.jpg" in refused_on_the_line(capsys, "render", "di", truncated, *keys)
    assert not out.exists()


@pytest.mark.parametrize("marks", [(50, 55, 90), (70, 80, 90)])
def test_labels_outside_the_clip_are_named_and_can_be_mended(marks, desk, make_project, qtbot):
    folder = make_project(label=annotation(event(1, *marks)))
    desk.open(folder)
    for name in ("inspect", "annotate"):
        desk.window.show_perspective(name)
        desk.settle()
        assert not desk.window.grab().isNull()
    inspector = desk.window._perspectives["annotate"].inspector
    inspector._refresh()
    words = [w.text() for w in inspector.findChildren(type(inspector._which)) if not w.isHidden()]
    assert any("outside" in text or "beyond" in text for text in words), words
    for frame, edge in ((9, Edge.ONSET), (30, Edge.APEX), (51, Edge.OFFSET)):
        desk.context.playhead.set_frame(frame)
        desk.context.editor.set_here(edge)
    assert desk.session.annotation.events[0].keyframes == Keyframes(9, 30, 51)
    assert desk.context.workspace.flush()
    desk.settle()
    assert desk.context.analysis.suggestion is not None


def test_labels_outside_the_clip_on_the_line(make_project, capsys):
    folder = make_project(label=annotation(event(1, 50, 55, 90)))
    assert main(["check", str(folder)]) == 1
    assert "s01/c01" in capsys.readouterr().out


def test_a_read_only_project_is_seen_and_kept_as_it_is(desk, small_disk, make_project):
    folder = make_project(small_disk / "project")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    before = (folder / "project.meviewer").read_bytes()
    desk.open(folder)
    assert "reading only" in desk.refused()
    desk.context.playhead.set_frame(5)
    desk.context.editor.set_here(Edge.ONSET)
    assert "cannot be changed" in desk.refused()
    assert desk.onset == 12
    for name in ("inspect", "train", "annotate"):
        desk.window.show_perspective(name)
        desk.settle()
    assert desk.window.close()
    assert (folder / "project.meviewer").read_bytes() == before


def fill(path):
    """Write until the disk is full."""
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(1024)):
            pass
    assert shutil.disk_usage(path.parent).free == 0


def test_a_full_disk_keeps_the_window_open_and_loses_nothing(desk, small_disk, make_project, qtbot):
    folder = make_project(small_disk / "project")
    desk.open(folder)
    filler = small_disk / "filler"
    fill(filler)
    for k in range(200):  # until what the database keeps in reserve is used up
        desk.context.playhead.set_frame(k % 11)
        desk.context.editor.set_here(Edge.ONSET)
        if k % 20 == 19:
            qtbot.wait(50)
        if desk.errors:
            break
    qtbot.waitUntil(lambda: bool(desk.errors), timeout=20_000)
    wished = desk.session.annotation
    assert "space" in str(desk.errors[0])
    assert not desk.context.workspace.saved
    desk.window._card.hide()
    desk.context.workspace._writer.flush(0.1)
    assert not desk.context.workspace._writer.saved
    filler.unlink()
    qtbot.waitUntil(lambda: desk.context.workspace.saved, timeout=20_000)
    assert desk.session.annotation == wished
    desk.window.close()
    with Project.open(folder) as project:
        assert project.annotation(1, "A") == wished
        assert project.check_chain().ok
        assert project.steps(1, "A").entries


@pytest.fixture
def refusing(monkeypatch):
    """Let every write be refused with this error code while the switch is on."""
    from meviewer.core.errors import StorageError

    switch = {"code": 0}
    true = Project.append

    def append(self, entry):
        if switch["code"]:
            raise StorageError(
                "An edit cannot be written",
                where=str(self.folder),
                why=errno.errorcode[switch["code"]],
                now="make room",
            )
        return true(self, entry)

    monkeypatch.setattr(Project, "append", append)
    return switch


def test_a_window_that_cannot_write_refuses_to_close(
    desk, make_project, refusing, qtbot, monkeypatch
):
    monkeypatch.setattr(
        "meviewer.gui.stores.journal_writer.JournalWriter.flush.__defaults__", (0.2,)
    )
    folder = make_project()
    desk.open(folder)
    refusing["code"] = errno.ENOSPC
    desk.context.playhead.set_frame(5)
    desk.context.editor.set_here(Edge.ONSET)
    qtbot.waitUntil(lambda: bool(desk.errors), timeout=10_000)
    assert not desk.window.close()
    assert desk.window.isVisible()
    assert "not written yet" in desk.window._card.accessibleName()
    refusing["code"] = 0
    qtbot.waitUntil(lambda: desk.context.workspace.saved, timeout=10_000)
    assert desk.window.close()
    with Project.open(folder) as project:
        assert project.annotation(1, "A").events[0].onset == 5


def test_a_clip_that_has_gone_from_a_project_is_said_and_its_labels_stay(
    desk, make_project, tmp_path
):
    folder = make_project()
    shutil.rmtree(tmp_path / "clips")
    desk.open(folder)
    assert "c01" in desk.refused()
    assert desk.session is None
    with Project.open(folder, read_only=True) as project:
        assert project.annotation(1, "A").events[0].onset == 12
