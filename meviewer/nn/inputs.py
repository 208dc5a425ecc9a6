"""From motion to the input of a network: normalised per clip or by one scale, mirrored exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from meviewer.experiment.spec import ExperimentSpec
from meviewer.nn.families import CHANNELS, FAMILIES
from meviewer.nn.representations import NORMALISED, family_of

FULL = 255
"""The brightest a colour of a frame can be."""

_TINY = 1e-6
_BLOCK = 64
_FLOW = ("phases", "flow")


def robust_scale(flow: Tensor) -> float:
    """Return one scale for a set of clips: the median of their strong motion.

    Parameters
    ----------
    flow : Tensor, shape (n, phases, 2 or 3, P, P)

    Returns
    -------
    float
        Median over clips of the 95th percentile of the magnitude, in pixels of the grid; > 0.
    """
    return _robust(torch.linalg.vector_norm(_centred(flow[:, :, :2]), dim=2))


def normalise(flow: Tensor, scale: float | None = None) -> Tensor:
    """Return u, v and magnitude as a network takes them.

    The median of u and of v is taken off each phase first: it is motion of the whole head.

    Parameters
    ----------
    flow : Tensor, shape (n, phases, 2 or 3, P, P)
        Phase, then component (u, v), in pixels of the grid, and if there is a third one, the
        strain, which takes the place of the magnitude.
    scale : float, optional
        Divide everything by this. Without it, each channel of each phase is divided by its own
        root mean square, which did best on 442 public clips [ours].

    Returns
    -------
    Tensor, shape (n, phases, 3, P, P)
        Channels u, v, and magnitude or strain.
    """
    return _divided(_channels(flow), scale, (3, 4))


def mirror(x: Tensor, *, vectors: bool = True) -> Tensor:
    """Return what the mirrored clip would have given: exact.

    Parameters
    ----------
    x : Tensor, shape (..., C, P, P)
        Motion or normalised input.
    vectors : bool
        Channel 0 is horizontal motion and changes its sign; without, the picture is only flipped.
    """
    flipped = x.flip(-1)
    if not vectors:
        return flipped
    flipped[..., :1, :, :].neg_()
    return flipped


@dataclass(frozen=True, slots=True)
class Inputs:
    """How the motion of clips becomes the input of a network.

    Attributes
    ----------
    family : str
        One of `meviewer.nn.families.FAMILIES`.
    by_sample : bool
        Each clip is divided by its own strength; without, by one scale.
    late : bool
        In training the division comes after the augmentation, which turns vectors: u and v must
        then have one scale.
    """

    family: str
    by_sample: bool = True
    late: bool = False

    @classmethod
    def of(cls, spec: ExperimentSpec) -> Inputs:
        """Return the inputs of an experiment.

        Raises
        ------
        ExperimentError
            If its network does not take its representation.
        """
        family, by_sample = family_of(spec), spec.normalisation == "sample"
        moved = spec.rotation_deg > 0 or spec.crop_px > 0
        return cls(family, by_sample, by_sample and moved and family in _FLOW)

    @property
    def vectors(self) -> bool:
        """Whether the first two channels are vectors."""
        return FAMILIES[self.family].is_flow

    def scale(self, raw: Tensor) -> float | None:
        """Return the one scale of training clips; None where each clip has its own.

        Parameters
        ----------
        raw : Tensor, shape (n, V, 2 or 3, P, P)
        """
        if self.by_sample or self.family in NORMALISED:
            return None
        return robust_scale(raw) if self.family in _FLOW else _robust(_centred(raw).abs())

    def training(self, raw: Tensor, scale: float | None) -> Tensor:
        """Return what a training holds, (n, V, 3, P, P): float32, but frames in uint8 as they are.

        `numbers` of a batch, its augmentation and `finished` are to follow.
        """
        if self.family in NORMALISED:
            return raw
        return _in_blocks(raw, self._before if self.late else partial(self.testing, scale=scale))

    def numbers(self, x: Tensor) -> Tensor:
        """Return some of what `training` returned as the augmentation takes it, in float32."""
        return x if x.is_floating_point() else x.float() / FULL

    def finished(self, x: Tensor) -> Tensor:
        """Return the input of a network after the augmentation of what `numbers` returned."""
        return _divided(x, None, (3, 4)) if self.late else self.numbers(x)

    def testing(self, raw: Tensor, scale: float | None) -> Tensor:
        """Return the input of a network, (n, V, 3, P, P) float32.

        Parameters
        ----------
        raw : Tensor, shape (n, V, 2 or 3, P, P)
            As `meviewer.nn.batches.MotionSet` holds it.
        scale : float or None
            Of the training clips, see `scale`.
        """
        if self.family in NORMALISED:
            return self._before(raw)
        # The colours of a dynamic image keep their proportion; u and v each have their own scale.
        return _divided(self._before(raw), scale, (3, 4) if self.family in _FLOW else (2, 3, 4))

    def _before(self, raw: Tensor) -> Tensor:
        if self.family in _FLOW:
            return _channels(raw)
        if self.family == "keyframes":
            return self.numbers(raw)
        # The middle of a dynamic image is what the light of the whole frame did.
        return raw if self.family == "mm-cof" else _centred(raw)


def _in_blocks(raw: Tensor, change: Callable[[Tensor], Tensor]) -> Tensor:
    """Change samples a block at a time: what lies between takes many times their memory."""
    n, n_views, _, *size = raw.shape
    made = raw.new_empty((n, n_views, CHANNELS, *size))
    for start in range(0, n, _BLOCK):
        made[start : start + _BLOCK] = change(raw[start : start + _BLOCK])
    return made


def _channels(flow: Tensor) -> Tensor:
    centred = _centred(flow[:, :, :2])
    magnitude = torch.linalg.vector_norm(centred, dim=2, keepdim=True)
    third = flow[:, :, 2:] if flow.shape[2] == 3 else magnitude
    return torch.cat([centred, third], 2)


def _divided(x: Tensor, scale: float | None, axes: tuple[int, ...]) -> Tensor:
    if scale is not None:
        return x / scale
    return x / (x.square().mean(axes, keepdim=True).sqrt() + _TINY)


def _robust(strength: Tensor) -> float:
    strong = strength.flatten(1).quantile(0.95, dim=1)
    return max(float(strong.median()), _TINY)


def _centred(values: Tensor) -> Tensor:
    middle = values.flatten(3).quantile(0.5, dim=3)
    return values - middle[..., None, None]
