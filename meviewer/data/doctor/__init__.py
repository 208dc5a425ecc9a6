"""The data-set doctor: every row of a sheet becomes a sample, or is left out with a reason."""
