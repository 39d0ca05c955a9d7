"""Imported rows in a real database: who is new, who is known, and that it is all or nothing."""

from datetime import datetime

import pytest
from peewee import DoesNotExist

from models.attendee import EventAttendee
from models.base import db
from models.contractor import Contractor
from models.contractor_import import ImportReport, read_rows, store
from tests.factories import make_contractor, make_event

HEADER = "first_name,last_name,email,phone,company_name,team_size\n"


def run(text: str, now: datetime, event_id: int | None = None, **options: object) -> ImportReport:
    options = {"check_in": False, **options}
    return store(read_rows(text.encode()), event_id=event_id, now=now, **options)  # type: ignore[arg-type]


def reasons(report: ImportReport) -> dict[int, str]:
    return {problem.line: problem.reason for problem in report.problems}


def test_a_new_row_becomes_a_contractor_with_every_cell(now: datetime) -> None:
    report = run(
        "Name;Cell phone;E-mail;Company;Title;Focus areas;Services;Location;Revenue;"
        "Annual revenue;Team size;Timezone;GHL Contact ID\n"
        'Ana Moss;(512) 555-0101;ana@example.com;Moss;Owner;Sales|Hiring;["Roofing"];'
        "Austin, TX;1M-2M;$1,500,000;1,200;America/Denver;abc123\n",
        now,
    )
    ana = Contractor.get()
    assert report.created == 1
    assert report.problems == []
    assert (ana.first_name, ana.last_name, ana.phone) == ("Ana", "Moss", "+15125550101")
    assert (ana.email, ana.company_name, ana.job_title) == ("ana@example.com", "Moss", "Owner")
    assert (ana.focus_areas, ana.services_offered) == (["Sales", "Hiring"], ["Roofing"])
    assert (ana.service_area, ana.revenue_tier) == ("Austin, TX", "1M-2M")
    assert (ana.annual_revenue, ana.team_size) == (1500000, 1200)
    assert (ana.timezone, ana.ghl_contact_id) == ("America/Denver", "abc123")


def test_empty_cells_are_stored_as_absent(now: datetime) -> None:
    run(HEADER + "Ana,,,,,\n", now)
    ana = Contractor.get()
    assert (ana.last_name, ana.email, ana.phone, ana.team_size) == ("", None, None, None)
    assert (ana.focus_areas, ana.services_offered) == ([], [])


@pytest.mark.parametrize("written", ["(512) 555-0101,", ",ANA@Example.com"])
def test_a_known_person_gets_the_filled_cells_only(now: datetime, written: str) -> None:
    known = make_contractor(
        first_name="Ana", last_name="Moss", phone="+15125550101", email="ana@example.com",
        company_name="Moss Builders", team_size=20,
    )  # fmt: skip
    phone, email = written.split(",")
    report = run(HEADER + f",,{email},{phone},Moss & Daughters,\n", now)
    stored = Contractor.get_by_id(known.id)
    assert (report.created, report.updated) == (0, 1)
    assert Contractor.select().count() == 1
    assert (stored.full_name, stored.team_size) == ("Ana Moss", 20)
    assert stored.company_name == "Moss & Daughters"
    assert (stored.phone, stored.email.lower()) == ("+15125550101", "ana@example.com")


def test_importing_the_same_file_again_changes_nothing(now: datetime) -> None:
    event = make_event(now)
    text = (
        "name,email,phone,sms_opt_in,checked_in\n"
        "Ana Moss,ana@example.com,5125550101,yes,yes\nBen Dunn,,,no,no\n"
    )
    first = run(text, now, event.id)
    second = run(text, now, event.id)
    assert (first.created, first.registered, first.checked_in, first.opted_in) == (2, 2, 1, 1)
    assert (second.created, second.updated, second.unchanged) == (0, 0, 2)
    assert (second.registered, second.checked_in, second.opted_in) == (0, 0, 0)
    assert Contractor.select().count() == 2


def test_a_row_that_is_two_known_people_is_bad(now: datetime) -> None:
    ana = make_contractor(phone="+15125550101", email="ana@example.com")
    ben = make_contractor(phone="+15125550102", email="ben@example.com")
    report = run(HEADER + "Ana,Moss,ben@example.com,5125550101,,\nCy,Egan,,5125550103,,\n", now)
    assert reasons(report) == {
        2: f"the phone is contractor {ana.id}'s and the e-mail is contractor {ben.id}'s"
    }
    assert (report.created, report.updated, report.skipped) == (1, 0, 1)
    assert Contractor.get_by_id(ana.id).email == "ana@example.com"


def test_two_rows_about_one_known_person_are_a_duplicate(now: datetime) -> None:
    ana = make_contractor(phone="+15125550101", email="ana@example.com")
    report = run(HEADER + "Ana,Moss,,5125550101,,\nAna,M,ana@example.com,,,\n", now)
    assert reasons(report) == {3: f"duplicate: the same person as line 2 (contractor {ana.id})"}
    assert Contractor.get_by_id(ana.id).last_name == "Moss"


def test_people_stored_twice_before_are_met_as_the_oldest(now: datetime) -> None:
    oldest = make_contractor(phone="+15125550101", email=None)
    make_contractor(phone="+15125550101", email=None)
    report = run(HEADER + "Ana,Moss,ana@example.com,5125550101,,\n", now)
    assert report.updated == 1
    assert Contractor.get_by_id(oldest.id).email == "ana@example.com"


def test_a_nameless_row_goes_in_only_for_somebody_known(now: datetime) -> None:
    make_contractor(phone="+15125550101", email=None)
    report = run(HEADER + ",,,5125550101,Moss,\n,,,5125550102,Dunn,\n", now)
    assert reasons(report) == {3: "no name, and nobody is known by this phone or e-mail"}
    assert (report.updated, report.created) == (1, 0)


def test_somebody_without_phone_and_email_is_known_by_name_and_company(now: datetime) -> None:
    run(HEADER + "Ana,Moss,,,Moss Builders,5\n", now)
    report = run(HEADER + "ANA,moss,,,Moss Builders,6\nAna,Moss,,,Other,\n", now)
    assert (report.updated, report.created) == (1, 1)


def test_a_row_that_the_database_refuses_costs_itself_only(now: datetime) -> None:
    parsed = read_rows((HEADER + "".join(f"P{i},,,,C{i},5\n" for i in range(9))).encode())
    parsed.rows[4].values["team_size"] = 10**12
    event = make_event(now)
    report = store(parsed, event_id=event.id, check_in=True, now=now)
    assert list(reasons(report)) == [6]
    assert reasons(report)[6].startswith("refused by the database: ")
    assert (report.created, report.checked_in, report.skipped) == (8, 8, 1)
    assert Contractor.select().count() == EventAttendee.select().count() == 8


@pytest.mark.commits
def test_a_failure_half_way_leaves_nothing(now: datetime) -> None:
    event = make_event(now)
    parsed = read_rows((HEADER + "".join(f"P{i},,,,C{i},\n" for i in range(1200))).encode())
    done = []

    def fail_late(rows: int) -> None:
        done.append(rows)
        if len(done) == 2:
            raise ConnectionError

    with pytest.raises(ConnectionError), db.atomic():
        store(parsed, event_id=event.id, check_in=True, now=now, progress=fail_late)
    assert sum(done) == 1000
    assert Contractor.select().count() == EventAttendee.select().count() == 0


@pytest.mark.commits
def test_without_a_transaction_nothing_is_begun(now: datetime) -> None:
    with pytest.raises(RuntimeError):
        run(HEADER + "Ana,,,,,\n", now)
    assert Contractor.select().count() == 0


def test_an_unknown_event_is_refused_before_anything_is_stored(now: datetime) -> None:
    with pytest.raises(DoesNotExist):
        run(HEADER + "Ana,,,,,\n", now, event_id=999)
    assert Contractor.select().count() == 0


def test_bad_rows_of_the_file_and_of_the_database_are_listed_in_order(now: datetime) -> None:
    report = run(HEADER + ",,,5125550102,X,\nAna,,,12345,,\nBen,,,,,\n,,a@example.com,,,\n", now)
    assert list(reasons(report)) == [2, 3, 5]
    assert (report.skipped, report.stored) == (3, 1)


def test_quoted_hostile_text_is_stored_as_text(now: datetime) -> None:
    run(HEADER + '"Robert\'); DROP TABLE contractors;--",%s,,,"a\\b",\n', now)
    stored = Contractor.get()
    assert stored.first_name == "Robert'); DROP TABLE contractors;--"
    assert (stored.last_name, stored.company_name) == ("%s", "a\\b")
