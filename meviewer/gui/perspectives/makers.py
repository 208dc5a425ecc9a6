"""What makes each perspective, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from PySide6.QtWidgets import QWidget

from meviewer.gui.context import Context
from meviewer.gui.perspectives.annotate import AnnotatePerspective


def _inspect(context: Context) -> QWidget:
    from meviewer.gui.perspectives.inspect import InspectPerspective

    return InspectPerspective(context)


def _train(context: Context) -> QWidget:
    from meviewer.gui.perspectives.train import TrainPerspective

    made = TrainPerspective(context.theme, context.workspace, context.jobs)
    made.said.connect(context.editor.said)
    made.schemes_wanted.connect(lambda *wanted: _show_schemes(context, wanted))
    return made


def _show_schemes(context: Context, wanted: tuple[str, str]) -> None:
    """Trigger the action on what is wanted; the next time it shows whatever there is."""
    action = context.actions["schemes"]
    action.setData(wanted)
    action.trigger()
    action.setData(None)


def _adjudicate(context: Context) -> QWidget:
    from meviewer.gui.perspectives.adjudicate import AdjudicatePerspective

    return AdjudicatePerspective(context)


MAKERS: Mapping[str, Callable[[Context], QWidget]] = MappingProxyType(
    {
        "annotate": AnnotatePerspective,
        "inspect": _inspect,
        "train": _train,
        "adjudicate": _adjudicate,
    }
)
"""What makes each perspective; most are imported when they are wanted for the first time."""
