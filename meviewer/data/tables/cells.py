"""Text of a single spreadsheet cell."""

from __future__ import annotations

import datetime as dt
import math

from meviewer.core.findings import Severity
from meviewer.data.tables.model import Doubts, cell_name

Value = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta | None
"""What a spreadsheet library gives for a cell."""

_EXACT_WHOLE = 1e15


def text_of(value: Value, row: int, column: int, doubts: Doubts) -> str:
    """Return the text of a cell.

    Parameters
    ----------
    value : Value
    row : int
        1-based.
    column : int
        0-based.
    doubts : Doubts
        Learns of dates: spreadsheet programs make them of clip names such as 6-1-2.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return number_text(value)
    text = str(value) if isinstance(value, dt.timedelta) else value.isoformat()
    said = f"Cell {cell_name(row, column)} is a date or time, {text}: perhaps it was a name"
    doubts.add("cell-date", Severity.WARNING, said, row)
    return text


def number_text(value: float) -> str:
    """Return a number as shortly as it can be told exactly: 95.0 is "95", 566.4 is "566.4"."""
    if not math.isfinite(value):
        return ""
    if float(value).is_integer() and abs(value) < _EXACT_WHOLE:
        return str(int(value))
    return repr(value)
