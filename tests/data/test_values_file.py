"""Raw values: the very numbers, and where they come from."""

from __future__ import annotations

import csv

import h5py
import numpy as np
import pytest

from meviewer.core.errors import MeviewerError
from meviewer.data.values_file import NamedArray, write_values

FLOW = np.random.default_rng(0).normal(size=(7, 5, 2)).astype(np.float32)
ABOUT = {
    "kind": "flow-rise",
    "formula_mark": "paper",
    "onset": 300,
    "parameters": {"attachment": np.float32(0.5), "scales": 5, "median": True},
    "clip_fingerprint": "3fa0",
}


def curves():
    return [
        NamedArray("frame", np.array([300, 301, 302])),
        NamedArray("from onset", np.array([0.1, np.nan, 1 / 3]), "grey levels"),
    ]


def test_npy_holds_the_array_bit_for_bit(tmp_path):
    write_values(tmp_path / "v.npy", [NamedArray("values", FLOW, "px")], ABOUT)
    back = np.load(tmp_path / "v.npy", allow_pickle=False)
    assert back.dtype == FLOW.dtype
    assert back.tobytes() == FLOW.tobytes()


def test_npy_of_curves_has_a_column_for_each(tmp_path):
    write_values(tmp_path / "v.npy", curves(), ABOUT)
    back = np.load(tmp_path / "v.npy")
    assert back.shape == (3, 2)
    assert np.array_equal(back[:, 0], [300, 301, 302])


def test_hdf5_says_where_the_values_come_from(tmp_path):
    write_values(tmp_path / "v.h5", [NamedArray("values", FLOW, "px")], ABOUT)
    with h5py.File(tmp_path / "v.h5") as file:
        assert file["values"][:].tobytes() == FLOW.tobytes()
        assert file["values"].attrs["unit"] == "px"
        assert file.attrs["onset"] == 300
        assert file.attrs["formula_mark"] == "paper"
        assert file.attrs["written_by"].startswith("meviewer ")
        assert file.attrs["parameters"] == '{"attachment":0.5,"scales":5,"median":true}'


def test_csv_reads_back_as_the_same_numbers_with_units_in_the_head(tmp_path):
    write_values(tmp_path / "v.csv", curves(), ABOUT)
    with (tmp_path / "v.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["frame", "from onset [grey levels]"]
    assert rows[1:] == [["300", "0.1"], ["301", ""], ["302", repr(1 / 3)]]


def test_a_picture_is_no_table(tmp_path):
    with pytest.raises(MeviewerError, match="no table"):
        write_values(tmp_path / "v.csv", [NamedArray("values", FLOW)], {})
    with pytest.raises(MeviewerError, match=r"\.txt"):
        write_values(tmp_path / "v.txt", [NamedArray("values", FLOW)], {})
    with pytest.raises(MeviewerError, match="no values"):
        write_values(tmp_path / "v.npy", [], {})
    assert not list(tmp_path.iterdir())
