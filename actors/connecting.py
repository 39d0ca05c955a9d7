"""Owns what happens when two people have both said yes: they get each other's contacts, once."""

from datetime import datetime

from actors.answers import plan_once, worded
from actors.phrases import at_place, clock_time, first_name, one_line
from models import breaks, match_moves
from models.breaks import Spot
from models.contractor import Contractor
from models.event import Event
from models.match_moves import Seen
from models.message_status import MessageCategory, MessageType
from models.opt_out import has_opted_out
from models.usefulness import CONTACTS


def may_connect(seen: Seen) -> bool:
    """Whether both can still be texted; it is asked again when each text leaves."""
    return not any(person.phone and has_opted_out(person.phone) for person in (seen.me, seen.peer))


def connect(seen: Seen, event: Event, *, now: datetime) -> None:
    """Plan the exchange of contacts, to both, with where and when to meet if there is a spot."""
    spot = breaks.meeting_spot(event, now=now)
    if spot is not None:
        match_moves.plan_meeting(seen.match.id, at=spot.at, place=spot.place)
    for side in (seen, seen.seen_by_peer()):
        facts = {
            "peer_first_name": first_name(side.peer),
            "contacts": _contacts(side.peer),
            "meeting": _meeting(spot, event),
        }
        kind = MessageType.CONTACT_EXCHANGE
        plan_once(
            side.me,
            kind,
            worded(kind, event.id, side.me, facts),
            occasion=f"contacts:{seen.match.id}",
            event_id=event.id,
            match_id=seen.match.id,
            now=now,
            expires_at=now + CONTACTS,
            category=MessageCategory.REPLY,
        )


def _contacts(person: Contractor) -> str:
    """Return the lines that two people give each other."""
    lines = (person.full_name, person.company_name, person.phone, person.email)
    return "\n".join(one_line(line) for line in lines if one_line(line))


def _meeting(spot: Spot | None, event: Event) -> str:
    if spot is None:
        return ""
    place = at_place(spot.place)
    when = "now" if spot.is_now else f"at {clock_time(spot.at, event.zone)}"
    return f"You could meet {place} {when}.".replace("  ", " ")
