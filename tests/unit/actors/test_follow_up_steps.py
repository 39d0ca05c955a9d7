"""What comes next about a match: to whom, at which minute, and until when it is of use."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from actors.conversation.follow_up_steps import Situation, Step, steps
from models.breaks import Slot
from models.event import Event
from models.message_status import MessageType
from models.peer_match import EventPeerMatch
from models.quiet_hours import QuietHours

NOON = datetime(2026, 11, 12, 12, tzinfo=UTC)
CHICAGO, HONOLULU, LISBON = map(ZoneInfo, ("America/Chicago", "Pacific/Honolulu", "Europe/Lisbon"))
MINUTE = timedelta(minutes=1)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def situation(
    *,
    event: dict[str, Any] | None = None,
    zones: tuple[ZoneInfo, ZoneInfo] = (LISBON, LISBON),
    introduced: tuple[datetime | None, datetime | None] = (at(5), at(5)),
    slots: list[Slot] | None = None,
    off: set[str] | None = None,
    quiet: QuietHours | None = None,
    **columns: Any,
) -> Situation:
    """A match of an event that goes on from 9 to 17, in a zone that is UTC in winter."""
    of_event = {
        "id": 7, "date": date(2026, 11, 12), "timezone": "Europe/Lisbon",
        "starts_at": at(-180), "ends_at": at(300), **(event or {}),
    }  # fmt: skip
    match = EventPeerMatch(**{"id": 12, "state": "open", "updated_at": at(0), **columns})
    return Situation(
        match=match,
        event=Event(**of_event),
        zones=dict(enumerate(zones, 1)),
        introduced_at=dict(enumerate(introduced, 1)),
        slots=slots or [],
        off=off or set(),
        quiet=quiet or QuietHours(),
    )


def of(kind: MessageType, found: list[Step]) -> list[tuple[int, datetime, datetime, str]]:
    return [(step.side, step.due, step.until, step.occasion) for step in found if step.kind is kind]


def said_yes(minutes: float = 10, **more: Any) -> dict[str, Any]:
    return {"contractor1_response": "yes", "contractor1_responded_at": at(minutes), **more}


def met(minutes: float, **more: Any) -> dict[str, Any]:
    return {
        "state": "connected", "connected_at": at(10), "contractor1_met": True,
        "contractor1_met_at": at(minutes), **more,
    }  # fmt: skip


# Reminders


def test_reminder_goes_to_whoever_is_silent_a_quarter_of_an_hour_after_the_yes() -> None:
    found = steps(situation(**said_yes(10)))
    assert of(MessageType.YES_REMINDER, found) == [(2, at(25), at(55), "reminder:12")]
    assert len(found) == 1


@pytest.mark.parametrize("introduced_at", [None, at(40)])
def test_reminder_waits_for_the_introduction(introduced_at: datetime | None) -> None:
    found = steps(situation(**said_yes(10), introduced=(at(5), introduced_at)))
    due = [step.due for step in found]
    assert due == ([at(55)] if introduced_at else [])


def test_reminder_follows_the_event_s_own_minutes_and_words() -> None:
    event = {"reminder_minutes": 40, "reminder_reveals_yes": True}
    found = steps(situation(**said_yes(10), event=event))
    assert of(MessageType.REVEALING_REMINDER, found) == [(2, at(50), at(80), "reminder:12")]
    assert of(MessageType.YES_REMINDER, found) == []


@pytest.mark.parametrize("answer", ["yes", "no", "later"])
def test_nobody_is_reminded_who_has_answered(answer: str) -> None:
    assert steps(situation(**said_yes(10, contractor2_response=answer))) == []


def test_reminder_ends_with_the_day() -> None:
    assert [step.until for step in steps(situation(**said_yes(280)))] == [at(300)]
    assert steps(situation(**said_yes(290))) == []


@pytest.mark.parametrize("state", ["declined", "met_already"])
def test_nothing_follows_what_is_closed(state: str) -> None:
    assert steps(situation(**said_yes(10, state=state))) == []


# Prompts


def test_prompt_goes_to_whoever_has_not_said_yes() -> None:
    slot = Slot(at(115), at(120), at(135), 5, "lounge")
    found = steps(situation(state="later", slots=[slot], contractor2_response="yes"))
    assert of(MessageType.BREAK_PROMPT, found) == [(1, at(115), at(135), "break:5:12")]
    both = steps(situation(state="later", slots=[slot]))
    assert [step.side for step in both] == [1, 2]


def test_prompt_before_the_end_of_the_day_has_its_own_occasion() -> None:
    found = steps(situation(state="later", slots=[Slot(at(270), at(270), at(300), None, None)]))
    assert {step.occasion for step in found} == {"end:12"}


# Whether they met, and how it was


def test_meeting_is_asked_about_twenty_minutes_after_contacts_or_the_time_to_meet() -> None:
    connected = {"state": "connected", "connected_at": at(10)}
    found = of(MessageType.ATTENDANCE_QUESTION, steps(situation(**connected)))
    assert found == [(side, at(30), at(210), "attendance:12") for side in (1, 2)]
    planned = steps(situation(**connected, meeting_time=at(120)))
    assert {due for _, due, *_ in of(MessageType.ATTENDANCE_QUESTION, planned)} == {at(140)}
    past = steps(situation(**connected, meeting_time=at(0)))
    assert {due for _, due, *_ in of(MessageType.ATTENDANCE_QUESTION, past)} == {at(30)}


def test_whoever_has_said_is_not_asked_again() -> None:
    found = steps(situation(**met(40)))
    assert [side for side, *_ in of(MessageType.ATTENDANCE_QUESTION, found)] == [2]


def test_rating_is_asked_for_two_hours_later_of_whoever_met() -> None:
    found = of(MessageType.RATING_REQUEST, steps(situation(**met(40))))
    assert found == [(1, at(160), at(220), "rating:12")]
    rated = steps(situation(**met(40, feedback_contractor1="9")))
    assert of(MessageType.RATING_REQUEST, rated) == []
    not_met = steps(situation(**met(40, contractor1_met=False)))
    assert of(MessageType.RATING_REQUEST, not_met) == []


EVENING = {"starts_at": at(6 * 60), "ends_at": at(11.5 * 60)}
MORNING = datetime(2026, 11, 13, 8, tzinfo=UTC)


def test_rating_never_comes_after_nine_though_the_evening_goes_on() -> None:
    found = of(MessageType.RATING_REQUEST, steps(situation(**met(7.5 * 60), event=EVENING)))
    assert found == [(1, MORNING, MORNING + timedelta(hours=1), "rating:12")]


def test_rating_before_nine_is_of_no_use_after_nine() -> None:
    found = of(MessageType.RATING_REQUEST, steps(situation(**met(6.5 * 60), event=EVENING)))
    assert found == [(1, at(8.5 * 60), at(9 * 60), "rating:12")]


@pytest.mark.parametrize("quiet", [(time(2), time(3)), (time(19), time(9)), (time(6), time(10))])
def test_rating_never_comes_at_night_whatever_hours_are_quiet(quiet: tuple[time, time]) -> None:
    at_night = situation(**met(7.5 * 60), event=EVENING, quiet=QuietHours(*quiet))
    ((_, due, until, _),) = of(MessageType.RATING_REQUEST, steps(at_night))
    opens = max(MORNING, datetime.combine(MORNING, quiet[1], tzinfo=UTC))
    assert (due, until) == (opens, opens + timedelta(hours=1))


def test_what_is_asked_during_the_day_keeps_its_time_wherever_the_phone_lives() -> None:
    connected = {"state": "connected", "connected_at": at(10 * 60)}
    found = steps(situation(**connected, event=EVENING, zones=(LISBON, HONOLULU)))
    asked = of(MessageType.ATTENDANCE_QUESTION, found)
    assert {due for _, due, *_ in asked} == {at(10 * 60 + 20)}


def test_after_the_day_each_recipient_s_own_night_is_quiet() -> None:
    """Midnight in Lisbon: two in the afternoon in Honolulu."""
    event = {**EVENING, "ends_at": at(11.75 * 60)}
    connected = {"state": "connected", "connected_at": at(11.5 * 60 + 10)}
    found = steps(situation(**connected, event=event, zones=(LISBON, HONOLULU)))
    asked = {
        side: (due, until) for side, due, until, _ in of(MessageType.ATTENDANCE_QUESTION, found)
    }
    assert asked[1] == (MORNING, MORNING + timedelta(hours=3))
    assert asked[2] == (at(12 * 60), at(15 * 60))


def test_quiet_hours_that_begin_soon_cut_the_use_short() -> None:
    event = {"starts_at": at(0), "ends_at": at(60)}
    quiet = QuietHours(begins=time(14), ends=time(15))
    connected = {"state": "connected", "connected_at": at(60)}
    found = steps(situation(**connected, event=event, quiet=quiet))
    assert {(due, until) for _, due, until, _ in of(MessageType.ATTENDANCE_QUESTION, found)} == {
        (at(80), at(120))
    }


def test_wrap_up_comes_at_nine_the_morning_after_by_each_one_s_clock() -> None:
    found = steps(situation(**met(40), zones=(LISBON, CHICAGO)))
    at_nine = datetime(2026, 11, 13, 9, tzinfo=UTC)
    assert of(MessageType.WRAP_UP, found) == [
        (1, at_nine, at_nine + timedelta(hours=10), "wrap-up:7"),
        (2, at_nine + timedelta(hours=6), at_nine + timedelta(hours=16), "wrap-up:7"),
    ]


def test_wrap_up_keeps_out_of_a_long_quiet_morning() -> None:
    found = steps(situation(**met(40), quiet=QuietHours(begins=time(18), ends=time(11))))
    begins = datetime(2026, 11, 13, 11, tzinfo=UTC)
    assert {(due, until) for _, due, until, _ in of(MessageType.WRAP_UP, found)} == {
        (begins, begins + timedelta(hours=7))
    }


@pytest.mark.parametrize(
    ("kind", "columns"),
    [
        (MessageType.YES_REMINDER, said_yes(10)),
        (MessageType.BREAK_PROMPT, {"state": "later"}),
        (MessageType.ATTENDANCE_QUESTION, met(40)),
        (MessageType.RATING_REQUEST, met(40)),
        (MessageType.WRAP_UP, met(40)),
    ],
)
def test_kind_that_is_switched_off_is_left_out_and_no_other(
    kind: MessageType, columns: dict[str, Any]
) -> None:
    slots = [Slot(at(115), at(120), at(135), 5, None)]
    everything = steps(situation(**columns, slots=slots))
    assert of(kind, everything)
    without = steps(situation(**columns, slots=slots, off={kind.value}))
    assert without == [step for step in everything if step.kind is not kind]


def test_in_a_rehearsal_a_minute_lasts_a_second_and_no_hour_is_quiet() -> None:
    second = timedelta(seconds=1)
    night = datetime(2026, 11, 12, 23, tzinfo=UTC)
    event = {"time_scale": 60, "starts_at": night - MINUTE * 3, "ends_at": night + MINUTE * 5}
    reminded = situation(
        event=event, contractor1_response="yes", contractor1_responded_at=night,
        introduced=(night, night),
    )  # fmt: skip
    assert [(step.due, step.until) for step in steps(reminded)] == [
        (night + 15 * second, night + 45 * second)
    ]
    connected = situation(
        event=event, state="connected", connected_at=night, contractor1_met=True,
        contractor1_met_at=night,
    )  # fmt: skip
    dues = {step.kind: step.due for step in steps(connected)}
    assert dues == {
        MessageType.ATTENDANCE_QUESTION: night + 20 * second,
        MessageType.RATING_REQUEST: night + 120 * second,
        MessageType.WRAP_UP: night + MINUTE * 5 + 15 * MINUTE,
    }
