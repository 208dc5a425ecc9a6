"""The objects that own what changes while the program runs."""
