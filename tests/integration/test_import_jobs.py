"""Imports in the worker: whatever stops them, they go on, and nobody is imported twice."""

import os
import signal
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from peewee import OperationalError

from actors.broker import broker
from actors.people import importing
from actors.people.importing import LEASE, run_import, wake_imports
from actors.people.retention import prune
from actors.process import stopping
from models import clock, import_claim, import_job
from models.attendee import EventAttendee
from models.audit_log import AuditLog
from models.base import db
from models.config import Config
from models.contractor import Contractor
from models.import_job import ImportJob, JobStatus
from tests.factories import make_event
from tests.uploads import confirmed, people, upload
from tests.worker import eventually, running_worker

LOST = timedelta(seconds=20)


def state(job: ImportJob) -> ImportJob:
    return ImportJob.get_by_id(job.id)


def breaking_at(part: int, error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let storing a part of a file break, after what it has stored."""
    real, calls = importing.contractor_import.store_part, 0

    def store_part(*args: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        report = real(*args, **named)
        if calls == part:
            raise error
        return report

    monkeypatch.setattr(importing.contractor_import, "store_part", store_part)


def test_a_confirmed_file_is_stored_with_its_event_consent_and_report(now: datetime) -> None:
    event = make_event(now)
    data = people(5) + b"Ben;Dunn;;12;Dunn;yes\r\n"
    job = confirmed(data, now, event=event.id, consent_place="tick on the form")
    run_import(job.id, now=clock.now)
    done = state(job)
    assert (done.status, done.done_rows, done.rows, done.data) == (JobStatus.DONE, 5, 5, None)
    assert {name: number for name, number in done.counts.items() if number} == {
        "created": 5, "registered": 5, "opted_in": 2, "skipped": 1,
    }  # fmt: skip
    sources = {row.sms_consent_source for row in EventAttendee.select() if row.sms_opt_in}
    assert sources == {"import: people.csv; tick on the form"}
    assert [line for line, _, _ in import_job.details_of(job.id)["outcomes"]] == [2, 3, 4, 5, 6]
    assert import_job.details_of(job.id)["problems"] == [
        [7, "Mobile", "the phone number is not readable"]
    ]
    assert done.refused["rows"] == [[7, "Ben", "Dunn", "", "12", "Dunn", "yes"]]
    entry = AuditLog.get(AuditLog.action == "contractor_imports.finished")
    assert (entry.actor, entry.detail["created"]) == ("admin@example.com", 5)
    assert "5125" not in str(entry.detail)


def test_a_second_wake_up_and_one_for_an_unconfirmed_file_do_nothing(now: datetime) -> None:
    job, other = confirmed(people(3), now), upload(people(4), now)
    for _ in range(2):
        run_import(job.id, now=clock.now)
        run_import(other.id, now=clock.now)
    assert Contractor.select().count() == 3
    assert state(other).status == JobStatus.UPLOADED
    assert AuditLog.select().count() == 1


def test_a_worker_that_is_told_to_stop_gives_the_rest_back(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = confirmed(people(500), now)
    told = iter([False, True])
    monkeypatch.setattr(stopping, "is_stopping", lambda: next(told))
    run_import(job.id, now=clock.now)
    half = state(job)
    assert (half.status, half.done_rows, half.token) == (JobStatus.QUEUED, 200, None)
    monkeypatch.setattr(stopping, "is_stopping", lambda: False)
    run_import(job.id, now=clock.now)
    assert (state(job).status, state(job).done_rows) == (JobStatus.DONE, 500)
    assert Contractor.select().count() == state(job).counts["created"] == 500


@pytest.mark.commits
@pytest.mark.parametrize("error", [OperationalError("gone"), KeyboardInterrupt()])
def test_a_part_that_was_cut_off_is_stored_by_whoever_goes_on_and_only_once(
    now: datetime, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    job = confirmed(people(500), now)
    with monkeypatch.context() as broken:
        breaking_at(2, error, broken)
        try:
            run_import(job.id, now=clock.now)
        except KeyboardInterrupt:
            # As of a killed worker: nobody gave anything back, and its lease has to end.
            assert import_claim.lock_due(now=now, lost_after=LOST, limit=9) == []
            with db.atomic():
                later = clock.now() + LEASE + timedelta(seconds=1)
                assert import_claim.lock_due(now=later, lost_after=LOST, limit=9) == [job.id]
    assert (state(job).status, state(job).done_rows) == (JobStatus.QUEUED, 200)
    assert Contractor.select().count() == 200
    run_import(job.id, now=clock.now)
    assert (state(job).status, state(job).counts["created"]) == (JobStatus.DONE, 500)
    assert len(import_job.details_of(job.id)["outcomes"]) == Contractor.select().count() == 500


def test_a_worker_whose_import_was_taken_away_stores_nothing_more(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = confirmed(people(300), now)
    real = import_claim.lock_ours

    def take_away(ours: ImportJob) -> ImportJob | None:
        ImportJob.update(token="another worker's").execute()
        return real(ours)

    monkeypatch.setattr(import_claim, "lock_ours", take_away)
    run_import(job.id, now=clock.now)
    assert Contractor.select().count() == 0
    assert (state(job).status, state(job).token) == (JobStatus.RUNNING, "another worker's")


@pytest.mark.commits
def test_an_import_that_breaks_says_how_far_it_came_and_can_be_taken_up_again(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = confirmed(people(300), now)
    with monkeypatch.context() as broken:
        breaking_at(2, ZeroDivisionError(), broken)
        run_import(job.id, now=clock.now)
    failed = state(job)
    assert (failed.status, failed.error, failed.done_rows) == ("failed", "ZeroDivisionError", 200)
    assert Contractor.select().count() == 200
    assert import_claim.take_up_again(job.id, now=now)
    assert not import_claim.take_up_again(job.id, now=now)
    run_import(job.id, now=clock.now)
    assert (state(job).status, Contractor.select().count()) == (JobStatus.DONE, 300)


def test_an_import_that_kills_its_workers_is_given_up_in_the_end(now: datetime) -> None:
    job = confirmed(people(3), now)
    for number in range(import_claim.MOST_TRIES):
        later = now + (LEASE + LOST) * (number + 1)
        assert import_claim.claim(job.id, now=later, lease=LEASE), number
        assert import_claim.lock_due(now=later + 2 * LEASE, lost_after=LOST, limit=9) == [job.id]
    run_import(job.id, now=clock.now)
    assert state(job).status == JobStatus.FAILED
    assert "5 times in a row" in state(job).error
    assert Contractor.select().count() == 0


def test_a_waiting_import_is_woken_and_again_only_when_its_wake_up_is_lost(
    now: datetime, config: Config
) -> None:
    job = confirmed(people(3), now)

    def woken(at: datetime) -> int:
        before = broker.client.llen("dramatiq:event_orchestration")
        wake_imports(at, 0.0, config)
        return broker.client.llen("dramatiq:event_orchestration") - before

    seconds = timedelta(seconds=1)
    assert [woken(now), woken(now + seconds), woken(now + 2 * LOST)] == [1, 0, 1]
    run_import(job.id, now=clock.now)
    assert woken(now + 9 * LOST) == 0


def test_files_nobody_imported_go_after_a_day_and_refused_rows_with_the_payloads(
    now: datetime,
) -> None:
    waiting, done = upload(people(1), now), confirmed(people(2) + b";;;12;;\r\n", now)
    failed = confirmed(people(3), now)
    run_import(done.id, now=clock.now)
    ImportJob.update(status=JobStatus.FAILED).where(ImportJob.id == failed.id).execute()
    assert import_job.kept_bytes() == waiting.size_bytes + failed.size_bytes
    assert prune(now=now + timedelta(hours=23), days=90) == 0
    prune(now=now + timedelta(hours=25), days=90)
    assert ImportJob.get_or_none(ImportJob.id == waiting.id) is None
    assert (state(failed).data, import_job.kept_bytes()) == (None, 0)
    assert not import_claim.take_up_again(failed.id, now=now)
    assert state(done).refused is not None
    prune(now=now + timedelta(days=91), days=90)
    assert (state(done).refused, state(done).counts["created"]) == (None, 2)


@pytest.mark.commits
def test_a_killed_worker_s_import_is_finished_by_the_next_one(
    config: Config, tmp_path: Path
) -> None:
    now = clock.now()
    event = make_event(now)
    job = confirmed(people(3000), now, event=event.id, consent_place="form")
    with running_worker(config, tmp_path / "first", WORKER_THREADS="2") as process:
        assert eventually(lambda: state(job).done_rows > 0, 60), (tmp_path / "first").read_text()
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    cut = state(job)
    assert cut.status == JobStatus.RUNNING
    assert 0 < cut.done_rows < 3000
    assert Contractor.select().count() == cut.done_rows
    ImportJob.update(lease_until=clock.now() - timedelta(seconds=1)).execute()
    with running_worker(config, tmp_path / "second", WORKER_THREADS="2"):
        is_done = eventually(lambda: state(job).status == JobStatus.DONE, 90)
        assert is_done, (tmp_path / "second").read_text()
    assert state(job).counts["created"] == state(job).counts["registered"] == 3000
    assert Contractor.select().count() == EventAttendee.select().count() == 3000
    assert EventAttendee.select().where(EventAttendee.sms_opt_in).count() == 1500
    logs = (tmp_path / "first").read_text() + (tmp_path / "second").read_text()
    assert "import completed" in logs
    assert [word for word in ("+15", "example.com", "Moss", "people.csv") if word in logs] == []
