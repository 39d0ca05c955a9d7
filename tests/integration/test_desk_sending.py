"""Pausing and approving from an event's desk: asked in numbers, done once, known by whom."""

from datetime import datetime, timedelta

import pytest

from models import approval
from models.audit_log import AuditLog
from models.event import Approval, Event
from models.message import EventMessage
from models.message_status import MessageStatus
from tests.admin_site import AdminSite
from tests.desk_day import introduce, make_day
from tests.factories import make_message
from tests.integration.test_admin_saving import event_form, save_event
from tests.integration.test_desk_control import ACT, clock, last_deeds, press, press_stale

CONTROL = "control"


@pytest.fixture
def event(now: datetime) -> Event:
    return make_day(now, lunch_in=timedelta(hours=2))


def desk(site: AdminSite, event: Event, part: str = "") -> str:
    page = site.text(f"/admin/events/desk/?id={event.id}")
    return page.split(f'id="desk-{part}"')[1].split("</section>")[0] if part else page


def ask(site: AdminSite, event: Event, do: str) -> str:
    return site.text(f"{ACT}?id={event.id}&do={do}")


def statuses(texts: list[EventMessage]) -> set[str]:
    return {EventMessage.get_by_id(text.id).status for text in texts}


def test_sending_is_paused_and_resumed_with_numbers(
    site: AdminSite, event: Event, now: datetime
) -> None:
    waiting = introduce(event, now)
    introduce(event, now, status=MessageStatus.SENT, actual_send_time=now)
    make_message(now, event=event, status=MessageStatus.SENDING)
    page = ask(site, event, "sending_paused")
    assert "Nothing leaves until somebody resumes: 2 texts at the moment." in page
    assert "so do answers to people who write" in page
    assert "Only STOP, START and HELP are answered all the same." in page
    assert "1 text being sent right now and 2 texts sent before" in page
    assert Event.get_by_id(event.id).paused_at is None, "asking pauses nothing"
    said = press(site, event, "sending_paused")
    assert said == "Sending is paused: 2 texts waiting until somebody resumes."
    paused = Event.get_by_id(event.id)
    who = AuditLog.select().order_by(AuditLog.id.desc()).first()
    assert (who.action, who.detail) == ("events.sending_paused", {"texts": 2})
    assert statuses(waiting) == {"scheduled"}
    shown = desk(site, event)
    assert f"Sending is paused</strong> since {clock(paused.paused_at, event)}" in shown
    assert f"by {paused.paused_by}" in shown
    assert "Sending is paused: nothing leaves until you resume. 2 texts waiting." in shown
    assert "and sending is resumed by then" in shown
    assert "nothing leaves." in desk(site, event, "readiness")
    assert "nothing is late" in desk(site, event, "delivery")
    assert "Sending is paused" in site.text("/admin/")
    assert "Sending is paused" in site.text(f"/admin/events/details/?id={event.id}")
    assert "waits until somebody resumes" in (
        site.text(f"/admin/messages/details/?id={waiting[0].id}")
    )
    assert "somebody was faster" in press_stale(site, event, "sending_paused")
    EventMessage.update(scheduled_time=now).where(EventMessage.id == waiting[0].id).execute()
    page = ask(site, event, "sending_resumed")
    assert "1 text leaves in turn from now on" in page
    assert "1 text leaves as planned." in page
    assert press(site, event, "sending_resumed") == "Sending goes on: 2 texts to leave."
    assert last_deeds(1) == ["events.sending_resumed"]
    assert "Sending is on.</strong> 2 texts still to leave." in desk(site, event, CONTROL)
    assert "somebody was faster" in press_stale(site, event, "sending_resumed")


def test_what_somebody_holds_one_by_one_is_released_apart_from_a_pause(
    site: AdminSite, event: Event, now: datetime
) -> None:
    held = introduce(event, now, status=MessageStatus.HELD, held_because="person")
    assert "2 texts held until somebody lets them leave." in desk(site, event, "readiness")
    assert "2 texts held: they leave when released." in desk(site, event, "now")
    assert press(site, event, "texts_released") == "Released: 2 texts."
    assert statuses(held) == {"scheduled"}


def asking(event: Event, mode: Approval, **columns: object) -> Event:
    Event.update(approval=mode, **columns).where(Event.id == event.id).execute()
    made: Event = Event.get_by_id(event.id)
    return made


def wait_for_approval(event: Event, now: datetime, matches: int = 2) -> list[EventMessage]:
    texts = [text for _ in range(matches) for text in introduce(event, now)]
    assert approval.hold_waiting(event.id) == len(texts)
    return texts


def test_introductions_are_approved_in_numbers_and_taken_back(
    site: AdminSite, event: Event, now: datetime
) -> None:
    event = asking(event, Approval.REQUIRED)
    assert "Introductions will wait for your approval." in desk(site, event, CONTROL)
    texts = wait_for_approval(event, now)
    ends = clock(event.introductions_at + timedelta(minutes=30), event)
    for part in ("now", CONTROL):
        shown = desk(site, event, part)
        assert "4 introductions for 2 matches wait for your approval" in shown
        assert f" until {ends}. What nobody approved by then is not sent." in shown
    assert "4 introductions wait for approval." in desk(site, event, "readiness")
    assert "and they are approved by then" in desk(site, event, "departures")
    assert "introductions wait for approval" in site.text("/admin/")
    assert "It waits for an approval on the event&#39;s desk." in (
        site.get(f"/admin/messages/details/?id={texts[0].id}").text
    )
    page = ask(site, event, "introductions_approved")
    leaves = clock(event.introductions_at, event)
    assert f"4 introductions for 2 matches leave at {leaves}, as planned." in page
    assert "This is for the whole day" in page
    said = press(site, event, "introductions_approved")
    assert said == "Approved: 4 introductions will leave."
    assert last_deeds(1) == ["events.introductions_approved"]
    assert statuses(texts) == {"scheduled"}
    row = Event.get_by_id(event.id)
    assert f"Introductions were approved by {row.approved_by} at" in desk(site, event, CONTROL)
    page = ask(site, event, "approval_required")
    assert "4 introductions wait until somebody approves them here." in page
    said = press(site, event, "approval_required")
    assert said == "4 introductions wait for approval now."
    assert statuses(texts) == {"held"}
    assert last_deeds(1) == ["events.approval_required"]


def test_those_that_would_leave_by_themselves_say_when_and_can_be_kept_back(
    site: AdminSite, event: Event, now: datetime
) -> None:
    event = asking(event, Approval.UNTIL_DEADLINE, approval_wait_minutes=5)
    expected = "or leave by themselves 5 minutes after their time."
    assert expected in desk(site, event, CONTROL)
    wait_for_approval(event, now, matches=1)
    ends = clock(event.introductions_at + timedelta(minutes=5), event)
    shown = desk(site, event, "now")
    words = "2 introductions for 1 match wait for your approval until"
    assert f"{words} {ends}; then they leave by themselves." in shown
    assert f"They no longer leave by themselves at {ends}." in ask(site, event, "approval_required")
    press(site, event, "approval_required")
    assert Event.get_by_id(event.id).approval == Approval.REQUIRED
    assert "What nobody approved by then is not sent." in desk(site, event, CONTROL)


def test_asking_for_approval_begins_and_ends_on_the_desk(
    site: AdminSite, event: Event, now: datetime
) -> None:
    texts = introduce(event, now)
    assert "Hold introductions for approval" in desk(site, event, CONTROL)
    assert "Approve" not in desk(site, event, CONTROL)
    press(site, event, "approval_required")
    assert statuses(texts) == {"held"}
    said = press(site, event, "approval_dropped")
    assert said == "No approval is asked for any more: 2 introductions let go."
    assert statuses(texts) == {"scheduled"}
    assert Event.get_by_id(event.id).approval == Approval.OFF


def save(site: AdminSite, event: Event, **fields: str) -> str:
    form = event_form(event.created_at, name=event.name, date=event.date.isoformat(), **fields)
    return site.notes(save_event(site, form, event.id))


def test_the_form_changes_the_setting_and_asks_anew(
    site: AdminSite, event: Event, now: datetime
) -> None:
    texts = introduce(event, now)
    save(site, event, approval="until_deadline", approval_wait_minutes="10")
    assert statuses(texts) == {"held"}
    press(site, event, "introductions_approved")
    save(site, event, approval="required")
    row = Event.get_by_id(event.id)
    assert (row.approved_at, row.approved_by, statuses(texts)) == (None, None, {"held"})
    save(site, event, approval="off")
    assert statuses(texts) == {"scheduled"}
    said = save(site, event, approval="until_deadline", approval_wait_minutes="30")
    assert "of use for 30 minutes" in said
    assert Event.get_by_id(event.id).approval == Approval.OFF


def test_moving_lunch_past_its_time_lets_nothing_leave_unapproved(
    site: AdminSite, event: Event, now: datetime
) -> None:
    event = asking(event, Approval.REQUIRED)
    texts = wait_for_approval(event, now, matches=1)
    starts = event.matching_at + timedelta(minutes=35)
    at = f"{starts.astimezone(event.zone):%H:%M}"
    page = site.text(f"/admin/events/desk/lunch/?id={event.id}&at={at}")
    assert "and 2 texts on hold." in page
    assert statuses(texts) == {"held"}
