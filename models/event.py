"""Owns events, their speakers and sponsors, and what state an event's matching is in."""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from peewee import (
    SQL,
    BooleanField,
    CharField,
    Check,
    DateField,
    DecimalField,
    Expression,
    ForeignKeyField,
    IntegerField,
    JSONField,
    TextField,
    TimeField,
    fn,
)

from models.base import Table, UtcDateTimeField, default, one_of


class AgendaStatus(StrEnum):
    NONE = "none"
    GENERATED = "generated"
    CONFIRMED = "confirmed"


class MatchingStatus(StrEnum):
    """`unscheduled` has a reason; `queued` has a wake-up; `missed` came to life after the event."""

    UNSCHEDULED = "unscheduled"
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    MISSED = "missed"


class Approval(StrEnum):
    """Whether introductions wait for a click: never, for ever, or until a while past their time."""

    OFF = "off"
    REQUIRED = "required"
    UNTIL_DEADLINE = "until_deadline"


WAITING_STATUSES = (
    MatchingStatus.UNSCHEDULED,
    MatchingStatus.SCHEDULED,
    MatchingStatus.QUEUED,
)


CANCELLED = "The event was cancelled."


class Event(Table):
    """One event day; the four times from `starts_at` to `introductions_at` follow the agenda.

    `weights` are the event's own scoring weights; None means the usual ones. `paused_at`: nothing
    of it leaves since then. `approved_at`: until it is taken back, its introductions may leave
    where `approval` asks for that.
    """

    name = CharField()
    date = DateField(index=True)
    timezone = CharField(default="America/Chicago", constraints=default("'America/Chicago'"))
    location = CharField(null=True)
    from_name = CharField(null=True)
    agenda_status = CharField(default=AgendaStatus.NONE, constraints=default("'none'"))
    session_duration_minutes = IntegerField(default=45, constraints=default("45"))
    matching_lead_minutes = IntegerField(default=15, constraints=default("15"))
    introduction_delay_minutes = IntegerField(default=5, constraints=default("5"))
    max_matches = IntegerField(default=3, constraints=default("3"))
    min_score = DecimalField(
        max_digits=5, decimal_places=2, default="0.60", constraints=default("0.60")
    )
    max_same_market_miles = IntegerField(default=50, null=True, constraints=default("50"))
    weights = JSONField(null=True)
    refills = BooleanField(default=True, constraints=default("true"))
    reminder_minutes = IntegerField(default=15, constraints=default("15"))
    reminder_reveals_yes = BooleanField(default=False, constraints=default("false"))
    time_scale = IntegerField(default=1, constraints=default("1"))
    starts_at = UtcDateTimeField(null=True)
    ends_at = UtcDateTimeField(null=True)
    matching_at = UtcDateTimeField(null=True)
    introductions_at = UtcDateTimeField(null=True)
    matching_status = CharField(
        default=MatchingStatus.UNSCHEDULED, constraints=default("'unscheduled'")
    )
    matching_status_reason = TextField(null=True)
    top_up_at = UtcDateTimeField(null=True)
    wake_sent_at = UtcDateTimeField(null=True)
    cancelled_at = UtcDateTimeField(null=True)
    created_at = UtcDateTimeField(constraints=default("now()"))
    updated_at = UtcDateTimeField(constraints=default("now()"))
    paused_at = UtcDateTimeField(null=True)
    paused_by = CharField(null=True)
    approval = CharField(default=Approval.OFF, constraints=default("'off'"))
    approval_wait_minutes = IntegerField(default=0, constraints=default("0"))
    approved_at = UtcDateTimeField(null=True)
    approved_by = CharField(null=True)

    class Meta:
        table_name = "events"
        constraints = [
            one_of("agenda_status", AgendaStatus),
            one_of("matching_status", MatchingStatus),
            one_of("approval", Approval),
            Check("min_score BETWEEN 0 AND 1", name="min_score_range"),
            Check("max_matches BETWEEN 1 AND 20", name="max_matches_range"),
            Check("matching_lead_minutes >= 0", name="matching_lead_not_negative"),
            Check("introduction_delay_minutes >= 0", name="introduction_delay_not_negative"),
            Check("session_duration_minutes BETWEEN 5 AND 480", name="session_duration_range"),
            Check("max_same_market_miles BETWEEN 1 AND 500", name="max_same_market_miles_range"),
            Check("reminder_minutes BETWEEN 1 AND 240", name="reminder_minutes_range"),
            Check("time_scale BETWEEN 1 AND 3600", name="time_scale_range"),
            Check("approval_wait_minutes BETWEEN 0 AND 240", name="approval_wait_minutes_range"),
        ]

    @property
    def zone(self) -> ZoneInfo:
        """The event's IANA time zone."""
        return ZoneInfo(self.timezone)

    @property
    def sender_name(self) -> str:
        """What the texts are signed with at the provider."""
        return self.from_name or self.name

    @property
    def last_moment(self) -> datetime:
        """When the day ends; without an agenda, the midnight after its date in its zone."""
        if self.ends_at is not None:
            ends_at: datetime = self.ends_at
            return ends_at
        following: date = self.date + timedelta(days=1)
        return datetime.combine(following, time(), tzinfo=self.zone).astimezone(UTC)

    @classmethod
    def ends(cls) -> Expression:
        """Return the SQL of `last_moment`."""
        midnight = fn.timezone(cls.timezone, (cls.date + SQL("1")).cast("timestamp"))
        found: Expression = fn.coalesce(cls.ends_at, midnight)
        return found

    def is_over(self, now: datetime) -> bool:
        """Whether the day has ended."""
        return now >= self.last_moment

    @property
    def is_paused(self) -> bool:
        """Whether nothing leaves; the news that an event is off is not kept back by a pause."""
        return self.paused_at is not None and self.cancelled_at is None

    @property
    def awaits_approval(self) -> bool:
        """Whether introductions that are planned now wait for somebody's approval."""
        return self.approval != Approval.OFF and self.approved_at is None


Event.add_index(
    Event.index(
        Event.matching_at, name="events_matching_due", where=Event.matching_at.is_null(False)
    )
)
Event.add_index(
    Event.index(Event.top_up_at, name="events_top_up_due", where=Event.top_up_at.is_null(False))
)


class EventSpeaker(Table):
    """A speaker. `session_start` and `session_end` are wall-clock times on the event's date."""

    event = ForeignKeyField(Event, backref="speakers", on_delete="CASCADE")
    name = CharField()
    email = CharField(null=True)
    company_name = CharField(null=True)
    session_title = CharField(null=True)
    session_start = TimeField(null=True)
    session_end = TimeField(null=True)
    is_keynote = BooleanField(default=False, constraints=default("false"))
    position = IntegerField(default=0, constraints=default("0"))
    created_at = UtcDateTimeField(constraints=default("now()"))
    updated_at = UtcDateTimeField(constraints=default("now()"))

    class Meta:
        table_name = "event_speakers"
        constraints = [
            Check(
                "session_end IS NULL OR session_end > session_start",
                name="session_ends_after_start",
            )
        ]


class EventSponsor(Table):
    event = ForeignKeyField(Event, backref="sponsors", on_delete="CASCADE")
    name = CharField()
    tier = CharField(null=True)
    description = TextField(null=True)
    created_at = UtcDateTimeField(constraints=default("now()"))
    updated_at = UtcDateTimeField(constraints=default("now()"))

    class Meta:
        table_name = "event_sponsors"
