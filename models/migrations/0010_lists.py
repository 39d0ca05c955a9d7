"""Adds what the lists of texts are read by: the newest of all, of an event, of a status; by time."""

from typing import Any

# Built beside live traffic: an ordinary CREATE INDEX would keep every text from changing while it
# reads a million rows. That can not be part of a transaction, so each step can be repeated.
atomic = False

INDEXES = {
    "event_messages_newest": "(created_at, id)",
    "event_messages_event_newest": "(event_id, created_at, id)",
    "event_messages_status_newest": "(status, created_at, id)",
    "event_messages_by_plan": "(scheduled_time, id)",
    "event_messages_by_departure": "(actual_send_time, id)",
}


def up(migrator: Any, db: Any) -> None:
    # A million rows take seconds for each; it waits for transactions that began before it.
    db.execute_sql("SET statement_timeout = '30min'")
    try:
        for name, columns in INDEXES.items():
            # What an earlier try left unfinished is there by name, and of no use.
            db.execute_sql(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            db.execute_sql(f"CREATE INDEX CONCURRENTLY {name} ON event_messages {columns}")
    finally:
        db.execute_sql("SET statement_timeout = '60s'")
