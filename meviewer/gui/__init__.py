"""The Qt shell: stores hold state, panels connect, widgets draw."""

from meviewer.gui.overrides import guard_overrides

guard_overrides()
