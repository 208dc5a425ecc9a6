"""How scores, times and shares of a training are written."""

from __future__ import annotations

import math
from datetime import datetime

MISSING = "–"

NO_SPREAD = "all subjects alike"
"""Instead of an interval of no width: drawing subjects anew shows no doubt where they are alike."""


def score(value: float | None, digits: int = 3) -> str:
    """Return a score in [0, 1] as in tables of the field: ``.719``; a dash if there is none.

    >>> score(0.7194), score(1.0), score(None)
    ('.719', '1.000', '–')
    """
    if value is None or math.isnan(value):
        return MISSING
    text = f"{value:.{digits}f}"
    return text[1:] if text.startswith("0.") else text


def signed(value: float, digits: int = 3) -> str:
    """Return a difference of scores with its sign.

    >>> signed(0.0123), signed(-0.5, 2), signed(0.0)
    ('+.012', '−.50', '+.000')
    """
    return ("−" if value < 0 else "+") + score(abs(value), digits)


def interval(low: float | None, high: float | None) -> str:
    """Return a 95 % interval in words, or why there is none."""
    if low is None or high is None or math.isnan(low) or math.isnan(high):
        return "no interval yet"
    if low == high:
        return NO_SPREAD
    return f"95 %: {score(low, 2)} – {score(high, 2)}"


def percent(share: float) -> str:
    """Return a share of 1 in whole per cent; what is not complete never reads 100 %."""
    shown = min(int(share * 100 + 0.5), 99) if share < 1 else 100
    return f"{shown} %"


def duration(seconds: float) -> str:
    """Return a length of time with the two largest units that matter.

    >>> duration(8.2), duration(70), duration(1860), duration(7500)
    ('8 s', '1 min 10 s', '31 min', '2 h 5 min')
    """
    whole = max(int(seconds + 0.5), 0)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 10 and rest:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def time_left(seconds: float | None) -> str:
    """Return the time left in words; unknown is said, not invented."""
    return "no forecast yet" if seconds is None else f"{duration(seconds)} left"


def moment(time: datetime, now: datetime) -> str:
    """Return a point in time as one would say it: the hour today, the day within a week."""
    if time.date() == now.date():
        return time.strftime("%H:%M")
    if 0 <= (now.date() - time.date()).days < 7:
        return time.strftime("%a %H:%M")
    return time.strftime("%Y-%m-%d")


def listed(names: tuple[str, ...], most: int = 3) -> str:
    """Return some names in a row, and how many more there are."""
    if len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most} more"


def final_model_words(n_seeds: int) -> str:
    """Say what of a run is written for other programs: no network of a fold is.

    >>> final_model_words(1), final_model_words(3)
    ('its final model', 'its final model, the mean of 3 seeds')
    """
    return f"its final model{f', the mean of {n_seeds} seeds' if n_seeds > 1 else ''}"
