"""Reading and measuring the open clip, off the UI thread."""

from __future__ import annotations

from meviewer.data.clip import Clip
from meviewer.gui.running.task import Token
from meviewer.gui.stores.difference_curves import Rough
from meviewer.motion import gamdss_measures
from meviewer.motion.gamdss_measures import Measure
from meviewer.motion.representation import MAX_MATRIX_FRAMES, ClipMotion
from meviewer.motion.representation_preview import Preview

PREVIEW = "preview"
"""What a report of progress says when something rough has come in."""

_REPORTED_SHARE = 0.04


def read_clip(
    clip: Clip, measure: Measure, token: Token, rough: list[Rough]
) -> tuple[ClipMotion, ClipMotion]:
    """Decode a clip and compute what questions about it are answered from.

    Parameters
    ----------
    rough : list of Rough
        Grows while frames arrive; each time `PREVIEW` is reported.

    Returns
    -------
    motion, shown : ClipMotion
        The clip, and the clip as the measure sees it.
    """

    def watch(preview: Preview) -> None:
        rough.append(Rough.of(preview, brightness_free=measure.brightness_free))
        token.report(len(preview.read) / preview.n_frames, PREVIEW)

    told = 0.0

    def tell(share: float, text: str = "") -> None:
        # Each report is painted at several places: one a frame would hold up the window.
        nonlocal told
        if share - told >= _REPORTED_SHARE or share >= 1:
            told = share
            token.report(share, text)

    motion = ClipMotion(
        clip,
        progress=tell,
        cancelled=lambda: token.cancelled,
        watch=None if clip.n_frames > MAX_MATRIX_FRAMES else watch,
    )
    motion.load()
    return motion, measured(motion, measure)


def is_long(motion: ClipMotion) -> bool:
    """Whether a clip has too many frames for a matrix, so that each question takes a while."""
    return len(motion) > MAX_MATRIX_FRAMES


def measured(motion: ClipMotion, measure: Measure) -> ClipMotion:
    """Return the clip as a measure sees it, with its distances computed."""
    shown = gamdss_measures.seen_by(motion, measure)
    if is_long(shown):
        shown.consecutive(brightness_free=measure.brightness_free)
    else:
        shown.matrix_rms(brightness_free=measure.brightness_free)
    return shown
