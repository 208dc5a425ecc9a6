"""What the doctor needs to know of a clip: its frame numbers, its rate, and what is odd on disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from meviewer.core.errors import ClipError
from meviewer.core.findings import Finding, Severity
from meviewer.data.clip import open_clip
from meviewer.data.folder_listing import list_images

_ABOUT_DISK = frozenset({"numbers-missing", "number-twice", "no-number", "frame-damaged"})


@dataclass(frozen=True, slots=True)
class ClipFacts:
    """Frames of one clip, without any of them decoded.

    Attributes
    ----------
    numbers : sequence of int
        Increasing; empty if the clip cannot be used.
    rate : Fraction or None
        Frames per second, if the clip says it.
    findings : tuple of Finding
        About the whole clip.
    fault : str
        Why it cannot be used; empty if it can.
    fault_kind : str
        Kind of the finding that goes with the fault.
    """

    numbers: Sequence[int]
    rate: Fraction | None
    findings: tuple[Finding, ...]
    fault: str = ""
    fault_kind: str = ""


def clip_facts(path: Path) -> ClipFacts:
    """Read the facts of a folder of images, or of a video; never an error."""
    try:
        return _folder(path) if path.is_dir() else _video(path)
    except ClipError as error:
        return ClipFacts((), None, (), str(error), "clip-unreadable")


def _folder(path: Path) -> ClipFacts:
    from meviewer.data.clip_folder import image_headers
    from meviewer.data.clip_settings import read_settings

    listing = list_images(path)
    headers = image_headers(listing)
    sizes = Counter(header.size for header in headers if header is not None)
    if len(sizes) > 1:
        counts = ", ".join(f"{n} of {w}x{h} px" for (h, w), n in sizes.most_common(4))
        fault = f"its images differ in size: {counts}"
        return ClipFacts(listing.numbers, None, listing.findings, fault, "sizes-differ")
    findings = list(listing.findings)
    damaged = [f.name for f, header in zip(listing.files, headers, strict=True) if header is None]
    if damaged:
        some = ", ".join(damaged[:5]) + (" …" if len(damaged) > 5 else "")
        text = f"{len(damaged)} image(s) cannot be read: {some}"
        findings.append(Finding("frame-damaged", Severity.ERROR, text))
    if not sizes:
        fault = "none of its images has a readable header"
        return ClipFacts((), None, tuple(findings), fault, "clip-unreadable")
    return ClipFacts(listing.numbers, read_settings(path).rate, tuple(findings))


def _video(path: Path) -> ClipFacts:
    with open_clip(path) as clip:
        findings = tuple(f for f in clip.findings if f.kind in _ABOUT_DISK)
        return ClipFacts(clip.numbers, clip.rate if clip.rate_known else None, findings)
