"""Compiling a plain function to machine code, with a cache where the installation allows one."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a numeric loop with numba, on its first call.

    The loop runs without Python's lock, so that several threads may be in it at once; threads are
    ours, not numba's, whose default layer does not survive two callers. The machine code is kept
    beside the module, else in the user's cache folder, else (a read-only home) nowhere.

    Parameters
    ----------
    function : Callable
        A function of arrays and numbers in numba's subset of Python.

    Returns
    -------
    Callable
        The same function, compiled.

    Notes
    -----
    numba is imported here: decorate at the top of a module that is itself imported late.
    """
    import numba

    try:
        made = numba.njit(function, nogil=True, fastmath=True, error_model="numpy", cache=True)
    except RuntimeError:
        # "cannot cache function: no locator available": no folder can be written to.
        made = numba.njit(function, nogil=True, fastmath=True, error_model="numpy")
    return cast(Callable[P, R], made)
