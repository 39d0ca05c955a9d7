"""Kernels as plain Python, so that they can be compared with what was compiled, and covered."""

import importlib.util
from types import ModuleType

import numba
import pytest


def uncompiled(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Load a second copy of a module in which nothing is compiled."""
    monkeypatch.setattr(numba.config, "DISABLE_JIT", 1)
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(numba.config, "DISABLE_JIT", 0)
    return module
