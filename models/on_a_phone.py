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
