"""What the feature store is to be filled with: which representations of which events.

Without torch, so that the window can ask before a process of its own begins.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from meviewer.core.errors import ExperimentError, FaceError
from meviewer.core.events import Event, Keyframes
from meviewer.core.frames import rate_text
from meviewer.experiment.records import AnyRecord, Featured
from meviewer.nn.aligned import Placement
from meviewer.nn.event_features import REPRESENTATIONS, EventMotion
from meviewer.nn.phase_flow import why_unusable
from meviewer.project.project import Project
from meviewer.project.samples import Sample

MIN_PX, MAX_PX = 8, 2048
MAX_WORKERS = 256
DEVICES = ("cpu", "auto", "cuda", "mps")
_WHAT = "The features cannot be computed"


@dataclass(frozen=True, slots=True)
class FeatureOptions:
    """What is to be computed.

    Attributes
    ----------
    representations : tuple of str
        Of `meviewer.nn.event_features.REPRESENTATIONS`.
    size_px : int
        Width and height of all of them.
    tier : str
        Whose labels.
    workers : int
        Processes at once; 0: one a core.
    device : str
        Where flow is computed: ``cpu``, or ``auto``, ``cuda`` or ``mps`` by torch, many events at
        once and in at most 4 processes. The numbers are the same within 0.01 px.
    aligned : bool
        Cut out each clip's face first, see `meviewer.nn.aligned`; clips without one are skipped.

    Raises
    ------
    ExperimentError
        If one of them is out of its range.
    """

    representations: tuple[str, ...] = REPRESENTATIONS
    size_px: int = 224
    tier: str = "A"
    workers: int = 0
    device: str = "cpu"
    aligned: bool = False

    def __post_init__(self) -> None:
        unknown = [one for one in self.representations if one not in REPRESENTATIONS]
        if unknown or not self.representations:
            why = f"there is no representation {unknown[0]!r}" if unknown else "none is asked for"
            raise ExperimentError(_WHAT, why=why, now=f"choose of {', '.join(REPRESENTATIONS)}")
        if not MIN_PX <= self.size_px <= MAX_PX:
            raise ExperimentError(
                _WHAT, where=f"size {self.size_px}", now=f"give {MIN_PX} to {MAX_PX} px"
            )
        if not 0 <= self.workers <= MAX_WORKERS:
            raise ExperimentError(
                _WHAT, where=f"{self.workers} workers", now=f"give 1 to {MAX_WORKERS}"
            )
        if self.device not in DEVICES:
            raise ExperimentError(
                _WHAT, where=f"device {self.device!r}", now=f"choose of {', '.join(DEVICES)}"
            )


class EventUnit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One event, the unit of work.

    Attributes
    ----------
    sample_id, event_id : int
    subject, clip : str
        Names, for people.
    path : str
        Of the clip.
    rate : str
        Such as ``"200/1"``.
    fingerprint : str
        That the clip had when it came into the project.
    keyframes : tuple of int
        Onset, apex, offset as frame indices.
    placement : Placement or None
        How its frames are aligned first; None leaves them as they are.
    """

    sample_id: int
    event_id: int
    subject: str
    clip: str
    path: str
    rate: str
    fingerprint: str
    keyframes: tuple[int, int, int]
    placement: Placement | None = None

    def said(self, state: str, **more: object) -> Featured:
        """Return the record of what became of it."""
        whose = {name: getattr(self, name) for name in _WHOSE}
        return msgspec.convert({"record": "Featured", **whose, "state": state, **more}, Featured)

    def answer(self, record: AnyRecord) -> Featured | None:
        """Return the record if it is about this event."""
        whose = (self.sample_id, self.event_id)
        if isinstance(record, Featured) and (record.sample_id, record.event_id) == whose:
            return record
        return None

    def given_up(self, reason: str) -> Featured:
        """Return the record of an event that no worker survives."""
        return self.said("failed", reason=reason)

    def motion(self, size_px: int) -> EventMotion:
        """Return it as the store knows it."""
        keyframes = Keyframes(*self.keyframes)
        return EventMotion(self.fingerprint, keyframes, size_px, self.placement)


_WHOSE = ("sample_id", "event_id", "subject", "clip")


def events_of(
    project: Project, tier: str, *, aligned: bool = False
) -> tuple[list[EventUnit], list[Featured]]:
    """Return the events of a tier that something can be computed of, and records of the others.

    Raises
    ------
    ExperimentError
        If there is no such tier.
    """
    if tier not in project.coders():
        raise ExperimentError(
            _WHAT,
            where=str(project.folder),
            why=f"the project has no labels by {tier!r}",
            now="the tiers are " + (", ".join(project.coders()) or "none: label some clips first"),
        )
    labels = project.tier(tier)
    found = [(one, event) for one in project.samples() for event in labels.get(one.id, ())]
    units, skipped = [], []
    for sample, event in found:
        unit, reason = _unit(sample, event), _why_not(sample, event)
        if aligned and not reason:
            unit, reason = _placed(project, unit)
        if reason:
            skipped.append(unit.said("skipped", reason=reason))
        else:
            units.append(unit)
    return units, skipped


def _why_not(sample: Sample, event: Event) -> str:
    if not event.has_apex:
        return "its apex is not set"
    return why_unusable(event.keyframes, sample.n_frames)


def _placed(project: Project, unit: EventUnit) -> tuple[EventUnit, str]:
    """Return an event with its face in place, and why it cannot be."""
    try:
        placement = Placement.of(project.face(unit.sample_id))
    except FaceError as error:
        return unit, f"{error.what}: {error.why}" if error.why else error.what
    return msgspec.structs.replace(unit, placement=placement), ""


def _unit(sample: Sample, event: Event) -> EventUnit:
    return EventUnit(
        sample_id=sample.id,
        event_id=event.id,
        subject=sample.subject,
        clip=sample.name,
        path=str(sample.clip_path),
        rate=rate_text(sample.rate),
        fingerprint=sample.fingerprint,
        keyframes=(event.onset, event.apex, event.offset),
    )
