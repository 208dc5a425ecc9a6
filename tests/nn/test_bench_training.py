"""The benchmark of the training runs at a tiny size and tells what it measured."""

from meviewer.nn import device as devices
from meviewer.nn.bench_training import training


def test_it_measures_both_sides_and_projects(monkeypatch):
    # A process for each core takes longer to start than all that is measured here.
    monkeypatch.setattr(devices, "n_cores", lambda: 1)
    processes, stacked = training(px=16, batch=4, n_steps=1, n_folds=2, small_px=16)
    for one in (processes, stacked):
        assert one.ours_ms > 0
        assert one.peer_ms is not None
        assert one.ratio == one.peer_ms / one.ours_ms
    assert "projected" in processes.note
    assert "processor time" in processes.note
