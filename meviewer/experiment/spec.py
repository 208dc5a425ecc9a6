"""What an experiment is: one value that a form edits, a TOML file stores and a training obeys."""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

import msgspec

from meviewer.core.errors import ExperimentError
from meviewer.experiment.form import Field, Value, about, explain, fields

_DATA, _SPLIT, _NETWORK = "Data", "Split", "Network"
_TRAINING, _MACHINE = "Training", "Machine"
KERNEL = "krr"
"""Name of the network that is none: the kernel ridge."""

_Seed = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


class ExperimentSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An experiment; each field says what it means in its annotation."""

    label_tier: Annotated[
        str,
        about("Labels", "Whose keyframes and emotions are learnt.", group=_DATA),
    ] = "truth"
    test_tier: Annotated[
        str,
        about(
            "Test labels",
            "Whose keyframes the test clips have; empty: the same labels as the training clips."
            " Events without a partner in these labels are left out.",
            group=_DATA,
        ),
    ] = ""
    emotion_tier: Annotated[
        str,
        about(
            "Emotions",
            "Whose emotions are learnt, where the labels are re-selected keyframes alone; empty:"
            " those of the labels.",
            group=_DATA,
        ),
    ] = ""
    class_scheme: Annotated[
        str,
        about(
            "Classes",
            "How labels become classes: 'own' makes each emotion that occurs a class; another name"
            " is that of a class scheme, such as casme2-5 or megc2019-3.",
            group=_DATA,
        ),
    ] = "own"
    representation: Annotated[
        Literal[
            "flow-tvl1",
            "flow-dis",
            "flow-farneback",
            "dynamic",
            "dual-dynamic",
            "keyframes",
            "mm-cof",
        ],
        about(
            "Motion",
            "What of an event is looked at: optical flow of its phases by one of three methods, the"
            " dynamic image of the whole event or of each phase, the three frames themselves, or"
            " both flows in one picture (MM-COF). A network refuses what it is not made for.",
            group=_DATA,
        ),
    ] = "flow-tvl1"
    input_px: Annotated[
        int,
        about(
            "Input size",
            "Width and height to which the motion is averaged. Larger sees more and takes longer.",
            unit="px",
            group=_DATA,
            low=14,
            high=448,
        ),
    ] = 28
    pictures: Annotated[
        str,
        about(
            "Flow pictures",
            "A folder of ready pictures of u, v and strain, instead of the clips of a project. They"
            " hold one phase; labels and motion are then not looked at.",
            group=_DATA,
        ),
    ] = ""
    pictures_pattern: Annotated[
        str,
        about(
            "Path pattern",
            "Where subject and class stand. Parts of a picture's path: {subject}, {class}, "
            "{dataset}, {name}; * is any part.",
            group=_DATA,
        ),
    ] = "{subject}/{class}/{name}"
    pictures_table: Annotated[
        str,
        about(
            "Table",
            "A CSV file or spreadsheet with the columns file, subject, class and, if there are"
            " several, dataset; the pattern is then not looked at.",
            group=_DATA,
        ),
    ] = ""
    pictures_channels: Annotated[
        Literal["u-v-strain", "strain-v-u"],
        about(
            "Channels",
            "What red, green and blue hold. An array of u, v, strain that OpenCV has written is"
            " 'strain-v-u'.",
            group=_DATA,
        ),
    ] = "u-v-strain"
    normalisation: Annotated[
        Literal["sample", "data-set"],
        about(
            "Normalisation",
            "'sample' divides each clip's motion by its own strength; 'data-set' divides all clips"
            " by one robust scale, taken from the training subjects of each fold.",
            group=_DATA,
        ),
    ] = "sample"
    mirror: Annotated[
        bool,
        about(
            "Mirror",
            "Show half of the training clips mirrored (the horizontal flow changes its sign), and"
            " average both views of a test clip.",
            group=_DATA,
        ),
    ] = True
    mirror_test: Annotated[
        bool,
        about(
            "Both test views",
            "With 'mirror': average both views of a test clip. Without it the test sees each clip"
            " as it is, so that runs with and without mirroring have the same test.",
            group=_DATA,
        ),
    ] = True
    rotation_deg: Annotated[
        float,
        about(
            "Rotation",
            "Turn each training clip by up to this angle, at random; the vectors of a flow turn"
            " with it. 0 turns none.",
            unit="deg",
            group=_DATA,
            low=0,
            high=45,
        ),
    ] = 0.0
    crop_px: Annotated[
        int,
        about(
            "Crop",
            "Move each training clip by up to this many pixels of the input, at random: a crop"
            " with padding. 0 moves none.",
            unit="px",
            group=_DATA,
            low=0,
            high=64,
        ),
    ] = 0
    dual_phase: Annotated[
        bool,
        about(
            "Phases as samples",
            "Learn the dynamic images of rise and fall as samples of their own beside that of the"
            " whole event, with one label. The test sees the whole event alone. The number of"
            " steps stays the same.",
            group=_DATA,
        ),
    ] = False
    shuffle_labels: Annotated[
        bool,
        about(
            "Shuffle labels",
            "Control: deal the labels out at random. What is then scored above chance is a fault of"
            " the protocol, not skill.",
            group=_DATA,
        ),
    ] = False

    split: Annotated[
        Literal["loso", "k-fold", "hold-out", "cross-database"],
        about(
            "Split",
            "Always by whole subjects. 'loso' tests each subject once; 'k-fold' tests groups of"
            " subjects with equal shares of the classes; 'hold-out' tests one such group alone;"
            " 'cross-database' trains on some data sets and tests on another.",
            group=_SPLIT,
        ),
    ] = "loso"
    n_folds: Annotated[
        int, about("Folds", "Groups of subjects of a k-fold split.", group=_SPLIT, low=2, high=100)
    ] = 5
    test_share: Annotated[
        float,
        about(
            "Held out",
            "Share of the clips that a hold-out tests.",
            group=_SPLIT,
            low=0.05,
            high=0.9,
        ),
    ] = 0.25
    split_seed: Annotated[
        int,
        about(
            "Split seed",
            "Deals subjects into other groups. Keep one for all runs that are compared.",
            group=_SPLIT,
            low=0,
            high=2**31 - 1,
        ),
    ] = 0
    train_on: Annotated[
        str,
        about(
            "Train on",
            "Data sets of a cross-database test, with commas between; empty: all not tested.",
            group=_SPLIT,
        ),
    ] = ""
    test_on: Annotated[
        str,
        about(
            "Test on",
            "Data sets that are tested together; empty: each one that is not trained on, in turn.",
            group=_SPLIT,
        ),
    ] = ""
    reference: Annotated[
        bool,
        about(
            "Reference",
            "Score the kernel ridge on the same folds beside the network: it takes seconds and is"
            " what a network has to beat.",
            group=_SPLIT,
        ),
    ] = True

    network: Annotated[str, about("Network", "Which network is trained.", group=_NETWORK)] = (
        "fmanet-light"
    )
    network_config: Annotated[
        dict[str, Value],
        about("Network settings", "What differs from the network's own defaults.", group=_NETWORK),
    ] = {}

    epochs: Annotated[
        int,
        about(
            "Epochs",
            "Passes through the training clips. The number is fixed beforehand, never chosen on the"
            " subject held out.",
            group=_TRAINING,
            low=1,
            high=5000,
        ),
    ] = 40
    steps: Annotated[
        int,
        about(
            "Steps",
            "Steps of the optimiser in all, shared out among the epochs, whatever the number of"
            " clips: for runs that are to be trained equally long. 0: as many as the epochs make.",
            group=_TRAINING,
            low=0,
            high=1000000,
        ),
    ] = 0
    epoch_choice: Annotated[
        Literal["fixed", "inner"],
        about(
            "Which epoch",
            "'fixed' keeps the network of the last epoch. 'inner' holds some of the training"
            " subjects back and keeps the epoch that does best on them; the subject under test has"
            " no say.",
            group=_TRAINING,
        ),
    ] = "fixed"
    inner_share: Annotated[
        float,
        about(
            "Held back",
            "Share of the training clips, by whole subjects, on which 'inner' chooses the epoch.",
            group=_TRAINING,
            low=0.05,
            high=0.5,
        ),
    ] = 0.2
    optimistic: Annotated[
        bool,
        about(
            "Optimistic figure",
            "Score beside the honest figures what the best epoch on the test clips would have got,"
            " as much published code does. It says how far such a figure is off, and nothing else.",
            group=_TRAINING,
        ),
    ] = False
    batch_size: Annotated[
        int,
        about("Batch", "Clips a step.", unit="clips", group=_TRAINING, low=2, high=4096),
    ] = 16
    learning_rate: Annotated[
        float,
        about(
            "Learning rate",
            "Largest step of AdamW; it rises in the warm-up, then follows the schedule.",
            group=_TRAINING,
            low=1e-7,
            high=1.0,
        ),
    ] = 2e-3
    schedule: Annotated[
        Literal["cosine", "exponential", "constant"],
        about(
            "Schedule",
            "How the learning rate goes on after the warm-up: down as half a cosine, down by a"
            " constant factor an epoch, or not at all.",
            group=_TRAINING,
        ),
    ] = "cosine"
    decay: Annotated[
        float,
        about(
            "Decay",
            "Factor an epoch of the exponential schedule.",
            group=_TRAINING,
            low=0.01,
            high=1,
        ),
    ] = 0.987
    warm_up: Annotated[
        float,
        about(
            "Warm-up",
            "Share of all steps in which the learning rate rises from 0.",
            group=_TRAINING,
            low=0,
            high=0.9,
        ),
    ] = 0.1
    weight_decay: Annotated[
        float,
        about("Weight decay", "Pull of the weights towards zero.", group=_TRAINING, low=0, high=1),
    ] = 0.02
    loss: Annotated[
        Literal["cross-entropy", "focal"],
        about(
            "Loss",
            "'focal' gives less weight to clips that are recognised already.",
            group=_TRAINING,
        ),
    ] = "cross-entropy"
    focal_gamma: Annotated[
        float,
        about("Focus", "Strength of the focal loss.", group=_TRAINING, low=0, high=10),
    ] = 2.0
    label_smoothing: Annotated[
        float,
        about(
            "Label smoothing",
            "Share of certainty given to all classes alike.",
            group=_TRAINING,
            low=0,
            high=0.5,
        ),
    ] = 0.1
    mixup: Annotated[
        float,
        about(
            "Mixup",
            "Strength of blending pairs of training clips; 0 switches it off.",
            group=_TRAINING,
            low=0,
            high=10,
        ),
    ] = 0.4
    balanced: Annotated[
        bool,
        about("Balance classes", "Let rare classes count as much as common ones.", group=_TRAINING),
    ] = True
    balance_by: Annotated[
        Literal["weights", "sampling"],
        about(
            "Balance by",
            "With 'balanced': weigh the loss of rare classes more, or show their clips more often.",
            group=_TRAINING,
        ),
    ] = "weights"
    final_model: Annotated[
        bool,
        about(
            "Final model",
            "After the folds, train once on all subjects: the network for clips of new people.",
            group=_TRAINING,
        ),
    ] = True

    seeds: Annotated[
        tuple[_Seed, ...],
        msgspec.Meta(
            title="Seeds",
            description="One network a seed and fold; probabilities are averaged over the seeds.",
            min_length=1,
            max_length=32,
            extra={"unit": "", "group": _MACHINE},
        ),
    ] = (0,)
    device: Annotated[
        Literal["auto", "cpu", "cuda", "mps"],
        about("Device", "'auto' takes a GPU if there is one.", group=_MACHINE),
    ] = "auto"
    threads: Annotated[
        int,
        about(
            "Threads",
            "Processor threads of the training; 0 takes one for a small network, one a core for a"
            " large one.",
            group=_MACHINE,
            low=0,
            high=256,
        ),
    ] = 0


WHAT = "The experiment cannot be run as described"


def form() -> tuple[Field, ...]:
    """Return the fields of an experiment in the order of a form."""
    return fields(ExperimentSpec)


def check(spec: ExperimentSpec) -> ExperimentSpec:
    """Return ``spec`` as it is if all its values are in range.

    Raises
    ------
    ExperimentError
        Naming the first field that is wrong and what it has to be.
    """
    try:
        return msgspec.convert(msgspec.to_builtins(spec), ExperimentSpec)
    except msgspec.ValidationError as error:
        raise explain(error, ExperimentSpec, WHAT) from error


def differing(one: ExperimentSpec, other: ExperimentSpec) -> tuple[str, ...]:
    """Return the fields in which two experiments differ, as ``"epochs: 40, now 60"``."""
    return tuple(
        f"{name}: {getattr(one, name)!r}, now {getattr(other, name)!r}"
        for name in ExperimentSpec.__struct_fields__
        if getattr(one, name) != getattr(other, name)
    )


def spec_hash(spec: ExperimentSpec) -> str:
    """Return 16 hexadecimal digits that equal experiments share."""
    return hashlib.sha256(msgspec.json.encode(spec, order="sorted")).hexdigest()[:16]


def field(name: str) -> Field:
    """Return the description of one field.

    Raises
    ------
    ExperimentError
        If an experiment has no such field.
    """
    for found in form():
        if found.name == name:
            return found
    raise ExperimentError("An experiment has no such field", where=name)
