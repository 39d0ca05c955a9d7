"""Owns what following a match up goes by: it, its people and its day as they are now; pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from models.breaks import Slot
from models.contractor import Contractor
from models.event import Event
from models.message_status import MessageType
from models.peer_match import EventPeerMatch
from models.quiet_hours import QuietHours


class Step(NamedTuple):
    """One text to one side of the match; of use from `due` until `until`."""

    kind: MessageType
    side: int
    due: datetime
    until: datetime
    occasion: str


@dataclass(frozen=True)
class Situation:
    """All that decides what comes next.

    Attributes
    ----------
    zones, introduced_at : mapping of 1 and 2
        Each side's time zone, and when that side's introduction left, if it did.
    slots : list of Slot
        Where a postponed introduction can be proposed again, after it was postponed.
    off : set of str
        The kinds that the event does not send.
    """

    match: EventPeerMatch
    event: Event
    zones: Mapping[int, ZoneInfo]
    introduced_at: Mapping[int, datetime | None]
    slots: list[Slot]
    off: set[str]
    quiet: QuietHours

    def of(self, side: int, what: str) -> Any:
        """Return what the match keeps of one side."""
        return getattr(self.match, f"contractor{side}_{what}")


def zone_of(person: Contractor, event: Event) -> ZoneInfo:
    """Return the zone of a person's nights: the event's when their own is not known."""
    try:
        return ZoneInfo(person.timezone) if person.timezone else event.zone
    except (ZoneInfoNotFoundError, ValueError):
        return event.zone
