"""COCO-style JSON for videos: videos, images of the keyframes, annotations and categories.

COCO itself knows no intervals. As in its extensions for video, each image names its ``video_id``
and ``frame_id``; an annotation has ``start_frame`` and ``end_frame`` (both included) and
``segment`` in seconds, and its ``image_id`` is the apex, or the onset where there is none. What
COCO has no field for is under the key ``meviewer``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import msgspec

from meviewer.core.annotation import Status
from meviewer.core.events import Event
from meviewer.data.atomic import write_bytes
from meviewer.data.exchange import ExchangeClip, ExchangeDocument, Loss, ReadBack, Scope
from meviewer.data.formats.activitynet import (
    VideoNames,
    label_of,
    names_of,
    seconds_of,
    with_label,
)
from meviewer.data.formats.bounded_files import exact_ms, read_json
from meviewer.data.formats.clip_keys import keys
from meviewer.data.formats.extension import Extension, of_event
from meviewer.data.formats.gathering import Gathering, clip_of_file
from meviewer.data.formats.holding import Holds, losses
from meviewer.data.formats.placing import AS_WRITTEN


class _Video(msgspec.Struct):
    id: int | str
    name: str = ""
    file_name: str = ""
    fps: object = None
    length: object = None
    meviewer: VideoNames | None = None


class _Annotation(msgspec.Struct):
    id: int | str = 0
    video_id: int | str | None = None
    image_id: int | str | None = None
    category_id: int | str | None = None
    start_frame: int | None = None
    end_frame: int | None = None
    segment: list[object] = []
    score: float | None = None
    meviewer: Extension | None = None


class _Image(msgspec.Struct):
    id: int | str
    video_id: int | str | None = None


class _Category(msgspec.Struct):
    id: int | str
    name: str = ""


class _File(msgspec.Struct):
    annotations: list[_Annotation]
    videos: list[_Video] = []
    images: list[_Image] = []
    categories: list[_Category] = []


@dataclass(frozen=True, slots=True)
class Coco:
    """Reads and writes COCO-style JSON."""

    name: str = "coco"
    title: str = "COCO-style JSON for videos"
    suffixes: tuple[str, ...] = (".json",)
    scope: Scope = "project"

    def losses(self, document: ExchangeDocument) -> tuple[Loss, ...]:
        """Say what the form cannot hold."""
        return losses(document, Holds())

    def write(self, document: ExchangeDocument, target: Path) -> tuple[Path, ...]:
        """Write one file."""
        whole = _Writing().whole(document)
        write_bytes(target, msgspec.json.format(msgspec.json.encode(whole), indent=1))
        return (target,)

    def read(self, source: Path, known: ExchangeDocument) -> ReadBack:
        """Read one file."""
        file = read_json(source, _File)
        work = Gathering(known)
        _Reading(file, work).take()
        return work.result(source.stem)


FORMAT = Coco()


@dataclass(slots=True)
class _Writing:
    images: list[dict[str, object]] = field(default_factory=list)
    annotations: list[dict[str, object]] = field(default_factory=list)
    categories: dict[str, int] = field(default_factory=dict)
    _frames: dict[tuple[int, int], int] = field(default_factory=dict)

    def whole(self, document: ExchangeDocument) -> dict[str, object]:
        videos = []
        for number, (clip, key) in enumerate(zip(document.clips, keys(document), strict=True), 1):
            videos.append(
                {
                    "id": number,
                    "name": key,
                    "file_name": clip.media,
                    "fps": float(clip.time.rate),
                    "length": clip.time.n_frames,
                    "meviewer": names_of(clip),
                }
            )
            for coder, tier in clip.tiers.items():
                for event in tier:
                    self._event((number, clip, coder, tier.status), event)
        categories = [
            {"id": i, "name": name, "supercategory": "expression"}
            for name, i in self.categories.items()
        ]
        return {
            "info": {"description": document.name, "version": "1.0"},
            "licenses": [],
            "categories": categories,
            "videos": videos,
            "images": self.images,
            "annotations": self.annotations,
        }

    def _event(self, tier: tuple[int, ExchangeClip, str, Status], event: Event) -> None:
        video, clip, coder, status = tier
        peak = [event.apex] if event.has_apex else []
        shown = [self._image(video, clip, i) for i in (*peak, event.onset, event.offset)]
        label = label_of(event)
        self.annotations.append(
            {
                "id": len(self.annotations) + 1,
                "video_id": video,
                "image_id": shown[0],
                "category_id": self.categories.setdefault(label, len(self.categories) + 1),
                "start_frame": event.onset,
                "end_frame": event.offset,
                "segment": seconds_of(clip, event),
                "bbox": [],
                "area": 0,
                "iscrowd": 0,
                "meviewer": of_event(event, coder, status),
            }
        )

    def _image(self, video: int, clip: ExchangeClip, index: int) -> int:
        known = self._frames.get((video, index))
        if known is not None:
            return known
        number = len(self.images) + 1
        self._frames[video, index] = number
        found = {"id": number, "video_id": video, "frame_id": index}
        self.images.append(found | {"frame_number": clip.time.numbers[index], "file_name": ""})
        return number


@dataclass(slots=True)
class _Reading:
    file: _File
    work: Gathering

    def take(self) -> None:
        """Take the annotations over."""
        videos = {video.id: video for video in self.file.videos}
        of_image = {image.id: image.video_id for image in self.file.images}
        names = {category.id: category.name for category in self.file.categories}
        clips: dict[int | str, ExchangeClip | None] = {}
        for video in self.file.videos:
            self._coders(video)
        for row, annotation in enumerate(self.file.annotations, 1):
            image = annotation.image_id
            key = annotation.video_id
            if key is None and image is not None:
                key = of_image.get(image)
            if key is None or key not in videos:
                self.work.no_clip(f"annotation {annotation.id}", row)
                continue
            if key not in clips:
                clips[key] = self._clip(videos[key])
                if clips[key] is None:
                    self.work.no_clip(videos[key].name or str(key), row)
            clip = clips[key]
            if clip is not None:
                category = annotation.category_id
                label = names.get(category, "") if category is not None else ""
                self._place(clip, annotation, label, row)

    def _coders(self, video: _Video) -> None:
        coders = video.meviewer.coders if video.meviewer else {}
        clip = self._clip(video) if coders else None
        for coder, status in coders.items():
            if clip is not None:
                self.work.tier(clip, coder, status)

    def _place(self, clip: ExchangeClip, annotation: _Annotation, label: str, row: int) -> None:
        interval = self._interval(clip, annotation)
        if interval is None:
            text = f"Annotation {annotation.id} has no interval, only an image; it was left out"
            self.work.doubt("exchange-no-interval", text, row=row, clip=clip)
            return
        extension = with_label(annotation.meviewer, label)
        if annotation.score is not None and annotation.meviewer is None:
            extension = msgspec.structs.replace(extension, confidence=annotation.score)
        self.work.place(clip, interval, extension, AS_WRITTEN, row=row, coder="COCO")

    def _interval(
        self, clip: ExchangeClip, annotation: _Annotation
    ) -> tuple[Fraction | None, Fraction | None] | None:
        first, last = annotation.start_frame, annotation.end_frame
        if len(annotation.segment) == 2:
            start, end = (exact_ms(value, 1000) for value in annotation.segment)
            if start is not None and first is not None and clip.time.index_at(start) != first:
                text = (
                    f"Annotation {annotation.id} starts at frame {first} and at "
                    f"{float(start) / 1000:g} s, which is another; the time counts"
                )
                self.work.doubt("exchange-moved", text, clip=clip, frame=clip.time.index_at(start))
            return start, end
        if first is None or last is None or not 0 <= first <= last < clip.time.n_frames:
            return None
        return clip.time.start_ms(first), clip.time.end_ms(last)

    def _clip(self, video: _Video) -> ExchangeClip | None:
        told, finder = video.meviewer or VideoNames(), self.work.finder
        exact = finder.exact(told.subject, told.clip) if video.meviewer else None
        texts = [text for text in (told.media, video.file_name, video.name) if text]
        found = exact or next((c for text in texts if (c := finder.by_text(text))), None)
        if found is not None:
            return found
        rate, frames = told.rate or video.fps, told.frames or video.length
        name = told.clip or video.name or video.file_name
        media = told.media or video.file_name
        return clip_of_file(told.subject or "video", name, media, rate, frames)
