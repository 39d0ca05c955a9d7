"""Owns what n8n last answered to a signed question that texts nobody, and when to ask again.

One row of `service_states` for all workers together.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from peewee import fn

from models import service_state
from models.event import Event
from models.service_state import N8N_CHECK, ServiceState

ANSWER_TAKES = timedelta(seconds=20)
NEAR = timedelta(hours=24)
VERY_NEAR = timedelta(hours=2)
PAUSE = timedelta(minutes=15)
PAUSE_WHEN_VERY_NEAR = timedelta(minutes=1)
# A flow that does not know the question may list each as a run that failed.
PAUSE_WHEN_NOT_KNOWN = timedelta(hours=6)
# A restart of n8n takes less.
FAILURES_THAT_COUNT = 3
FAILS_FOR = timedelta(minutes=5)
_NEVER = "never"
_TIMES = ("requested_at", "asked_at", "answered_at", "failing_since")


class Finding(StrEnum):
    """What an answer tells.

    `fine`: token, signature and flow are right; `unknown_flow` answers without knowing the
    question, which is no fault; `flow`: our own flow says what it lacks.
    """

    FINE = "fine"
    UNREACHABLE = "unreachable"
    NOT_REGISTERED = "not_registered"
    TOKEN = "token"  # noqa: S105  # a name, no secret
    FLOW = "flow"
    UNKNOWN_FLOW = "unknown_flow"


_FAULTS = (Finding.UNREACHABLE, Finding.NOT_REGISTERED, Finding.TOKEN, Finding.FLOW)


@dataclass(frozen=True)
class Answer:
    """What n8n answered; `words` say more, and `drops_repeats` is what its flow says of itself."""

    finding: Finding
    words: str = ""
    drops_repeats: bool = False

    @property
    def is_fault(self) -> bool:
        """Whether texts would surely not get through."""
        return self.finding in _FAULTS

    @property
    def may_take_texts(self) -> bool:
        """Whether a text is worth a try: nothing speaks against it, though it may be unproven."""
        is_foreign = self.finding is Finding.UNKNOWN_FLOW and not self.words
        return is_foreign or self.finding is Finding.FINE


@dataclass(frozen=True)
class Check:
    """The last answer, and when it was requested by a person, asked for, and given.

    `failures` answers in a row were faults, the first of them at `failing_since`.
    """

    answer: Answer | None = None
    requested_at: datetime | None = None
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    failing_since: datetime | None = None
    failures: int = 0

    def long_failing_since(self, now: datetime) -> datetime | None:
        """Return since when n8n has refused us or been away, once that is minutes; else None."""
        if self.failing_since is None or self.answered_at is None:
            return None
        is_fresh = now - self.answered_at <= FAILS_FOR
        is_long = now - self.failing_since >= FAILS_FOR
        counts = is_fresh and is_long and self.failures >= FAILURES_THAT_COUNT
        return self.failing_since if counts else None

    def is_requested(self, now: datetime) -> bool:
        """Whether a person wants to know and nobody is asking."""
        if self.requested_at is None or self._is_under_way(now):
            return False
        return self.asked_at is None or self.requested_at > self.asked_at

    def is_due(self, now: datetime, introductions_at: datetime | None) -> bool:
        """Whether to ask by ourselves, because introductions leave at that time."""
        if introductions_at is None or introductions_at - now > NEAR or self._is_under_way(now):
            return False
        pause = PAUSE_WHEN_VERY_NEAR if introductions_at - now <= VERY_NEAR else PAUSE
        if self.answer is not None and self.answer.finding is Finding.UNKNOWN_FLOW:
            pause = PAUSE_WHEN_NOT_KNOWN
        return self.answered_at is None or now - self.answered_at >= pause

    def is_awaited(self, now: datetime) -> bool:
        """Whether an answer is about to come."""
        return self._is_under_way(now) or self.is_requested(now)

    def _is_under_way(self, now: datetime) -> bool:
        if self.asked_at is None or now - self.asked_at >= ANSWER_TAKES:
            return False
        return self.answered_at is None or self.answered_at < self.asked_at


def read() -> Check:
    """Return what is known now."""
    return of_row(service_state.read(N8N_CHECK))


def of_row(row: ServiceState | None) -> Check:
    """Return what a row says; None is never asked."""
    if row is None:
        return Check()
    times = {name: row.detail.get(name) for name in _TIMES}
    moments = {name: datetime.fromisoformat(time) for name, time in times.items() if time}
    known = Check(
        requested_at=moments.get("requested_at"),
        asked_at=moments.get("asked_at"),
        answered_at=moments.get("answered_at"),
        failing_since=moments.get("failing_since"),
        failures=int(row.detail.get("failures") or 0),
    )
    if row.state == _NEVER:
        return known
    drops_repeats = bool(row.detail.get("drops_repeats"))
    return replace(known, answer=Answer(Finding(row.state), row.message or "", drops_repeats))


def next_introductions_at(now: datetime) -> datetime | None:
    """Return when the next introductions leave that are planned, of whatever event."""
    is_ahead = (Event.introductions_at > now) & Event.cancelled_at.is_null()
    found: datetime | None = Event.select(fn.MIN(Event.introductions_at)).where(is_ahead).scalar()
    return found


def request(now: datetime) -> None:
    """Want n8n to be asked soon; needs a transaction."""
    _change(now, requested_at=now)


def note_asked(now: datetime) -> None:
    """Write down that somebody asks right now; needs a transaction."""
    _change(now, asked_at=now)


def keep(answer: Answer, *, now: datetime) -> None:
    """Replace the last answer; needs a transaction."""
    _change(now, answered_at=now)
    row = ServiceState.get_by_id(N8N_CHECK)
    detail = {**row.detail, "drops_repeats": answer.drops_repeats}
    if answer.is_fault:
        detail["failing_since"] = row.detail.get("failing_since") or now.isoformat()
        detail["failures"] = int(row.detail.get("failures") or 0) + 1
    else:
        detail.pop("failing_since", None)
        detail.pop("failures", None)
    ServiceState.update(
        state=answer.finding,
        message=answer.words or None,
        detail=detail,
        since=row.since if row.state == answer.finding else now,
    ).where(ServiceState.name == N8N_CHECK).execute()


def _change(now: datetime, **times: datetime) -> None:
    """Write times down, with the row locked until the caller's transaction ends."""
    ServiceState.insert(
        name=N8N_CHECK, state=_NEVER, since=now, seen_at=now
    ).on_conflict_ignore().execute()
    row = ServiceState.select().where(ServiceState.name == N8N_CHECK).for_update().get()
    written = {name: moment.isoformat() for name, moment in times.items()}
    ServiceState.update(detail={**row.detail, **written}, seen_at=now).where(
        ServiceState.name == N8N_CHECK
    ).execute()
