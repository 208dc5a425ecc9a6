"""What each step of FMANet adds: its ablations as experiments, and the control without learning."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from meviewer.experiment.form import Value
from meviewer.experiment.spec import ExperimentSpec

STEPS: Mapping[str, Mapping[str, Value]] = {
    "single-phase": {"phases": "rise", "modulation": False, "attention": False},
    "sum": {"fusion": "sum", "modulation": False, "attention": False},
    "a": {"modulation": False, "attention": False},
    "a-b": {"attention": False},
    "a-b-c": {},
}
"""One step more from name to name: (a) combination, (b) modulation, (c) attention."""


def ablations(spec: ExperimentSpec) -> dict[str, ExperimentSpec]:
    """Return an experiment of FMANet with each of its steps, and of ResNet-18 on fixed MM-COF.

    Settings of the network that are no steps, such as its trunk, stay.
    """
    kept = {name: value for name, value in spec.network_config.items() if name not in _IN_STEPS}
    found = {
        name: msgspec.structs.replace(spec, network_config={**kept, **steps})
        for name, steps in STEPS.items()
    }
    fixed = msgspec.structs.replace(
        spec, network="resnet18", network_config={}, representation="mm-cof"
    )
    return {**found, "fixed-mm-cof": fixed}


_IN_STEPS = frozenset(name for steps in STEPS.values() for name in steps)
