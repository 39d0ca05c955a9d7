"""Owns what the prompts, questions and reminders about a match say."""

from actors.conversation.follow_up_situation import Step
from actors.sending.answers import worded
from actors.wording.phrases import at_place, clock_time, first_name, number_of, one_line, who
from models import breaks, conversation
from models.contractor import Contractor
from models.event import Event
from models.match_moves import Seen
from models.message_status import MessageType
from models.opt_out import opted_out_of
from models.rehearsal_day import hour_of


def content(seen: Seen, event: Event, step: Step) -> str:
    """Return the text of one step, for the side that it goes to."""
    if step.kind is MessageType.WRAP_UP:
        facts = _wrap_up(seen.me, event)
    else:
        facts = {
            "peer_first_name": first_name(seen.peer),
            "peer": who(seen.peer.full_name, seen.peer.company_name, seen.peer.service_area),
            "number": _number(seen, event),
        }
    if step.kind is MessageType.BREAK_PROMPT:
        facts |= _when_and_where(event, step)
    return worded(step.kind, event, seen.me, facts)


def _number(seen: Seen, event: Event) -> str:
    """Return which of the person's introductions it is, where there are several."""
    known = conversation.introduced(seen.me.id, event.id)
    mine = next((one.number for one in known if one.match_id == seen.match.id), 1)
    return number_of(mine, has_several=len(known) > 1)


def _when_and_where(event: Event, step: Step) -> dict[str, str]:
    slot = next((slot for slot in breaks.slots_of(event) if step.due == slot.prompt_at), None)
    if slot is None:
        return {}
    starts = clock_time(hour_of(event, slot.starts_at), event.zone)
    return {"place": at_place(slot.place), "when": f"at {starts}"}


def _wrap_up(person: Contractor, event: Event) -> dict[str, str]:
    peers = [
        match.contractor2 if match.contractor1_id == person.id else match.contractor1
        for match in conversation.connections_of(person.id, event.id)
    ]
    have_left = opted_out_of(peer.phone for peer in peers)
    lines = []
    for peer in peers:
        phone = "" if peer.phone in have_left else one_line(peer.phone)
        lines.append(", ".join(filter(None, [who(peer.full_name, peer.company_name), phone])))
    return {"connections": "\n".join(lines), "count": str(len(lines))}
