"""Owns what may be told about somebody before both agreed: never a phone, never an e-mail."""

from datetime import datetime

from actors.conversation.hearing import Heard
from actors.sending.answers import plan_answer
from actors.wording.phrases import first_name, in_words, number_of, one_line, who
from models import match_moves
from models.contractor import Contractor
from models.match_moves import Seen
from models.message_status import MessageType


def tell_more(heard: Heard, now: datetime) -> str:
    """Answer with what may be told about each of the people a reply asks about."""
    numbers = {one.match_id: one.number for one in heard.about}
    for seen in match_moves.see_all(numbers, heard.person.id):
        facts = {
            "details": details_of(seen),
            "peer_first_name": first_name(seen.peer),
            "number": number_of(numbers[seen.match.id], has_several=heard.has_several),
        }
        kind = MessageType.MORE_DETAILS
        plan_answer(heard.message, heard.person, kind, facts, now=now, match_id=seen.match.id)
    return "told more"


def details_of(seen: Seen) -> str:
    """Return what the two share, and what the other one does: a few short lines."""
    peer = seen.peer
    lines = [
        who(peer.full_name, peer.company_name, peer.service_area),
        one_line(peer.job_title),
        _shared(seen.me, peer),
        _line("Services", in_words(peer.services_offered or [])),
        _size(peer),
    ]
    return "\n".join(line for line in lines if line)


def _shared(me: Contractor, peer: Contractor) -> str:
    mine = {_plain(area) for area in me.focus_areas or []}
    shared = [area for area in peer.focus_areas or [] if _plain(area) in mine]
    if shared:
        return _line("You both work on", in_words(shared))
    return _line("Works on", in_words(peer.focus_areas or []))


def _plain(area: str) -> str:
    return " ".join(area.replace("_", " ").replace("-", " ").lower().split())


def _size(peer: Contractor) -> str:
    if not peer.team_size:
        return ""
    return "Team: just one person" if peer.team_size == 1 else f"Team: {peer.team_size} people"


def _line(label: str, words: str) -> str:
    return f"{label}: {words}" if words else ""
