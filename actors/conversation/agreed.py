"""Owns connecting those who had both said yes while one of them wanted no texts."""

from datetime import datetime

from actors.conversation.answering_matches import ANSWERED
from actors.conversation.connecting import connect, may_connect
from models import conversation, match_moves, steering
from models.contractor import Contractor
from models.match_moves import YES
from models.peer_match import MatchState


def connect_agreed(person: Contractor, *, now: datetime) -> None:
    """Exchange the contacts that a STOP kept back.

    STOP ends texts, not what was said before. The caller opens the transaction.
    """
    match_ids = match_moves.agreed(person.id)
    match_moves.lock(match_ids)
    for seen in match_moves.see_all(match_moves.agreed(person.id), person.id):
        event = seen.match.event
        if event.cancelled_at is not None or event.is_over(now) or not may_connect(seen):
            continue
        steering.cancel(conversation.waiting_for([seen.match.id]), reason=ANSWERED)
        if match_moves.answer(seen, state=MatchState.CONNECTED, response=YES, now=now):
            connect(seen, event, now=now)
