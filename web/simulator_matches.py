"""Owns what the simulator tells about an event's matches and its day; a constant number of queries.

Nothing in it depends on the clock, so that the same answer can be told as "nothing changed".
"""

from datetime import UTC, datetime
from typing import Any

from peewee import SQL, fn

from models import rehearsal_day
from models.agenda_item import EventAgendaItem, ItemType
from models.contractor import Contractor
from models.event import Event
from models.message import EventMessage
from models.message_status import MessageType
from models.opt_out import SmsOptOut
from models.peer_match import EventPeerMatch, MatchState

MOST_EVENTS = 30
MOST_MATCHES = 1000
# How a match keeps an answer.
YES, NO, LATER = "yes", "no", "later"
_FIRST, _SECOND = Contractor.alias(), Contractor.alias()


def describe(event_id: int | None, match_id: int | None) -> dict[str, Any]:
    """Return an event's day, its matches, and whose their phones are.

    Without an event it is that of the match, else the newest one with matches, else the newest.
    """
    if match_id is not None:
        row = EventPeerMatch.get_or_none(EventPeerMatch.id == match_id)
        event_id = row.event_id if row is not None else event_id
    events = _newest_events()
    chosen = event_id or next((one["id"] for one in events if one.pop("has_matches")), None)
    chosen = chosen or (events[0]["id"] if events else None)
    event = Event.get_or_none(Event.id == chosen)
    if event is None:
        return {"events": [], "event": None, "matches": [], "people": {}, "is_cut": False}
    matches = _matches(event, match_id)
    phones = {side["phone"] for match in matches for side in match["sides"] if side["phone"]}
    return {
        "events": [{"id": one["id"], "name": one["name"]} for one in events],
        "event": _day(event),
        "matches": matches,
        "people": people(phones),
        "is_cut": len(matches) >= MOST_MATCHES,
    }


def people(wanted: set[str]) -> dict[str, dict[str, Any]]:
    """Return, for each phone, whose it is and whether it has opted out; two queries."""
    if not wanted:
        return {}
    found: dict[str, dict[str, Any]] = {
        phone: {"name": "", "company": "", "opted_out": False} for phone in wanted
    }
    for owner in Contractor.select().where(Contractor.phone.in_(wanted)).order_by(Contractor.id):
        person = found[owner.phone]
        person["name"] = " & ".join(filter(None, [person["name"], owner.full_name]))
        person["company"] = person["company"] or owner.company_name or ""
    closed = SmsOptOut.phone.in_(wanted) & SmsOptOut.lifted_at.is_null()
    for row in SmsOptOut.select().where(closed):
        found[row.phone]["opted_out"] = True
    return found


def words(match: EventPeerMatch) -> str:
    """Return where a match stands, as one would say it."""
    if match.cancelled_at is not None:
        return "Cancelled by the organiser"
    if match.state == MatchState.CONNECTED:
        return _after_connecting(match)
    if match.state == MatchState.MET_ALREADY:
        return "They know each other already"
    answers = [
        (match.contractor1_response, _name(match.contractor1)),
        (match.contractor2_response, _name(match.contractor2)),
    ]
    agreed, refused, postponed = (
        [name for response, name in answers if response == intent] for intent in (YES, NO, LATER)
    )
    if match.state == MatchState.DECLINED:
        return f"{refused[0]} said no" if refused else "Declined"
    if match.state == MatchState.LATER:
        return "Waits for a break"
    if len(agreed) == 2:
        return "Both said yes, but one has opted out"
    if agreed:
        return f"{agreed[0]} said yes, the other one not yet"
    if postponed:
        return "Proposed again, no answer yet"
    is_out = match.introduction_sent_time is not None
    return "Introduced, no answer yet" if is_out else "Introduction to come"


def _after_connecting(match: EventPeerMatch) -> str:
    if match.pcr_score is not None:
        return f"Connected, rated {match.pcr_score.normalize():f} of 10"
    told = (match.contractor1_met, match.contractor2_met)
    if True in told:
        return "Connected, and they met"
    return "Connected, but they did not meet" if False in told else "Connected: both said yes"


def _newest_events() -> list[dict[str, Any]]:
    has_matches = fn.EXISTS(
        EventPeerMatch.select(SQL("1")).where(EventPeerMatch.event == Event.id)
    ).alias("has_matches")
    newest = Event.select(Event.id, Event.name, has_matches).order_by(Event.id.desc())
    return list(newest.limit(MOST_EVENTS).dicts())


def _matches(event: Event, match_id: int | None) -> list[dict[str, Any]]:
    """Return the matches in the order they were made; the asked one even of too many."""
    table = EventPeerMatch
    rows = (
        table.select(table, _FIRST, _SECOND)
        .join_from(table, _FIRST, on=(table.contractor1 == _FIRST.id))
        .join_from(table, _SECOND, on=(table.contractor2 == _SECOND.id))
        .where(table.event == event.id)
        .order_by(table.id != (match_id or 0), table.id)
        .limit(MOST_MATCHES)
    )
    numbers = _numbers(event)
    return [_match(row, numbers) for row in sorted(rows, key=lambda row: row.id)]


def _numbers(event: Event) -> dict[tuple[int, int], int]:
    """Return, by match and person, the number that the introduction's answers carry."""
    rows = (
        EventMessage.select(EventMessage.match, EventMessage.contractor, EventMessage.reply_number)
        .where(
            (EventMessage.event == event.id)
            & (EventMessage.message_type == MessageType.INTRODUCTION)
            & EventMessage.match.is_null(False)
            & EventMessage.reply_number.is_null(False)
        )
        .order_by(EventMessage.id)
    )
    return {(match, person): number for match, person, number in rows.tuples()}


def _match(match: EventPeerMatch, numbers: dict[tuple[int, int], int]) -> dict[str, Any]:
    return {
        "id": match.id,
        "state": "cancelled" if match.cancelled_at is not None else match.state,
        "words": words(match),
        "score": round(match.match_score * 100),
        "reason": match.match_reason or "",
        "introduced_at": _moment(match.introduction_sent_time),
        "later_at": _moment(match.later_at),
        "connected_at": _moment(match.connected_at),
        "meeting_at": _moment(match.meeting_time),
        "meeting_place": match.meeting_location or "",
        "sides": [
            _side(match, side, person) | {"number": numbers.get((match.id, person.id), 0)}
            for side, person in ((1, match.contractor1), (2, match.contractor2))
        ],
    }


def _side(match: EventPeerMatch, number: int, person: Contractor) -> dict[str, Any]:
    return {
        "name": _name(person),
        "company": person.company_name or "",
        "phone": person.phone or "",
        "response": getattr(match, f"contractor{number}_response") or "",
        "responded_at": _moment(getattr(match, f"contractor{number}_responded_at")),
        "met": getattr(match, f"contractor{number}_met"),
        "met_at": _moment(getattr(match, f"contractor{number}_met_at")),
        "rating": getattr(match, f"feedback_contractor{number}") or "",
    }


def _name(person: Contractor) -> str:
    return person.full_name or person.company_name or f"Contractor {person.id}"


def _day(event: Event) -> dict[str, Any]:
    """Return the event's hours: how its clock goes, what is on, what comes."""
    items = list(
        EventAgendaItem.select()
        .where(EventAgendaItem.event == event.id)
        .order_by(EventAgendaItem.start_time, EventAgendaItem.id)
    )
    steps = [("Matching", event.matching_at), ("Introductions", event.introductions_at)]
    return {
        "id": event.id,
        "name": event.name,
        "zone": event.timezone if _has_zone(event) else "UTC",
        "scale": event.time_scale,
        "is_cancelled": event.cancelled_at is not None,
        "ends_at": _moment(event.ends_at),
        "clock": _clock(event, items),
        "steps": [{"title": title, "at": _moment(at)} for title, at in steps if at is not None],
        "agenda": [
            {
                "title": item.title,
                "is_break": item.item_type == ItemType.BREAK,
                "starts_at": _moment(item.start_time),
                "ends_at": _moment(item.end_time),
            }
            for item in items
            if item.item_type != ItemType.SPONSOR_SESSION
        ],
    }


def _clock(event: Event, items: list[EventAgendaItem]) -> dict[str, Any] | None:
    """Return a real moment and what the event's clocks show then; None when nobody can know."""
    if not _has_zone(event):
        return None
    shown = rehearsal_day.doors_open(event)
    opens = shown if event.time_scale == 1 else rehearsal_day.registration_time(items)
    return {"real_at": _moment(opens), "wall_at": _moment(shown)} if opens else None


def _has_zone(event: Event) -> bool:
    try:
        return bool(event.zone)
    except (KeyError, ValueError, OSError):
        return False


def _moment(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds") if moment else None
