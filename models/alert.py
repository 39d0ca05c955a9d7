"""Owns what an organiser is alerted of: each occasion once, its end once, and how posting it goes.

None of these opens a transaction; the caller does.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from peewee import SQL, CharField, ForeignKeyField, IntegerField, TextField, fn

from models.base import Table, UtcDateTimeField, default, one_of
from models.event import Event

# Seven attempts in five minutes; by then somebody has to look at why nobody takes it.
PAUSES_SECONDS = (5, 10, 20, 40, 80, 160)
MOST_ATTEMPTS = len(PAUSES_SECONDS) + 1
# Longer than an attempt lasts: only one whose process died is taken from it.
LEASE = timedelta(minutes=3)


class AlertKind(StrEnum):
    MATCHING_LATE = "matching_late"
    MATCHING_FAILED = "matching_failed"
    N8N_DOWN = "n8n_down"


class Alert(Table):
    """One thing to tell: an occasion, or that it is over.

    `occasion` names what happened once and for all, so that whoever sees it second adds nothing.
    `ends` is the alert whose end this one tells. `next_attempt_at` is None once it is posted, or
    is not to be posted any more.
    """

    occasion = CharField(unique=True)
    kind = CharField()
    event = ForeignKeyField(Event, null=True, on_delete="CASCADE")
    ends = ForeignKeyField("self", null=True, on_delete="CASCADE")
    text = TextField()
    raised_at = UtcDateTimeField(constraints=default("now()"))
    over_at = UtcDateTimeField(null=True)
    attempts = IntegerField(default=0, constraints=default("0"))
    next_attempt_at = UtcDateTimeField(null=True)
    posted_at = UtcDateTimeField(null=True)
    error = TextField(null=True)

    class Meta:
        table_name = "alerts"
        constraints = [one_of("kind", AlertKind)]


_IS_OPEN = Alert.over_at.is_null() & Alert.ends.is_null()
Alert.add_index(
    Alert.index(
        Alert.kind,
        fn.COALESCE(Alert.event, SQL("0")),
        name="alerts_one_open",
        unique=True,
        where=_IS_OPEN,
    )
)
Alert.add_index(
    Alert.index(
        Alert.next_attempt_at,
        name="alerts_to_post",
        where=Alert.next_attempt_at.is_null(False),
    )
)


def raise_once(
    occasion: str,
    kind: AlertKind,
    text: str,
    *,
    now: datetime,
    event_id: int | None = None,
    wait: timedelta = timedelta(0),
) -> None:
    """Plan to tell of an occasion, unless somebody has, or one of its kind is still open.

    What is over before the wait is, nobody is told of.
    """
    _insert(
        occasion=occasion, kind=kind, text=text, event=event_id, raised_at=now,
        next_attempt_at=now + wait,
    )  # fmt: skip


def open_alerts() -> list[Alert]:
    """Return the occasions that are not over, each with its event."""
    return list(Alert.select(Alert, Event).left_outer_join(Event).where(_IS_OPEN))


def end(alert: Alert, text: str | None, *, now: datetime) -> None:
    """Say that an occasion is over, and plan to tell so; once, and not at all without words.

    One that nobody has taken until now is not told of any more, since it would come after its
    end; and of one that nobody was to be told of yet, the end is no news either.
    """
    is_open = (Alert.id == alert.id) & Alert.over_at.is_null()
    ended = Alert.update(over_at=now, next_attempt_at=None).where(is_open).returning(Alert.attempts)
    was_told = any(row.attempts for row in ended.execute())
    if was_told and text is not None:
        _insert(
            occasion=f"{alert.occasion}/over", kind=alert.kind, text=text, event=alert.event_id,
            ends=alert.id, raised_at=now, over_at=now, next_attempt_at=now,
        )  # fmt: skip


def _insert(**columns: object) -> None:
    Alert.insert(**columns).on_conflict_ignore().execute()


def claim_next(now: datetime) -> Alert | None:
    """Take the alert that is to be posted first, for one attempt; nobody else gets it meanwhile."""
    first = (
        Alert.select(Alert.id)
        .where((Alert.next_attempt_at <= now) & (Alert.attempts < MOST_ATTEMPTS))
        .order_by(Alert.next_attempt_at, Alert.id)
        .limit(1)
        .for_update(skip_locked=True)
    )
    claimed = (
        Alert.update(attempts=Alert.attempts + 1, next_attempt_at=now + LEASE)
        .where(Alert.id.in_([row.id for row in first]))
        .returning(Alert)
    )
    found: Alert | None = next(iter(claimed.execute()), None)
    return found


def note_posted(alert: Alert, *, now: datetime) -> None:
    """Say that somebody took it."""
    Alert.update(posted_at=now, next_attempt_at=None, error=None).where(
        Alert.id == alert.id
    ).execute()


def note_failed(alert: Alert, error: str, *, now: datetime) -> bool:
    """Say that nobody took it, and plan the next attempt; False when there is none left."""
    next_attempt_at = None
    if alert.attempts < MOST_ATTEMPTS:
        next_attempt_at = now + timedelta(seconds=PAUSES_SECONDS[alert.attempts - 1])
    # One that ended while it was being posted stays ended.
    is_still_to_be_told = (Alert.id == alert.id) & Alert.next_attempt_at.is_null(False)
    Alert.update(error=error, next_attempt_at=next_attempt_at).where(is_still_to_be_told).execute()
    return next_attempt_at is not None
