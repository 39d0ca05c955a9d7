"""Owns the counts that all processes have added up, so that any of them can tell all."""

from collections.abc import Mapping
from typing import NamedTuple

from peewee import CharField, CompositeKey, DoubleField

from models.base import Table, db, default


class Series(NamedTuple):
    """One number: of which counter, with which values of its labels, and which part of it.

    `part` is empty for a counter. A histogram's is `sum`, or the upper bound of a bucket.
    """

    name: str
    labels: str
    part: str = ""


class MetricCount(Table):
    """One series. `labels` are the values, in the counter's order, with a comma between."""

    name = CharField()
    labels = CharField(default="", constraints=default("''"))
    part = CharField(default="", constraints=default("''"))
    value = DoubleField(default=0, constraints=default("0"))

    class Meta:
        table_name = "metric_counts"
        primary_key = CompositeKey("name", "labels", "part")


# In one order, so that two processes never wait for each other's rows.
_ADD = """
INSERT INTO metric_counts AS kept (name, labels, part, value)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::float8[]) AS added (n, l, p, v)
ORDER BY n, l, p
ON CONFLICT (name, labels, part) DO UPDATE SET value = kept.value + excluded.value
"""


def add(increments: Mapping[Series, float]) -> None:
    """Add to the counts, in one statement."""
    names, labels, parts = zip(*increments, strict=True)
    values = list(increments.values())
    db.execute_sql(_ADD, (list(names), list(labels), list(parts), values))


def read_all() -> dict[Series, float]:
    """Return every count there is."""
    columns = (MetricCount.name, MetricCount.labels, MetricCount.part, MetricCount.value)
    return {Series(*row[:3]): row[3] for row in MetricCount.select(*columns).tuples()}
