"""Settings of one user: how the window looks, who codes, and which projects were open last."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import platformdirs

from meviewer.core.errors import MeviewerError
from meviewer.data.atomic import write_bytes
from meviewer.project.storage_errors import files_explained

_APP = "meviewer"
_MOST_RECENT = 12
_log = logging.getLogger(__name__)

Pixels = Annotated[int, msgspec.Meta(ge=200, le=20_000)]


class Settings(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=False):
    """What is kept for a user between two starts.

    Attributes
    ----------
    theme : {"dark", "light"}
    coder : str
        Whose labels are edited.
    recent : tuple of str
        Absolute paths of projects and clips, newest first.
    window_size : (int, int)
        Width and height in px, as the window was closed last.
    window_state : dict of str to str
        Base64 of the panels' places, by perspective.
    keys : dict of str to str
        Key sequences that the user set, by action.
    options : dict of str to str
        Anything else a panel wants to find again, by a dotted name.
    """

    theme: Literal["dark", "light"] = "dark"
    coder: Annotated[str, msgspec.Meta(min_length=1)] = "A"
    recent: tuple[str, ...] = ()
    window_size: tuple[Pixels, Pixels] = (1440, 900)
    window_state: dict[str, str] = {}
    keys: dict[str, str] = {}
    options: dict[str, str] = {}


def settings_path() -> Path:
    """Return the file of this user's settings."""
    return Path(platformdirs.user_config_dir(_APP, appauthor=False)) / "settings.json"


def log_folder() -> Path:
    """Return the folder of this user's log files."""
    return Path(platformdirs.user_log_dir(_APP, appauthor=False))


def read_settings(path: Path | None = None) -> Settings:
    """Return the user's settings; never fails.

    Without a file, or with one that cannot be read, these are the defaults. A file that cannot be
    understood is kept beside, with ``.bad`` added to its name.
    """
    path = settings_path() if path is None else path
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        _log.warning("settings at %s cannot be read: %s", path, error)
        return Settings()
    try:
        return msgspec.json.decode(data, type=Settings)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        _log.warning("settings at %s are not understood, defaults are used: %s", path, error)
        _keep_beside(path)
        return Settings()


def write_settings(settings: Settings, path: Path | None = None) -> None:
    """Write the user's settings, whole or not at all.

    Raises
    ------
    StorageError
        If the disk refuses; the old file is as it was.
    """
    path = settings_path() if path is None else path
    data = msgspec.json.format(msgspec.json.encode(settings), indent=2)
    with files_explained("The settings cannot be saved", path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_bytes(path, data + b"\n")


def save_quietly(settings: Settings, path: Path | None = None) -> bool:
    """Write the settings if that is possible: losing them is no reason to stop a closing window."""
    try:
        write_settings(settings, path)
    except MeviewerError as error:
        _log.warning("settings are not saved: %s", error)
        return False
    return True


def with_recent(settings: Settings, path: Path) -> Settings:
    """Return the settings with a path put first among the recent ones."""
    newest = str(path.absolute())
    others = [other for other in settings.recent if other != newest]
    return msgspec.structs.replace(settings, recent=(newest, *others)[:_MOST_RECENT])


def _keep_beside(path: Path) -> None:
    try:
        path.replace(path.with_name(f"{path.name}.bad"))
    except OSError as error:
        _log.warning("%s cannot be kept beside: %s", path, error)
