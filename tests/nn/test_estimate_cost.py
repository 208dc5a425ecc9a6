"""What a training costs, before it starts: proportions, and silence where nothing is known."""

from dataclasses import replace

import msgspec
import numpy as np
import pytest

from meviewer.experiment.spec import ExperimentSpec
from meviewer.nn.estimate_cost import SIZES, cost, learnt_bytes, n_steps, read_bytes

SPEC = ExperimentSpec(epochs=100, batch_size=32, input_px=112, final_model=False)


def changed(**changes):
    return msgspec.structs.replace(SPEC, **changes)


def test_steps_are_those_of_all_folds_and_seeds():
    assert n_steps(SPEC, 256, 2) == 2 * 100 * 4
    assert n_steps(changed(seeds=(0, 1, 2)), 256, 2) == 3 * 2 * 100 * 4
    assert n_steps(changed(final_model=True), 256, 2) == 2 * 100 * 4 + 100 * 8


def test_cores_share_the_time_and_multiply_the_memory():
    one, four = (cost(SPEC, 250, 26, 5, n_cores=n) for n in (1, 4))
    assert one.seconds / four.seconds == pytest.approx(4, rel=0.05)
    # What was read is there once, whoever learns from it.
    assert 3 * one.memory_bytes < four.memory_bytes < 4 * one.memory_bytes


HELD = {
    "flow": {"representation": "flow-dis"},
    "flow of the rise": {"network": "ststnet", "representation": "flow-dis"},
    "dynamic": {"network": "learnet", "representation": "dynamic"},
    "with phases": {"network": "learnet", "representation": "dynamic", "dual_phase": True},
    "dual-dynamic": {"network": "dianet", "representation": "dual-dynamic"},
    "keyframes": {"network": "gamdss", "representation": "keyframes"},
    "mm-cof": {"network": "resnet18", "representation": "mm-cof"},
}


@pytest.mark.parametrize("changes", HELD.values(), ids=HELD)
def test_the_memory_of_an_event_is_what_arrays_take(changes):
    import torch
    from flow_patterns import motion_set

    from meviewer.nn.event_input import Wanted
    from meviewer.nn.material import Material

    spec = msgspec.structs.replace(SPEC, input_px=28, **changes)
    n, wanted = 6, Wanted.of(spec)
    data = motion_set(n_subjects=n, n_classes=1, each=1, size_px=28)
    if wanted.also:
        picture = np.zeros((3, 28, 28), np.float32)
        kept = {"whole": picture, "rise": picture, "fall": picture, "mm_cof": picture}
        frames = np.zeros((3, 3, 28, 28), np.uint8)
        data = replace(data, seen=wanted.seen([{**kept, "keyframes": frames}] * n))
    seen = [getattr(data.seen, part, None) for part in ("whole", "rise", "fall")]
    read = data.flow.nbytes + sum(part.nbytes for part in seen if part is not None)
    assert read == n * read_bytes(spec)
    material = Material.of(spec, data, torch.zeros(n, dtype=int), range(n), torch.device("cpu"))
    assert material.x.nbytes == n * learnt_bytes(spec)


def test_more_pixels_cost_more_of_both():
    small, large = (cost(changed(input_px=px), 250, 26, 5, n_cores=1) for px in (56, 224))
    assert large.seconds > 10 * small.seconds
    assert large.memory_bytes > small.memory_bytes


@pytest.mark.parametrize("changes", [{"network": "krr"}, {"network": "timm:mixer"}])
def test_what_nobody_knows_has_no_figure(changes):
    found = cost(changed(**changes), 250, 26, 5)
    assert found.seconds is None
    assert found.how


@pytest.mark.parametrize("name", SIZES)
def test_the_table_counts_the_parameters_of_the_networks_that_exist(name):
    import torch

    from meviewer.nn import registry

    with torch.device("meta"):  # nothing is drawn, and nothing takes memory
        assert registry.create(name, 5).n_parameters() == SIZES[name].n_parameters
