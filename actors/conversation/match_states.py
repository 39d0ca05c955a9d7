"""Owns the state machine of a match: what an answer of one of its two people makes of it; pure.

docs/conversation.md draws it. Times and texts are decided elsewhere; nothing else moves a match.
"""

from typing import NamedTuple

from actors.reply_text import Intent
from models.peer_match import CLOSED_STATES, MatchState


class Move(NamedTuple):
    """Where an answer takes a match, and what is kept as the person's answer."""

    state: MatchState
    response: str


_CLOSING = {Intent.NO: MatchState.DECLINED, Intent.MET_ALREADY: MatchState.MET_ALREADY}


def after(
    intent: Intent, state: MatchState, *, mine: str | None, theirs: str | None, may_connect: bool
) -> Move | None:
    """Return the move that an answer makes, or None when it changes nothing.

    Parameters
    ----------
    mine, theirs : str or None
        What the two answered last, as the match keeps it.
    may_connect : bool
        Whether contacts may be exchanged now: neither has opted out.
    """
    if state in CLOSED_STATES:
        # Kept and answered as if it were open: silence would tell that the other one said no.
        is_first = mine in (None, Intent.LATER)
        answers = (Intent.YES, Intent.NO, Intent.LATER, Intent.MET_ALREADY)
        is_new = is_first and intent in answers and intent != mine
        return Move(state, intent) if is_new else None
    if state == MatchState.CONNECTED:
        return None
    if intent == Intent.YES:
        move = _yes(theirs, may_connect=may_connect)
    elif intent == Intent.LATER:
        move = Move(MatchState.LATER, Intent.LATER)
    elif intent in _CLOSING:
        move = Move(_CLOSING[intent], intent)
    else:
        return None
    return None if move == Move(state, mine or "") else move


def _yes(theirs: str | None, *, may_connect: bool) -> Move:
    if theirs == Intent.YES and may_connect:
        return Move(MatchState.CONNECTED, Intent.YES)
    # Whoever asked for a later time is asked again then; a yes does not change when.
    waits = theirs == Intent.LATER
    return Move(MatchState.LATER if waits else MatchState.OPEN, Intent.YES)
