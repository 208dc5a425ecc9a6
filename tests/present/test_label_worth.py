"""What a coder's labels are worth, from double labels."""

from __future__ import annotations

import math

import pytest

from meviewer.core.events import Edge
from meviewer.experiment.label_sd import LabelSd
from meviewer.motion.estimate import USUAL_SD_MS
from meviewer.present.label_worth import worth


def double(edge, n, sd_ms, coders=("A", "B"), data_set="x"):
    return LabelSd(data_set, coders, edge, n, None, sd_ms, 0.0)


def test_without_double_labels_it_is_the_usual_sd():
    assert worth((), "A", "x") == pytest.approx(USUAL_SD_MS)
    others = (double(Edge.ONSET, 50, 5.0, ("B", "C")), double(Edge.ONSET, 50, 5.0, data_set="y"))
    few = double(Edge.ONSET, 3, None)
    assert worth((*others, few), "A", "x") == pytest.approx(USUAL_SD_MS)


def test_many_double_labels_speak_louder_than_the_usual_sd():
    usual = USUAL_SD_MS[1]
    few, many = (worth([double(Edge.APEX, n, 10.0)], "A", "x")[1] for n in (6, 6000))
    assert few == pytest.approx(math.sqrt((6 * 100 + 4 * usual**2) / 10))
    assert 10.0 < many < 10.1 < few < usual


def test_of_several_pairs_the_larger_speaks():
    pairs = [double(Edge.OFFSET, 10, 90.0), double(Edge.OFFSET, 40, 20.0, ("C", "A"))]
    usual = USUAL_SD_MS[2]
    assert worth(pairs, "A", "x")[2] == pytest.approx(math.sqrt((40 * 400 + 4 * usual**2) / 44))
