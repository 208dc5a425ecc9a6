"""What a run said of the clips of a project, as a page to read: with all that it does not know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from meviewer.experiment.answers import ClipAnswer
from meviewer.experiment.records import Scores
from meviewer.present.training_answers import AskedClip, summary
from meviewer.present.training_clip import undecided
from meviewer.present.training_runs import RunFacts, network_title
from meviewer.present.training_words import MISSING, interval, percent, score
from meviewer.present.wording import counted

WHAT_IT_IS = (
    "Each answer is the name that a network gave to one movement of a face in a recording. It is"
    " not a measurement of what a person felt, no diagnosis, and no test of whether somebody tells"
    " the truth. A trained person has to look at each movement before anything follows from it."
)
HELD_OUT = "held out"
"""Of whom this is said an answer comes from the fold that was measured on that person."""

SCORE_HEADS = ("Measure", "Value", "95 % interval", "Clips")
ANSWER_HEADS = (
    *("Subject", "Clip", "Onset, s", "Apex, s", "Offset, s", "Keyframes", "Says", "Probability"),
    *("Next", "Probability", "Remark"),
)
LEFT_OUT_HEADS = ("Subject", "Clip", "Why there is no answer")

_FIGURES = ("Onset, s", "Apex, s", "Offset, s", "Probability", "Value", "Clips")
_MEASURES = (("uf1", "UF1"), ("uar", "UAR (mean recall)"), ("accuracy", "Accuracy"))
_STYLE = """
body { font-family: Inter, sans-serif; color: #23282E; margin: 2rem auto; max-width: 72rem; }
table { border-collapse: collapse; margin: 1rem 0 2rem; font-size: 0.85rem; }
th, td { padding: 4px 10px; border-bottom: 1px solid #D9DDE2; vertical-align: top; }
th { font-weight: 600; } .note { color: #5B646E; }
@media print { body { margin: 0; } tr { break-inside: avoid; } }
"""


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """Where a report comes from.

    Attributes
    ----------
    project : str
        Its name.
    run : RunFacts
    scores : Scores or None
        Of the run, measured on people whom the networks had not seen; None: nobody has measured.
    made : str
        When, in words.
    version : str
        Of the program.
    """

    project: str
    run: RunFacts
    scores: Scores | None
    made: str
    version: str

    def line(self) -> str:
        """Return it in one line."""
        spec = self.run.spec
        device = f"; trained on {self.scores.device}" if self.scores is not None else ""
        return (
            f"{self.project}; run {self.run.name}: {network_title(spec)} on {spec.representation},"
            f" {spec.input_px} px, labels by {spec.label_tier}, classes {spec.class_scheme}"
            f"{device}; written {self.made} by meviewer {self.version}"
        )


def as_html(clips: Sequence[AskedClip], facts: ReportFacts) -> str:
    """Return a page that needs nothing else."""
    title = f"Recognition report: {escape(facts.project)}"
    answered = [one for one in clips if one.answer is not None]
    left_out = [one for one in clips if one.answer is None]
    parts = [
        f"<h1>{title}</h1>",
        f"<p>{escape(summary(clips))}, by {escape(facts.run.name)}.</p>",
        f"<p><b>{escape(WHAT_IT_IS)}</b></p>",
        _list("What this report does not know", unknowns(clips, facts)),
        _table("Answers", ANSWER_HEADS, [answer_row(one) for one in answered]),
    ]
    if left_out:
        parts.append(_table("Without an answer", LEFT_OUT_HEADS, map(left_out_row, left_out)))
    if facts.scores is not None:
        heading = "How often this run was right about people whom it had not seen"
        parts.append(_table(heading, SCORE_HEADS, score_rows(facts.scores)))
        parts.append(f'<p class="note">{escape(_protocol(facts.scores))}</p>')
    parts.append(f'<p class="note">{escape(facts.line())}</p>')
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{title}</title><style>{_STYLE}</style></head>\n"
        f"<body>\n{chr(10).join(parts)}\n</body></html>\n"
    )


def unknowns(clips: Sequence[AskedClip], facts: ReportFacts) -> list[str]:
    """Return in sentences what cannot be concluded from the answers, the gravest first."""
    answered = [one for one in clips if one.answer is not None]
    return [*_of_the_run(answered, facts), *_of_the_clips(clips, answered)]


def _of_the_run(answered: Sequence[AskedClip], facts: ReportFacts) -> Iterable[str]:
    if facts.scores is None:
        yield "Nobody has measured how often this run is right: its answers have no known worth."
    elif facts.scores.folds_done < facts.scores.n_folds:
        yield "The run is not finished: its scores are of a part of its people alone."
    if facts.run.state == "stale":
        yield "Labels have changed since the run was trained: its scores are of the older labels."
    names = list(
        dict.fromkeys(n for one in answered if one.answer for n in one.answer.probabilities)
    )
    if names:
        yield (
            f"The run knows {', '.join(names)}, and has to name one of them: also for another"
            " movement, such as a blink or a word, and where nothing moves."
        )
    yield (
        "Probabilities are what the network is trained to give. They have not been checked against"
        " how often it is right, and a single answer has no interval."
    )
    yield (
        "Whether camera, light, frame rate and faces are like those of the training was not"
        " examined. Where they differ, the scores below do not hold."
    )
    joint = sum(one.answer is not None and HELD_OUT not in one.answer.model for one in answered)
    if joint and facts.scores is not None:
        yield (
            f"{counted(joint, 'answer')} came from the final model or from all folds together: the"
            " scores below are of the networks of single folds, each without some of the people."
        )


def _of_the_clips(clips: Sequence[AskedClip], answered: Sequence[AskedClip]) -> Iterable[str]:
    close = sum(undecided(one.answer.probabilities.values()) for one in answered if one.answer)
    if close:
        yield (
            f"{counted(close, 'answer')} undecided: no class has half of the probability, so that"
            " the others together are more probable than the one that is named."
        )
    rough = sum(one.answer is not None and one.answer.rough for one in answered)
    if rough:
        yield (
            f"In {counted(rough, 'clip')} nobody has marked the movement: its keyframes were looked"
            " for, roughly, where the clip differs most from its ends."
        )
    stale = sum(one.stale for one in clips)
    if stale:
        yield f"{counted(stale, 'answer')} older than the label, the clip or the run: ask again."
    missing = len(clips) - len(answered)
    if missing:
        yield f"{counted(missing, 'row')} without an answer: nothing is known of what is there."


def answer_row(one: AskedClip) -> tuple[str, ...]:
    """Return the words of a clip with an answer under `ANSWER_HEADS`."""
    answer = one.answer
    assert answer is not None
    rate = float(one.sample.rate)
    times = [f"{index / rate:.3f}" for index in answer.keyframes]
    ranked = sorted(answer.probabilities.items(), key=lambda item: -item[1])
    following = [(name, share) for name, share in ranked if name != answer.predicted][:1]
    name, share = following[0] if following else (MISSING, None)
    return (
        *(one.sample.subject, one.name, *times),
        "looked for" if answer.rough else f"by {one.coder}" if one.coder else "given",
        *(answer.predicted, percent(answer.probabilities[answer.predicted])),
        *(name, MISSING if share is None else percent(share)),
        _remark(one, answer),
    )


def _remark(one: AskedClip, answer: ClipAnswer) -> str:
    words = ["undecided"] if undecided(answer.probabilities.values()) else []
    words.append(answer.model)
    if one.stale:
        words.append("stale")
    if one.label and one.label != answer.predicted:
        words.append(f"the label says {one.label}")
    return "; ".join(words)


def left_out_row(one: AskedClip) -> tuple[str, ...]:
    """Return the words of a clip without an answer under `LEFT_OUT_HEADS`."""
    return (one.sample.subject, one.name, one.reason or "it was not asked about")


def score_rows(scores: Scores) -> list[tuple[str, ...]]:
    """Return the pooled scores, and the recall of each class, under `SCORE_HEADS`."""
    pooled: list[tuple[str, ...]] = [
        (title, score(getattr(scores, name)), _limits(scores, name), str(scores.n_samples))
        for name, title in _MEASURES
    ]
    each = zip(scores.classes, scores.recalls, scores.confusion, strict=True)
    return pooled + [
        (f"recall of {name}", score(recall), MISSING, str(sum(counts)))
        for name, recall, counts in each
    ]


def _limits(scores: Scores, name: str) -> str:
    if name not in scores.intervals:
        return "none: fewer than three people"
    return interval(*scores.intervals[name]).removeprefix("95 %: ")


def _protocol(scores: Scores) -> str:
    n = len(scores.classes) - len(scores.absent)
    people, chance = counted(len(scores.per_subject), "person", "people"), score(1 / max(n, 1))
    return (
        f"{people}, {counted(scores.n_samples, 'clip')}; {scores.protocol}. Guessing gives a mean"
        f" recall of {chance}. Intervals are from drawing whole people: where all come out alike,"
        " that shows no doubt, though there is some. A recall has no interval here."
    )


def _list(title: str, lines: Sequence[str]) -> str:
    items = "".join(f"<li>{escape(line)}</li>\n" for line in lines)
    return f"<h2>{escape(title)}</h2>\n<ul>\n{items}</ul>"


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    # Attributes, not rules: what writes the PDF knows few selectors.
    sides = ["right" if name in _FIGURES else "left" for name in heads]

    def line(tag: str, cells: Sequence[str]) -> str:
        each = zip(sides, cells, strict=True)
        return "".join(f'<{tag} align="{side}">{escape(cell)}</{tag}>' for side, cell in each)

    body = "\n".join(f"<tr>{line('td', row)}</tr>" for row in rows)
    head = f"<thead><tr>{line('th', heads)}</tr></thead>"
    return f"<h2>{escape(title)}</h2>\n<table>{head}\n{body}</table>"
