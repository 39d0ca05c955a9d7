"""Owns when nobody is texted out of the blue; pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class QuietHours:
    """A time of day from which it is quiet until another one, which may be the next morning."""

    begins: time = time(21)
    ends: time = time(8)

    def are_at(self, moment: datetime, zone: ZoneInfo) -> bool:
        """Whether it is quiet at that moment, by that zone's clock."""
        clock = moment.astimezone(zone).time()
        if self.begins <= self.ends:
            return self.begins <= clock < self.ends
        return clock >= self.begins or clock < self.ends

    def end_after(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """Return the first moment from then on at which it is not quiet, in UTC."""
        if not self.are_at(moment, zone):
            return moment
        local = moment.astimezone(zone)
        day = local.date() + timedelta(days=local.time() >= self.ends)
        return datetime.combine(day, self.ends, tzinfo=zone).astimezone(UTC)

    def begin_after(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """Return when it next becomes quiet after that moment, in UTC."""
        local = moment.astimezone(zone)
        day = local.date() + timedelta(days=local.time() >= self.begins)
        return datetime.combine(day, self.begins, tzinfo=zone).astimezone(UTC)
