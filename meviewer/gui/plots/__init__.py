"""Plots built once and refilled."""
