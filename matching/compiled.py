"""Owns how kernels are compiled: numba, no fast-math, so floats are what Python would give.

A kernel is a plain function over arrays. The machine code is kept beside the source, so that only
the first process after an installation waits for it. Kernels leave the interpreter's lock, so that
threads can share the rows of a task; every row writes slots of its own, so threads change nothing.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def compiled(function: Kernel) -> Kernel:
    """Compile a function at its first call."""
    return cast(Kernel, numba.njit(cache=True, nogil=True)(function))
