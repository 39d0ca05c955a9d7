"""Owns what an event's desk is made from: everything read once, in a constant number of queries."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from models import deliveries, matching_overview, service_state
from models.agenda_item import EventAgendaItem, ItemType
from models.config import Config
from models.deliveries import Deliveries
from models.eligibility import Standing, standing
from models.event import Event
from models.matching_run import MatchingRun
from models.queue_stats import event_queue_stats
from models.service_state import N8N, N8N_CHECK, PLANNER, ServiceState
from web.admin.present import zone_of

SOON = timedelta(days=1)


@dataclass(frozen=True)
class Facts:
    """An event as it is at a moment, and all that its desk says of it."""

    event: Event
    now: datetime
    config: Config
    states: dict[str, ServiceState]
    agenda: list[EventAgendaItem]
    people: Standing
    texts: Deliveries
    failures: list[tuple[str | None, int]]
    queues: dict[str, dict[str, int]]
    run: MatchingRun | None

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone that the desk's times are in."""
        return zone_of(self.event)

    @cached_property
    def lunch(self) -> EventAgendaItem | None:
        """The lunch that matching follows: the day's first."""
        return next((item for item in self.agenda if item.item_type == ItemType.LUNCH), None)

    @property
    def is_over(self) -> bool:
        """Whether the day has ended, or the event was called off."""
        return self.event.cancelled_at is not None or self.event.is_over(self.now)

    def clock(self, moment: datetime, *, seconds: bool = False) -> str:
        """Return `11:45 AM CST`, with the day before it unless that is today."""
        local, today = moment.astimezone(self.zone), self.now.astimezone(self.zone).date()
        # A rehearsal's minute lasts a second, so that its times need them.
        has_seconds = seconds or self.event.time_scale > 1
        clock = f"{local:%I:%M:%S %p}" if has_seconds else f"{local:%I:%M %p}"
        words = f"{clock.lstrip('0')} {local:%Z}"
        if local.date() == today:
            return words
        year = f", {local.year}" if local.year != today.year else ""
        return f"{local:%a}, {local:%b} {local.day}{year}, {words}"

    def wall(self, moment: datetime) -> str:
        """Return the same to the second without the zone, for where that is named beside it."""
        return self.clock(moment, seconds=True).removesuffix(self.zone_at(moment)).rstrip()

    def zone_at(self, moment: datetime) -> str:
        """Return what the event's zone is called at a moment, such as `CST`."""
        return f"{moment.astimezone(self.zone):%Z}"

    def spread(self, first: datetime, last: datetime) -> str:
        """Return `12:00 PM to 1:00 PM CST`, the zone named once."""
        begins = self.clock(first).removesuffix(self.zone_at(first)).rstrip()
        return f"{begins} to {self.clock(last)}"


def read(event: Event, *, now: datetime, config: Config, states: dict[str, ServiceState]) -> Facts:
    """Read what the desk says of an event, in seven queries."""
    return Facts(
        event=event,
        now=now,
        config=config,
        states=states,
        agenda=agenda_of(event.id),
        people=standing(event.id),
        texts=deliveries.deliveries(event.id, introductions_at=event.introductions_at, now=now),
        failures=deliveries.failures(event.id),
        queues=event_queue_stats(event, now),
        run=matching_overview.last_run(event.id),
    )


def read_states() -> dict[str, ServiceState]:
    """Return what the planner and n8n last said, and what n8n answered when asked."""
    return service_state.read_all(PLANNER, N8N, N8N_CHECK)


def agenda_of(event_id: int) -> list[Any]:
    """Return the agenda's items in order of time."""
    return list(
        EventAgendaItem.select()
        .where(EventAgendaItem.event == event_id)
        .order_by(EventAgendaItem.start_time, EventAgendaItem.track, EventAgendaItem.id)
    )
