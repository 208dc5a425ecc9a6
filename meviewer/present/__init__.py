"""Values turned into frozen view models; no Qt."""
