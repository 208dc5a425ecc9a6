"""Networks, training and prediction; the only place that imports torch."""
