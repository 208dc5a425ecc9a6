"""Praat's TextGrids: one file a clip, an interval tier a coder and a point tier for the apexes.

Written in the long text format; the interval tier ``meviewer``, one interval from end to end, names
the clip. Read in the long and the short text format, in UTF-8 and UTF-16, as Praat itself reads:
only numbers, texts and flags that stand free count, whatever words are between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from meviewer.data.exchange import ExchangeClip, ExchangeDocument, Loss, ReadBack, Scope
from meviewer.data.formats import clip_files
from meviewer.data.formats.bounded_files import damaged, exact_ms, read_bytes, read_text
from meviewer.data.formats.clip_files import (
    ClipFile,
    Lane,
    Mark,
    apex_within,
    clip_named,
    exact,
    fields_in,
    lanes,
)
from meviewer.data.formats.gathering import Gathering
from meviewer.data.formats.holding import Holds, losses
from meviewer.data.formats.label_text import fields_of, pack, pack_clip, unpack, unpack_clip

OWN_TIER = "meviewer"
_APEX = " apex"
_INTERVALS, _POINTS = "IntervalTier", "TextTier"
_HEAD = 'File type = "ooTextFile"\nObject class = "TextGrid"\n\n'
_TOKEN = re.compile(r'"(?P<text>(?:[^"]|"")*)"|![^\n]*|(?P<flag><\w+>)|(?P<word>[^\s"]+)')
_NUMBER = re.compile(r"([-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)[a-zA-Z%]*")
_MAX_ENTRIES = 10**6
_HOLDS = Holds()


@dataclass(frozen=True, slots=True)
class Praat:
    """Reads and writes TextGrids."""

    name: str = "praat"
    title: str = "Praat TextGrid"
    suffixes: tuple[str, ...] = (".TextGrid",)
    scope: Scope = "clip"

    def losses(self, document: ExchangeDocument) -> tuple[Loss, ...]:
        """Say what of this document a TextGrid cannot hold."""
        return losses(document, _HOLDS)

    def write(self, document: ExchangeDocument, target: Path) -> tuple[Path, ...]:
        """Write a file for each labelled clip into a folder."""
        return clip_files.write_each(document, target, ".TextGrid", _text)

    def read(self, source: Path, known: ExchangeDocument) -> ReadBack:
        """Read a file, or all files of a folder."""
        return clip_files.read_each(source, known, (".textgrid",), _take)


FORMAT = Praat()


# -- writing


@dataclass(frozen=True, slots=True)
class _Tier:
    """A tier as a file has it; a point is an entry without end."""

    kind: str
    name: str
    entries: tuple[tuple[Fraction, Fraction | None, str], ...]


def _text(clip: ExchangeClip) -> str:
    end = clip.time.end_ms(clip.time.n_frames - 1)
    whole = (Fraction(0), end, pack_clip(fields_of(clip)))
    tiers = [tier for lane in lanes(clip, exact) for tier in _tiers_of(clip, lane)]
    tiers.append(_Tier(_INTERVALS, OWN_TIER, (whole,)))
    lines = ["xmin = 0", f"xmax = {_s(end)}", "tiers? <exists>", f"size = {len(tiers)}", "item []:"]
    for number, tier in enumerate(tiers, 1):
        lines.append(f"    item [{number}]:")
        lines += [f"        {line}" for line in _lines(tier, end)]
    return "\n".join((_HEAD + lines[0], *lines[1:], ""))


def _tiers_of(clip: ExchangeClip, lane: Lane) -> Iterator[_Tier]:
    status = clip.tiers[lane.coder].status
    labels = [
        (start, end, pack(fields_in(lane, event, status)))
        for event, (start, end, _apex) in lane.events
    ]
    peaks = [(apex, None, "apex") for _event, (_s, _e, apex) in lane.events if apex is not None]
    yield _Tier(_INTERVALS, lane.name, tuple(labels))
    yield _Tier(_POINTS, f"{lane.name}{_APEX}", tuple(peaks))


def _lines(tier: _Tier, end: Fraction) -> Iterator[str]:
    yield f'class = "{tier.kind}"'
    yield f"name = {_quoted(tier.name)}"
    yield "xmin = 0"
    yield f"xmax = {_s(end)}"
    if tier.kind == _POINTS:
        yield f"points: size = {len(tier.entries)}"
        for number, (at, _, text) in enumerate(tier.entries, 1):
            yield f"points [{number}]:"
            yield f"    number = {_s(at)}"
            yield f"    mark = {_quoted(text)}"
        return
    entries = list(_without_gaps(tier, end))
    yield f"intervals: size = {len(entries)}"
    for number, (start, stop, text) in enumerate(entries, 1):
        yield f"intervals [{number}]:"
        yield f"    xmin = {_s(start)}"
        yield f"    xmax = {_s(stop)}"
        yield f"    text = {_quoted(text)}"


def _without_gaps(tier: _Tier, end: Fraction) -> Iterator[tuple[Fraction, Fraction, str]]:
    """Yield the intervals with empty ones between them, as Praat needs them."""
    at = Fraction(0)
    for start, stop, text in tier.entries:
        if start > at:
            yield at, start, ""
        if stop is not None:
            yield start, stop, text
            at = stop
    if at < end:
        yield at, end, ""


def _s(ms: Fraction) -> str:
    return f"{float(ms / 1000)!r}".removesuffix(".0")


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


# -- reading


def _take(path: Path, work: Gathering) -> None:
    tiers = _Tokens(path, _decoded(path)).tiers()
    texts = (text for tier in tiers if tier.name == OWN_TIER for _, _, text in tier.entries)
    told = next((found for found in map(unpack_clip, texts) if found), None)
    clip = clip_named(path, told, (), work)
    if clip is None:
        work.no_clip(path.name)
        return
    file = ClipFile(work, clip, told, exact)
    for mark in _marks(tiers):
        file.take(mark)
    file.finish()
    _note_points(tiers, clip, work)


def _decoded(path: Path) -> str:
    if read_bytes(path).startswith(b"ooBinaryFile"):
        raise damaged(path, "it is a binary TextGrid", "save it in Praat as a text file")
    return read_text(path)


def _marks(tiers: Sequence[_Tier]) -> Iterator[Mark]:
    points = (tier for tier in tiers if tier.kind == _POINTS)
    peaks = {tier.name: sorted(at for at, _, _ in tier.entries) for tier in points}
    for tier in tiers:
        if tier.kind != _INTERVALS:
            continue
        apexes = peaks.get(f"{tier.name}{_APEX}")
        for number, (start, end, text) in enumerate(tier.entries, 1):
            if text.strip() and unpack_clip(text) is None:
                apex = apex_within(start, end, apexes or ())
                fields = unpack(text)
                yield Mark(start, end, fields, tier.name, apex, number, apexes is not None)


def _note_points(tiers: Iterable[_Tier], clip: ExchangeClip, work: Gathering) -> None:
    intervals = {f"{tier.name}{_APEX}" for tier in tiers if tier.kind == _INTERVALS}
    for tier in tiers:
        if tier.kind == _POINTS and tier.name not in intervals and tier.entries:
            text = f"The {len(tier.entries)} points of the tier {tier.name!r} have no length"
            work.doubt("exchange-no-interval", f"{text}; they were left out", clip=clip)


class _Tokens:
    """The numbers, texts and flags of a file, one after the other."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._found = self._free(text)

    def tiers(self) -> list[_Tier]:
        """Return all tiers.

        Raises
        ------
        LabelError
            If the file is no TextGrid, or ends too early.
        """
        # Old versions say "ooTextFile short" in front of the short form.
        if not self._text().startswith("ooTextFile") or self._text() != "TextGrid":
            raise damaged(self._path, "it is no TextGrid", "save a TextGrid in Praat as text file")
        self._number(), self._number()
        if next(self._found, "") != "<exists>":
            return []
        return [self._tier() for _ in range(self._count())]

    def _tier(self) -> _Tier:
        kind, name = self._text(), self._text()
        if kind not in (_INTERVALS, _POINTS):
            raise damaged(self._path, f"it has a tier of the kind {kind[:40]!r}")
        self._number(), self._number()
        long = kind == _INTERVALS
        entries = [
            (self._number(), self._number() if long else None, self._text())
            for _ in range(self._count())
        ]
        return _Tier(kind, name, tuple(entries))

    def _count(self) -> int:
        count = self._number() / 1000
        if count.denominator != 1 or not 0 <= count <= _MAX_ENTRIES:
            raise damaged(self._path, f"it says that it has {float(count):g} entries")
        return int(count)

    def _number(self) -> Fraction:
        token = next(self._found, None)
        if not isinstance(token, Fraction):
            raise self._wrong(token, "a number")
        return token

    def _text(self) -> str:
        token = next(self._found, None)
        if not isinstance(token, str) or not token.startswith('"'):
            raise self._wrong(token, "a text in quotation marks")
        return token[1:]

    def _wrong(self, token: str | Fraction | None, wanted: str) -> Exception:
        found = "it ends" if token is None else f"there is {str(token)[:40]!r}"
        return damaged(self._path, f"{found} where {wanted} should stand")

    def _free(self, text: str) -> Iterator[str | Fraction]:
        for match in _TOKEN.finditer(text):
            if match["text"] is not None:
                # The mark in front tells texts from flags.
                yield '"' + match["text"].replace('""', '"')
            elif match["flag"] is not None:
                yield match["flag"]
            elif match["word"] is not None:
                number = _NUMBER.fullmatch(match["word"])
                ms = exact_ms(number[1], 1000) if number else None
                if ms is not None:
                    yield ms
