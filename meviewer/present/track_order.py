"""In which order the further curves of the timeline stand below the difference."""

from __future__ import annotations

from collections.abc import Sequence

from meviewer.present.timeline import Track


def name_of(track: Track) -> str:
    """Return what a track is called in the menu, and known by from clip to clip."""
    return f"{track.title}: {track.unit}" if track.unit else track.title


def ordered(tracks: Sequence[Track], order: Sequence[str]) -> tuple[Track, ...]:
    """Return tracks in the order of their names; those it does not name come after, as they are."""
    places = {name: at for at, name in enumerate(order)}
    return tuple(sorted(tracks, key=lambda track: places.get(name_of(track), len(places))))


def moved_up(shown: Sequence[str], name: str, order: Sequence[str]) -> tuple[str, ...]:
    """Return the order in which one of the tracks on show stands one place higher."""
    return moved(shown, name, max(shown.index(name) - 1, 0), order)


def moved(shown: Sequence[str], name: str, to: int, order: Sequence[str]) -> tuple[str, ...]:
    """Return the order in which one of the tracks on show stands in another place.

    Parameters
    ----------
    shown : sequence of str
        Names from top to bottom.
    name : str
        One of them.
    to : int
        Where it shall stand among them, from 0.
    order : sequence of str
        What was chosen before, of tracks that this clip need not have: they keep their order.
    """
    now = [one for one in shown if one != name]
    now.insert(to, name)
    return (*now, *(one for one in order if one not in now))
