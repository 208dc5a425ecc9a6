"""Curves that other tools measured on a clip: OpenFace, Py-Feat and LibreFace."""
