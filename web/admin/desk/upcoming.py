"""Owns what happens next at an event: the next step, how long until then, and it in words."""

from dataclasses import dataclass
from datetime import datetime

from models.agenda_item import ItemType
from models.event import MatchingStatus
from web.admin.day import matching_words
from web.admin.desk.departures import departures
from web.admin.desk.facts import Facts
from web.admin.desk.sending import sending
from web.admin.message_actions import texts

_AHEAD = (MatchingStatus.SCHEDULED, MatchingStatus.QUEUED)


@dataclass(frozen=True)
class Moment:
    """One step of the day; `state` is done, next or later."""

    name: str
    at: datetime
    when: str
    state: str


@dataclass(frozen=True)
class Upcoming:
    """The next step, the steps of the day round it, and sentences about it."""

    next: Moment | None
    steps: list[Moment]
    sentences: list[str]


def upcoming(facts: Facts) -> Upcoming:
    """Return what happens next."""
    moments = sorted(_moments(facts), key=lambda moment: moment[1])
    following = next((m for m in moments if m[1] > facts.now and not facts.is_over), None)
    steps = [
        Moment(name, at, facts.clock(at), _state((name, at), following, facts.now))
        for name, at in moments
    ]
    step = next((moment for moment in steps if moment.state == "next"), None)
    return Upcoming(step, steps, [sentence for sentence in _sentences(facts) if sentence])


def people(number: int) -> str:
    """Return `1 person` or `2 people`."""
    return f"{number:,} {'person' if number == 1 else 'people'}"


def reasons(facts: Facts) -> list[str]:
    """Return why some of those registered can not be matched, in numbers."""
    here = facts.people
    counted = [
        (here.unconsented, "has not agreed to texts", "have not agreed to texts"),
        (here.unreachable, "has no phone that can be texted", "have no phone that can be texted"),
        (here.opted_out, "sent STOP", "sent STOP"),
        (here.absent, "is not checked in", "are not checked in"),
    ]
    return [f"{n:,} {one if n == 1 else many}" for n, one, many in counted if n]


def _moments(facts: Facts) -> list[tuple[str, datetime]]:
    event = facts.event
    found: list[tuple[str, datetime]] = []
    if facts.agenda:
        found.append(("Doors open", facts.agenda[0].start_time))
    if event.matching_at is not None:
        found.append(("Matching", event.matching_at))
    if event.introductions_at is not None:
        found.append(("Introductions", event.introductions_at))
    leaving = departures(facts)
    if leaving.last is not None and leaving.first == facts.now and not leaving.is_estimate:
        found.append(("Last introduction", leaving.last))
    if event.top_up_at is not None and event.top_up_at > facts.now:
        found.append(("Top-up", event.top_up_at))
    pauses = (ItemType.LUNCH, ItemType.BREAK)
    found += [(item.title, item.start_time) for item in facts.agenda if item.item_type in pauses]
    if event.ends_at is not None:
        found.append(("Day ends", event.ends_at))
    return found


def _state(moment: tuple[str, datetime], following: object, now: datetime) -> str:
    if moment == following:
        return "next"
    return "done" if moment[1] <= now else "later"


def _sentences(facts: Facts) -> list[str]:
    event = facts.event
    if event.cancelled_at is not None:
        return [f"This event was cancelled {facts.clock(event.cancelled_at)}."]
    if facts.is_over:
        return [f"The day is over; it ended {facts.clock(event.last_moment)}."]
    status = MatchingStatus(event.matching_status)
    if status in _AHEAD and event.matching_at is not None:
        return [_matching_words(facts), _then_words(facts)]
    if status is MatchingStatus.RUNNING:
        return [
            f"Matching is running now with {people(facts.people.eligible)}; it takes seconds.",
            _introduction_words(facts),
        ]
    if status is MatchingStatus.COMPLETED:
        return [_result_words(facts), _introduction_words(facts), _top_up_words(facts)]
    return [matching_words(event, facts.now), _introduction_words(facts), _top_up_words(facts)]


def _matching_words(facts: Facts) -> str:
    at = facts.event.matching_at
    pool = facts.people
    verb = f"runs at {facts.clock(at)}" if at > facts.now else "is due now and starts any second,"
    if not pool.registered:
        return f"Matching {verb}, but nobody is registered yet.".replace(",,", ",")
    left_out = reasons(facts)
    why = f"; {_listed(left_out)}" if left_out else ", everybody who is registered"
    return f"Matching {verb} with {pool.eligible:,} of {people(pool.registered)}{why}."


def _then_words(facts: Facts) -> str:
    leave_at = facts.event.introductions_at
    if leave_at is None:
        return ""
    when = f"at {facts.clock(leave_at)}" if leave_at > facts.now else "right after it"
    most = facts.people.eligible * facts.event.max_matches
    if facts.event.awaits_approval:
        return f"Introductions leave {when} at the earliest, once approved: {texts(most)} at most."
    if facts.people.eligible < 2:
        return f"Introductions leave {when}, once there are two people to introduce."
    return f"Introductions leave {when}: {texts(most)} at the most, two for each match."


def _result_words(facts: Facts) -> str:
    run = facts.run
    if run is None or run.finished_at is None:
        return "Matching is done."
    return (
        f"Matching is done: {run.covered:,} of {people(run.eligible)} have somebody to meet "
        f"({run.matches_created:,} new matches at {facts.clock(run.finished_at)})."
    )


def _introduction_words(facts: Facts) -> str:
    found, event = facts.texts.introductions, facts.event
    if event.paused_at is not None:
        return _paused_words(facts)
    if facts.texts.awaiting.texts and event.awaits_approval:
        return _awaiting_words(facts)
    if found.waiting and found.first_due is not None and found.first_due > facts.now:
        return (
            f"Introductions leave at {facts.clock(found.first_due)}: "
            f"{texts(found.waiting)} to {people(found.people)}."
        )
    if found.waiting:
        total = found.left + found.waiting
        return f"Introductions are leaving: {found.left:,} of {total:,} have left."
    later = f" {texts(found.for_later)} wait for a later break." if found.for_later else ""
    if facts.texts.stopped:
        has_left = f"{found.left:,} introductions have left. " if found.left else ""
        return f"{has_left}{texts(facts.texts.stopped)} held: they leave when released.{later}"
    if found.left:
        return f"{found.left:,} introductions have left, and none that is due waits.{later}"
    if event.matching_status == MatchingStatus.COMPLETED:
        return f"No introduction is waiting.{later}"
    return later.strip()


def _paused_words(facts: Facts) -> str:
    waiting = f" {texts(facts.texts.waiting)} waiting." if facts.texts.waiting else ""
    words = f"Sending is paused: nothing leaves until you resume.{waiting}"
    return f"{words} {_awaiting_words(facts)}".strip()


def _awaiting_words(facts: Facts) -> str:
    found = sending(facts)
    return f"{found.waits} {found.until}".strip()


def _top_up_words(facts: Facts) -> str:
    at = facts.event.top_up_at
    if at is None:
        return ""
    when = f"at {facts.clock(at)}" if at > facts.now else "in a moment"
    return f"A top-up runs {when} for whoever came since."


def _listed(parts: list[str]) -> str:
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last
