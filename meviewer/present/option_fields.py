"""Every choice of how pictures are made, as data: the form in the window is built from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from meviewer.motion.dynamic_image import KINDS as POOLINGS
from meviewer.motion.flow_params import KINDS as METHODS
from meviewer.motion.keyframe_average import MOST_FRAMES
from meviewer.present.bench_drawing import METHODS as NAMES
from meviewer.present.picture_options import Parameter

Kind: TypeAlias = Literal["real", "whole", "flag", "choice"]


@dataclass(frozen=True, slots=True)
class OptionField:
    """One choice.

    Attributes
    ----------
    key : str
        Path in `PictureOptions`, such as ``mm_cof.alpha`` or ``flow_values.tvl1.attachment``.
    label : str
    kind : {"real", "whole", "flag", "choice"}
    low, high, step : float
        Range of a number and what one click changes.
    decimals : int
    unit : str
    choices : sequence of (value, words)
    help : str
        One sentence.
    only : (key, values) or None
        The field belongs to these values of another one and is hidden else.
    """

    key: str
    label: str
    kind: Kind
    low: float = 0.0
    high: float = 1.0
    step: float = 0.1
    decimals: int = 2
    unit: str = ""
    choices: Sequence[tuple[str, str]] = ()
    help: str = ""
    only: tuple[str, tuple[Parameter, ...]] | None = None


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """Choices that belong together."""

    name: str
    title: str
    fields: tuple[OptionField, ...]


def _tvl1(
    name: str, label: str, low: float, high: float, step: float, unit: str = ""
) -> OptionField:
    key, only = f"flow_values.tvl1.{name}", ("flow", ("tvl1",))
    return OptionField(key, label, "real", low, high, step, unit=unit, only=only)


_TVL1 = (
    _tvl1("attachment", "Attachment λ", 0.01, 5.0, 0.05),
    OptionField("flow_values.tvl1.scales", "Scales", "whole", 1, 12, 1, only=("flow", ("tvl1",))),
    OptionField("flow_values.tvl1.warps", "Warps", "whole", 1, 50, 1, only=("flow", ("tvl1",))),
    OptionField(
        "flow_values.tvl1.iterations", "Iterations", "whole", 1, 200, 1, only=("flow", ("tvl1",))
    ),
    _tvl1("gradient_floor", "Gradient floor", 0.1, 20.0, 0.1),
    OptionField(
        "flow_values.tvl1.brightness",
        "Even out the light",
        "flag",
        help="2 % of lamp flicker otherwise looks like motion",
        only=("flow", ("tvl1",)),
    ),
    _tvl1("local_mean_px", "Light evened over", 0.0, 200.0, 4.0, "px"),
)
_DIS = (
    OptionField(
        "flow_values.dis.preset",
        "Preset",
        "choice",
        choices=tuple((name, name) for name in ("ultrafast", "fast", "medium")),
        only=("flow", ("dis",)),
    ),
    OptionField(
        "flow_values.dis.brightness", "Even out the light", "flag", only=("flow", ("dis",))
    ),
)
_FARNEBACK = (
    OptionField(
        "flow_values.farneback.window_px",
        "Window",
        "whole",
        3,
        101,
        2,
        unit="px",
        only=("flow", ("farneback",)),
    ),
    OptionField(
        "flow_values.farneback.levels", "Levels", "whole", 0, 12, 1, only=("flow", ("farneback",))
    ),
    OptionField(
        "flow_values.farneback.iterations",
        "Iterations",
        "whole",
        1,
        50,
        1,
        only=("flow", ("farneback",)),
    ),
    OptionField(
        "flow_values.farneback.brightness",
        "Even out the light",
        "flag",
        only=("flow", ("farneback",)),
    ),
)

_DEEPFLOW = (
    OptionField(
        "flow_values.deepflow.brightness",
        "Even out the light",
        "flag",
        only=("flow", ("deepflow",)),
    ),
)

FLOW = OptionGroup(
    "flow",
    "Optical flow",
    (
        OptionField(
            "flow",
            "Method",
            "choice",
            choices=tuple((name, NAMES.get(name, name)) for name in METHODS),
            help="DIS stands in while a keyframe is dragged",
        ),
        *_TVL1,
        *_DIS,
        *_FARNEBACK,
        *_DEEPFLOW,
        OptionField(
            "head",
            "Head motion",
            "choice",
            choices=(
                ("similarity", "out: shift, turn, size"),
                ("median", "out: shift"),
                ("kept", "kept"),
            ),
            help="Found on the border of the picture and the bridge of the nose",
        ),
        OptionField(
            "average",
            "Frames averaged",
            "whole",
            1,
            MOST_FRAMES,
            1,
            help="Around each keyframe, never across another one: less noise, less detail in time",
        ),
        OptionField(
            "fade",
            "Fade what is not significant",
            "flag",
            help="Drawn fainter, values unchanged; takes a second flow, so it waits for the hand",
        ),
    ),
)
DYNAMIC = OptionGroup(
    "dynamic",
    "Dynamic image",
    (
        OptionField(
            "dynamic",
            "Kind",
            "choice",
            choices=tuple((name, name) for name in POOLINGS),
            help="Tiles of one kind, such as “rise, learnet”, keep theirs",
        ),
    ),
)
MM_COF = OptionGroup(
    "mm-cof",
    "MM-COF",
    (
        OptionField("mm_cof.theta1", "θ₁, weight of the rise", "real", step=0.05),
        OptionField("mm_cof.theta2", "θ₂, weight of the fall", "real", step=0.05),
        OptionField(
            "mm_cof.modulation",
            "Modulation",
            "choice",
            choices=(("threshold", "threshold"), ("smooth", "smooth")),
        ),
        OptionField("mm_cof.alpha", "α, gain above τ", "real", 0.0, 10.0),
        OptionField("mm_cof.beta", "β, gain below τ", "real", 0.0, 10.0),
        OptionField(
            "mm_cof.k",
            "k, steepness",
            "real",
            0.0,
            1000.0,
            1.0,
            only=("mm_cof.modulation", ("smooth",)),
        ),
        OptionField(
            "mm_cof.normalisation",
            "Normalisation",
            "choice",
            choices=(("min-max", "extremes"), ("percentile", "percentiles")),
            help="Percentiles: one outlier does not set the scale",
        ),
        OptionField(
            "mm_cof.low_percentile",
            "Low",
            "real",
            0.0,
            100.0,
            0.5,
            unit="%",
            only=("mm_cof.normalisation", ("percentile",)),
        ),
        OptionField(
            "mm_cof.high_percentile",
            "High",
            "real",
            0.0,
            100.0,
            0.5,
            unit="%",
            only=("mm_cof.normalisation", ("percentile",)),
        ),
        OptionField(
            "mm_cof.direction",
            "Direction",
            "choice",
            choices=(("difference", "rise − fall"), ("rise", "the rise alone")),
        ),
        OptionField("opacity", "Opacity on the face", "real", step=0.05),
        OptionField("spacing_px", "Arrows every", "whole", 4, 100, 2, unit="px"),
    ),
)


def _scale(name: str, label: str, high: float, step: float, unit: str) -> tuple[OptionField, ...]:
    full, auto = f"scales.{name}.full", f"scales.{name}.auto"
    decimals = 0 if step >= 1 else 1 if step >= 0.1 else 3
    return (
        OptionField(auto, f"{label}: auto", "flag", help="Each picture its own scale"),
        OptionField(full, label, "real", step, high, step, decimals, unit, only=(auto, (False,))),
    )


SCALES = OptionGroup(
    "scales",
    "Colour scales",
    (
        *_scale("difference", "Difference", 255.0, 1.0, "levels"),
        *_scale("flow", "Flow", 64.0, 0.1, "px"),
        *_scale("strain", "Strain", 2.0, 0.01, "px/px"),
        *_scale("dynamic", "Dynamic image", 1e6, 100.0, ""),
        OptionField("magnify", "Magnified", "real", 1.0, 30.0, 1.0, 1, "×"),
    ),
)

GROUPS = (FLOW, DYNAMIC, MM_COF, SCALES)
