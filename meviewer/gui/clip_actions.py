"""Which clip comes next: of the list, of the review queue, or of the adjudication."""

from __future__ import annotations

from functools import partial

from meviewer.gui.context import Context
from meviewer.gui.key_tips import with_keys

_PLACE = "Review queue: clip {at} of {n}"
_GOES_ON = " ({commit-next} goes on in it)"


def connect_clip_actions(context: Context) -> None:
    """Give the actions that lead to other clips their meaning."""
    bind = context.actions.bind
    bind("review-on", partial(step_review, context, 1))
    bind("review-back", partial(step_review, context, -1))
    bind("clip-back", partial(step_clip, context, -1))
    bind("clip-on", partial(step_clip, context, 1))
    bind("commit-next", partial(commit_clip, context))
    context.review.arrived.connect(partial(_say_place, context))


def step_clip(context: Context, by: int) -> None:
    """Go to the next or previous clip: of the adjudication where one is under way."""
    if context.adjudication.active:
        context.adjudication.step(by)
    else:
        context.workspace.step_sample(by)


def step_review(context: Context, by: int) -> None:
    """Go to the next or previous clip of the review queue."""
    if not context.review.step(by):
        end = "end" if by > 0 else "beginning"
        context.editor.said.emit(f"This is the {end} of the review queue")


def commit_clip(context: Context) -> None:
    """Declare the open clip done and go on the way one came: by the queue, or by the list.

    Where it is adjudicated, the reason is asked for first.
    """
    session = context.workspace.session
    if context.adjudication.active:
        context.adjudication.ask()
    elif session is not None and context.editor.commit_clip():
        # Counted from the clip that was committed: a second time in haste leaves none out.
        since = session.sample.id
        if not context.review.walking:
            context.workspace.step_sample(1, since=since)
        elif not context.review.step(1, since=since):
            context.editor.said.emit("Committed; this was the last clip of the review queue")


def _say_place(context: Context, at: int, n_clips: int) -> None:
    hint = with_keys(_GOES_ON, context.actions.keys)
    context.editor.said.emit(_PLACE.format(at=at, n=n_clips) + hint)
