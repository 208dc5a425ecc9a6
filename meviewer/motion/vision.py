"""OpenCV, imported late and with a clear word when it is missing."""

from __future__ import annotations

from types import ModuleType

from meviewer.core.errors import MissingExtraError


def cv2_or_error() -> ModuleType:
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
            "Optical flow needs OpenCV",
            why=str(error),
            now="Install it: pip install opencv-python-headless",
        ) from error
    return cv2
