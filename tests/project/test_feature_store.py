import multiprocessing
import os
import time

import h5py
import numpy as np
import pytest

from meviewer.core.errors import StorageError
from meviewer.core.events import Edge
from meviewer.project.features import FeatureStore

_KEY = FeatureStore.key({"clip": "abc", "onset": 3})


@pytest.fixture
def store(tmp_path):
    """A store whose folder does not exist yet."""
    return FeatureStore(tmp_path / "features")


def _arrays(seed=0):
    rng = np.random.default_rng(seed)
    return {
        "flow": rng.normal(size=(5, 6, 2)).astype(np.float32),
        "picture": rng.integers(0, 255, (4, 4, 3), dtype=np.uint8),
        "gain": np.float64(0.25),
        "none": np.zeros((0, 3), np.int64),
        "mask": np.array([True, False]),
    }


def test_arrays_come_back_as_they_were(store):
    assert store.get(_KEY) is None
    assert store.meta(_KEY) is None
    store.put(_KEY, _arrays(), {"kind": "flow", "lambda": 0.15, "n": 3})
    found = store.get(_KEY)
    assert list(found) == list(_arrays())
    for name, values in _arrays().items():
        np.testing.assert_array_equal(found[name], values, strict=True)
    assert store.meta(_KEY) == {"kind": "flow", "lambda": 0.15, "n": 3}
    assert store.n_bytes() > 0
    store.put(_KEY, {})
    assert store.get(_KEY) == {}
    store.remove(_KEY)
    store.remove(_KEY)
    assert store.get(_KEY) is None


def test_a_key_depends_on_every_part_and_not_on_their_order():
    parts = {"clip": "abc", "onset": 3, "lambda": 0.15}
    key = FeatureStore.key(parts)
    assert FeatureStore.key(dict(reversed(parts.items()))) == key
    changed = [{**parts, **c} for c in ({"clip": "abd"}, {"onset": 4}, {"lambda": 0.2}, {"x": 1})]
    keys = {FeatureStore.key(p) for p in changed}
    assert len(keys) == 4
    assert key not in keys
    assert len({FeatureStore.key({"v": value}) for value in (1, 1.0, "1", True)}) == 4
    plain, rich = {"v": 0.5, "e": "apex"}, {"v": np.float64(0.5), "e": Edge.APEX}
    assert FeatureStore.key(plain) == FeatureStore.key(rich)


def test_names_and_values_cannot_be_confused():
    one, other = {"a": "b", "c": "d"}, {"a": "b,c", "": "d"}
    assert FeatureStore.key(one) != FeatureStore.key(other)


@pytest.mark.parametrize("damage", ["truncated", "rubbish", "flipped", "empty", "foreign"])
def test_a_damaged_file_counts_as_missing_and_is_replaced(store, damage):
    store.put(_KEY, _arrays())
    path = store.path(_KEY)
    data = bytearray(path.read_bytes())
    if damage == "foreign":
        path.unlink()
        with h5py.File(path, "w") as file:
            file["x"] = 1
    else:
        at = bytes(data).find(_arrays()["flow"].tobytes())
        assert at > 0
        data[at + 40] ^= 1
        values = {"truncated": data[:500], "rubbish": b"no", "flipped": data, "empty": b""}
        path.write_bytes(values[damage])
    assert store.get(_KEY) is None
    store.put(_KEY, _arrays(1))
    np.testing.assert_array_equal(store.get(_KEY)["flow"], _arrays(1)["flow"])


def _refuse(self, target):
    raise OSError(28, "No space left on device")


def _files(store):
    return [path for path in store.folder.rglob("*") if path.is_file()]


def test_a_refusing_disk_leaves_the_old_arrays_and_nothing_else(store, monkeypatch):
    store.put(_KEY, _arrays())
    monkeypatch.setattr("pathlib.Path.replace", _refuse)
    with pytest.raises(StorageError, match="No space left"):
        store.put(_KEY, _arrays(1))
    np.testing.assert_array_equal(store.get(_KEY)["flow"], _arrays()["flow"])
    assert _files(store) == [store.path(_KEY)]


def test_a_really_full_disk_is_named_and_left_clean(small_disk):
    store = FeatureStore(small_disk / "features")
    store.put(_KEY, _arrays())
    other = FeatureStore.key({"clip": "big"})
    with pytest.raises(StorageError, match="cannot be stored"):
        store.put(other, {"big": np.ones((3000, 1000))})
    assert _files(store) == [store.path(_KEY)]
    assert store.get(other) is None
    assert store.get(_KEY) is not None


def test_a_read_only_folder_is_named(guarded):
    FeatureStore(guarded.folder / "f").put(_KEY, _arrays())
    guarded(guarded.folder)
    store = FeatureStore(guarded.folder / "f")
    assert store.get(_KEY) is not None
    with pytest.raises(StorageError, match="Permission denied"):
        store.put(FeatureStore.key({"clip": "other"}), _arrays())


def test_what_killed_processes_left_is_swept_when_it_is_old(store):
    store.put(_KEY, _arrays())
    young, old = (store.folder / ".unfinished" / name for name in ("1-a.h5", "1-b.h5"))
    young.write_bytes(b"half")
    old.write_bytes(b"half")
    os.utime(old, (time.time() - 7200,) * 2)
    FeatureStore(store.folder)
    assert young.exists()
    assert not old.exists()
    assert store.get(_KEY) is not None


def _put_many(folder, seed):
    store = FeatureStore(folder)
    for _ in range(40):
        store.put(_KEY, {"x": np.full(5000, seed), "y": np.full(5000, seed)})


def test_several_processes_at_once_are_harmless(store):
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_put_many, args=(store.folder, k)) for k in (1, 2)]
    for worker in workers:
        worker.start()
    n_seen = 0
    while any(worker.is_alive() for worker in workers):
        found = store.get(_KEY)
        if found is not None:
            n_seen += 1
            assert len({*np.unique(found["x"]), *np.unique(found["y"])}) == 1
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0]
    assert n_seen > 0
    assert _files(store) == [store.path(_KEY)]
