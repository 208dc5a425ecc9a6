"""Experiments as values, as text and as forms."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meviewer.core.errors import ExperimentError
from meviewer.experiment.spec import ExperimentSpec, check, differing, field, form, spec_hash
from meviewer.experiment.spec_text import from_toml, read, to_toml

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = (
    words
    | st.integers(-(2**62), 2**62)
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
)
specs = st.builds(
    ExperimentSpec,
    label_tier=words,
    network=words,
    network_config=st.dictionaries(words, values, max_size=4),
    representation=st.sampled_from(["flow-tvl1", "flow-dis"]),
    input_px=st.integers(14, 448),
    epochs=st.integers(1, 5000),
    learning_rate=st.floats(1e-7, 1.0),
    mixup=st.floats(0, 10),
    seeds=st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=5).map(tuple),
    shuffle_labels=st.booleans(),
    mirror=st.booleans(),
)


@settings(deadline=None)
@given(specs)
def test_text_and_back_is_the_same_experiment(spec):
    assert from_toml(to_toml(spec)) == spec


def test_the_text_explains_each_field():
    text = to_toml(ExperimentSpec())
    for entry in form():
        assert entry.help in text
    assert "# " in text
    assert "(a whole number from 14 to 448, in px)" in text


def test_an_empty_file_is_the_default_experiment():
    assert from_toml("") == ExperimentSpec()


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("epochs = 0", "epochs.*Epochs is a whole number from 1 to 5000"),
        ("epochs = 1.5", "epochs"),
        ("epochs = true", "epochs"),
        ("learning_rate = nan", "learning_rate.*number from 1e-07 to 1"),
        ("learning_rate = inf", "learning_rate"),
        ("seeds = []", "seeds"),
        ("seeds = [1, -1]", r"seeds\[.*whole numbers from 0 to 2147483647"),
        ('device = "tpu"', "device.*auto, cpu, cuda, mps"),
        ("input_px = 4", "input_px.*in px"),
        ("mirror = 1", "mirror.*true or false"),
        ("lr = 0.1", "lr. There is no such field.*learning_rate"),
        ("network_config = 3", "network_config"),
        ("network_config = {a = [1]}", "network_config"),
        ("epochs = 1 2", "no TOML.*line 1"),
        ("epochs = ", "no TOML"),
    ],
)
def test_what_is_wrong_is_named(text, named):
    with pytest.raises(ExperimentError, match=named):
        from_toml(text)


def test_a_value_made_in_code_is_checked_too():
    assert check(ExperimentSpec(epochs=3)) == ExperimentSpec(epochs=3)
    with pytest.raises(ExperimentError, match="batch_size"):
        check(ExperimentSpec(batch_size=1))


def test_files_that_cannot_be_read_are_named(tmp_path):
    path = tmp_path / "x.toml"
    with pytest.raises(ExperimentError, match=r"x\.toml"):
        read(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ExperimentError, match="UTF-8"):
        read(path)
    path.write_text("epochs = 0")
    with pytest.raises(ExperimentError, match=r"x\.toml: epochs"):
        read(path)


def test_a_form_can_be_built_from_the_fields():
    names = [entry.name for entry in form()]
    assert names == list(ExperimentSpec.__struct_fields__)
    for entry in form():
        assert entry.title
        assert entry.help.endswith(".")
        assert entry.group
        assert entry.default == getattr(ExperimentSpec(), entry.name)
    epochs, device = field("epochs"), field("device")
    assert (epochs.kind, epochs.minimum, epochs.maximum) == ("whole", 1, 5000)
    assert (device.kind, set(device.choices)) == ("choice", {"auto", "cpu", "cuda", "mps"})
    assert field("seeds").kind == "whole-list"
    assert field("mirror").kind == "switch"
    assert field("input_px").unit == "px"
    with pytest.raises(ExperimentError, match="nothing"):
        field("nothing")


def test_differences_and_hashes():
    one, other = ExperimentSpec(), ExperimentSpec(epochs=7, mixup=0.0)
    assert differing(one, one) == ()
    assert differing(one, other) == (f"epochs: {one.epochs}, now 7", f"mixup: {one.mixup}, now 0.0")
    assert spec_hash(one) == spec_hash(ExperimentSpec()) != spec_hash(other)


def test_an_experiment_cannot_be_changed():
    with pytest.raises(AttributeError):
        ExperimentSpec().epochs = 3
    assert msgspec.structs.replace(ExperimentSpec(), epochs=3).epochs == 3
