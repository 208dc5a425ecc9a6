"""Folders of ready flow pictures: their layouts, their tables, and what cannot be used."""

import cv2
import numpy as np
import pytest

from meviewer.core.errors import LabelError
from meviewer.data.flow_pictures import FlowPicture, LeftOut, read_pictures


def values(seed=0, size=(6, 5)):
    return np.random.default_rng(seed).integers(0, 256, (*size, 3)).astype(np.uint8)


def write(path, rgb):
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), rgb[..., ::-1] if rgb.ndim == 3 else rgb)


def read(folder, **options):
    return list(read_pictures(folder, **options))


def test_subject_and_class_stand_in_the_path(tmp_path):
    write(tmp_path / "s01" / "2" / "a.png", values(1))
    write(tmp_path / "s02" / "0" / "b.png", values(2))
    first, second = read(tmp_path)
    assert (first.name, first.subject, first.label) == ("s01/2/a", "s01", "2")
    assert (second.subject, second.label, second.dataset) == ("s02", "0", "")
    np.testing.assert_array_equal(first.values, np.moveaxis(values(1), -1, 0).astype(np.float32))
    (backwards, _) = read(tmp_path, backwards=True)
    np.testing.assert_array_equal(backwards.values, first.values[::-1])
    assert first.fingerprint != second.fingerprint


def test_the_tree_of_a_published_composite_has_its_own_pattern(tmp_path):
    """Each subject's folder holds the others too, for training: the test part is what counts."""
    write(tmp_path / "006" / "u_test" / "1" / "c.png", values(1))
    write(tmp_path / "006" / "u_train" / "1" / "d.png", values(2))
    found = read(tmp_path, pattern="{subject}/u_test/{class}/{name}")
    assert isinstance(found[0], FlowPicture)
    assert found[0].subject == "006"
    assert isinstance(found[1], LeftOut)
    assert isinstance(read(tmp_path, pattern="{subject}/*st/{class}/c")[0], FlowPicture)


def test_a_pattern_may_name_the_data_set(tmp_path):
    write(tmp_path / "samm" / "006" / "positive" / "x.png", values())
    (one,) = read(tmp_path, pattern="{dataset}/{subject}/{class}/{name}")
    assert (one.dataset, one.subject, one.label) == ("samm", "006", "positive")


@pytest.mark.parametrize("ending", ["", ".png"])
def test_a_table_says_whose_and_what(tmp_path, ending):
    write(tmp_path / "deep" / "one.png", values(1))
    write(tmp_path / "two.png", values(2))
    table = f"File,Subject,Label,Database\ndeep/one{ending},1,neg,smic\nthree,2,pos,smic\n"
    (tmp_path / "labels.csv").write_text(table)
    one, missing, unnamed = read(tmp_path, table="labels.csv")
    assert (one.subject, one.label, one.dataset) == ("1", "neg", "smic")
    assert "row 3" in missing.reason
    assert (unnamed.name, unnamed.reason) == ("two", "the table does not name it")


def test_three_grey_pictures_are_one_sample(tmp_path):
    whole = values(3)
    for plane, part in enumerate(("u", "v", "strain")):
        write(tmp_path / "s1" / "0" / f"clip_{part}.png", whole[..., plane])
    (one,) = read(tmp_path)
    assert one.name == "s1/0/clip"
    np.testing.assert_array_equal(one.values, np.moveaxis(whole, -1, 0))
    (tmp_path / "s1" / "0" / "clip_v.png").unlink()
    (left,) = read(tmp_path)
    assert left.reason == "its picture of v is missing"


@pytest.mark.parametrize("shape", [(3, 6, 5), (6, 5, 3)])
def test_arrays_keep_their_values(tmp_path, shape):
    array = np.random.default_rng(0).normal(size=(3, 6, 5)).astype(np.float32)
    (tmp_path / "s1" / "0").mkdir(parents=True)
    np.save(tmp_path / "s1" / "0" / "a.npy", array if shape[0] == 3 else np.moveaxis(array, 0, -1))
    (one,) = read(tmp_path)
    np.testing.assert_array_equal(one.values, array)


def _grey(path):
    write(path, np.repeat(values()[..., :1], 3, 2))


def _objects(path):
    np.save(path.with_suffix(".npy"), np.array([{"a": 1}], dtype=object), allow_pickle=True)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path.write_bytes(b"\x89PNG no"), ""),
        (lambda path: path.with_suffix(".npy").write_bytes(b"no"), "no array of numbers"),
        (_objects, "no array of numbers"),
        (_grey, "grey picture"),
        (lambda path: write(path, values()[..., 0]), "1 channels"),
        (lambda path: np.save(path.with_suffix(".npy"), np.full((3, 6, 5), np.nan)), "no numbers"),
        (lambda path: np.save(path.with_suffix(".npy"), np.zeros((2, 3, 4, 5))), "its shape"),
        (lambda path: write(path.with_name("a_u.png"), values()), ""),
    ],
)
def test_what_is_no_flow_picture_is_left_out_with_its_reason(tmp_path, make, words):
    write(tmp_path / "s1" / "0" / "good.png", values(5))
    make(tmp_path / "s1" / "0" / "a.png")
    found = {one.name: one for one in read(tmp_path)}
    if "s1/0/a" in found and isinstance(found["s1/0/a"], LeftOut):
        assert words in found["s1/0/a"].reason
    else:
        assert not words
    assert isinstance(found["s1/0/good"], FlowPicture)


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("{subject}/{name}", r"lacks \{class\}"),
        ("{subject}/{class}/{subject}", "twice"),
        ("{subject}/{emotion}", r"\{emotion\} means nothing"),
        ("{dataset}/{subject}/{class}/{name}", "does not look like"),
    ],
)
def test_a_pattern_that_cannot_fit_is_told(tmp_path, pattern, words):
    write(tmp_path / "s1" / "0" / "a.png", values())
    with pytest.raises(LabelError, match=words):
        read(tmp_path, pattern=pattern)


def test_a_folder_or_a_table_that_is_not_there(tmp_path):
    with pytest.raises(LabelError, match="no such folder"):
        read(tmp_path / "gone")
    with pytest.raises(LabelError):
        read(tmp_path, table="gone.csv")
    with pytest.raises(LabelError, match="no picture"):
        read(tmp_path)
    (tmp_path / "labels.csv").write_text("File,Subject\na,1\n")
    with pytest.raises(LabelError, match="class"):
        read(tmp_path, table="labels.csv")
