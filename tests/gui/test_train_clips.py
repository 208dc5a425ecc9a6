"""A run asked about many clips, and its inner pictures over the face."""

from __future__ import annotations

import csv
from types import SimpleNamespace

import numpy as np
import pytest
from fake_training import fold_done, scores
from train_bench import idle, press
from training_project import label

from meviewer.core.errors import WeightsError
from meviewer.experiment.answers import answers
from meviewer.gui.dialogs import train_report
from meviewer.gui.dialogs.train_maps import MapsDialog
from meviewer.present.training_maps import map_pictures, read_maps
from meviewer.present.training_words import MISSING
from meviewer.project.blind import BlindRule, set_rule


@pytest.fixture
def dialog(bench):
    """The window for many clips on a finished run."""
    press(bench, bench.view.form._train)
    idle(bench)
    press(bench, bench.view.clip._many)
    made = bench.view.many
    bench.qtbot.waitUntil(lambda: bool(made.table.rows), timeout=20_000)
    yield made
    made.close()


def states(dialog):
    return [line[5].text for line in dialog.table.rows]


def test_the_whole_project_is_asked_and_the_answers_are_kept(bench, dialog):
    assert set(states(dialog)) == {"new"}
    press(bench, dialog.run_all)
    idle(bench)
    assert set(states(dialog)) == {"done"}
    # 19 clips are labelled, 4 of them with happiness, which the worker says of all.
    assert dialog.summary.text() == "20 of 20 clips recognised, 4 of 19 as their labels say"
    kept = answers(bench.folder / "runs" / "run-001")
    first = bench.project.samples()[0]
    assert kept.get(str(first.id)).predicted == "happiness"
    asked = bench.asked[-1].arguments["clips"]
    assert [clip["keyframes"] for clip in asked[:2]] == [(10, 20, 30)] * 2
    assert asked[-1]["keyframes"] is None
    assert asked[0]["subject"] == "sub01"
    assert bench.project.annotation(first.id, "truth").events[0].emotion == "happiness"


def test_only_what_is_selected_is_asked(bench, dialog):
    assert not dialog.run_selected.isEnabled()
    dialog.table.selectRow(3)
    press(bench, dialog.run_selected)
    idle(bench)
    assert states(dialog).count("done") == 1
    assert states(dialog)[3] == "done"
    press(bench, dialog.run_all)
    idle(bench)
    assert len(bench.asked[-1].arguments["clips"]) == 19


def test_an_answer_is_stale_once_its_label_has_moved(bench, dialog):
    press(bench, dialog.run_all)
    idle(bench)
    sample = bench.project.samples()[2]
    label(bench.project, sample.id, "truth", "repression", keyframes=(11, 20, 30))
    dialog._read()
    bench.qtbot.waitUntil(lambda: states(dialog)[2] == "stale", timeout=20_000)
    assert states(dialog).count("done") == 19
    assert dialog.summary.text().endswith("1 stale")


def test_what_was_answered_before_a_cancel_is_kept(bench, dialog):
    bench.extra["predict"] = {"pause_s": 0.3}
    press(bench, dialog.run_all)
    bench.qtbot.waitUntil(lambda: "done" in states(dialog), timeout=20_000)
    assert dialog.progress.isVisible()
    dialog.progress.cancelled.emit()
    idle(bench)
    assert dialog.progress.isHidden()
    n = states(dialog).count("done")
    assert 0 < n < 20
    dialog._read()
    idle(bench)
    assert states(dialog).count("done") == n


def test_the_answers_go_into_a_file_with_frame_numbers_of_the_data_set(bench, dialog, tmp_path):
    press(bench, dialog.run_all)
    idle(bench)
    dialog.write(tmp_path / "answers.csv")
    with (tmp_path / "answers.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 20
    assert (rows[0]["onset"], rows[0]["apex"], rows[0]["offset"]) == ("111", "121", "131")
    assert float(rows[0]["p happiness"]) == pytest.approx(0.62)


def test_the_answers_become_a_page_to_read_and_to_print(bench, dialog, tmp_path, monkeypatch):
    assert not dialog.report.isEnabled()
    dialog.table.selectRow(3)
    press(bench, dialog.run_selected)
    idle(bench)
    assert dialog.report.isEnabled()
    # The worker has made its records up: there is no run to read scores from.
    dialog.write_report(tmp_path / "none.html")
    bench.qtbot.waitUntil(dialog.card.isVisible, timeout=20_000)
    assert not (tmp_path / "none.html").exists()

    measured = SimpleNamespace(scores=lambda: scores([fold_done(0, 1)], 1))
    monkeypatch.setattr(train_report.RunFolder, "open", lambda _folder: measured)
    page, print_out = tmp_path / "report.html", tmp_path / "report.pdf"
    dialog.table.clearSelection()
    for path in (page, print_out):
        dialog.write_report(path)
        bench.qtbot.waitUntil(lambda path=path: str(path) in dialog.note.text(), timeout=20_000)
    text = page.read_text()
    assert text.count("it was not asked about") == 19
    assert "no diagnosis" in text
    assert "1 answer came from the final model" in text
    assert print_out.read_bytes().startswith(b"%PDF")
    assert text.count("<h2>") == 4
    dialog.table.selectRow(3)
    dialog.write_report(tmp_path / "one.html")
    bench.qtbot.waitUntil(lambda: "one.html" in dialog.note.text(), timeout=20_000)
    assert "it was not asked about" not in (tmp_path / "one.html").read_text()


def test_inner_pictures_lie_over_the_frame_in_its_size(bench):
    frame = np.full((40, 60, 3), 100, np.uint8)
    hot = np.zeros((4, 6), np.float32)
    hot[:, 3:] = 1.0
    maps = {"attention": hot, "saliency": hot * 7, "w1": np.full((4, 6), 0.5, np.float32)}
    pictures = map_pictures(frame, maps)
    assert [one.name for one in pictures] == ["saliency", "attention", "w1"]
    assert all(one.picture.shape == frame.shape for one in pictures)
    saliency, attention, w1 = pictures
    assert saliency.scale == "0 to 7"
    np.testing.assert_array_equal(saliency.picture, attention.picture)
    # Where nothing is, and where both phases count alike, the face shows.
    np.testing.assert_array_equal(attention.picture[:, :20], frame[:, :20])
    np.testing.assert_array_equal(w1.picture, frame)
    assert np.any(attention.picture[:, 45:] != 100)
    shown = MapsDialog(bench.theme, "run-001 on sub01/clip1: happiness", pictures)
    bench.qtbot.addWidget(shown)
    assert shown.tiles[0].shown.title == "Saliency"


def test_pictures_that_are_gone_are_an_error_in_words(tmp_path):
    with pytest.raises(WeightsError, match="Run on the clip again"):
        read_maps(tmp_path / "none.safetensors")


def test_clips_labelled_blind_have_no_answer_are_not_asked_and_not_written(bench, dialog, tmp_path):
    press(bench, dialog.run_all)
    idle(bench)
    set_rule(bench.project, "A", BlindRule(1.0))
    dialog._read()
    bench.qtbot.waitUntil(lambda: set(states(dialog)) == {"hidden"}, timeout=20_000)
    words = [cell.text for line in dialog.table.rows for cell in line[2:5]]
    assert set(words) == {MISSING}
    assert not dialog.run_all.isEnabled()
    dialog.table.selectRow(2)
    assert not dialog.run_selected.isEnabled()
    dialog.write(tmp_path / "said.csv")
    assert "happiness" not in (tmp_path / "said.csv").read_text("utf-8")


def test_what_is_hidden_from_another_coder_is_seen_but_not_written(bench, dialog, tmp_path):
    press(bench, dialog.run_all)
    idle(bench)
    set_rule(bench.project, "somebody", BlindRule(1.0))
    dialog._read()
    bench.qtbot.waitUntil(lambda: any(one.kept_back for one in dialog._clips), timeout=20_000)
    assert set(states(dialog)) == {"done"}
    dialog.write(tmp_path / "said.csv")
    assert "happiness" not in (tmp_path / "said.csv").read_text("utf-8")
