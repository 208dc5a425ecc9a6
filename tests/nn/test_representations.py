"""What networks see of an event beside flow: computed, kept, normalised, refused, guarded."""

import msgspec
import numpy as np
import pytest
import torch
from flow_patterns import SPEC, project_of

from meviewer.core.errors import ExperimentError
from meviewer.core.events import Keyframes
from meviewer.data.clip import open_clip
from meviewer.experiment.spec import form
from meviewer.motion import dynamic_image
from meviewer.nn import event_input, registry
from meviewer.nn.batches import gather
from meviewer.nn.families import FAMILIES
from meviewer.nn.inputs import Inputs
from meviewer.nn.preparation import prepare
from meviewer.nn.representations import (
    check_input,
    family_of,
    representations_of,
    suited,
)

NETWORK = {
    "dynamic": "learnet",
    "dual-dynamic": "dianet",
    "keyframes": "gamdss",
    "mm-cof": "resnet18",
}
SHAPES = {
    "dynamic": (1, 3, 16, 16),
    "dual-dynamic": (2, 3, 16, 16),
    "keyframes": (3, 3, 16, 16),
    "mm-cof": (1, 3, 16, 16),
}


def spec_of(representation, **changes):
    network = NETWORK.get(representation, "fmanet-light")
    return msgspec.structs.replace(SPEC, representation=representation, network=network, **changes)


def drained(work):
    while True:
        try:
            next(work)
        except StopIteration as stop:
            return stop.value


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    with project_of(tmp_path_factory.mktemp("seen") / "project", n_subjects=3) as made:
        yield made


@pytest.mark.parametrize("representation", list(NETWORK))
def test_what_is_seen_of_a_project(project, representation, monkeypatch):
    spec = spec_of(representation)
    data = drained(gather(project, spec))
    assert data.flow.shape == (6, 2, 2, 28, 28), "clips are told apart by flow all the same"
    raw = data.learnt(range(6), family_of(spec))
    assert raw.shape == (6, *SHAPES[representation])
    x = Inputs.of(spec).testing(torch.from_numpy(raw), None)
    assert x.dtype == torch.float32
    assert x.isfinite().all()
    assert FAMILIES[family_of(spec)].n_views == x.shape[1]
    # The second time everything comes from the store.
    monkeypatch.setattr(event_input.Wanted, "compute", None)
    again = drained(gather(project, spec))
    np.testing.assert_array_equal(again.learnt(range(6), family_of(spec)), raw)
    assert again.labels == data.labels


def test_the_pictures_are_those_of_the_clip(project):
    sample = project.samples()[0]
    with open_clip(sample.clip_path, rate=sample.rate) as clip:
        frames = np.stack([clip.frame(index) for index in range(clip.n_frames)])
    small = frames.reshape(10, 16, 3, 16, 3, 3).mean((2, 4)).transpose(0, 3, 1, 2)
    keyframes = drained(gather(project, spec_of("keyframes"))).learnt([0], "keyframes")[0]
    assert np.abs(keyframes - small[[2, 5, 8]]).max() <= 0.51
    data = drained(gather(project, spec_of("dynamic")))
    whole, rise, fall = data.learnt([0], "dynamic", dual_phase=True)[:, 0]
    for found, (first, last) in ((whole, (2, 8)), (rise, (2, 5)), (fall, (5, 8))):
        alpha = dynamic_image.weights(last - first + 1)
        want = np.tensordot(alpha, small[first : last + 1], 1)
        np.testing.assert_allclose(found, want, atol=1e-2)
    both = drained(gather(project, spec_of("dual-dynamic"))).learnt([0], "dual-dynamic")[0]
    np.testing.assert_array_equal(both, [rise, fall])


def test_phases_as_samples_come_after_all_whole_events(project):
    data = drained(gather(project, spec_of("dynamic")))
    three = data.learnt([4, 1], "dynamic", dual_phase=True)
    assert len(three) == 6
    np.testing.assert_array_equal(three[:2], data.asked([4, 1], "dynamic"))
    rise, fall = data.phases([4, 1])
    np.testing.assert_array_equal(three[2:], np.concatenate([rise, fall]))


def test_the_rise_alone_brings_its_strain(project):
    data = drained(gather(project, msgspec.structs.replace(SPEC, representation="flow-dis")))
    alone = data.learnt([0, 1], "flow")
    assert alone.shape == (2, 1, 3, 16, 16)
    np.testing.assert_array_equal(alone[:, 0, :2], data.flow[[0, 1], 0])
    assert (alone[:, 0, 2] >= 0).all()
    assert family_of(msgspec.structs.replace(SPEC, network="ststnet")) == "flow"


def test_what_was_seen_of_other_keyframes_is_tested(project):
    spec = spec_of("keyframes", test_tier="truth")
    data = drained(gather(project, spec))
    np.testing.assert_array_equal(data.asked([0], "keyframes"), data.learnt([0], "keyframes"))
    assert data.test_seen is not None


def test_a_clip_to_be_recognised_is_seen_as_in_training(project):
    sample = project.samples()[0]
    for representation in (*NETWORK, "flow-dis"):
        spec = spec_of(representation)
        data = drained(gather(project, spec))
        with open_clip(sample.clip_path, rate=sample.rate) as clip:
            seen = event_input.Wanted.of(spec).look(clip, Keyframes(2, 5, 8))
        np.testing.assert_allclose(seen, data.learnt([0], family_of(spec)), atol=1e-5)


def test_normalisation_of_each_family():
    rng = torch.Generator().manual_seed(0)
    dynamic = (
        torch.randn(4, 2, 3, 16, 16, generator=rng)
        * torch.tensor([1.0, 50.0])[None, :, None, None, None]
    )
    found = Inputs("dual-dynamic").testing(dynamic + 7, None)
    rms = found.square().mean((2, 3, 4)).sqrt()
    torch.testing.assert_close(rms, torch.ones(4, 2), atol=1e-3, rtol=0)
    one_scale = Inputs("dynamic", by_sample=False)
    scale = one_scale.scale(dynamic[:, :1])
    torch.testing.assert_close(
        one_scale.testing(3 * dynamic[:, :1], scale), 3 * one_scale.testing(dynamic[:, :1], scale)
    )
    frames = torch.full((1, 3, 3, 4, 4), 255, dtype=torch.uint8)
    assert (Inputs("keyframes").testing(frames, None) == 1).all()
    cof = torch.rand(2, 1, 3, 4, 4)
    assert torch.equal(Inputs("mm-cof").testing(cof, None), cof)
    assert Inputs("mm-cof", by_sample=False).scale(cof) is None


def test_each_network_is_refused_what_it_is_not_made_for_by_name():
    (field,) = [one for one in form() if one.name == "representation"]
    for network in registry.names():
        takes = representations_of(network)
        assert takes
        for representation in field.choices:
            spec = msgspec.structs.replace(SPEC, network=network, representation=representation)
            if representation in takes:
                assert family_of(spec) in registry.entry(network).takes
                continue
            with pytest.raises(
                ExperimentError, match=rf"{network}, representation = {representation}"
            ):
                family_of(spec)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"representation": "keyframes", "normalisation": "data-set"}, "scale already"),
        ({"representation": "flow-tvl1", "dual_phase": True}, "(?i)only a dynamic image"),
        ({"representation": "dual-dynamic", "dual_phase": True}, "(?i)only a dynamic image"),
        ({"representation": "flow-tvl1", "steps": 3}, "no step"),
        ({"representation": "dynamic", "input_px": 28}, "input_px = 28"),
    ],
)
def test_what_does_not_go_together_is_said(changes, words):
    spec = msgspec.structs.replace(spec_of(changes["representation"], input_px=112), **changes)
    with pytest.raises(ExperimentError, match=words):
        check_input(spec)


def test_another_network_brings_a_representation_that_it_takes():
    for network in registry.names():
        spec = suited(network, SPEC)
        check_input(spec)
        assert spec.network == network
    assert suited("learnet", SPEC).representation == "dynamic"
    kept = msgspec.structs.replace(SPEC, representation="flow-dis")
    assert suited("fmanet", kept).representation == "flow-dis"


LEAKS = ("as it is", "brighter", "mirrored")


@pytest.mark.parametrize("representation", list(NETWORK))
@pytest.mark.parametrize("made", LEAKS)
def test_an_augmented_twin_is_refused_whatever_networks_see(tmp_path, representation, made):
    with project_of(tmp_path / "project", n_subjects=3) as project:
        plant(project, tmp_path, made)
        spec = spec_of(representation)
        data = drained(gather(project, spec))
        with pytest.raises(ExperimentError, match="s0/clip0 = s9/twin"):
            drained(prepare(spec, data))


def test_two_spellings_and_a_copy_are_refused_whatever_networks_see(tmp_path):
    with project_of(tmp_path / "project", n_subjects=3) as project:
        spec = spec_of("dynamic")
        data = drained(gather(project, spec))
        drained(prepare(spec, data))
        spelt = replaced(data, subjects=("sub07", "Subject 7", *data.subjects[2:]))
        assert len(drained(prepare(spec, spelt)).folds) == 3, "one person, on one side"
        copied = replaced(data, fingerprints=(data.fingerprints[5], *data.fingerprints[1:]))
        with pytest.raises(ExperimentError, match=r"s0/clip0 = s2/clip1.*same pictures"):
            drained(prepare(spec, copied))


def replaced(data, **changes):
    from dataclasses import replace

    return replace(data, **changes)


def plant(project, folder, made):
    """Add a clip of another subject that was made from the first one."""
    import factories

    one = project.samples()[0]
    with open_clip(one.clip_path, rate=one.rate) as clip:
        frames = np.stack([clip.frame(index) for index in range(clip.n_frames)])
    if made == "brighter":
        frames = np.clip(frames.astype(np.int16) + 9, 0, 255).astype(np.uint8)
    if made == "mirrored":
        frames = np.ascontiguousarray(frames[:, :, ::-1])
    if made == "as it is":
        frames[0] = 0  # another content before the onset
    path = factories.write_clip(folder / "twin", frames)
    with open_clip(path) as clip:
        twin = project.add_sample(
            "s9",
            "twin",
            path,
            fingerprint=clip.fingerprint,
            rate=one.rate,
            n_frames=one.n_frames,
            first_number=clip.first_number,
            width=one.width,
            height=one.height,
        )
    project.set_tier(twin.id, "truth", project.annotation(one.id, "truth"), "twin")
