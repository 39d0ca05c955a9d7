"""Owns storing a text that somebody sent us: whose it is, what event it is about, kept once.

All of it is one statement, written out and planned once, because this is what every single reply
costs, however many come at once. It opens no transaction; where the caller has none open, it is
one by itself.
"""

from datetime import datetime
from typing import Any, NamedTuple

from psycopg2.extras import Json

from models.on_a_phone import IS_OUT, LEFT_AT
from models.prepared import Prepared


class Stored(NamedTuple):
    """Where a text is stored and whose it is.

    Attributes
    ----------
    message_id : int or None
        None when it was stored before.
    at : datetime
        When it was this text's turn.
    phones : list of str
        The phones it speaks for, now locked: the one that sent it, the one we would text.
    contractor_id : int or None
        Who has this phone, of several the one texted last, else whose GHL contact it is.
    """

    message_id: int | None
    at: datetime
    phones: list[str]
    contractor_id: int | None


# The phones are locked in their order, as whoever holds several does, and only then is a turn's
# time read and an id drawn: of two texts from one phone, the later has the higher id. The event is
# that of the last text to these phones, else the one attended today.
_STORE = Prepared(
    "text, text, text, text, text, text, jsonb, timestamptz",
    """
WITH person AS MATERIALIZED (
    SELECT known.id, known.phone
    FROM (
        SELECT c.id, c.phone, coalesce(c.phone = $1, false) AS is_sender,
            count(*) OVER () AS people
        FROM contractors c WHERE c.phone = $1 OR c.ghl_contact_id = $2
    ) known
    ORDER BY known.is_sender DESC,
        CASE WHEN known.people > 1 THEN (
            SELECT max({left_at}) FROM event_messages t
            WHERE t.contractor_id = known.id AND t.direction = 'outbound'
                AND {is_out}
        ) END DESC NULLS LAST,
        known.id
    LIMIT 1
),
locked AS MATERIALIZED (
    SELECT p.phone, pg_advisory_xact_lock(hashtextextended(p.phone, 0))
    FROM (
        SELECT known.phone FROM (SELECT $1 AS phone UNION SELECT phone FROM person) known
        WHERE known.phone <> '' ORDER BY known.phone COLLATE "C"
    ) p
),
turn AS MATERIALIZED (
    SELECT coalesce(array_agg(locked.phone), '{}') AS phones,
        coalesce($8, clock_timestamp()) AS at
    FROM locked
),
stored AS (
    INSERT INTO event_messages (inbound_key, phone, contractor_id, event_id, message_content,
        ghl_contact_id, ghl_location_id, ghl_message_id, raw_payload, created_at,
        direction, status, message_type, message_category, channel)
    SELECT $4, coalesce($1, person.phone), person.id, coalesce(
            (
                SELECT t.event_id FROM event_messages t
                WHERE t.phone = ANY (turn.phones) AND t.direction = 'outbound'
                    AND {is_out}
                    AND t.event_id IS NOT NULL
                ORDER BY {left_at} DESC, t.id DESC LIMIT 1
            ), (
                SELECT e.id FROM event_attendees a JOIN events e ON e.id = a.event_id
                WHERE a.contractor_id = person.id AND e.cancelled_at IS NULL
                    AND e.date = timezone(e.timezone, turn.at)::date
                ORDER BY e.starts_at DESC NULLS LAST, e.id DESC LIMIT 1
            )
        ), $3, $2, $5, $6, $7, turn.at, 'inbound', 'received', 'reply', 'reply', 'sms'
    FROM turn LEFT JOIN person ON true
    ON CONFLICT (inbound_key) WHERE inbound_key IS NOT NULL DO NOTHING
    RETURNING id
)
SELECT stored.id, turn.at, turn.phones, person.id
FROM turn LEFT JOIN person ON true LEFT JOIN stored ON true
""",
    is_out=IS_OUT,
    left_at=LEFT_AT,
)


def store(
    *,
    phone: str | None,
    text: str,
    key: str | None,
    ghl_contact_id: str | None,
    ghl_location_id: str | None,
    ghl_message_id: str | None,
    raw_payload: dict[str, Any],
    now: datetime | None,
) -> Stored:
    """Lock the phones that a text speaks for and store it, unless its key is stored already.

    Parameters
    ----------
    key : str or None
        None means that it can not be recognised again, and is always stored.
    now : datetime or None
        None is the database's own time, once the phones are locked.
    """
    row = _STORE.execute(
        phone, ghl_contact_id, text, key, ghl_location_id, ghl_message_id, Json(raw_payload), now
    ).fetchone()
    return Stored(*row)
