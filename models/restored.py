"""Owns what must not happen by itself in a database that was restored from a backup.

Whatever was done between the backup and its restoration is not in it: texts that left look as if
they still had to. None of these opens a transaction; the caller does.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models import usefulness
from models.base import db
from models.config import Config
from models.event import Event
from models.message import EventMessage
from models.message_status import UNDER_WAY, Direction, HeldBecause, MessageStatus

PAUSED_BY = "a database restored from a backup"
MAY_HAVE_LEFT = "the database was restored: it may have left after the backup"
MAY_HAVE_RUN = (
    "The database was restored from a backup, and matching may have run after it was made. If "
    "nobody was introduced, run it now."
)
MAY_BE_ANSWERED = "The database was restored from a backup; it may have been answered after it."
LOOK_BACK = timedelta(days=7)

# The cluster, the database and a table of it: a dump that is loaded anywhere has others. The
# table's own, since a dump can be loaded into the database that it came from.
_IDENTITY = """
    SELECT (SELECT oid FROM pg_database WHERE datname = current_database())::text || '/'
        || 'event_messages'::regclass::oid::text
"""
_MAY_ASK = "SELECT has_function_privilege('pg_control_system()', 'execute')"
_CLUSTER = "SELECT system_identifier::text FROM pg_control_system()"
_PLANS = """
    UPDATE events SET matching_status = 'missed', matching_status_reason = %(reason)s
    WHERE matching_at <= %(now)s AND matching_status IN ('scheduled', 'queued', 'running')
"""
_RUNS = """
    UPDATE matching_runs SET status = 'abandoned', finished_at = %(now)s, lease_until = NULL,
        error = %(reason)s
    WHERE status = 'running'
"""
_TOP_UPS = "UPDATE events SET top_up_at = NULL, wake_sent_at = NULL WHERE top_up_at <= %(now)s"
_FOLLOW_UPS = "UPDATE event_peer_matches SET follow_up_at = NULL WHERE follow_up_at <= %(now)s"
_REPLIES = """
    UPDATE event_messages SET handled_at = %(now)s, inbox_reason = %(reason)s
    WHERE status = 'received' AND handled_at IS NULL
"""


@dataclass(frozen=True)
class HeldBack:
    """What was kept from happening by itself.

    Attributes
    ----------
    events : int
        Events whose sending is paused now.
    held, cancelled : int
        Texts that were due and may have left: those that are still of use wait for a person.
    matchings : int
        Batches that were due, and are not run.
    follow_ups : int
        Matches whose next question was due.
    replies : int
        Replies that nobody had handled; they are in the inbox.
    """

    events: int
    held: int
    cancelled: int
    matchings: int
    follow_ups: int
    replies: int


def identity() -> str:
    """Return what tells this database from every copy of it that was made by dump and restore."""
    here: str = db.execute_sql(_IDENTITY).fetchone()[0]
    # A platform may keep that to itself; then only the database and its table are compared.
    may_ask = db.execute_sql(_MAY_ASK).fetchone()[0]
    cluster = db.execute_sql(_CLUSTER).fetchone()[0] if may_ask else "unknown"
    return f"{cluster}/{here}"


def hold_back(*, now: datetime, config: Config) -> HeldBack:
    """Pause every event and keep back whatever was due: it may have been done after the backup.

    What is planned for later stays planned, and waits for the end of its event's pause.
    """
    events = (
        Event.update(paused_at=now, paused_by=PAUSED_BY)
        .where(
            Event.paused_at.is_null()
            & Event.cancelled_at.is_null()
            & (Event.date >= (now - LOOK_BACK).date())
        )
        .execute()
    )
    due = EventMessage.status.in_(UNDER_WAY) & (EventMessage.direction == Direction.OUTBOUND)
    due &= (EventMessage.due_at() <= now) | (EventMessage.status == MessageStatus.SENDING)
    columns = {
        "is_doubtful": True, "error_message": MAY_HAVE_LEFT, "wake_at": None,
        "claim_token": None, "lease_until": None,
    }  # fmt: skip
    is_past = usefulness.is_past(now, config)
    cancelled = EventMessage.update(status=MessageStatus.CANCELLED, **columns)
    held = EventMessage.update(
        status=MessageStatus.HELD, held_because=HeldBecause.UNKNOWN, **columns
    )
    return HeldBack(
        events=int(events),
        cancelled=int(cancelled.where(due & is_past).execute()),
        held=int(held.where(due).execute()),
        matchings=_run(_PLANS, now, MAY_HAVE_RUN),
        follow_ups=_run(_FOLLOW_UPS, now, None),
        replies=_run(_REPLIES, now, MAY_BE_ANSWERED),
    )


def stop_runs(*, now: datetime) -> None:
    """End what a worker of before was at, and drop the top-ups that were due."""
    _run(_RUNS, now, "the database was restored from a backup")
    _run(_TOP_UPS, now, None)


def _run(statement: str, now: datetime, reason: str | None) -> int:
    changed: int = db.execute_sql(statement, {"now": now, "reason": reason}).rowcount
    return changed
