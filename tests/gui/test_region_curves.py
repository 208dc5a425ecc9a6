"""Curves of single regions in the timeline: offered with a face, measured where nobody waits."""

from __future__ import annotations

import numpy as np
import pytest

from meviewer.core.events import Edge
from meviewer.present.region_tracks import region_keys, region_track


@pytest.fixture
def with_face(opened, monkeypatch):
    """The window on a clip whose face has two regions."""
    masks = {"nose": np.zeros((96, 80), bool), "chin": np.zeros((96, 80), bool)}
    masks["nose"][30:50, 30:50] = True
    masks["chin"][70:90, 20:60] = True
    monkeypatch.setattr(opened.context.face, "masks", lambda: masks)
    opened.context.face.changed.emit()
    return opened, masks


def settled(window, qtbot):
    qtbot.waitUntil(lambda: not window.busy, timeout=20_000)


def test_without_a_face_no_region_is_offered(opened):
    regions = opened.context.regions
    assert regions.keys == ()
    regions.show(region_keys(["chin"]))
    assert regions.tracks() == ()


def test_a_ticked_region_has_its_curve_and_follows_the_onset(with_face, qtbot):
    window, masks = with_face
    context = window.context
    chin = next(key for key in context.regions.keys if key.name == "chin")
    context.regions.show([chin])
    settled(window, qtbot)
    (track,) = context.regions.tracks()
    motion, options = context.analysis.motion, context.analysis.options
    for onset in (context.analysis.curves.reference, 8):
        event = context.editor.selected
        context.editor.drag(event.id, Edge.ONSET, onset, 1)
        settled(window, qtbot)
        (track,) = context.regions.tracks()
        assert [curve.name for curve in track.curves] == ["chin"]
        expected = motion.region_curves(
            {"chin": masks["chin"]}, onset, brightness_free=options.brightness_free
        )
        assert np.array_equal(track.curves[0].line.values, expected["chin"])
    context.regions.show([])
    assert context.regions.tracks() == ()


def test_regions_stand_on_one_scale_and_say_their_unit():
    track = region_track({"nose": np.array([0.0, 1.0]), "chin": np.array([0.0, 7.5])})
    assert [curve.name for curve in track.curves] == ["nose", "chin"]
    assert track.top >= 7.5
    assert "grey levels" in track.unit
