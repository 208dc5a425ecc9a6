"""One module a perspective: arranges panels, nothing else."""
