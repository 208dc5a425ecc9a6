"""What a worker process runs for the window: train, predict, list devices. Loads torch late."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

from meviewer.core.errors import ExperimentError, MeviewerError, WeightsError
from meviewer.core.events import Keyframes
from meviewer.experiment.records import Predicted, Preparing, Record, Skipped, Warned, Written
from meviewer.experiment.runs import RunFolder
from meviewer.experiment.spec import KERNEL, ExperimentSpec
from meviewer.experiment.spec_text import from_toml
from meviewer.nn import extra, kernel_run, pictures, rough_keyframes
from meviewer.nn.batches import Gathering, gather
from meviewer.nn.monitor import followed
from meviewer.nn.usage import with_usage
from meviewer.project.project import Project

if TYPE_CHECKING:
    from meviewer.data.clip import Clip
    from meviewer.nn.predict import Answer, Predictor


class TrainArguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Arguments of `train`.

    Attributes
    ----------
    project : str
        Project folder; may be empty for an experiment on ready pictures.
    spec : str
        The experiment as TOML text.
    out : str
        Run folder.
    resume : bool
        Go on with the run that is there.
    tensorboard : bool
        Write TensorBoard's event files beside ``log.csv``.
    engine : str
        ``local`` or ``ray``; see `meviewer.nn.engine`.
    """

    project: str
    spec: str
    out: str
    resume: bool = False
    tensorboard: bool = False
    engine: Literal["local", "ray"] = "local"


class ClipArguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One clip to recognise.

    Attributes
    ----------
    path : str
    keyframes : tuple of int, optional
        Onset, apex, offset as frame indices; without them they are looked for, and found
        roughly; see `rough_keyframes`.
    subject : str
        Whose clip it is, if known: that subject's own fold answers.
    """

    path: str
    keyframes: tuple[int, int, int] | None = None
    subject: str = ""


class PredictArguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Arguments of `predict`.

    Attributes
    ----------
    run : str
        Run folder.
    clips : tuple of ClipArguments
    device : str
        ``auto``, ``cpu``, ``cuda`` or ``mps``.
    maps : str
        Folder for the networks' inner pictures, one safetensors file a clip; empty for none.
    """

    run: str
    clips: tuple[ClipArguments, ...]
    device: str = "cpu"
    maps: str = ""


class OnnxArguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Arguments of `export_onnx`: run folder, and the file to write."""

    run: str
    out: str


class DevicesArguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Arguments of `devices`: none."""


def train(arguments: TrainArguments) -> Iterator[Record]:
    """Train and evaluate; see `meviewer.nn.training.train`."""
    folder = Path(arguments.out)
    records = with_usage(_trained(arguments))
    yield from followed(records, folder, tensorboard=arguments.tensorboard)


def _trained(arguments: TrainArguments) -> Iterator[Record]:
    spec = from_toml(arguments.spec)
    run, out = _trainer(spec, arguments.engine), Path(arguments.out)
    if spec.pictures:
        spec = pictures.on_pictures(spec)
        yield Warned(text=pictures.ONE_PHASE, where=spec.pictures)
        yield from run(pictures.gather_pictures(spec), spec, out, resume=arguments.resume)
        return
    if not arguments.project:
        raise ExperimentError(
            "There is nothing to train on", now="give a project, or a folder of flow pictures"
        )
    with Project.open(Path(arguments.project), read_only=True) as project:
        yield from run(gather(project, spec), spec, out, resume=arguments.resume)


def predict(arguments: PredictArguments) -> Iterator[Record]:
    """Recognise clips: a `Predicted` each, or a `Skipped` with the reason."""
    run = RunFolder.open(Path(arguments.run))
    check_answers(run)
    extra.require()
    from meviewer.nn import device
    from meviewer.nn.predict import Predictor

    chosen = device.pick(arguments.device)
    predictor = Predictor(run, chosen)
    for done, clip in enumerate(arguments.clips):
        yield Preparing(done=done, total=len(arguments.clips), text=clip.path)
        yield _predicted(predictor, clip, arguments.maps, done)


def export_onnx(arguments: OnnxArguments) -> Iterator[Record]:
    """Write the final model of a run as ONNX, once it is checked."""
    extra.require()
    from meviewer.nn.onnx_export import export

    run = RunFolder.open(Path(arguments.run))
    check_answers(run)
    found = export(run, Path(arguments.out))
    words = f"{found.model}, checked with {found.checked_with}"
    yield Written(path=str(found.path), text=words)


def devices(arguments: DevicesArguments) -> Iterator[Record]:
    """Say what a training can run on, the best first."""
    extra.require()
    from meviewer.nn import device

    yield from device.found()


def check_answers(run: RunFolder) -> None:
    """Make sure that a run can recognise clips."""
    why = ""
    if run.spec.network == KERNEL:
        why = "the kernel ridge compares clips with all training clips and keeps nothing"
    elif run.spec.pictures:
        why = "it was trained on ready pictures, which no clip gives"
    if why:
        raise WeightsError(
            "This run has no network to ask",
            where=str(run.folder),
            why=why,
            now="choose a run of a network on clips",
        )


class _Trainer(Protocol):
    """What trains an experiment."""

    def __call__(
        self, gathering: Gathering, spec: ExperimentSpec, out: Path, *, resume: bool
    ) -> Iterator[Record]:
        """See `meviewer.nn.training.train`."""


def _trainer(spec: ExperimentSpec, engine: str) -> _Trainer:
    """Return what trains a network, or what does without torch."""
    if spec.network == KERNEL:
        return kernel_run.train
    extra.require()
    from meviewer.nn import training

    return partial(training.train, on=engine)


def _predicted(
    predictor: Predictor, wanted: ClipArguments, maps: str, number: int
) -> Predicted | Skipped:
    from meviewer.data.clip import open_clip

    started = time.monotonic()
    try:
        with open_clip(Path(wanted.path)) as clip:
            keyframes = _keyframes(clip, wanted)
            seen = predictor.wanted.look(clip, keyframes)
            answer = predictor.answer(seen, wanted.subject, clip.fingerprint, salient=bool(maps))
    except MeviewerError as error:
        return Skipped(subject=wanted.subject, clip=wanted.path, reason=str(error))
    return Predicted(
        clip=wanted.path,
        classes=predictor.classes,
        probabilities=tuple(answer.probabilities.tolist()),
        predicted=predictor.classes[int(answer.probabilities.argmax())],
        model=answer.model,
        keyframes=(keyframes.onset, keyframes.apex, keyframes.offset),
        seconds=time.monotonic() - started,
        rough=wanted.keyframes is None,
        maps=_write_maps(answer, maps, number),
    )


def _keyframes(clip: Clip, wanted: ClipArguments) -> Keyframes:
    if wanted.keyframes is not None:
        return Keyframes(*wanted.keyframes)
    return rough_keyframes.find(clip)


def _write_maps(answer: Answer, folder: str, number: int) -> str:
    if not folder:
        return ""
    from safetensors.numpy import save

    from meviewer.data.atomic import write_bytes

    path = Path(folder) / f"maps_{number:03d}.safetensors"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, save(answer.maps))
    return str(path)
