"""Owns what a person may do to all texts of a person, a match or an event at once."""

from datetime import datetime

from actors.control import steering
from actors.control.steering import Scope
from models import clock
from models.message import EventMessage
from models.message_status import HeldBecause
from models.peer_match import EventPeerMatch
from models.reach import Reach
from web.admin.leaving import still_waits
from web.admin.message_actions import by, texts
from web.admin.present import record_label
from web.admin.steps import Step


def hold_and_release(scope: Scope, found: Reach, whose: str) -> list[Step]:
    """Return how all texts of a scope are stopped and started; `whose` as in "to Ana Moss"."""
    held = [_hold_all(scope, found, whose)] if found.waiting + found.awaiting else []
    return [*held, *release_all(scope, found, whose)]


def release_all(scope: Scope, found: Reach, whose: str) -> list[Step]:
    """Return how what a person holds of a scope is let go."""
    return [_release_all(scope, found, whose)] if found.stopped else []


def _hold_all(scope: Scope, found: Reach, whose: str) -> Step:
    number = found.waiting + found.awaiting
    unapproved = f"An approval does not let go the {found.awaiting:,} of them that wait for one."
    return Step(
        "texts_held",
        f"Hold {texts(number)}",
        f"Hold what is planned {whose}?",
        [
            f"Keeps {texts(number)} from leaving until released.",
            unapproved if found.awaiting else "",
            *untouched(found),
        ],
        lambda now: steering.hold_texts(scope, reason=by("held"), now=now) or None,
        lambda number: f"Held: {texts(number)}.",
    )


def _release_all(scope: Scope, found: Reach, whose: str) -> Step:
    is_held = EventMessage.held_because == HeldBecause.PERSON
    return Step(
        "texts_released",
        f"Release {texts(found.stopped)}",
        f"Release what is held {whose}?",
        lambda: [
            f"Lets {texts(found.stopped)} leave, each at its time, or at once when that is past.",
            *still_waits(scope.condition() & is_held, now=clock.now()),
            "What belongs to a day that is over stays held.",
        ],
        lambda now: steering.release_texts(scope, now=now) or None,
        lambda number: f"Released: {texts(number)}.",
    )


def cancel_all(scope: Scope, found: Reach, whose: str) -> list[Step]:
    """Return how all texts of a scope are taken back."""
    step = Step(
        "texts_cancelled",
        f"Cancel {texts(found.cancellable)}",
        f"Cancel what is planned {whose}?",
        [f"{_takes_back(found)} This can not be undone.", *out_of_reach(found)],
        lambda now: steering.cancel_texts(scope, reason=by("cancelled"), now=now) or None,
        lambda number: f"Cancelled: {texts(number)}.",
        is_grave=True,
    )
    return [step] if found.cancellable else []


def cancel_match(match: EventPeerMatch, found: Reach) -> Step:
    """Return how a match is called off together with its texts."""

    def do(now: datetime) -> int | None:
        number = steering.cancel_match(match.id, reason=by("cancelled"), now=now)
        is_ours = EventPeerMatch.get_by_id(match.id).cancelled_at == now
        return number if is_ours or number else None

    return Step(
        "cancelled",
        "Cancel match",
        f"Cancel the match of {record_label(match)}?",
        [
            f"{_takes_back(found)} This can not be undone.",
            "The two are not matched again at this event.",
            *out_of_reach(found),
        ],
        do,
        lambda number: f"The match is cancelled, and with it {texts(number)}.",
        is_grave=True,
    )


def _takes_back(found: Reach) -> str:
    if not found.cancellable:
        return "No text is waiting."
    doubt = f", of which {found.unknown:,} may have been sent already" if found.unknown else ""
    return f"Takes back {texts(found.cancellable)} for good{doubt}."


def untouched(found: Reach) -> list[str]:
    """Say in numbers what a step leaves alone, since it has left."""
    left = _left(found)
    return [f"Not touched: {left}."] if left else []


def out_of_reach(found: Reach) -> list[str]:
    """Say in numbers what can not be taken back any more."""
    left = _left(found)
    return [f"Can not be taken back: {left}."] if left else []


def _left(found: Reach) -> str:
    words = []
    if found.in_the_air:
        words.append(f"{texts(found.in_the_air)} being sent right now")
    if found.arrived:
        words.append(f"{texts(found.arrived)} sent before")
    return " and ".join(words)
