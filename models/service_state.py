"""Owns what the running parts say of themselves: the planner's heartbeat, n8n's last trouble."""

from datetime import datetime
from typing import Any

from peewee import Case, CharField, JSONField, TextField

from models.base import Table, UtcDateTimeField, default

PLANNER = "planner"
N8N = "n8n"
N8N_CHECK = "n8n_check"

UP = "up"
TROUBLE = "trouble"
DOWN = "down"


class ServiceState(Table):
    """One row a part. `since` is when the present `state` began, `seen_at` when it last spoke."""

    name = CharField(primary_key=True)
    state = CharField()
    message = TextField(null=True)
    detail = JSONField(default=dict, constraints=default("'{}'"))
    since = UtcDateTimeField(constraints=default("now()"))
    seen_at = UtcDateTimeField(constraints=default("now()"))

    class Meta:
        table_name = "service_states"


def report(
    name: str, state: str, *, now: datetime, message: str | None = None, **detail: Any
) -> None:
    """Say what state a part is in now; `since` moves only when the state changes."""
    unchanged = ServiceState.state == state
    ServiceState.insert(
        name=name, state=state, message=message, detail=detail, since=now, seen_at=now
    ).on_conflict(
        conflict_target=[ServiceState.name],
        update={
            ServiceState.state: state,
            ServiceState.message: message,
            ServiceState.detail: detail,
            ServiceState.seen_at: now,
            ServiceState.since: Case(None, [(unchanged, ServiceState.since)], now),
        },
    ).execute()


def read(name: str) -> ServiceState | None:
    """Return what a part last said, or None."""
    state: ServiceState | None = ServiceState.get_or_none(ServiceState.name == name)
    return state


def read_all(*names: str) -> dict[str, ServiceState]:
    """Return what several parts last said, in one query; one that never spoke is left out."""
    rows = ServiceState.select().where(ServiceState.name.in_(names))
    return {row.name: row for row in rows}
