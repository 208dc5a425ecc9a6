"""Clips of SMIC on disk: what their names and folders say, and which set of pictures they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from meviewer.data.doctor.clip_tree import Identify, Place

VARIANTS = ("hs", "vis", "nir")
"""Cameras: high speed at 100 fps, visible light and near infrared at 25 fps."""

EMOTIONS = {"ne": "negative", "po": "positive", "sur": "surprise"}
"""Emotions by their code within the name of a clip."""

TREES = tuple(
    f"{variant}{ending}" for ending in ("", "-e", "-cropped", "-e-cropped") for variant in VARIANTS
)
"""Sets of pictures, the preferred one first; those of the long version end in ``-e``."""

_NAME = re.compile(r"s0*([0-9]{1,3})_(ne|po|sur)_0*([0-9]{1,3})", re.IGNORECASE)
_SUBJECT = re.compile(r"s0*([0-9]{1,3})", re.IGNORECASE)
_VARIANT = re.compile(r"(?:^|[-_ .])(hs|vis|nir)(?:$|[-_ .])", re.IGNORECASE)
_LONG = re.compile(r"(?:hs|vis|nir)[-_ ]?long|(?:hs|vis|nir|smic)[-_ ]e(?:$|[-_ .])", re.IGNORECASE)
_NO_MICRO = re.compile(r"non[-_ ]?micro", re.IGNORECASE)
# The user may have chosen a folder below the one whose name tells the camera.
_ABOVE = 3


@dataclass(frozen=True, slots=True, order=True)
class ClipName:
    """What the name of a clip says, however many zeros it is written with."""

    subject: int
    emotion: str
    number: int


def parse_name(text: str) -> ClipName | None:
    """Return what ``s3_ne_03`` or ``s03_ne_03`` says; None if it is no name of a clip."""
    found = _NAME.fullmatch(text.strip())
    if found is None:
        return None
    subject, code, number = found.groups()
    return ClipName(int(subject), EMOTIONS[code.lower()], int(number))


def subject_number(text: str) -> int | None:
    """Return the number of a subject written ``3``, ``03`` or ``s03``."""
    plain = text.strip()
    found = _SUBJECT.fullmatch(plain if plain[:1] in "sS" else f"s{plain}")
    return int(found[1]) if found else None


def variant_of(text: str) -> str:
    """Return the camera that a name speaks of, or an empty text."""
    found = _VARIANT.search(text)
    return found[1].lower() if found else ""


def is_long(tree: str) -> bool:
    """Return whether a set of pictures is of the long version, which has a sheet."""
    return tree.removesuffix("-cropped").endswith("-e")


def identifier(root: Path) -> Identify:
    """Return what tells a clip from the names of its folders below this root."""
    above = root.absolute().parts[-_ABOVE:]

    def identify(parts: tuple[str, ...]) -> Place | None:
        name = parse_name(parts[-1])
        if name is None or any(_NO_MICRO.search(part) for part in parts):
            return None
        folders = parts[:-1]
        subject = next((p for p in reversed(folders) if _SUBJECT.fullmatch(p)), "")
        emotion = next((p for p in reversed(folders) if p.casefold() in EMOTIONS.values()), "")
        return Place(
            subject or parts[-1].split("_")[0],
            parts[-1],
            _tree((*above, *folders)),
            emotion or name.emotion,
        )

    return identify


def _tree(folders: Sequence[str]) -> str:
    variants = (variant_of(folder) for folder in reversed(folders))
    variant = next((one for one in variants if one), VARIANTS[0])
    # Only the short version sorts its clips into micro/<emotion>.
    is_short = any(folder.casefold() == "micro" for folder in folders)
    ending = "-e" if not is_short and any(_LONG.search(folder) for folder in folders) else ""
    cropped = "-cropped" if any("crop" in folder.casefold() for folder in folders) else ""
    return f"{variant}{ending}{cropped}"
