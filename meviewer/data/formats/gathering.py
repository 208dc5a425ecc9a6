"""Labels on their way from a file of another program to a document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from meviewer.core.annotation import Annotation, Status
from meviewer.core.errors import LabelError
from meviewer.core.events import Event
from meviewer.core.findings import Finding, Severity
from meviewer.core.frames import parse_rate
from meviewer.data.exchange import ExchangeClip, ExchangeDocument, ReadBack, TimeBase
from meviewer.data.formats.bounded_files import exact_ms
from meviewer.data.formats.clip_keys import Finder
from meviewer.data.formats.extension import (
    Extension,
    annotation,
    status_of,
    to_event,
    usable_frames,
)
from meviewer.data.formats.placing import interval_fault, settle

_MAX_FRAMES = 10**8


@dataclass(slots=True)
class Gathering:
    """Collects events by clip and coder, and what was doubtful about them.

    Parameters
    ----------
    known : ExchangeDocument
        Clips that labels may belong to.
    """

    known: ExchangeDocument
    finder: Finder = field(init=False)
    findings: list[Finding] = field(default_factory=list)
    _clips: dict[tuple[str, str], ExchangeClip] = field(default_factory=dict)
    _status: dict[tuple[str, str, str], set[Status]] = field(
        default_factory=lambda: defaultdict(set)
    )
    _events: dict[tuple[str, str], dict[str, list[Event]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )

    def __post_init__(self) -> None:
        self.finder = Finder(self.known)

    def doubt(
        self,
        kind: str,
        text: str,
        *,
        row: int | None = None,
        clip: ExchangeClip | None = None,
        frame: int | None = None,
        severity: Severity = Severity.WARNING,
    ) -> None:
        """Note what was doubtful."""
        subject, name = (clip.subject, clip.name) if clip else ("", "")
        self.findings.append(Finding(kind, severity, text, None, frame, row, subject, name))

    def each(self, files: Sequence[Path], read: Callable[[Path], None]) -> None:
        """Read several files; one that cannot be read is noted if others can.

        Raises
        ------
        LabelError
            If none of them can be read.
        """
        errors = []
        for path in files:
            try:
                read(path)
            except LabelError as error:
                errors.append(error)
        if errors and len(errors) == len(files):
            raise errors[0]
        for refused in errors:
            self.doubt("exchange-file", str(refused), severity=Severity.ERROR)

    def no_clip(self, text: str, row: int | None = None) -> None:
        """Note labels of a clip that nobody knows."""
        said = f"No clip of the project is meant by {text!r}, or several are; it was left out"
        self.doubt("exchange-clip-unknown", said, row=row, severity=Severity.ERROR)

    def add(self, clip: ExchangeClip, coder: str, event: Event) -> None:
        """Take an event over."""
        self._clips.setdefault((clip.subject, clip.name), clip)
        self._events[clip.subject, clip.name][coder].append(event)

    def tier(self, clip: ExchangeClip, coder: str, status: object) -> None:
        """Take over how far a coder had come, also where there are no labels."""
        known = status_of(status)
        if known is not None and known is not Status.UNLABELLED:
            self._clips.setdefault((clip.subject, clip.name), clip)
            self._events[clip.subject, clip.name][coder].extend(())
            self._status[clip.subject, clip.name, coder].add(known)

    def place(
        self,
        clip: ExchangeClip,
        interval: tuple[Fraction | None, Fraction | None],
        extension: Extension,
        rounding: Fraction,
        *,
        apex: Fraction | None = None,
        row: int | None = None,
        coder: str,
    ) -> None:
        """Place a label by its times in ms and take it over, or say why not.

        ``coder`` counts where the extension names none.
        """
        start, end = interval
        if start is None or end is None:
            text = "A label has no time that could be read; it was left out"
            self.doubt("exchange-no-time", text, row=row, clip=clip, severity=Severity.ERROR)
            return
        fault = interval_fault(clip.time, start, end)
        if fault:
            text = f"A label was left out: {fault}"
            self.doubt("exchange-outside", text, row=row, clip=clip, severity=Severity.ERROR)
            return
        stored = usable_frames(extension, clip.time.n_frames)
        placed = settle(clip.time, start, end, stored, rounding, apex)
        for kind, text in placed.doubts:
            self.doubt(kind, text, row=row, clip=clip, frame=placed.keyframes.onset)
        event = to_event(extension, placed.keyframes, placed.has_apex)
        who = coder if extension.coder is None else extension.coder
        self.add(clip, who, event)
        self.tier(clip, who, extension.status)

    def result(self, name: str) -> ReadBack:
        """Return what was gathered, clips in the order of the known document."""
        order = {(clip.subject, clip.name): i for i, clip in enumerate(self.known.clips)}
        found = sorted(self._events, key=lambda names: order.get(names, len(order)))
        clips = (
            replace(
                self._clips[names],
                tiers={c: self._tier((*names, c)) for c in sorted(self._events[names])},
            )
            for names in found
        )
        return ReadBack(ExchangeDocument(name, tuple(clips)), tuple(self.findings))

    def _tier(self, names: tuple[str, str, str]) -> Annotation:
        stated = self._status[names]
        # Labels of several origins, or of a program that knows no status, are yet to be looked at.
        status = next(iter(stated)) if len(stated) == 1 else Status.DRAFT
        return annotation(self._events[names[:2]][names[2]], status)


def clip_of_file(
    subject: str, name: str, media: str, rate: object, n_frames: object
) -> ExchangeClip | None:
    """Return a clip that only the file knows, if it says the rate and the number of frames."""
    count = exact_ms(n_frames, 1)
    if not isinstance(rate, (str, int, float)) or count is None or not name:
        return None
    try:
        fps = parse_rate(rate)
    except LabelError:
        return None
    frames = round(count)
    if not 0 < frames <= _MAX_FRAMES:
        return None
    return ExchangeClip(subject, name, media, TimeBase.uniform(fps, frames))
