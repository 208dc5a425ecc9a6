"""A BORIS project, as its file holds it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from fractions import Fraction
from pathlib import PurePosixPath

from meviewer.core.annotation import Annotation
from meviewer.data.exchange import ExchangeClip, ExchangeDocument
from meviewer.data.formats.boris_rows import APEX, CODES, NOTHING, State, states_of
from meviewer.data.formats.clip_keys import keys, unique

VERSION = "7.0"
NAMES = ("subject", "clip", "coder", "status")
"""Independent variables of each observation."""

_VIDEOS = frozenset(
    f".{ending}"
    for ending in ("mp4", "m4v", "avi", "mov", "mkv", "webm", "mpg", "mpeg", "wmv", "mts", "flv")
)


def project_of(document: ExchangeDocument) -> dict[str, object]:
    """Return the project of a document: an observation for each clip and coder."""
    observations, used = _observations(document)
    return {
        "time_format": "hh:mm:ss",
        "project_date": _now(),
        "project_name": document.name,
        "project_description": "",
        "project_format_version": VERSION,
        "subjects_conf": _subjects(document),
        "behaviors_conf": _ethogram(used),
        "observations": observations,
        "behavioral_categories": [],
        "behavioral_categories_config": {},
        "independent_variables": {
            str(i): {
                "label": label,
                "description": "",
                "type": "text",
                "default value": "",
                "possible values": "",
            }
            for i, label in enumerate(NAMES)
        },
        "coding_map": {},
        "behaviors_coding_map": [],
        "converters": {},
    }


def _observations(document: ExchangeDocument) -> tuple[dict[str, object], list[State]]:
    tiers = [
        (clip, coder, f"{key} {coder}".strip())
        for clip, key in zip(document.clips, keys(document), strict=True)
        for coder in clip.tiers or ("",)
    ]
    found: dict[str, object] = {}
    used: list[State] = []
    for (clip, coder, _), name in zip(tiers, unique(t[2] for t in tiers), strict=True):
        tier = clip.tiers.get(coder, Annotation())
        states = states_of(tier, coder, clip.subject, clip.time)
        used += states
        names = (clip.subject, clip.name, coder, tier.status.value)
        found[name] = _observation(clip, dict(zip(NAMES, names, strict=True)), states)
    return found, used


def _observation(
    clip: ExchangeClip, names: dict[str, str], states: Iterable[State]
) -> dict[str, object]:
    as_images = PurePosixPath(clip.media).suffix.casefold() not in _VIDEOS
    length = float(round(clip.time.end_ms(clip.time.n_frames - 1))) / 1000
    fps = float(clip.time.rate)
    found: dict[str, object] = {
        "file": {"1": [] if as_images else [clip.media]},
        "type": "IMAGES" if as_images else "MEDIA",
        "date": _now(),
        "description": "",
        "time offset": 0.0,
        "events": _events(clip, states, as_images),
        "observation time interval": [0, 0],
        "independent_variables": names,
        "visualize_spectrogram": False,
        "visualize_waveform": False,
        "close_behaviors_between_videos": False,
        "media_info": {
            "length": {clip.media: length},
            "fps": {clip.media: fps},
            "hasVideo": {clip.media: True},
            "hasAudio": {clip.media: False},
            "offset": {"1": 0.0},
        },
    }
    if as_images:
        more = {"use_exif_date": False, "time_lapse_delay": 1 / fps}
        found |= {"directories_list": [clip.media], **more}
    return found


def _events(clip: ExchangeClip, states: Iterable[State], as_images: bool) -> list[list[object]]:
    rows: list[tuple[Fraction, str, State, str]] = []
    for state in states:
        rows += [
            (state.start, state.code, state, state.comment),
            (state.end, state.code, state, ""),
        ]
        if state.apex is not None:
            rows.append((state.apex, APEX, state, ""))
    # BORIS counts images from 1 and the frames of a video from 0.
    first = 1 if as_images else 0
    found = []
    for ms, code, state, comment in sorted(rows, key=lambda row: row[0]):
        frame = clip.time.index_at(ms) + first
        row: list[object] = [float(ms) / 1000, state.subject, code, state.modifiers, comment, frame]
        found.append([*row, ""] if as_images else row)
    return found


def _subjects(document: ExchangeDocument) -> dict[str, object]:
    names = dict.fromkeys(clip.subject for clip in document.clips)
    return {str(i): {"key": "", "name": name, "description": ""} for i, name in enumerate(names)}


def _ethogram(used: Iterable[State]) -> dict[str, object]:
    codes = dict.fromkeys(CODES.values())
    sets: tuple[set[str], ...] = (set(), set(), set())
    for state in used:
        codes[state.code] = None
        emotion, units, track = state.modifiers.split("|")
        for seen, values in zip(sets, ([emotion], units.split(","), [track]), strict=True):
            seen.update(values)
    kinds = (("emotion", 0), ("action units", 1), ("track", 0))
    modifiers = {
        str(i): {
            "name": name,
            "description": "",
            "type": kind,
            "ask at stop": False,
            "values": sorted(sets[i] - {NOTHING}),
        }
        for i, (name, kind) in enumerate(kinds)
    }
    behaviours = [(code, "State event") for code in codes] + [(APEX, "Point event")]
    return {
        str(i): {
            "type": kind,
            "key": str(i + 1) if i < 9 else "",
            "code": code,
            "description": "",
            "color": "",
            "category": "",
            "modifiers": modifiers,
            "excluded": "",
            "coding map": "",
        }
        for i, (code, kind) in enumerate(behaviours)
    }


def _now() -> str:
    return datetime.now().isoformat(timespec="seconds")
