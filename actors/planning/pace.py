"""Owns the spacing of texts: each gets the first free moment from its own time on; pure."""

from bisect import bisect_left, bisect_right
from datetime import datetime, timedelta


class Pace:
    """Gives out moments that are at least one gap apart.

    Moments far ahead do not block earlier ones, so an answer that is due now goes at once even
    when texts for the next ten seconds have been placed already.

    Parameters
    ----------
    per_second : int
        How many moments a second may hold.
    """

    def __init__(self, per_second: int) -> None:
        self._gap = timedelta(seconds=1) / per_second
        self._taken: list[datetime] = []
        self._last: tuple[datetime, datetime] | None = None

    def forget_before(self, now: datetime) -> None:
        """Drop moments that are too long ago to matter."""
        del self._taken[: bisect_left(self._taken, now - self._gap)]
        self._last = None

    def first_free(self, earliest: datetime) -> datetime:
        """Return the first moment, from `earliest` on, that is a gap away from all taken ones.

        Many texts with the same `earliest` cost one step each, since the search goes on where
        the last one ended.
        """
        moment = earliest
        if self._last is not None and self._last[0] == earliest:
            moment = self._last[1]
        position = bisect_right(self._taken, moment - self._gap)
        while position < len(self._taken) and self._taken[position] < moment + self._gap:
            moment = self._taken[position] + self._gap
            position += 1
        self._last = (earliest, moment)
        return moment

    def take(self, moment: datetime) -> None:
        """Mark a moment as given."""
        self._taken.insert(bisect_left(self._taken, moment), moment)
