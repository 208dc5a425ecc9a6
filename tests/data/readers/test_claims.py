"""Who knows which folder: every miniature of every data set against every reader."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import factories
import pytest

from meviewer.data import registry

_MINIATURES = Path(__file__).parents[2] / "miniatures"
_NO_SET = {"making", "generic", "__init__"}
NAMES = sorted({path.stem for path in _MINIATURES.glob("*.py")} - _NO_SET)
LEAST_FAULTS = 60


def _write(name, root, faults):
    root.mkdir(parents=True)
    return import_module(f"miniatures.{name}").write(root, faults)


def test_every_reader_but_the_template_and_the_table_has_a_miniature():
    own = {import_module(f"meviewer.data.readers.{name}").READER.name for name in NAMES}
    assert own == set(registry.names()) - {"example", "generic"}


@pytest.mark.parametrize("faults", [False, True], ids=["clean", "faulty"])
@pytest.mark.parametrize("name", NAMES)
def test_exactly_its_own_reader_claims_a_data_set(name, faults, tmp_path):
    root = tmp_path / "data" / "set"
    _write(name, root, faults)
    own = import_module(f"meviewer.data.readers.{name}").READER.name
    assert [claim.reader for claim in registry.claims(root)] == [own]
    assert registry.guess(root) == own
    assert own in [claim.reader for claim in registry.claims(root.parent)]
    assert all(claim.why and claim.title for claim in registry.claims(root))


def test_two_data_sets_in_one_folder_are_for_the_user_to_decide(tmp_path):
    _write("casme2", tmp_path / "both" / "casme2", False)
    _write("mmew", tmp_path / "both" / "mmew", False)
    assert registry.guess(tmp_path / "both") is None
    below = registry.claims_below(tmp_path / "both")
    assert [(path.name, claim.reader) for path, claim in below] == [
        ("casme2", "casme2"),
        ("mmew", "mmew"),
    ]


def test_nobody_claims_what_is_no_data_set(tmp_path):
    (tmp_path / "empty").mkdir()
    factories.write_clip(tmp_path / "odd" / "a" / "b", factories.moving_frames(n=3))
    (tmp_path / "odd" / "notes.xlsx").write_bytes(b"no workbook")
    (tmp_path / "film.avi").write_bytes(b"RIFF")
    for path in ("empty", "odd", "nowhere", "film.avi"):
        assert registry.claims(tmp_path / path) == ()


def test_at_least_sixty_faults_are_planted_and_found(tmp_path):
    planted = 0
    for name in NAMES:
        expected = _write(name, tmp_path / name, True)
        planted += len(expected.findings)
    assert planted >= LEAST_FAULTS
