"""The form of an experiment: fields of the spec, presets, faults, and what the labels hold."""

from __future__ import annotations

from types import SimpleNamespace

import msgspec
import pytest

from meviewer.core.errors import ExperimentError
from meviewer.experiment.records import Device, Skipped
from meviewer.experiment.spec import ExperimentSpec, check
from meviewer.experiment.spec_set import named
from meviewer.nn import registry
from meviewer.nn.representations import check_input
from meviewer.present.training_data import checks, checks_of_error, obstacle, ready
from meviewer.present.training_devices import device_choices, device_note
from meviewer.present.training_form import (
    FormState,
    edit,
    experiments,
    groups,
    lacking,
    with_tier,
)
from meviewer.present.training_offer import Offer, offer_of
from meviewer.present.training_presets import PRESETS, apply, differences

TIERS = (("A", False), ("truth", True), ("gamdss", True))


def fields(state, offer=Offer()):  # noqa: B008 - frozen
    return {field.name: field for group in groups(state, offer) for field in group.fields}


def test_every_preset_is_an_experiment_that_can_be_run():
    for preset in PRESETS:
        check(preset.spec)
        registry.config(preset.spec.network, preset.spec.network_config)
        check_input(preset.spec)


def test_a_preset_leaves_data_and_machine_as_they_are():
    mine = ExperimentSpec(label_tier="A", class_scheme="3: MEGC", device="cpu", threads=2)
    found = apply(PRESETS[1], mine)
    assert (found.label_tier, found.class_scheme, found.device) == ("A", "3: MEGC", "cpu")
    assert found.input_px == PRESETS[1].spec.input_px
    assert differences(PRESETS[1], found) == ()


def test_what_differs_from_the_preset_is_said():
    state = edit(edit(FormState(), "epochs", 7), "batch_size", 8)
    assert differences(PRESETS[0], state.spec) == ("epochs", "batch_size")
    assert "2 fields differ" in groups(state, Offer())[0].caption
    assert "differ" not in groups(FormState(), Offer())[0].caption


def test_automatic_means_a_gpu_of_devices_alone():
    found = fields(FormState(more=True))
    words = {
        name: next(one.text for one in found[name].choices if one.value == "auto")
        for name in ("device", "parallel", "precision")
    }
    assert words["device"] == "GPU if there is one"
    assert "GPU" not in words["parallel"] + words["precision"]


def test_fields_carry_range_unit_and_help_of_the_spec():
    found = fields(FormState())
    size = found["input_px"]
    assert (size.kind, size.low, size.high, size.unit) == ("int", 14, 448, "px")
    assert "averaged" in size.tip
    assert found["learning_rate"].kind == "float"
    assert [one.value for one in found["network"].choices] == registry.names()
    assert [one.value for one in found["device"].choices] == ["auto", "cpu", "cuda", "mps"]


def test_the_number_of_seeds_becomes_that_many_seeds():
    state = edit(FormState(), "seeds", 3)
    assert state.spec.seeds == (0, 1, 2)
    assert fields(state)["seeds"].value == 3


def test_a_value_out_of_range_is_a_fault_of_its_field():
    state = edit(FormState(), "epochs", 0)
    assert state.faulty
    assert "from 1 to 5000" in fields(state)["epochs"].fault
    assert not edit(state, "epochs", 5).faulty


def test_another_network_begins_with_its_own_settings():
    state = edit(FormState(), "preset", "3")
    assert state.spec.network_config == {"phases": "rise"}
    full = edit(state, "network", "fmanet")
    assert full.spec.network_config == {}
    assert (full.spec.input_px, full.spec.batch_size) == (112, 32)
    back = edit(full, "network", "fmanet-light").spec
    assert (back.input_px, back.batch_size) == (28, 16), "what suited the other network is gone"


def test_the_form_offers_only_what_a_network_takes():
    state = edit(FormState(more=True), "network", "learnet")
    found = fields(state)
    assert state.spec.representation == "dynamic"
    assert [one.value for one in found["representation"].choices] == ["dynamic", "mm-cof"]
    assert found["representation"].choices[0].text == "dynamic image"
    assert "dual_phase" in found
    assert not state.faulty
    phases = edit(state, "dual_phase", True)
    other = edit(phases, "representation", "mm-cof")
    assert not other.spec.dual_phase
    assert not other.faulty
    assert not {"dual_phase", "normalisation"} & set(fields(other))
    small = edit(state, "input_px", 28)
    assert "112 px" in fields(small)["input_px"].fault
    flows = fields(edit(state, "network", "fmanet-light"))["representation"].choices
    assert [one.value for one in flows] == ["flow-tvl1", "flow-dis", "flow-farneback"]


def test_fields_appear_with_what_they_belong_to():
    def shown(**changes):
        state = FormState(more=True)
        for name, value in changes.items():
            state = edit(state, name, value)
        return set(fields(state))

    asked = {"inner_share", "decay", "focal_gamma", "balance_by", "mirror_test"}
    assert shown() & asked == {"balance_by", "mirror_test"}
    assert "inner_share" in shown(epoch_choice="inner")
    assert "decay" in shown(schedule="exponential")
    assert "focal_gamma" in shown(loss="focal")
    assert not {"balance_by", "mirror_test"} & shown(balanced=False, mirror=False)


def preset(words):
    return str(next(n for n, one in enumerate(PRESETS) if words in one.name))


def test_four_conditions_of_the_network_that_is_chosen():
    state = edit(edit(FormState(), "preset", preset("Phase-aware")), "network", "learnet")
    assert lacking(state, Offer()) is None
    runs = experiments(state)
    assert [one.network for one in runs] == ["learnet"] * 4
    assert [(one.mirror, one.rotation_deg, one.dual_phase) for one in runs] == [
        (False, 0, False),
        (True, 10, False),
        (False, 0, True),
        (True, 10, True),
    ]
    assert len({(one.epochs, one.batch_size, one.steps, one.mirror_test) for one in runs}) == 1
    assert list(named(runs)) == ["whole", "spatial", "dual-phase", "both"]
    flow = edit(state, "network", "fmanet-light")
    assert "dynamic" in str(lacking(flow, Offer()))


def test_the_ablations_of_fmanet_are_six_runs():
    state = edit(FormState(), "preset", preset("each step"))
    runs = experiments(state)
    assert [one.network for one in runs] == ["fmanet"] * 5 + ["resnet18"]
    assert runs[-1].representation == "mm-cof"
    assert lacking(state, Offer()) is None
    assert len(named(runs)) == 6


def test_the_tier_is_one_that_the_project_has():
    offer = offer_of(Offer(), TIERS, 72, 12)
    assert with_tier(FormState(), offer, "B").spec.label_tier == "truth"
    people = offer_of(Offer(), TIERS[:1], 72, 12)
    assert with_tier(FormState(), people, "A").spec.label_tier == "A"
    assert [one.text for one in offer.tiers] == ["A", "truth", "gamdss (machine)"]
    assert groups(FormState(), offer)[1].note == "72 clips of 12 subjects"


def test_devices_come_with_their_names_and_the_reason_if_there_is_no_gpu():
    gpu = (
        Device(name="cuda", text="NVIDIA X", memory_bytes=24 << 30),
        Device(name="cpu", text="CPU, 2 cores"),
    )
    assert [one.value for one in device_choices(gpu)] == ["auto", "cuda", "cpu"]
    assert device_note(gpu) == "NVIDIA X 24 GiB"
    assert "no GPU" in device_note(gpu[1:])
    assert device_choices(()) == ()


def label_set(*events, classes=("disgust", "surprise"), skipped=()):
    made = tuple(SimpleNamespace(subject=s, class_number=c, dataset="") for s, c in events)
    return SimpleNamespace(classes=classes, events=made, skipped=skipped)


def test_labels_of_enough_subjects_and_classes_are_ready():
    found = label_set(*((f"s{k}", k % 2) for k in range(12)))
    assert ready(found)
    assert obstacle(found) is None
    texts = [one.text for one in checks(found)]
    assert texts[0] == "12 clips of 12 subjects, 2 classes"
    assert "disgust 6, surprise 6" in texts
    assert {one.tone for one in checks(found)} == {"ok", ""}


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ((), "No clip can be learnt from"),
        ((("sub1", 0), ("sub01", 1)), "one subject, sub1"),
        ((("a", 0), ("b", 0)), "Only one class: disgust 2"),
    ],
)
def test_labels_that_cannot_be_trained_on_say_why(events, words):
    found = label_set(*events)
    assert not ready(found)
    assert obstacle(found).now
    assert any(one.tone == "error" and words in one.text for one in checks(found))


def test_a_class_of_few_subjects_is_doubtful():
    found = label_set(("a", 0), ("b", 0), ("c", 0), ("a", 1))
    assert "surprise: 1 clip of 1 subject, too few to learn from" in [c.text for c in checks(found)]
    empty = label_set(("a", 0), ("b", 1), classes=("disgust", "surprise", "fear"))
    assert "fear: no clip; it is left out of UF1 and UAR" in [c.text for c in checks(empty)]


def test_clips_left_out_are_counted_by_reason():
    skipped = tuple(Skipped(subject="a", clip=f"c{k}", reason="no label") for k in range(20))
    found = label_set(("a", 0), ("b", 1), skipped=skipped)
    line = checks(found)[-1]
    assert (line.tone, line.text) == ("warn", "20 clips left out: no label")
    assert line.tip.endswith("and 8 more")


def test_an_error_of_the_labels_is_a_check_that_failed():
    (line,) = checks_of_error(ExperimentError("x", why="there are no labels", now="label clips"))
    assert (line.tone, line.text) == ("error", "There are no labels. Label clips")


def test_spec_of_the_form_is_always_one_value():
    spec = FormState().spec
    assert msgspec.structs.replace(spec) == ExperimentSpec()


def test_a_split_shows_what_belongs_to_it():
    offer = Offer(sources=("casme2", "samm"))
    asked = {"n_folds", "test_share", "train_on", "test_on"}
    shown = {
        split: asked & set(fields(edit(FormState(), "split", split), offer))
        for split in ("loso", "k-fold", "hold-out", "cross-database")
    }
    assert shown == {
        "loso": set(),
        "k-fold": {"n_folds"},
        "hold-out": {"test_share"},
        "cross-database": {"train_on", "test_on"},
    }
    across = edit(FormState(), "split", "cross-database")
    choices = fields(across, offer)["test_on"].choices
    assert [(one.value, one.text) for one in choices] == [
        ("", "each in turn"),
        ("casme2", "casme2"),
        ("samm", "samm"),
    ]


def test_the_kernel_ridge_has_nothing_to_train():
    state = edit(edit(FormState(more=True), "normalisation", "data-set"), "network", "krr")
    assert state.spec.normalisation == "sample"
    assert not state.faulty
    assert not {"epochs", "seeds", "reference"} & set(fields(state))
    assert "no epochs" in groups(state, Offer())[-1].caption
    back = edit(state, "network", "fmanet-light")
    assert "epochs" in fields(back)


def test_the_split_is_checked_as_the_experiment_wants_it():
    found = label_set(*((f"s{k}", k % 2) for k in range(6)))
    five = ExperimentSpec(split="k-fold", n_folds=3)
    assert obstacle(found, five) is None
    texts = [one.text for one in checks(found, five)]
    assert "Clips tested: fold 1: 2, fold 2: 2, fold 3: 2" in texts
    across = ExperimentSpec(split="cross-database")
    assert "two data sets" in str(obstacle(found, across))
    assert any(one.tone == "error" for one in checks(found, across))


def test_names_that_may_be_one_person_are_a_doubt():
    found = label_set(("s1", 0), ("01", 1), ("b", 0))
    (doubt,) = [one for one in checks(found) if "two people" in one.text]
    assert doubt.tone == "warn"


def test_the_preset_that_compares_starts_three_runs_of_three_seeds():
    offer = offer_of(Offer(), TIERS, 72, 12)
    at = next(n for n, preset in enumerate(PRESETS) if preset.reselects)
    state = edit(edit(FormState(), "label_tier", "A"), "preset", str(at))
    manual, new, mixed = experiments(state)
    assert manual.seeds == (0, 1, 2)
    assert (new.label_tier, new.emotion_tier, new.test_tier) == ("gamdss", "A", "")
    assert (mixed.label_tier, mixed.test_tier) == ("gamdss", "A")
    assert lacking(state, offer) is None
    assert "no tier 'gamdss'" in str(lacking(state, offer_of(Offer(), TIERS[:2], 72, 12)))
    assert "a person" in str(lacking(edit(state, "label_tier", "gamdss"), offer))
    assert experiments(FormState()) == (FormState().spec,)
    assert lacking(FormState(), Offer()) is None


def test_ready_pictures_take_the_place_of_clips_and_labels():
    state = edit(FormState(), "source", "pictures")
    found = fields(state)
    assert {"pictures", "pictures_pattern", "pictures_channels", "class_scheme"} <= set(found)
    assert not {"label_tier", "representation", "normalisation"} & set(found)
    assert (found["pictures"].kind, found["pictures_pattern"].kind) == ("folder", "text")
    assert "one phase" in groups(state, Offer())[1].caption
    state = edit(state, "pictures", "/data/composite")
    assert edit(state, "preset", "1").spec.pictures == "/data/composite"
    back = edit(state, "source", "clips")
    assert back.spec.pictures == ""
    assert "label_tier" in fields(back)
