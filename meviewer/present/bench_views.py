"""What a tile of the bench can show, and arrangements of such tiles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from meviewer.motion.dynamic_image import KINDS

FEWEST, MOST = 2, 8
"""Tiles on the bench."""

PHASES = ("rise", "fall", "whole")
RISE, FALL, MM_COF, MEAN, MAGNIFIED = "rise", "fall", "mm-cof", "mean", "magnified"


@dataclass(frozen=True, slots=True)
class View:
    """One thing that a tile can show.

    Attributes
    ----------
    name : str
        Stable name, such as ``"flow-rise"``; it is stored.
    title : str
    group : str
        Heading in the menu.
    family : str
        What draws it and what explains it; views that differ in the phase only share one.
    phase : str
        A keyframe or one of `PHASES`; empty if it belongs to all.
    kind : str
        Kind of dynamic image; empty: the one in the options.
    needs : frozenset of str
        What has to be computed for it.
    short : str
        Title where there is little room; empty: the same.
    """

    name: str
    title: str
    group: str
    family: str
    phase: str = ""
    kind: str = ""
    needs: frozenset[str] = frozenset()
    short: str = ""

    @property
    def entry(self) -> str:
        """Its words in a menu."""
        return f"{self.title}, {self.kind}" if self.kind else self.title


def dynamic_need(phase: str, kind: str) -> str:
    """Return the name of the need for a dynamic image; an empty kind is that of the options."""
    return f"dynamic {phase} {kind}".rstrip()


def _frames() -> Iterator[View]:
    for key in ("onset", "apex", "offset"):
        yield View(key, f"{key.capitalize()} frame", "Frames", "frame", key)
    for key in ("onset", "apex", "offset"):
        means = frozenset((MEAN,))
        yield View(
            f"{key}-mean", f"Averaged {key}", "Frames", "mean", key, "", means, f"Mean {key}"
        )
    needs = frozenset((MAGNIFIED,))
    yield View("magnified", "Magnified apex", "Frames", "magnified", "apex", "", needs, "Magnified")


def _motion() -> Iterator[View]:
    group = "Difference"
    yield View("difference", "Signed difference", group, "difference", short="Difference")
    yield View(
        "difference-absolute", "Absolute difference", group, "absolute", short="|Difference|"
    )
    for family, title in (("flow", "Flow"), ("strain", "Strain"), ("significance", "Significance")):
        for phase in PHASES[:2]:
            needs = {phase, f"significance {phase}"} if family == "significance" else {phase}
            yield View(
                f"{family}-{phase}",
                f"{title}, {phase}",
                "Strain" if family == "strain" else "Optical flow",
                family,
                phase,
                needs=frozenset(needs),
                short=f"Signif., {phase}" if family == "significance" else "",
            )


def _dynamic() -> Iterator[View]:
    for phase in PHASES:
        for kind in ("", *KINDS):
            yield View(
                f"dynamic-{phase}:{kind}".rstrip(":"),
                f"Dynamic image, {phase}",
                "Dynamic image",
                "dynamic",
                phase,
                kind,
                frozenset((dynamic_need(phase, kind),)),
                f"DI, {phase}",
            )


def _combined() -> Iterator[View]:
    needs = frozenset((RISE, FALL, MM_COF))
    for name, title, short in (
        ("mm-cof-overlay", "MM-COF on the apex", "MM-COF, face"),
        ("mm-cof", "MM-COF", ""),
        ("mm-cof-magnitude", "MM-COF magnitude", "MM-COF, M"),
    ):
        yield View(name, title, "MM-COF", name, needs=needs, short=short)


VIEWS: Mapping[str, View] = MappingProxyType(
    {view.name: view for make in (_frames, _motion, _dynamic, _combined) for view in make()}
)
"""Every view by its name, in the order of the menu."""

GROUPS: tuple[str, ...] = tuple(dict.fromkeys(view.group for view in VIEWS.values()))

PRESETS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Overview": (
            "apex",
            "difference",
            "flow-rise",
            "dynamic-rise",
            "dynamic-fall",
            "mm-cof-overlay",
        ),
        "Compare phases": (
            "flow-rise",
            "dynamic-rise",
            "strain-rise",
            "flow-fall",
            "dynamic-fall",
            "strain-fall",
        ),
        "Keyframes": ("onset", "apex", "offset"),
        "Differences": ("apex", "difference", "difference-absolute", "magnified"),
        "MM-COF": ("flow-rise", "flow-fall", "mm-cof-overlay", "mm-cof-magnitude"),
        "Dynamic images": ("dynamic-rise", "dynamic-fall", "dynamic-whole"),
        "Kinds of dynamic image": tuple(f"dynamic-rise:{kind}" for kind in KINDS),
        "Strain": ("strain-rise", "strain-fall"),
        "Noise": ("apex", "apex-mean", "flow-rise", "significance-rise"),
        "All pictures": (
            "apex",
            "flow-rise",
            "flow-fall",
            "mm-cof-overlay",
            "difference",
            "dynamic-rise",
            "dynamic-fall",
            "dynamic-whole",
        ),
    }
)
"""Arrangements that come with the program; the first is shown at first."""


def needed(views: tuple[str, ...]) -> frozenset[str]:
    """Return what has to be computed for these views together."""
    return frozenset(need for name in views for need in VIEWS[name].needs)
