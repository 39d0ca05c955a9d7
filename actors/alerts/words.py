"""Owns what an alert says: what is wrong, what it means, and what to do.

It tells of events and numbers; no person's name and no phone is in it.
"""

from datetime import datetime

from actors.n8n.advice import advice
from models.alert_occasions import Departure
from models.config import Config
from models.event import Event, MatchingStatus
from models.n8n_check import Answer, Finding

MOST_NAMED = 3


def matching_late(event: Event, config: Config) -> str:
    return (
        f"Matching for {event.name} is late: it was due at {_at(event, event.matching_at)} and is "
        f"not done.{_leave(event)} It goes on by itself once a worker runs.{_desk(event, config)}"
    )


def matching_failed(event: Event, config: Config) -> str:
    if event.matching_status == MatchingStatus.MISSED:
        return (
            f"Matching for {event.name} was missed: the event was over before it could run. "
            f"Nobody is introduced.{_desk(event, config)}"
        )
    return (
        f"Matching for {event.name} failed, and is not tried again by itself. Until somebody runs "
        f"it from the desk, nobody is introduced.{_leave(event)}{_desk(event, config)}"
    )


def matching_done(event: Event, config: Config) -> str:
    return f"Matching for {event.name} is done now.{_leave(event)}{_desk(event, config)}"


def n8n_down(departures: list[Departure], minutes: int, trouble: Answer, config: Config) -> str:
    named = [_departure(departure) for departure in departures[:MOST_NAMED]]
    more = len(departures) - len(named)
    if more:
        named.append("1 more event" if more == 1 else f"{more} more events")
    since = "less than a minute" if minutes < 1 else f"{minutes} min"
    if trouble.finding is Finding.UNREACHABLE:
        what = f"n8n has not answered for {since}"
        to_do = f"What we see: {trouble.words}. Start n8n, or its host, or correct N8N_WEBHOOK_URL."
    else:
        what, to_do = f"n8n has taken none of our texts for {since}", advice(trouble)
    return (
        f"{what}, and introductions leave soon: {', '.join(named)}. {to_do} "
        "Texts wait meanwhile; an introduction that waits too long is "
        f"planned for the next break.{_desk(departures[0].event, config)}"
    )


def n8n_back(config: Config) -> str:
    return f"n8n takes texts again; what waits leaves now.{_link('/admin/', config)}"


def test_alert(config: Config) -> str:
    return (
        "This is a test: alerts of matching and of n8n come here. Nothing is wrong, and nobody was "
        f"texted.{_link('/admin/', config)}"
    )


def _departure(departure: Departure) -> str:
    texts = "" if departure.texts is None else f", {departure.texts} texts"
    return f"{departure.event.name} ({_at(departure.event, departure.at)}{texts})"


def _leave(event: Event) -> str:
    if event.introductions_at is None:
        return ""
    return f" Introductions are planned for {_at(event, event.introductions_at)}."


def _at(event: Event, moment: datetime) -> str:
    return f"{moment.astimezone(event.zone):%H:%M}"


def _desk(event: Event, config: Config) -> str:
    return _link(f"/admin/events/desk/?id={event.id}", config)


def _link(path: str, config: Config) -> str:
    return f" {config.public_url.rstrip('/')}{path}" if config.public_url else ""
