"""A model run by OpenCV: loaded when it is first wanted, one caller at a time."""

from __future__ import annotations

import threading
from types import ModuleType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from meviewer.core.errors import FaceError, MissingExtraError
from meviewer.data.face.models import ModelFile, located

Floats = NDArray[np.float32]


class _Net(Protocol):
    """What is used of ``cv2.dnn.Net``."""

    def setInput(self, blob: Floats) -> None: ...
    def getUnconnectedOutLayersNames(self) -> tuple[str, ...]: ...
    def forward(self, names: tuple[str, ...]) -> tuple[Floats, ...]: ...


class Network:
    """One model; callable from any thread.

    Parameters
    ----------
    model : ModelFile
    outputs : dict of str to int
        Names of our own for the outputs, by the number of values in each: OpenCV gives the
        layers other names in other versions.
    """

    def __init__(self, model: ModelFile, outputs: dict[str, int]) -> None:
        self._model, self._outputs = model, outputs
        self._lock = threading.Lock()
        self._net: _Net | None = None

    def __call__(self, picture: Floats) -> dict[str, Floats]:
        """Return the outputs, each as one row of float32.

        Parameters
        ----------
        picture : (S, S, 3) float32

        Raises
        ------
        MissingExtraError
            If the model or OpenCV is not installed.
        FaceError
            If this OpenCV cannot run it.
        """
        cv2 = opencv()
        blob = np.ascontiguousarray(picture.transpose(2, 0, 1))[None]
        with self._lock:
            try:
                if self._net is None:
                    self._net = _loaded(cv2, self._model)
                self._net.setInput(blob)
                outputs = self._net.forward(self._net.getUnconnectedOutLayersNames())
                found = [out.ravel().copy() for out in outputs]
            except cv2.error as error:
                raise _not_run(self._model, str(error), cv2) from error
        by_size = {len(out): out for out in found}
        if set(by_size) != set(self._outputs.values()):
            raise _not_run(self._model, f"it gave {sorted(by_size)} values", cv2)
        return {name: by_size[size] for name, size in self._outputs.items()}


def opencv() -> ModuleType:
    """Import OpenCV.

    Raises
    ------
    MissingExtraError
        If it is not installed, as on a bare training machine.
    """
    try:
        import cv2
    except ImportError as error:
        raise MissingExtraError(
            "Faces need OpenCV",
            why=str(error),
            now="Install it: pip install opencv-contrib-python-headless",
        ) from error
    module: ModuleType = cv2
    return module


def _loaded(cv2: ModuleType, model: ModelFile) -> _Net:
    # The newer engine of OpenCV 5 loses one of two outputs, and it is taken whatever is asked for
    # when the model comes as bytes instead of a file. OpenCV 4 has the classic engine alone.
    engine = getattr(cv2.dnn, "ENGINE_CLASSIC", None)
    path = str(located(model))
    arguments = (path,) if engine is None else (path, engine)
    net: _Net = cv2.dnn.readNetFromTFLite(*arguments)
    return net


def _not_run(model: ModelFile, why: str, cv2: ModuleType) -> FaceError:
    return FaceError(
        "This OpenCV does not run the face model",
        where=model.file,
        why=f"OpenCV {cv2.__version__}: {why}",
        now="set the face by hand, and install another version of opencv-contrib-python-headless",
    )
