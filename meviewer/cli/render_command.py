"""``meviewer render``: a picture of motion, its raw values, or a clip with it over the frames."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path

from meviewer.cli.clips import add_clip, add_keyframes, in_numbers, keyframes, opened
from meviewer.cli.films import MAGNIFIED, FilmOptions, magnifier_of, write_film
from meviewer.cli.main import Outcome
from meviewer.cli.output import Progress, add_json, show
from meviewer.cli.picture_file import VALUES, VIDEO, check_name, write_picture, write_png
from meviewer.cli.pictures import KINDS, Drawn, How, draw
from meviewer.core.errors import LabelError, MotionError
from meviewer.core.events import Keyframes
from meviewer.core.frames import rate_text
from meviewer.data.clip import Clip
from meviewer.motion.flow import METHODS
from meviewer.motion.keyframe_average import MOST_FRAMES
from meviewer.motion.magnify import LEAST, MOST, MagnifyParams
from meviewer.present.overlay_clip import with_lines, words_of

_WAYS = {
    "flow": MagnifyParams(),
    "linear": MagnifyParams(method="linear"),
    "band": MagnifyParams(method="linear", against="band"),
}
_SPEEDS = ("1/8", "1/4", "1/2", "1")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("kind", choices=(*KINDS, MAGNIFIED))
    add_clip(parser)
    add_keyframes(parser)
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="FILE",
        help=".png; .npy or .h5: the raw values; .mp4: over each frame",
    )
    parser.add_argument("--method", choices=METHODS, default="tvl1", help="optical flow")
    parser.add_argument("--ground", choices=("dark", "light"), default="dark")
    parser.add_argument(
        "--average",
        type=int,
        default=1,
        metavar="N",
        help=f"average up to {MOST_FRAMES} frames around each keyframe before the flow",
    )
    parser.add_argument(
        "--fade", action="store_true", help="draw flow fainter where it may be noise"
    )
    _add_film(parser)
    add_json(parser)


def _add_film(parser: argparse.ArgumentParser) -> None:
    film = parser.add_argument_group("videos and magnified motion")
    film.add_argument("--speed", choices=_SPEEDS, default="1/8", help="share of real time")
    film.add_argument("--whole", action="store_true", help="the whole clip, not the event alone")
    film.add_argument("--no-numbers", action="store_true", help="leave frame numbers out")
    film.add_argument(
        "--factor",
        type=float,
        default=5.0,
        metavar="K",
        help=f"how many times motion is magnified, {LEAST:g} to {MOST:g}",
    )
    film.add_argument("--way", choices=tuple(_WAYS), default="flow", help="how it is magnified")


def run(arguments: argparse.Namespace) -> Outcome:
    """Draw and write."""
    check_name(arguments.out)
    how = How(arguments.method, arguments.ground, arguments.average, arguments.fade)
    with opened(arguments) as clip:
        keys = keyframes(arguments, clip)
        if keys is None:
            raise LabelError(
                "Keyframes are needed",
                where=arguments.kind,
                why="a picture of motion lies between two frames",
                now="give --onset, --apex and --offset; `meviewer suggest` finds them",
            )
        if arguments.out.suffix.lower() == VIDEO:
            return _film(arguments, clip, keys, how)
        if arguments.kind == MAGNIFIED:
            return _magnified(arguments, clip, keys)
        drawn: Drawn = draw(arguments.kind, clip, keys, how)
        about = _about(arguments.kind, clip, keys, drawn)
    write_picture(arguments.out, drawn, about)
    show(
        {"out": arguments.out, "shape": drawn.values.shape, **about},
        arguments.json,
        lambda: f"{arguments.out}: {drawn.words}",
    )
    return Outcome()


def _about(kind: str, clip: Clip, keys: Keyframes, drawn: Drawn) -> dict[str, object]:
    """Return where the values come from."""
    return {
        "kind": kind,
        "keyframes": in_numbers(keys, clip),
        "unit": drawn.unit,
        "formula_mark": drawn.mark,
        "clip": clip.name,
        "clip_fingerprint": clip.fingerprint,
        "frames_per_second": rate_text(clip.rate),
        "parameters": dict(drawn.parameters),
    }


def _params(arguments: argparse.Namespace) -> MagnifyParams:
    way = _WAYS[arguments.way]
    return MagnifyParams(factor=arguments.factor, method=way.method, against=way.against)


def _film(arguments: argparse.Namespace, clip: Clip, keys: Keyframes, how: How) -> Outcome:
    progress = Progress()
    options = FilmOptions(
        arguments.whole, Fraction(arguments.speed), not arguments.no_numbers, _params(arguments)
    )
    try:
        done = write_film(
            arguments.out,
            arguments.kind,
            clip,
            keys,
            how,
            options,
            lambda n: progress.say(f"{n} frames written"),
        )
    finally:
        progress.end()
    height, width = done.size
    document = {
        "out": done.path,
        "kind": arguments.kind,
        "n_frames": done.n_frames,
        "rate": done.rate,
        "codec": done.codec,
        "width": width,
        "height": height,
        "keyframes": in_numbers(keys, clip),
    }
    said = f"{done.path}: {done.n_frames} frames, {width}x{height} px, {done.codec}"
    show(document, arguments.json, lambda: said)
    return Outcome()


def _magnified(arguments: argparse.Namespace, clip: Clip, keys: Keyframes) -> Outcome:
    """Write the apex with magnified motion, marked as such; there are no values to write."""
    if arguments.out.suffix.lower() in VALUES:
        raise MotionError(
            "Magnified motion is for looking only",
            where=str(arguments.out),
            why="its pixels measure nothing",
            now="write .png or .mp4; flow-rise has the values of the motion itself",
        )
    params = _params(arguments)
    picture = magnifier_of(clip, keys, params).frame(keys.apex)
    write_png(arguments.out, with_lines(picture, [words_of(params)]))
    document = {
        "out": arguments.out,
        "kind": MAGNIFIED,
        "keyframes": in_numbers(keys, clip),
        "parameters": asdict(params),
    }
    show(document, arguments.json, lambda: f"{arguments.out}: {words_of(params)}")
    return Outcome()
