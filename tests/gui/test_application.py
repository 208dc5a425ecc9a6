"""What the start of the program sees to."""

from __future__ import annotations

import gc

from meviewer.gui.application import spare_the_collector


def test_what_stays_is_not_searched_for_garbage(own_garbage):
    gc.unfreeze()
    kept = [[] for _ in range(1000)]
    spare_the_collector()
    try:
        assert gc.get_freeze_count() > len(kept)
        searched = {id(one) for one in gc.get_objects()}
        assert not searched & {id(one) for one in kept}
    finally:
        gc.unfreeze()
