"""What a worker is told of the clips whose labels are to be looked at for the review queue."""

from __future__ import annotations

import msgspec

from meviewer.experiment.records import AnyRecord, LookedAt
from meviewer.nn.suggest_units import ClipUnit, Search


class LookUnit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One clip with the labels to look at, the unit of work."""

    clip: ClipUnit

    def answer(self, record: AnyRecord) -> LookedAt | None:
        """Return the record if it is about this clip."""
        is_mine = isinstance(record, LookedAt) and record.sample_id == self.clip.sample_id
        return record if isinstance(record, LookedAt) and is_mine else None

    def given_up(self, reason: str) -> LookedAt:
        """Return the record of a clip that no worker survives."""
        return LookedAt(sample_id=self.clip.sample_id, reason=reason)


class LookArguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Arguments of `look_at_labels`."""

    units: tuple[LookUnit, ...]
    search: Search = Search()
