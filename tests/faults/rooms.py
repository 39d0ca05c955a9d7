"""An event whose matching and introductions come within seconds, by its own clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from models import clock
from tests.factories import make_event_with_lunch
from tests.faults import plans
from tests.faults.world import World

# At this speed matching is 3 s before lunch, and introductions leave 1 s after it.
TIME_SCALE = 300


@dataclass(frozen=True)
class Room:
    """One event, and what to ask the database about it."""

    world: World
    event_id: int
    lunch: datetime

    def column(self, name: str) -> Any:
        return self.world.query(f"SELECT {name} FROM events WHERE id = %s", self.event_id)[0][0]

    def runs(self) -> list[str]:
        """The statuses of its matching runs."""
        found = self.world.query(
            "SELECT status FROM matching_runs WHERE event_id = %s ORDER BY id", self.event_id
        )
        return [row[0] for row in found]

    def pairs(self) -> int:
        return int(
            self.world.query(
                "SELECT count(*) FROM event_peer_matches WHERE event_id = %s", self.event_id
            )[0][0]
        )

    def text_ids(self, *statuses: str) -> list[int]:
        found = self.world.query(
            "SELECT id FROM event_messages WHERE event_id = %s AND direction = 'outbound' "
            "AND (%s OR status = ANY(%s)) ORDER BY id",
            self.event_id,
            not statuses,
            list(statuses),
        )
        return [row[0] for row in found]

    def is_matched(self) -> bool:
        return bool(self.column("matching_status") == "completed")

    def move_lunch(self, seconds: float) -> datetime:
        """Move lunch in plain SQL, as an admin's page or a script would; return the new time."""
        moved = self.world.query(
            "UPDATE event_agenda_items SET start_time = start_time + make_interval(secs => %s), "
            "end_time = end_time + make_interval(secs => %s) "
            "WHERE event_id = %s AND item_type = 'lunch' RETURNING start_time",
            seconds,
            seconds,
            self.event_id,
        )
        return moved[0][0]


def room(world: World, people: int, *, lunch_in: float, max_matches: int = 3) -> Room:
    """Check so many people in at an event whose lunch is so many seconds away."""
    with world.models():
        lunch = clock.now() + timedelta(seconds=lunch_in)
        event = make_event_with_lunch(lunch, time_scale=TIME_SCALE, max_matches=max_matches)
    with world.cursor() as cursor:
        plans.people(cursor, event.id, people)
    return Room(world, event.id, lunch)
