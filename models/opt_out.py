"""Owns the opt-out list: the phones that get nothing, whatever else says yes."""

from collections.abc import Iterable
from datetime import datetime

from peewee import CharField, TextField

from models.base import Table, UtcDateTimeField, db, default


class SmsOptOut(Table):
    """One opt-out of one phone; `lifted_at` is set by START and by nothing else."""

    phone = CharField()
    opted_out_at = UtcDateTimeField(constraints=default("now()"))
    source = TextField(null=True)
    lifted_at = UtcDateTimeField(null=True)
    lifted_source = TextField(null=True)
    created_at = UtcDateTimeField(constraints=default("now()"))

    class Meta:
        table_name = "sms_opt_outs"


SmsOptOut.add_index(
    SmsOptOut.index(
        SmsOptOut.phone,
        name="sms_opt_outs_open",
        unique=True,
        where=SmsOptOut.lifted_at.is_null(),
    )
)


# Whoever opted out before they were erased counts, though nobody can read their phone any more.
_AMONG = """
    SELECT phone FROM unnest(%s) AS asked (phone)
    WHERE EXISTS (SELECT FROM sms_opt_outs o WHERE o.phone = asked.phone AND o.lifted_at IS NULL)
        OR EXISTS (SELECT FROM erased_opt_outs e WHERE e.phone_hash = erasure_hash(asked.phone))
"""


def has_opted_out(phone: str) -> bool:
    """Whether this E.164 phone has an opt-out that nothing has lifted."""
    return bool(opted_out_of([phone]))


def opted_out_of(phones: Iterable[str | None]) -> set[str]:
    """Return which of these E.164 phones have an opt-out that nothing has lifted."""
    wanted = sorted({phone for phone in phones if phone})
    if not wanted:
        return set()
    return {row[0] for row in db.execute_sql(_AMONG, (wanted,)).fetchall()}


def opt_out(phone: str, *, now: datetime, source: str) -> bool:
    """Add the phone to the list; False when it was on it already."""
    inserted = (
        SmsOptOut.insert(phone=phone, opted_out_at=now, source=source)
        .on_conflict(
            action="IGNORE",
            conflict_target=[SmsOptOut.phone],
            conflict_where=SmsOptOut.lifted_at.is_null(),
        )
        .returning(SmsOptOut.id)
        .execute()
    )
    return bool(list(inserted))


def lift(phone: str, *, now: datetime, source: str) -> bool:
    """Take the phone off the list, because its owner sent START; False when it was not on it."""
    lifted = (
        SmsOptOut.update(lifted_at=now, lifted_source=source)
        .where((SmsOptOut.phone == phone) & SmsOptOut.lifted_at.is_null())
        .execute()
    )
    return bool(lifted)
