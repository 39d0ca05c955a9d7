"""Owns what is to be asked or said next about a match, to whom, and when; pure."""

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from actors.conversation.follow_up_situation import Situation, Step
from actors.reply_text import Intent
from models.breaks import scaled
from models.event import Event
from models.message_status import MessageType
from models.peer_match import MatchState
from models.quiet_hours import QuietHours

REMINDER_USEFUL = timedelta(minutes=30)
ATTENDANCE_AFTER = timedelta(minutes=20)
ATTENDANCE_USEFUL = timedelta(hours=3)
RATING_AFTER = timedelta(hours=2)
RATING_USEFUL = timedelta(hours=1)
NIGHT = QuietHours(begins=time(21), ends=time(8))
WRAP_UP_AT = time(9)
WRAP_UP_AFTER_A_REHEARSAL = timedelta(hours=15)
WRAP_UP_USEFUL = timedelta(hours=10)


def steps(at: Situation) -> list[Step]:
    """Return everything that is still to come, in no order, whether it was planned or not."""
    found = [step for begin in _BY_STATE.get(MatchState(at.match.state), ()) for step in begin(at)]
    return [_outside_quiet_hours(step, at) for step in found if step.kind not in at.off]


def _reminders(at: Situation) -> list[Step]:
    """Remind whoever is silent while the other one said yes."""
    found = []
    for side in (1, 2):
        said_yes = at.of(3 - side, "response") == Intent.YES
        introduced_at = at.introduced_at[side]
        if not said_yes or at.of(side, "response") is not None or introduced_at is None:
            continue
        begins = max(at.of(3 - side, "responded_at"), introduced_at)
        due = begins + scaled(timedelta(minutes=at.event.reminder_minutes), at.event)
        until = min(due + scaled(REMINDER_USEFUL, at.event), at.event.last_moment)
        reveals = at.event.reminder_reveals_yes
        kind = MessageType.REVEALING_REMINDER if reveals else MessageType.YES_REMINDER
        if due < until:
            found.append(Step(kind, side, due, until, f"reminder:{at.match.id}"))
    return found


def _prompts(at: Situation) -> list[Step]:
    """Propose a postponed introduction again, to whoever has not said yes to it."""
    return [
        Step(
            MessageType.BREAK_PROMPT, side, slot.prompt_at, slot.until, f"{slot.name}:{at.match.id}"
        )
        for slot in at.slots
        for side in (1, 2)
        if at.of(side, "response") != Intent.YES
    ]


def _attendance(at: Situation) -> list[Step]:
    begins: list[datetime] = [at.match.connected_at or at.match.updated_at]
    if at.match.meeting_time is None and begins[0] > at.event.last_moment:
        # They could not meet there any more.
        return []
    if at.match.meeting_time is not None:
        begins.append(at.match.meeting_time)
    due = max(begins) + scaled(ATTENDANCE_AFTER, at.event)
    until = due + scaled(ATTENDANCE_USEFUL, at.event)
    return [
        Step(MessageType.ATTENDANCE_QUESTION, side, due, until, f"attendance:{at.match.id}")
        for side in (1, 2)
        if at.of(side, "met") is None
    ]


def _ratings(at: Situation) -> list[Step]:
    """Ask whoever met the other one how it was."""
    found = []
    for side in (1, 2):
        if not at.of(side, "met") or getattr(at.match, f"feedback_contractor{side}"):
            continue
        due = at.of(side, "met_at") + scaled(RATING_AFTER, at.event)
        until = due + scaled(RATING_USEFUL, at.event)
        found.append(Step(MessageType.RATING_REQUEST, side, due, until, f"rating:{at.match.id}"))
    return found


def _wrap_ups(at: Situation) -> list[Step]:
    """Tell each, the morning after, with whom they connected; once, whichever match says so."""
    found = []
    for side in (1, 2):
        if at.event.time_scale > 1:
            due = at.event.last_moment + scaled(WRAP_UP_AFTER_A_REHEARSAL, at.event)
        else:
            morning = at.event.date + timedelta(days=1)
            local = datetime.combine(morning, WRAP_UP_AT, tzinfo=at.zones[side])
            due = local.astimezone(UTC)
        if at.match.connected_at is not None and at.match.connected_at >= due:
            # The contacts themselves have only just left.
            continue
        until = due + scaled(WRAP_UP_USEFUL, at.event)
        found.append(Step(MessageType.WRAP_UP, side, due, until, f"wrap-up:{at.event.id}"))
    return found


def _outside_quiet_hours(step: Step, at: Situation) -> Step:
    """Move a step to when it is not quiet; texts of the event's day keep their time.

    Not so a request for a rating: nobody needs it while an evening goes on, nor, whatever hours
    are set to be quiet, at night.
    """
    is_rating = step.kind is MessageType.RATING_REQUEST
    if at.event.time_scale > 1 or (not is_rating and _is_in_the_day(step.due, at.event)):
        return step
    zone = at.zones[step.side]
    due, begins = _awake(step.due, [at.quiet, NIGHT] if is_rating else [at.quiet], zone)
    return step._replace(due=due, until=min(step.until + (due - step.due), begins))


def _awake(moment: datetime, quiet: list[QuietHours], zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return from when, not before a moment, none of these hours are quiet, and until when."""
    for _ in quiet:
        for hours in quiet:
            moment = hours.end_after(moment, zone)
    return moment, min(hours.begin_after(moment, zone) for hours in quiet)


def _is_in_the_day(moment: datetime, event: Event) -> bool:
    return event.starts_at is not None and event.starts_at <= moment <= event.last_moment


_BY_STATE: dict[MatchState, tuple[Callable[[Situation], list[Step]], ...]] = {
    MatchState.OPEN: (_reminders,),
    MatchState.LATER: (_prompts,),
    MatchState.CONNECTED: (_attendance, _ratings, _wrap_ups),
}
