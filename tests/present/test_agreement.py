"""What an agreement report says, in the window, in a terminal and in files."""

import csv
import io
import json
from fractions import Fraction
from pathlib import Path

import pytest
from factories import annotation, event

from meviewer.__main__ import main
from meviewer.experiment.agreement_figures import Figure
from meviewer.experiment.agreement_project import agree, disagreements
from meviewer.experiment.intervals import Interval
from meviewer.present.agreement import (
    AgreementFacts,
    difference_rows,
    dot_words,
    keyframe_rows,
    lane_words,
    name_rows,
    summary,
    with_interval,
)
from meviewer.present.agreement_files import as_html, as_json, numbers_csv, write_report
from meviewer.present.agreement_plot import agreement_plot
from meviewer.project.project import Project

FACTS = AgreementFacts("double <1>", False, 0.5, "meviewer 1")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Eight clips of four subjects, each labelled by Ann and four frames later by Ben."""
    folder = tmp_path_factory.mktemp("double")
    with Project.create(folder, "double <1>") as project:
        for number in range(8):
            sample = project.add_sample(
                f"s{number % 4}",
                f"c{number}",
                Path(f"c{number}"),
                fingerprint=f"f{number}",
                rate=Fraction(200),
                n_frames=200,
                first_number=1,
                width=8,
                height=8,
            )
            at = 10 + number
            other = "fear" if number == 3 else "disgust"
            later = 4 + number % 2
            tiers = {
                "Ann": annotation(event(1, at, at + 10, at + 30)),
                "Ben": annotation(event(1, at + later, at + 10, at + 31, other)),
            }
            if number == 7:
                tiers["Ben"] = annotation(event(1, 150, 160, 170))
            for coder, tier in tiers.items():
                project.set_tier(sample.id, coder, tier, "test")
    return folder


@pytest.fixture(scope="module")
def report(folder):
    with Project.open(folder, read_only=True) as project:
        return agree(project, draws=200)


def test_numbers_stand_beside_their_intervals_and_words_where_there_are_none():
    assert with_interval(Figure(-0.126, 9, Interval(-0.2, 0.1))) == "−0.13 (−0.20 … 0.10)"
    assert with_interval(Figure(1.26, 9), 1, sign=True) == "+1.3"
    assert with_interval(Figure(None, 9, None, "undefined: one category only")) == "undefined"
    assert with_interval(Figure(None, 0, None, "between two coders only")) == "–"


def test_rows_say_what_was_found(report):
    assert summary(report).startswith("Ann, Ben: 8 clips of 4 subjects, 7 events matched; apexes")
    onset, apex, *_rest = keyframe_rows(report)
    assert onset[:3] == ("Ann and Ben", "onset", "7")
    assert onset[3].startswith("+22.1 (")
    assert apex[4] == "0.0 (0.0 … 0.0)"
    assert apex[6] == "100%"
    (emotion,) = name_rows(report)
    assert emotion[:4] == ("Ann and Ben", "emotion", "7", "86%")


def test_differences_are_listed_missing_events_first(report):
    rows = difference_rows(disagreements(report.pairs[0]))
    assert [row[2] for row in rows[:2]] == ["event", "event"]
    assert {row[5] for row in rows[:2]} == {"only Ann marked it", "only Ben marked it"}
    assert rows[2][2:] == ("onset", "11", "16", "+5 f  +25 ms")
    assert rows[-1][2:] == ("emotion", "disgust", "fear", "another emotion")


def test_the_plot_has_a_lane_a_keyframe_and_says_its_dots(report):
    plot = agreement_plot(report)
    assert [lane.edge.value for lane in plot.lanes] == ["onset", "apex", "offset"]
    assert [lane.first for lane in plot.lanes] == [True, False, False]
    assert plot.axis.startswith("second coder less first")
    onset = plot.lanes[0]
    assert [dot.ms for dot in onset.dots] == [20, 20, 20, 20, 25, 25, 25]
    (hollow,) = (at for at, dot in enumerate(onset.dots) if not dot.full)
    assert dot_words(onset, hollow) == "s3/c3, onset: +5 f  +25 ms; disgust and fear"
    assert lane_words(onset) == "Ann → Ben, onset: 7 events, median difference +20.0 ms"


def test_files_are_written_and_read_back(report, tmp_path):
    files = write_report(tmp_path / "out", report, FACTS)
    assert {path.name for path in files} == {path.name for path in (tmp_path / "out").iterdir()}
    page = as_html(report, FACTS)
    assert "double &lt;1&gt;" in page
    assert "<svg" in page
    for text in (page, as_json(report, FACTS), numbers_csv(report)):
        assert "nan" not in text.casefold()
    rows = list(csv.DictReader(io.StringIO(numbers_csv(report))))
    bias = next(row for row in rows if (row["what"], row["number"]) == ("onset", "bias_frames"))
    assert float(bias["value"]) == pytest.approx(31 / 7)
    assert float(bias["low"]) <= 31 / 7 <= float(bias["high"])


def test_the_command_prints_a_table_or_json(folder, tmp_path, capsys):
    page, numbers = tmp_path / "a.html", tmp_path / "a.csv"
    assert main(["agree", str(folder), "--html", str(page), "--csv", str(numbers), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["coders"] == ["Ann", "Ben"]
    (pair,) = found["pairs"]
    assert pair["keyframes"]["onset"]["mae_frames"]["value"] == pytest.approx(31 / 7)
    assert pair["f1"]["value"] == pytest.approx(14 / 16)
    assert pair["emotion"]["kappa"]["value"] is not None
    assert "<table" in page.read_text()
    assert numbers.read_text().startswith("coders,what,number,value")
    assert main(["agree", str(folder)]) == 0
    assert "ICC(2,1)" in capsys.readouterr().out


def test_the_command_names_what_is_missing(folder, capsys):
    assert main(["agree", str(folder), "--coder", "Ann"]) == 2
    assert "needs two coders" in capsys.readouterr().err
