"""Audacity's label tracks: one file a clip, ``start TAB end TAB text`` in seconds.

All coders share the file; each label says whose it is. The apex is a point, ``apex | id=3``, and
the first label, from end to end of the clip, names it. Audacity keeps six decimals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import msgspec

from meviewer.data.exchange import ExchangeClip, ExchangeDocument, Loss, ReadBack, Scope, TimeBase
from meviewer.data.formats import clip_files
from meviewer.data.formats.bounded_files import damaged, exact_ms, read_text
from meviewer.data.formats.clip_files import ClipFile, Mark, Times, apex_within, clip_named, exact
from meviewer.data.formats.extension import Extension, of_event
from meviewer.data.formats.gathering import Gathering
from meviewer.data.formats.holding import Holds, losses
from meviewer.data.formats.label_text import (
    fields_of,
    pack,
    pack_clip,
    touched,
    unpack,
    unpack_clip,
)
from meviewer.data.formats.placing import Frames

CODER = "Audacity"
"""Whose labels are those that name nobody."""

_APEX = "apex"
_TIME = re.compile(r"-?\d+(?:[.,]\d+)?")
_HOLDS = Holds()


@dataclass(frozen=True, slots=True)
class Audacity:
    """Reads and writes label tracks of Audacity."""

    name: str = "audacity"
    title: str = "Audacity labels"
    suffixes: tuple[str, ...] = (".txt",)
    scope: Scope = "clip"

    def losses(self, document: ExchangeDocument) -> tuple[Loss, ...]:
        """Say what of this document a label track cannot hold."""
        return losses(document, _HOLDS)

    def write(self, document: ExchangeDocument, target: Path) -> tuple[Path, ...]:
        """Write a file for each labelled clip into a folder."""
        return clip_files.write_each(document, target, ".txt", _text)

    def read(self, source: Path, known: ExchangeDocument) -> ReadBack:
        """Read a file, or all files of a folder."""
        return clip_files.read_each(source, known, self.suffixes, _take)


FORMAT = Audacity()


# -- writing


def _text(clip: ExchangeClip) -> str:
    length = clip.time.end_ms(clip.time.n_frames - 1)
    labels = [(Fraction(0), length, pack_clip(fields_of(clip)))]
    for coder, tier in clip.tiers.items():
        for event in tier if touched(tier) else ():
            extension = msgspec.structs.replace(of_event(event, coder, tier.status), status=None)
            start, end, apex = exact(clip.time, _frames(extension))
            labels.append((start, end, pack(extension)))
            if apex is not None:
                whose = Extension(emotion=_APEX, coder=coder, id=event.id)
                labels.append((apex, apex, pack(whose)))
    # Audacity sorts labels by their start itself.
    labels[1:] = sorted(labels[1:], key=lambda label: label[0])
    return "".join(f"{_s(start)}\t{_s(end)}\t{text}\n" for start, end, text in labels)


def _frames(extension: Extension) -> Frames:
    return extension.frames or (0, None, 0)


def _s(ms: Fraction) -> str:
    return f"{float(ms / 1000):.6f}"


# -- reading


@dataclass(frozen=True, slots=True)
class _Label:
    row: int
    start: Fraction | None
    end: Fraction | None
    text: str


def _take(path: Path, work: Gathering) -> None:
    labels = list(_labels(path))
    told = next((found for label in labels if (found := unpack_clip(label.text))), None)
    clip = clip_named(path, told, (), work)
    if clip is None:
        work.no_clip(path.name)
        return
    file = ClipFile(work, clip, told, _clock)
    apexes, spans = _sorted_out(labels, clip, work)
    for mark in _marks(spans, apexes, clip, work):
        file.take(mark)
    file.finish()


def _clock(time: TimeBase, frames: Frames) -> Times:
    """Return times as six decimals of a second hold them."""
    start, end, apex = (None if ms is None else round(ms, 3) for ms in exact(time, frames))
    return start or Fraction(0), end or Fraction(0), apex


def _labels(path: Path) -> Iterator[_Label]:
    n_labels = 0
    for row, line in enumerate(read_text(path).split("\n"), 1):
        cells = line.rstrip("\r").split("\t", 2)
        # The second line of a label with a range of frequencies begins with a backslash.
        if not line.strip() or cells[0].strip() == "\\":
            continue
        if len(cells) < 2 or not all(_TIME.fullmatch(cell.strip()) for cell in cells[:2]):
            raise damaged(
                path,
                f"line {row} is no label: it has no start and end in seconds",
                "export the labels from Audacity in its standard format",
            )
        n_labels += 1
        text = cells[2] if len(cells) > 2 else ""
        yield _Label(row, exact_ms(cells[0], 1000), exact_ms(cells[1], 1000), text)
    if not n_labels:
        raise damaged(path, "it is empty", "export the labels from Audacity")


def _sorted_out(
    labels: Sequence[_Label], clip: ExchangeClip, work: Gathering
) -> tuple[list[_Label], list[_Label]]:
    """Return points that are apexes, and labels with a length."""
    apexes, spans = [], []
    for label in labels:
        if unpack_clip(label.text) is not None:
            continue
        if label.start is None or label.start != label.end:
            spans.append(label)
        elif (unpack(label.text).emotion or "").casefold() == _APEX:
            apexes.append(label)
        else:
            text = f"The point {label.text[:60]!r} has no length and is no apex; it was left out"
            work.doubt("exchange-no-interval", text, row=label.row, clip=clip)
    return apexes, spans


def _marks(
    spans: Sequence[_Label], apexes: Sequence[_Label], clip: ExchangeClip, work: Gathering
) -> Iterator[Mark]:
    named = {
        (fields.coder, fields.id): label for label in apexes if (fields := unpack(label.text)).id
    }
    free = [label for label in apexes if not unpack(label.text).id]
    for span in spans:
        extension = unpack(span.text)
        peak = named.pop((extension.coder, extension.id), None) if extension.id else None
        if peak is None:
            peak = next((label for label in free if _lies_in(label, span)), None)
            free = [label for label in free if label is not peak]
        apex = None if peak is None else peak.start
        yield Mark(span.start, span.end, extension, CODER, apex, span.row, bool(apexes))
    for label in (*named.values(), *free):
        text = "The apex belongs to no label; it was left out"
        work.doubt("exchange-apex", text, row=label.row, clip=clip)


def _lies_in(point: _Label, span: _Label) -> bool:
    times = (point.start,) if point.start is not None else ()
    return apex_within(span.start, span.end, times) is not None
