"""NOVA's discrete annotations: a header in XML and a table of segments, a pair for each coder.

``<subject and clip>.expression.<coder>.annotation`` and the same with ``~``, as NOVA names them.
Attributes of ``meta`` that NOVA does not know name the clip; NOVA drops them when it saves, then
the name of the file says it.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from meviewer.core.annotation import Annotation
from meviewer.core.frames import rate_text
from meviewer.data.atomic import write_text
from meviewer.data.exchange import ExchangeClip, ExchangeDocument, Loss, ReadBack, Scope
from meviewer.data.formats.bounded_files import (
    damaged,
    exact_ms,
    files_in,
    make_folder,
    read_text,
    read_xml_text,
)
from meviewer.data.formats.clip_keys import keys, safe, unique
from meviewer.data.formats.extension import Extension, visible
from meviewer.data.formats.gathering import Gathering, clip_of_file
from meviewer.data.formats.holding import Holds, Part, count_labels, losses
from meviewer.data.formats.placing import AS_WRITTEN

SCHEME = "expression"
GARBAGE = "GARBAGE"
_ENDING = ".annotation"
_HEADER_BYTES = 4 << 20
_COLORS = ("#FFC0504D", "#FF1F497D", "#FF9BBB59", "#FF8064A2", "#FF4BACC6", "#FFF79646")
_STEP_MS = 10
_HOLDS = Holds(frozenset({Part.CODER, Part.EMOTION, Part.CONFIDENCE}), Fraction(1, 1000))
_FEW = 4
_TWO_DECIMALS = re.compile(r"\d+[.,]\d\d")


@dataclass(frozen=True, slots=True)
class Nova:
    """Reads and writes NOVA's annotation files."""

    name: str = "nova"
    title: str = "NOVA annotation"
    suffixes: tuple[str, ...] = (_ENDING,)
    scope: Scope = "clip"

    def losses(self, document: ExchangeDocument) -> tuple[Loss, ...]:
        """Say what NOVA's files cannot hold."""
        found = list(losses(document, _HOLDS))
        full = count_labels(document, lambda event: event.confidence == 1)
        if full:
            text = (
                "NOVA writes 1 where nobody judged, so a confidence of 1 comes back as not stated."
            )
            found.append(Loss("a confidence of 1", full, text))
        spelt = count_labels(document, lambda event: label_of(event.emotion) != event.emotion)
        if spelt:
            text = "NOVA's labels are one line of visible text, and GARBAGE means no label."
            found.append(Loss("the exact text of the emotion", spelt, text))
        return tuple(found)

    def write(self, document: ExchangeDocument, target: Path) -> tuple[Path, ...]:
        """Write a pair of files for each clip and coder into a folder."""
        make_folder(target)
        tiers = [
            (clip, coder, f"{key}.{SCHEME}.{safe(coder, 'coder')}")
            for clip, key in zip(document.clips, keys(document), strict=True)
            for coder in clip.tiers
        ]
        written = []
        for (clip, coder, _), name in zip(tiers, unique(t[2] for t in tiers), strict=True):
            header, data = _pair(clip, coder, clip.tiers[coder])
            # The data first: a header without data would look like a clip without labels.
            write_text(target / f"{name}{_ENDING}~", data)
            write_text(target / f"{name}{_ENDING}", header)
            written += [target / f"{name}{_ENDING}", target / f"{name}{_ENDING}~"]
        return tuple(written)

    def read(self, source: Path, known: ExchangeDocument) -> ReadBack:
        """Read a pair of files by either, or all pairs of a folder."""
        work = Gathering(known)
        if source.name.endswith(f"{_ENDING}~"):
            source = source.with_name(source.name[:-1])
        work.each(files_in(source, _ENDING), lambda path: _read(path, work))
        return work.result(source.stem)


FORMAT = Nova()


def _pair(clip: ExchangeClip, coder: str, annotation: Annotation) -> tuple[str, str]:
    labels = list(dict.fromkeys(name for e in annotation if (name := label_of(e.emotion))))
    root = ET.Element("annotation", {"ssi-v": "3"})
    ET.SubElement(root, "info", {"ftype": "ASCII", "size": str(len(annotation))})
    told = {"subject": clip.subject, "clip": clip.name, "media": clip.media, "coder": coder}
    texts = {name: _xml(text) for name, text in told.items()}
    rate = {"rate": rate_text(clip.time.rate), "frames": str(clip.time.n_frames)}
    names = {"role": texts["subject"], "annotator": texts["coder"]}
    ET.SubElement(root, "meta", names | texts | rate)
    scheme = ET.SubElement(
        root, "scheme", {"name": SCHEME, "type": "DISCRETE", "color": "#FFEEECE1"}
    )
    for i, name in enumerate(labels):
        color = _COLORS[i % len(_COLORS)]
        ET.SubElement(scheme, "item", {"name": name, "id": str(i), "color": color})
    ET.indent(root, "    ")
    ids = {name: i for i, name in enumerate(labels)}
    lines = []
    for event in annotation:
        start, end = clip.time.start_ms(event.onset), clip.time.end_ms(event.offset)
        label = ids.get(label_of(event.emotion), -1)
        confidence = 1.0 if event.confidence is None else event.confidence
        lines.append(f"{_s(start)};{_s(end)};{label};{confidence!r}\n")
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" ?>\n{text}\n', "".join(lines)


def label_of(emotion: str) -> str:
    """Return an emotion as an item of the scheme; empty where NOVA's own "garbage" stands."""
    shown = _xml(visible(emotion))
    return "" if shown == GARBAGE else shown


def _s(ms: Fraction) -> str:
    return f"{float(ms / 1000):.6f}"


def _xml(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return "".join(c for c in text if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff"))


@dataclass(frozen=True, slots=True)
class _Header:
    meta: Mapping[str, str]
    labels: Mapping[str, str]
    free: bool


def _read(path: Path, work: Gathering) -> None:
    header = _header(path)
    clip = _clip_of(path, header.meta, work)
    if clip is None:
        work.no_clip(path.name)
        return
    lines = read_text(path.with_name(f"{path.name}~")).splitlines()
    segments = [(i, line.split(";")) for i, line in enumerate(lines, 1) if line.strip()]
    _note_steps(segments, clip, work)
    coder = header.meta.get("coder") or header.meta.get("annotator") or _named(path, 2) or "NOVA"
    for number, cells in segments:
        times = [_ms(cell) for cell in (cells + [""] * 4)[:2]]
        extension = _extension(cells, header)
        interval = (times[0], times[1])
        work.place(clip, interval, extension, AS_WRITTEN, row=number, coder=coder)


def _header(path: Path) -> _Header:
    try:
        root = ET.fromstring(read_xml_text(path, _HEADER_BYTES))
    except (ET.ParseError, RecursionError) as error:
        raise damaged(path, f"it is no XML ({error})") from error
    info, scheme = root.find("info"), root.find("scheme")
    if root.tag != "annotation" or scheme is None:
        raise damaged(path, "it has no scheme, as every header of NOVA has")
    kind = scheme.get("type", "FREE").upper()
    if kind not in ("DISCRETE", "FREE"):
        why = f"its scheme is {kind.lower()}; only discrete and free ones have labels"
        raise damaged(path, why, "choose an annotation with segments")
    if info is not None and info.get("ftype", "ASCII").upper() != "ASCII":
        raise damaged(path, "its data are binary", "save it in NOVA as ASCII")
    meta = root.find("meta")
    labels = {item.get("id", ""): item.get("name", "") for item in scheme.iter("item")}
    return _Header({} if meta is None else dict(meta.attrib), labels, kind == "FREE")


def _clip_of(path: Path, meta: Mapping[str, str], work: Gathering) -> ExchangeClip | None:
    subject, name, media = (meta.get(key, "") for key in ("subject", "clip", "media"))
    finder = work.finder
    exact = finder.exact(subject, name) if name else None
    if exact is not None:
        return exact
    for text in (media, _named(path, 0), path.name.removesuffix(_ENDING), path.parent.name):
        found = finder.by_text(text) if text else None
        if found is not None:
            return found
    return clip_of_file(subject, name, media, meta.get("rate"), meta.get("frames"))


def _named(path: Path, place: int) -> str:
    """Return a part of ``<clip>.<scheme>.<coder>.annotation``; clip and coder may hold points."""
    stem = path.name.removesuffix(_ENDING)
    before, scheme, coder = stem.partition(f".{SCHEME}.")
    if scheme:
        return (before, SCHEME, coder)[place]
    parts = stem.split(".")
    return parts[place] if len(parts) == 3 else ""


def _extension(cells: list[str], header: _Header) -> Extension:
    label = cells[2].strip() if len(cells) > 2 else ""
    emotion = label if header.free else header.labels.get(label, "")
    confidence = exact_ms(cells[3], 1) if len(cells) > 3 else None
    # NOVA writes 1 where nobody judged; so it says nothing.
    stated = confidence is not None and confidence != 1
    return Extension(emotion=emotion, confidence=float(confidence or 0) if stated else None)


def _note_steps(segments: list[tuple[int, list[str]]], clip: ExchangeClip, work: Gathering) -> None:
    """Say that NOVA has rounded to 10 ms, where a frame is shorter than that."""
    times = [cell.strip() for _, cells in segments for cell in cells[:2]]
    rounded = len(times) >= _FEW and all(_TWO_DECIMALS.fullmatch(text) for text in times)
    off = float(clip.time.rate) * _STEP_MS / 2000
    if rounded and 2 * off > 1:
        text = (
            "All times have two decimals, as NOVA saves them: they may be "
            f"{off:.1f} frame(s) off at {float(clip.time.rate):g} frames per second"
        )
        work.doubt("exchange-coarse", text, clip=clip)


def _ms(text: str) -> Fraction | None:
    """Return a time in ms; NOVA groups thousands, and writes commas on German machines."""
    plain = text.strip().replace("\u00a0", "").replace(" ", "")
    if "," in plain and "." in plain:
        group = min(",.", key=plain.rfind)
        plain = plain.replace(group, "")
    return exact_ms(plain, 1000)
