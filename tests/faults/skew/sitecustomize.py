"""Shifts one process's wall clock by CLOCK_SKEW_SECONDS, before anything else reads it.

Python loads this by its name from PYTHONPATH. The monotonic clock and PostgreSQL stay right.
"""

import os
import time

_shift = float(os.environ.get("CLOCK_SKEW_SECONDS", "0"))
_true_time, _true_time_ns = time.time, time.time_ns

time.time = lambda: _true_time() + _shift
time.time_ns = lambda: _true_time_ns() + round(_shift * 1e9)
