"""The Qt shell: stores hold state, panels connect, widgets draw."""
