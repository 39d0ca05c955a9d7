"""Owns asking for the next best partner when an introduction came to nothing."""

from datetime import datetime

from models import breaks, schedule
from models.event import Event, MatchingStatus


def request(event: Event, *, now: datetime) -> datetime | None:
    """Plan a run for those who have room again: at once in a pause, else at the next break.

    The caller has the event's row locked. None when there is no time left, the event does
    without, or the batch is still to come.
    """
    if not event.refills or event.matching_status != MatchingStatus.COMPLETED:
        return None
    spot = breaks.meeting_spot(event, now=now)
    if spot is None or event.is_over(now):
        return None
    return schedule.plan_top_up(event, spot.at)
