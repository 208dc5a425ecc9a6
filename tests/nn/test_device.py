"""Devices: what is picked, how it is said, and the GPU path where there is a GPU."""

import pytest
import torch
from flow_patterns import SPEC, motion_set, needs_cuda

from meviewer.core.errors import ExperimentError
from meviewer.nn import device, registry
from meviewer.nn.evaluate import probabilities
from meviewer.nn.inputs import normalise
from meviewer.nn.loop import Place, train_network


@pytest.fixture(autouse=True)
def threads_as_before():
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def test_the_best_device_comes_first_and_the_cpu_is_always_there():
    names = [found.name for found in device.found()]
    assert names[-1] == "cpu"
    assert device.pick("auto").type == names[0]
    assert device.pick("cpu").type == "cpu"


def test_a_gpu_goes_before_the_processor(monkeypatch):
    class Properties:
        name, total_memory = "Some GPU", 24 * 2**30

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda index: Properties)
    assert device.pick("auto").type == "cuda"
    assert device.found()[0].memory_bytes == 24 * 2**30
    assert device.describe(torch.device("cuda")) == "Some GPU, 24 GiB"


def test_a_device_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ExperimentError, match=r"device = cuda.*cpu"):
        device.pick("cuda")


def test_threads_follow_a_rule_that_does_not_depend_on_the_moment():
    assert device.set_threads(2, 10) == 2
    assert device.describe(torch.device("cpu")) == "CPU, 2 threads"
    assert device.set_threads(0, 10) == 1
    assert device.describe(torch.device("cpu")) == "CPU, 1 thread"
    assert device.set_threads(0, 12_000_000) == device.n_cores()


def trained(place):
    data = motion_set(3, 3, 3)
    x = normalise(torch.from_numpy(data.flow).to(place))
    truth = torch.from_numpy(data.truth).to(place)
    torch.manual_seed(0)
    net = registry.create("fmanet-light", 3, dropout=0.0).to(place)
    *_, last = train_network(net, x, truth, 3, SPEC, Place(0, 0))
    return last.loss, probabilities([net], x, mirrored=True)[0]


@pytest.mark.gpu
def test_the_gpu_learns_what_the_processor_learns():
    needs_cuda()
    loss, found = trained(torch.device("cuda"))
    want_loss, want = trained(torch.device("cpu"))
    assert loss == pytest.approx(want_loss, rel=0.05)
    assert (found.argmax(1) == want.argmax(1)).float().mean() > 0.9


@pytest.mark.gpu
def test_the_gpu_repeats_itself():
    needs_cuda()
    (loss, one), (other_loss, other) = trained("cuda"), trained("cuda")
    assert loss == pytest.approx(other_loss, rel=1e-4)
    torch.testing.assert_close(one, other, atol=1e-3, rtol=0)
