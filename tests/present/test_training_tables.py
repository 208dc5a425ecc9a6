"""Scores of single subjects, and the results of a run as files."""

from __future__ import annotations

import csv
from datetime import UTC, datetime

import pytest
from fake_training import CLASSES, training

from meviewer.experiment.records import Usage
from meviewer.experiment.spec import ExperimentSpec
from meviewer.present.training_runs import RunFacts
from meviewer.present.training_state import TrainingState, of_records
from meviewer.present.training_subjects import subject_cells, subject_rows
from meviewer.present.training_tables import tables
from meviewer.present.training_usage import cost_words, usage_blocks

STATE = of_records(tuple(training(3, 2)))
FACTS = RunFacts(1, "run_1 & co", ExperimentSpec(), "done", {}, datetime(2026, 1, 1, tzinfo=UTC))


def read(name):
    return list(csv.DictReader(tables(FACTS, STATE)[name].splitlines()))


def test_the_weakest_subject_comes_first_with_its_mistake():
    rows = subject_rows(STATE)
    assert [row.subject for row in rows] == ["sub02", "sub03", "sub01"]
    # Fold 1 tests the classes 1, 2, 3, 4, 0 and takes the first one for the next.
    assert rows[0].right == 4
    assert rows[0].accuracy == pytest.approx(0.8)
    assert rows[0].taken_for == f"{CLASSES[1]} as {CLASSES[2]}"
    # Recalls 0, 1, 1, 1, 1; F1 of the two classes 0 and 2/3.
    assert rows[0].uar == pytest.approx(0.8)
    assert rows[0].uf1 == pytest.approx((0 + 2 / 3 + 3) / 5)
    assert subject_cells(rows[2])[-2:] == ("–", "20 s")


def test_a_mistake_made_twice_is_named_before_others():
    fold = STATE.folds[0]
    import msgspec

    wrong = msgspec.structs.replace(fold, truth=(0, 1, 1, 2, 3), predicted=(4, 2, 2, 2, 3))
    state = of_records((*training(1, 1),))
    state = of_records((state.started, wrong))
    assert subject_rows(state)[0].taken_for == f"{CLASSES[1]} as {CLASSES[2]} (2)"


def test_the_files_hold_what_the_screen_shows():
    found = {row["measure"]: row for row in read("scores.csv")}
    assert float(found["uf1"]["value"]) == STATE.scores.uf1
    assert float(found["uf1"]["low"]) == STATE.scores.intervals["uf1"][0]
    assert found["folds"]["value"] == "3 of 3"
    assert [row["subject"] for row in read("subjects.csv")] == ["sub02", "sub03", "sub01"]
    clips = read("clips.csv")
    assert len(clips) == 15
    assert clips[5]["truth"] == CLASSES[1]
    assert clips[5]["predicted"] == CLASSES[2]
    assert float(clips[5][f"p {CLASSES[2]}"]) == pytest.approx(0.8)
    counts = [[int(row[name]) for name in CLASSES] for row in read("confusion.csv")]
    assert counts == [list(line) for line in STATE.scores.confusion]


def test_names_cannot_break_the_tables_of_a_paper():
    text = tables(FACTS, STATE)["tables.tex"]
    assert r"run\_1 \& co" in text
    assert text.count(r"\begin{tabular}") == 3
    assert text.count(r"\bottomrule") == 3
    assert "sub02 & 5 & .800" in text


def test_a_run_without_scores_gives_no_files():
    assert tables(FACTS, TrainingState()) == {}


def test_the_use_of_a_processor_is_one_figure_and_that_of_a_gpu_two():
    cpu = Usage(cores=0.96, processes=1, threads=1, memory_bytes=430 << 20)
    (block,) = usage_blocks(cpu, 4)
    assert (block.title, block.value, block.detail) == (
        "CPU, 1 thread",
        "1.0 of 4 cores",
        "430 MiB",
    )
    assert block.share == pytest.approx(0.24)
    gpu = Usage(
        cores=1.0,
        processes=1,
        threads=1,
        memory_bytes=1,
        gpu="NVIDIA H200",
        gpu_share=0.87,
        gpu_bytes=int(9.4 * 2**30),
        gpu_total_bytes=139 << 30,
    )
    busy, held = usage_blocks(gpu, 4)
    assert (busy.value, busy.detail) == ("87 %", "H200")
    assert (held.value, held.detail) == ("9.4 GiB", "of 139 GiB")
    assert usage_blocks(None, 4) == ()


@pytest.mark.parametrize(
    ("seconds", "n_bytes", "words"),
    [
        (703.0, 303 << 20, "about 12 min, 300 MiB"),
        (42.0, None, "about 40 s"),
        (11_000.0, 3 << 30, "about 3 h, 3.0 GiB"),
        (None, None, ""),
    ],
)
def test_a_cost_is_said_with_the_digits_that_it_is_worth(seconds, n_bytes, words):
    assert cost_words(seconds, n_bytes) == words
