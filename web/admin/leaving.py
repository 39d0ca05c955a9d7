"""Owns the sentences about what really happens to texts that a person lets go."""

from datetime import datetime

from peewee import Expression

from models.obstacles import obstacles


def still_waits(wanted: Expression, *, now: datetime, is_one: bool = False) -> list[str]:
    """Say which of these texts do not leave yet although they are let go.

    Parameters
    ----------
    is_one : bool
        Whether only one text is meant, so that nobody has to be told how many.
    """
    found = obstacles(wanted, now=now)
    words = []
    if found.unapproved:
        number = f"{found.unapproved:,}"
        first = "1 introduction waits" if found.unapproved == 1 else f"{number} introductions wait"
        words.append(f"{'It waits' if is_one else first} for approval on the event's desk first.")
    if found.paused:
        first = "1 text leaves" if found.paused == 1 else f"{found.paused:,} texts leave"
        words.append(
            f"Sending is paused: {'it leaves' if is_one else first} once somebody resumes."
        )
    return words
