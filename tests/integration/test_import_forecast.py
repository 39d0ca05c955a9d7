"""What the preview of an import says is what the import then does, and it changes nothing."""

from datetime import datetime

from models.attendee import EventAttendee
from models.contractor import Contractor
from models.contractor_import import (
    ImportReport,
    Terms,
    forecast,
    read_rows,
    source_of,
    store,
    store_part,
)
from models.event import Event
from models.opt_out import opt_out
from tests.factories import make_attendee, make_contractor, make_event

FILE = """name,email,phone,company,sms_opt_in,checked_in
Ana Moss,ana@example.com,5125550101,Moss,yes,yes
Ben Dunn,ben@example.com,5125550102,Dunn,yes,
Cy Egan,,5125550103,Egan & Sons,no,yes
Di Fry,di@example.com,5125550104,Fry,yes,yes
,gus@example.com,,Gus,yes,
Eve Gray,ana@example.com,5125550102,Gray,,
Flo Hay,flo@example.com,12,Hay,,
Hal Ives,,5125550106,Ives,maybe,
"""


def room(now: datetime) -> Event:
    """An event with somebody known as in the file, somebody to change, and a STOP."""
    event = make_event(now)
    make_contractor(
        first_name="Ben", last_name="Dunn", email="ben@example.com", phone="+15125550102",
        company_name="Dunn",
    )  # fmt: skip
    cy = make_contractor(
        first_name="Cy", last_name="Egan", email=None, phone="+15125550103", company_name="Egan"
    )
    make_attendee(event, cy)
    opt_out("+15125550104", now=now, source="STOP")
    return event


def numbers(report: ImportReport) -> dict[str, object]:
    lists = {
        "problems": [(p.line, p.heading, p.reason) for p in report.problems],
        "notes": [(n.line, n.heading, n.reason) for n in report.notes],
        "outcomes": [(line, outcome) for line, outcome, _ in report.outcomes],
    }
    return {name: lists.get(name, value) for name, value in vars(report).items()}


def test_the_forecast_is_what_the_import_reports(now: datetime) -> None:
    event = room(now)
    parsed = read_rows(FILE.encode())
    terms = Terms(event.id, check_in=False, source=source_of("upload"))
    foreseen = forecast(parsed, terms, now=now)
    before = (Contractor.select().count(), list(EventAttendee.select().dicts()))
    assert before == (2, list(EventAttendee.select().dicts()))
    report = store(parsed, event_id=event.id, check_in=False, now=now)
    assert numbers(foreseen) == numbers(report)
    assert (report.created, report.updated, report.unchanged, report.skipped) == (3, 1, 1, 3)
    assert (report.registered, report.checked_in) == (4, 2)
    assert (report.opted_in, report.withdrawn) == (2, 1)


def test_without_the_place_of_consent_nobody_is_opted_in_and_that_is_said(now: datetime) -> None:
    event = room(now)
    parsed = read_rows(FILE.encode())
    terms = Terms(event.id, check_in=True, source=None)
    foreseen = forecast(parsed, terms, now=now)
    report = store_part(parsed.rows, terms, lines={}, now=now)
    assert (foreseen.opted_in, report.opted_in) == (0, 0)
    assert (foreseen.withdrawn, report.withdrawn) == (1, 1)
    assert "where people agreed" in foreseen.notes[0].reason
    willing = EventAttendee.select().where(EventAttendee.sms_opt_in)
    assert willing.count() == 0


def test_a_person_met_in_an_earlier_part_is_a_duplicate_in_a_later_one(now: datetime) -> None:
    ana = make_contractor(phone="+15125550101", email="ana@example.com")
    parsed = read_rows(b"name,phone,email\nAna,5125550101,\nAna M,,ana@example.com\n")
    first = store_part(parsed.rows[:1], Terms(), lines={}, now=now)
    lines = {person: line for line, _, person in first.outcomes if person}
    second = store_part(parsed.rows[1:], Terms(), lines=lines, now=now)
    assert [p.reason for p in second.problems] == [
        f"duplicate: the same person as line 2 (contractor {ana.id})"
    ]
