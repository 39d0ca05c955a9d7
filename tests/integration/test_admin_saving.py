"""What organisers save of an event: whole or not at all, logged, and the day follows."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from models import agenda, schedule
from models.agenda_item import EventAgendaItem
from models.audit_log import AuditLog
from models.event import Event, EventSpeaker, EventSponsor
from models.matching_run import MatchingRun
from models.peer_match import EventPeerMatch
from tests.admin_site import AdminSite
from tests.factories import (
    make_attendee,
    make_contractor,
    make_event,
    make_match,
    make_speaker,
)

WHO = "organiser@example.com"


def tomorrow(now: datetime) -> date:
    return now.date() + timedelta(days=2)


def event_form(now: datetime, **changes: Any) -> dict[str, Any]:
    return {
        "name": "Summit",
        "date": tomorrow(now).isoformat(),
        "timezone": "America/Chicago",
        "session_duration_minutes": "45",
        "matching_lead_minutes": "15",
        "introduction_delay_minutes": "5",
        "max_matches": "3",
        "min_score": "0.60",
        **changes,
    }


def speaker_line(number: int, **changes: Any) -> dict[str, Any]:
    line = {"name": f"Speaker {number}", **changes}
    return {f"speakers-{number}-{column}": value for column, value in line.items()}


def save_event(site: AdminSite, form: dict[str, Any], key: int | None = None) -> Any:
    address = f"/admin/events/edit/?id={key}" if key else "/admin/events/new/"
    token = site.token(address)
    return site.client.post(address, data={"csrf_token": token, **form})


def planned(now: datetime) -> Event:
    """Make an event with two speakers and a generated agenda."""
    event = make_event(now, date=tomorrow(now), timezone="America/Chicago")
    make_speaker(event)
    make_speaker(event)
    agenda.generate_agenda(event, now=now)
    return Event.get_by_id(event.id)


def lunch_of(event: Event) -> EventAgendaItem:
    return EventAgendaItem.get(event=event, item_type="lunch")


def logged() -> list[tuple[str, dict[str, Any]]]:
    rows = AuditLog.select().where(AuditLog.subject_type.is_null(False)).order_by(AuditLog.id)
    return [(row.action, row.detail) for row in rows]


def test_an_event_created_with_speakers_has_its_agenda_and_times(
    site: AdminSite, now: datetime
) -> None:
    form = event_form(now) | speaker_line(0, session_start="10:00") | speaker_line(3)
    form |= {"sponsors-0-name": "Northwind", "sponsors-0-tier": "Gold", "speakers-7-name": "  "}
    answer = save_event(site, form)
    assert answer.status_code == 302, site.notes(answer)
    event = Event.get()
    assert [(row.name, row.position) for row in event.speakers.order_by(EventSpeaker.position)] == [
        ("Speaker 0", 0),
        ("Speaker 3", 1),
    ]
    assert EventSponsor.get().tier == "Gold"
    assert event.agenda_status == "generated"
    lunch = lunch_of(event)
    assert event.matching_at == lunch.start_time - timedelta(minutes=15)
    assert event.matching_status == "scheduled"
    actions = [action for action, _ in logged()]
    assert actions.count("event_speakers.created") == 2
    assert "events.created" in actions
    assert {row.actor for row in AuditLog.select()} == {WHO}


def test_an_event_without_speakers_says_why_nothing_is_scheduled(
    site: AdminSite, now: datetime
) -> None:
    save_event(site, event_form(now))
    event = Event.get()
    assert event.matching_status == "unscheduled"
    assert event.matching_status_reason


def test_a_bad_line_saves_nothing_of_the_event(site: AdminSite, now: datetime) -> None:
    bad = speaker_line(1, session_start="11:00", session_end="10:00")
    answer = save_event(site, event_form(now) | speaker_line(0) | bad)
    assert answer.status_code == 200
    assert "A session must end later than it starts." in site.notes(answer)
    assert Event.select().count() == EventSpeaker.select().count() == 0
    assert logged() == []


def test_a_nameless_line_with_content_is_pointed_at(site: AdminSite, now: datetime) -> None:
    answer = save_event(site, event_form(now) | {"speakers-0-session_title": "Talk"})
    assert "This field is required" in answer.text
    assert Event.select().count() == 0


def test_speakers_are_changed_and_removed_in_the_form_of_the_event(
    site: AdminSite, now: datetime
) -> None:
    event = planned(now)
    first, second = EventSpeaker.select().order_by(EventSpeaker.id)
    form = event_form(now, name=event.name)
    form |= speaker_line(0, id=first.id, name="Renamed") | speaker_line(1, id=second.id, remove="y")
    assert save_event(site, form, event.id).status_code == 302
    assert [row.name for row in EventSpeaker.select()] == ["Renamed"]
    titles = [row.title for row in EventAgendaItem.select()]
    assert any("Renamed" in title for title in titles)


def test_a_line_of_another_event_is_not_taken_over(site: AdminSite, now: datetime) -> None:
    event, other = planned(now), planned(now)
    stolen = EventSpeaker.get(event=other)
    answer = save_event(site, event_form(now) | speaker_line(0, id=stolen.id), event.id)
    assert "nothing is saved" in site.notes(answer)
    assert EventSpeaker.get_by_id(stolen.id).name == stolen.name
    assert Event.get_by_id(event.id).name == event.name


def keep_speakers(event: Event) -> dict[str, Any]:
    form: dict[str, Any] = {}
    for number, row in enumerate(EventSpeaker.select().where(EventSpeaker.event == event)):
        form |= speaker_line(number, id=row.id, name=row.name)
    return form


def test_a_new_date_and_zone_move_a_generated_agenda(site: AdminSite, now: datetime) -> None:
    event = planned(now)
    old = lunch_of(event).start_time.astimezone(event.zone)
    later = tomorrow(now) + timedelta(days=3)
    form = event_form(now, date=later.isoformat(), timezone="America/New_York")
    save_event(site, form | keep_speakers(event), event.id)
    event = Event.get_by_id(event.id)
    new = lunch_of(event).start_time.astimezone(event.zone)
    assert new.date() == later
    assert new.time() == old.time()
    assert event.matching_at == lunch_of(event).start_time - timedelta(minutes=15)


def test_a_confirmed_agenda_is_carried_over_to_the_new_day_as_it_is(
    site: AdminSite, now: datetime
) -> None:
    event = planned(now)
    lunch = lunch_of(event)
    EventAgendaItem.update(title="Tacos", start_time=lunch.start_time + timedelta(minutes=7)).where(
        EventAgendaItem.id == lunch.id
    ).execute()
    schedule.sync(event.id, now=now)
    save_event(site, event_form(now, agenda_confirmed="y") | keep_speakers(event), event.id)
    assert Event.get_by_id(event.id).agenda_status == "confirmed"
    later = tomorrow(now) + timedelta(days=1)
    form = event_form(now, agenda_confirmed="y", date=later.isoformat(), timezone="UTC")
    save_event(site, form | keep_speakers(event), event.id)
    moved = lunch_of(event)
    wall = (lunch.start_time + timedelta(minutes=7)).astimezone(event.zone).time()
    assert moved.title == "Tacos"
    assert moved.start_time == datetime.combine(later, wall, tzinfo=UTC)
    assert Event.get_by_id(event.id).matching_at == moved.start_time - timedelta(minutes=15)


def test_lead_and_delay_move_the_times(site: AdminSite, now: datetime) -> None:
    event = planned(now)
    form = event_form(now, matching_lead_minutes="30", introduction_delay_minutes="10")
    save_event(site, form | keep_speakers(event), event.id)
    event, lunch = Event.get_by_id(event.id), lunch_of(event)
    assert event.matching_at == lunch.start_time - timedelta(minutes=30)
    assert event.introductions_at == lunch.start_time + timedelta(minutes=10)


def test_a_confirmed_agenda_outlives_new_speakers(site: AdminSite, now: datetime) -> None:
    event = planned(now)
    Event.update(agenda_status="confirmed").execute()
    before = sorted(row.id for row in EventAgendaItem.select())
    site.post("/admin/speakers/new/", event=event.id, name="Late addition", position="9")
    assert EventSpeaker.select().count() == 3
    assert sorted(row.id for row in EventAgendaItem.select()) == before


def test_a_speaker_added_and_deleted_alone_makes_the_agenda_anew(
    site: AdminSite, now: datetime
) -> None:
    event = planned(now)
    site.post("/admin/speakers/new/", event=event.id, name="Late addition", position="9")
    assert any("Late addition" in row.title for row in EventAgendaItem.select())
    site.delete("speakers", EventSpeaker.get(name="Late addition").id, confirmed="yes")
    assert not any("Late addition" in row.title for row in EventAgendaItem.select())


def item_form(item: EventAgendaItem, **changes: Any) -> dict[str, Any]:
    def shown(moment: datetime) -> str:
        return f"{moment.astimezone(item.event.zone):%Y-%m-%dT%H:%M}"

    return {
        "item_type": item.item_type,
        "title": item.title,
        "start_time": shown(item.start_time),
        "end_time": shown(item.end_time),
        "track": "1",
        **changes,
    }


def test_moving_lunch_by_hand_moves_matching_in_the_zone_of_the_event(
    site: AdminSite, now: datetime
) -> None:
    event = planned(now)
    lunch = lunch_of(event)
    day = tomorrow(now).isoformat()
    form = item_form(lunch, start_time=f"{day}T13:00", end_time=f"{day}T14:00")
    site.post(f"/admin/agenda/edit/?id={lunch.id}", **form)
    one_pm = datetime.combine(tomorrow(now), time(13), tzinfo=event.zone)
    assert lunch_of(event).start_time == one_pm
    assert Event.get_by_id(event.id).matching_at == one_pm - timedelta(minutes=15)


def test_deleting_lunch_says_why_nothing_is_scheduled(site: AdminSite, now: datetime) -> None:
    event = planned(now)
    site.delete("agenda", lunch_of(event).id, confirmed="yes")
    event = Event.get_by_id(event.id)
    assert event.matching_status == "unscheduled"
    assert event.matching_status_reason


def test_an_untouched_time_keeps_its_microseconds_and_its_fold(
    site: AdminSite, now: datetime
) -> None:
    event = make_event(now, date=date(2027, 11, 7), timezone="America/Chicago")
    second_half_past_one = datetime(2027, 11, 7, 7, 30, 0, 250000, tzinfo=UTC)
    key = EventAgendaItem.insert(
        event=event, item_type="break", title="Night cap", start_time=second_half_past_one,
        end_time=second_half_past_one + timedelta(hours=1),
    ).execute()  # fmt: skip
    item = EventAgendaItem.get_by_id(key)
    site.post(f"/admin/agenda/edit/?id={key}", **item_form(item, title="Renamed"))
    saved = EventAgendaItem.get_by_id(key)
    assert saved.title == "Renamed"
    assert saved.start_time == second_half_past_one


def test_a_time_that_the_clocks_skip_is_refused(site: AdminSite, now: datetime) -> None:
    event = make_event(now, date=date(2027, 3, 14), timezone="America/Chicago")
    answer = site.post(
        "/admin/agenda/new/", event=event.id, item_type="break", title="Dawn", track="1",
        start_time="2027-03-14T02:30", end_time="2027-03-14T04:00",
    )  # fmt: skip
    assert "The clocks skip this time" in answer.text
    assert EventAgendaItem.select().count() == 0


def test_an_item_takes_no_speaker_of_another_event(site: AdminSite, now: datetime) -> None:
    event, other = planned(now), planned(now)
    stranger = EventSpeaker.get(event=other)
    lunch = lunch_of(event)
    form = item_form(lunch, speaker=stranger.id)
    answer = site.post(f"/admin/agenda/edit/?id={lunch.id}", **form)
    assert "belongs to another event" in site.notes(answer)
    assert lunch_of(event).speaker is None


def test_a_failing_follow_up_undoes_the_save(
    site: AdminSite, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = planned(now)
    lunch = lunch_of(event)

    def fail(*_args: Any, **_kwargs: Any) -> None:
        from peewee import IntegrityError

        raise IntegrityError("not today")

    monkeypatch.setattr(schedule, "sync", fail)
    answer = site.post(f"/admin/agenda/edit/?id={lunch.id}", **item_form(lunch, title="Changed"))
    assert "Nothing was changed" in site.notes(answer)
    assert "not today" not in answer.text
    assert lunch_of(event).title == lunch.title
    assert logged() == []


def test_an_event_with_history_stays_and_an_empty_one_goes_after_a_question(
    site: AdminSite, now: datetime
) -> None:
    kept, empty = make_event(now), make_event(now, name="Empty")
    make_match(kept, make_contractor(), make_contractor())
    make_attendee(kept)
    MatchingRun.insert(event=kept).execute()
    answer = site.delete("events", kept.id, confirmed="yes")
    assert "1 matches, 1 matching runs, 1 attendees" in site.notes(answer)
    question = site.delete("events", empty.id)
    assert question.status_code == 200
    assert "can not be undone" in question.text
    assert Event.select().count() == 2
    site.delete("events", empty.id, confirmed="yes")
    assert [row.id for row in Event.select()] == [kept.id]
    assert EventPeerMatch.select().count() == 1
    assert ("events.deleted", {}) in logged()


def test_an_event_keeps_its_zone_when_a_form_comes_without_one(
    site: AdminSite, now: datetime
) -> None:
    event = planned(now)
    answer = save_event(site, event_form(now, timezone="", date=now.date().isoformat()), event.id)
    assert "Choose a zone." in answer.text
    assert Event.get_by_id(event.id).timezone == "America/Chicago"
