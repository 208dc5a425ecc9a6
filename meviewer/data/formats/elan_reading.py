"""Annotation documents of ELAN, our own and those that people made in ELAN."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from urllib.parse import unquote

import msgspec

from meviewer.core import action_units
from meviewer.data.exchange import ExchangeClip
from meviewer.data.formats.bounded_files import MAX_BYTES, damaged, exact_ms, read_xml_text
from meviewer.data.formats.clip_files import ClipFile, Clock, Mark, apex_within, clip_named
from meviewer.data.formats.extension import Extension
from meviewer.data.formats.gathering import Gathering
from meviewer.data.formats.label_text import ClipFields, unescape, unpack, unpack_clip

_OURS = {"apex", "AU", "notes", "fields"}


@dataclass(frozen=True, slots=True)
class _Annotation:
    id: str
    parent: str
    start: Fraction | None
    end: Fraction | None
    text: str


@dataclass(frozen=True, slots=True)
class _Tier:
    name: str
    kind: str
    parent: str
    coder: str
    annotations: tuple[_Annotation, ...]


def read_document(path: Path, work: Gathering, own: str, clock: Clock) -> None:
    """Take over the labels of a document.

    Parameters
    ----------
    path : Path
    work : Gathering
    own : str
        Property of the header by which our own documents are known; in all others every tier with
        times is a coder, its texts are emotions, and what depends on a label goes into its notes.
    clock : Clock

    Raises
    ------
    LabelError
        If it is no annotation document.
    """
    root = _root(path)
    told = _told(root, own)
    clip = clip_named(path, told, _media(root), work)
    if clip is None:
        work.no_clip(path.name)
        return
    tiers = _tiers(root)
    file = ClipFile(work, clip, told, clock)
    for mark in _our_marks(tiers, file) if told else _their_marks(tiers, clip, work):
        file.take(mark)
    file.finish()


def _root(path: Path) -> ET.Element:
    try:
        root = ET.fromstring(read_xml_text(path, MAX_BYTES))
    except (ET.ParseError, RecursionError) as error:
        raise damaged(path, f"it is no XML ({error})") from error
    if root.tag != "ANNOTATION_DOCUMENT":
        raise damaged(path, f"it is a {root.tag[:60]!r}, no annotation document of ELAN")
    header = root.find("HEADER")
    units = "milliseconds" if header is None else header.get("TIME_UNITS", "milliseconds")
    if units != "milliseconds":
        raise damaged(path, f"its times are in {units[:40]!r}, not in milliseconds")
    return root


def _told(root: ET.Element, own: str) -> ClipFields | None:
    texts = (p.text or "" for p in root.iterfind("HEADER/PROPERTY") if p.get("NAME") == own)
    return next((told for told in map(unpack_clip, texts) if told), None)


def _media(root: ET.Element) -> Iterator[str]:
    for media in root.iterfind("HEADER/MEDIA_DESCRIPTOR"):
        for name in ("MEDIA_URL", "RELATIVE_MEDIA_URL"):
            url = media.get(name, "")
            # ELAN writes paths as they are, other programs as addresses.
            yield from (url.removeprefix("file://"), unquote(url.removeprefix("file://")))


def _tiers(root: ET.Element) -> list[_Tier]:
    times = {
        slot.get("TIME_SLOT_ID", ""): exact_ms(slot.get("TIME_VALUE"), 1)
        for slot in root.iterfind("TIME_ORDER/TIME_SLOT")
    }
    origin = _origin(root)
    return [
        _Tier(
            tier.get("TIER_ID", ""),
            tier.get("LINGUISTIC_TYPE_REF", ""),
            tier.get("PARENT_REF", ""),
            tier.get("ANNOTATOR", ""),
            tuple(_annotations(tier, times, origin)),
        )
        for tier in root.iterfind("TIER")
    ]


def _origin(root: ET.Element) -> Fraction:
    """Return where in the media the time axis begins, in ms."""
    media = root.find("HEADER/MEDIA_DESCRIPTOR")
    return (exact_ms(media.get("TIME_ORIGIN"), 1) if media is not None else None) or Fraction(0)


def _annotations(
    tier: ET.Element, times: Mapping[str, Fraction | None], origin: Fraction
) -> Iterator[_Annotation]:
    for found in tier.iterfind("ANNOTATION/*"):
        slots = (found.get(f"TIME_SLOT_REF{end}", "") for end in "12")
        start, end = (None if (ms := times.get(slot)) is None else ms + origin for slot in slots)
        text = found.findtext("ANNOTATION_VALUE") or ""
        names = (found.get("ANNOTATION_ID", ""), found.get("ANNOTATION_REF", ""))
        yield _Annotation(*names, start, end, text)


def _our_marks(tiers: Sequence[_Tier], file: ClipFile) -> Iterator[Mark]:
    below = {(tier.parent, tier.kind): tier for tier in tiers if tier.parent}
    for tier in tiers:
        if tier.parent and tier.kind in _OURS:
            continue
        texts = {
            kind: {a.parent: a.text for a in below[tier.name, kind].annotations}
            for kind in _OURS
            if (tier.name, kind) in below
        }
        peaks = below.get((tier.name, "apex"))
        apexes = sorted(a.start for a in peaks.annotations if a.start is not None) if peaks else []
        coder = unescape(tier.coder) if tier.coder else None
        for number, one in enumerate(tier.annotations, 1):
            extension = _ours(one, texts)
            if coder is not None:
                extension = msgspec.structs.replace(extension, coder=coder)
            apex = apex_within(one.start, one.end, apexes)
            yield Mark(one.start, one.end, extension, tier.name, apex, number, peaks is not None)


def _ours(one: _Annotation, texts: Mapping[str, Mapping[str, str]]) -> Extension:
    def text(kind: str) -> str:
        return texts.get(kind, {}).get(one.id, "")

    fields = unpack(text("fields"))
    units = action_units.parse(text("AU"))
    notes = unescape(text("notes"))
    if text("AU") and not units:
        notes = "; ".join(filter(None, (notes, f"AU: {text('AU')}")))
    return msgspec.structs.replace(
        fields,
        emotion=unescape(one.text),
        action_units=action_units.format_units(units),
        notes="; ".join(filter(None, (notes, fields.notes))),
    )


def _their_marks(tiers: Sequence[_Tier], clip: ExchangeClip, work: Gathering) -> Iterator[Mark]:
    said: dict[str, list[str]] = defaultdict(list)
    for tier in tiers:
        for one in tier.annotations:
            if one.parent and one.text.strip():
                said[one.parent].append(f"{tier.name}: {one.text.strip()}")
    n_taken = 0
    for tier in tiers:
        for number, one in enumerate(tier.annotations, 1):
            if not one.parent:
                n_taken += 1
                notes = "; ".join(said.get(one.id, ()))
                extension = Extension(emotion=one.text.strip(), notes=notes)
                yield Mark(one.start, one.end, extension, tier.name, row=number)
    if not n_taken:
        work.doubt("exchange-no-labels", "The document has no annotation with times", clip=clip)
