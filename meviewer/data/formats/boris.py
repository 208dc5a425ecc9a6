"""BORIS projects: one observation for each clip and coder, with the labels as states.

Independent variables of each observation name subject, clip and coder; the apex is a point event;
what BORIS has no field for lies in the comment of the row that starts a label (`extension`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import msgspec

from meviewer.data.atomic import write_text
from meviewer.data.exchange import (
    ExchangeClip,
    ExchangeDocument,
    Loss,
    ReadBack,
    Scope,
)
from meviewer.data.formats.boris_project import NAMES, project_of
from meviewer.data.formats.boris_rows import (
    APEX,
    Row,
    State,
    extension_of,
    paired,
)
from meviewer.data.formats.bounded_files import exact_ms, read_json
from meviewer.data.formats.gathering import Gathering, clip_of_file
from meviewer.data.formats.holding import Holds, losses
from meviewer.data.formats.placing import WHOLE_MS


class _Behaviour(msgspec.Struct):
    code: str = ""
    type: str = ""


class _Media(msgspec.Struct):
    length: dict[str, object] = {}
    fps: dict[str, object] = {}


class _Observation(msgspec.Struct):
    events: list[list[object]] = []
    type: str = "MEDIA"
    file: object = None
    media_info: object = None
    directories_list: list[str] = []
    independent_variables: dict[str, object] = {}
    time_lapse_delay: float = 0.0
    offset: object = msgspec.field(default=0, name="time offset")


class _Project(msgspec.Struct):
    observations: dict[str, _Observation]
    behaviors_conf: dict[str, _Behaviour] = {}


@dataclass(frozen=True, slots=True)
class BorisProject:
    """Reads and writes BORIS project files."""

    name: str = "boris"
    title: str = "BORIS project"
    suffixes: tuple[str, ...] = (".boris",)
    scope: Scope = "project"

    def losses(self, document: ExchangeDocument) -> tuple[Loss, ...]:
        """Say what a BORIS project cannot hold."""
        return losses(document, Holds())

    def write(self, document: ExchangeDocument, target: Path) -> tuple[Path, ...]:
        """Write one project file."""
        text = json.dumps(project_of(document), ensure_ascii=False, indent=1)
        write_text(target, text)
        return (target,)

    def read(self, source: Path, known: ExchangeDocument) -> ReadBack:
        """Read the observations of a project."""
        project = read_json(source, _Project)
        points = {b.code for b in project.behaviors_conf.values() if b.type.startswith("Point")}
        work = Gathering(known)
        for name, observation in project.observations.items():
            _Reading(work, name, observation).take(points | {APEX})
        return work.result(source.stem)


FORMAT = BorisProject()


@dataclass(slots=True)
class _Reading:
    """One observation on its way to the labels of its clips."""

    work: Gathering
    name: str
    observation: _Observation
    by_image: bool = False

    def take(self, points: set[str]) -> None:
        """Take its labels over."""
        told = self.observation.independent_variables
        coder = str(told.get("coder", "") or "") or "BORIS"
        stretches = self._stretches()
        if not self.observation.events:
            if "status" in told and stretches and stretches[0][0] is not None:
                self.work.tier(stretches[0][0], str(told.get("coder", "")), told["status"])
            return
        if not stretches:
            self.work.no_clip(self.name)
            return
        events = self.observation.events
        timed = any(exact_ms(cells[0], 1000) is not None for cells in events if cells)
        self.by_image = self.observation.type == "IMAGES" and not timed
        rows = [self._row(i, cells, stretches[0][0]) for i, cells in enumerate(events, 1)]
        for row in rows:
            if row.ms is None:
                text = f"Event {row.number} of {self.name!r} has no time; it was left out"
                self.work.doubt("exchange-no-time", text, row=row.number, clip=stretches[0][0])
        states, left = paired(rows, points)
        for number, why in left:
            text = f"In the observation {self.name!r}, {why}; it was left out"
            self.work.doubt("exchange-no-interval", text, row=number, clip=stretches[0][0])
        for state in states:
            self._place(state, stretches, coder)

    def _place(
        self, state: State, stretches: list[tuple[ExchangeClip | None, Fraction]], coder: str
    ) -> None:
        clip, begin = next(s for s in reversed(stretches) if s[1] <= max(state.start, Fraction(0)))
        if clip is None:
            self.work.no_clip(f"{self.name}, {float(state.start) / 1000:.3f} s")
            return
        apex = None if state.apex is None else state.apex - begin
        end = state.end - begin
        # Without times, the image on which a label stops belongs to it.
        end = clip.time.end_ms(clip.time.index_at(end)) if self.by_image else end
        interval = (state.start - begin, end)
        self.work.place(
            clip, interval, extension_of(state), WHOLE_MS, apex=apex, row=state.number, coder=coder
        )

    def _row(self, number: int, cells: list[object], clip: ExchangeClip | None) -> Row:
        texts = ["" if cell is None else str(cell) for cell in cells[1:5]] + [""] * 4
        ms = exact_ms(cells[0], 1000) if cells else None
        offset = exact_ms(self.observation.offset, 1000) or Fraction(0)
        ms = None if ms is None else ms - offset
        if self.by_image and clip is not None and len(cells) > 5:
            image = exact_ms(cells[5], 1)
            ms = None if image is None else clip.time.start_ms(int(image) - 1)
        subject, code, modifiers, comment = texts[:4]
        return Row(ms, subject, code, modifiers, comment, number)

    def _stretches(self) -> list[tuple[ExchangeClip | None, Fraction]]:
        """Return the clips of the observation, each with where it begins on the time axis."""
        told = self.observation.independent_variables
        subject, clip = (str(told.get(name, "") or "") for name in NAMES[:2])
        exact = self.work.finder.exact(subject, clip) if clip else None
        media = self._media()
        if len(media) < 2:
            path = media[0] if media else ""
            found = exact or self._known(path, subject, clip)
            return [(found, Fraction(0))] if found else []
        begin, found_all = Fraction(0), []
        for path in media:
            found_all.append((self._known(path, "", ""), begin))
            begin += exact_ms(self._info().length.get(path), 1000) or Fraction(0)
        return found_all

    def _known(self, path: str, subject: str, clip: str) -> ExchangeClip | None:
        finder = self.work.finder
        found = finder.by_text(path) if path else None
        found = found or finder.by_text(self.name)
        if found is not None:
            return found
        info = self._info()
        rate = info.fps.get(path)
        length, fps = exact_ms(info.length.get(path), 1), exact_ms(rate, 1)
        frames = None if length is None or fps is None else float(length * fps)
        return clip_of_file(subject or "BORIS", clip or self.name, path, rate, frames)

    def _info(self) -> _Media:
        try:
            return msgspec.convert(self.observation.media_info, _Media)
        except msgspec.ValidationError:
            return _Media()

    def _media(self) -> list[str]:
        file = self.observation.file
        first = file.get("1", []) if isinstance(file, Mapping) else []
        listed = (
            [path for path in first if isinstance(path, str)] if isinstance(first, list) else []
        )
        return listed or list(self.observation.directories_list)
