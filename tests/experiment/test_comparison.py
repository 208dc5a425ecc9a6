"""Runs on disk compared: pairing, notes, refusals, and what is written of them."""

import csv
import json

import msgspec
import numpy as np
import pytest

from meviewer.cli.main import main
from meviewer.core.errors import ExperimentError
from meviewer.experiment.comparison import compare
from meviewer.experiment.runs import FoldResult, RunCard, RunFolder
from meviewer.experiment.spec import ExperimentSpec
from meviewer.present import comparison as words

CLASSES = ("negative", "positive", "surprise")


def write_run(folder, right, *, seed=0, n_subjects=6, each=5, skip=(), classes=CLASSES, **changes):
    """A run whose predictions are right with this probability; ``skip`` are clips without test."""
    rng = np.random.default_rng(100 + seed)
    subjects = tuple(f"s{n + 1}" for n in range(n_subjects))
    spec = ExperimentSpec(**{"seeds": (0, 1, 2), "epochs": 2, **changes})
    card = RunCard(
        classes=classes,
        subjects=subjects,
        clips={},
        labels="x",
        n_samples=n_subjects * each,
        device="CPU",
        versions={},
        created="",
    )
    run = RunFolder.start(folder, spec, card)
    for fold, subject in enumerate(subjects):
        clips = [k for k in range(each) if (subject, k) not in skip]
        truth = [(fold + k) % 3 for k in clips]
        said = [t if rng.random() < right else (t + 1) % 3 for t in truth]
        rows = tuple(tuple(np.eye(3)[p].tolist()) for p in said)
        result = FoldResult(
            fold=fold,
            subject=subject,
            sample_ids=tuple(range(len(clips))),
            names=tuple(f"c{k}" for k in clips),
            truth=tuple(truth),
            predicted=tuple(said),
            probabilities=rows,
            per_seed=(rows,) * len(spec.seeds),
        )
        run.write(result, b"weights")
    return run


@pytest.fixture
def two(tmp_path):
    return (
        ("first", write_run(tmp_path / "first", 0.5, seed=1)),
        ("second", write_run(tmp_path / "second", 1.0, seed=2, epochs=3)),
    )


def test_two_runs_on_the_same_clips(two):
    found = compare(two)
    assert (found.n_samples, found.n_subjects, found.notes) == (30, 6, ())
    first, second = found.runs
    assert second.uf1 == second.accuracy == 1.0
    assert first.uf1 < 1
    assert second.differs == ("epochs: 2, now 3",)
    assert first.seeds["uf1"] == (first.uf1,) * 3
    (pair,) = found.pairs
    assert pair.differences["uf1"][0] == pytest.approx(1 - first.uf1)
    assert pair.first_only == 0
    assert pair.second_only == 30 - round(30 * first.accuracy)
    assert pair.p == pair.p_holm < 0.01
    assert words.verdict(pair).startswith("second is better than first: UF1 +")
    assert "2 runs on the same 30 clips of 6 subjects" in words.summary(found)


def test_a_run_with_itself_cannot_be_told_apart(two, tmp_path):
    twin = ("twin", write_run(tmp_path / "twin", 0.5, seed=1))
    (pair,) = compare((two[0], twin)).pairs
    assert pair.p == 1
    assert "cannot be told apart" in words.verdict(pair)


def test_clips_that_one_did_not_test_are_left_out_and_counted(two, tmp_path):
    short = write_run(tmp_path / "short", 0.8, skip={("s1", 2), ("s3", 0)})
    found = compare((*two, ("short", short)))
    assert found.n_samples == 28
    assert "2 clips of first are left out" in found.notes[0]
    assert len(found.pairs) == 3
    assert all(pair.p_holm >= pair.p for pair in found.pairs)


def test_another_spelling_of_a_subject_is_the_same_clip(two, tmp_path):
    run = write_run(tmp_path / "other", 0.7)
    for number in range(6):
        result = run.result(number)
        named = msgspec.structs.replace(result, people=(f"S0{number + 1}",) * 5)
        run.write(named, b"weights")
    assert compare((two[0], ("other", run))).n_samples == 30


def test_what_makes_a_comparison_doubtful_is_said(two, tmp_path):
    lucky = write_run(tmp_path / "lucky", 0.9, seeds=(4,), shuffle_labels=True, split="k-fold")
    lucky.weights_path(5).unlink()
    notes = " ".join(compare((two[0], ("lucky", lucky))).notes)
    assert "lucky has 1 seed" in notes
    assert "control with shuffled labels" in notes
    assert "split in different ways" in notes
    assert "1 folds are missing" in notes or "not complete" in notes
    few = [(n, write_run(tmp_path / n, 0.5, n_subjects=2)) for n in ("a", "b")]
    assert "too few subjects" in " ".join(compare(few).notes)


@pytest.mark.parametrize("fault", ["classes", "nothing common", "one run", "unfinished"])
def test_what_cannot_be_compared_is_refused(two, tmp_path, fault):
    if fault == "classes":
        runs = (two[0], ("x", write_run(tmp_path / "x", 1.0, classes=("a", "b", "c"))))
    elif fault == "nothing common":
        half = {(f"s{n}", k) for n in range(1, 7) for k in range(3)}
        rest = {(f"s{n}", k) for n in range(1, 7) for k in range(3, 5)}
        made = [(n, write_run(tmp_path / n, 1.0, skip=s)) for n, s in (("x", half), ("y", rest))]
        runs = tuple(made)
    elif fault == "one run":
        runs = two[:1]
    else:
        other = write_run(tmp_path / "x", 1.0)
        for number in range(6):
            other.weights_path(number).unlink()
        runs = (two[0], ("x", other))
    with pytest.raises(ExperimentError, match="cannot be compared"):
        compare(runs)


def test_the_command_prints_writes_and_speaks_json(two, tmp_path, capsys):
    folders = [str(run.folder) for _name, run in two]
    files = ["--csv", str(tmp_path / "c.csv"), "--latex", str(tmp_path / "c.tex")]
    assert main(["compare", *folders, *files]).status == 0
    told = capsys.readouterr().out
    assert "second is better than first" in told
    assert "second − first" in told
    with (tmp_path / "c.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][:4] == ["run", "network", "protocol", "seeds"]
    assert float(rows[2][rows[0].index("uf1")]) == 1.0
    assert rows[4][:2] == ["first", "second"]
    text = (tmp_path / "c.tex").read_text()
    assert text.count(r"\begin{tabular}") == text.count(r"\end{tabular}") == 2
    assert "1.000 [1.00, 1.00]" in text
    assert "second $-$ first" in text
    assert main(["compare", *folders, "--json"]).status == 0
    document = json.loads(capsys.readouterr().out)
    assert document["pairs"][0]["second"] == "second"
    assert document["runs"][1]["uf1"] == 1.0
    assert main(["compare", folders[0], str(tmp_path)]).status
    assert "holds no run" in capsys.readouterr().err


def test_names_are_safe_in_latex_and_in_a_spreadsheet(tmp_path):
    runs = [
        (name, write_run(tmp_path / str(n), 0.9, seed=n)) for n, name in enumerate(("a_b%", "=1"))
    ]
    found = compare(runs)
    assert r"a\_b\%" in words.to_latex(found)
    assert not any(line.startswith("=") for line in words.to_csv(found).splitlines())


def test_folders_of_one_name_are_told_apart(tmp_path, capsys):
    for name in ("x", "y"):
        write_run(tmp_path / name / "run", 0.8)
    assert main(["compare", str(tmp_path / "x" / "run"), str(tmp_path / "y" / "run")]).status == 0
    assert "x/run" in capsys.readouterr().out
