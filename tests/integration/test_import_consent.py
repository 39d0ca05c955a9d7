"""What an import may do with consent and check-ins at an event, and what it may not."""

from datetime import datetime, timedelta

import pytest

from models.attendee import EventAttendee
from models.contractor import Contractor
from models.contractor_import import ImportReport, read_rows, store
from models.eligibility import pool_counts
from models.event import Event, MatchingStatus
from models.opt_out import has_opted_out, opt_out
from tests.factories import make_attendee, make_contractor, make_event

ANA = "+15125550101"


def run(
    now: datetime, event: Event | None, consent: str, checked_in: str = "", check_in: bool = False,
    phone: str = ANA,
) -> ImportReport:  # fmt: skip
    cells = f"Ana,a@example.com,{phone},{consent},{checked_in}"
    text = f"name,email,phone,sms_opt_in,checked_in\n{cells}\n"
    return store(
        read_rows(text.encode()), event_id=event and event.id, check_in=check_in, now=now,
        file_name="people.csv",
    )  # fmt: skip


def test_a_yes_is_consent_with_its_time_and_source(now: datetime) -> None:
    report = run(now, make_event(now), "Opted In")
    row = EventAttendee.get()
    assert report.opted_in == 1
    assert (row.sms_opt_in, row.sms_consent_at) == (True, now)
    assert row.sms_consent_source == "import: people.csv"


@pytest.mark.parametrize("cell", ["", "no", "maybe", "n/a", "?"])
def test_anything_but_a_yes_is_no_consent(now: datetime, cell: str) -> None:
    report = run(now, make_event(now), cell)
    row = EventAttendee.get()
    assert (row.sms_opt_in, row.sms_consent_at, row.sms_consent_source) == (False, None, None)
    assert (report.registered, report.opted_in) == (1, 0)


def test_an_unreadable_consent_is_noted_with_its_line(now: datetime) -> None:
    report = run(now, make_event(now), "maybe")
    assert [(note.line, "maybe" in note.reason) for note in report.notes] == [(2, True)]
    assert report.problems == []


@pytest.mark.parametrize("cell", ["", "maybe", "n/a"])
def test_a_later_empty_or_unreadable_cell_changes_no_consent(now: datetime, cell: str) -> None:
    event = make_event(now)
    run(now, event, "yes")
    run(now + timedelta(hours=1), event, cell)
    row = EventAttendee.get()
    assert (row.sms_opt_in, row.sms_consent_at) == (True, now)


def test_a_later_yes_keeps_the_first_consent(now: datetime) -> None:
    event = make_event(now)
    run(now, event, "yes")
    report = run(now + timedelta(hours=1), event, "yes")
    assert report.opted_in == 0
    assert EventAttendee.get().sms_consent_at == now


def test_a_later_no_withdraws_consent_and_a_yes_after_it_counts_anew(now: datetime) -> None:
    event = make_event(now)
    run(now, event, "yes")
    report = run(now, event, "no")
    assert report.withdrawn == 1
    assert EventAttendee.get().sms_opt_in is False
    later = now + timedelta(hours=1)
    run(later, event, "yes")
    row = EventAttendee.get()
    assert (row.sms_opt_in, row.sms_consent_at) == (True, later)


def test_consent_at_one_event_is_none_at_another(now: datetime) -> None:
    first, second = make_event(now), make_event(now)
    run(now, first, "yes")
    run(now, second, "")
    assert EventAttendee.get(event=first).sms_opt_in
    assert not EventAttendee.get(event=second).sms_opt_in


def test_no_import_lifts_an_opt_out(now: datetime) -> None:
    event = make_event(now)
    opt_out(ANA, now=now, source="STOP")
    report = run(now, event, "yes", "yes")
    assert has_opted_out(ANA)
    assert EventAttendee.get().sms_opt_in is False
    assert report.opted_in == 0
    assert [(note.line, "opted out" in note.reason) for note in report.notes] == [(2, True)]
    assert pool_counts(event.id).eligible == 0


def test_a_new_number_does_not_get_round_the_old_ones_opt_out(now: datetime) -> None:
    event = make_event(now)
    make_contractor(email="a@example.com", phone=ANA)
    opt_out(ANA, now=now, source="STOP")
    run(now, event, "yes", phone="+15125550199")
    assert Contractor.get().phone == "+15125550199"
    assert EventAttendee.get().sms_opt_in is False


def test_a_yes_for_a_known_phone_that_opted_out_is_not_used_without_a_phone_cell(
    now: datetime,
) -> None:
    event = make_event(now)
    make_contractor(email="a@example.com", phone=ANA)
    opt_out(ANA, now=now, source="STOP")
    run(now, event, "yes", phone="")
    assert EventAttendee.get().sms_opt_in is False


def test_a_yes_in_an_opt_out_column_beats_a_yes_in_the_opt_in_column(now: datetime) -> None:
    event = make_event(now)
    text = f"name,phone,sms_opt_in,do not text\nAna,{ANA},yes,x\n"
    store(read_rows(text.encode()), event_id=event.id, check_in=True, now=now)
    assert EventAttendee.get().sms_opt_in is False


def test_without_an_event_consent_is_not_used_and_that_is_said(now: datetime) -> None:
    report = run(now, None, "yes", "yes")
    assert (report.created, report.opted_in, report.checked_in) == (1, 0, 0)
    assert EventAttendee.select().count() == 0
    assert [note.line for note in report.notes] == [1]


@pytest.mark.parametrize(
    ("cell", "everybody", "expected"),
    [("yes", False, True), ("no", False, False), ("", False, False), ("later", False, False),
     ("", True, True), ("no", True, True)],
)  # fmt: skip
def test_the_column_checks_in_unless_everybody_is(
    now: datetime, cell: str, everybody: bool, expected: bool
) -> None:
    report = run(now, make_event(now), "", cell, check_in=everybody)
    row = EventAttendee.get()
    assert report.checked_in == expected
    assert (row.check_in_time, row.check_in_method) == (
        (now, "import") if expected else (None, None)
    )
    assert row.qr_code_data


def test_a_check_in_at_the_door_keeps_its_time(now: datetime) -> None:
    event = make_event(now)
    person = make_contractor(email="a@example.com", phone=ANA)
    make_attendee(event, person)
    report = run(now + timedelta(hours=1), event, "", "no", check_in=True)
    row = EventAttendee.get()
    assert report.checked_in == 0
    assert (row.check_in_time, row.check_in_method) == (event.created_at, "door")


@pytest.mark.parametrize(
    ("status", "expected"),
    [(MatchingStatus.COMPLETED, True), (MatchingStatus.RUNNING, True),
     (MatchingStatus.SCHEDULED, False)],
)  # fmt: skip
def test_late_check_ins_ask_for_a_top_up(
    now: datetime, status: MatchingStatus, expected: bool
) -> None:
    event = make_event(now, matching_status=status, introductions_at=now + timedelta(minutes=9))
    run(now, event, "yes", "yes")
    assert (Event.get_by_id(event.id).top_up_at is not None) == expected


def test_importing_the_same_people_after_the_batch_asks_for_nothing(now: datetime) -> None:
    event = make_event(now)
    run(now, event, "yes", "yes")
    Event.update(
        matching_status=MatchingStatus.COMPLETED, introductions_at=now + timedelta(minutes=9)
    ).execute()
    run(now, event, "yes", "yes")
    assert Event.get_by_id(event.id).top_up_at is None
