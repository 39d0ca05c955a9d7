"""Owns what this process has counted since it last added that to everybody's counts.

Counting asks the database nothing, so a text costs no statement more. A process that is killed
takes along what it counted in its last second.
"""

import threading
from collections import defaultdict
from collections.abc import Callable

from models import metric_count
from models.counters import Counter, Histogram
from models.metric_count import Series

_lock = threading.Lock()
_counted: defaultdict[Series, float] = defaultdict(float)


def count(counter: Counter, amount: float = 1, **labels: str) -> None:
    """Count something that happened."""
    series = Series(counter.name, _values(counter, labels))
    with _lock:
        _counted[series] += amount


def observe(histogram: Histogram, seconds: float, **labels: str) -> None:
    """Count how long something took."""
    values = _values(histogram, labels)
    bound = next((str(float(most)) for most in histogram.buckets if seconds <= most), "+Inf")
    with _lock:
        _counted[Series(histogram.name, values, bound)] += 1
        _counted[Series(histogram.name, values, "sum")] += seconds


def flush(execute: Callable[..., object] | None = None) -> None:
    """Add what was counted to everybody's counts.

    What can not be written is kept for the next time. Where the answer to a commit is lost, it
    counts twice: monitoring can bear that.

    Parameters
    ----------
    execute : callable or None
        Runs a statement; None needs an open connection.
    """
    taken = _take()
    if not taken:
        return
    try:
        metric_count.add(taken, execute)
    except Exception:
        with _lock:
            for series, amount in taken.items():
                _counted[series] += amount
        raise


def forget() -> None:
    """Drop what this process has counted."""
    _take()


def _take() -> dict[Series, float]:
    with _lock:
        taken = dict(_counted)
        _counted.clear()
    return taken


def _values(counter: Counter | Histogram, labels: dict[str, str]) -> str:
    return ",".join(labels[name] for name in counter.labels)
