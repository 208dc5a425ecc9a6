"""Documents and helpers that the tests of several exchange formats share."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from meviewer.core.action_units import ActionUnit
from meviewer.core.annotation import Annotation, Status
from meviewer.core.events import Event, Keyframes, Source
from meviewer.data.exchange import ExchangeClip, ExchangeDocument, TimeBase
from meviewer.data.formats import activitynet, boris, boris_events, coco, datavyu, megc, nova

FORMATS = {
    module.FORMAT.name: module.FORMAT
    for module in (boris, boris_events, datavyu, nova, megc, activitynet, coco)
}


def clip_of(subject="s01", name="c01", media=None, rate=25, n=250, first=1, **tiers):
    time = TimeBase.uniform(Fraction(rate), n, first)
    return ExchangeClip(subject, name, media or f"{subject}/{name}.mp4", time, tiers)


KNOWN = ExchangeDocument(
    "known", (clip_of(), clip_of("s02"), clip_of("s02", "c02", rate=200, n=400))
)
EVENT = Event(
    1,
    Keyframes(10, 15, 24),
    "disgust",
    (ActionUnit(4), ActionUnit(7, "L", "B")),
    0.75,
    "seen twice",
    Source.GAMDSS,
    (Keyframes(9, 15, 25),),
    "micro",
    "4",
)
LABELLED = ExchangeDocument(
    "known",
    (
        clip_of(A=Annotation((EVENT,), Status.DRAFT), B=Annotation((replace(EVENT, id=2),))),
        *KNOWN.clips[1:],
    ),
)


def read_files(folder, name, files, known=KNOWN):
    """Write files as another program writes them, and read them with a format."""
    if isinstance(files, (str, bytes)):
        files = {f"labels{FORMATS[name].suffixes[0]}": files}
    for file, content in files.items():
        (folder / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    source = folder / next(iter(files)) if len(files) == 1 else folder
    return FORMATS[name].read(source, known)


def through(folder, name, document=LABELLED, change=lambda text: text, known=None):
    """Write a document, let somebody change the text, and read it back."""
    chosen = FORMATS[name]
    target = folder / (f"out{chosen.suffixes[0]}" if chosen.scope == "project" else "out")
    for path in chosen.write(document, target):
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    return chosen.read(target, known or document)


def only(found, subject="s01", name="c01"):
    clip = found.document.find(subject, name)
    assert clip is not None, found
    ((coder, tier),) = clip.tiers.items()
    return coder, tier.events


def spans(events):
    return [(event.onset, event.apex if event.has_apex else None, event.offset) for event in events]


def kinds(found):
    return [finding.kind for finding in found.findings]
