"""Tables of the documents that are made from the code: run this file to write them anew."""

from __future__ import annotations

import re
from dataclasses import fields
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).parent.parent
GUIDE = ROOT / "resources" / "docs" / "guide"

_SIGNS = {"Left": "←", "Right": "→"}
_NUMBERED = {
    "Keyframes": ("Emotion, in the inspector's order", "`1` … `9`"),
    "Adjudication": ("Take what 1 … 9 says", "`Alt+1` … `Alt+9`"),
}


def keys_table() -> str:
    """Every action with its keys, by group; nine of a kind in one line."""
    from meviewer.gui.actions import ACTIONS

    lines = []
    for group, specs in groupby(ACTIONS, lambda spec: spec.group):
        shown = [spec for spec in specs if spec.keys and not _is_numbered(spec.name)]
        rows = [(spec.text, ", ".join(map(_key, spec.keys))) for spec in shown]
        rows += [_NUMBERED[group]] if group in _NUMBERED else []
        lines += [f"| **{group}** | |", *(f"| {text} | {keys} |" for text, keys in rows)]
    return "\n".join(["| action | keys |", "|---|---|", *lines])


def fields_table() -> str:
    """Every field of an experiment, with its default and what it may be."""
    from meviewer.experiment.spec import form

    rows = [
        f"| `{field.name}` | `{_value(field.default)}` | {field.help} | {field.rule} |"
        for field in form()
    ]
    return "\n".join(["| field | default | meaning | may be |", "|---|---|---|---|", *rows])


def flow_table() -> str:
    """The parameters of each optical-flow method."""
    from meviewer.motion.flow_params import KINDS

    rows = [f"| `{method}` | {_defaults(kind())} |" for method, kind in KINDS.items()]
    return "\n".join(["| method | parameters |", "|---|---|", *rows])


def mm_cof_table() -> str:
    """The parameters of MM-COF."""
    from meviewer.motion.mm_cof import MMCOFParams

    return f"Parameters: {_defaults(MMCOFParams())}."


def schemes_table() -> str:
    """The class schemes that come with the program."""
    from meviewer.data.schemes import built_in_folder, read_scheme

    found = [read_scheme(path) for path in sorted(built_in_folder().glob("*.toml"))]
    rows = [
        f"| `{one.name}` | {one.made_from.value} | {', '.join(one.classes)} | {one.text} |"
        for one in found
    ]
    head = "| name | made from | classes, in the order of their numbers | |"
    return "\n".join([head, "|---|---|---|---|", *rows])


TABLES = {
    "schemes": (GUIDE / "class-schemes.md", schemes_table),
    "keys": (GUIDE / "annotate.md", keys_table),
    "flow": (GUIDE / "inspect.md", flow_table),
    "mmcof": (GUIDE / "inspect.md", mm_cof_table),
    "fields": (GUIDE / "train.md", fields_table),
}
"""Name of each table, its page, and what makes it."""


def stored(name: str) -> str:
    """The table as it stands on its page."""
    page, _make = TABLES[name]
    found = _place(name).search(page.read_text("utf-8"))
    assert found is not None, f"{page.name} has no place for the table {name}"
    return found[2].strip()


def write() -> None:
    """Put every table into its page."""
    for name, (page, make) in TABLES.items():
        text = page.read_text("utf-8")
        made = _place(name).sub(lambda m, make=make: f"{m[1]}\n{make()}\n{m[3]}", text)
        page.write_text(made, "utf-8")


def _place(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {name}: [^\n]*-->)\n(.*?)\n(<!-- end of {name} -->)", re.DOTALL)


def _is_numbered(name: str) -> bool:
    return name[-1] in "123456789" and name.startswith(("emotion-", "take-"))


def _key(key: str) -> str:
    parts = [key] if key == "+" else key.split("+")
    return "`" + "+".join(_SIGNS.get(part, part) for part in parts) + "`"


def _defaults(params: object) -> str:
    return ", ".join(f"{f.name} {_value(getattr(params, f.name))}" for f in fields(params))


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "as preset"
    return "[" + ", ".join(map(str, value)) + "]" if isinstance(value, tuple) else str(value)


if __name__ == "__main__":
    write()
