"""Which fields of an experiment the form shows, group by group, and when they mean something."""

from __future__ import annotations

from collections.abc import Mapping

from meviewer.experiment.spec import KERNEL, ExperimentSpec
from meviewer.nn.representations import FLOWS

_MAIN = {
    "Data": ("label_tier", "class_scheme", "representation", "input_px"),
    "Test": ("split", "n_folds", "test_share", "train_on", "test_on"),
    "Training": ("network", "epochs", "batch_size", "learning_rate", "seeds", "device"),
}
_MORE = {
    "Data": (
        *("test_tier", "emotion_tier", "normalisation", "mirror", "mirror_test"),
        *("rotation_deg", "crop_px", "dual_phase", "alignment"),
    ),
    "Test": ("split_seed", "reference"),
    "Training": (
        *("steps", "epoch_choice", "inner_share", "schedule", "decay", "warm_up"),
        *("loss", "focal_gamma", "weight_decay", "label_smoothing", "mixup", "threads"),
        *("balanced", "balance_by", "final_model", "keep_weights", "optimistic"),
        *("parallel", "precision", "start_from"),
    ),
}
_ONLY_WITH: Mapping[str, tuple[str, tuple[object, ...]]] = {
    "n_folds": ("split", ("k-fold",)),
    "test_share": ("split", ("hold-out",)),
    "train_on": ("split", ("cross-database",)),
    "test_on": ("split", ("cross-database",)),
    "split_seed": ("split", ("k-fold", "hold-out")),
    "mirror_test": ("mirror", (True,)),
    "dual_phase": ("representation", ("dynamic",)),
    "normalisation": ("representation", (*FLOWS, "dynamic", "dual-dynamic")),
    "inner_share": ("epoch_choice", ("inner",)),
    "decay": ("schedule", ("exponential",)),
    "focal_gamma": ("loss", ("focal",)),
    "balance_by": ("balanced", (True,)),
}
"""Fields that mean something only where another one has one of these values."""

_OF_PICTURES = (
    *("pictures", "pictures_pattern", "pictures_channels", "class_scheme", "input_px"),
    *("pictures_table", "mirror", "mirror_test", "rotation_deg", "crop_px"),
)
"""What of the data counts where they are ready pictures; the last five are shown on demand."""

_OF_A_KERNEL = ("network",)
"""All of a training that the kernel ridge has."""


def names_of(
    group: str, spec: ExperimentSpec, *, more: bool, from_pictures: bool
) -> tuple[str, ...]:
    """Return the names of the fields of a group, in order.

    Parameters
    ----------
    group : str
        ``Data``, ``Test`` or ``Training``.
    more : bool
        Also those that are seldom changed.
    from_pictures : bool
        The data are ready pictures.
    """
    names: tuple[str, ...] = _MAIN[group] + (_MORE[group] if more else ())
    if group == "Data" and from_pictures:
        names = _OF_PICTURES if more else _OF_PICTURES[:-5]
    names = tuple(name for name in names if counts(name, spec))
    if spec.network == KERNEL:
        of_it = {"Training": _OF_A_KERNEL, "Test": tuple(n for n in names if n != "reference")}
        names = of_it.get(group, names)
    return names


def counts(name: str, spec: ExperimentSpec) -> bool:
    """Whether a field means something beside the values of the others."""
    other, values = _ONLY_WITH.get(name, ("", ()))
    return not other or getattr(spec, other) in values
