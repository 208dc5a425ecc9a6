"""The reference beside a network, in one line: what it reaches, and what the network adds."""

from __future__ import annotations

from meviewer.experiment.records import ReferenceScores
from meviewer.experiment.run_values import BY_PHASES, OPTIMISTIC
from meviewer.present.training_state import TrainingState
from meviewer.present.training_words import duration, score, signed
from meviewer.present.wording import counted

_TITLES = {"krr": "Kernel ridge"}
_OTHERS = {
    BY_PHASES: "Rise and fall instead",
    OPTIMISTIC: "NO result, best epoch on the test clips",
}


def reference_line(state: TrainingState) -> str:
    """Return the line below the scores; empty where there is no reference."""
    found = state.reference
    if found is None:
        return ""
    words = f"{title(found)}: UF1 {_with_limits(found, 'uf1')}"
    if "uf1" not in found.differences:
        return words
    return f"{words}, network {_difference(found, 'uf1')}: {_verdict(found)}"


def reference_tip(state: TrainingState) -> str:
    """Say with which settings the reference was scored, on how many folds, and how long it took."""
    found = state.reference
    if found is None:
        return ""
    lines = [
        f"UF1 {_with_limits(found, 'uf1')}, UAR {_with_limits(found, 'uar')}",
        f"{found.text[:1].upper()}{found.text[1:]}",
        f"on the same {counted(found.n_folds, 'fold')}, all folds in {duration(found.seconds)}",
        "Differences are drawn from the same subjects for both, 2,000 times.",
    ]
    for name in ("uf1", "uar"):
        if name in found.differences:
            words = f"{name.upper()} of this network less that of the reference"
            lines.append(f"{words}: {_difference(found, name)}")
    return "\n".join(lines)


def others_line(state: TrainingState) -> str:
    """Return what stands beside the scores and must not be taken for them; empty if nothing."""
    found = {} if state.scores is None else state.scores.others
    return "; ".join(
        f"{_OTHERS.get(name, name)}: UF1 {score(one.uf1)}" for name, one in found.items()
    )


def others_tip(state: TrainingState) -> str:
    """Say how these came about, with their other scores."""
    found = {} if state.scores is None else state.scores.others
    return "\n".join(
        f"{one.text[:1].upper()}{one.text[1:]}: UF1 {score(one.uf1)}, UAR {score(one.uar)},"
        f" accuracy {score(one.accuracy)}"
        for one in found.values()
    )


def title(found: ReferenceScores) -> str:
    """Return the name of a reference for people."""
    return _TITLES.get(found.name, found.name)


def _with_limits(found: ReferenceScores, name: str) -> str:
    text = score(getattr(found, name))
    if name not in found.intervals:
        return text
    low, high = found.intervals[name]
    return f"{text} [{score(low, 2)}, {score(high, 2)}]"


def _difference(found: ReferenceScores, name: str) -> str:
    value, low, high = found.differences[name]
    return f"{signed(value)} [{signed(low, 2)}, {signed(high, 2)}]"


def _verdict(found: ReferenceScores) -> str:
    """Say what the interval allows to be said."""
    _value, low, high = found.differences["uf1"]
    if low > 0:
        return "better"
    return "worse" if high < 0 else "no clear difference"
