"""Owns the SQL of a text that is or may be on a phone, and of when it left; `t` is its row."""

from collections.abc import Iterable

from models.message_status import ARRIVED, HeldBecause, MessageStatus


def listed(values: Iterable[str]) -> str:
    """Return the SQL list of words that we made up ourselves."""
    return ", ".join(f"'{value}'" for value in values)


# Not what a person keeps back; rows of earlier versions do not say why they are held.
IS_OUT = f"""(t.status IN ({listed((*ARRIVED, MessageStatus.SENDING))})
    OR t.status = '{MessageStatus.HELD}' AND (t.is_doubtful OR t.parts_sent > 0
        OR coalesce(t.held_because, '{HeldBecause.UNKNOWN}') = '{HeldBecause.UNKNOWN}'))"""
LEFT_AT = "coalesce(t.actual_send_time, t.scheduled_time)"


def perhaps_left_at(row: str) -> str:
    """Return the SQL of when a text left, at the latest; NULL for one that surely has not.

    Of one in doubt that is when its row last changed: it was tried no later.
    """
    is_held = f"{row}.status = '{MessageStatus.HELD}'"
    because = f"coalesce({row}.held_because, '{HeldBecause.UNKNOWN}')"
    is_in_doubt = f"{row}.is_doubtful OR {is_held} AND {because} = '{HeldBecause.UNKNOWN}'"
    return f"coalesce({row}.actual_send_time, CASE WHEN {is_in_doubt} THEN {row}.updated_at END)"
