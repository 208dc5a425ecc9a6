"""Devices in words: the GPU first if there is one, and the reason if there is none."""

from __future__ import annotations

from meviewer.experiment.records import Device
from meviewer.present.training_fields import Choice

_GIB = 1 << 30


def device_choices(found: tuple[Device, ...]) -> tuple[Choice, ...]:
    """Return the choices of a form: first the one that takes the best there is."""
    if not found:
        return ()
    best = Choice("auto", f"best: {found[0].text}", "Takes a GPU if there is one")
    return (best, *(Choice(one.name, one.text, _memory(one)) for one in found))


def device_note(found: tuple[Device, ...]) -> str:
    """Say why there is no GPU; empty if there is one."""
    if not found:
        return ""
    if found[0].name == "cpu":
        return f"PyTorch finds no GPU on this machine: training runs on the {found[0].text}."
    return " ".join(part for part in (found[0].text, _memory(found[0])) if part)


def _memory(device: Device) -> str:
    return f"{device.memory_bytes / _GIB:.0f} GiB" if device.memory_bytes else ""
