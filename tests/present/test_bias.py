"""The bias report as tables, as a plot and as files."""

import csv
import json
import math
import xml.etree.ElementTree as ET
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest

from meviewer.core.errors import StorageError
from meviewer.core.events import Edge, Keyframes
from meviewer.experiment.bias import bias_report
from meviewer.experiment.bias_events import Compared, LeftOut
from meviewer.experiment.label_sd import LabelSd
from meviewer.gui.palette import PALETTES
from meviewer.motion.gamdss import VARIANTS
from meviewer.present.bias import REACH, ReportFacts, label_rows, phase_rows, shift_rows, summary
from meviewer.present.bias_files import EVENT_HEADS, as_json, write_report
from meviewer.present.bias_plot import bias_plot
from meviewer.present.bias_svg import INK, bias_svg

FACTS = ReportFacts("small <study>", ("A",), {"variant": "two-sided", "ratio": None}, "meviewer 1")


def compared(at, by, data_set="SAMM", **more):
    """An event labelled 10-30-60 at 200 fps whose apex was moved."""
    facts = (data_set, f"s{at % 4}", f"c{at}", "disgust", "A", at, 1, Fraction(200))
    moved = Keyframes(10, 30 + by, 60)
    made = Compared(*facts, Keyframes(10, 30, 60), moved, 0.1, 0.9, at % 2 == 0)
    return replace(made, **more)


@pytest.fixture
def report():
    events = [compared(at, by) for at, by in enumerate((-2, 0, 1, 3, 3, 4, 20))]
    out = (LeftOut("s1", "bad", 0, "cannot be read"),)
    return bias_report([*events, compared(9, 2, "CASME II")], left_out=out, draws=100)


def test_all_events_come_first_then_a_row_a_group_and_keyframe(report):
    rows = shift_rows(report)
    assert [(row[0], row[1]) for row in rows[::3]] == [
        ("all", "onset"), ("CASME II", "onset"), ("SAMM", "onset"),
    ]  # fmt: skip
    assert shift_rows(report, (Edge.APEX,))[1][:5] == ("CASME II", "apex", "1", "+10.0", "–")
    assert shift_rows(report, (Edge.APEX,))[1][-1] == "one event only"
    samm = shift_rows(report, (Edge.APEX,))[2]
    assert samm[3] == "+15.0"
    assert samm[8] == "86%"
    assert summary(report) == "8 events, 8 clips, 4 subjects; 1 label left out"


def test_a_single_group_is_not_told_twice():
    assert len(shift_rows(bias_report([compared(1, 2)], draws=10))) == 3


def test_phases_stand_beside_what_was_published(report):
    rows = {(row[0], row[1]): row for row in phase_rows(report)}
    assert rows["SAMM", "rise"][3:8] == ("100", "0", "115", "15", "160")
    assert rows["all", "fall"][7] == "–"


def test_labels_without_an_sd_say_why():
    rows = label_rows(
        (
            LabelSd("", ("A", "B"), Edge.APEX, 1, None, None, 5.0, "one event only"),
            LabelSd("SAMM", ("A", "B"), Edge.APEX, 9, 2.0, 10.0, -5.0),
        )
    )
    assert rows[0] == ("no data set", "A and B", "apex", "1", "–", "–", "+5.0", "one event only")
    assert rows[1][4:7] == ("10.0", "2.0", "−5.0")


def test_every_variant_says_which_way_it_can_move_a_label():
    assert set(REACH) == set(VARIANTS)


def test_the_plot_shows_every_event_inside_its_axis(report):
    plot = bias_plot(report)
    assert [(lane.group, lane.edge) for lane in plot.lanes[:3]] == [
        ("CASME II", edge) for edge in Edge
    ]
    assert sum(len(lane.dots) for lane in plot.lanes) == 8 * 3
    assert all(plot.low < dot.ms < plot.high for lane in plot.lanes for dot in lane.dots)
    assert all(abs(dot.height) <= 1 for lane in plot.lanes for dot in lane.dots)
    assert 0 in plot.ticks
    assert len(plot.ticks) <= 9
    (apex,) = [lane for lane in plot.lanes if (lane.group, lane.edge) == ("SAMM", Edge.APEX)]
    assert apex.box.median == 15
    assert apex.box.high == 20  # 100 ms lies beyond the whisker
    assert plot.lanes[0].box is None


def test_equal_shifts_do_not_hide_one_another():
    events = [compared(at, 2) for at in range(40)]
    (lane,) = bias_plot(bias_report(events, draws=10), (Edge.APEX,)).lanes
    heights = sorted(dot.height for dot in lane.dots)
    assert min(b - a for a, b in pairwise(heights)) > 0.01
    beside = [dot.beside_ms - dot.ms for dot in lane.dots]
    assert 1 < max(beside) <= 1.5  # a crowd is spread over less than a third of a frame of 5 ms
    assert min(beside) >= -1.5
    (few,) = bias_plot(bias_report(events[:6], draws=10), (Edge.APEX,)).lanes
    assert all(dot.beside_ms == dot.ms for dot in few.dots)


def test_without_events_there_are_no_lanes():
    plot = bias_plot(bias_report([]))
    assert plot.lanes == ()
    assert plot.low < 0 < plot.high
    ET.fromstring(bias_svg(plot))


def test_the_svg_is_whole_and_in_the_colours_of_the_light_theme(report):
    root = ET.fromstring(bias_svg(bias_plot(report)))
    circles = [one for one in root.iter() if one.tag.endswith("circle")]
    assert len(circles) == 24
    light = PALETTES["light"]
    assert {edge: getattr(light, edge.value) for edge in Edge} == INK


def test_files_hold_the_same_numbers_and_names_are_harmless(report, tmp_path):
    odd = replace(report.events[0], clip="=cmd()", subject="<b>")
    odd_report = bias_report([*report.events[1:], odd], left_out=report.left_out, draws=100)
    labels = (LabelSd("SAMM", ("A", "B"), Edge.APEX, 9, 2.0, 10.0, -5.0),)
    files = {path.name: path for path in write_report(tmp_path / "r", odd_report, FACTS, labels)}
    rows = list(csv.DictReader(files["bias-events.csv"].read_text("utf-8").splitlines()))
    assert tuple(rows[0]) == EVENT_HEADS
    assert len(rows) == 24
    assert rows[-1]["clip"] == "'=cmd()"
    groups = list(csv.DictReader(files["bias-groups.csv"].read_text("utf-8").splitlines()))
    found = json.loads(files["bias.json"].read_text("utf-8"))
    apex = found["groups"][1]["keyframes"]["apex"]
    assert float(groups[7]["median_ms"]) == apex["median_ms"] == 15
    assert found["label_sd"][0]["sd_ms"] == 10
    assert found["left_out"][0]["reason"] == "cannot be read"
    page = files["bias.html"].read_text("utf-8")
    assert "small &lt;study&gt;" in page
    assert "<b>" not in page
    ET.fromstring(files["bias.svg"].read_text("utf-8"))


def test_nothing_is_ever_nan(report):
    def check(value):
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list):
            return all(map(check, value))
        return not isinstance(value, float) or math.isfinite(value)

    assert check(json.loads(as_json(report, FACTS)))
    assert json.loads(as_json(bias_report([]), FACTS))["all"] is None


def test_a_report_that_cannot_be_written_is_said(report, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="Could not write"):
        write_report(tmp_path / "file" / "deep", report, FACTS)
