"""Probabilities of trained networks, averaged over mirrored views where the experiment says so."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from meviewer.nn.inputs import mirror
from meviewer.nn.network import Network

_AT_ONCE = 256


def probabilities(
    networks: Sequence[Network], x: Tensor, *, mirrored: bool, vectors: bool = True
) -> Tensor:
    """Return class probabilities of each network.

    Parameters
    ----------
    networks : sequence of Network
        On the device of ``x``; left in evaluation mode.
    x : Tensor, shape (n, V, 3, P, P)
        Normalised inputs.
    mirrored : bool
        Average with the probabilities of the mirrored clip.
    vectors : bool
        See `mirror`.

    Returns
    -------
    Tensor, shape (n_networks, n, n_classes), float64
        On the CPU; rows sum to 1.
    """
    views = (x, mirror(x, vectors=vectors)) if mirrored else (x,)
    found = [torch.stack([_one_view(net, view) for view in views]).mean(0) for net in networks]
    return torch.stack(found)


def maps(networks: Sequence[Network], x: Tensor) -> dict[str, Tensor]:
    """Return the inner pictures of some networks for one clip, averaged over the networks.

    Parameters
    ----------
    x : Tensor, shape (1, V, 3, P, P)

    Returns
    -------
    dict of str to Tensor, shape (h, w), float32
        On the CPU.
    """
    with torch.no_grad():
        every = [net.eval().run(x).maps for net in networks]
    return {
        name: torch.stack([found[name][0, 0] for found in every]).mean(0).float().cpu()
        for name in every[0]
    }


def _one_view(network: Network, x: Tensor) -> Tensor:
    network.eval()
    with torch.no_grad():
        parts = [network.run(x[i : i + _AT_ONCE]).logits for i in range(0, len(x), _AT_ONCE)]
    return torch.cat(parts).double().softmax(1).cpu()
