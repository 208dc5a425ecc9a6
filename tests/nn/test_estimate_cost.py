"""What a training costs, before it starts: proportions, and silence where nothing is known."""

import msgspec
import pytest

from meviewer.experiment.spec import ExperimentSpec
from meviewer.nn.estimate_cost import SIZES, cost, n_steps

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
    assert four.memory_bytes == pytest.approx(4 * one.memory_bytes)


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
