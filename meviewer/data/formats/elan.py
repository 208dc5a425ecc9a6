"""ELAN's annotation documents (EAF 3.0): one file a clip, one tier a coder.

A tier has the emotions of a coder's labels, and tiers that depend on it: ``<coder>-apex`` with the
frame of the apex as an interval, ``<coder>-AU``, ``<coder>-notes``, and ``<coder>-fields`` with all
else, the frames among it (`label_text`). ELAN knows whole ms only, and frames may be shorter; but
times in the file that are no longer those of the stored frames were changed by somebody, and count.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain, count
from pathlib import Path, PurePosixPath, PureWindowsPath

import msgspec

from meviewer.core.events import Event
from meviewer.data.exchange import ExchangeClip, ExchangeDocument, Loss, ReadBack, Scope
from meviewer.data.formats import clip_files
from meviewer.data.formats.clip_files import Lane, fields_in, lanes, whole_ms
from meviewer.data.formats.elan_reading import read_document
from meviewer.data.formats.extension import Extension
from meviewer.data.formats.gathering import Gathering
from meviewer.data.formats.holding import Holds, losses
from meviewer.data.formats.label_text import escape, fields_of, pack, pack_clip

PROPERTY = "meviewer"
"""Name of the property of the header that says which clip it is."""

_SCHEMA = "http://www.mpi.nl/tools/elan/EAFv3.0.xsd"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NO_DATE = "1970-01-01T00:00:00+00:00"
_INCLUDED, _ASSOCIATED = "Included_In", "Symbolic_Association"
_TYPES = (
    ("expression", True, ""),
    ("apex", True, _INCLUDED),
    ("AU", False, _ASSOCIATED),
    ("notes", False, _ASSOCIATED),
    ("fields", False, _ASSOCIATED),
)
"""Linguistic types: name, whether it has times of its own, and its constraint."""

_CONSTRAINTS = {
    "Time_Subdivision": "Time subdivision of parent annotation's time interval, no time gaps "
    "allowed within this interval",
    "Symbolic_Subdivision": "Symbolic subdivision of a parent annotation. Annotations refering to "
    "the same parent are ordered",
    _ASSOCIATED: "1-1 association with a parent annotation",
    _INCLUDED: "Time alignable annotations within the parent annotation's time interval, gaps "
    "are allowed",
}
"""The four that ELAN always writes, in its words."""

_MIME = {
    **dict.fromkeys((".mp4", ".m4v"), "video/mp4"),
    **dict.fromkeys((".mpg", ".mpeg"), "video/mpeg"),
    ".mov": "video/quicktime",
    **dict.fromkeys((".avi", ".mkv", ".webm", ".wmv", ".mts"), "unknown"),
}
_HOLDS = Holds()


@dataclass(frozen=True, slots=True)
class Elan:
    """Reads and writes ELAN's annotation documents."""

    name: str = "elan"
    title: str = "ELAN (EAF 3.0)"
    suffixes: tuple[str, ...] = (".eaf",)
    scope: Scope = "clip"

    def losses(self, document: ExchangeDocument) -> tuple[Loss, ...]:
        """Say what of this document ELAN cannot hold."""
        return losses(document, _HOLDS)

    def write(self, document: ExchangeDocument, target: Path) -> tuple[Path, ...]:
        """Write a file for each labelled clip into a folder."""
        return clip_files.write_each(document, target, ".eaf", _text)

    def read(self, source: Path, known: ExchangeDocument) -> ReadBack:
        """Read a file, or all files of a folder."""
        return clip_files.read_each(source, known, (".eaf",), _take)


FORMAT = Elan()


def _take(path: Path, work: Gathering) -> None:
    read_document(path, work, PROPERTY, whole_ms)


def _text(clip: ExchangeClip) -> str:
    return _Document(clip).text()


@dataclass(slots=True)
class _Document:
    """One document as it grows: tiers, and the time slots and ids that they use."""

    clip: ExchangeClip
    slots: list[int] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    tiers: list[ET.Element] = field(default_factory=list)
    n_annotations: int = 0

    def text(self) -> str:
        """Return the document as XML."""
        found = lanes(self.clip, whole_ms)
        self.names = {lane.name for lane in found}
        for lane in found:
            self._add(lane)
        root = ET.Element(
            "ANNOTATION_DOCUMENT",
            {
                "AUTHOR": "meviewer",
                # The same labels give the same file, so that a version control shows changes only.
                "DATE": _NO_DATE,
                "FORMAT": "3.0",
                "VERSION": "3.0",
                "xmlns:xsi": _XSI,
                "xsi:noNamespaceSchemaLocation": _SCHEMA,
            },
        )
        root.append(self._header())
        order = ET.SubElement(root, "TIME_ORDER")
        for place in sorted(range(len(self.slots)), key=self.slots.__getitem__):
            told = {"TIME_SLOT_ID": f"ts{place + 1}", "TIME_VALUE": str(self.slots[place])}
            ET.SubElement(order, "TIME_SLOT", told)
        root.extend(self.tiers)
        root.extend(_types())
        ET.indent(root, "    ")
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'

    def _header(self) -> ET.Element:
        header = ET.Element("HEADER", MEDIA_FILE="", TIME_UNITS="milliseconds")
        media = _media(self.clip.media)
        if media is not None:
            ET.SubElement(header, "MEDIA_DESCRIPTOR", media)
        own = {PROPERTY: pack_clip(fields_of(self.clip))}
        for name, text in (own | {"lastUsedAnnotationId": str(self.n_annotations)}).items():
            ET.SubElement(header, "PROPERTY", NAME=name).text = text
        return header

    def _add(self, lane: Lane) -> None:
        main = self._tier(lane, lane.name, "expression")
        below = {kind: self._tier(lane, self._free(lane, kind), kind) for kind, _, _ in _TYPES[1:]}
        for tier in below.values():
            tier.set("PARENT_REF", lane.name)
        status = self.clip.tiers[lane.coder].status
        for event, (start, end, apex) in lane.events:
            extension = fields_in(lane, event, status)
            parent = self._aligned(main, (int(start), int(end)), escape(event.emotion))
            if apex is not None:
                self._aligned(below["apex"], self._one_frame(event, apex, end), "apex")
            for kind, text in _texts(extension):
                if text:
                    self._referring(below[kind], parent, text)

    def _tier(self, lane: Lane, name: str, kind: str) -> ET.Element:
        told = {"ANNOTATOR": escape(lane.coder), "PARTICIPANT": escape(self.clip.subject)}
        tier = ET.Element("TIER", {"TIER_ID": name, "LINGUISTIC_TYPE_REF": kind, **told})
        self.tiers.append(tier)
        return tier

    def _free(self, lane: Lane, kind: str) -> str:
        wanted = f"{lane.name}-{kind}"
        names = chain([wanted], (f"{wanted} ({number})" for number in count(2)))
        name = next(name for name in names if name not in self.names)
        self.names.add(name)
        return name

    def _one_frame(self, event: Event, apex: Fraction, end: Fraction) -> tuple[int, int]:
        behind = round(self.clip.time.end_ms(event.apex))
        return int(apex), min(max(behind, int(apex) + 1), int(end))

    def _aligned(self, tier: ET.Element, interval: tuple[int, int], text: str) -> str:
        self.slots += interval
        slots = (f"ts{len(self.slots) - 1}", f"ts{len(self.slots)}")
        refs = {"TIME_SLOT_REF1": slots[0], "TIME_SLOT_REF2": slots[1]}
        return self._annotation(tier, "ALIGNABLE_ANNOTATION", refs, text)

    def _referring(self, tier: ET.Element, parent: str, text: str) -> None:
        self._annotation(tier, "REF_ANNOTATION", {"ANNOTATION_REF": parent}, text)

    def _annotation(self, tier: ET.Element, kind: str, refs: dict[str, str], text: str) -> str:
        self.n_annotations += 1
        own_id = f"a{self.n_annotations}"
        annotation = ET.SubElement(ET.SubElement(tier, "ANNOTATION"), kind)
        annotation.attrib |= {"ANNOTATION_ID": own_id, **refs}
        ET.SubElement(annotation, "ANNOTATION_VALUE").text = text
        return own_id


def _texts(extension: Extension) -> tuple[tuple[str, str], ...]:
    rest = msgspec.structs.replace(extension, action_units="", notes=None, coder=None)
    notes = escape(extension.notes or "", lines=True)
    return ("AU", extension.action_units), ("notes", notes), ("fields", pack(rest, emotion=False))


def _types() -> Iterable[ET.Element]:
    for name, aligned, constraint in _TYPES:
        told = {"GRAPHIC_REFERENCES": "false", "LINGUISTIC_TYPE_ID": name}
        told |= {"TIME_ALIGNABLE": str(aligned).lower()}
        told |= {"CONSTRAINTS": constraint} if constraint else {}
        yield ET.Element("LINGUISTIC_TYPE", told)
    for name, text in _CONSTRAINTS.items():
        yield ET.Element("CONSTRAINT", STEREOTYPE=name, DESCRIPTION=text)


def _media(media: str) -> dict[str, str] | None:
    """Return what links a video; ELAN cannot play folders of images and would ask for them."""
    path = PurePosixPath(media)
    mime = _MIME.get(path.suffix.casefold())
    if mime is None or not media.isprintable():
        return None
    if path.is_absolute() or PureWindowsPath(media).is_absolute():
        return {"MEDIA_URL": f"file:///{media.lstrip('/')}", "MIME_TYPE": mime}
    # ELAN looks beside the document for a file of this name.
    return {
        "MEDIA_URL": f"file:///{path.name}",
        "MIME_TYPE": mime,
        "RELATIVE_MEDIA_URL": f"./{path.name}",
    }
