"""Owns sending wake-ups for texts: whose turn it is, at which moment, and no more than fit."""

import math
from datetime import datetime, timedelta

from actors.planning.fair_share import FairShare
from actors.planning.pace import Pace
from actors.planning.wake_ups import RedisGoneError, send_at
from actors.sending import breaker
from actors.sending.delivery import deliver_message
from models import outbox
from models.base import db
from models.config import Config

# A text that waits for its turn is taken this far ahead; the rest stay rows, so that something
# more urgent can still go first.
PACED_AHEAD = timedelta(seconds=2)
TURNS_AT_ONCE = 5000
DELAY_SLOTS_PER_THREAD = 1000


class TextWakeUps:
    """Queues texts that are due within the horizon, spaced at the pace.

    Parameters
    ----------
    delay_slots : int
        How many delayed messages a worker process holds; a quarter of it is used at the most.
    """

    def __init__(self, config: Config, *, delay_slots: int) -> None:
        self._rate = config.messages_per_second
        self._horizon = timedelta(seconds=config.horizon_seconds)
        self._most_queued = max(1, delay_slots // 4)
        threads = delay_slots // DELAY_SLOTS_PER_THREAD
        self._most_overdue = PACED_AHEAD.total_seconds() * self._rate + threads
        self._pace = Pace(self._rate)
        self._shares = FairShare()

    def take_over(self, now: datetime) -> None:
        """Begin beside what another leader has queued already."""
        self._shares = FairShare()
        self._pace = Pace(self._rate)
        for moment in outbox.wake_times_from(now):
            self._pace.take(moment)

    def send(self, now: datetime, started: float) -> None:
        """Queue what is due and send its wake-ups.

        Raises
        ------
        RedisGoneError
            When Redis does not take them; the texts are back on the schedule then.
        """
        if not breaker.state().admits(now):
            return
        until = now + self._horizon
        room = self._room(now)
        if not room:
            return
        turns = outbox.waiting_turns(until=until, per_event=room, limit=TURNS_AT_ONCE)
        given = self._spread(turns, now, room)
        with db.atomic():
            queued = outbox.queue(given, until=until)
        given = [(message_id, moment) for message_id, moment in given if message_id in queued]
        for position, (message_id, moment) in enumerate(given):
            try:
                send_at(deliver_message, (message_id,), moment, now, started)
            except RedisGoneError:
                with db.atomic():
                    outbox.put_back([unsent for unsent, _ in given[position:]])
                raise

    def _room(self, now: datetime) -> int:
        """Return how many may be queued now.

        None while those that should have arrived pile up: what is a row can still change its
        order, be steered or expire; what is in Redis only waits.
        """
        most_in_horizon = math.ceil(self._horizon.total_seconds() * self._rate) + 1
        outstanding = outbox.outstanding(now)
        if outstanding.overdue > self._most_overdue:
            return 0
        return max(0, min(self._most_queued - outstanding.queued, most_in_horizon))

    def _spread(
        self, turns: list[outbox.Turn], now: datetime, room: int
    ) -> list[tuple[int, datetime]]:
        """Give each text its moment: its own time, or the next one that the pace leaves free."""
        self._pace.forget_before(now)
        self._shares.forget_idle()
        given: list[tuple[int, datetime]] = []
        # Nobody goes past a text that has to wait for its turn.
        first_waiting: datetime | None = None
        for turn in self._shares.order(turns):
            if len(given) == room:
                break
            earliest = max(turn.due, now)
            moment = self._pace.first_free(earliest)
            if first_waiting is not None and moment >= first_waiting:
                continue
            if moment > earliest and moment > now + PACED_AHEAD:
                first_waiting = moment
                continue
            self._pace.take(moment)
            self._shares.took(turn)
            given.append((turn.message_id, moment))
        return given
