"""Owns what can be taken along of an event: its people, matches, texts, replies, mutual pairs.

Needs an open transaction: rows are read through a cursor, so that memory holds a thousand of them
however many there are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from models.base import db

AT_A_TIME = 1_000

_NAME = "concat_ws(' ', {0}.first_name, {0}.last_name)"
_IS_OUT = "EXISTS (SELECT FROM sms_opt_outs o WHERE o.phone = {0}.phone AND o.lifted_at IS NULL)"
# Both said yes. A connection that an organiser ticked is nobody's word for the other's contacts.
_IS_MUTUAL = "m.cancelled_at IS NULL AND m.state = 'connected'"


@dataclass(frozen=True)
class Sheet:
    """One table of an export.

    Attributes
    ----------
    name : str
        What the sheet, or the file, is called.
    columns : tuple of (heading, SQL)
        What it shows, in order.
    source : str
        The SQL from FROM on, with `%(event)s` for the event.
    order : str
        The SQL of its order; an index has it.
    """

    name: str
    columns: tuple[tuple[str, str], ...]
    source: str
    order: str

    @property
    def headings(self) -> list[str]:
        return [heading for heading, _ in self.columns]


def _contact(alias: str, whose: str) -> tuple[tuple[str, str], ...]:
    return (
        (f"{whose}", _NAME.format(alias)),
        (f"{whose}: company", f"{alias}.company_name"),
        (f"{whose}: job title", f"{alias}.job_title"),
        (f"{whose}: phone", f"{alias}.phone"),
        (f"{whose}: e-mail", f"{alias}.email"),
        (f"{whose}: wants no texts", _IS_OUT.format(alias)),
    )


_PAIR = (
    "FROM event_peer_matches m JOIN contractors a ON a.id = m.contractor1_id "
    "JOIN contractors b ON b.id = m.contractor2_id WHERE m.event_id = %(event)s"
)
_BY_PAIR = "m.contractor1_id, m.contractor2_id"
_OUTCOME = (
    ("Score", "m.match_score"),
    ("Why they fit", "m.match_reason"),
    ("Introduced", "m.introduction_sent_time"),
    ("Both said yes", "m.connected_at"),
    ("Meeting time", "m.meeting_time"),
    ("Meeting place", "m.meeting_location"),
    ("First says they met", "m.contractor1_met"),
    ("Second says they met", "m.contractor2_met"),
    ("First person's rating", "m.feedback_contractor1"),
    ("Second person's rating", "m.feedback_contractor2"),
    ("Mean rating", "m.pcr_score"),
    ("Notes", "m.notes"),
)
_TEXTS = (
    "FROM event_messages t LEFT JOIN contractors c ON c.id = t.contractor_id "
    "WHERE t.event_id = %(event)s AND t.direction = "
)

PAIRS = Sheet(
    "Mutual pairs",
    (
        ("Match", "m.id"),
        *_contact("a", "First person"),
        *_contact("b", "Second person"),
        *_OUTCOME,
    ),
    f"{_PAIR} AND {_IS_MUTUAL}",
    _BY_PAIR,
)
PEOPLE = Sheet(
    "Attendees",
    (
        ("Contractor", "c.id"),
        ("First name", "c.first_name"),
        ("Last name", "c.last_name"),
        ("Company", "c.company_name"),
        ("Job title", "c.job_title"),
        ("Phone", "c.phone"),
        ("E-mail", "c.email"),
        ("Service area", "c.service_area"),
        ("Focus areas", "c.focus_areas"),
        ("Services", "c.services_offered"),
        ("Revenue tier", "c.revenue_tier"),
        ("Team size", "c.team_size"),
        ("Checked in", "e.check_in_time"),
        ("Checked in by", "e.check_in_method"),
        ("Agreed to texts", "e.sms_opt_in"),
        ("Agreed at", "e.sms_consent_at"),
        ("Agreed through", "e.sms_consent_source"),
        ("Wants no texts", _IS_OUT.format("c")),
    ),
    "FROM event_attendees e JOIN contractors c ON c.id = e.contractor_id "
    "WHERE e.event_id = %(event)s",
    "e.contractor_id",
)
MATCHES = Sheet(
    "Matches",
    (
        ("Match", "m.id"),
        ("First person", _NAME.format("a")),
        ("First person: company", "a.company_name"),
        ("Second person", _NAME.format("b")),
        ("Second person: company", "b.company_name"),
        ("State", "m.state"),
        ("Cancelled", "m.cancelled_at"),
        ("Connected", "m.connection_made"),
        ("First person's answer", "m.contractor1_response"),
        ("Second person's answer", "m.contractor2_response"),
        ("Kind", "m.match_type"),
        ("Score by factor", "m.match_criteria"),
        *_OUTCOME,
        ("Made", "m.created_at"),
    ),
    _PAIR,
    _BY_PAIR,
)
_TEXT_COLUMNS = (
    ("Text", "t.id"),
    ("Person", _NAME.format("c")),
    ("Company", "c.company_name"),
    ("Phone", "t.phone"),
    ("Kind", "t.message_type"),
    ("Match", "t.match_id"),
    ("Status", "t.status"),
    ("Words", "t.message_content"),
)
TEXTS = Sheet(
    "Texts",
    (
        *_TEXT_COLUMNS,
        ("Planned", "t.scheduled_time"),
        ("Sent", "t.actual_send_time"),
        ("Attempts", "t.attempts"),
        ("Trouble", "t.error_message"),
    ),
    f"{_TEXTS} 'outbound'",
    "t.created_at, t.id",
)
REPLIES = Sheet(
    "Replies",
    (
        *_TEXT_COLUMNS,
        ("Came", "t.created_at"),
        ("What was done", "t.action_taken"),
        ("Sentiment", "t.sentiment_score"),
        ("For a person", "t.inbox_reason"),
    ),
    f"{_TEXTS} 'inbound'",
    "t.created_at, t.id",
)
EVERYTHING = (PEOPLE, MATCHES, PAIRS, TEXTS, REPLIES)


def count(event_id: int, sheets: tuple[Sheet, ...] = EVERYTHING) -> dict[str, int]:
    """Count the rows of each sheet in one query."""
    parts = [f"(SELECT count(*) {sheet.source})" for sheet in sheets]
    row = db.execute_sql(f"SELECT {', '.join(parts)}", {"event": event_id}).fetchone()
    return {sheet.name: number for sheet, number in zip(sheets, row, strict=True)}


def ticked(event_id: int) -> int:
    """Count the matches that an organiser ticked as connected, which are no mutual pairs."""
    where = "m.cancelled_at IS NULL AND m.connection_made AND m.state <> 'connected'"
    row = db.execute_sql(f"SELECT count(*) {_PAIR} AND {where}", {"event": event_id}).fetchone()
    return int(row[0])


def rows(sheet: Sheet, event_id: int) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of one sheet, read a thousand at a time; one sheet after the other."""
    columns = ", ".join(sql for _, sql in sheet.columns)
    query = f"SELECT {columns} {sheet.source} ORDER BY {sheet.order}"
    db.execute_sql(f"DECLARE sheet NO SCROLL CURSOR FOR {query}", {"event": event_id})
    while chunk := db.execute_sql(f"FETCH {AT_A_TIME} FROM sheet").fetchall():
        yield from chunk
    db.execute_sql("CLOSE sheet")
