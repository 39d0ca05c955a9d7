"""Owns how kernels are compiled: numba, no fast-math, so floats are what Python would give.

A kernel is a plain function over arrays. The machine code is kept beside the source, so that only
the first process after an installation waits for it. Kernels leave the interpreter's lock, so that
threads can share the rows of a task; every row writes slots of its own, so threads change nothing.
"""

from collections.abc import Callable
from typing import Any

import numba

Kernel = Callable[..., Any]
"""What a kernel takes is checked when it is compiled, not by mypy."""


def compiled(function: Kernel) -> Kernel:
    """Compile a function at its first call."""
    kernel: Kernel = numba.njit(cache=True, nogil=True)(function)
    return kernel
