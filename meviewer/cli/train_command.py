"""``meviewer train``: train and evaluate as an experiment file says; the window runs the same."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from meviewer.cli.main import Outcome
from meviewer.cli.output import Progress, to_json
from meviewer.data.atomic import write_text
from meviewer.experiment import records
from meviewer.experiment.comparison import compare
from meviewer.experiment.conditions import condition_table
from meviewer.experiment.records import AnyRecord, Record
from meviewer.experiment.runs import RunFolder
from meviewer.experiment.spec import ExperimentSpec
from meviewer.experiment.spec_set import SpecSet, read_any
from meviewer.experiment.spec_text import changed, to_toml
from meviewer.nn import memory
from meviewer.nn.tasks import TrainArguments, train
from meviewer.present import comparison, conditions


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("spec", type=Path, help="the experiment, or several, in a TOML file")
    parser.add_argument("--project", type=Path, help="not needed for ready flow pictures")
    parser.add_argument("--out", type=Path, required=True, help="run folder to write")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        dest="changes",
        help="another value for a field of the experiment; may be given several times",
    )
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="VARIANT",
        help="of a file with several experiments, this one; may be given several times",
    )
    parser.add_argument("--resume", action="store_true", help="go on with an interrupted run")
    parser.add_argument(
        "--tensorboard",
        action="store_true",
        help="write TensorBoard's event files into the run folder, beside log.csv",
    )
    parser.add_argument(
        "--engine",
        choices=("local", "ray"),
        default="local",
        help="train the folds on this machine, or on a Ray cluster",
    )
    parser.add_argument("--json", action="store_true", help="records as JSON lines")


def run(arguments: argparse.Namespace) -> Outcome:
    """Run it; Ctrl+C leaves finished folds whole, and ``--resume`` goes on."""
    found = read_any(arguments.spec)
    if isinstance(found, SpecSet):
        chosen = found.of(arguments.only) if arguments.only else found
        return _run_set(chosen.changed(arguments.changes), arguments)
    _train(changed(found, arguments.changes), arguments.out, arguments)
    return Outcome()


def _run_set(found: SpecSet, arguments: argparse.Namespace) -> Outcome:
    """Train each of several experiments into a folder of its own, and compare them."""
    if arguments.engine == "local":
        memory.check(found.specs)
    folders = {name: arguments.out / name for name in found.specs}
    for name, spec in found.specs.items():
        if not arguments.json:
            print(f"{name}:", flush=True)
        _train(spec, folders[name], arguments)
    runs = {name: RunFolder.open(folder) for name, folder in folders.items()}
    if len(runs) == 1:
        return Outcome()
    name, texts, told = _compared(found, runs)
    for ending, text in texts.items():
        write_text(arguments.out / f"{name}.{ending}", text)
    if not arguments.json:
        print(f"\n{told}", flush=True)
    return Outcome()


def _compared(found: SpecSet, runs: dict[str, RunFolder]) -> tuple[str, dict[str, str], str]:
    """Return the name of the files that compare runs, their texts by ending, and it in words."""
    if found.conditions:
        table = condition_table(runs, found.conditions)
        texts = {
            "csv": conditions.to_csv(table),
            "tex": conditions.to_latex(table),
            "md": conditions.to_markdown(table),
            "json": to_json(table),
        }
        return "conditions", texts, conditions.told(table)
    every = compare(list(runs.items()))
    texts = {"csv": comparison.to_csv(every), "tex": comparison.to_latex(every)}
    return "comparison", {**texts, "json": to_json(every)}, comparison.told(every)


def _train(spec: ExperimentSpec, out: Path, arguments: argparse.Namespace) -> None:
    project = str(arguments.project or "")
    wanted = TrainArguments(
        project,
        to_toml(spec),
        str(out),
        arguments.resume,
        arguments.tensorboard,
        arguments.engine,
    )
    progress = Progress()
    for record in train(wanted):
        if arguments.json:
            sys.stdout.write(records.encode(record).decode() + "\n")
            sys.stdout.flush()
        else:
            _tell(record, progress)


def _tell(record: Record | AnyRecord, progress: Progress) -> None:
    """Say in a line what a person watching wants to know."""
    match record:
        case records.Preparing(done=done, total=total):
            progress.say(f"motion of {done} of {total} clips")
        case records.Skipped(subject=subject, clip=clip, reason=reason):
            _line(progress, f"left out: {subject}/{clip}: {reason}")
        case records.Warned(text=text):
            _line(progress, f"note: {text}")
        case records.RunStarted():
            _line(progress, _started(record))
        case records.EpochDone(fold=fold, epoch=epoch, n_epochs=n_epochs, loss=loss):
            progress.say(f"fold {fold + 1}, epoch {epoch} of {n_epochs}, loss {loss:.3f}")
        case records.ReferenceDone(scores=scores):
            words = f"UF1 {scores.uf1:.3f}, UAR {scores.uar:.3f}, {scores.seconds:.1f} s"
            _line(progress, f"reference, {scores.text.split(',')[0]}: {words}")
        case records.FoldDone():
            hits = sum(t == p for t, p in zip(record.truth, record.predicted, strict=True))
            restored = ", as it was" if record.restored else f", {record.seconds:.1f} s"
            _line(progress, f"{record.subject}: {hits} of {len(record.truth)} right{restored}")
        case records.RunDone(scores=scores, folder=folder):
            _line(progress, _scores(scores) + f"\n{folder}")
        case _:
            pass


def _started(record: records.RunStarted) -> str:
    classes = ", ".join(
        f"{name} {n}" for name, n in zip(record.classes, record.class_counts, strict=True)
    )
    size = f", {record.n_parameters:,} parameters" if record.n_parameters else ""
    return (
        f"{record.network}{size}, on {record.device}\n"
        f"{record.n_samples} clips in {len(record.subjects)} folds: {classes}"
    )


def _scores(scores: records.Scores) -> str:
    parts = []
    for name, words in (("uf1", "UF1"), ("uar", "UAR"), ("accuracy", "accuracy")):
        text = f"{words} {getattr(scores, name):.3f}"
        if name in scores.intervals:
            low, high = scores.intervals[name]
            text += f" [{low:.2f}, {high:.2f}]"
        parts.append(text)
    words = f"{scores.protocol}: " + ", ".join(parts)
    for other in scores.others.values():
        words += f"\n{other.text}: UF1 {other.uf1:.3f}, accuracy {other.accuracy:.3f}"
    if scores.reference is not None and "uf1" in scores.reference.differences:
        value, low, high = scores.reference.differences["uf1"]
        words += f"\nless the kernel ridge: UF1 {value:+.3f} [{low:+.2f}, {high:+.2f}]"
    return words


def _line(progress: Progress, text: str) -> None:
    progress.end()
    print(text, flush=True)
