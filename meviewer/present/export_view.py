"""What a view gives to a file: its words, its numbers, where they come from, and a name."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from meviewer import __version__
from meviewer.core.events import Edge, Event
from meviewer.core.frames import frames_to_ms, rate_text
from meviewer.data.values_file import NamedArray
from meviewer.present import wording
from meviewer.present.timeline import TimelineState
from meviewer.present.training_views import ClassBar, Confusion, Plot

PICTURES = (".png", ".svg", ".pdf")
VIDEO = ".mp4"

_PRINT_SHORT = 8  # digits of a fingerprint in a caption
_UNSAFE = re.compile(r"[^\w.+-]+")


@dataclass(frozen=True, slots=True, eq=False)
class ViewContent:
    """What a view shows.

    Attributes
    ----------
    title : str
    kind : str
        Stable name, such as ``"flow-rise"``; part of the file's name.
    lines : tuple of str
        What its colours and lines mean, for the caption.
    arrays : tuple of NamedArray
        The numbers behind it, the most important first; none for a view of words.
    mark : str
        Where its formula comes from: ``paper``, ``our choice``; empty where there is none.
    parameters : mapping
        What it was computed with.
    of_clip : bool
        Whether it shows the open clip.
    of_event : bool
        Whether it shows the selected event, so that its keyframes belong to the name.
    """

    title: str
    kind: str
    lines: tuple[str, ...] = ()
    arrays: tuple[NamedArray, ...] = ()
    mark: str = ""
    parameters: Mapping[str, object] = field(default_factory=dict)
    of_clip: bool = True
    of_event: bool = True

    @property
    def is_table(self) -> bool:
        """Whether the arrays are columns of one length."""
        shapes = {each.array.shape for each in self.arrays}
        return len(shapes) == 1 and len(next(iter(shapes))) == 1


@dataclass(frozen=True, slots=True)
class Source:
    """The clip and the event that a view shows.

    Attributes
    ----------
    subject, clip : str
    fingerprint : str
    rate : Fraction
        Frames per second.
    keyframes : mapping of str to int
        Frame numbers of the data set; no apex where none is set, nothing without an event.
    """

    subject: str
    clip: str
    fingerprint: str
    rate: Fraction
    keyframes: Mapping[str, int]


def source_of(
    subject: str,
    clip: str,
    fingerprint: str,
    rate: Fraction,
    numbers: Sequence[int],
    event: Event | None,
) -> Source:
    """Return clip and event as a file names them."""
    keys: dict[str, int] = {}
    if event is not None:
        for edge in Edge:
            if edge is not Edge.APEX or event.has_apex:
                keys[edge.value] = wording.frame_number(event.keyframes[edge], numbers)
    return Source(subject, clip, fingerprint, rate, keys)


def provenance(content: ViewContent, source: Source | None) -> dict[str, object]:
    """Return everything that belongs to the numbers of a view, flat and plain."""
    about: dict[str, object] = {"title": content.title, "kind": content.kind}
    if content.mark:
        about["formula_mark"] = content.mark
    if source is not None and content.of_clip:
        about |= {
            "subject": source.subject,
            "clip": source.clip,
            "clip_fingerprint": source.fingerprint,
            "frames_per_second": rate_text(source.rate),
        }
        if content.of_event:
            about |= source.keyframes
    about["parameters"] = dict(content.parameters)
    return about


def caption(content: ViewContent, source: Source | None) -> tuple[str, tuple[str, ...]]:
    """Return title and lines that stand below a picture."""
    lines = list(content.lines)
    if content.parameters:
        lines.append(parameter_words(content.parameters))
    title = content.title
    if source is not None and content.of_clip:
        title = f"{content.title}: {source.subject}/{source.clip}"
        if content.of_event and source.keyframes:
            keys = ", ".join(f"{name} {number}" for name, number in source.keyframes.items())
            lines.insert(0, f"frames: {keys}")
    last = [f"meviewer {__version__}"]
    if content.mark:
        last.insert(0, f"formula: {content.mark}")
    if source is not None and content.of_clip:
        last.append(f"clip {source.fingerprint[:_PRINT_SHORT]}")
    return title, (*lines, ", ".join(last))


def parameter_words(parameters: Mapping[str, object]) -> str:
    """Return parameters in one line: ``attachment 0.15, median on``; empty ones are left out."""
    said = {name: value for name, value in parameters.items() if value not in ("", [], {})}
    said.pop("meviewer", None)  # the version stands at the end of each caption
    return ", ".join(f"{name} {_word(value)}" for name, value in said.items())


def file_stem(content: ViewContent, source: Source | None) -> str:
    """Return a name for the file: clip, keyframes, kind."""
    parts = [content.kind]
    if source is not None and content.of_clip:
        keys = "-".join(map(str, source.keyframes.values())) if content.of_event else ""
        parts = [source.subject, source.clip, *([keys] if keys else []), content.kind]
    return _UNSAFE.sub("-", "_".join(parts)).strip("-.") or "view"


def endings(content: ViewContent, *, video: bool = False) -> tuple[str, ...]:
    """Return the formats that a view can be written in."""
    values = (".npy", ".h5") if content.arrays else ()
    table = (".csv",) if content.is_table else ()
    return (*PICTURES, *values, *table, *((VIDEO,) if video else ()))


def values_words(content: ViewContent, ending: str) -> str:
    """Say what a file of values would hold."""
    arrays = content.arrays
    if not arrays:
        return ""
    if content.is_table:
        return f"{wording.counted(len(arrays), 'column')} of {len(arrays[0].array)} values"
    shown = arrays if ending == ".h5" else arrays[:1]
    return "; ".join(
        f"{a.name}: {' × '.join(map(str, a.array.shape))} {a.array.dtype}"
        + (f", {a.unit}" if a.unit else "")
        for a in shown
    )


def frame_content(
    frame: NDArray[np.uint8],
    number: int,
    overlay: str,
    legend: str,
    opacity: float,
    magnified: Mapping[str, object] | None,
) -> ViewContent:
    """Return the frame under the playhead with what lies over it.

    Parameters
    ----------
    frame : (H, W, 3) uint8
        As it was decoded: the values of a magnified frame are none and are not given.
    number : int
        The data set's number of the frame.
    overlay, legend : str
        Name of the overlay and what its colours mean; empty without one.
    opacity : float
        Of the overlay, 0 to 1.
    magnified : mapping or None
        Parameters of the magnification if it is on.
    """
    about: dict[str, object] = {}
    lines = [f"frame {number}"]
    if overlay:
        about |= {"overlay": overlay, "opacity": opacity}
        lines.append(legend)
    if magnified is not None:
        about["magnified"] = ", ".join(f"{name} {_word(v)}" for name, v in magnified.items())
        lines.append("Motion is magnified, for looking only")
        about["overlay"] = overlay or "magnified"
    kind = f"frame-{number}" + (f"-{overlay}" if overlay else "")
    arrays = (
        () if overlay or magnified is not None else (NamedArray("values", frame, "grey levels"),)
    )
    return ViewContent("Frame view", kind, tuple(lines), arrays, "", about)


def timeline_content(state: TimelineState) -> ViewContent:
    """Return the curves of the timeline: one value a frame, with numbers and times."""
    numbers = np.asarray(state.numbers, np.int64)
    times = np.array([frames_to_ms(at, state.rate) for at in range(state.n_frames)])
    curves = [
        NamedArray(_column(track.title, curve.name), curve.line.values, track.unit)
        for track in state.tracks
        for curve in track.curves
    ]
    lines = tuple(
        f"{track.title} in {track.unit}"
        + (f", noise floor {track.noise_floor:.2f}" if track.noise_floor else "")
        for track in state.tracks
    )
    columns = (NamedArray("frame", numbers), NamedArray("time", times, "ms"), *curves)
    return ViewContent("Timeline", "timeline", lines, columns)


def surface_content(
    matrix: NDArray[np.float64],
    numbers: Sequence[int],
    high: str,
    parameters: Mapping[str, object],
) -> ViewContent:
    """Return the distances of all pairs of frames."""
    arrays = (
        NamedArray("values", matrix, "RMS grey levels"),
        NamedArray("frames", np.asarray(numbers, np.int64)),
    )
    lines = ("Onset frame across, apex frame upwards", f"Colours from 0 to {high}")
    return ViewContent("Pairwise difference", "pairwise", lines, arrays, "paper", parameters)


def plots_content(plots: Sequence[Plot], run: str) -> ViewContent:
    """Return the curves of a run, side by side; NaN where one has no value."""
    x = sorted({value for plot in plots for line in plot.lines for value in line.x})
    columns = [NamedArray(plots[0].bottom if plots else "x", np.array(x))]
    for plot in plots:
        for line in plot.lines:
            known = dict(zip(line.x, line.y, strict=True))
            values = np.array([known.get(at, np.nan) for at in x], np.float64)
            columns.append(NamedArray(_column(plot.left, line.name), values))
    arrays = tuple(columns) if x else ()
    title, about = _of_run("Training curves", run)
    return ViewContent(title, "training-curves", (), arrays, "", about, of_clip=False)


def confusion_content(confusion: Confusion, run: str) -> ViewContent:
    """Return the counts of a run's confusion matrix."""
    counts = np.array(confusion.counts, np.int64)
    arrays = (NamedArray("values", counts, "clips"),) if confusion.counts else ()
    title, about = _of_run("Confusion matrix", run)
    about |= {"classes": list(confusion.classes), "rows": "truth", "columns": "predicted"}
    words = ("Rows are the truth, columns what was predicted",)
    return ViewContent(title, "confusion", words, arrays, "", about, of_clip=False)


def bars_content(bars: Sequence[ClassBar]) -> ViewContent:
    """Return the probabilities of the classes of one clip."""
    shares = np.array([bar.share for bar in bars], np.float64)
    arrays = (NamedArray("values", shares, "probability"),) if bars else ()
    about = {"classes": [bar.name for bar in bars]}
    return ViewContent("Class probabilities", "probabilities", (), arrays, "", about)


def _of_run(title: str, run: str) -> tuple[str, dict[str, object]]:
    return (f"{title}: {run}", {"run": run}) if run else (title, {})


def _column(group: str, name: str) -> str:
    return f"{group}, {name}" if group else name


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return " / ".join(map(str, value))
    return "default" if value is None else str(value)
