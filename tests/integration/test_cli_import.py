"""Importing from the command line: the report, the exit status, and the file that we ship."""

from datetime import datetime
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

import web
from models.attendee import EventAttendee
from models.base import db
from models.contractor import Contractor
from models.eligibility import PoolCounts, pool_counts
from tests.factories import make_event
from web.rehearsal_event import PRACTICE_PEOPLE

SHIPPED = Path(web.__file__).parent / "rehearsal_contractors.csv"


def run(app: Flask, *words: object) -> Result:
    return app.test_cli_runner().invoke(args=["import-contractors", *map(str, words)])


def written(folder: Path, text: str) -> Path:
    file = folder / "people.csv"
    file.write_text(text)
    return file


def test_the_shipped_file_has_people_enough_and_some_bad_rows(app: Flask, now: datetime) -> None:
    event = make_event(now)
    result = run(app, SHIPPED, "--event", event.id)
    assert result.exit_code == 0
    assert Contractor.select().count() == 192
    assert "Contractors: 192 new" in result.stdout
    assert "Bad rows, left out: 8" in result.stderr
    assert pool_counts(event.id) == PoolCounts(registered=192, checked_in=175, eligible=150)
    assert "192 registered, 175 checked in, 176 agreed to texts" in result.stdout


@pytest.mark.parametrize("file", [SHIPPED, PRACTICE_PEOPLE])
def test_the_shipped_files_hold_invented_people_only(file: Path) -> None:
    cells = file.read_text(encoding="utf-8-sig").splitlines()
    emails = [line.split("@")[1].split(",")[0] for line in cells if "@" in line]
    assert {email.lower() for email in emails} == {"example.com"}


def test_importing_the_shipped_file_twice_adds_nobody(app: Flask, now: datetime) -> None:
    event = make_event(now)
    run(app, SHIPPED, "--event", event.id)
    result = run(app, SHIPPED, "--event", event.id)
    assert "0 new, 0 changed, 192 as they were; rows left out: 8" in result.stdout
    assert "0 registered, 0 checked in, 0 agreed to texts" in result.stdout


def test_bad_rows_are_listed_with_line_and_reason(app: Flask, tmp_path: Path) -> None:
    file = written(tmp_path, "Name,Phone,Shirt\nAna,5125550101,L\nBen,12345,M\n,,\nCy,+1,S\n")
    result = run(app, file)
    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        "Bad rows, left out: 2",
        "  line 3, Phone: the phone number is not readable",
        "  line 5, Phone: the phone number is not readable",
        "Columns not used: Shirt",
    ]
    assert result.stdout == "Contractors: 1 new, 0 changed, 0 as they were; rows left out: 2.\n"


def test_a_file_of_bad_rows_only_fails(app: Flask, tmp_path: Path) -> None:
    result = run(app, written(tmp_path, "name,phone\nAna,12345\n"))
    assert result.exit_code == 1
    assert "line 2, phone:" in result.stderr
    assert "Nothing went in." in result.stderr


def test_a_file_without_rows_is_no_failure(app: Flask, tmp_path: Path) -> None:
    assert run(app, written(tmp_path, "name,phone\n")).exit_code == 0


def test_everybody_is_checked_in_when_asked(app: Flask, now: datetime, tmp_path: Path) -> None:
    event = make_event(now)
    file = written(tmp_path, "name,sms_opt_in,checked_in\nAna,yes,no\nBen,,\n")
    run(app, file, "--event", event.id, "--check-in")
    rows = list(EventAttendee.select())
    assert len(rows) == 2
    assert all(row.check_in_time for row in rows)
    assert [row.sms_consent_source for row in rows if row.sms_opt_in] == ["import: people.csv"]


def test_checking_in_needs_an_event(app: Flask, tmp_path: Path) -> None:
    result = run(app, written(tmp_path, "name\nAna\n"), "--check-in")
    assert result.exit_code != 0
    assert "--check-in needs --event" in result.output
    assert Contractor.select().count() == 0


def test_an_unknown_event_stores_nobody(app: Flask, tmp_path: Path) -> None:
    result = run(app, written(tmp_path, "name\nAna\n"), "--event", "999")
    assert (result.exit_code, result.output) == (1, "Error: There is no event 999.\n")
    assert Contractor.select().count() == 0


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "is empty"), (b"PK\x03\x04", "Excel workbook"), (b"a,b\n1,2\n", "No header")],
)
def test_an_unusable_file_says_why(app: Flask, tmp_path: Path, data: bytes, words: str) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(data)
    result = run(app, file)
    assert result.exit_code == 1
    assert words in result.output
    assert result.output.count("\n") == 1


def test_a_missing_file_or_a_folder_says_so(app: Flask, tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        result = run(app, path)
        assert result.exit_code == 1
        assert "can not be read" in result.output


@pytest.mark.commits
def test_an_import_that_breaks_leaves_nothing(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = make_event(now)

    def fail(*_args: object, **_columns: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("models.contractor_import.attendance.Attendance._update", fail)
    result = run(app, SHIPPED, "--event", event.id)
    assert result.exit_code != 0
    assert Contractor.select().count() == EventAttendee.select().count() == 0


@pytest.mark.commits
def test_an_import_is_there_when_the_command_has_ended(app: Flask, now: datetime) -> None:
    event = make_event(now)
    run(app, SHIPPED, "--event", event.id)
    db.close()
    db.connect()
    assert pool_counts(event.id).registered == 192
