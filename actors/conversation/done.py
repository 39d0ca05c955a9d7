"""Owns how it is told what was done about a reply."""

from dataclasses import dataclass

from actors.conversation.hearing import Heard

NEEDS_A_PERSON = "needs a person"


@dataclass(frozen=True)
class Done:
    """What was done about a reply.

    Attributes
    ----------
    action : str
        In words, for its row.
    inbox_reason : str or None
        Why a person should read it.
    heard : Heard or None
        How it was understood.
    match_id : int or None
        The match that it was about, when that was one.
    """

    action: str
    inbox_reason: str | None = None
    heard: Heard | None = None
    match_id: int | None = None
