"""Errors in what Qt calls reach the window's error card instead of ending the program.

Before Python 3.12 an error that C raises (an index out of range, a division by 0, wrong shapes) is
put together only when Python code first looks at it. PySide6 reads it without looking while it
leaves a Python method that Qt has called, such as a ``paintEvent``, and the process dies (seen
with 6.10.1, 6.11.1 and 6.11.3).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from types import FunctionType
from typing import ParamSpec, TypeVar

from PySide6.QtCore import QObject

P = ParamSpec("P")
R = TypeVar("R")


def guard_overrides() -> None:
    """See to it that Python looks at such errors first, in every class that is made from now on."""
    if sys.version_info >= (3, 12) or "__init_subclass__" in vars(QObject):
        return

    def made(cls: type[QObject], /, **arguments: object) -> None:
        super(QObject, cls).__init_subclass__(**arguments)
        _guard(cls)

    setattr(QObject, "__init_subclass__", classmethod(made))  # noqa: B010 - mypy knows no such method


def _guard(cls: type) -> None:
    for name, method in list(vars(cls).items()):
        if isinstance(method, FunctionType) and _is_qts(cls, name):
            setattr(cls, name, _looked_at(method))


def _is_qts(cls: type, name: str) -> bool:
    bases = (base for base in cls.__mro__[1:] if base.__module__.startswith("PySide6."))
    return any(name in vars(base) for base in bases)


def _looked_at(method: Callable[P, R]) -> Callable[P, R]:
    @wraps(method)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(*args, **kwargs)
        except BaseException:
            # Caught, it has been put together; nothing else is wanted of this.
            raise

    return call
