"""Checking in: once, walk-ins included, with consent that never beats an opt-out."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from models import schedule
from models.attendee import EventAttendee
from models.check_in import UnknownContractorError, attendee_by_code, check_in
from models.event import MatchingStatus
from models.opt_out import opt_out
from tests.factories import make_attendee, make_contractor, make_event

LATER = timedelta(minutes=30)


@pytest.fixture
def top_ups(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The events for which a top-up was asked."""
    asked: list[int] = []
    monkeypatch.setattr(schedule, "request_top_up", lambda event, *, now: asked.append(event.id))
    return asked


def _registered(event: Any, **columns: Any) -> EventAttendee:
    columns = {
        "check_in_time": None,
        "check_in_method": None,
        "sms_opt_in": False,
        "sms_consent_at": None,
        "sms_consent_source": None,
        **columns,
    }
    return make_attendee(event, **columns)


def test_registered_person_is_checked_in_now(now: datetime) -> None:
    event = make_event(now)
    registered = _registered(event)
    done = check_in(event, registered.contractor.id, method="door", now=now)
    assert done.is_new
    assert not done.consent_refused
    assert done.attendee.id == registered.id
    assert (done.attendee.check_in_time, done.attendee.check_in_method) == (now, "door")
    assert done.attendee.qr_code_data == registered.qr_code_data
    assert not done.attendee.sms_opt_in


def test_second_check_in_keeps_the_first_time_and_method(now: datetime) -> None:
    event = make_event(now)
    person = _registered(event).contractor
    check_in(event, person.id, method="door", now=now)
    again = check_in(event, person.id, method="kiosk", now=now + LATER)
    assert not again.is_new
    assert (again.attendee.check_in_time, again.attendee.check_in_method) == (now, "door")
    assert EventAttendee.select().count() == 1


def test_walk_in_becomes_an_attendee_with_a_badge_code(now: datetime) -> None:
    event, person = make_event(now), make_contractor()
    done = check_in(event, person.id, method="door", now=now)
    assert done.is_new
    assert done.attendee.qr_code_data
    assert not done.attendee.sms_opt_in


def test_check_in_at_one_event_leaves_another_alone(now: datetime) -> None:
    event, other = make_event(now), make_event(now)
    person = _registered(event).contractor
    elsewhere = _registered(other, contractor=person)
    check_in(event, person.id, method="door", now=now)
    assert EventAttendee.get_by_id(elsewhere.id).check_in_time is None


def test_unknown_contractor_is_refused(now: datetime) -> None:
    event = make_event(now)
    with pytest.raises(UnknownContractorError, match="no contractor 4242"):
        check_in(event, 4242, method="door", now=now)
    assert EventAttendee.select().count() == 0


def test_consent_tick_is_kept_with_its_time_and_source(now: datetime) -> None:
    event = make_event(now)
    person = _registered(event).contractor
    attendee = check_in(
        event, person.id, method="door", now=now, consent_source="door tick"
    ).attendee
    assert attendee.sms_opt_in
    assert (attendee.sms_consent_at, attendee.sms_consent_source) == (now, "door tick")


def test_first_consent_is_the_one_that_is_kept(now: datetime) -> None:
    event = make_event(now)
    person = make_attendee(event, check_in_time=None, sms_consent_source="import").contractor
    attendee = check_in(
        event, person.id, method="door", now=now + LATER, consent_source="door tick"
    ).attendee
    assert attendee.sms_opt_in
    assert attendee.sms_consent_source == "import"


def test_check_in_without_a_tick_takes_no_consent_away(now: datetime) -> None:
    event = make_event(now)
    person = make_attendee(event, check_in_time=None).contractor
    assert check_in(event, person.id, method="door", now=now).attendee.sms_opt_in


def test_consent_can_follow_on_a_second_visit_to_the_desk(
    now: datetime, top_ups: list[int]
) -> None:
    event = make_event(now, matching_status=MatchingStatus.COMPLETED)
    person = _registered(event).contractor
    check_in(event, person.id, method="door", now=now)
    again = check_in(event, person.id, method="door", now=now + LATER, consent_source="door tick")
    assert not again.is_new
    assert again.attendee.sms_opt_in
    assert top_ups == [event.id, event.id]


def test_consent_tick_never_beats_an_opt_out_but_the_person_is_in(now: datetime) -> None:
    event = make_event(now)
    person = _registered(event).contractor
    opt_out(person.phone, now=now, source="STOP")
    done = check_in(event, person.id, method="door", now=now, consent_source="door tick")
    assert done.is_new
    assert done.consent_refused
    assert not done.attendee.sms_opt_in
    assert done.attendee.sms_consent_at is None


def test_person_without_a_phone_may_consent(now: datetime) -> None:
    event = make_event(now)
    person = _registered(event, contractor=make_contractor(phone=None)).contractor
    done = check_in(event, person.id, method="door", now=now, consent_source="door tick")
    assert done.attendee.sms_opt_in


@pytest.mark.parametrize("status", [MatchingStatus.RUNNING, MatchingStatus.COMPLETED])
def test_late_check_in_asks_for_a_top_up_once(
    now: datetime, top_ups: list[int], status: MatchingStatus
) -> None:
    event = make_event(now, matching_status=status)
    person = _registered(event).contractor
    check_in(event, person.id, method="door", now=now)
    check_in(event, person.id, method="door", now=now)
    assert top_ups == [event.id]


@pytest.mark.parametrize("status", [MatchingStatus.SCHEDULED, MatchingStatus.UNSCHEDULED])
def test_check_in_before_the_batch_asks_for_none(
    now: datetime, top_ups: list[int], status: MatchingStatus
) -> None:
    event = make_event(now, matching_status=status)
    check_in(event, make_contractor().id, method="door", now=now)
    assert top_ups == []


def test_batch_that_began_after_the_event_was_loaded_is_noticed(
    now: datetime, top_ups: list[int]
) -> None:
    event = make_event(now, matching_status=MatchingStatus.SCHEDULED)
    type(event).update(matching_status=MatchingStatus.RUNNING).execute()
    check_in(event, make_contractor().id, method="door", now=now)
    assert top_ups == [event.id]


def test_badge_code_counts_at_its_own_event_only(now: datetime) -> None:
    event, other = make_event(now), make_event(now)
    attendee = _registered(event, qr_code_data="BADGE-1")
    assert attendee_by_code(event.id, "BADGE-1") == attendee
    assert attendee_by_code(other.id, "BADGE-1") is None
    assert attendee_by_code(event.id, "BADGE-2") is None
