"""Clips, label files and data-set readers: everything that comes from disk."""
