"""Owns how much one person has been texted: whether at all, and whether enough for this hour.

`claiming` decides by the same rules when a text leaves; this tells people beforehand.
"""

from datetime import datetime, timedelta

from models.base import db
from models.event import Event
from models.message import EventMessage
from models.message_status import ARRIVED, UNSOLICITED, MessageCategory
from models.on_a_phone import listed, perhaps_left_at

# By the index of a person's texts.
_DECISIVE = f"""
SELECT left_at FROM (
    SELECT {perhaps_left_at("o")} AS left_at FROM event_messages o
    WHERE o.contractor_id = %s AND o.message_type IN ({listed(UNSOLICITED)})
) texts
WHERE left_at > %s ORDER BY left_at DESC OFFSET %s LIMIT 1
"""  # noqa: S608  # constants only; values are parameters


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
    row = db.execute_sql(_DECISIVE, (contractor_id, now - hour, per_hour - 1)).fetchone()
    return row[0] + hour if row is not None else None


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
