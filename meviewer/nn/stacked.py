"""Several networks of one kind as one model: their weights stacked, run by `torch.func.vmap`.

Each network keeps statistics, dropout and batch of its own. Batches of different lengths are padded
with rows that nothing counts.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap
from torch.nn import functional

from meviewer.nn.network import Network

_CLOSE = 1e-3


class RowNorm(nn.Module):
    """Batch normalisation of the rows that count, under the names of torch's own."""

    running_mean: Tensor
    running_var: Tensor
    num_batches_tracked: Tensor
    rows: Tensor

    def __init__(self, norm: nn.BatchNorm1d | nn.BatchNorm2d) -> None:
        super().__init__()
        assert norm.momentum is not None
        self.momentum, self.eps = norm.momentum, norm.eps
        self.weight, self.bias = norm.weight, norm.bias
        for name in ("running_mean", "running_var", "num_batches_tracked"):
            self.register_buffer(name, getattr(norm, name))
        self.register_buffer("rows", torch.ones(1), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Normalise; the mean is that of the rows that count, and padding follows it.

        Parameters
        ----------
        x : Tensor, shape (B, C) or (B, C, H, W)
        """
        given = x.dtype
        if given in (torch.bfloat16, torch.float16):
            x = x.float()  # sums of many rows need the digits, as in torch's own
        axes = [axis for axis in range(x.ndim) if axis != 1]
        shape = [1, -1] + [1] * (x.ndim - 2)
        rows = self.rows.reshape([-1] + [1] * (x.ndim - 1))
        n = self.rows.sum() * (x.numel() // (x.shape[0] * x.shape[1]))
        counted = n.clamp(min=1)
        mean = (x * rows).sum(axes) / counted
        centred = x - mean.reshape(shape)
        variance = (centred.square() * rows).sum(axes) / counted
        self._remember(mean.detach(), variance.detach(), n)
        scaled = self.weight * (variance + self.eps).rsqrt()
        return (centred * scaled.reshape(shape) + self.bias.reshape(shape)).to(given)

    def _remember(self, mean: Tensor, variance: Tensor, n: Tensor) -> None:
        active = (n > 0).to(mean.dtype)
        share = self.momentum * active
        unbiased = variance * n / (n - 1).clamp(min=1)
        self.running_mean.add_(share * (mean - self.running_mean))
        self.running_var.add_(share * (unbiased - self.running_var))
        self.num_batches_tracked.add_((n > 0).to(self.num_batches_tracked.dtype))


class RowDropout(nn.Module):
    """Dropout whose mask was drawn before, so that each network of a stack has its own."""

    mask: Tensor

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p
        self.register_buffer("mask", torch.ones(1), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        """Multiply with the mask, which holds the scale of what is kept."""
        return x * self.mask


@dataclass(frozen=True, slots=True)
class Places:
    """Where in a network randomness and statistics of the batch are.

    Attributes
    ----------
    norms : tuple of str
        Names of the `RowNorm` modules.
    dropouts : dict of str to (float, tuple of int)
        Names of the dropouts in the order in which they are run: probability, and shape of a row.
    """

    norms: tuple[str, ...]
    dropouts: Mapping[str, tuple[float, tuple[int, ...]]]

    def masks(self, n: int, like: Tensor) -> dict[str, Tensor]:
        """Draw the masks of one batch of ``n`` rows as `torch.nn.Dropout` would."""
        return {
            name: functional.dropout(like.new_ones((n, *shape)), p, training=True)
            for name, (p, shape) in self.dropouts.items()
        }


def skeleton_of(network: Network, x: Tensor) -> tuple[Network, Places] | str:
    """Return a copy whose parts can be stacked and where they are, or why it cannot be done.

    The copy is run, so that nothing is believed: it must draw no random numbers of its own, and
    padding must change nothing.

    Parameters
    ----------
    network : Network
        Left as it is.
    x : Tensor, shape (2, V, C, H, W)
        Two samples on the device of the network.
    """
    made = copy.deepcopy(network).train()
    trouble = _unknown_norm(made)
    if trouble:
        return trouble
    dropouts = _dropouts(made, x)
    if isinstance(dropouts, str):
        return dropouts
    for name in dropouts:
        _replace(made, name, RowDropout(dropouts[name][0]))
    norms = [n for n, m in made.named_modules() if type(m) in (nn.BatchNorm1d, nn.BatchNorm2d)]
    for name in norms:
        found = made.get_submodule(name)
        assert isinstance(found, nn.BatchNorm1d | nn.BatchNorm2d)
        _replace(made, name, RowNorm(found))
    trouble = _tried(made, norms, x)
    return trouble or (made, Places(tuple(norms), dropouts))


class Stack:
    """Networks of one kind, in training, as one model.

    Parameters
    ----------
    networks : sequence of Network
        At least one; `write_back` gives them their weights.
    skeleton : Network
    places : Places
        Both from `skeleton_of`.

    Attributes
    ----------
    flat : Tensor, shape (n_networks, n_numbers)
        All trained numbers; `parameters` are views of it.
    """

    def __init__(self, networks: Sequence[Network], skeleton: Network, places: Places) -> None:
        self._networks, self._skeleton, self._places = list(networks), skeleton, places
        self.flat = torch.stack(
            [torch.cat([p.detach().flatten() for p in net.parameters()]) for net in networks]
        )
        self._shapes = {name: p.shape for name, p in networks[0].named_parameters()}
        self._buffers = {
            name: torch.stack([dict(net.named_buffers())[name] for net in networks])
            for name, _ in networks[0].named_buffers()
        }

    def __len__(self) -> int:
        return len(self._networks)

    def decay(self, weight_decay: float) -> Tensor:
        """Return the weight decay of each number, (n_numbers,): biases and scalars have none."""
        parts = [
            self.flat.new_full((shape.numel(),), weight_decay if len(shape) > 1 else 0.0)
            for shape in self._shapes.values()
        ]
        return torch.cat(parts)

    def parameters(self) -> dict[str, Tensor]:
        """Return the weights by name, (n_networks, ...), as leaves that collect gradients."""
        views, start = {}, 0
        for name, shape in self._shapes.items():
            part = self.flat[:, start : start + shape.numel()]
            views[name] = part.reshape(len(self), *shape).detach().requires_grad_()
            start += shape.numel()
        return views

    def run(
        self, parameters: Mapping[str, Tensor], x: Tensor, rows: Tensor, masks: Mapping[str, Tensor]
    ) -> tuple[Tensor, ...]:
        """Return the logits of all networks and of their further heads.

        Parameters
        ----------
        parameters : mapping
            From `parameters`.
        x : Tensor, shape (n_networks, B, V, C, H, W)
        rows : Tensor, shape (n_networks, B)
            1 where a row counts, 0 where it is padding.
        masks : mapping of str to Tensor, shape (n_networks, B, ...)
            Of the dropouts.

        Returns
        -------
        tuple of Tensor, shape (n_networks, B, n_classes)
        """
        buffers = dict(self._buffers)
        buffers.update({f"{name}.rows": rows for name in self._places.norms})
        buffers.update({f"{name}.mask": mask for name, mask in masks.items()})

        def one(
            weights: dict[str, Tensor], own: dict[str, Tensor], batch: Tensor
        ) -> tuple[Tensor, ...]:
            output = functional_call(self._skeleton, (weights, own), (batch,))
            return (output.logits, *output.also)

        found: tuple[Tensor, ...] = vmap(one)(dict(parameters), buffers, x)
        return found

    def write_back(self) -> None:
        """Give each network its weights and statistics."""
        parameters = self.parameters()
        for number, network in enumerate(self._networks):
            state = {name: value[number].detach() for name, value in parameters.items()}
            state |= {name: value[number] for name, value in self._buffers.items()}
            network.load_state_dict(state, strict=False)


def _replace(network: nn.Module, name: str, part: nn.Module) -> None:
    parent, _, last = name.rpartition(".")
    setattr(network.get_submodule(parent), last, part)


def _unknown_norm(network: nn.Module) -> str:
    for name, part in network.named_modules():
        if isinstance(part, nn.modules.batchnorm._BatchNorm) and (
            type(part) not in (nn.BatchNorm1d, nn.BatchNorm2d)
            or part.momentum is None
            or not (part.affine and part.track_running_stats)
        ):
            return f"its part {name} normalises batches in a way of its own"
    return ""


def _dropouts(network: Network, x: Tensor) -> dict[str, tuple[float, tuple[int, ...]]] | str:
    """Run the network once and see which dropouts run, in which order, on what."""
    found: dict[str, tuple[float, tuple[int, ...]]] = {}
    twice: list[str] = []
    parts = {name: m for name, m in network.named_modules() if type(m) is nn.Dropout}

    def see(name: str, part: nn.Dropout, given: Tensor) -> None:
        if name in found:
            twice.append(name)
        found[name] = (part.p, tuple(given.shape[1:]))

    handles = [
        part.register_forward_pre_hook(lambda _, args, n=name, p=part: see(n, p, args[0]))
        for name, part in parts.items()
    ]
    state = {name: value.clone() for name, value in network.state_dict().items()}
    with torch.no_grad(), torch.random.fork_rng():
        network.run(x)
    network.load_state_dict(state)
    for handle in handles:
        handle.remove()
    return f"its dropout {twice[0]} runs more than once" if twice else found


def _tried(network: Network, norms: Sequence[str], x: Tensor) -> str:
    """Return what speaks against stacking, seen by running the changed copy."""
    state = {name: value.clone() for name, value in network.state_dict().items()}
    with torch.no_grad(), torch.random.fork_rng():
        before = torch.get_rng_state()
        _count(network, norms, x.new_ones(len(x)))
        plain = network.run(x).logits
        if not torch.equal(torch.get_rng_state(), before):
            return "it draws random numbers of its own"
        _count(network, norms, x.new_tensor([1.0] * len(x) + [0.0]))
        padded = network.run(torch.cat([x, 3 * x[:1]])).logits[: len(x)]
        network.load_state_dict(state)
    close = torch.allclose(plain, padded, atol=_CLOSE, rtol=_CLOSE)
    return "" if close else "its rows depend on one another"


def _count(network: Network, norms: Sequence[str], rows: Tensor) -> None:
    for name in norms:
        network.get_submodule(name).register_buffer("rows", rows.clone(), persistent=False)
