"""A training that computes nothing: the records of a real one, made up, for tests of the window.

Run as a script it is a worker process whose tasks are the functions below.
"""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Iterator

import msgspec

from meviewer.core.errors import ExperimentError, MissingExtraError
from meviewer.experiment import metrics
from meviewer.experiment import records as r

CLASSES = ("happiness", "disgust", "repression", "surprise", "others")


class Arguments(msgspec.Struct, kw_only=True):
    """What the tests ask of it; everything that a real training is given is taken too."""

    subjects: int = 4
    epochs: int = 5
    clips: int = 5
    stop_at: int = -1
    end: str = "done"
    pause_s: float = 0.0
    project: str = ""
    spec: str = ""
    out: str = ""
    resume: bool = False
    run: str = ""
    clip: str = ""
    clips_asked: list[str] = []
    rough: list[bool] = []


def truth_and_guess(fold: int, clips: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Every class once or more, with one mistake in two folds of three."""
    truth = tuple((fold + k) % len(CLASSES) for k in range(clips))
    guess = list(truth)
    if fold % 3:
        guess[0] = (truth[0] + 1) % len(CLASSES)
    return truth, tuple(guess)


def fold_done(fold: int, n_folds: int, clips: int = 5, restored: bool = False) -> r.FoldDone:
    truth, guess = truth_and_guess(fold, clips)
    probabilities = tuple(
        tuple(0.8 if k == said else 0.05 for k in range(len(CLASSES))) for said in guess
    )
    return r.FoldDone(
        fold=fold,
        n_folds=n_folds,
        subject=f"sub{fold + 1:02d}",
        sample_ids=tuple(range(fold * clips, (fold + 1) * clips)),
        names=tuple(f"clip{k}" for k in range(clips)),
        truth=truth,
        predicted=guess,
        probabilities=probabilities,
        seconds=20.0 + fold,
        restored=restored,
    )


def scores(folds: list[r.FoldDone], n_folds: int) -> r.Scores:
    truth = [t for fold in folds for t in fold.truth]
    guess = [p for fold in folds for p in fold.predicted]
    n = len(CLASSES)
    counts = metrics.confusion(truth, guess, n)
    measures = {"accuracy": metrics.accuracy, "uf1": metrics.uf1, "uar": metrics.uar}
    found = {name: measure(truth, guess, n) for name, measure in measures.items()}
    intervals = (
        {name: (max(v - 0.08, 0.0), min(v + 0.07, 1.0)) for name, v in found.items()}
        if len(folds) > 2
        else {}
    )
    return r.Scores(
        **found,
        n_samples=len(truth),
        n_folds=n_folds,
        folds_done=len(folds),
        classes=CLASSES,
        confusion=tuple(tuple(line) for line in counts.tolist()),
        recalls=metrics.recalls(counts),
        absent=(),
        per_subject={
            fold.subject: r.SubjectScore(
                n=len(fold.truth),
                **{name: f(fold.truth, fold.predicted, n) for name, f in measures.items()},
            )
            for fold in folds
        },
        intervals=intervals,
        per_seed={},
        protocol="loso, fixed epochs",
        device="CPU, 2 threads",
        seconds=sum(fold.seconds for fold in folds),
    )


def started(n_folds: int, epochs: int, clips: int = 5, finished=()) -> r.RunStarted:
    return r.RunStarted(
        folder="/runs/7",
        network="fmanet-light",
        n_parameters=210_000,
        n_samples=n_folds * clips,
        classes=CLASSES,
        class_counts=tuple(n_folds for _ in CLASSES),
        subjects=tuple(f"sub{k + 1:02d}" for k in range(n_folds)),
        epochs=epochs,
        seeds=(0,),
        device="CPU, 2 threads",
        finished=finished,
    )


def epoch_done(fold: int, epoch: int, n_epochs: int) -> r.EpochDone:
    share = epoch / n_epochs
    return r.EpochDone(
        fold=fold,
        seed=0,
        epoch=epoch,
        n_epochs=n_epochs,
        loss=1.62 * math.exp(-3 * share) + 0.1 * math.cos(epoch + fold) * 0.4 + 0.15,
        accuracy=1 - 0.8 * math.exp(-3 * share) - 0.02 * math.cos(epoch * 1.7 + fold),
        learning_rate=1e-3,
        seconds=0.5,
    )


def training(
    n_folds: int, epochs: int, clips: int = 5, until: tuple[int, int] | None = None
) -> Iterator[r.Record]:
    """The records of a run; it ends after epoch ``until[1]`` of fold ``until[0]``."""
    for k in range(3):
        yield r.Preparing(done=k, total=3, text=f"sub01/clip{k}")
    yield r.Skipped(subject="sub02", clip="clip9", reason="it has no offset", sample_id=9)
    yield started(n_folds, epochs, clips)
    folds: list[r.FoldDone] = []
    for fold in range(n_folds):
        yield r.FoldStarted(
            fold=fold,
            n_folds=n_folds,
            subject=f"sub{fold + 1:02d}",
            n_train=(n_folds - 1) * clips,
            n_test=clips,
            seed=0,
        )
        for epoch in range(1, epochs + 1):
            yield epoch_done(fold, epoch, epochs)
            if (fold, epoch) == until:
                return
        folds.append(fold_done(fold, n_folds, clips))
        yield folds[-1]
        yield scores(folds, n_folds)
    yield r.RunDone(folder="/runs/7", scores=scores(folds, n_folds))


def train(arguments: Arguments) -> Iterator[msgspec.Struct]:
    """Train nothing, and end as the test wants."""
    if arguments.end == "missing":
        raise MissingExtraError(
            "Training needs PyTorch", where="torch", why="it is not there", now="install it"
        )
    for count, record in enumerate(training(arguments.subjects, arguments.epochs, arguments.clips)):
        if count == arguments.stop_at:
            yield from _end(arguments.end)
            return
        yield record
        time.sleep(arguments.pause_s)


def _end(how: str) -> Iterator[msgspec.Struct]:
    if how == "crash":
        print("out of luck", file=sys.stderr, flush=True)
        os._exit(7)
    if how == "fail":
        raise ExperimentError("Two subjects are needed", where="sub01", now="label another")
    if how == "garbage":
        yield Garbage()
    while how == "hang":
        time.sleep(0.01)
        yield r.Warned(text="still here")


class Garbage(msgspec.Struct):
    """No record of a training."""

    garbage: int = 1


def predict(arguments: Arguments) -> Iterator[msgspec.Struct]:
    """Say the same of every clip."""
    for done, clip in enumerate(arguments.clips_asked or [arguments.clip]):
        yield r.Preparing(done=done, total=len(arguments.clips_asked) or 1, text=clip)
        yield r.Predicted(
            clip=clip,
            classes=CLASSES,
            probabilities=(0.62, 0.2, 0.1, 0.05, 0.03),
            predicted="happiness",
            model="final model",
            keyframes=(10, 20, 30),
            seconds=0.4,
            rough=bool(arguments.rough) and arguments.rough[done],
        )
        time.sleep(arguments.pause_s)


def export_onnx(arguments: Arguments) -> Iterator[msgspec.Struct]:
    """Write nothing, or refuse."""
    if arguments.end == "missing":
        raise MissingExtraError("ONNX files need further libraries", now="install them")
    yield r.Written(path=arguments.out, text="final model, checked with nothing")


def devices(arguments: Arguments) -> Iterator[msgspec.Struct]:
    """A machine with a GPU."""
    yield r.Device(name="cuda", text="NVIDIA Test GPU", memory_bytes=24 << 30)
    yield r.Device(name="cpu", text="CPU, 2 threads")


if __name__ == "__main__":
    from meviewer.jobs import tasks, worker

    here = sys.modules[__name__]
    sys.modules["fake_training"] = here
    ours = ("train", "predict", "devices")
    tasks.TASKS.update({name: f"fake_training:{name}" for name in ours})
    tasks.TASKS["export-onnx"] = "fake_training:export_onnx"
    sys.exit(worker.main())
