"""Data sets into projects, and labels out of and into them."""

import json
from dataclasses import replace
from fractions import Fraction

import factories
import pytest
from factories import annotation, event

from meviewer.core.annotation import Status
from meviewer.core.errors import LabelError, ProjectError
from meviewer.core.events import Keyframes, Source
from meviewer.data import registry
from meviewer.data.exchange import ExchangeClip, ExchangeDocument, TimeBase
from meviewer.project import sheet_copy
from meviewer.project.exchanging import Conflict, document_of, take_over
from meviewer.project.importing import ApexPolicy, ImportOptions, create_project, import_report
from meviewer.project.project import Project

_HEADER = "subject,clip,onset,apex,offset,emotion,action_units,coder\n"


@pytest.fixture
def root(tmp_path):
    """Two clips of the numbers 101 to 140; three events, one without apex, and one row too many."""
    root = tmp_path / "set"
    frames = factories.moving_frames(height=8, width=9)
    for clip in ("c1", "c2"):
        factories.write_clip(root / "s1" / clip, frames + (clip == "c2"))
    (root / "labels.csv").write_text(
        f"{_HEADER}s1,c1,103,105,107,Happy ,12,\ns1,c1,110,/,130,disgust,4+7,\n"
        "s1,c2,110,120,130,fear,,B\ns1,c9,1,2,3,fear,,\n"
    )
    return root


def _report(root):
    return registry.reader("example").read(root)


def test_a_clip_with_several_events_is_one_sample(root, tmp_path):
    done = create_project(tmp_path / "project", root, _report(root))
    assert (done.n_samples, done.n_events, done.already) == (2, 3, ())
    with Project.open(tmp_path / "project") as project:
        sample = project.find_sample("s1", "c1")
        assert (sample.dataset, sample.emotion) == ("example", "happiness")
        labels = project.annotation(sample.id, "A")
        assert labels.status is Status.DRAFT
        assert [(e.keyframes, e.has_apex, e.emotion) for e in labels] == [
            (Keyframes(2, 4, 6), True, "happiness"),
            (Keyframes(9, 19, 29), False, "disgust"),
        ]
        other = project.find_sample("s1", "c2")
        assert project.annotation(other.id, "B").status is Status.COMMITTED
        (source,) = project.sources()
        assert source.reader == "example"
        assert json.loads(source.report)["skipped"][0]["row"] == 5
        rows = project.sheet_rows(source.id)
        assert [(r.row, r.coder, r.event_id) for r in rows] == [
            (2, "A", 1),
            (3, "A", 2),
            (4, "B", 1),
        ]
        assert dict(rows[1].cells)["apex"] == "/"


@pytest.mark.parametrize(
    ("policy", "apex", "source"),
    [(ApexPolicy.MIDDLE, 19, Source.MIDDLE), (ApexPolicy.FREE, 12, Source.GAMDSS)],
)
def test_a_missing_apex_is_filled_only_as_chosen_and_says_so(policy, apex, source, root, tmp_path):
    options = ImportOptions(apex=policy, find_apex=lambda _clip, onset, _offset: onset + 3)
    create_project(tmp_path / "project", root, _report(root), options)
    with Project.open(tmp_path / "project") as project:
        second = project.annotation(project.find_sample("s1", "c1").id, "A").events[1]
        assert (second.apex, second.apex_source, second.source) == (apex, source, Source.DATA_SET)
        assert json.loads(project.sources()[0].options)["apex"] == policy.value


def test_a_second_import_leaves_clips_that_are_there_as_they_are(root, tmp_path):
    create_project(tmp_path / "project", root, _report(root))
    with Project.open(tmp_path / "project") as project:
        sample = project.find_sample("s1", "c1")
        project.set_tier(sample.id, "A", annotation(), "mine")
        done = import_report(project, root, _report(root))
        assert (done.n_samples, done.already) == (0, ("s1/c1", "s1/c2"))
        assert project.annotation(sample.id, "A") == annotation()


def test_people_of_another_data_set_are_other_people(root, tmp_path):
    create_project(tmp_path / "project", root, _report(root))
    with Project.open(tmp_path / "project") as project:
        import_report(project, root, replace(_report(root), dataset="other"))
        assert project.subjects() == ("other:s1", "s1")


def test_an_import_that_is_stopped_leaves_nothing(root, tmp_path):
    def stop(done, _total):
        if done == 1:
            raise KeyboardInterrupt

    with Project.create(tmp_path / "project", "p", root) as project:
        with pytest.raises(KeyboardInterrupt):
            import_report(project, root, _report(root), ImportOptions(tell=stop))
        assert project.samples() == ()
        assert project.sources() == ()


def test_an_import_does_not_overwrite_a_project(root, tmp_path):
    create_project(tmp_path / "project", root, _report(root))
    with pytest.raises(ProjectError, match="There is one already"):
        create_project(tmp_path / "project", root, _report(root))


def test_corrected_labels_go_back_into_a_copy_of_their_sheet(root, tmp_path):
    create_project(tmp_path / "project", root, _report(root))
    before = (root / "labels.csv").read_bytes()
    with Project.open(tmp_path / "project") as project:
        sample = project.find_sample("s1", "c1")
        first, second = project.annotation(sample.id, "A").events
        changed = annotation(
            replace(first, keyframes=Keyframes(2, 5, 6)),
            replace(second, emotion="anger"),
            event(3, 32, 34, 36),
        )
        project.set_tier(sample.id, "A", changed, "corrected")
        plan = sheet_copy.plan(project, project.sources()[0])
        assert [(e.row, e.column, e.value) for e in plan.edits] == [(2, 3, 106), (3, 5, "anger")]
        assert [f.kind for f in plan.findings] == ["event-without-row"]
        sheet_copy.write(plan, tmp_path / "corrected.csv")
    expected = before.replace(b"103,105,107", b"103,106,107").replace(b"disgust", b"anger")
    assert (tmp_path / "corrected.csv").read_bytes() == expected
    assert (root / "labels.csv").read_bytes() == before


def test_a_sheet_that_was_changed_since_is_not_copied(root, tmp_path):
    create_project(tmp_path / "project", root, _report(root))
    (root / "labels.csv").write_text(_HEADER)
    with Project.open(tmp_path / "project") as project, pytest.raises(LabelError, match="another"):
        sheet_copy.plan(project, project.sources()[0])


def test_a_project_as_a_document_and_back(root, tmp_path):
    create_project(tmp_path / "project", root, _report(root))
    with Project.open(tmp_path / "project") as project:
        document = document_of(project)
        clip = document.find("s1", "c1")
        assert clip.media == "s1/c1"
        assert (clip.time.numbers[0], clip.time.rate) == (101, Fraction(200))
        assert take_over(project, document, "again").same == 2
        only_b = document_of(project, ["B"])
        assert [len(c.tiers) for c in only_b.clips] == [0, 1]


@pytest.mark.parametrize(
    ("conflict", "mine", "tiers"),
    [
        (Conflict.BESIDE, 2, {"A", "A (2)"}),
        (Conflict.KEEP, 2, {"A"}),
        (Conflict.REPLACE, 1, {"A"}),
    ],
)
def test_labels_from_elsewhere_overwrite_nothing_unless_told(conflict, mine, tiers, root, tmp_path):
    create_project(tmp_path / "project", root, _report(root))
    time = TimeBase.uniform(Fraction(200), 40, 101)
    other = ExchangeClip("s1", "c1", "", time, {"A": annotation(event(1, 3, 4, 5))})
    stranger = ExchangeClip("s7", "c1", "", time, {"A": annotation()})
    with Project.open(tmp_path / "project") as project:
        done = take_over(project, ExchangeDocument("x", (other, stranger)), "from x", conflict)
        sample = project.find_sample("s1", "c1")
        assert len(project.annotation(sample.id, "A")) == mine
        assert set(project.annotations(sample.id)) == tiers
    assert done.unknown == ("s7/c1",)
    assert done.conflicts == ("s1/c1: A",)
