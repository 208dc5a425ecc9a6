"""Where a face lies in a clip: found by models or set by hand, its regions, its alignment."""
