"""Changes to a class scheme, each as a new value."""

from __future__ import annotations

from dataclasses import replace

from meviewer.core.labels import ClassScheme


def assign(scheme: ClassScheme, word: str, class_name: str | None) -> ClassScheme:
    """Give a word to a class, or to none.

    Raises
    ------
    ValueError
        If there is no such class, or the word is empty.
    """
    key = scheme.normalise(word)
    if not key or (class_name is not None and class_name not in scheme.classes):
        raise ValueError(f"{word!r} cannot be given to {class_name!r}")
    mapping = {k: v for k, v in scheme.mapping.items() if k != key or class_name is not None}
    if class_name is not None:
        mapping[key] = class_name
    return replace(scheme, mapping=mapping)


def add_class(scheme: ClassScheme, name: str) -> ClassScheme:
    """Append a class that nothing maps to yet.

    Raises
    ------
    ValueError
        If there is one of that name.
    """
    if name in scheme.classes:
        raise ValueError(f"there is a class {name!r} already")
    return replace(scheme, classes=(*scheme.classes, name))


def rename_class(scheme: ClassScheme, old: str, new: str) -> ClassScheme:
    """Give a class another name; its number and its words stay.

    Raises
    ------
    ValueError
        If there is no such class, or one of the new name.
    """
    if new != old and new in scheme.classes:
        raise ValueError(f"there is a class {new!r} already")
    at = scheme.classes.index(old)
    classes = (*scheme.classes[:at], new, *scheme.classes[at + 1 :])
    mapping = {word: new if name == old else name for word, name in scheme.mapping.items()}
    return replace(scheme, classes=classes, mapping=mapping)


def remove_class(scheme: ClassScheme, name: str) -> ClassScheme:
    """Remove a class; its words then map to nothing.

    Raises
    ------
    ValueError
        If there is no such class, or it is the last one.
    """
    if name not in scheme.classes or len(scheme.classes) == 1:
        raise ValueError(f"the class {name!r} cannot be removed")
    classes = tuple(other for other in scheme.classes if other != name)
    mapping = {word: other for word, other in scheme.mapping.items() if other != name}
    return replace(scheme, classes=classes, mapping=mapping)


def move_class(scheme: ClassScheme, name: str, by: int) -> ClassScheme:
    """Give a class another number; beyond the ends it stays there.

    Raises
    ------
    ValueError
        If there is no such class.
    """
    classes = list(scheme.classes)
    at = classes.index(name)
    classes.insert(min(max(at + by, 0), len(classes) - 1), classes.pop(at))
    return replace(scheme, classes=tuple(classes))
