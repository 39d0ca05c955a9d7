"""Owns what is known of n8n, one row of `service_states` for all workers together."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from models import service_state
from models.service_state import DOWN, N8N, TROUBLE, UP, ServiceState

STREAK_THAT_OPENS = 5
REFUSALS_THAT_QUIET = 3
QUIET_SECONDS = 10.0
FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 30.0
_TIMES = ("next_probe_at", "quiet_until", "risked_until")
_NUMBERS = ("streak", "refusals", "pause_seconds")


@dataclass(frozen=True)
class N8nState:
    """What is known of n8n.

    `since` is when it began to be so (of `down`: when the first text failed). `streak` and
    `refusals` count failures and 429s in a row; while it is down, n8n is tried at
    `next_probe_at`, and `pause_seconds` after a text that tried it: no other may before
    `risked_until`. Nothing is sent before `quiet_until`.
    """

    state: str = UP
    since: datetime | None = None
    reason: str | None = None
    next_probe_at: datetime | None = None
    quiet_until: datetime | None = None
    risked_until: datetime | None = None
    streak: int = 0
    refusals: int = 0
    pause_seconds: float = FIRST_PAUSE_SECONDS

    @property
    def is_down(self) -> bool:
        return self.state == DOWN

    def admits(self, now: datetime) -> bool:
        """Whether texts may go to n8n at this moment."""
        return not self.is_down and (self.quiet_until is None or now >= self.quiet_until)

    def may_be_tried(self, now: datetime) -> bool:
        """Whether it is down and no text has tried it just now."""
        return self.is_down and (self.risked_until is None or now >= self.risked_until)

    def worked(self, now: datetime) -> "N8nState":
        """Return what is known once n8n has taken or judged a text."""
        if self.state == UP and self.since is not None:
            return self
        return N8nState(since=now, quiet_until=self.quiet_until)

    def refused(self, reason: str, seconds: float | None, now: datetime) -> "N8nState":
        """Return what is known after a 429: n8n answers, but the third in a row quiets us all."""
        refusals = self.refusals + 1
        quiet_until = self.quiet_until
        if refusals >= REFUSALS_THAT_QUIET or self.is_down:
            end = now + timedelta(seconds=seconds or QUIET_SECONDS)
            quiet_until = max(quiet_until or end, end)
        since = self._trouble_since(now)
        return N8nState(TROUBLE, since, reason, quiet_until=quiet_until, refusals=refusals)

    def failed(self, reason: str, now: datetime) -> "N8nState":
        """Return what is known after one more failure; it is not yet called down."""
        if self.is_down:
            return replace(self, reason=reason)
        since = self._trouble_since(now)
        return replace(self, state=TROUBLE, since=since, reason=reason, streak=self.streak + 1)

    def opened(self, now: datetime) -> "N8nState":
        """Return that n8n is down, since the first failure."""
        first = now + timedelta(seconds=FIRST_PAUSE_SECONDS)
        return replace(
            self,
            state=DOWN,
            next_probe_at=first,
            risked_until=None,
            pause_seconds=FIRST_PAUSE_SECONDS,
        )

    def half_open(self) -> "N8nState":
        """Return that one text may try; if it fails, n8n is down again."""
        return replace(self, state=TROUBLE, streak=STREAK_THAT_OPENS - 1, next_probe_at=None)

    def tried_at(self, now: datetime) -> "N8nState":
        """Return that somebody asks n8n right now, so the next may in a while."""
        return replace(self, next_probe_at=now + timedelta(seconds=FIRST_PAUSE_SECONDS))

    def risked_at(self, now: datetime) -> "N8nState":
        """Return that a text tries it right now; should it fail, the pause doubles."""
        until = now + timedelta(seconds=self.pause_seconds)
        return replace(
            self,
            next_probe_at=until,
            risked_until=until,
            pause_seconds=min(LONGEST_PAUSE_SECONDS, self.pause_seconds * 2),
        )

    def _trouble_since(self, now: datetime) -> datetime:
        return now if self.state == UP or self.since is None else self.since


def read() -> N8nState:
    """Return what is known now."""
    row = service_state.read(N8N)
    return N8nState() if row is None else _from_row(row)


def lock(now: datetime) -> N8nState:
    """Return what is known, with the row locked until the caller's transaction ends."""
    ServiceState.insert(name=N8N, state=UP, since=now, seen_at=now).on_conflict_ignore().execute()
    return _from_row(ServiceState.select().where(ServiceState.name == N8N).for_update().get())


def write(known: N8nState, *, now: datetime) -> None:
    """Replace what is known; the caller has locked it."""
    detail: dict[str, object] = {name: getattr(known, name) for name in _NUMBERS}
    for name in _TIMES:
        moment = getattr(known, name)
        detail[name] = None if moment is None else moment.isoformat()
    ServiceState.update(
        state=known.state,
        message=known.reason,
        since=known.since or now,
        seen_at=now,
        detail=detail,
    ).where(ServiceState.name == N8N).execute()


def _from_row(row: ServiceState) -> N8nState:
    """Read a row that may have been written before all of this was kept."""
    kept = {name: row.detail[name] for name in _NUMBERS if name in row.detail}
    for name in _TIMES:
        moment = row.detail.get(name)
        kept[name] = None if moment is None else datetime.fromisoformat(moment)
    return N8nState(row.state, row.since, row.message, **kept)
