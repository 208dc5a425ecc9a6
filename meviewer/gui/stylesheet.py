"""The style sheet of the application: a template filled with one palette and the tokens."""

from __future__ import annotations

from dataclasses import fields
from string import Template

from meviewer import resources
from meviewer.gui.palette import Palette
from meviewer.gui.tokens import Radius, Type

MARKS = ("down", "up", "tick", "dot")
"""Small pictures that the sheet needs as files: it takes a path and no data."""


def style_sheet(palette: Palette) -> str:
    """Return the sheet in the colours of ``palette``."""
    template = Template(resources.path("themes/sheet.qss").read_text(encoding="utf-8"))
    return template.substitute(_colours(palette) | _tokens() | _marks(palette.name))


def _colours(palette: Palette) -> dict[str, str]:
    return {field.name: getattr(palette, field.name) for field in fields(palette)}


def _tokens() -> dict[str, str]:
    return {
        "type_caption": str(Type.caption),
        "type_body": str(Type.body),
        "type_title": str(Type.title),
        "type_heading": str(Type.heading),
        "type_display": str(Type.display),
        "weight_medium": str(Type.medium),
        "weight_strong": str(Type.strong),
        "radius_small": str(Radius.small),
        "radius_control": str(Radius.control),
    }


def _marks(theme: str) -> dict[str, str]:
    folder = resources.path(f"themes/{theme}")
    return {f"mark_{name}": (folder / f"{name}.svg").as_posix() for name in MARKS}
