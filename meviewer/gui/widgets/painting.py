"""What a painter paints on: the screen, a larger picture, or a file that keeps vectors."""

from __future__ import annotations

from PySide6.QtGui import QPaintEngine, QPainter

_VECTORS = (QPaintEngine.Type.SVG, QPaintEngine.Type.Pdf)


def keeps_vectors(painter: QPainter) -> bool:
    """Return whether lines and letters are written as such, as in SVG and PDF."""
    engine = painter.paintEngine()
    return engine is not None and engine.type() in _VECTORS


def is_screen(painter: QPainter, pixel_ratio: float) -> bool:
    """Return whether px are painted at this ratio, so that a picture kept for it fits."""
    finer = abs(painter.deviceTransform().m11() - pixel_ratio) > 1e-3
    return not finer and not keeps_vectors(painter)
