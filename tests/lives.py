"""How a state machine of hypothesis is played: quickly and always alike, or long, by `LONG=1`."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from actors.sending import recording

LONG_EXAMPLES = 1000


def live(
    machine: Callable[[], Any], monkeypatch: pytest.MonkeyPatch, *, examples: int, steps: int
) -> None:
    # Hypothesis plays the same steps again, so nothing else may be drawn.
    monkeypatch.setattr(recording._jitter, "uniform", lambda low, high: (low + high) / 2)
    is_long = bool(os.environ.get("LONG"))
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=LONG_EXAMPLES if is_long else examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=not is_long,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
        ),
    )
