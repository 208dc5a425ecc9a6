"""Which tiles stand on the bench: arranged by hand or by a preset, and kept between two starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import ceil

import msgspec

from meviewer.core.errors import MeviewerError
from meviewer.present.bench_views import FEWEST, MOST, PRESETS, VIEWS

LEAST_TILE_PX = 150
"""Width in which title, tools and legend of a tile have room."""

_MOST_PRESETS = 40
_LONGEST_NAME = 40
_FIRST = next(iter(PRESETS))


@dataclass(frozen=True, slots=True)
class BenchState:
    """An arrangement and the user's own presets.

    Attributes
    ----------
    views : tuple of str
        Names of views in reading order, `FEWEST` to `MOST`.
    own : mapping of str to tuple of str
        Presets of the user by name.
    linked : bool
        Whether tiles zoom and move together.
    """

    views: tuple[str, ...] = PRESETS[_FIRST]
    own: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    linked: bool = True

    @property
    def preset(self) -> str:
        """Name of the preset that this arrangement is, or empty."""
        everything = {**PRESETS, **self.own}
        return next((name for name, views in everything.items() if views == self.views), "")

    def shown(self, preset: str) -> BenchState:
        """Return it with the tiles of a preset."""
        return replace(self, views={**PRESETS, **self.own}[preset])

    def changed(self, at: int, view: str) -> BenchState:
        """Return it with another view in one tile."""
        return replace(self, views=(*self.views[:at], view, *self.views[at + 1 :]))

    def added(self, view: str = "") -> BenchState:
        """Return it with one more tile, by default the first view that is not there yet."""
        if len(self.views) >= MOST:
            return self
        new = view or next(name for name in VIEWS if name not in self.views)
        return replace(self, views=(*self.views, new))

    def removed(self, at: int) -> BenchState:
        """Return it without one tile; the fewest remain."""
        if len(self.views) <= FEWEST:
            return self
        return replace(self, views=(*self.views[:at], *self.views[at + 1 :]))

    def saved(self, name: str) -> BenchState:
        """Return it with this arrangement as a preset of the user's; one of that name gives way.

        Raises
        ------
        MeviewerError
            If the name is empty, too long, or one that comes with the program, or there are too
            many.
        """
        name = self._checked(name)
        if name not in self.own and len(self.own) >= _MOST_PRESETS:
            raise _refused(name, f"there are {_MOST_PRESETS} already", "delete one first")
        return replace(self, own={**self.own, name: self.views})

    def renamed(self, old: str, new: str) -> BenchState:
        """Return it with another name of one of the user's presets.

        Raises
        ------
        MeviewerError
            If the name will not do, see `saved`, or is taken.
        """
        new = self._checked(new)
        if new != old and new in self.own:
            raise _refused(new, "there is one of that name", "choose another name")
        return replace(self, own={new if name == old else name: v for name, v in self.own.items()})

    def deleted(self, name: str) -> BenchState:
        """Return it without one of the user's presets; the tiles stay."""
        return replace(self, own={key: v for key, v in self.own.items() if key != name})

    def _checked(self, name: str) -> str:
        name = " ".join(name.split())
        if not name:
            raise _refused(name, "it has no name", "write one")
        if len(name) > _LONGEST_NAME:
            raise _refused(name, f"the name is longer than {_LONGEST_NAME} letters", "shorten it")
        if name in PRESETS:
            raise _refused(name, "one that comes with the program has it", "choose another name")
        return name


def columns(n: int, width_px: int, height_px: int, aspect: float, around_px: int) -> int:
    """Return the number of columns that makes the pictures largest.

    Parameters
    ----------
    n : int
        Tiles.
    width_px, height_px : int
        Of the bench.
    aspect : float
        Width of a picture over its height.
    around_px : int
        Height of head and legend of a tile.
    """

    def picture_px(across: int) -> float:
        wide = width_px / across
        high = height_px / ceil(n / across) - around_px
        return min(wide, high * aspect)

    most = min(n, max(width_px // LEAST_TILE_PX, 1))
    # Of equals the one with fewer empty places, then the wider.
    return max(range(1, most + 1), key=lambda k: (round(picture_px(k)), -(-n % k), k))


def dump(state: BenchState) -> str:
    """Return a state as text for the settings."""
    return msgspec.json.encode(state).decode()


def load(text: str) -> BenchState:
    """Return a state from the settings; the first preset if it cannot be understood."""
    if not text:
        return BenchState()
    try:
        found = msgspec.json.decode(text, type=BenchState)
    except msgspec.MsgspecError:
        return BenchState()
    own = {name: views for name, views in found.own.items() if _is_known(views)}
    views = found.views if _is_known(found.views) else BenchState().views
    return BenchState(views, own, found.linked)


def _is_known(views: tuple[str, ...]) -> bool:
    return FEWEST <= len(views) <= MOST and all(name in VIEWS for name in views)


def _refused(name: str, why: str, now: str) -> MeviewerError:
    return MeviewerError("The arrangement cannot be kept", where=name, why=why, now=now)
