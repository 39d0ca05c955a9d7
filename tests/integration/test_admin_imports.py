"""Importing people in the browser, step by step: the pages, what they refuse, what they leave."""

import csv
import io
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from peewee import fn
from werkzeug.test import TestResponse

from actors.people import importing
from actors.people.importing import run_import
from models import clock, import_claim
from models.admin_user import Role
from models.attendee import EventAttendee
from models.audit_log import AuditLog
from models.contractor import Contractor
from models.import_job import ImportJob, JobStatus
from models.opt_out import opt_out
from tests.admin_site import AdminSite, make_admin
from tests.factories import make_contractor, make_event
from tests.statements import statements
from tests.uploads import HEADER, people
from web.admin import import_reading, import_steps, imports

PLACE = "/admin/imports"
BAD = f"{HEADER}\r\nAna;Moss;;(512) 555-0101;Moss;yes\r\nBen;Dunn;;12;=1+1;maybe\r\n".encode()


def upload(site: AdminSite, data: bytes, name: str = "people.csv", **fields: Any) -> TestResponse:
    given = {"file": (io.BytesIO(data), name), "csrf_token": site.token(f"{PLACE}/"), **fields}
    return site.client.post(f"{PLACE}/upload/", data=given)


def plan(site: AdminSite, job: ImportJob, **fields: Any) -> TestResponse:
    """Submit the page of the columns, as it stands but for `fields`."""
    stands = {f"column-{place}": name for place, name in enumerate(job.columns)}
    stands |= {"has_header": "y"} if job.has_header else {}
    token = site.token(f"{PLACE}/plan/?id={job.id}")
    data = {"csrf_token": token, "id": job.id, **stands, **fields}
    return site.client.post(f"{PLACE}/plan/", data=data)


def confirm(site: AdminSite, job: ImportJob) -> TestResponse:
    page = f"{PLACE}/confirm/?id={job.id}"
    stamp = ImportJob.get_by_id(job.id).updated_at.isoformat()
    return site.post(f"{PLACE}/confirm/", page=page, id=job.id, stamp=stamp)


def cells(answer: TestResponse) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    assert answer.text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_from_the_file_to_the_report(site: AdminSite, now: datetime) -> None:
    event = make_event(now, name="Summit")
    answer = upload(site, BAD, "C:/Lists/people.csv", event=event.id)
    job = ImportJob.get()
    assert answer.headers["Location"] == f"{PLACE}/plan/?id={job.id}"
    assert (job.file_name, job.actor) == ("people.csv", "organiser@example.com")
    page = site.text(answer.headers["Location"])
    assert "2 rows" in page
    assert "Summit: 1 newly registered." in page
    assert "the phone number is not readable" in page
    assert "Say where these people agreed" in page
    answer = plan(site, job, event=event.id, consent_place="tick on the form", go="1")
    page = site.text(answer.headers["Location"])
    for words in (
        "Import 1 person from people.csv?", "1 new, 0 known and changed", "1 newly agree to texts",
        "Kept with each consent: import: people.csv; tick on the form.", "1 row will be left out",
    ):  # fmt: skip
        assert words in page
    assert Contractor.select().count() == 0
    answer = confirm(site, job)
    assert "Waiting for a worker" in site.text(answer.headers["Location"])
    run_import(job.id, now=clock.now)
    page = site.text(answer.headers["Location"])
    assert "Summit: 1 newly registered, 1 newly agree to texts." in page
    assert "data-import-poll" not in page
    ana = Contractor.get()
    assert cells(site.get(f"{PLACE}/report/?id={job.id}")) == [
        ["Line", "Result", "Column", "Why", "Name", "Contractor"],
        ["2", "New", "", "", "Ana Moss", str(ana.id)],
        ["3", "Left out", "Mobile", "the phone number is not readable", "", ""],
    ]
    deeds = AuditLog.select().where(AuditLog.subject_type == "contractor_imports")
    found = [entry.action.partition(".")[2] for entry in deeds.order_by(AuditLog.id)]
    assert found == ["uploaded", "confirmed", "finished", "exported"]
    assert EventAttendee.get().sms_opt_in


def test_the_rows_left_out_can_be_mended_and_imported_and_are_no_formulas(
    site: AdminSite, now: datetime
) -> None:
    upload(site, BAD)
    job = ImportJob.get()
    assert cells(site.get(f"{PLACE}/troubles/?id={job.id}"))[1] == [
        "3", "Left out", "Mobile", "12", "the phone number is not readable",
    ]  # fmt: skip
    confirm(site, job)
    assert site.get(f"{PLACE}/refused/?id={job.id}").status_code == 404
    run_import(job.id, now=clock.now)
    answer = site.get(f"{PLACE}/refused/?id={job.id}")
    assert cells(answer)[1] == [
        "Ben", "Dunn", "", "12", "'=1+1", "maybe", "the phone number is not readable",
    ]  # fmt: skip
    mended = answer.text.replace(",12,", ",5125550109,").encode()
    assert upload(site, mended).status_code == 302
    again = ImportJob.get(ImportJob.id != job.id)
    confirm(site, again)
    run_import(again.id, now=clock.now)
    assert {person.first_name for person in Contractor.select()} == {"Ana", "Ben"}


def test_unknown_headings_wait_for_a_person_who_says_what_they_are(
    site: AdminSite, now: datetime
) -> None:
    upload(site, "Rufname;Sippe;Betrieb\r\nZoë;Moss;Moss\r\n".encode("cp1252"))
    job = ImportJob.get()
    assert "No column says who the people are" in site.text(f"{PLACE}/plan/?id={job.id}")
    answer = site.get(f"{PLACE}/confirm/?id={job.id}")
    assert "Choose which column holds the name" in site.notes(answer)
    columns = {"column-0": "first_name", "column-1": "last_name", "column-2": "nonsense"}
    page = plan(site, job, **columns).text
    assert "Zoë Moss" in page
    assert ImportJob.get().columns == ["first_name", "last_name", ""]
    confirm(site, job)
    run_import(job.id, now=clock.now)
    assert (Contractor.get().full_name, Contractor.get().company_name) == ("Zoë Moss", None)


def test_a_first_line_can_be_a_person(site: AdminSite) -> None:
    upload(site, b"Ana,Moss\nBen,Dunn\n")
    job = ImportJob.get()
    assert "The first line names the columns" in site.text(f"{PLACE}/plan/?id={job.id}")
    data = {"csrf_token": site.token(f"{PLACE}/plan/?id={job.id}"), "id": job.id}
    page = site.client.post(f"{PLACE}/plan/", data=data).text
    assert "Column 1" in page
    assert "2 rows" in page


def test_without_headings_a_row_of_too_many_cells_leaves_the_plan_as_it_was(
    site: AdminSite,
) -> None:
    upload(site, b"Rufname,Betrieb\nAna,Moss\nBen" + b",x" * 100 + b"\n")
    job = ImportJob.get()
    data = {"csrf_token": site.token(f"{PLACE}/plan/?id={job.id}"), "id": job.id}
    answer = site.client.post(f"{PLACE}/plan/", data=data)
    assert "more than 100 columns" in site.notes(answer)
    assert ImportJob.get().has_header


def test_the_preview_alone_is_what_a_changed_choice_gets(site: AdminSite) -> None:
    upload(site, people(3))
    job = ImportJob.get()
    token = site.token(f"{PLACE}/plan/?id={job.id}")
    columns = {f"column-{place}": name for place, name in enumerate(job.columns)}
    data = {"csrf_token": token, "id": job.id, "has_header": "y", **columns, "column-3": ""}
    answer = site.client.post(f"{PLACE}/plan/", data=data, headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert "3 rows can go in" in answer.text
    assert ImportJob.get().columns[3] == ""
    before = ImportJob.get().updated_at
    site.client.post(f"{PLACE}/plan/", data=data)
    assert ImportJob.get().updated_at == before, "the same once more is no change"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04\x14\x00", "in Excel under File, Save As, “CSV UTF-8”"),
        (b"%PDF-1.7", "a PDF; a CSV file is needed"),
        (b"name\n" + b"Ana\n" * (import_reading.MOST_ROWS + 1), "more than 10,000 rows"),
    ],
)
def test_a_file_that_can_not_be_read_is_not_kept_and_says_why(
    site: AdminSite, data: bytes, words: str
) -> None:
    assert words in site.notes(upload(site, data))
    assert ImportJob.select().count() == 0


def test_no_file_a_flood_and_too_much_at_once_are_refused(
    site: AdminSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Choose a file first." in site.notes(upload(site, b"", ""))
    with monkeypatch.context() as small:
        small.setitem(site.client.application.config, "MAX_CONTENT_LENGTH", 300)
        flood = site.client.post(f"{PLACE}/upload/", data={"file": (io.BytesIO(people(9)), "x")})
    assert flood.status_code == 413
    assert "too large" in flood.text
    with monkeypatch.context() as small:
        small.setattr(imports, "MOST_BYTES", 300)
        small.setattr(import_steps, "MOST_BYTES", 300)
        assert "The file is larger than 300 bytes." in site.notes(upload(site, people(9)))
    monkeypatch.setattr(import_steps, "MOST_KEPT_BYTES", 300)
    upload(site, people(3))
    assert "wait already" in site.notes(upload(site, people(4)))
    assert ImportJob.select().count() == 1


def test_what_changed_after_the_question_was_read_is_asked_again(
    site: AdminSite, now: datetime
) -> None:
    upload(site, people(3))
    job = ImportJob.get()
    stamp = job.updated_at.isoformat()
    plan(site, job, consent_place="somewhere else")
    answer = site.post(
        f"{PLACE}/confirm/", page=f"{PLACE}/confirm/?id={job.id}", id=job.id, stamp=stamp
    )
    assert answer.headers["Location"] == f"{PLACE}/plan/?id={job.id}"
    assert "somebody was faster" in site.notes(answer)
    assert ImportJob.get().status == JobStatus.UPLOADED


def test_once_begun_a_file_can_not_be_changed_discarded_or_begun_again(site: AdminSite) -> None:
    upload(site, people(3))
    job = ImportJob.get()
    token = site.token(f"{PLACE}/plan/?id={job.id}")
    confirm(site, job)
    for step in ("plan", "confirm", "discard", "again"):
        data = {"csrf_token": token, "id": job.id, "stamp": job.updated_at.isoformat()}
        answer = site.client.post(f"{PLACE}/{step}/", data=data)
        assert answer.status_code == 302, step
    after = ImportJob.get()
    assert (after.status, after.columns) == (JobStatus.QUEUED, job.columns)
    assert site.get(f"{PLACE}/report/?id={job.id}").status_code == 404
    assert site.get(f"{PLACE}/troubles/?id={job.id}").status_code == 404


def test_a_discarded_file_is_gone(site: AdminSite) -> None:
    upload(site, people(3))
    job = ImportJob.get()
    answer = site.post(f"{PLACE}/discard/", page=f"{PLACE}/plan/?id={job.id}", id=job.id)
    assert "Nobody was imported" in site.notes(answer)
    assert ImportJob.select().count() == 0
    assert site.get(f"{PLACE}/plan/?id={job.id}").status_code == 404


def test_a_stopped_import_says_how_far_it_is_and_goes_on_at_a_click(
    site: AdminSite, now: datetime
) -> None:
    upload(site, people(3))
    job = ImportJob.get()
    confirm(site, job)
    ImportJob.update(status=JobStatus.FAILED, done_rows=1, error="MemoryError").execute()
    page = f"{PLACE}/run/?id={job.id}"
    assert "stopped after 1 of 3 rows" in site.text(page)
    assert "stopped after 1 of 3 rows" in site.text(f"{PLACE}/run/live/?id={job.id}")
    site.post(f"{PLACE}/again/", page=page, id=job.id)
    run_import(job.id, now=clock.now)
    assert ImportJob.get().status == JobStatus.DONE


def test_an_import_is_stopped_after_a_question_and_keeps_what_it_has(
    site: AdminSite, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody stops it while a worker is between two of its parts."""
    upload(site, people(5), "spring.csv")
    job = ImportJob.get()
    confirm(site, job)
    page, ask = f"{PLACE}/run/?id={job.id}", f"{PLACE}/stop/?id={job.id}"
    assert ask in site.text(page)
    monkeypatch.setattr(importing, "ROWS_AT_ONCE", 2)
    advance, said = import_claim.advance, []

    def stop_after_the_first(*args: Any, **kwargs: Any) -> None:
        advance(*args, **kwargs)
        said.append(site.text(ask))
        site.post(f"{PLACE}/stop/", page=ask, id=job.id)

    monkeypatch.setattr(import_claim, "advance", stop_after_the_first)
    run_import(job.id, now=clock.now)
    assert len(said) == 1, "the worker went no further"
    assert "Stop the import of spring.csv?" in said[0]
    assert "2 of 5 rows done: what was imported stays." in said[0]
    stopped = site.text(page)
    assert "The import stopped after 2 of 5 rows:" in stopped
    assert "organiser@example.com stopped it." in stopped
    assert Contractor.select().count() == 2
    entry = AuditLog.get(AuditLog.action == "contractor_imports.stopped")
    assert entry.detail == {"rows": 2, "left": 3}
    monkeypatch.setattr(import_claim, "advance", advance)
    site.post(f"{PLACE}/again/", page=page, id=job.id)
    run_import(job.id, now=clock.now)
    assert (ImportJob.get().status, Contractor.select().count()) == (JobStatus.DONE, 5)
    assert site.get(ask).headers["Location"] == page, "there is nothing to stop any more"


def test_a_yes_never_beats_a_stop_and_the_page_says_so(site: AdminSite, now: datetime) -> None:
    event = make_event(now)
    make_contractor(phone="+15125550101", email=None, first_name="Ana", last_name="Moss")
    opt_out("+15125550101", now=now, source="STOP")
    upload(site, BAD, event=event.id)
    job = ImportJob.get()
    page = plan(site, job, event=event.id, consent_place="form").text
    assert "only START lifts that" in page
    assert "agree to texts." not in page
    confirm(site, job)
    run_import(job.id, now=clock.now)
    assert not EventAttendee.get().sms_opt_in


def test_a_cancelled_event_takes_nobody(site: AdminSite, now: datetime) -> None:
    event = make_event(now, cancelled_at=now)
    upload(site, people(2), event=event.id)
    answer = site.get(f"{PLACE}/confirm/?id={ImportJob.get().id}")
    assert "was cancelled" in site.notes(answer)


def test_what_a_file_says_is_never_markup(site: AdminSite) -> None:
    evil = b'name,<script>alert(1)</script>,phone\n"<script>alert(2)</script>",x,12\n<b>Ben,x,\n'
    upload(site, evil, "<script>alert(3)</script>.csv")
    job = ImportJob.get()
    page = site.get(f"{PLACE}/plan/?id={job.id}").text + site.get(f"{PLACE}/").text
    assert "<script>alert" not in page
    assert "<b>Ben" not in page


def test_viewers_see_no_import_and_upload_nothing(client: FlaskClient, now: datetime) -> None:
    site = AdminSite(client)
    site.sign_in(make_admin(now, Role.VIEWER).email)
    assert site.get(f"{PLACE}/").status_code == 403
    assert PLACE not in site.text("/admin/contractors/")
    data = {"file": (io.BytesIO(people(1)), "x.csv"), "csrf_token": site.token("/admin/")}
    assert client.post(f"{PLACE}/upload/", data=data).status_code == 403
    assert ImportJob.select().count() == 0


def test_every_step_needs_its_token(site: AdminSite) -> None:
    upload(site, people(1))
    job = ImportJob.get()
    for step in ("upload", "plan", "confirm", "discard", "again", "stop"):
        assert site.client.post(f"{PLACE}/{step}/", data={"id": job.id}).status_code == 400, step
    assert ImportJob.get().status == JobStatus.UPLOADED


def test_the_preview_asks_the_same_few_questions_however_long_the_file(
    site: AdminSite, now: datetime
) -> None:
    event, asked = make_event(now), []
    for count in (10, 900):
        upload(site, people(count), event=event.id)
        key = ImportJob.select(fn.MAX(ImportJob.id)).scalar()
        with statements() as seen:
            site.text(f"{PLACE}/plan/?id={key}")
        asked.append(len(seen))
    assert asked[0] == asked[1] <= 12
