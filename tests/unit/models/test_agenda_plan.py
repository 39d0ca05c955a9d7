"""The day's shape, by the clock on the wall: who speaks when, breaks, lunch and the closing."""

from datetime import date, time
from itertools import count
from zoneinfo import ZoneInfo

import pytest

from models.agenda_item import ItemType
from models.agenda_plan import DayTooLongError, NoSpeakersError, plan_day
from models.event import EventSpeaker, EventSponsor

DAY = date(2026, 11, 24)
CHICAGO = ZoneInfo("America/Chicago")


def speakers(*own_times, **columns):
    """Return speakers A, B, C …; each argument is None, "11:30" or "11:30-12:15"."""
    made = []
    for number, own in zip(count(1), own_times, strict=False):
        start, _, end = (own or "").partition("-")
        made.append(
            EventSpeaker(
                id=number,
                name="ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number - 1],
                position=number,
                session_start=time.fromisoformat(start) if start else None,
                session_end=time.fromisoformat(end) if end else None,
                **columns,
            )
        )
    return made


def sponsors(number):
    return [EventSponsor(id=key, name=f"S{key}") for key in range(1, number + 1)]


def wall(items, zone=CHICAGO):
    """Return the items as a person reads them on the wall."""
    return [
        f"{item.start_time.astimezone(zone):%H:%M}-{item.end_time.astimezone(zone):%H:%M} "
        f"{item.title}" + (f" (track {item.track})" if item.track > 1 else "")
        for item in items
    ]


def planned(people, sponsors=(), minutes=45):
    """Return the day without registration, as read on the wall."""
    lines = wall(plan_day(DAY, CHICAGO, people, sponsors, minutes))
    assert lines[0] == "08:00-09:00 Registration"
    return lines[1:]


OPENING = ["09:00-09:30 Keynote", "09:45-10:30 Session: A"]
MORNING = [*OPENING, "10:45-11:30 Session: B", "11:30-11:45 Morning break"]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1, [*OPENING, "12:00-13:00 Lunch", "13:00-13:30 Closing"]),
        (2, [*MORNING, "12:00-13:00 Lunch", "13:00-13:30 Closing"]),
        (
            3,
            [*MORNING, "11:45-12:30 Session: C", "12:30-13:30 Lunch", "13:30-14:00 Closing"],
        ),
        (
            4,
            [
                *MORNING,
                "11:45-12:30 Session: C",
                "12:30-13:30 Lunch",
                "13:30-14:15 Session: D",
                "14:15-14:45 Closing",
            ],
        ),
        (
            6,
            [
                *MORNING,
                "11:45-12:30 Session: C",
                "12:30-13:30 Lunch",
                "13:30-14:15 Session: D",
                "14:30-15:15 Session: E",
                "15:15-15:30 Afternoon break",
                "15:30-16:15 Session: F",
                "16:15-16:45 Closing",
            ],
        ),
    ],
)
def test_the_day_of_so_many_speakers(number, expected):
    assert planned(speakers(*[None] * number)) == expected


def test_without_speakers_there_is_a_clear_error():
    with pytest.raises(NoSpeakersError, match="The event has no speakers"):
        plan_day(DAY, CHICAGO, [], sponsors(2), 45)


def test_sessions_go_in_order_of_position_then_id():
    people = speakers(None, None, None)
    people[0].position, people[1].position, people[2].position = 5, 2, 2
    titles = [line[12:] for line in planned(people) if "Session" in line]
    assert titles == ["Session: B", "Session: C", "Session: A"]


def test_the_keynote_speaker_has_no_session_and_further_ones_have():
    people = speakers(None, None, None)
    people[1].is_keynote = people[2].is_keynote = True
    people[1].session_title = "Opening words"
    assert planned(people)[:3] == [
        "09:00-09:30 Opening words",
        "09:45-10:30 Session: A",
        "10:45-11:30 Session: C",
    ]


def test_a_lone_keynote_speaker_still_gets_lunch():
    assert planned(speakers(None, is_keynote=True)) == [
        "09:00-09:30 Keynote: A",
        "12:00-13:00 Lunch",
        "13:00-13:30 Closing",
    ]


def test_own_times_are_kept_and_the_others_go_round_them():
    assert planned(speakers("10:00-11:00", None, "14:00", None)) == [
        "09:00-09:30 Keynote",
        "10:00-11:00 Session: A",
        "11:15-12:00 Session: B",
        "12:00-13:00 Lunch",
        "13:00-13:45 Session: D",
        "14:00-14:45 Session: C",
        "14:45-15:00 Afternoon break",
        "15:00-15:30 Closing",
    ]


def test_a_session_in_order_keeps_a_quarter_of_an_hour_before_one_at_its_own_time():
    sessions = [line for line in planned(speakers("10:40-11:10", None)) if "Session" in line]
    assert sessions == ["10:40-11:10 Session: A", "11:25-12:10 Session: B"]
    sessions = [line for line in planned(speakers("10:45-11:10", None)) if "Session" in line]
    assert sessions == ["09:45-10:30 Session: B", "10:45-11:10 Session: A"]


def test_overlapping_own_times_take_a_second_and_a_third_track():
    lines = planned(speakers("10:00-11:00", "10:30-11:30", "10:45-11:15", "11:00-11:30"))
    assert [line for line in lines if "Session" in line] == [
        "10:00-11:00 Session: A",
        "10:30-11:30 Session: B (track 2)",
        "10:45-11:15 Session: C (track 3)",
        "11:00-11:30 Session: D",
    ]


def test_an_own_end_without_a_start_counts_as_no_own_time():
    people = speakers(None)
    people[0].session_end = time(16, 0)
    assert "09:45-10:30 Session: A" in planned(people)


@pytest.mark.parametrize(
    ("own_times", "lunch"),
    [
        (["10:00-10:45", "11:00-11:45", "13:00-13:45"], "12:00-13:00 Lunch"),
        (["11:30-12:15"], "12:15-13:15 Lunch"),
        (["11:15-12:00"], "12:00-13:00 Lunch"),
        (["12:00-12:45"], "12:45-13:45 Lunch"),
        (["11:30-12:15", "11:45-12:45"], "12:45-13:45 Lunch"),
        (["11:30-12:15", "13:00-14:00"], "12:15-13:15 Lunch"),
        (["11:30-12:15", "12:15-13:30"], "13:30-14:30 Lunch"),
        (
            ["11:30-12:15", "12:30-13:15", "13:30-14:15", "14:30-15:15"],
            "12:15-13:15 Lunch",
        ),
    ],
)
def test_lunch_goes_to_the_first_boundary_from_noon_on(own_times, lunch):
    assert lunch in planned(speakers(*own_times))


def test_sessions_shorter_than_the_default_leave_lunch_at_noon():
    lines = planned(speakers(*[None] * 6), minutes=30)
    assert lines[1:8] == [
        "09:45-10:15 Session: A",
        "10:30-11:00 Session: B",
        "11:00-11:15 Morning break",
        "11:15-11:45 Session: C",
        "12:00-13:00 Lunch",
        "13:00-13:30 Session: D",
        "13:45-14:15 Session: E",
    ]


def test_a_break_that_would_run_into_lunch_is_cut_or_dropped():
    cut = planned(speakers("10:00-10:45", "11:00-11:48"))
    assert "11:48-12:00 Morning break" in cut
    dropped = planned(speakers("10:00-10:45", "11:00-11:55"))
    assert not [line for line in dropped if "break" in line]


def test_a_break_waits_for_the_parallel_session_to_end():
    lines = planned(speakers("09:45-10:15", "10:20-10:50", "10:30-11:10", "11:30-12:00"))
    assert [line for line in lines if "break" in line] == []
    lines = planned(speakers("09:45-10:15", "10:20-11:10", "10:30-10:50", "11:30-12:00"))
    assert "11:10-11:25 Morning break" in lines


@pytest.mark.parametrize(
    ("number", "slots"),
    [
        (1, ["12:00-13:00"]),
        (2, ["12:00-12:30", "12:30-13:00"]),
        (3, ["12:00-12:20", "12:20-12:40", "12:40-13:00"]),
        (
            7,
            [
                "12:00-12:08",
                "12:08-12:17",
                "12:17-12:25",
                "12:25-12:34",
                "12:34-12:42",
                "12:42-12:51",
                "12:51-13:00",
            ],
        ),
    ],
)
def test_sponsors_share_lunch_evenly(number, slots):
    lines = planned(speakers(None), sponsors(number))
    assert [line[:11] for line in lines if "showcase" in line] == slots
    assert "12:00-13:00 Lunch" in lines


def test_more_sponsors_than_minutes_still_have_a_slot_each():
    items = plan_day(DAY, CHICAGO, speakers(None), sponsors(100), 45)
    slots = [item for item in items if item.item_type == ItemType.SPONSOR_SESSION]
    assert len({item.sponsor_id for item in slots}) == 100
    assert all(item.end_time > item.start_time for item in slots)


def test_too_many_speakers_for_one_day_is_a_clear_error():
    with pytest.raises(DayTooLongError, match="does not fit into one day"):
        planned(speakers(*[None] * 16))


def test_a_title_longer_than_its_column_is_cut():
    people = speakers(None)
    people[0].name = "x" * 255
    items = plan_day(DAY, CHICAGO, people, [], 45)
    assert max(len(item.title) for item in items) == 255
