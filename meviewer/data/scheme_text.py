"""Class schemes as TOML text that a person can read and edit.

Layout
------
::

    name = "casme2-3"                   # what experiments are stored with
    title = "CASME II, 3 classes"       # optional
    text = "Where it comes from."       # optional
    made_from = "emotion"               # or "objective"
    classes = ["negative", "positive"]  # their order is the class number

    [mapping]                           # word of the labels = class; what is missing maps to none
    disgust = "negative"
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from typing import NoReturn

from meviewer.core.errors import LabelError
from meviewer.core.labels import OWN, Basis, ClassScheme

_KNOWN = ("name", "title", "text", "made_from", "classes", "mapping")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")
_NAME = re.compile(r"[^\x00-\x1f\x7f]+")
LONGEST_NAME = 60
MOST_CLASSES = 64
LONGEST_TEXT = 2000

_WHAT = "Not a class scheme"


def to_toml(scheme: ClassScheme) -> str:
    """Return the scheme as text; `from_toml` reads an equal one back."""
    lines = [f"name = {_text(scheme.name)}"]
    if scheme.title:
        lines.append(f"title = {_text(scheme.title)}")
    if scheme.text:
        lines.append(f"text = {_text(scheme.text)}")
    lines += [
        f"made_from = {_text(scheme.made_from.value)}",
        "# Their order is the class number.",
        f"classes = [{', '.join(map(_text, scheme.classes))}]",
        "",
        "# Word of the labels = class. What is missing here maps to nothing and is left out.",
        "[mapping]",
        *(f"{_key(word)} = {_text(name)}" for word, name in scheme.mapping.items()),
    ]
    return "\n".join(lines) + "\n"


def from_toml(text: str, where: str = "") -> ClassScheme:
    """Read a scheme.

    Parameters
    ----------
    text : str
    where : str
        Name of the file, for messages.

    Raises
    ------
    LabelError
        Naming the line that is wrong, and what it has to be.
    """
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _no_toml(str(error), text, where) from error
    return _Reading(text, where, table).scheme()


def fault_of_name(name: str, what: str = "name") -> str:
    """Return what is wrong with the name of a scheme or of a class; empty if nothing is."""
    if not name.strip() or name != name.strip():
        return f"the {what} is empty, or begins or ends with a blank"
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        return f"the {what} is longer than {LONGEST_NAME} characters, or has a line break"
    if what == "name" and name.casefold() == OWN:
        return f"the name {OWN!r} is taken: it makes each emotion that occurs a class"
    return ""


class _Reading:
    """One file on its way to a scheme."""

    def __init__(self, text: str, where: str, table: Mapping[str, object]) -> None:
        self._lines = text.splitlines()
        self._where = where
        self._table = table

    def scheme(self) -> ClassScheme:
        for key in self._table:
            if key not in _KNOWN:
                self._refuse(key, f"there is no field {key!r}", f"it may have {', '.join(_KNOWN)}")
        name = self._string("name", required=True)
        if fault := fault_of_name(name):
            self._refuse("name", fault, "give it a short name")
        made_from = self._basis()
        classes = self._classes()
        empty = ClassScheme(name, classes, {}, made_from)
        return ClassScheme(
            name,
            classes,
            self._mapping(classes, empty.normalise),
            made_from,
            self._string("title"),
            self._string("text"),
        )

    def _string(self, key: str, *, required: bool = False) -> str:
        value = self._table.get(key, None if required else "")
        if not isinstance(value, str) or len(value) > LONGEST_TEXT:
            why = "it is missing" if value is None else f"{key} is no text of usual length"
            self._refuse(key, why, f'write {key} = "..."')
        return value.strip() if key != "name" else value

    def _basis(self) -> Basis:
        value = self._table.get("made_from", Basis.EMOTION.value)
        if value not in tuple(Basis):
            self._refuse(
                "made_from",
                f"made_from is {value!r}",
                "write " + " or ".join(f'"{one.value}"' for one in Basis),
            )
        return Basis(str(value))

    def _classes(self) -> tuple[str, ...]:
        value = self._table.get("classes")
        now = 'write classes = ["first", "second"]: their order is the class number'
        if not isinstance(value, list) or not 0 < len(value) <= MOST_CLASSES:
            self._refuse("classes", f"classes is no list of 1 to {MOST_CLASSES} names", now)
        for at, name in enumerate(value):
            if not isinstance(name, str) or fault_of_name(name, "class"):
                self._refuse("classes", f"{name!r} is no name of a class", now)
            if name in value[:at]:
                self._refuse("classes", f"there are two classes {name!r}", now)
        return tuple(value)

    def _mapping(self, classes: tuple[str, ...], spell: Callable[[str], str]) -> dict[str, str]:
        value = self._table.get("mapping", {})
        if not isinstance(value, dict):
            self._refuse("mapping", "mapping is no table", "write [mapping] on a line of its own")
        found: dict[str, str] = {}
        for word, name in value.items():
            key = spell(word)
            if name not in classes:
                now = "the classes are " + ", ".join(classes)
                self._refuse(word, f"{word!r} is given to {name!r}, which is no class", now, True)
            if not key or key in found:
                self._refuse(word, f"{word!r} stands there twice", "leave one of them", True)
            found[key] = name
        return found

    def _refuse(self, key: str, why: str, now: str, in_mapping: bool = False) -> NoReturn:
        where = _place(self._where, self._line(key, in_mapping))
        raise LabelError(_WHAT, where=where, why=why, now=now)

    def _line(self, key: str, in_mapping: bool) -> int:
        """Return the 1-based line of a key, 0 if it is not found."""
        named = re.compile(rf"\s*(?:\[\s*)?[\"']?{re.escape(key)}[\"']?\s*(?:=|\])")
        found = [n for n, line in enumerate(self._lines, 1) if named.match(line)]
        if not found:
            return 0
        return found[-1] if in_mapping else found[0]


def _no_toml(error: str, text: str, where: str) -> LabelError:
    at = _AT_LINE.search(error)
    line = 0 if at is None else int(at[1] or len(text.splitlines()))
    why = "it is no TOML: " + _AT_LINE.sub("", error)
    return LabelError(_WHAT, where=_place(where, line), why=why, now="correct the line")


def _place(where: str, line: int) -> str:
    return ", ".join(part for part in (where, f"line {line}" if line else "") if part)


def _key(word: str) -> str:
    return word if _BARE.fullmatch(word) else _text(word)


def _text(text: str) -> str:
    # JSON escapes what TOML wants escaped, but for the one control character past ASCII's block.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
