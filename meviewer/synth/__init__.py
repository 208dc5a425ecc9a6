"""Synthetic faces moved by action units, with known keyframes and flow."""
