"""Experiments to begin with, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from meviewer.experiment.comparison import SEEDS
from meviewer.experiment.spec import ExperimentSpec


@dataclass(frozen=True, slots=True)
class Preset:
    """An experiment with a name, and one sentence on what it is for.

    Attributes
    ----------
    name, text : str
    spec : ExperimentSpec
    compares : str
        What it compares, if it is several runs: ``reselected``, see
        `meviewer.experiment.spec_set.reselected`; ``conditions``, see
        `meviewer.experiment.conditions`; ``ablations``, see `meviewer.nn.ablations`.
    """

    name: str
    text: str
    spec: ExperimentSpec
    compares: Literal["", "reselected", "conditions", "ablations"] = ""

    @property
    def reselects(self) -> bool:
        """Whether it needs re-selected keyframes beside the labels."""
        return self.compares == "reselected"


PRESETS = (
    Preset(
        "FMANet light on both phases",
        "Optical flow of rise and fall at 28 px. A minute or two for a dozen subjects on a CPU.",
        ExperimentSpec(),
    ),
    Preset(
        "Quick look",
        "The same with half the epochs: to see whether the labels carry anything at all.",
        ExperimentSpec(input_px=28, epochs=20, final_model=False),
    ),
    Preset(
        "FMANet on both phases",
        "Two ResNet-18 streams at 112 px, 12 million parameters: for a GPU.",
        ExperimentSpec(
            network="fmanet", input_px=112, epochs=60, batch_size=32, learning_rate=5e-4
        ),
    ),
    Preset(
        "Rise alone",
        "Control for what the second phase adds: one stream, onset to apex only.",
        ExperimentSpec(network_config={"phases": "rise"}),
    ),
    Preset(
        "Manual against re-selected labels",
        "Three runs with three seeds each: on these labels, on the keyframes that GAMDSS has"
        " re-selected from them, and trained on those but tested on these. Compare them in the"
        " table of runs.",
        ExperimentSpec(seeds=SEEDS, final_model=False),
        compares="reselected",
    ),
    Preset(
        "Phase-aware augmentation",
        "Four runs of one network on dynamic images, with equal steps: as they are, with flips and"
        " turns, with rise and fall as samples of their own, and with both. Choose the network"
        " below. All six networks of the published comparison: phase-aware-augmentation.toml.",
        ExperimentSpec(
            representation="dynamic",
            network="resnet18",
            input_px=112,
            epochs=60,
            learning_rate=5e-4,
            mixup=0.0,
            mirror_test=False,
            seeds=SEEDS,
            final_model=False,
            keep_weights=False,
        ),
        compares="conditions",
    ),
    Preset(
        "What each step of FMANet adds",
        "Six runs: one phase, the sum of both, then combination, modulation and attention one after"
        " another, and a plain ResNet-18 on the fixed MM-COF picture. For a GPU.",
        ExperimentSpec(
            network="fmanet",
            input_px=112,
            epochs=60,
            batch_size=32,
            learning_rate=5e-4,
            seeds=SEEDS,
            final_model=False,
        ),
        compares="ablations",
    ),
    Preset(
        "GAMDSS, two branches",
        "The frames of onset, apex and offset at 224 px, with the recipe of the published code but"
        " for its faults. 12.8 million parameters: for a GPU.",
        ExperimentSpec(
            representation="keyframes",
            network="gamdss",
            input_px=224,
            mirror_test=False,
            rotation_deg=3.0,
            crop_px=15,
            epochs=50,
            learning_rate=8e-4,
            schedule="exponential",
            warm_up=0.0,
            weight_decay=0.6,
            label_smoothing=0.0,
            mixup=0.0,
            balanced=False,
        ),
    ),
)
"""In the order in which the form offers them; the first is what a new form shows."""

_NOT_OF_A_PRESET = (
    *("label_tier", "test_tier", "emotion_tier", "class_scheme", "shuffle_labels"),
    *("pictures", "pictures_pattern", "pictures_table", "pictures_channels"),
    *("device", "threads"),
)
"""What depends on the project and on the machine: a preset leaves it as it is."""


def apply(preset: Preset, spec: ExperimentSpec) -> ExperimentSpec:
    """Return the preset's experiment on the data and the machine of ``spec``."""
    import msgspec

    kept = {name: getattr(spec, name) for name in _NOT_OF_A_PRESET}
    return msgspec.structs.replace(preset.spec, **kept)


def differences(preset: Preset, spec: ExperimentSpec) -> tuple[str, ...]:
    """Return the names of the fields in which an experiment differs from a preset."""
    return tuple(
        name
        for name in ExperimentSpec.__struct_fields__
        if name not in _NOT_OF_A_PRESET and getattr(preset.spec, name) != getattr(spec, name)
    )
