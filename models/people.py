"""Owns finding one person, and what of the tables is theirs or about them.

None of these opens a transaction; the caller does.
"""

from dataclasses import dataclass

from peewee import fn

from models.base import LARGEST_INTEGER, db
from models.contractor import Contractor
from models.phone import normalize
from models.redaction import Traits

# What was ever this person's phone and is nobody else's now.
_PHONES = """
    SELECT DISTINCT known.phone FROM (
        SELECT phone FROM contractors WHERE id = %(id)s
        UNION SELECT phone FROM event_messages WHERE contractor_id = %(id)s
    ) known
    WHERE known.phone <> '' AND NOT EXISTS (
        SELECT FROM contractors other WHERE other.phone = known.phone AND other.id <> %(id)s)
    ORDER BY known.phone
"""
_MATCHES = """
    SELECT id, event_id, CASE WHEN contractor1_id = %(id)s
        THEN contractor2_id ELSE contractor1_id END
    FROM event_peer_matches WHERE %(id)s IN (contractor1_id, contractor2_id) ORDER BY id
"""
_EVENTS = "SELECT event_id FROM event_attendees WHERE contractor_id = %(id)s"
_PEERS_PHONES = "SELECT DISTINCT phone FROM contractors WHERE id = ANY(%(peers)s) AND phone <> ''"
# The matches that the others have at these events: a wrap-up names the people of several.
_PEERS_MATCHES = """
    SELECT id FROM event_peer_matches WHERE event_id = ANY(%(events)s)
        AND (contractor1_id = ANY(%(peers)s) OR contractor2_id = ANY(%(peers)s))
"""


@dataclass(frozen=True)
class Around:
    """What hangs on a person: ids, each sorted.

    Attributes
    ----------
    phones : tuple of str
        Theirs alone; one that somebody else has too is not among them.
    peers, peers_phones : tuple
        The people they were matched with.
    matches : tuple of int
        Their own; `decided_with` are these and the peers' others at the same events.
    """

    phones: tuple[str, ...]
    events: tuple[int, ...]
    matches: tuple[int, ...]
    peers: tuple[int, ...]
    peers_phones: tuple[str, ...]
    decided_with: tuple[int, ...]


def find(who: str) -> list[Contractor]:
    """Return the people with this id, phone in any format, or e-mail address."""
    text, number = who.strip(), normalize(who)
    if "@" in text:
        wanted = fn.lower(Contractor.email) == text.lower()
    elif number is not None:
        wanted = Contractor.phone == number
    elif text.isascii() and text.isdecimal() and 0 < int(text) <= LARGEST_INTEGER:
        wanted = Contractor.id == int(text)
    else:
        return []
    return list(Contractor.select().where(wanted).order_by(Contractor.id))


def around(person: Contractor) -> Around:
    """Read what hangs on a person, in five queries."""
    values: dict[str, object] = {"id": person.id}
    matches = db.execute_sql(_MATCHES, values).fetchall()
    peers = sorted({peer for _, _, peer in matches})
    events = {event for _, event, _ in matches}
    values |= {"peers": peers, "events": sorted(events)}
    return Around(
        phones=_column(_PHONES, values),
        events=tuple(sorted({*events, *_column(_EVENTS, values)})),
        matches=tuple(match for match, _, _ in matches),
        peers=tuple(peers),
        peers_phones=_column(_PEERS_PHONES, values),
        decided_with=_column(_PEERS_MATCHES, values),
    )


def traits_of(person: Contractor, phones: tuple[str, ...]) -> Traits:
    """Return what the person, and nobody else, is recognised by in what others wrote."""
    namesakes = Contractor.select().where(
        (fn.lower(Contractor.first_name) == person.first_name.lower())
        & (fn.lower(Contractor.last_name) == person.last_name.lower())
        & (Contractor.id != person.id)
    )
    email = (person.email or "").lower()
    same_email = (fn.lower(Contractor.email) == email) & (Contractor.id != person.id)
    is_shared = Contractor.select().where(same_email).exists()
    return Traits(
        phones=phones,
        email="" if is_shared else email,
        first_name=person.first_name,
        last_name=person.last_name,
        company_name=person.company_name or "",
        has_namesake=namesakes.exists(),
    )


def _column(query: str, values: dict[str, object]) -> tuple:
    return tuple(sorted(row[0] for row in db.execute_sql(query, values).fetchall()))
