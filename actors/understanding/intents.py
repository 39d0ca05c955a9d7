"""Owns the meanings a reply can have; pure."""

from dataclasses import dataclass
from enum import StrEnum


class Intent(StrEnum):
    YES = "yes"
    NO = "no"
    LATER = "later"
    MORE = "more"
    MET_ALREADY = "met_already"
    STOP = "stop"
    START = "start"
    HELP = "help"
    RATING = "rating"
    ATTENDED = "attended"
    NOT_ATTENDED = "not_attended"
    WHICH = "which"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Reply:
    """What somebody meant.

    Attributes
    ----------
    choices : tuple of int
        The open introductions that the reply names; empty means all that is open.
    rating : int or None
        1..10, when one is given.
    """

    intent: Intent
    choices: tuple[int, ...] = ()
    rating: int | None = None


UNCLEAR = Reply(Intent.UNCLEAR)
