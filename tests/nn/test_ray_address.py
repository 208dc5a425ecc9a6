"""Which Ray cluster a training joins: none that is gone. Nothing here needs Ray."""

import socket

import pytest

from meviewer.nn.ray_cluster import address


@pytest.fixture
def noted(tmp_path, monkeypatch):
    """Return what writes down where a cluster is, as Ray does."""
    monkeypatch.setenv("RAY_TMPDIR", str(tmp_path))
    monkeypatch.delenv("RAY_ADDRESS", raising=False)

    def write(text):
        (tmp_path / "ray").mkdir(exist_ok=True)
        (tmp_path / "ray" / "ray_current_cluster").write_text(text)

    return write


def test_without_a_cluster_ray_starts_its_own(noted):
    assert address() is None


def test_a_cluster_that_answers_is_joined(noted):
    with socket.create_server(("127.0.0.1", 0)) as server:
        noted(f"127.0.0.1:{server.getsockname()[1]}\n")
        assert address() is None


def test_a_cluster_that_was_killed_is_not_waited_for(noted, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    noted(f"127.0.0.1:{port}")
    assert address() == "local"
    noted("no address")
    assert address() == "local"
    # Who names a cluster is to be told that it is not there.
    monkeypatch.setenv("RAY_ADDRESS", f"127.0.0.1:{port}")
    assert address() is None
