"""OpenCV, imported late and with a clear word when it is missing."""

from __future__ import annotations

from types import ModuleType

from meviewer.core.errors import MissingExtraError


def cv2_or_error() -> ModuleType:
    """Import OpenCV.

    Raises
    ------
    MissingExtraError
        If it is not installed, as on a bare training machine, or damaged: two of its packages
        share one folder, and whoever removes one takes files of the other along.
    """
    try:
        import cv2
    except ImportError as error:
        raise MissingExtraError(
            "Optical flow needs OpenCV",
            why=str(error),
            now="Install it: pip install opencv-contrib-python-headless",
        ) from error
    if not hasattr(cv2, "__version__"):
        raise MissingExtraError(
            "OpenCV is damaged",
            why="a second package of it was removed, and some files of this one with it",
            now="Install it again: pip install --force-reinstall opencv-contrib-python-headless",
        )
    return cv2
