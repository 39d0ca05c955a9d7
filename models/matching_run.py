"""Owns the record of each matching batch: what it was given, what it found, how long it took."""

from enum import StrEnum

from peewee import CharField, DoubleField, ForeignKeyField, IntegerField, JSONField, TextField

from models.base import Table, UtcDateTimeField, default, one_of
from models.event import Event


class RunKind(StrEnum):
    """`batch` is the one before lunch; `top_up` adds people and pairs to what is there."""

    BATCH = "batch"
    TOP_UP = "top_up"


class RunStatus(StrEnum):
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    ABANDONED = "abandoned"


class MatchingRun(Table):
    """One batch. `pool` counts those checked in, `eligible` those who could be matched.

    `not_made`: required pairs that could not be made, each with both ids, why, and who it is about.
    """

    event = ForeignKeyField(Event, backref="matching_runs", on_delete="RESTRICT")
    kind = CharField(default=RunKind.BATCH, constraints=default("'batch'"))
    status = CharField(default=RunStatus.RUNNING, constraints=default("'running'"))
    planned_for = UtcDateTimeField(null=True)
    started_at = UtcDateTimeField(constraints=default("now()"))
    finished_at = UtcDateTimeField(null=True)
    lease_until = UtcDateTimeField(null=True)
    rules = JSONField(default=dict, constraints=default("'{}'"))
    pool = IntegerField(default=0, constraints=default("0"))
    eligible = IntegerField(default=0, constraints=default("0"))
    covered = IntegerField(default=0, constraints=default("0"))
    matches_created = IntegerField(default=0, constraints=default("0"))
    introductions_created = IntegerField(default=0, constraints=default("0"))
    total_score = DoubleField(null=True)
    upper_bound = DoubleField(null=True)
    gap = DoubleField(null=True)
    certificate = JSONField(default=dict, constraints=default("'{}'"))
    unmatched = JSONField(default=list, constraints=default("'[]'"))
    timings = JSONField(default=dict, constraints=default("'{}'"))
    progress = JSONField(default=dict, constraints=default("'{}'"))
    not_made = JSONField(default=list, constraints=default("'[]'"))
    error = TextField(null=True)
    created_at = UtcDateTimeField(constraints=default("now()"))
    updated_at = UtcDateTimeField(constraints=default("now()"))

    class Meta:
        table_name = "matching_runs"
        constraints = [one_of("kind", RunKind), one_of("status", RunStatus)]


MatchingRun.add_index(
    MatchingRun.index(
        MatchingRun.event,
        name="matching_runs_one_running",
        unique=True,
        where=MatchingRun.status == "running",
    )
)
