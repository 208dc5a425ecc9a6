"""Mappings of columns in files: kept for the next sheet of the same column names."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import platformdirs

from meviewer.core.errors import LabelError
from meviewer.data.atomic import storage_error, write_bytes
from meviewer.data.readers.generic_columns import (
    CONSTANT,
    SETTINGS,
    Mapping,
    column_names,
    find_column,
)
from meviewer.data.readers.generic_layout import check_mapping, layout, sheet_named
from meviewer.data.tables.header import folded
from meviewer.data.tables.model import Table, Workbook
from meviewer.data.tables.reading import read_workbook

_FORMAT = "meviewer-mapping"
_MOST_BYTES = 1 << 20
_MOST_REMEMBERED = 50
_MOST_PEEKED = 200


def mapping_path(labels: Path, mapping: Mapping = ()) -> Path:
    """Return where the mapping of a label file is kept, beside the user's settings.

    Parameters
    ----------
    labels : Path
        Sheets with the same column names share one place, wherever they lie.
    mapping : tuple of (str, str)
        Which sheet and header row it is about, where it says so; by default they are guessed.

    Raises
    ------
    LabelError
        If the file cannot be read.
    """
    made = layout(read_workbook(labels, max_rows=_MOST_PEEKED), mapping)
    return _path_for(made.table, made.header.row)


def save_mapping(path: Path, mapping: Mapping) -> None:
    """Write a mapping as JSON, whole or not at all.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(path, error) from error
    data = msgspec.json.encode({"format": _FORMAT, "version": 1, "mapping": dict(mapping)})
    write_bytes(path, msgspec.json.format(data, indent=2) + b"\n")


def load_mapping(path: Path) -> Mapping:
    """Read a mapping that `save_mapping` has written.

    Raises
    ------
    LabelError
        If the file cannot be read or is none.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES)
        stored = msgspec.json.decode(data, type=_Stored)
    except OSError as error:
        raise _unusable(path, error.strerror or str(error)) from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise _unusable(path, str(error)) from error
    if stored.format != _FORMAT:
        raise _unusable(path, f"it is no mapping: its format is {stored.format[:40]!r}")
    check_mapping(stored.mapping)
    return tuple(stored.mapping.items())


def remembered(workbook: Workbook, sheet: str, header_row: int) -> Mapping | None:
    """Return what was chosen for a sheet of these column names, or else for one that shares them.

    None if nothing is remembered whose columns this sheet all has. Sheet and header row are not
    part of it.
    """
    table = sheet_named(workbook, sheet)
    names = column_names(table, header_row)
    own = _path_for(table, header_row)
    try:
        others = sorted(own.parent.glob("*.json"), key=lambda path: -path.stat().st_mtime)
    except OSError:
        return None
    for path in (own, *others[:_MOST_REMEMBERED]):
        try:
            mapping = load_mapping(path)
        except LabelError:
            continue
        columns = [v for k, v in mapping if k not in SETTINGS and not v.startswith(CONSTANT)]
        if columns and all(find_column(names, column) is not None for column in columns):
            return tuple((k, v) for k, v in mapping if k not in ("sheet", "header"))
    return None


def _path_for(table: Table, header_row: int) -> Path:
    heads = table.rows[header_row - 1] if 0 < header_row <= len(table.rows) else ()
    width = max(map(len, table.rows), default=0)
    # Sheets without names of columns are alike if they are as wide.
    layout_ = "\0".join(map(folded, heads)) if header_row else f"{width} columns"
    digest = hashlib.sha256(layout_.encode("utf-8", "surrogatepass")).hexdigest()
    folder = Path(platformdirs.user_config_dir("meviewer", appauthor=False)) / "mappings"
    return folder / f"{digest[:16]}.json"


class _Stored(msgspec.Struct, frozen=True):
    format: str
    mapping: dict[str, str]
    version: int = 1


def _unusable(path: Path, why: str) -> LabelError:
    return LabelError(
        "The mapping of columns cannot be read",
        where=str(path),
        why=why,
        now="choose the columns anew and save them",
    )
