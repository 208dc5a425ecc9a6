"""How an experiment trains: the fields of length, schedule, loss and balance."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from meviewer.experiment.form import Value, about
from meviewer.experiment.spec_split import SplitFields

NETWORK, GROUP = "Network", "Training"


class TrainingFields(SplitFields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The training of an experiment; each field says what it means in its annotation."""

    network: Annotated[str, about("Network", "Which network is trained.", group=NETWORK)] = (
        "fmanet-light"
    )
    network_config: Annotated[
        dict[str, Value],
        about("Network settings", "What differs from the network's own defaults.", group=NETWORK),
    ] = msgspec.field(default_factory=dict)

    start_from: Annotated[
        str,
        about(
            "Begin from",
            "Folder of a finished run of the same network: training goes on from its weights. Each"
            " fold begins from the network that has held its test subjects out; a subject whom all"
            " of them have seen is refused by name.",
            group=NETWORK,
        ),
    ] = ""
    epochs: Annotated[
        int,
        about(
            "Epochs",
            "Passes through the training clips. The number is fixed beforehand, never chosen on the"
            " subject held out.",
            group=GROUP,
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
            group=GROUP,
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
            group=GROUP,
        ),
    ] = "fixed"
    inner_share: Annotated[
        float,
        about(
            "Held back",
            "Share of the training clips, by whole subjects, on which 'inner' chooses the epoch.",
            group=GROUP,
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
            group=GROUP,
        ),
    ] = False
    batch_size: Annotated[
        int,
        about("Batch", "Clips a step.", unit="clips", group=GROUP, low=2, high=4096),
    ] = 16
    learning_rate: Annotated[
        float,
        about(
            "Learning rate",
            "Largest step of AdamW; it rises in the warm-up, then follows the schedule.",
            group=GROUP,
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
            group=GROUP,
        ),
    ] = "cosine"
    decay: Annotated[
        float,
        about(
            "Decay",
            "Factor an epoch of the exponential schedule.",
            group=GROUP,
            low=0.01,
            high=1,
        ),
    ] = 0.987
    warm_up: Annotated[
        float,
        about(
            "Warm-up",
            "Share of all steps in which the learning rate rises from 0.",
            group=GROUP,
            low=0,
            high=0.9,
        ),
    ] = 0.1
    weight_decay: Annotated[
        float,
        about("Weight decay", "Pull of the weights towards zero.", group=GROUP, low=0, high=1),
    ] = 0.02
    loss: Annotated[
        Literal["cross-entropy", "focal"],
        about(
            "Loss",
            "'focal' gives less weight to clips that are recognised already.",
            group=GROUP,
        ),
    ] = "cross-entropy"
    focal_gamma: Annotated[
        float,
        about("Focus", "Strength of the focal loss.", group=GROUP, low=0, high=10),
    ] = 2.0
    label_smoothing: Annotated[
        float,
        about(
            "Label smoothing",
            "Share of certainty given to all classes alike.",
            group=GROUP,
            low=0,
            high=0.5,
        ),
    ] = 0.1
    mixup: Annotated[
        float,
        about(
            "Mixup",
            "Strength of blending pairs of training clips; 0 switches it off.",
            group=GROUP,
            low=0,
            high=10,
        ),
    ] = 0.4
    balanced: Annotated[
        bool,
        about("Balance classes", "Let rare classes count as much as common ones.", group=GROUP),
    ] = True
    balance_by: Annotated[
        Literal["weights", "sampling"],
        about(
            "Balance by",
            "With 'balanced': weigh the loss of rare classes more, or show their clips more often.",
            group=GROUP,
        ),
    ] = "weights"
    final_model: Annotated[
        bool,
        about(
            "Final model",
            "After the folds, train once on all subjects: the network for clips of new people.",
            group=GROUP,
        ),
    ] = True
    keep_weights: Annotated[
        bool,
        about(
            "Keep networks",
            "Keep the network of every fold in the run folder. Without them the scores are the"
            " same, but no clip can be recognised; large ones take half a gigabyte a fold.",
            group=GROUP,
        ),
    ] = True
