"""Labels remember what their frames looked like, and find them again in a changed clip."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import replace
from fractions import Fraction

import cv2
import numpy as np
import pytest
from factories import annotation, event, moving_frames, write_clip

from meviewer.core import edits
from meviewer.core.annotation import Annotation
from meviewer.core.events import Source
from meviewer.data.clip import open_clip
from meviewer.data.frame_identity import Patient, frame_hash
from meviewer.project import frame_marks, mark_rows, repair
from meviewer.project.clips import add_clip
from meviewer.project.frame_marks import ANCHORS, label_frames
from meviewer.project.project import Entry, Project

FRAMES = moving_frames(60, 96, 80, onset=10, apex=30, offset=50)
LABEL = annotation(event(1, 20, 30, 45))


@pytest.fixture
def place(tmp_path):
    """Where the clip lies."""
    return tmp_path / "data" / "s01" / "c01"


@pytest.fixture
def marked(tmp_path, place):
    """A project whose coder A has labelled a clip, with marks."""
    with Project.create(tmp_path / "p", "p", tmp_path / "data") as project:
        with open_clip(write_clip(place, FRAMES)) as clip:
            sample = add_clip(project, "s01", "c01", clip)
            project.set_tier(sample.id, "A", LABEL, "import")
            repair.catch_up(project, sample.id, clip)
        yield project


def replaced(place, frames, first_number=101, rate=Fraction(200)):
    shutil.rmtree(place)
    return write_clip(place, frames, first_number, rate)


def looked_at_again(project, coder="A"):
    return repair.examine(project, 1, coder, Patient())


def repaired(project, coder="A"):
    shifted = looked_at_again(project, coder)
    with open_clip(project.sample(1).clip_path) as clip:
        return repair.repair(project, 1, coder, clip, shifted)


def frames_of(project, coder="A"):
    (one,) = project.annotation(1, coder)
    return (one.onset, one.apex, one.offset)


# ------------------------------------------------------------------ marks
def test_the_frames_of_labels_are_marked_with_their_looks(marked):
    (found,) = mark_rows.stored(marked, 1, "A").values()
    assert [(m.frame, m.number, m.ms) for m in found.marks] == [
        (20, 121, 100.0), (30, 131, 150.0), (45, 146, 225.0)
    ]  # fmt: skip
    assert [m.look.hash for m in found.marks] == [frame_hash(FRAMES[k]) for k in (20, 30, 45)]
    assert (found.fingerprint, found.n_frames) == (marked.sample(1).fingerprint, 60)
    (spread,) = mark_rows.stored(marked, 1, ANCHORS).values()
    assert (len(spread.marks), spread.marks[-1].frame) == (12, 59)


def test_an_apex_that_nobody_set_is_not_marked():
    unset = replace(event(1, 20, 30, 45), apex_source=Source.NONE)
    assert label_frames(Annotation((unset,))) == {20, 45}


def test_marks_follow_an_edit_and_old_ones_go(marked, place):
    marked.set_tier(1, "A", annotation(event(1, 18, 30, 45)), "edit")
    with open_clip(place) as clip:
        assert frame_marks.keep_up(marked, 1, "A", clip)
        assert frame_marks.keep_up(marked, 1, "A", clip)
    (found,) = mark_rows.stored(marked, 1, "A").values()
    assert found.frames == {18, 30, 45}


def test_an_import_marks_labels_alone_and_anchors_follow_on_opening(tmp_path, place):
    with (
        Project.create(tmp_path / "p", "p", tmp_path / "data") as project,
        open_clip(write_clip(place, FRAMES)) as clip,
    ):
        sample = add_clip(project, "s01", "c01", clip)
        project.set_tier(sample.id, "A", LABEL, "import")
        frame_marks.mark(project, sample.id, "A", clip)
        assert not mark_rows.stored(project, 1, ANCHORS)
        repair.catch_up(project, sample.id, clip)
        assert len(mark_rows.stored(project, 1, ANCHORS)) == 1


def test_what_a_kill_left_without_marks_is_marked_on_opening(marked, place):
    """The row in the journal is durable; the marks were still to come."""
    marked.append(Entry(1, "A", "edit", "Move", LABEL, annotation(event(1, 20, 33, 45))))
    with open_clip(place) as clip:
        repair.catch_up(marked, 1, clip)
    assert mark_rows.stored(marked, 1, "A")[marked.sample(1).fingerprint].frames == {20, 33, 45}


def test_a_damaged_label_frame_is_remembered_as_unseen(marked, place):
    marked.set_tier(1, "A", annotation(event(1, 20, 31, 45)), "edit")
    (place / "img0132.png").write_bytes(b"\x89PNG nothing")
    with open_clip(place) as clip:
        frame_marks.mark(marked, 1, "A", clip)
    (found,) = mark_rows.stored(marked, 1, "A").values()
    assert found.frames == {20, 31, 45}
    assert [m.frame for m in found.marks] == [20, 45]


def test_pictures_that_were_damaged_on_disk_are_passed_over(marked):
    marked.close()
    connection = sqlite3.connect(marked.folder / "project.meviewer")
    connection.execute("UPDATE frame_marks SET picture = x'00' WHERE frame = 20")
    connection.commit()
    connection.close()
    with Project.open(marked.folder) as project:
        (found,) = mark_rows.stored(project, 1, "A").values()
        assert [m.frame for m in found.marks] == [30, 45]


# ------------------------------------------------------------------ what happened
def test_an_unchanged_clip_awaits_nothing(marked):
    assert looked_at_again(marked) is None


@pytest.mark.parametrize("first_number", [113, 1])
def test_a_cut_clip_is_measured_and_labels_move_in_one_step(marked, place, first_number):
    replaced(place, FRAMES[12:], first_number)
    shifted = looked_at_again(marked)
    assert (shifted.moved.kind, shifted.moved.shift) == ("trimmed", -12)
    assert "3 of 3 label frames found again exactly" in shifted.moved.text
    assert shifted.step == "Move labels by −12 frames"
    repaired(marked)
    assert frames_of(marked) == (8, 18, 33)
    steps = marked.steps(1, "A")
    assert [step.text for step in steps.entries[-1:]] == ["Move labels by −12 frames"]
    row = next(r for r in marked.history(1, "A") if r.kind == "edit")
    assert "12 frames later" in row.reason
    assert looked_at_again(marked) is None
    assert marked.check_chain().ok


def test_the_project_knows_the_clip_as_it_is_after_a_repair(marked, place):
    replaced(place, FRAMES[12:], 1)
    repaired(marked)
    sample = marked.sample(1)
    with open_clip(place) as clip:
        assert sample.fingerprint == clip.fingerprint
    assert (sample.n_frames, sample.first_number) == (48, 1)
    assert list(marked.time_base(1).numbers) == list(range(1, 49))
    assert [row.kind for row in marked.history(1, "")].count("moved") == 1
    assert list(marked.shifted_clips()) == []
    assert marked.findings() == ()


def test_numbers_that_an_import_counted_otherwise_are_not_taken_from_the_clip(tmp_path, place):
    with Project.create(tmp_path / "p", "p", tmp_path / "data") as project:
        with open_clip(write_clip(place, FRAMES)) as clip:
            project.add_sample(
                "s01", "c01", place, fingerprint=clip.fingerprint, rate=clip.rate, n_frames=60,
                first_number=1001, width=80, height=96,
            )  # fmt: skip
            project.set_tier(1, "A", LABEL, "import")
            repair.catch_up(project, 1, clip)
            assert project.sample(1).first_number == 1001
        replaced(place, FRAMES[12:], 1)
        repaired(project)
        assert project.sample(1).first_number == 1013


def test_a_repair_that_is_taken_back_is_offered_again(marked, place):
    replaced(place, FRAMES[12:])
    repaired(marked)
    after = marked.annotation(1, "A")
    marked.append(Entry(1, "A", "undo", "Move labels", after, LABEL))
    with open_clip(place) as clip:
        assert not frame_marks.keep_up(marked, 1, "A", clip)
    assert looked_at_again(marked).moved.shift == -12
    marked.append(Entry(1, "A", "redo", "Move labels", LABEL, after))
    shifted = looked_at_again(marked)
    assert shifted.is_done(after, 48)
    with open_clip(place) as clip:
        repair.accept(marked, 1, "A", clip, shifted)
    assert looked_at_again(marked) is None


def test_labels_left_as_they_are_are_not_asked_about_again(marked, place):
    replaced(place, FRAMES[12:])
    shifted = looked_at_again(marked)
    with open_clip(place) as clip:
        repair.accept(marked, 1, "A", clip, shifted, leave=True)
    assert frames_of(marked) == (20, 30, 45)
    assert looked_at_again(marked) is None
    assert set(mark_rows.stored(marked, 1, "A")) == {marked.sample(1).fingerprint}


def test_an_edit_does_not_hide_that_a_decision_is_awaited(marked, place):
    replaced(place, FRAMES[12:])
    later = edits.add_event(LABEL, event(2, 3, 4, 5).keyframes)
    marked.append(Entry(1, "A", "edit", "New event", LABEL, later))
    with open_clip(place) as clip:
        assert not frame_marks.keep_up(marked, 1, "A", clip)
    done = repaired(marked)
    assert done.later == (2,)
    assert {e.id: e.onset for e in marked.annotation(1, "A")} == {1: 8, 2: 3}


def test_events_that_leave_the_clip_are_named(marked, place):
    two = annotation(event(1, 5, 8, 20), event(2, 25, 30, 45), event(3, 1, 2, 4))
    marked.set_tier(1, "A", two, "edit")
    with open_clip(place) as clip:
        repair.catch_up(marked, 1, clip)
    replaced(place, FRAMES[12:])
    shifted = looked_at_again(marked)
    done = shifted.repaired(two, 48)
    assert (done.cut, done.gone, done.later) == ((1,), (3,), ())
    assert {e.id: tuple(e.keyframes[k] for k in ("onset", "apex", "offset"))
            for e in done.annotation} == {1: (0, 0, 8), 2: (13, 18, 33), 3: (1, 2, 4)}  # fmt: skip


def test_what_was_refused_moves_with_its_event():
    refused = event(1, 22, 32, 44).keyframes
    labels = edits.reject_suggestion(LABEL, 1, refused)
    (moved,) = edits.shift_events(labels, -12, 48)
    assert moved.rejected == (refused.shifted(-12),)


def test_each_coder_decides_for_the_own_labels(marked, place):
    marked.set_tier(1, "B", annotation(event(1, 21, 31, 46)), "import")
    with open_clip(place) as clip:
        repair.catch_up(marked, 1, clip)
    replaced(place, FRAMES[12:])
    repaired(marked, "A")
    assert frames_of(marked, "B") == (21, 31, 46)
    assert looked_at_again(marked, "B").moved.shift == -12
    assert [f.kind for f in marked.shifted_clips()] == ["clip-shifted"]
    repaired(marked, "B")
    assert frames_of(marked, "B") == (9, 19, 34)
    assert list(marked.shifted_clips()) == []


def test_labels_that_nobody_ever_marked_are_not_taken_for_labels_on_the_new_clip(marked, place):
    marked.set_tier(1, "B", annotation(event(1, 21, 31, 46)), "import")
    replaced(place, FRAMES[12:])
    repaired(marked, "A")
    shifted = looked_at_again(marked, "B")
    assert shifted is not None
    assert shifted.moved.shift == -12  # told by the anchors
    repaired(marked, "B")
    assert frames_of(marked, "B") == (9, 19, 34)


def test_a_clip_without_any_mark_cannot_be_measured(tmp_path, place):
    with Project.create(tmp_path / "p", "p", tmp_path / "data") as project:
        with open_clip(write_clip(place, FRAMES)) as clip:
            add_clip(project, "s01", "c01", clip)
        project.set_tier(1, "A", LABEL, "import")
        replaced(place, FRAMES[12:])
        shifted = looked_at_again(project)
        assert (shifted.moved.kind, shifted.moved.moves) == ("other", False)
        assert "was not kept" in shifted.moved.text


def test_new_numbers_are_taken_over_and_said(marked, place):
    for file in sorted(place.glob("*.png")):
        file.rename(file.with_name(f"x{int(file.stem[3:]) - 100:03d}.png"))
    with open_clip(place) as clip:
        assert "101 is now 1" in repair.catch_up(marked, 1, clip)
        assert repair.catch_up(marked, 1, clip) == ""
    assert marked.sample(1).first_number == 1
    assert frames_of(marked) == (20, 30, 45)
    assert looked_at_again(marked) is None


def test_another_rate_is_taken_over_with_the_labels(marked, place):
    replaced(place, FRAMES[::2], 1, Fraction(100))
    shifted = looked_at_again(marked)
    assert (shifted.moved.kind, shifted.moved.ratio) == ("resampled", Fraction(1, 2))
    repaired(marked)
    assert frames_of(marked)[:2] == (10, 15)
    assert marked.sample(1).rate == 100
    assert looked_at_again(marked) is None


def test_a_clip_saved_anew_without_loss_moves_nothing(marked, place):
    for file in place.glob("*.png"):
        picture = cv2.imread(str(file), cv2.IMREAD_UNCHANGED)
        cv2.imwrite(str(file), picture, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    shifted = looked_at_again(marked)
    assert (shifted.moved.kind, shifted.moved.moves) == ("same", False)
    assert repaired(marked).annotation == LABEL
    assert [row.kind for row in marked.history(1, "A")] == ["import"]
    assert looked_at_again(marked) is None


def test_another_clip_moves_nothing(marked, place):
    replaced(place, np.ascontiguousarray(moving_frames(60, 96, 80, 15, 25, 40, seed=9)))
    assert looked_at_again(marked).moved.kind == "other"
    assert repaired(marked).annotation == LABEL


def test_check_says_how_far_a_clip_has_shifted(marked, place):
    replaced(place, FRAMES[12:])
    (finding,) = marked.shifted_clips()
    assert finding.kind == "clip-shifted"
    assert "60 frames then, 48 now" in finding.text
    assert "Labels of A: The clip begins 12 frames later" in finding.text
