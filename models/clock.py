"""Owns the only clock that decides: the database's, read once per unit of work and passed down."""

from datetime import datetime

from models.base import db


def now() -> datetime:
    """Return PostgreSQL's time, aware, in UTC; needs an open connection."""
    value: datetime = db.execute_sql("SELECT clock_timestamp()").fetchone()[0]
    return value
