"""Owns what happens when two people have both said yes: they get each other's contacts, once."""

from datetime import datetime

from actors.sending.answers import plan_once, worded
from actors.wording.phrases import at_place, clock_time, first_name, one_line
from models import breaks, match_moves
from models.breaks import Spot
from models.contractor import Contractor
from models.event import Event
from models.match_moves import Seen
from models.message_status import MessageCategory, MessageType
from models.opt_out import opted_out_of
from models.rehearsal_day import hour_of
from models.usefulness import CONTACTS


def may_connect(seen: Seen) -> bool:
    """Whether both can still be texted; it is asked again when each text leaves."""
    return not opted_out_of([seen.me.phone, seen.peer.phone])


def connect(seen: Seen, event: Event, *, now: datetime) -> None:
    """Plan the exchange of contacts, to both, with where and when to meet if there is a spot."""
    meeting = _arranged(seen, event, now)
    if not meeting:
        spot = breaks.meeting_spot(event, now=now)
        meeting = _meeting(spot, event)
        if spot is not None:
            match_moves.plan_meeting(seen.match.id, at=spot.at, place=spot.place)
    for side in (seen, seen.seen_by_peer()):
        facts = {
            "peer_first_name": first_name(side.peer),
            "contacts": _contacts(side.peer),
            "meeting": meeting,
        }
        kind = MessageType.CONTACT_EXCHANGE
        plan_once(
            side.me,
            kind,
            worded(kind, event, side.me, facts),
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


def _arranged(seen: Seen, event: Event, now: datetime) -> str:
    """Return when and where the organiser lets the two meet, if that is still to come."""
    at = seen.match.meeting_time
    if not seen.match.meeting_scheduled or at is None or at <= now:
        return ""
    when = f"at {clock_time(hour_of(event, at), event.zone)}"
    return one_line(f"You could meet {at_place(seen.match.meeting_location)} {when}.")


def _meeting(spot: Spot | None, event: Event) -> str:
    if spot is None:
        return ""
    pause = "over lunch" if spot.is_lunch else "in the break"
    when = "now" if spot.is_now else f"at {clock_time(hour_of(event, spot.at), event.zone)}"
    return f"You could meet {at_place(spot.place) or pause} {when}."
