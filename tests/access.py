"""Who may do what, route by route, as tests/data/access.csv says it."""

import csv
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from werkzeug.routing import Rule

from models.admin_user import AdminUser
from models.agenda_item import EventAgendaItem
from models.api_token import ApiToken
from models.attendee import EventAttendee
from models.audit_log import AuditLog
from models.base import Table, db
from models.contractor import Contractor
from models.event import Event, EventSpeaker, EventSponsor
from models.import_job import ImportJob
from models.matching_run import MatchingRun
from models.message import EventMessage
from models.opt_out import SmsOptOut
from models.peer_match import EventPeerMatch
from models.tables import ALL_TABLES

LIST = Path(__file__).parent / "data" / "access.csv"
OPEN = {
    "root": "leads to the admin, which asks who it is",
    "static": "stylesheets and scripts",
    "admin.static": "stylesheets and scripts",
    "health.healthz": "the platform's probe",
    "health.readyz": "the platform's probe; words, no data",
    "health.metrics": "counts only",
    "admin_session.login": "how one stops being a stranger",
    "admin_session.logout": "ends a session, so it needs none",
}
TABLES: dict[str, type[Table]] = {
    "accounts": AdminUser,
    "agenda": EventAgendaItem,
    "attendees": EventAttendee,
    "audit": AuditLog,
    "contractors": Contractor,
    "events": Event,
    "imports": ImportJob,
    "inbox": EventMessage,
    "matches": EventPeerMatch,
    "messages": EventMessage,
    "opt-outs": SmsOptOut,
    "runs": MatchingRun,
    "speakers": EventSpeaker,
    "sponsors": EventSponsor,
    "tokens": ApiToken,
    "trouble": EventMessage,
}


@dataclass(frozen=True)
class Call:
    """A route and a method."""

    rule: Rule
    method: str

    @property
    def name(self) -> str:
        return f"{self.rule.endpoint},{self.method}"


def calls(app: Flask) -> list[Call]:
    """Return everything that can be called."""
    return [
        Call(rule, method)
        for rule in app.url_map.iter_rules()
        for method in sorted(rule.methods or ())
        if method not in ("HEAD", "OPTIONS")
    ]


def least_roles() -> dict[str, str]:
    """Return by `endpoint,METHOD` the least that one has to be."""
    with LIST.open() as file:
        return {f"{row['endpoint']},{row['method']}": row["who"] for row in csv.DictReader(file)}


def keys_of() -> dict[str, int]:
    """Return by view the id of a row that it shows."""
    rows = {view: table.select().order_by(table.id).first() for view, table in TABLES.items()}
    return {view: row.id for view, row in rows.items() if row}


def snapshot() -> str:
    """Return what differs when anything in any table does."""
    tables = [table._meta.table_name for table in ALL_TABLES]
    rows = "coalesce(string_agg(t::text, ';' ORDER BY t::text), '')"
    each = " || ' ' || ".join(f"(SELECT md5({rows}) FROM {name} t)" for name in tables)
    return str(db.execute_sql(f"SELECT {each}").fetchone()[0])
