"""Owns whose turn it is: urgent texts first, and among equals each event its fair share; pure."""

from collections.abc import Iterable

from models.outbox import Turn


class FairShare:
    """Orders texts so that an event's flood delays other events' texts by one place at a time.

    Start-time fair queueing: each text of an event is numbered one after the event's last, and
    not before the number that was served last; the lowest number goes first. What was served is
    remembered, so that the shares hold over many looks. Texts of no event count as one event.
    """

    def __init__(self) -> None:
        self._served = 0
        self._next: dict[int | None, int] = {}

    def order(self, turns: Iterable[Turn]) -> list[Turn]:
        """Return them in the order in which they should get their moments; changes nothing."""
        following: dict[int | None, int] = {}
        numbered = []
        for turn in sorted(turns, key=lambda turn: (turn.urgency, turn.due, turn.message_id)):
            number = following.get(turn.event_id, self._number(turn.event_id))
            following[turn.event_id] = number + 1
            numbered.append((turn.urgency, number, turn.due, turn.message_id, turn))
        return [each[-1] for each in sorted(numbered, key=lambda each: each[:-1])]

    def took(self, turn: Turn) -> None:
        """Remember that a text got its moment."""
        self._served = self._number(turn.event_id)
        self._next[turn.event_id] = self._served + 1

    def forget_idle(self) -> None:
        """Drop events that have had no more than the others, as if they were new."""
        self._next = {key: number for key, number in self._next.items() if number > self._served}

    def _number(self, event_id: int | None) -> int:
        return max(self._served, self._next.get(event_id, 0))
