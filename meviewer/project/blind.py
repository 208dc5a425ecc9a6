"""Blind-first: whose suggestions stay hidden, on which clips, and until when.

A rule belongs to a project and a coder. A clip is hidden from its coder until the coder has
committed it once; taking the commit back does not hide it again, because it has been seen. A share
of the clips stays hidden for ever, for the report to compare with. Which ones follows from names
alone, so that it is the same on every machine and after a new import.
"""

from __future__ import annotations

import hashlib

import msgspec

from meviewer.core.annotation import Annotation, Status
from meviewer.core.errors import ProjectError
from meviewer.project import journal
from meviewer.project.journal import NewRow
from meviewer.project.project import Project, Sample

DONE = (Status.COMMITTED, Status.NONE_PRESENT, Status.ADJUDICATED)
"""States in which a coder has given a verdict."""

USUAL_SHARE = 0.2

_KEY = "blind-first"


class BlindRule(msgspec.Struct, frozen=True):
    """The rule of one coder.

    Attributes
    ----------
    share : float
        Of the clips, 0 to 1, that stay blind after they are committed.
    """

    share: float = USUAL_SHARE


def rules(project: Project) -> dict[str, BlindRule]:
    """Return the rules of a project by coder; a coder without one sees suggestions at once."""
    with project.database.reading() as connection:
        row = connection.execute("SELECT value FROM meta WHERE key = ?", (_KEY,)).fetchone()
    try:
        return {} if row is None else msgspec.json.decode(row[0], type=dict[str, BlindRule])
    except msgspec.MsgspecError as error:
        raise ProjectError(
            "The blind-first rules cannot be read",
            where=project.name,
            why=str(error),
            now="open a backup of the project: nothing is shown that should be hidden",
        ) from error


def set_rule(project: Project, coder: str, rule: BlindRule | None) -> None:
    """Begin or end blind-first for a coder, and note it in the journal; durable on return.

    Raises
    ------
    ProjectError
        If the share is none.
    """
    if rule is not None and not 0 <= rule.share <= 1:
        raise ProjectError(
            "This is no share of clips", where=str(rule.share), now="give a number from 0 to 1"
        )
    now = rules(project)
    after = {name: one for name, one in now.items() if name != coder}
    if rule is not None:
        after[coder] = rule
    if after == now:
        return
    words = "off" if rule is None else f"on, {rule.share:.0%} of the clips stay blind"
    with project.database.writing() as connection:
        connection.execute(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (_KEY, msgspec.json.encode(after).decode()),
        )
        journal.write_row(connection, NewRow(coder, None, "blind", f"Blind-first {words}"))


def stays_blind(coder: str, subject: str, clip: str, share: float) -> bool:
    """Return whether a clip is one of those that a coder never sees suggestions on.

    A larger share keeps all clips of a smaller one.
    """
    name = "\0".join((coder, subject, clip)).encode("utf-8", "surrogatepass")
    place = int.from_bytes(hashlib.sha256(name).digest()[:8], "big") / 2**64
    return place < share


def judged(project: Project, coder: str, only: int | None = None) -> frozenset[int]:
    """Return the samples that a coder has ever committed, by id: all of them, or one if it is."""
    marks = ", ".join("?" * len(DONE))
    with project.database.reading() as connection:
        rows = connection.execute(
            "SELECT DISTINCT sample_id FROM journal WHERE coder = ? AND sample_id IS NOT NULL"
            " AND (? IS NULL OR sample_id = ?) AND kind IN ('edit', 'undo', 'redo', 'import')"
            f" AND json_extract(CAST(after AS TEXT), '$.status') IN ({marks})",
            (coder, only, only, *(status.value for status in DONE)),
        ).fetchall()
    return frozenset(sample_id for (sample_id,) in rows)


def first_verdicts(project: Project, coder: str) -> dict[int, Annotation]:
    """Return a coder's labels as each sample was committed first, of those committed blind."""
    from meviewer.project.codec import decode

    marks = ", ".join("?" * len(DONE))
    with project.database.reading() as connection:
        rows = connection.execute(
            "SELECT sample_id, after, min(n) FROM journal"
            " WHERE coder = ? AND sample_id IS NOT NULL AND kind IN ('edit', 'redo', 'import')"
            f" AND json_extract(CAST(after AS TEXT), '$.status') IN ({marks}) GROUP BY sample_id",
            (coder, *(status.value for status in DONE)),
        ).fetchall()
        query = "SELECT min(n) FROM journal WHERE kind = 'blind' AND coder = ?"
        (began,) = connection.execute(query, (coder,)).fetchone()
    if began is None:
        return {}
    return {sample_id: decode(bytes(after)) for sample_id, after, n in rows if n > began}


def is_kept_blind(project: Project, sample: Sample, coder: str) -> bool:
    """Return whether a sample is one of those that its coder never sees suggestions on."""
    rule = rules(project).get(coder)
    return rule is not None and stays_blind(coder, sample.subject, sample.name, rule.share)


def is_hidden(project: Project, sample: Sample, coder: str) -> bool:
    """Return whether a coder may see no suggestion on a sample now."""
    if coder not in rules(project):
        return False
    return is_kept_blind(project, sample, coder) or not judged(project, coder, sample.id)


def hidden(project: Project, coder: str) -> frozenset[int]:
    """Return the samples on which a coder may see no suggestion now, by id."""
    rule = rules(project).get(coder)
    if rule is None:
        return frozenset()
    seen = judged(project, coder)
    return frozenset(
        sample.id
        for sample in project.samples()
        if sample.id not in seen or stays_blind(coder, sample.subject, sample.name, rule.share)
    )


def hidden_from_anyone(project: Project) -> dict[int, str]:
    """Return the samples that are hidden from any coder, each with a coder's name.

    For what leaves the window: nobody knows who reads a file or a terminal.
    """
    found: dict[int, str] = {}
    for coder in sorted(rules(project), reverse=True):
        found |= dict.fromkeys(hidden(project, coder), coder)
    return found


def tier_to_show(project: Project, coder: str) -> dict[int, Annotation]:
    """Return the tier of a coder for a file or a terminal: a machine's without hidden samples."""
    tier = project.tier(coder)
    if not project.is_machine(coder):
        return tier
    out = hidden_from_anyone(project)
    return {sample_id: labels for sample_id, labels in tier.items() if sample_id not in out}
