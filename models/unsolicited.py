"""Owns how much one person has been texted: whether at all, and whether enough for this hour.

`claiming` decides by the same rules when a text leaves; this tells people beforehand.
"""

from datetime import datetime, timedelta

from models.event import Event
from models.message import EventMessage
from models.message_status import ARRIVED, UNSOLICITED, MessageCategory


def enough_until(
    contractor_id: int, event: Event, *, now: datetime, per_hour: int
) -> datetime | None:
    """Return until when another text that nobody asked for has to wait; None when it has not.

    Parameters
    ----------
    per_hour : int
        How many of them a person may have within an hour of the event's time.
    """
    hour = timedelta(hours=1) / event.time_scale
    decisive = (
        EventMessage.select(EventMessage.actual_send_time)
        .where(
            (EventMessage.contractor == contractor_id)
            & EventMessage.message_type.in_([kind.value for kind in UNSOLICITED])
            & (EventMessage.actual_send_time > now - hour)
        )
        .order_by(EventMessage.actual_send_time.desc())
        .offset(per_hour - 1)
        .first()
    )
    return decisive.actual_send_time + hour if decisive is not None else None


def has_been_texted(contractor_id: int, event_id: int) -> bool:
    """Whether the person has had a text at this event that was no answer to STOP, START or HELP."""
    return bool(
        EventMessage.select()
        .where(
            (EventMessage.event == event_id)
            & (EventMessage.contractor == contractor_id)
            & (EventMessage.message_category != MessageCategory.COMPLIANCE)
            & EventMessage.status.in_(ARRIVED)
        )
        .exists()
    )
