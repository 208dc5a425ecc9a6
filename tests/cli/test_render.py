"""`render`: averaged and faded flow, provenance in the values, videos, magnified motion."""

from __future__ import annotations

import json

import h5py
import numpy as np
import pytest
from factories import moving_frames, write_clip

from meviewer.cli.main import main
from meviewer.data.clip import open_clip

KEYS = ("--onset=111", "--apex=121", "--offset=131")


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    return write_clip(tmp_path_factory.mktemp("render") / "clip", moving_frames())


def render(capsys, kind, clip, out, *more):
    words = ["render", kind, str(clip), *KEYS, "--method=dis", "--json", "--out", str(out), *more]
    status = main(words).status
    said = capsys.readouterr()
    assert status == 0, said.err
    return json.loads(said.out)


def refused(capsys, kind, clip, out, *more):
    words = ["render", kind, str(clip), *KEYS, "--out", str(out), *more]
    assert main(words).status == 2
    return capsys.readouterr().err


def test_values_carry_where_they_come_from(clip, tmp_path, capsys):
    render(capsys, "flow-rise", clip, tmp_path / "flow.h5", "--average", "3")
    with open_clip(clip) as opened, h5py.File(tmp_path / "flow.h5") as file:
        assert file.attrs["clip_fingerprint"] == opened.fingerprint
        assert file.attrs["formula_mark"] == "[paper]"
        assert file.attrs["written_by"].startswith("meviewer ")
        assert json.loads(file.attrs["keyframes"]) == {"onset": 111, "apex": 121, "offset": 131}
        known = json.loads(file.attrs["parameters"])
        assert (known["method"], known["average"], known["preset"]) == ("dis", 3, "medium")
        values = file["values"][:]
    render(capsys, "flow-rise", clip, tmp_path / "flow.npy", "--average", "3")
    assert np.load(tmp_path / "flow.npy").tobytes() == values.tobytes()


def test_averaging_changes_the_flow_and_fading_only_the_picture(clip, tmp_path, capsys):
    for name, more in (("plain", ()), ("mean", ("--average=3",)), ("faded", ("--fade",))):
        render(capsys, "flow-rise", clip, tmp_path / f"{name}.h5", *more)
    found = {}
    for name in ("plain", "mean", "faded"):
        with h5py.File(tmp_path / f"{name}.h5") as file:
            found[name] = file["values"][:], file["picture"][:]
    assert not np.array_equal(found["plain"][0], found["mean"][0])
    assert np.array_equal(found["plain"][0], found["faded"][0])
    assert not np.array_equal(found["plain"][1], found["faded"][1])


@pytest.mark.parametrize("kind", ["strain", "mm-cof", "mm-cof-overlay"])
def test_what_is_made_of_flow_fades_as_well(kind, clip, tmp_path, capsys):
    render(capsys, kind, clip, tmp_path / "plain.h5")
    render(capsys, kind, clip, tmp_path / "faded.h5", "--fade")
    with h5py.File(tmp_path / "plain.h5") as one, h5py.File(tmp_path / "faded.h5") as two:
        assert np.array_equal(one["values"], two["values"])
        assert not np.array_equal(one["picture"], two["picture"])


@pytest.mark.parametrize("kind", ["difference", "flow-rise", "di-rise", "mm-cof-overlay"])
def test_an_overlay_clip_has_every_frame_of_the_event(kind, clip, tmp_path, capsys):
    said = render(capsys, kind, clip, tmp_path / "out.mp4", "--no-numbers")
    assert (said["n_frames"], said["rate"]) == (21, "25/1")
    with open_clip(tmp_path / "out.mp4") as video:
        assert (video.n_frames, video.rate, video.size[1]) == (21, 25, 40)


def test_a_magnified_clip_can_be_whole_and_at_full_speed(clip, tmp_path, capsys):
    more = ("--whole", "--speed=1", "--way=linear", "--factor=10")
    said = render(capsys, "magnified", clip, tmp_path / "out.mp4", *more)
    assert (said["n_frames"], said["rate"]) == (40, "200/1")


def test_a_magnified_frame_is_marked_and_has_no_values(clip, tmp_path, capsys):
    import cv2

    render(capsys, "magnified", clip, tmp_path / "out.png")
    assert cv2.imread(str(tmp_path / "out.png")).shape[0] > 48
    said = refused(capsys, "magnified", clip, tmp_path / "out.npy")
    assert "for looking only" in said
    assert not (tmp_path / "out.npy").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("strain", "x.mp4"), "no video"),
        (("flow-rise", "x.png", "--average=9"), "average"),
        (("magnified", "x.png", "--factor=90"), "factor"),
    ],
)
def test_what_cannot_be_is_refused_by_name(words, said, clip, tmp_path, capsys):
    kind, name, *more = words
    assert said in refused(capsys, kind, clip, tmp_path / name, *more)
    assert not list(tmp_path.iterdir())
