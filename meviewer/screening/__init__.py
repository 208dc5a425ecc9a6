"""Recorded sessions: spot, refine, recognise, report."""
