"""Experiments without torch: specs, splits, metrics, records, run folders."""
