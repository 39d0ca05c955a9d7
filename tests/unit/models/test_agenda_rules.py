"""What holds for every day that can be planned, whoever speaks and whenever they want to."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from models.agenda_item import ItemType
from models.agenda_plan import DayTooLongError, plan_day
from models.event import EventSpeaker, EventSponsor

DAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@st.composite
def days(draw, own_times=True):
    """Return the speakers, the number of sponsors and the minutes of a session."""
    people = []
    for key in range(1, draw(st.integers(1, 9)) + 1):
        start = end = None
        if own_times and draw(st.booleans()):
            first = draw(st.integers(96, 220))
            start = _clock(first)
            if draw(st.booleans()):
                end = _clock(first + draw(st.integers(1, 30)))
        people.append(
            EventSpeaker(
                id=key,
                name=str(key),
                position=draw(st.integers(0, 3)),
                is_keynote=draw(st.integers(0, 5)) == 0,
                session_start=start,
                session_end=end,
            )
        )
    return people, draw(st.integers(0, 70)), draw(st.integers(5, 120))


def _clock(five_minutes):
    return time(five_minutes // 12, five_minutes % 12 * 5)


def plan(day):
    people, sponsors, minutes = day
    partners = [EventSponsor(id=key, name=str(key)) for key in range(1, sponsors + 1)]
    try:
        return plan_day(DAY, ZoneInfo("UTC"), people, partners, minutes)
    except DayTooLongError:
        return []


def of_type(items, *types):
    return [item for item in items if item.item_type in types]


def overlap(first, second):
    return first.start_time < second.end_time and second.start_time < first.end_time


def overlapping(items):
    return [
        (first, second)
        for number, first in enumerate(items)
        for second in items[number + 1 :]
        if overlap(first, second)
    ]


@given(days())
def test_everybody_speaks_once_and_own_times_are_kept(day):
    items = plan(day)
    talks = {item.speaker_id: item for item in items if item.speaker_id}
    assert len(of_type(items, ItemType.SESSION)) + bool(
        of_type(items, ItemType.KEYNOTE) and of_type(items, ItemType.KEYNOTE)[0].speaker_id
    ) == len(talks)
    for person in day[0] if items else []:
        talk = talks[person.id]
        if person.session_start is not None:
            assert talk.start_time.time() == person.session_start
            assert person.session_end in (None, talk.end_time.time())


@given(days())
def test_nothing_overlaps_on_one_track_and_a_second_needs_overlapping_own_times(day):
    items = plan(day)
    talks = of_type(items, ItemType.KEYNOTE, ItemType.SESSION)
    for first, second in overlapping(talks):
        assert first.track != second.track
    own = {person.id for person in day[0] if person.session_start is not None}
    for talk in talks:
        if talk.track > 1:
            assert any(overlap(talk, other) for other in talks if other is not talk)
            assert talk.speaker_id in own


@given(days())
def test_breaks_stand_alone_and_last_ten_to_fifteen_minutes(day):
    items = plan(day)
    others = of_type(
        items, ItemType.KEYNOTE, ItemType.SESSION, ItemType.LUNCH, ItemType.CLOSING, ItemType.BREAK
    )
    breaks = of_type(items, ItemType.BREAK)
    assert len(breaks) <= 2
    for pause in breaks:
        assert timedelta(minutes=10) <= pause.end_time - pause.start_time <= timedelta(minutes=15)
        assert not [other for other in others if other is not pause and overlap(other, pause)]


@given(days())
def test_there_is_one_lunch_from_noon_on_shared_by_the_sponsors(day):
    items = plan(day)
    if not items:
        return
    (lunch,) = of_type(items, ItemType.LUNCH)
    assert lunch.start_time >= NOON
    assert HOUR / 2 <= lunch.end_time - lunch.start_time <= HOUR
    talks = of_type(items, ItemType.KEYNOTE, ItemType.SESSION)
    assert lunch.start_time in {NOON, *(talk.end_time for talk in talks)}
    assert not [t for t in talks if t.start_time < lunch.start_time < t.end_time]
    slots = of_type(items, ItemType.SPONSOR_SESSION)
    assert len(slots) == day[1]
    edges = [lunch.start_time, *(slot.end_time for slot in slots)]
    assert [slot.start_time for slot in slots] == edges[:-1]
    assert edges[-1] == (lunch.end_time if slots else lunch.start_time)


@given(days(own_times=False))
def test_without_own_times_lunch_is_a_full_hour_on_one_track_at_the_first_boundary(day):
    items = plan(day)
    if not items:
        return
    (lunch,) = of_type(items, ItemType.LUNCH)
    talks = of_type(items, ItemType.KEYNOTE, ItemType.SESSION)
    assert lunch.end_time - lunch.start_time == HOUR
    assert {item.track for item in items} == {1}
    assert not [talk for talk in talks if overlap(talk, lunch)]
    late = [t.end_time for t in talks if t.end_time >= NOON and t.start_time < NOON]
    assert lunch.start_time == (late[0] if late else NOON)
    sessions = of_type(items, ItemType.SESSION)
    keys = [(p.position, p.id) for p in day[0] if p.id in {s.speaker_id for s in sessions}]
    by_id = {person.id: (person.position, person.id) for person in day[0]}
    assert [by_id[session.speaker_id] for session in sessions] == sorted(keys)


@given(days())
def test_the_closing_comes_last_and_lasts_half_an_hour(day):
    items = plan(day)
    for closing in of_type(items, ItemType.CLOSING):
        assert closing.end_time - closing.start_time == HOUR / 2
        assert closing.start_time == max(item.end_time for item in items if item is not closing)
