"""``meviewer predict``: recognise clips with a trained run."""

from __future__ import annotations

import argparse
from pathlib import Path

from meviewer.cli.clips import add_keyframes, keyframes
from meviewer.cli.main import Outcome
from meviewer.cli.output import add_json, show, table
from meviewer.core.errors import JobError
from meviewer.core.events import Edge
from meviewer.data.clip import open_clip
from meviewer.experiment.records import Predicted, Skipped
from meviewer.nn.tasks import ClipArguments, PredictArguments, predict
from meviewer.project.blind_files import refuse_hidden


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("run", type=Path, help="run folder")
    parser.add_argument("clips", type=Path, nargs="+", help="clips to recognise")
    add_keyframes(parser)
    parser.add_argument("--subject", default="", help="whose clips: a held-out fold answers")
    parser.add_argument("--device", default="cpu", help="auto, cpu, cuda or mps")
    add_json(parser)


def run(arguments: argparse.Namespace) -> Outcome:
    """Recognise; without keyframes, rough ones are found in the clip."""
    clips = tuple(_clip(arguments, path) for path in arguments.clips)
    wanted = PredictArguments(str(arguments.run), clips, arguments.device)
    found = [r for r in predict(wanted) if isinstance(r, Predicted | Skipped)]
    document = [_plain(one) for one in found]
    show(document, arguments.json, lambda: _words(found))
    skipped = [one for one in found if isinstance(one, Skipped)]
    if len(skipped) == len(found):
        raise JobError("No clip could be recognised", where=skipped[0].clip, why=skipped[0].reason)
    return Outcome()


def _clip(arguments: argparse.Namespace, path: Path) -> ClipArguments:
    refuse_hidden(path)
    with open_clip(path) as clip:
        keys = keyframes(arguments, clip)
    indices = None if keys is None else (keys.onset, keys.apex, keys.offset)
    return ClipArguments(str(path.absolute()), indices, arguments.subject)


def _plain(one: Predicted | Skipped) -> dict[str, object]:
    if isinstance(one, Skipped):
        return {"clip": one.clip, "skipped": one.reason}
    with open_clip(Path(one.clip)) as clip:
        numbers = {e.value: clip.numbers[i] for e, i in zip(Edge, one.keyframes, strict=True)}
    return {
        "clip": one.clip,
        "predicted": one.predicted,
        "probabilities": dict(zip(one.classes, one.probabilities, strict=True)),
        "model": one.model,
        "keyframes": numbers,
    }


def _words(found: list[Predicted | Skipped]) -> str:
    blocks = []
    for one in found:
        if isinstance(one, Skipped):
            blocks.append(f"{one.clip}\n  left out: {one.reason}")
            continue
        ranked = sorted(zip(one.probabilities, one.classes, strict=True), reverse=True)
        rows = [(name, f"{share:.3f}") for share, name in ranked]
        blocks.append(f"{one.clip}\n{one.model}\n{table(('class', 'probability'), rows)}")
    return "\n\n".join(blocks)
