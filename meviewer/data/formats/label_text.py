"""Several things in one text: ``happiness | AU=4B+L12 | notes=seen twice | frames=12,20,31``.

The notation of all formats here whose labels are a single text. Behind the emotion stand fields,
each ``name=value`` behind a bar. In values ``%``, ``|``, blanks at the ends and characters that
cannot be seen are written as in addresses of the web: ``%7C``. What a person writes without any
field is an emotion; a field that nobody knows becomes a part of the notes, so that it is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import msgspec

from meviewer.core import action_units
from meviewer.core.annotation import Annotation, Status
from meviewer.core.frames import rate_text
from meviewer.data.exchange import ExchangeClip
from meviewer.data.formats.extension import Extension

BAR = " | "
CLIP = "meviewer clip"
"""Begins the text of a label that spans the clip and says which one it is."""

_HEX = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_FRAMES = re.compile(r"(\d{1,9}),(\d{1,9}|-),(\d{1,9})")
_RUN = re.compile(r"(-?\d{1,12})(?:\.\.(-?\d{1,12}))?")
_TEXTS = {"notes": "notes", "kind": "kind", "objective": "objective", "coder": "coder"}
_TEXTS |= {"source": "source", "apex-source": "apex_source"}
_MAX_RUNS = 10_000
_MAX_FRAMES = 10**8

_Value = str | int | float | tuple[int, int | None, int] | tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class ClipFields:
    """What a file says about the clip of its labels.

    Attributes
    ----------
    subject, name, media : str
    rate : str
        As ``"30000/1001"``; empty, like ``n_frames`` 0, where the frames do not come evenly: then
        nobody but the project knows their times.
    n_frames : int
    numbers : tuple of (int, int)
        Runs of frame numbers of the data set, both ends included.
    tiers : tuple of (str, Status)
        How far each coder has come.
    """

    subject: str
    name: str
    media: str = ""
    rate: str = ""
    n_frames: int = 0
    numbers: tuple[tuple[int, int], ...] = ()
    tiers: tuple[tuple[str, Status], ...] = ()


def escape(text: str, lines: bool = False) -> str:
    """Return a text on one line that `unescape` brings back; with ``lines`` it may have several."""
    inner = "".join(c if _shown(c, lines) else _hex(c) for c in text)
    core = inner.strip(" \n")
    before = inner[: len(inner) - len(inner.lstrip(" \n"))]
    behind = inner[len(before) + len(core) :]
    return "".join(map(_hex, before)) + core + "".join(map(_hex, behind))


def unescape(text: str) -> str:
    """Return the text that `escape` was given."""
    return _HEX.sub(_character, text)


def pack(extension: Extension, emotion: bool = True) -> str:
    """Return the fields of a label as text; without ``emotion`` it begins with the first bar."""
    parts = [f"{name}={escape(value)}" for name, value in _written(extension)]
    return BAR.join([escape(extension.emotion or "") if emotion else "", *parts]).strip()


def unpack(text: str) -> Extension:
    """Return the fields of a label of this text, whoever wrote it."""
    first, *parts = text.split("|")
    known, strange = _fields(parts)
    if parts and not known:
        return Extension(emotion=text.strip())
    found = msgspec.structs.replace(Extension(emotion=unescape(first.strip())), **known)
    notes = "; ".join(filter(None, (found.notes or "", *strange)))
    return msgspec.structs.replace(found, notes=notes)


def touched(tier: Annotation) -> bool:
    """Return whether a coder has said anything about a clip, be it that there is nothing."""
    return bool(tier.events) or tier.status is Status.NONE_PRESENT


def fields_of(clip: ExchangeClip) -> ClipFields:
    """Return what a file is to say about its clip."""
    time = clip.time
    even = time.pts_ms is None
    tiers = tuple((coder, tier.status) for coder, tier in clip.tiers.items() if touched(tier))
    return ClipFields(
        clip.subject,
        clip.name,
        clip.media,
        rate_text(time.rate) if even else "",
        time.n_frames if even else 0,
        tuple(_runs(time.numbers)) if even else (),
        tiers,
    )


def pack_clip(fields: ClipFields) -> str:
    """Return the text of the label that names the clip."""
    parts = [CLIP, f"subject={escape(fields.subject)}", f"clip={escape(fields.name)}"]
    parts += [f"media={escape(fields.media)}"] if fields.media else []
    if fields.rate:
        parts += [f"rate={fields.rate}", f"frames={fields.n_frames}"]
        parts.append(f"numbers={runs_text(fields.numbers)}")
    parts += [f"tier={escape(f'{status} {coder}')}" for coder, status in fields.tiers]
    return BAR.join(parts)


def unpack_clip(text: str) -> ClipFields | None:
    """Return what a label says about its clip, or None if it is another label."""
    first, *parts = text.split("|")
    if first.strip() != CLIP:
        return None
    named = [(name.strip(), value.strip()) for name, _, value in (p.partition("=") for p in parts)]
    told = {name: unescape(value) for name, value in named}
    tiers = (unescape(value).partition(" ") for name, value in named if name == "tier")
    frames = told.get("frames", "")
    return ClipFields(
        told.get("subject", ""),
        told.get("clip", ""),
        told.get("media", ""),
        told.get("rate", ""),
        int(frames) if re.fullmatch(r"\d{1,9}", frames) else 0,
        read_runs(told.get("numbers", "")),
        tuple((coder, Status(s)) for s, _, coder in tiers if s in tuple(Status)),
    )


def runs_text(runs: Iterable[tuple[int, int]]) -> str:
    """Return runs of numbers as ``"101..140 143..180"``."""
    return " ".join(str(first) if first == last else f"{first}..{last}" for first, last in runs)


def read_runs(text: str) -> tuple[tuple[int, int], ...]:
    """Return the runs that `runs_text` wrote; what is none is passed over."""
    found = (_RUN.fullmatch(word) for word in text.split()[:_MAX_RUNS])
    return tuple((int(run[1]), int(run[2] or run[1])) for run in found if run)


def _shown(character: str, lines: bool) -> bool:
    return (character.isprintable() and character not in "%|") or (lines and character == "\n")


def _hex(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))


def _character(match: re.Match[str]) -> str:
    data = bytes.fromhex(match.group().replace("%", ""))
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return match.group()


def _written(extension: Extension) -> Iterator[tuple[str, str]]:
    if extension.action_units:
        yield "AU", extension.action_units
    if extension.confidence is not None:
        yield "confidence", repr(extension.confidence)
    for name, attribute in _TEXTS.items():
        value = getattr(extension, attribute)
        # Labels without a source are by hand; so nothing needs to be said of most of them.
        if (value and (name, value) != ("source", "manual")) or (name == "coder" and value == ""):
            yield name, value
    if extension.rejected:
        yield "rejected", ";".join(",".join(map(str, frames)) for frames in extension.rejected)
    if extension.frames is not None:
        yield "frames", ",".join("-" if f is None else str(f) for f in extension.frames)
    if extension.id:
        yield "id", str(extension.id)


def _fields(parts: list[str]) -> tuple[dict[str, _Value], list[str]]:
    """Return known fields by the attribute of `Extension`, and the parts that are none."""
    known: dict[str, _Value] = {}
    strange = []
    for part in parts:
        name, equals, raw = part.partition("=")
        value = unescape(raw.strip())
        found = _field(name.strip(), value) if equals else None
        if found is None:
            strange.append(unescape(part.strip()))
        else:
            known |= found
    return known, strange


def _field(name: str, value: str) -> Mapping[str, _Value] | None:
    if name in _TEXTS:
        return {_TEXTS[name]: value}
    if name.casefold() == "au":
        units = action_units.parse(value)
        complete = len(units) == len(re.split(r"[+,;]", value))
        return {"action_units": action_units.format_units(units)} if complete else None
    if name == "confidence":
        return {"confidence": float(value)} if re.fullmatch(r"[\d.]+(?:e-\d+)?", value) else None
    if name == "id":
        return {"id": int(value)} if re.fullmatch(r"\d{1,12}", value) else None
    if name == "frames":
        frames = _FRAMES.fullmatch(value)
        return {"frames": _three(frames)} if frames else None
    if name == "rejected":
        rejected = [_FRAMES.fullmatch(one) for one in value.split(";")]
        listed = [_three(one) for one in rejected if one]
        return {"rejected": tuple((a, b, c) for a, b, c in listed if b is not None)}
    return None


def _three(match: re.Match[str]) -> tuple[int, int | None, int]:
    onset, apex, offset = match.groups()
    return int(onset), None if apex == "-" else int(apex), int(offset)


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    if isinstance(numbers, range) and numbers.step == 1:
        yield numbers[0], numbers[-1]
        return
    first = numbers[0]
    for one, other in pairwise(numbers):
        if other != one + 1:
            yield first, one
            first = other
    yield first, numbers[-1]
