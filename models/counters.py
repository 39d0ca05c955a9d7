"""Owns what is counted for monitoring: names, words and labels of counters and histograms."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Counter:
    """A number that only grows; one for each value of its labels."""

    name: str
    words: str
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Histogram:
    """How often a duration was at most so many seconds, for each value of its labels."""

    name: str
    words: str
    labels: tuple[str, ...]
    buckets: tuple[float, ...]


SENDS = Counter("sends", "Posts of a text, or a part of one, by how they ended.", ("outcome",))
RETRIES = Counter("retries", "Of these, posts of what had been posted before.", ("outcome",))
LATENESS = Histogram(
    "text_lateness_seconds",
    "From a text's planned time to n8n's taking its first part; waiting for the pace, a pause "
    "or an approval counts.",
    ("category",),
    (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800),
)
RESCUES = Counter("rescues", "Work that was lost on its way and taken up again.", ("what",))
REPLIES = Counter("replies", "Replies that were handled, by what they meant.", ("intent",))
RUNS = Counter("matching_runs", "Matching runs by how they ended.", ("kind", "outcome"))
MATCHING = Histogram(
    "matching_seconds",
    "How long completed matching runs took.",
    ("kind",),
    (0.5, 1, 2, 5, 10, 30, 60, 120, 300),
)
ALERTS = Counter("alerts", "Posts to ALERT_WEBHOOK_URL by how they ended.", ("outcome",))

ALL: tuple[Counter | Histogram, ...] = (
    SENDS, RETRIES, LATENESS, RESCUES, REPLIES, RUNS, MATCHING, ALERTS,
)  # fmt: skip
