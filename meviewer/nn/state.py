"""Weights by name put into a network, or refused naming what does not fit."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn

from meviewer.core.errors import WeightsError

State = Mapping[str, Tensor]


def load_into(network: nn.Module, state: State, where: str) -> None:
    """Put weights into a network.

    Raises
    ------
    WeightsError
        Naming what is missing, too much, or of another shape.
    """
    own = network.state_dict()
    trouble = [f"{name} is missing" for name in own if name not in state]
    trouble += [f"{name} is unknown" for name in state if name not in own]
    trouble += [
        f"{name} has shape {tuple(state[name].shape)}, not {tuple(own[name].shape)}"
        for name in own
        if name in state and state[name].shape != own[name].shape
    ]
    if trouble:
        more = f" and {len(trouble) - 3} more" if len(trouble) > 3 else ""
        raise unusable(where, "they do not fit: " + "; ".join(trouble[:3]) + more)
    network.load_state_dict(dict(state))


def unusable(where: str, why: str, now: str = "") -> WeightsError:
    """Return the error of weights, saying where they are, what is wrong and what to do now."""
    return WeightsError(
        "The weights cannot be used",
        where=where,
        why=why,
        now=now or "choose the folder of a run of this program, or train anew",
    )
