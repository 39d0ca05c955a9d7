"""Owns how kernels are compiled: numba, no fast-math, so floats are what Python would give.

A kernel is a plain function over arrays. Compiling all of them takes half a minute or more, so the
machine code is kept beside the source, or where NUMBA_CACHE_DIR says, and made when the system is
built (`bin/post_compile`, `Dockerfile`): for no processor in particular, because that machine is
not the one that runs it. What the processor's own instructions would gain is too little to be
measured. Kernels leave the interpreter's lock, so that
threads can share the rows of a task; every row writes slots of its own, so threads change nothing.
"""

from collections.abc import Callable
from typing import Any

import numba

Kernel = Callable[..., Any]
"""What a kernel takes is checked when it is compiled, not by mypy."""


# They stand for NUMBA_CPU_NAME and NUMBA_CPU_FEATURES, so they are known at run time only.
numba.config.CPU_NAME = "generic"  # type: ignore[attr-defined]
numba.config.CPU_FEATURES = ""  # type: ignore[attr-defined]


def compiled(function: Kernel) -> Kernel:
    """Compile a function at its first call, or load what an earlier process has compiled."""
    kernel: Kernel
    try:
        kernel = numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:
        # This process may write nowhere, so it has to compile for itself.
        kernel = numba.njit(nogil=True)(function)
    return kernel
