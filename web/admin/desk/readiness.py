"""Owns what an event still lacks before its day can go well, and where each is mended."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, NamedTuple

from flask import url_for

from models.event import MatchingStatus
from models.readiness import HEARTBEAT_LIMIT
from models.service_state import DOWN, N8N, PLANNER, TROUBLE, UP
from web.admin.desk import n8n
from web.admin.desk.facts import Facts
from web.admin.desk.sending import introductions
from web.admin.desk.upcoming import people
from web.admin.labels import opening
from web.admin.message_actions import texts

NOBODY_HERE_BEFORE = timedelta(minutes=30)
_OVERDUE = timedelta(seconds=30)
_DONE = (MatchingStatus.COMPLETED, MatchingStatus.RUNNING)


class Lack(NamedTuple):
    """Something that is missing; `mend` is what the link to `where` says, if one may change."""

    tone: str
    sentence: str
    mend: str
    where: str
    is_change: bool = False


def lacks(facts: Facts) -> list[Lack]:
    """Return what is missing, what stops everything first; nothing once the day is over."""
    if facts.is_over:
        return []
    found = [*_services(facts), *_agenda(facts), *_times(facts), *_people(facts), *_held(facts)]
    return sorted(found, key=lambda lack: lack.tone != "bad")


def _services(facts: Facts) -> Iterator[Lack]:
    planner, sent = facts.states.get(PLANNER), facts.states.get(N8N)
    health = url_for("health.readyz")
    if planner is None or facts.now - planner.seen_at > HEARTBEAT_LIMIT:
        since = f" since {facts.clock(planner.seen_at)}" if planner is not None else ""
        sentence = f"The planner is silent{since}: nothing is matched or sent. Start a worker."
        yield Lack("bad", sentence, "See what runs", health)
    elif planner.state == TROUBLE:
        what = f": {planner.message}" if planner.message else ""
        yield Lack("bad", f"The planner is in trouble{what}.", "See what runs", health)
    if sent is not None and sent.state != UP:
        why = f" {opening(sent.message)}." if sent.message else ""
        verb = "takes no texts" if sent.state == DOWN else "is in trouble"
        yield Lack(
            "bad" if sent.state == DOWN else "warn",
            f"n8n {verb} since {facts.clock(sent.since)}.{why}",
            "See what it keeps",
            url_for("trouble.index"),
        )
    where = url_for("events.desk_step_view", id=facts.event.id, do=n8n.CHECK)
    for tone, sentence in n8n.found(facts):
        yield Lack(tone, sentence, "Check again", where, is_change=True)
    if not facts.config.alert_webhook_url and not facts.config.local_services:
        said = "Nobody would be told if matching or n8n fails: ALERT_WEBHOOK_URL is not set."
        yield Lack("idle", said, "See what runs", health)


def _agenda(facts: Facts) -> Iterator[Lack]:
    event = facts.event
    if not facts.agenda:
        yield Lack(
            "bad",
            "There is no agenda, so there is no lunch to match before.",
            "Add speakers",
            url_for("events.edit_view", id=event.id),
            is_change=True,
        )
    elif facts.lunch is None:
        yield Lack(
            "bad",
            "The agenda has no lunch, so there is no moment to match before.",
            "Add lunch",
            url_for("agenda.create_view", event=event.id),
            is_change=True,
        )


def _times(facts: Facts) -> Iterator[Lack]:
    event, lunch = facts.event, facts.lunch
    if event.matching_status in _DONE:
        return
    agenda = url_for("agenda.index_view", event=event.id)
    if event.matching_status in (MatchingStatus.FAILED, MatchingStatus.MISSED):
        words = event.matching_status_reason or "See its run."
        yield Lack(
            "bad", f"Matching {event.matching_status}: {words}", "Run it now", "#desk-control"
        )
    elif lunch is not None and lunch.end_time <= facts.now:
        said = f"Lunch ended {facts.clock(lunch.end_time)}, and nobody is matched yet."
        yield Lack("bad", said, "Run it now", "#desk-control", is_change=True)
    elif event.matching_at is not None and event.matching_at < facts.now - _OVERDUE:
        said = f"Matching was due {facts.clock(event.matching_at)}, which is past."
        yield Lack("bad", said, "Move lunch", "#desk-lunch", is_change=True)
    if facts.agenda and facts.agenda[0].start_time.astimezone(facts.zone).date() != event.date:
        said = (
            f"The agenda begins {facts.clock(facts.agenda[0].start_time)}, not on the event's date."
        )
        yield Lack("warn", said, "See the agenda", agenda)


def _people(facts: Facts) -> Iterator[Lack]:
    who, event_id = facts.people, facts.event.id

    def listed(**filters: Any) -> str:
        return url_for("attendees.index_view", event=event_id, **filters)

    if not who.registered:
        where = url_for("attendees.create_view", event=event_id)
        yield Lack("bad", "Nobody is registered.", "Add somebody", where, is_change=True)
        return
    at = facts.event.matching_at
    is_soon = at is not None and at - facts.now < NOBODY_HERE_BEFORE / facts.event.time_scale
    if not who.checked_in and is_soon:
        yield Lack("bad", "Nobody is checked in.", "Check people in", listed(here="0"))
    if who.unconsented:
        has = "has" if who.unconsented == 1 else "have"
        said = f"{people(who.unconsented)} {has} not agreed to texts."
        yield Lack("warn", said, "See who", listed(sms="0"))
    if who.unreachable:
        said = f"{people(who.unreachable)} agreed to texts, but without a phone that works."
        yield Lack("warn", said, "See who", listed(sms="1", phone="0"))
    if who.opted_out:
        said = f"{people(who.opted_out)} sent STOP; only their own START changes that."
        yield Lack("idle", said, "See them", url_for("opt-outs.index_view"))
    if who.thin:
        names = "names" if who.thin == 1 else "name"
        said = (
            f"{people(who.thin)} {names} neither focus areas nor services: little to match them by."
        )
        yield Lack("warn", said, "See who", listed(sms="1", profile="0"))


def _held(facts: Facts) -> Iterator[Lack]:
    trouble = url_for("trouble.index")
    if facts.event.paused_at is not None:
        said = f"Sending is paused since {facts.clock(facts.event.paused_at)}: nothing leaves."
        yield Lack("bad", said, "Resume", "#desk-control", is_change=True)
    if facts.texts.awaiting.texts and facts.event.awaits_approval:
        verb = "waits" if facts.texts.awaiting.texts == 1 else "wait"
        said = f"{introductions(facts.texts.awaiting.texts)} {verb} for approval."
        yield Lack("warn", said, "Approve", "#desk-control", is_change=True)
    if facts.texts.stopped:
        said = f"{texts(facts.texts.stopped)} held until somebody lets them leave."
        yield Lack("warn", said, "Release", "#desk-control", is_change=True)
    if facts.texts.unknown:
        said = f"{texts(facts.texts.unknown)} may or may not have arrived."
        yield Lack("warn", said, "Settle it", trouble)
