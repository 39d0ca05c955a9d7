"""Owns how values look on a page and in an export: times in a zone, badges, lists, links."""

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import url_for
from markupsafe import Markup
from peewee import Model

from models.admin_user import AdminUser
from models.agenda_item import EventAgendaItem
from models.attendee import EventAttendee
from models.contractor import Contractor
from models.event import Event, EventSpeaker, EventSponsor
from models.matching_run import MatchingRun
from models.message import EventMessage
from models.peer_match import EventPeerMatch
from web.admin.labels import answer_words, code_label, tone
from web.admin.structure import in_short, whole

NOTHING = Markup('<span class="nothing" aria-label="empty">–</span>')
SHORT = 90
NARROW = 28
TINY = 14

_ENDPOINTS: dict[type[Model], str] = {
    Event: "events",
    EventSpeaker: "speakers",
    EventSponsor: "sponsors",
    EventAgendaItem: "agenda",
    Contractor: "contractors",
    EventAttendee: "attendees",
    EventPeerMatch: "matches",
    EventMessage: "messages",
    MatchingRun: "runs",
}

_PLACES = {model._meta.table_name: place for model, place in _ENDPOINTS.items()}


def zone_of(record: Any) -> ZoneInfo:
    """Return the zone a record's times are shown in: its event's, else UTC."""
    event = record if isinstance(record, Event) else getattr(record, "event", None)
    try:
        return event.zone if isinstance(event, Event) else ZoneInfo("UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def record_label(record: Any) -> str:
    """Return what a person would call this record."""
    if isinstance(record, Contractor):
        return record.full_name or record.company_name or f"Contractor {record.id}"
    if isinstance(record, EventAttendee):
        return f"{record_label(record.contractor)} at {record.event.name}"
    if isinstance(record, EventPeerMatch):
        return f"{record_label(record.contractor1)} and {record_label(record.contractor2)}"
    if isinstance(record, EventMessage):
        return f"{code_label(record.message_type)} {record.id}"
    if isinstance(record, MatchingRun):
        return f"Run {record.id} ({code_label(record.kind).lower()})"
    if isinstance(record, AdminUser):
        return record.name or record.email
    name = getattr(record, "name", None) or getattr(record, "title", None)
    return str(name or f"Record {record.id}")


def record_link(record: Any) -> str | Markup:
    """Return the record's label, linked to its page when it has one."""
    endpoint = _ENDPOINTS.get(type(record))
    if endpoint is None:
        return record_label(record)
    address = url_for(f"{endpoint}.details_view", id=record.id)
    label = record_label(record)
    return Markup('<a class="{}" href="{}">{}</a>').format(_width(label), address, label)


def badge(code: str) -> Markup:
    """Return a status as a coloured word."""
    return Markup('<span class="badge-status is-{}">{}</span>').format(tone(code), code_label(code))


def answer_badge(response: str | None) -> Any:
    """Return a person's answer to an introduction as a coloured word."""
    if not response:
        return None
    words = answer_words(response)
    return Markup('<span class="badge-status is-{}">{}</span>').format(tone(response), words)


def subject_link(table: str | None, key: int | None) -> Any:
    """Return the number of a record that the audit log names, linked to the record."""
    place = _PLACES.get(table or "")
    if key is None or place is None:
        return key and str(key)
    address = url_for(f"{place}.details_view", id=key)
    return Markup('<a class="short" href="{}">{}</a>').format(address, key)


def local_time(moment: datetime, zone: ZoneInfo, *, seconds: bool = False) -> str:
    """Return `Nov 23, 2026, 12:05 PM CST`."""
    local = moment.astimezone(zone)
    clock = f"{local:%I:%M:%S %p}" if seconds and local.second else f"{local:%I:%M %p}"
    return f"{local:%b} {local.day}, {local.year}, {clock.lstrip('0')} {local:%Z}"


def clock_time(moment: datetime, zone: ZoneInfo) -> str:
    """Return `12:05 PM CST`, for what happened today."""
    local = moment.astimezone(zone)
    return f"{local:%I:%M %p} {local:%Z}".lstrip("0")


def time_tag(moment: datetime, zone: ZoneInfo, *, seconds: bool = False) -> Markup:
    """Return the local time with the exact UTC one behind it."""
    exact = moment.astimezone(UTC).isoformat(timespec="seconds")
    day, year, hour = local_time(moment, zone, seconds=seconds).split(", ")
    return Markup(
        '<time datetime="{}" title="{}"><span>{}, {},</span> <span>{}</span></time>'
    ).format(exact, exact, day, year, hour)


def cell(value: Any, zone: ZoneInfo, *, full: bool = False) -> Any:
    """Return a value for the page; `full` shows all of it, with seconds and line breaks."""
    if isinstance(value, Markup):
        return value
    if value is None or value in ("", [], {}):
        return NOTHING
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        return time_tag(value, zone, seconds=full)
    if isinstance(value, Model):
        return record_link(value)
    if isinstance(value, date | time):
        return Markup('<span class="short">{}</span>').format(_plain(value))
    if isinstance(value, dict | list):
        return whole(value) if full else _text(in_short(value), full=False)
    return _text(_plain(value), full=full)


def export_value(value: Any, zone: ZoneInfo) -> Any:
    """Return a value for a CSV cell: plain, with the offset on every time."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(timespec="seconds")
    if isinstance(value, Model):
        return record_label(value)
    if isinstance(value, list):
        return "; ".join(str(item) for item in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return f"{value:%a}, {value:%b} {value.day}, {value.year}"
    if isinstance(value, time):
        return f"{value:%I:%M %p}".lstrip("0")
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1 else f"{value:,.2f}"
    if isinstance(value, Decimal):
        return f"{value:,}"
    return str(value)


def _text(text: str, *, full: bool) -> Any:
    if full:
        return Markup('<span class="prose">{}</span>').format(text)
    if len(text) <= SHORT:
        return Markup('<span class="{}">{}</span>').format(_width(text), text)
    return Markup('<span class="clip" title="{}">{}…</span>').format(
        text, text[: SHORT - 1].rstrip()
    )


def _width(text: str) -> str:
    """Return the class that keeps a narrow column from standing the text on end."""
    return "short" if len(text) <= TINY else "mid" if len(text) <= NARROW else "clip"
