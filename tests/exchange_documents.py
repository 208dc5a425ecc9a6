"""Documents of all sorts, for tests of exchange formats: plain random ones, and by hypothesis.

`random_document` and `documents` make the same kind of documents by different dice. `labels_of`
brings a document into a form in which two of them can be compared.
"""

from __future__ import annotations

import math
import os
from dataclasses import replace
from fractions import Fraction

from hypothesis import strategies as st

from meviewer.core.action_units import ActionUnit
from meviewer.core.annotation import Annotation, Status
from meviewer.core.events import Event, Keyframes, Source
from meviewer.core.frames import parse_rate
from meviewer.data.exchange import ExchangeClip, ExchangeDocument, TimeBase

RATES = tuple(parse_rate(rate) for rate in (25, "29.97", 30, 50, 60, 100, 120, 200, 240, 300, 500))

MANY = int(os.environ.get("MEVIEWER_DOCUMENTS", "40"))
"""Documents for each format and rate in the slow tests; with 1000 they take 20 minutes."""

_SUBJECTS = ("01", "s02", "sub 3", "Zoë", "被试5", 'a"b', "x,y", "-7", "=1+1", "a/b", "con", "S02")
_CLIPS = (
    "EP02_01f",
    "c01",
    "c 02",
    "tab\there",
    "line\nend",
    "ünï",
    "c,d;e",
    "'quoted'",
    "c01.avi",
)
_CODERS = (
    "A",
    "B",
    "Müller, J.",
    "A (2)",
    "A-apex",
    "@nn",
    'say "so"',
    "编码员",
    "two\nlines",
    "a",
)
_TEXTS = (
    "", "seen twice", "happiness", "=SUM(A1)", "'=1", "+", "-", "@home", "a;b,c|d", 'He said "so"',
    "50% | AU=4", "%7C", "tab\tand\nnew\r\nline", " blank around ", "überrascht", "微表情", "🙂",
    "<b>&amp;</b>", "]]>", "\\N", "#meviewer {}", "\x85\u2028\x0b\x1c", "\x07bell", "\ufffe", "!no",
)  # fmt: skip
_EMOTIONS = ("", "happiness", "disgust", "others", "disgust+fear", "apex", "Überraschung", "a|b")
_KINDS = ("", "micro", "macro", "blink")
_SOURCES = (Source.MANUAL, Source.MANUAL, Source.GAMDSS, Source.DATA_SET, Source.MIDDLE)
_DONE = (Status.DRAFT, Status.DRAFT, Status.COMMITTED, Status.ADJUDICATED)


def random_document(random, rate=None, n_clips=None, tiny=False):
    """A document by a `random.Random`; ``tiny``: one or two labels, for tens of thousands."""
    return _document(_Dice(random), rate, 1 if tiny else n_clips, tiny)


@st.composite
def documents(draw, rate=None):
    """Documents by hypothesis, which makes them smaller where a test fails."""
    return _document(_Drawn(draw), rate)


def labels_of(document):
    """Labels by (subject, clip, coder), without what a coder has never touched."""
    return {
        (clip.subject, clip.name, coder): tier
        for clip in document.clips
        for coder, tier in clip.tiers.items()
        if tier.events or tier.status is not Status.UNLABELLED
    }


def frames_of(document):
    """Keyframes by (subject, clip, coder) in order; no apex is None."""
    return {
        names: sorted((e.onset, e.apex if e.has_apex else -1, e.offset) for e in tier)
        for names, tier in labels_of(document).items()
        if tier.events
    }


def bare(document):
    """The clips of a document without any label, as a project knows them that reads labels."""
    return replace(document, clips=tuple(replace(clip, tiers={}) for clip in document.clips))


class _Dice:
    def __init__(self, random):
        self._random = random

    def integer(self, low, high):
        return self._random.randint(low, high)

    def one(self, values):
        return self._random.choice(values)

    def text(self):
        return self._random.choice(_TEXTS)

    def fraction(self):
        return self._random.random()


class _Drawn:
    def __init__(self, draw):
        self._draw = draw

    def integer(self, low, high):
        return self._draw(st.integers(low, high))

    def one(self, values):
        return self._draw(st.sampled_from(values))

    def text(self):
        free = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))
        return self._draw(st.sampled_from(_TEXTS) | free)

    def fraction(self):
        return self._draw(st.floats(0, 1))


def _document(choose, rate, n_clips=None, tiny=False):
    names = {}
    for _ in range(n_clips or choose.integer(1, 3)):
        names[choose.one(_SUBJECTS), choose.one(_CLIPS)] = None
    clips = [_clip(choose, subject, name, rate, tiny) for subject, name in names]
    return ExchangeDocument("made up", tuple(clips))


def _clip(choose, subject, name, rate, tiny):
    time = _time(choose, rate or choose.one(RATES))
    n_coders, n_events = (1, 2) if tiny else (3, 4)
    coders = dict.fromkeys(choose.one(_CODERS) for _ in range(choose.integer(1, n_coders)))
    tiers = {coder: _tier(choose, time.n_frames, n_events) for coder in coders}
    ending = choose.one(("", ".mp4", ".avi"))
    return ExchangeClip(subject, name, f"clips/{subject}/{name}{ending}", time, tiers)


def _time(choose, rate):
    n_frames = choose.integer(1, 400)
    first = choose.one((0, 0, 1, 101, 5562))
    even = TimeBase.uniform(rate, n_frames, first)
    how = choose.integer(0, 9)
    if how < 6:
        return even
    if how < 8:
        step, hole = choose.integer(1, 30), choose.integer(0, n_frames)
        return replace(even, numbers=tuple(first + i + step * (i >= hole) for i in range(n_frames)))
    # Irregular as real files are: at least a quarter of a frame apart, in whole microseconds.
    off = [choose.integer(-37, 37) for _ in range(min(n_frames, 16))]
    frame = 1000 / rate
    pts = tuple(
        math.floor((i + Fraction(off[i % len(off)], 100) * (i > 0)) * frame * 1000) / 1000
        for i in range(n_frames)
    )
    return replace(even, pts_ms=pts)


def _tier(choose, n_frames, max_events):
    if choose.integer(0, 9) == 0:
        return Annotation((), choose.one((Status.NONE_PRESENT, Status.UNLABELLED)))
    ids = sorted({choose.integer(1, 60) for _ in range(choose.integer(1, max_events))})
    tier = Annotation((), choose.one(_DONE))
    for event_id in reversed(ids):
        tier = tier.with_event(_event(choose, event_id, n_frames))
    return tier


def _event(choose, event_id, n_frames):
    # Long, short, at both ends, of one frame.
    last = n_frames - 1
    onset = choose.one((0, last, choose.integer(0, last), choose.integer(0, last)))
    offset = choose.one((onset, last, choose.integer(onset, min(onset + 60, last))))
    apex, apex_source = choose.integer(onset, offset), choose.one((None, None, Source.GAMDSS))
    if choose.integer(0, 4) == 0:
        apex, apex_source = (onset + offset) // 2, Source.NONE
    units = tuple(
        ActionUnit(choose.integer(1, 99), choose.one(("", "L", "R")), choose.one(("", "B", "E")))
        for _ in range(choose.integer(0, 2))
    )
    rejected = (Keyframes(onset, onset, offset),) * choose.one((0, 0, 0, 1))
    return Event(
        id=event_id,
        keyframes=Keyframes(onset, apex, offset),
        emotion=choose.one((*_EMOTIONS, choose.text())),
        action_units=units,
        confidence=choose.one((None, 0.5, 1.0, choose.fraction())),
        notes=choose.text(),
        source=choose.one(_SOURCES),
        rejected=rejected,
        kind=choose.one(_KINDS),
        objective=choose.one(("", "", "1", "7")),
        apex_source=apex_source,
    )
