"""What an organiser does from the desk: run matching and move lunch, each asked in numbers."""

from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from models import schedule
from models.admin_user import Role
from models.agenda_item import EventAgendaItem, ItemType
from models.audit_log import AuditLog
from models.event import AgendaStatus, Event, MatchingStatus
from models.message import EventMessage
from models.message_status import MessageStatus
from tests.admin_site import AdminSite, make_admin
from tests.desk_day import fill_room, introduce, make_day
from tests.factories import make_agenda_item, make_message

ACT = "/admin/events/desk/act/"
LUNCH = "/admin/events/desk/lunch/"


@pytest.fixture
def event(now: datetime) -> Event:
    return make_day(now, lunch_in=timedelta(hours=2))


def press(site: AdminSite, event: Event, do: str) -> str:
    page = f"{ACT}?id={event.id}&do={do}"
    return site.notes(site.post(ACT, page=page, id=event.id, do=do))


def lunch_of(event: Event) -> EventAgendaItem:
    return EventAgendaItem.get(
        (EventAgendaItem.event == event) & (EventAgendaItem.item_type == ItemType.LUNCH)
    )


def wall(moment: datetime, event: Event) -> str:
    return f"{moment.astimezone(event.zone):%H:%M}"


def clock(moment: datetime, event: Event) -> str:
    return f"{moment.astimezone(event.zone):%I:%M %p %Z}".lstrip("0")


def last_deeds(number: int) -> list[str]:
    rows = AuditLog.select().order_by(AuditLog.id.desc()).limit(number)
    return sorted(row.action for row in rows)


def press_stale(site: AdminSite, event: Event, do: str) -> str:
    token = site.token("/admin/events/new/")
    return site.notes(site.client.post(ACT, data={"csrf_token": token, "id": event.id, "do": do}))


def test_all_that_waits_is_cancelled_with_numbers_and_nothing_else(
    site: AdminSite, event: Event, now: datetime
) -> None:
    waiting = introduce(event, now)
    (held, _) = introduce(event, now, status=MessageStatus.HELD, held_because="person")
    prompt = make_message(now, event=event, message_type="wrap_up")
    (gone, _) = introduce(event, now, status=MessageStatus.SENT)
    other = make_message(now)
    shown = site.text(f"/admin/events/desk/?id={event.id}")
    assert "all 5 texts</a>" in shown
    assert f"/admin/messages/?event={event.id}&status=scheduled" in shown
    page = site.text(f"{ACT}?id={event.id}&do=texts_cancelled")
    assert "Takes back 5 texts for good. This can not be undone." in page
    assert "Can not be taken back: 2 texts sent before." in page
    assert "4 of them are introductions. The matches stay" in page
    assert EventMessage.get_by_id(prompt.id).status == MessageStatus.SCHEDULED
    assert press(site, event, "texts_cancelled") == "Cancelled: 5 texts."
    cancelled = {EventMessage.get_by_id(text.id).status for text in [*waiting, held, prompt]}
    assert cancelled == {MessageStatus.CANCELLED}
    assert EventMessage.get_by_id(gone.id).status == MessageStatus.SENT
    assert EventMessage.get_by_id(other.id).status == MessageStatus.SCHEDULED
    assert last_deeds(1) == ["events.texts_cancelled"]
    assert "somebody was faster" in press_stale(site, event, "texts_cancelled")
    assert "texts_cancelled" not in site.text(f"/admin/events/desk/?id={event.id}")


def test_one_text_and_one_match_are_cancelled_by_following_the_desk(
    site: AdminSite, event: Event, now: datetime
) -> None:
    (first, second) = introduce(event, now)
    listed = site.text(f"/admin/messages/?event={event.id}&status=scheduled")
    assert f"/admin/messages/details/?id={first.id}" in listed
    act = f"/admin/messages/act/?id={first.id}&do=cancelled"
    assert "1 text will never be sent" in site.text(act)
    site.post("/admin/messages/act/", page=act, id=first.id, do="cancelled")
    assert f"/admin/matches/details/?id={first.match_id}" in site.text(
        f"/admin/matches/?event={event.id}"
    )
    act = f"/admin/matches/act/?id={first.match_id}&do=cancelled"
    assert "Takes back 1 text for good." in site.text(act)
    site.post("/admin/matches/act/", page=act, id=first.match_id, do="cancelled")
    assert EventMessage.get_by_id(second.id).status == MessageStatus.CANCELLED
    assert last_deeds(2) == ["event_messages.cancelled", "event_peer_matches.cancelled"]


def test_matching_is_run_now_and_says_what_that_means(
    site: AdminSite, event: Event, now: datetime
) -> None:
    fill_room(event, now)
    page = site.text(f"{ACT}?id={event.id}&do=run_requested")
    assert "4 of 9 people can be matched, within seconds." in page
    assert f"The introductions leave at {clock(event.introductions_at, event)}." in page
    assert f"The matching planned for {clock(event.matching_at, event)} still runs" in page
    assert Event.get_by_id(event.id).top_up_at is None
    assert press(site, event, "run_requested") == "Matching runs in a moment."
    assert Event.get_by_id(event.id).top_up_at is not None
    assert last_deeds(1) == ["events.run_requested"]


def test_a_day_that_is_over_runs_nothing(site: AdminSite, now: datetime) -> None:
    past = make_day(now, lunch_in=-timedelta(hours=30))
    assert "somebody was faster" in press_stale(site, past, "run_requested")
    assert Event.get_by_id(past.id).top_up_at is None


def test_moving_lunch_says_what_moves_and_moves_it(
    site: AdminSite, event: Event, now: datetime
) -> None:
    waiting = introduce(event, now)
    introduce(event, now, status=MessageStatus.SENT)
    (held, _) = introduce(event, now, status=MessageStatus.HELD, held_because="person")
    Event.update(matching_status=MatchingStatus.SCHEDULED).where(Event.id == event.id).execute()
    lunch = lunch_of(event)
    inside = make_agenda_item(event, lunch.start_time, ItemType.SPONSOR_SESSION, hours=0.5)
    session = make_agenda_item(
        event, lunch.end_time + timedelta(minutes=5), ItemType.SESSION, hours=0.5
    )
    starts = lunch.start_time + timedelta(minutes=20)
    address = f"{LUNCH}?id={event.id}&at={wall(starts, event)}"
    page = site.text(address)
    assert f"Move lunch to {clock(starts, event)}?" in page
    assert "Lunch is 20 min later:" in page
    assert "1 sponsor showcase moves with it." in page
    was, becomes = event.matching_at, event.matching_at + timedelta(minutes=20)
    assert f"Matching moves from {clock(was, event)} to {clock(becomes, event)}." in page
    leaves = event.introductions_at + timedelta(minutes=20)
    assert f"to {clock(leaves, event)}: 2 texts that wait, and 2 texts on hold." in page
    assert "Not touched: 2 introductions that have left." in page
    assert "It then overlaps with “Session”" in page
    assert lunch_of(event).start_time == lunch.start_time, "asking moves nothing"
    said = site.notes(_confirm(site, event, address, wall(starts, event)))
    assert f"Lunch begins at {clock(starts, event)} now." in said
    moved = lunch_of(event)
    assert (moved.start_time, moved.end_time) == (starts, lunch.end_time + timedelta(minutes=20))
    assert EventAgendaItem.get_by_id(inside.id).start_time == starts
    assert EventAgendaItem.get_by_id(session.id).start_time == session.start_time
    after = Event.get_by_id(event.id)
    assert (after.matching_at, after.introductions_at) == (becomes, leaves)
    times = {EventMessage.get_by_id(text.id).scheduled_time for text in [*waiting, held]}
    assert times == {leaves}
    assert schedule.sync(event.id, now=now).matching_at == becomes
    expected = ["event_agenda_items.changed", "event_agenda_items.changed", "events.lunch_moved"]
    assert last_deeds(3) == expected


def _confirm(site: AdminSite, event: Event, address: str, at: str, **fields: str) -> TestResponse:
    page = site.text(address)
    was = page.split('name="was"')[1].split('value="')[1].split('"')[0]
    return site.post(LUNCH, page=address, id=event.id, at=at, was=fields.get("was", was))


def test_a_generated_agenda_says_that_it_may_be_written_anew(
    site: AdminSite, event: Event, now: datetime
) -> None:
    Event.update(agenda_status=AgendaStatus.GENERATED).where(Event.id == event.id).execute()
    at = wall(lunch_of(event).start_time + timedelta(minutes=10), event)
    said = site.notes(_confirm(site, event, f"{LUNCH}?id={event.id}&at={at}", at))
    assert "A change of speakers writes this agenda anew." in said


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (-3.5, ["begin before the day does: “Registration”", "overlaps with “Registration”"]),
        (1, []),
        (3.5, ["end after the day is over: “Closing”", "overlaps with “Closing”"]),
        (4, ["begin after the day is over: “Closing”"]),
    ],
)
def test_lunch_outside_the_day_is_warned_of(
    site: AdminSite, now: datetime, hours: float, expected: list[str]
) -> None:
    # About noon wherever that is, so that no move goes past midnight.
    ahead = 12 - (now + timedelta(hours=5)).hour
    event = make_day(now, lunch_in=timedelta(hours=5), timezone=f"Etc/GMT{-ahead:+}")
    at = wall(lunch_of(event).start_time + timedelta(hours=hours), event)
    page = site.text(f"{LUNCH}?id={event.id}&at={at}")
    warned = page.split("note-warn")[1].split("</div>")[0] if "note-warn" in page else ""
    assert warned.count("<p>") == len(expected)
    assert all(words in warned for words in expected)


def test_lunch_that_somebody_else_moved_stays(site: AdminSite, event: Event, now: datetime) -> None:
    at = wall(lunch_of(event).start_time + timedelta(minutes=10), event)
    stale = (lunch_of(event).start_time - timedelta(minutes=5)).isoformat()
    said = site.notes(_confirm(site, event, f"{LUNCH}?id={event.id}&at={at}", at, was=stale))
    assert "somebody was faster" in said
    assert lunch_of(event).start_time == event.matching_at + timedelta(minutes=15)


def test_matching_that_is_done_stays_and_one_that_is_due_runs_at_once(
    site: AdminSite, event: Event, now: datetime
) -> None:
    soon = now + timedelta(minutes=10)
    page = site.text(f"{LUNCH}?id={event.id}&at={wall(soon, event)}")
    assert "so it runs at once." in page
    assert "no text waits for it yet" in page
    Event.update(matching_status=MatchingStatus.COMPLETED).where(Event.id == event.id).execute()
    page = site.text(f"{LUNCH}?id={event.id}&at={wall(soon, event)}")
    assert "Matching is done, and stays as it is." in page


@pytest.mark.parametrize(("minutes", "words"), [(0, "as it is."), (-180, "is past already.")])
def test_a_time_that_makes_no_sense_is_refused(
    site: AdminSite, event: Event, minutes: int, words: str
) -> None:
    at = wall(lunch_of(event).start_time + timedelta(minutes=minutes), event)
    assert words in site.notes(site.get(f"{LUNCH}?id={event.id}&at={at}"))


def test_no_time_and_no_lunch_are_said(site: AdminSite, event: Event) -> None:
    assert "Give a time" in site.notes(site.get(f"{LUNCH}?id={event.id}&at="))
    assert "Not a valid time" in site.notes(site.get(f"{LUNCH}?id={event.id}&at=noon"))
    EventAgendaItem.delete().where(EventAgendaItem.item_type == ItemType.LUNCH).execute()
    assert "has no lunch" in site.notes(site.get(f"{LUNCH}?id={event.id}&at=12:30"))
    Event.update(cancelled_at=event.matching_at).where(Event.id == event.id).execute()
    assert "was cancelled" in site.notes(site.get(f"{LUNCH}?id={event.id}&at=12:30"))


def test_viewers_and_forgers_do_nothing(
    client: FlaskClient, site: AdminSite, event: Event, now: datetime
) -> None:
    (text, _) = introduce(event, now)
    at = wall(lunch_of(event).start_time + timedelta(minutes=10), event)
    fields = {"id": event.id, "do": "sending_paused", "at": at}
    for place in (ACT, LUNCH):
        assert client.post(place, data=fields).status_code == 400
    viewer = AdminSite(client.application.test_client())
    viewer.sign_in(make_admin(now, Role.VIEWER).email)
    token = viewer.token("/admin/")
    for place in (ACT, LUNCH):
        asked = viewer.get(f"{place}?id={event.id}&do=sending_paused&at={at}")
        assert asked.status_code == 403
        posted = viewer.client.post(place, data={**fields, "csrf_token": token})
        assert posted.status_code == 403
    assert EventMessage.get_by_id(text.id).status == MessageStatus.SCHEDULED
    assert Event.get_by_id(event.id).paused_at is None
    assert lunch_of(event).start_time == event.matching_at + timedelta(minutes=15)
