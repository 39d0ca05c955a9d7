"""Owns what is kept of an opt-out once its person is erased: a keyed hash of the phone.

Nobody can read a phone from it, nor find it by trying them all, without `ERASURE_KEY`. When the
phone comes back, by import, by hand or by a reply, a trigger of migration 0012 puts it on the
ordinary list. None of these opens a transaction; the caller does.
"""

from collections.abc import Collection

from peewee import CharField

from models.base import Table, UtcDateTimeField, db, default
from models.opt_out import SmsOptOut, opted_out_of

NO_KEY = (
    "This person has opted out. To erase them and still never text them, ERASURE_KEY must be set; "
    "docs/data-care.md says how. Nothing was erased."
)
LOST_KEY = (
    "ERASURE_KEY is missing, or not the one that opt-outs of erased people are kept under: nobody "
    "could tell who must not be texted. Set the one that was used before."
)
_KEY = """
    SELECT erasure_hash('mark') IS NOT NULL,
        (SELECT key_mark FROM erased_opt_outs LIMIT 1)
            IS DISTINCT FROM coalesce(erasure_hash('mark'), ''),
        EXISTS (SELECT FROM erased_opt_outs)
"""
_KEEP = """
    INSERT INTO erased_opt_outs (phone_hash, key_mark, opted_out_at)
    SELECT erasure_hash(phone), erasure_hash('mark'), opted_out_at
    FROM sms_opt_outs WHERE phone = ANY(%s) AND lifted_at IS NULL
    ON CONFLICT DO NOTHING
"""


class NoErasureKeyError(Exception):
    """An opt-out can not be kept, so its person can not be erased; the message is for a person."""


class ErasedOptOut(Table):
    """One opt-out. `key_mark` tells whether the key is still the one that it was made with."""

    phone_hash = CharField(max_length=64)
    key_mark = CharField(max_length=64)
    opted_out_at = UtcDateTimeField()
    created_at = UtcDateTimeField(constraints=default("now()"))

    class Meta:
        table_name = "erased_opt_outs"
        indexes = ((("phone_hash",), True),)


def keep(phones: Collection[str]) -> int:
    """Keep hashes of those of these phones that have opted out, and forget the phones; how many.

    Raises
    ------
    NoErasureKeyError
        When one has opted out and there is no key, or another one than before.
    """
    out = opted_out_of(phones)
    if out and (not has_key() or key_problem()):
        raise NoErasureKeyError(NO_KEY)
    db.execute_sql(_KEEP, (sorted(out),))
    SmsOptOut.delete().where(SmsOptOut.phone.in_(list(phones))).execute()
    return len(out)


def has_key() -> bool:
    """Whether this connection brought a key along."""
    return bool(db.execute_sql(_KEY).fetchone()[0])


def key_problem() -> str | None:
    """Return what is wrong with the key, or None: also where nothing was ever kept under one."""
    _, is_another, is_needed = db.execute_sql(_KEY).fetchone()
    return LOST_KEY if is_needed and is_another else None
