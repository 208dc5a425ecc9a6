"""Synthetic faces moved by action units, with known keyframes and flow."""

from meviewer.synth.clips import SyntheticClip, make_clip

__all__ = ["SyntheticClip", "make_clip"]
