"""A result is stale once the labels that it was learnt from are others."""

from __future__ import annotations

import pytest
from training_project import label, make_project

from meviewer.experiment.runs import RunCard, RunFolder
from meviewer.experiment.spec import ExperimentSpec
from meviewer.experiment.spec_text import to_toml
from meviewer.gui.stores.training_stale import stale_runs
from meviewer.nn.labelled import collect, label_hash


@pytest.fixture
def project(tmp_path):
    with make_project(tmp_path / "project", subjects=3) as made:
        yield made


def add_run(project, name):
    spec = ExperimentSpec()
    found = collect(project, spec.label_tier, spec.class_scheme)
    card = RunCard(
        classes=found.classes,
        subjects=("sub01", "sub02", "sub03"),
        clips={},
        labels=label_hash(found.events, found.classes),
        n_samples=len(found.events),
        device="CPU",
        versions={},
        created="2025-03-14T18:00:00+00:00",
    )
    run = project.add_run(name, to_toml(spec), state="done")
    RunFolder.start(project.run_folder(run), spec, card)
    return run


def test_a_run_is_stale_once_a_label_has_moved_and_a_newer_one_is_not(project):
    old = add_run(project, "run-001")
    assert stale_runs(project, (old,)) == frozenset()
    label(project, project.samples()[0].id, "truth", "happiness", keyframes=(11, 20, 30))
    new = add_run(project, "run-002")
    assert stale_runs(project, (old, new)) == {old.id}


def test_labels_of_another_tier_make_nothing_stale(project):
    run = add_run(project, "run-001")
    label(project, project.samples()[0].id, "B", "disgust")
    assert stale_runs(project, (run,)) == frozenset()


def test_a_run_whose_folder_is_gone_is_not_called_stale(project):
    run = project.add_run("run-009", to_toml(ExperimentSpec()), state="done")
    assert stale_runs(project, (run,)) == frozenset()
