"""Owns what each person of an event has been texted so far, which decides how the next reads."""

from typing import NamedTuple

from models.base import db
from models.message_status import MessageType

# As `models.claiming` counts when a text is worded, and `actors.pairing.introductions` when it is
# planned.
_SO_FAR = """
    SELECT contractor_id,
        coalesce(max(reply_number) FILTER (WHERE message_type = %(introduction)s), 0),
        count(*) FILTER (
            WHERE message_type = %(introduction)s AND status NOT IN ('failed', 'cancelled'))
    FROM event_messages
    WHERE event_id = %(event_id)s AND contractor_id IS NOT NULL
    GROUP BY contractor_id
"""


class SoFar(NamedTuple):
    """One person's texts at an event.

    `highest` is the last reply number that was given out, `introductions` counts those that stand;
    the first of them says how contacts are shared.
    """

    highest: int = 0
    introductions: int = 0


def texts_so_far(event_id: int) -> dict[int, SoFar]:
    """Return it by person, for those who have any text; one query."""
    values = {"event_id": event_id, "introduction": MessageType.INTRODUCTION.value}
    rows = db.execute_sql(_SO_FAR, values).fetchall()
    return {person: SoFar(*counts) for person, *counts in rows}
