"""The action that computes features, or stops the one under way."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from meviewer.gui.context import Context
from meviewer.gui.stores.feature_job import FeatureJob

if TYPE_CHECKING:
    from meviewer.gui.main_window import MainWindow


def bind_features(context: Context, window: MainWindow) -> None:
    """Bind it, and let it say what it would do now."""
    job = FeatureJob(context.jobs, context.workspace, window)
    job.said.connect(window.say)
    job.failed.connect(window.show_error)
    job.computing_changed.connect(partial(_name, context))
    context.actions.bind("features", lambda: _ask_or_stop(context, window, job))


def _ask_or_stop(context: Context, window: MainWindow, job: FeatureJob) -> None:
    from meviewer.gui.dialogs.compute_features import ComputeFeaturesDialog

    if job.under_way:
        job.stop()
        return
    context.workspace.flush()
    dialog = ComputeFeaturesDialog(context, window)
    dialog.wanted.connect(job.start)
    dialog.open()


def _name(context: Context, computing: bool) -> None:
    words = "Stop computing features" if computing else "Compute features…"
    context.actions["features"].setText(words)
