"""Where in the face a network's answer comes from, to first order: gradient times input."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from meviewer.nn.network import Network

SALIENCY = "saliency"


def contributions(network: Network, x: Tensor, class_number: int) -> Tensor:
    """Return what each number of the input adds to the score of one class, to first order.

    That is the derivative of the class's logit with respect to the input, times the input. For a
    network without bends it is exact, and the sum over all places is the logit less its bias.

    Parameters
    ----------
    network : Network
        On the device of ``x``; left in evaluation mode, with its gradients as they were.
    x : Tensor, shape (1, V, C, H, W)
    class_number : int

    Returns
    -------
    Tensor, shape (V, H, W)
        Summed over the channels, on the CPU; positive where the input speaks for the class.
    """
    seen = x.detach().clone().requires_grad_(True)
    with torch.enable_grad():
        logit = network.eval().run(seen).logits[0, class_number]
        (slope,) = torch.autograd.grad(logit, seen)
    return (slope * seen.detach())[0].sum(1).float().cpu()


def saliency(networks: Sequence[Network], x: Tensor, class_number: int) -> Tensor:
    """Return how much each place of the face matters for one class, averaged over networks.

    Parameters
    ----------
    x : Tensor, shape (1, V, C, H, W)

    Returns
    -------
    Tensor, shape (H, W)
        Sum over the views of the size of `contributions`, 0 or more. What places say together, and
        what a network makes of bends far from this input, it does not show.
    """
    each = [contributions(network, x, class_number).abs().sum(0) for network in networks]
    return torch.stack(each).mean(0)
