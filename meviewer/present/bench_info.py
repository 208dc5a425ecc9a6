"""What a paper says of each picture, and what we chose: the words beside every tile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from meviewer.present.bench import Parameter, Tile

MARKS: Mapping[str, str] = MappingProxyType(
    {
        "[paper]": "the text of the publication",
        "[code]": "its public program, read, not copied",
        "[2nd]": "a summary by somebody else",
        "[ours]": "our choice where the publication is silent",
    }
)
"""How sure a source is."""


@dataclass(frozen=True, slots=True)
class Info:
    """Formula and sources of a family of views.

    Attributes
    ----------
    source : str
        The badge of the tile: ``source`` (no formula), ``paper`` or ``our choice``.
    formula : str
        One or more lines.
    says : str
        What the publication says, with its mark.
    chose : str
        What we chose, with its mark.
    variants : mapping of str to str
        Formula by method or kind, where there are several.
    """

    source: str
    formula: str
    says: str
    chose: str
    variants: Mapping[str, str] = field(default_factory=dict)


_FLOW = {
    "tvl1": "min ∫ |∇u| + |∇v| + λ |I₂(x + w) − I₁(x)|        [paper: Zach, Pock, Bischof 2007]",
    "dis": "dense inverse search, then variational refinement  [paper: Kroeger et al. 2016]",
    "farneback": "polynomial expansion of both frames  [paper: Farnebäck 2003]",
    "deepflow": "brightness, gradients, smoothness; no matching  [paper: Weinzaepfel et al. 2013]",
}
_POOLING = {
    "bilen": "α(t) = Σ (2i − N − 1) / i, i = t … N; Σ α = 0  [paper: Bilen et al. 2016]",
    "learnet": "α(t) = Σ (2i − N) / i, i = t … N; Σ α = N  [code: LEARNet]",
    "linear": "α(t) = 2t − N − 1  [paper: Bilen et al. 2016]",
    "exact": "ranking SVR on the running means, C = 1, ε = 0.1  [2nd]",
}
_MM_COF = (
    "N = (|w| − min) / (max − min), of rise and fall\n"
    "Mc = θ₁ N₁ + θ₂ N₂,  τ = mean(Mc)\n"
    "M = clip(α Mc, 0, 1) where Mc ≥ τ, else β Mc\n"
    "angle of θ₁ rise − θ₂ fall"
)
_MM_COF_SMOOTH = _MM_COF.replace(
    "M = clip(α Mc, 0, 1) where Mc ≥ τ, else β Mc",
    "M = clip(Mc (β + (α − β) sigmoid(k (Mc − τ))), 0, 1)",
)
_MM_COF_SAYS = (
    "Two phases, each min-max normalised, combined with weights found by trial, then a "
    "“threshold-based” modulation [2nd: arXiv 2510.07810]."
)
_MM_COF_CHOSE = (
    "Equal weights. The formula of the modulation, with a smooth twin. Rise less fall, because the "
    "fall roughly reverses the rise and their sum would cancel; or the rise alone. Percentiles "
    "instead of the extremes as an option [ours]."
)
_FLOW_CHOSE = (
    "Both frames are made equally bright first where a method needs it, as a whole and "
    "locally, because 2 % of lamp flicker otherwise looks like motion; head motion is found on "
    "the border and the bridge of the nose and taken out everywhere; up to five frames around "
    "each keyframe may be averaged [ours]."
)

INFO: Mapping[str, Info] = MappingProxyType(
    {
        "frame": Info(
            "source",
            "F(t)",
            "The frame as it was decoded.",
            "Nothing is added or taken away.",
        ),
        "mean": Info(
            "our choice",
            "mean of F(t − k) … F(t + k)",
            "No paper averages frames around a keyframe.",
            "It takes 30 to 40 % of the noise out at 200 frames per second, and never crosses "
            "another keyframe. Flow and strain are computed from these frames; differences and "
            "dynamic images are not [ours].",
        ),
        "magnified": Info(
            "our choice",
            "F(o) with every px moved by k · w(o → a)",
            "Motion magnification along tracked points [paper: Liu et al. 2005].",
            "Dense flow in place of points. For looking only: nothing is measured on it [ours].",
        ),
        "difference": Info(
            "paper",
            "F(a) − F(o)",
            "Distance of frames as the evidence of motion [paper: arXiv 2603.04766].",
            "Signed and in integers wide enough. The public program subtracts in 8 bits, where "
            "−1 becomes 255 [code]. One fixed scale, so that clips compare [ours].",
        ),
        "absolute": Info(
            "paper",
            "|F(a) − F(o)|",
            "Distance of frames as the evidence of motion [paper: arXiv 2603.04766].",
            "Per colour before the mean, so a change of colour alone shows as well; the scale is "
            "that of the signed picture [ours].",
        ),
        "flow": Info(
            "paper",
            "w = (u, v): F₁(x) ≈ F₂(x + w), u to the right, v downwards, px",
            "Dense optical flow between the keyframes of a phase [paper: by method].",
            _FLOW_CHOSE,
            _FLOW,
        ),
        "strain": Info(
            "paper",
            "sqrt(e_xx² + e_yy² + 2 e_xy²), e = (∇w + ∇wᵀ) / 2",
            "Magnitude of the optical strain [paper: Shreve et al. 2011].",
            "Central differences over one px; rigid motion gives none. " + _FLOW_CHOSE,
            _FLOW,
        ),
        "significance": Info(
            "our choice",
            "(1 − exp(−|w|² / 2 s²))ⁿ",
            "Covariance of a least-squares fit of motion [paper: Simoncelli et al. 1991]; "
            "published pipelines of this field do not ask.",
            "s from what the flow leaves unexplained, from the texture, and from how far the way "
            "there and back misses the start; n patches of 16 px. What is shown fades where this "
            "is small, values do not [ours].",
            _FLOW,
        ),
        "dynamic": Info(
            "paper",
            "DI = Σ α(t) F(t), t = 1 … N",
            "One image of the rise, one of the fall, one of the whole [paper: arXiv 2510.15466].",
            "The apex belongs to both phases; the fall is not reversed in time; the mean over the "
            "colours is drawn, with one scale for both signs [ours].",
            _POOLING,
        ),
        "mm-cof": Info(
            "our choice",
            _MM_COF,
            _MM_COF_SAYS,
            _MM_COF_CHOSE + " Hues of one lightness instead of HSV.",
            {"threshold": _MM_COF, "smooth": _MM_COF_SMOOTH},
        ),
        "mm-cof-overlay": Info(
            "our choice",
            _MM_COF,
            _MM_COF_SAYS,
            _MM_COF_CHOSE + " Opacity is M, the line runs where Mc reaches τ, arrows are means "
            "of the flow over squares.",
            {"threshold": _MM_COF, "smooth": _MM_COF_SMOOTH},
        ),
        "mm-cof-magnitude": Info(
            "our choice",
            _MM_COF,
            _MM_COF_SAYS,
            _MM_COF_CHOSE,
            {"threshold": _MM_COF, "smooth": _MM_COF_SMOOTH},
        ),
    }
)
"""What is said of each family of views."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything about one picture, to be read and copied.

    Attributes
    ----------
    title : str
    formula : str
    says, chose : str
    marks : str
        What the marks mean that occur.
    parameters : tuple of (str, str)
        What this picture was computed with.
    """

    title: str
    formula: str
    says: str
    chose: str
    marks: str
    parameters: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """Return it as plain text."""
        rows = "\n".join(f"{name}: {value}" for name, value in self.parameters)
        return (
            f"{self.title}\n\n{self.formula}\n\nWhat the paper says: {self.says}\n"
            f"What we chose: {self.chose}\n{self.marks}\n\n{rows}\n"
        )


def explain(tile: Tile, family: str) -> Explanation:
    """Return what there is to say about a picture of this family."""
    info = INFO[family]
    said = [info.formula]
    for key in ("method", "kind", "modulation", "flow method"):
        line = info.variants.get(str(tile.parameters.get(key, "")))
        if line is not None:
            said = [line] if key == "modulation" else [*said, line]
    formula = "\n".join(said)
    whole = formula + info.says + info.chose
    marks = [f"{mark} {words}" for mark, words in MARKS.items() if mark[:-1] in whole]
    return Explanation(
        f"{tile.title}, {tile.note}" if tile.note else tile.title,
        formula,
        info.says,
        info.chose,
        "; ".join(marks),
        tuple((name, _text(value)) for name, value in tile.parameters.items()),
    )


def _text(value: Parameter) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}".replace("-", "−")
    return "as preset" if value is None else str(value)
