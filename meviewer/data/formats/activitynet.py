"""ActivityNet's JSON for temporal localisation: intervals in seconds, each with a label.

Written is version 1.3 with ``fps`` and ``duration_frame``, as most training code wants them; what
the form has no field for is under the key ``meviewer`` of each video and annotation. Read are also
result files (``results`` with a ``score``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from meviewer.core.events import Event
from meviewer.core.frames import rate_text
from meviewer.data.atomic import write_bytes
from meviewer.data.exchange import ExchangeClip, ExchangeDocument, Loss, ReadBack, Scope
from meviewer.data.formats.bounded_files import damaged, exact_ms, read_json
from meviewer.data.formats.clip_keys import keys
from meviewer.data.formats.extension import Extension, of_event
from meviewer.data.formats.gathering import Gathering, clip_of_file
from meviewer.data.formats.holding import Holds, losses
from meviewer.data.formats.placing import AS_WRITTEN

VERSION = "1.3"
_UNDECIDED = "expression"


class VideoNames(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which clip a video is, its exact time base, and how far each coder had come."""

    subject: str = ""
    clip: str = ""
    media: str = ""
    rate: str = ""
    frames: int = 0
    coders: dict[str, str] = {}


class _Annotation(msgspec.Struct, omit_defaults=True):
    segment: list[object] = []
    label: str | int | float = ""
    score: float | None = None
    meviewer: Extension | None = None


class _Video(msgspec.Struct, omit_defaults=True):
    annotations: list[_Annotation] = []
    duration: object = None
    fps: object = None
    duration_frame: object = None
    meviewer: VideoNames | None = None


class _File(msgspec.Struct):
    database: dict[str, _Video] | None = None
    results: dict[str, list[_Annotation]] | None = None


@dataclass(frozen=True, slots=True)
class ActivityNet:
    """Reads and writes ActivityNet-style JSON."""

    name: str = "activitynet"
    title: str = "Temporal localisation (ActivityNet JSON)"
    suffixes: tuple[str, ...] = (".json",)
    scope: Scope = "project"

    def losses(self, document: ExchangeDocument) -> tuple[Loss, ...]:
        """Say what the form cannot hold."""
        return losses(document, Holds())

    def write(self, document: ExchangeDocument, target: Path) -> tuple[Path, ...]:
        """Write one file."""
        listed = zip(document.clips, keys(document), strict=True)
        database = {key: _video(clip) for clip, key in listed}
        labels = {a["label"] for video in database.values() for a in _listed(video)}
        taxonomy = [
            {"nodeName": name, "nodeId": i, "parentName": "Root", "parentId": 0}
            for i, name in enumerate(sorted(str(label) for label in labels), 1)
        ]
        whole = {"version": f"VERSION {VERSION}", "taxonomy": taxonomy, "database": database}
        write_bytes(target, msgspec.json.format(msgspec.json.encode(whole), indent=1))
        return (target,)

    def read(self, source: Path, known: ExchangeDocument) -> ReadBack:
        """Read a database or a file of results."""
        file = read_json(source, _File)
        work = Gathering(known)
        if file.database is None and file.results is None:
            why = "it has neither 'database' nor 'results'"
            raise damaged(source, why, "choose a JSON file in the form of ActivityNet")
        for key, video in (file.database or {}).items():
            _take(key, video, work)
        for key, listed in (file.results or {}).items():
            _take(key, _Video(listed), work)
        return work.result(source.stem)


FORMAT = ActivityNet()


def names_of(clip: ExchangeClip) -> VideoNames:
    """Return what names a clip in a JSON file."""
    rate = rate_text(clip.time.rate)
    coders = {coder: tier.status.value for coder, tier in clip.tiers.items()}
    return VideoNames(clip.subject, clip.name, clip.media, rate, clip.time.n_frames, coders)


def label_of(event: Event | Extension) -> str:
    """Return the label of an event: its emotion, else its kind."""
    return event.emotion or event.kind or _UNDECIDED


def with_label(extension: Extension | None, label: str) -> Extension:
    """Return the fields of an annotation; its label counts if somebody changed it."""
    if extension is None:
        return Extension(emotion=label)
    if label == label_of(extension):
        return extension
    return msgspec.structs.replace(extension, emotion=label)


def seconds_of(clip: ExchangeClip, event: Event) -> list[float]:
    """Return start and end of an event in seconds, the end excluded."""
    start, end = clip.time.start_ms(event.onset), clip.time.end_ms(event.offset)
    return [float(start / 1000), float(end / 1000)]


def _video(clip: ExchangeClip) -> dict[str, object]:
    annotations = [
        {
            "segment": seconds_of(clip, event),
            "label": label_of(event),
            "meviewer": of_event(event, coder, tier.status),
        }
        for coder, tier in clip.tiers.items()
        for event in tier
    ]
    return {
        "duration": float(clip.time.end_ms(clip.time.n_frames - 1) / 1000),
        "duration_frame": clip.time.n_frames,
        "fps": float(clip.time.rate),
        "subset": "training",
        "resolution": "",
        "url": "",
        "annotations": annotations,
        "meviewer": names_of(clip),
    }


def _listed(video: dict[str, object]) -> Sequence[dict[str, object]]:
    listed = video["annotations"]
    return listed if isinstance(listed, list) else []


def _take(key: str, video: _Video, work: Gathering) -> None:
    coders = video.meviewer.coders if video.meviewer else {}
    if not video.annotations and not coders:
        return
    clip = _clip_of(key, video, work)
    if clip is None:
        work.no_clip(key)
        return
    for coder, status in coders.items():
        work.tier(clip, coder, status)
    for annotation in video.annotations:
        start, end = (exact_ms(value, 1000) for value in (*annotation.segment, None, None)[:2])
        extension = with_label(annotation.meviewer, str(annotation.label))
        if annotation.score is not None and annotation.meviewer is None:
            extension = msgspec.structs.replace(extension, confidence=annotation.score)
        work.place(clip, (start, end), extension, AS_WRITTEN, coder="ActivityNet")


def _clip_of(key: str, video: _Video, work: Gathering) -> ExchangeClip | None:
    told = video.meviewer or VideoNames()
    exact = work.finder.exact(told.subject, told.clip) if video.meviewer else None
    found = exact or (work.finder.by_text(told.media) if told.media else None)
    found = found or work.finder.by_text(key)
    if found is not None:
        return found
    seconds, fps = exact_ms(video.duration, 1), exact_ms(video.fps, 1)
    frames = video.duration_frame or (float(seconds * fps) if seconds and fps else None)
    rate, name = told.rate or video.fps, told.clip or key
    return clip_of_file(told.subject or "video", name, told.media, rate, told.frames or frames)
