import json

import numpy as np
import pytest
from factories import moving_frames, write_clip

from meviewer.__main__ import main
from meviewer.cli.main import COMMANDS

KEYS = ("--onset=111", "--apex=121", "--offset=131")


@pytest.fixture
def clip(tmp_path):
    return write_clip(tmp_path / "clip")


def answer(capsys, *words):
    """Run a command with --json and return its document; stdout holds nothing else."""
    status = main([*map(str, words), "--json"])
    assert status == 0
    return json.loads(capsys.readouterr().out)


def refused(capsys, *words):
    """Run a command that must be refused, and return the one or two lines it says."""
    assert main(list(map(str, words))) == 2
    output = capsys.readouterr()
    assert "Traceback" not in output.err
    assert len(output.err.splitlines()) <= 2
    return output.err


def test_every_command_explains_itself(capsys):
    for name in COMMANDS:
        with pytest.raises(SystemExit) as ended:
            main([name, "--help"])
        assert ended.value.code == 0
        assert name in capsys.readouterr().out


def test_info_on_a_clip(clip, capsys):
    found = answer(capsys, "info", clip)
    assert found["n_frames"] == 40
    assert found["rate"] == "200/1"
    assert (found["width"], found["height"]) == (40, 48)
    assert found["first_number"] == 101
    assert found["numbers"][-1] == 140
    assert found["fingerprint"]


def test_difference_curves_and_matrix(clip, tmp_path, capsys):
    out = tmp_path / "matrix.npy"
    found = answer(capsys, "difference", clip, "--reference", 111, "--matrix", out)
    assert found["from_reference"][10] == 0
    assert int(np.argmax(found["from_reference"])) in range(18, 23)
    frames = moving_frames().astype(np.int64)
    exact = np.sqrt(((frames[3] - frames[25]) ** 2).sum())
    assert np.load(out)[3, 25] == pytest.approx(exact, rel=1e-9)


def test_suggest_answers_in_frame_numbers_of_the_data_set(clip, capsys):
    found = answer(capsys, "suggest", clip, *KEYS)
    assert found["variant"] == "full"
    assert found["manual"] == {"onset": 111, "apex": 121, "offset": 131}
    assert 101 <= found["suggested"]["onset"] <= found["suggested"]["apex"] <= 140
    assert set(found) >= {"gain", "noise_floor", "confidence", "alternatives"}


def test_suggest_by_the_model_tells_its_intervals(clip, capsys):
    found = answer(capsys, "suggest", clip, *KEYS, "--method", "model", "--label-sd-ms", "20,20,30")
    assert found["manual"] == {"onset": 111, "apex": 121, "offset": 131}
    assert set(found["intervals"]) == {"onset", "apex", "offset"}
    assert all(one["low"] <= one["middle"] <= one["high"] for one in found["intervals"].values())
    assert found["parameters"]["offset_sd_ms"] == 30
    assert "label" in refused(capsys, "suggest", clip, "--method", "model")
    assert "10,15,25" in refused(
        capsys, "suggest", clip, *KEYS, "--method", "model", "--label-sd-ms", "much"
    )


def test_suggest_without_a_label_looks_everywhere(clip, capsys):
    found = answer(capsys, "suggest", clip)
    assert found["variant"] == "free"
    assert found["manual"] is None
    # A distance has no direction: the peak and rest are as different as rest and the peak.
    pair = found["suggested"]["onset"], found["suggested"]["apex"]
    assert set(pair) & set(range(119, 124))


@pytest.mark.parametrize(
    "kind",
    ["difference", "di", "di-rise", "di-fall", "flow-rise", "strain", "mm-cof", "mm-cof-overlay"],
)
def test_render_writes_a_picture_of_the_frame_s_size(kind, clip, tmp_path, capsys):
    import cv2

    out = tmp_path / "out.png"
    answer(capsys, "render", kind, clip, *KEYS, "--out", out, "--method", "dis")
    assert cv2.imread(str(out)).shape == (48, 40, 3)


def test_render_writes_raw_values(clip, tmp_path, capsys):
    import h5py

    out = tmp_path / "out.npy"
    answer(capsys, "render", "difference", clip, *KEYS, "--out", out)
    frames = moving_frames().astype(np.float64)
    expected = frames[20].mean(axis=2) - frames[10].mean(axis=2)
    assert np.abs(np.load(out) - expected).max() < 20
    assert np.load(out).dtype == np.float32
    out = tmp_path / "out.h5"
    answer(capsys, "render", "difference", clip, *KEYS, "--out", out)
    with h5py.File(out) as file:
        assert file["values"].shape == (48, 40)
        assert "keyframes" in json.loads(file.attrs["about"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("info", "NOWHERE"), "NOWHERE"),
        (("suggest", "CLIP", "--onset=111", "--apex=121"), "offset"),
        (("suggest", "CLIP", "--onset=131", "--apex=121", "--offset=125"), "out of order"),
        (("suggest", "CLIP", "--onset=11", "--apex=121", "--offset=131"), "11"),
        (("render", "di", "CLIP", "--out", "x.png"), "--onset"),
        (("render", "di", "CLIP", *KEYS, "--out", "x.tga"), ".png"),
        (
            (
                "render",
                "di-fall",
                "CLIP",
                "--onset=111",
                "--apex=121",
                "--offset=121",
                "--out",
                "x.png",
            ),
            "no fall",
        ),
        (("difference", "CLIP", "--reference", "7"), "7"),
        (("info", "CLIP", "--fps", "fast"), "frame rate"),
        (("bench", "--only", "nothing"), "nothing"),
        (("check", "CLIP"), "project"),
    ],
)
def test_bad_input_is_refused_in_words(words, said, clip, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    real = [str(clip) if word == "CLIP" else word for word in words]
    assert said.casefold() in refused(capsys, *real).casefold()
    assert not list(tmp_path.glob("x.*"))


def test_a_broken_window_path_is_no_traceback(tmp_path, capsys):
    assert main(["predict", str(tmp_path / "run"), str(tmp_path)]) == 2
    assert "Traceback" not in capsys.readouterr().err
