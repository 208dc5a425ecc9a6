"""What a view gives to a file: caption, provenance, name, numbers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from factories import event

from meviewer.core.events import Source as By
from meviewer.data.values_file import NamedArray
from meviewer.present.curves import pyramid
from meviewer.present.export_view import (
    ViewContent,
    caption,
    confusion_content,
    endings,
    file_stem,
    frame_content,
    plots_content,
    provenance,
    source_of,
    timeline_content,
    values_words,
)
from meviewer.present.timeline import Curve, TimelineState, Track
from meviewer.present.training_views import Confusion, Line, Plot

FLOW = ViewContent(
    "Flow, rise",
    "flow-rise",
    ("full colour: 2 px",),
    (NamedArray("values", np.zeros((4, 3, 2), np.float32), "px"),),
    "paper",
    {"attachment": 0.15, "median": True, "finest_scale": None, "region": ""},
)


def source(labelled=True):
    made = event() if labelled else None
    return source_of("s 01", "c/01", "3fa0b1c2d3e4", Fraction(200), range(101, 141), made)


def test_a_caption_says_frames_parameters_mark_version_and_clip():
    title, lines = caption(FLOW, source())
    assert title == "Flow, rise: s 01/c/01"
    assert lines[0] == "frames: onset 111, apex 121, offset 131"
    assert lines[1] == "full colour: 2 px"
    assert lines[2] == "attachment 0.15, median on, finest_scale default"
    assert lines[3].startswith("formula: paper, meviewer ")
    assert lines[3].endswith("clip 3fa0b1c2")


def test_provenance_is_flat_and_names_the_clip_and_its_keyframes():
    about = provenance(FLOW, source())
    assert about["clip_fingerprint"] == "3fa0b1c2d3e4"
    assert (about["onset"], about["apex"], about["offset"]) == (111, 121, 131)
    assert about["frames_per_second"] == "200/1"
    assert about["parameters"]["median"] is True
    assert "clip" not in provenance(FLOW, None)


def test_an_apex_that_is_not_set_is_not_named():
    from dataclasses import replace

    unset = replace(event(), apex_source=By.NONE)
    keys = source_of("s", "c", "", Fraction(25), range(40), unset).keyframes
    assert dict(keys) == {"onset": 10, "offset": 30}


def test_names_of_files_hold_clip_keyframes_and_kind_and_nothing_unsafe():
    assert file_stem(FLOW, source()) == "s-01_c-01_111-121-131_flow-rise"
    assert file_stem(FLOW, source(labelled=False)) == "s-01_c-01_flow-rise"
    assert file_stem(FLOW, None) == "flow-rise"
    odd = ViewContent("…", "../..", of_clip=False)
    assert file_stem(odd, None) == "view"


def test_formats_are_those_that_can_hold_the_view():
    pictures = (".png", ".svg", ".pdf")
    assert endings(ViewContent("Words", "words")) == pictures
    assert endings(FLOW) == (*pictures, ".npy", ".h5")
    assert endings(FLOW, video=True)[-1] == ".mp4"
    assert values_words(FLOW, ".npy") == "values: 4 × 3 × 2 float32, px"


def test_curves_of_the_timeline_are_columns_of_one_length():
    values = np.array([0.0, np.nan, 2.5])
    track = Track(
        "Difference", "RMS grey levels", (Curve("from onset", "curve", pyramid(values)),), 3.0, 0.4
    )
    state = TimelineState("x", 3, (7, 8, 10), Fraction(200), (track,))
    content = timeline_content(state)
    assert content.is_table
    assert ".csv" in endings(content)
    frame, time, curve = content.arrays
    assert frame.array.tolist() == [7, 8, 10]
    assert time.array.tolist() == [0.0, 5.0, 10.0]
    assert np.array_equal(curve.array, values, equal_nan=True)
    assert content.lines == ("Difference in RMS grey levels, noise floor 0.40",)


def test_curves_of_a_run_share_their_epochs():
    plots = (
        Plot("loss", "epoch", 3, 1, (Line("train", "curve", (0, 1, 2), (1.0, 0.5, 0.2)),)),
        Plot("UF1", "epoch", 3, 1, (Line("train", "curve", (1, 2), (0.3, 0.6)),)),
    )
    content = plots_content(plots, "short-1")
    assert content.title == "Training curves: short-1"
    assert [each.name for each in content.arrays] == ["epoch", "loss, train", "UF1, train"]
    assert np.isnan(content.arrays[2].array[0])
    assert content.arrays[2].array[1:].tolist() == [0.3, 0.6]
    assert not plots_content((), "").arrays


def test_a_confusion_matrix_names_its_classes():
    content = confusion_content(Confusion(("neg", "pos"), ((3, 1), (0, 4)), ("", "")), "")
    assert content.arrays[0].array.tolist() == [[3, 1], [0, 4]]
    assert "classes neg / pos" in " ".join(caption(content, None)[1])


def test_a_magnified_or_covered_frame_has_no_values():
    frame = np.zeros((4, 4, 3), np.uint8)
    bare = frame_content(frame, 312, "", "", 0.6, None)
    assert bare.arrays[0].array is frame
    assert not frame_content(frame, 312, "flow", "full colour: 2 px", 0.6, None).arrays
    large = frame_content(frame, 312, "", "", 0.6, {"factor": 5.0})
    assert not large.arrays
    assert "for looking only" in " ".join(large.lines)
