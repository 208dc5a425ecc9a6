"""Anchors, decoding and merging, on numbers written by hand."""

from __future__ import annotations

import numpy as np
import pytest

from meviewer.data.face.detection import FULL, SHORT, anchors, decode, merge, overlaps


def test_anchors_are_the_middles_of_the_cells_of_each_grid():
    short, full = anchors(SHORT), anchors(FULL)
    assert short.shape == (16 * 16 * 2 + 8 * 8 * 6, 2)
    assert full.shape == (48 * 48, 2)
    assert short[:3].tolist() == [[4, 4], [4, 4], [12, 4]]
    assert short[512:519].tolist() == [[8, 8]] * 6 + [[24, 8]]
    assert full[48].tolist() == [2, 6]


def outputs(n, at, numbers, logit=3.0):
    logits, rows = np.full(n, -20.0), np.zeros((n, 16))
    logits[at], rows[at] = logit, numbers
    return logits, rows


def test_a_box_and_its_points_are_relative_to_their_anchor():
    middles = anchors(SHORT)
    numbers = [1, 2, 30, 40, *(v for k in range(6) for v in (k, -k))]
    logits, rows = outputs(len(middles), 2, numbers)
    scores, places = decode(logits, rows, middles, 0.5)
    assert scores == pytest.approx([1 / (1 + np.exp(-3.0))])
    assert places[0, :2].tolist() == [[13 - 15, 6 - 20], [13 + 15, 6 + 20]]
    assert places[0, 2:].tolist() == [[12 + k, 4 - k] for k in range(6)]


def test_what_scores_too_low_is_left_out_and_the_rest_is_sorted():
    middles = np.array([(1.0, 1.0), (2.0, 2.0), (3.0, 3.0)])
    scores, places = decode([-5.0, 0.5, 2.0], np.zeros((3, 16)), middles, 0.5)
    assert list(scores) == sorted(scores, reverse=True)
    assert places[:, 0].tolist() == [[3, 3], [2, 2]]


def test_scores_out_of_all_bounds_are_no_warning():
    scores, _ = decode([1e9, -1e9], np.zeros((2, 16)), np.zeros((2, 2)), 0.1)
    assert scores.tolist() == [1.0]


def place(left, top, side):
    found = np.zeros((8, 2))
    found[:2] = (left, top), (left + side, top + side)
    return found


def test_boxes_of_one_face_are_averaged_by_score_and_others_kept():
    places = np.stack([place(0, 0, 10), place(100, 0, 10), place(2, 0, 10)])
    faces = merge(np.array([0.8, 0.7, 0.4]), places)
    assert [score for score, _ in faces] == [0.8, 0.7]
    assert faces[0][1][0, 0] == pytest.approx(2 * 0.4 / 1.2)
    assert faces[1][1][0].tolist() == [100, 0]


def test_no_boxes_are_no_faces():
    assert merge(np.zeros(0), np.zeros((0, 8, 2))) == []


def test_an_empty_box_ends_like_any_other():
    assert len(merge(np.array([0.9, 0.8]), np.zeros((2, 8, 2)))) == 2


def test_overlaps_are_shares_of_the_union():
    boxes = np.array([[(0, 0), (10, 10)], [(5, 0), (15, 10)], [(20, 20), (30, 30)]], float)
    assert overlaps(boxes[0], boxes) == pytest.approx([1, 1 / 3, 0])
