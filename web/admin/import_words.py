"""Owns the sentences about an import: its file, what it will do, what it did."""

import re
from datetime import datetime, timedelta
from typing import Any

from models.contractor_import import ImportReport
from models.event import Event, MatchingStatus
from models.import_job import ImportJob, JobStatus
from web.admin.import_reading import Reading

MOST_EVENTS = 100
RECENTLY = timedelta(days=7)
_STATUSES = {
    JobStatus.UPLOADED: ("idle", "Not imported yet"),
    JobStatus.QUEUED: ("busy", "Waiting"),
    JobStatus.RUNNING: ("busy", "Importing"),
    JobStatus.DONE: ("good", "Imported"),
    JobStatus.FAILED: ("bad", "Stopped"),
}
_NAMES = frozenset(("first_name", "last_name", "name"))
_RUN = (MatchingStatus.RUNNING, MatchingStatus.COMPLETED)
_FIGURES = (
    ("created", "New"), ("updated", "Changed"), ("unchanged", "As they were"),
    ("skipped", "Left out"),
)  # fmt: skip
_AT_EVENT = (
    ("registered", "newly registered"), ("checked_in", "newly checked in"),
    ("opted_in", "newly agree to texts"), ("withdrawn", "withdraw their consent"),
)  # fmt: skip


def file_name(typed: str) -> str:
    """Return an uploaded file's own name, without folders and what can not be printed."""
    name = re.split(r"[\\/]", typed)[-1]
    tidy = " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())
    return tidy[-120:] or "upload"


def size_words(size_bytes: int) -> str:
    """Return a size as people say it."""
    if size_bytes < 1024:
        return f"{size_bytes} bytes"
    if size_bytes < 1024 * 1024:
        return f"{size_bytes / 1024:,.0f} KB"
    return f"{size_bytes / 1024 / 1024:,.1f} MB".replace(".0 MB", " MB")


def status_words(job: ImportJob) -> tuple[str, str]:
    """Return the tone and the word of where an import stands."""
    return _STATUSES[JobStatus(job.status)]


def rows(count: int) -> str:
    """Return `1 row` or `1,200 rows`."""
    return f"{count:,} row" if count == 1 else f"{count:,} rows"


def figures(counts: Any) -> list[tuple[str, int]]:
    """Return the four numbers of a report or of its stored counts."""
    return [(words, _count(counts, name)) for name, words in _FIGURES]


def event_words(counts: Any, event: Event | None) -> str:
    """Say what happens, or happened, at the event; empty without one."""
    if event is None:
        return ""
    found = [
        f"{_count(counts, name):,} {words}"
        for name, words in _AT_EVENT
        if _count(counts, name) or name == "registered"
    ]
    return f"{event.name}: {', '.join(found)}."


def warnings(job: ImportJob, reading: Reading) -> list[str]:
    """Return what of the file is not used as things stand, and what would change that."""
    report = reading.report
    if report is None or reading.parsed is None:
        return []
    found = []
    yeses, event = reading.yeses, job.event
    said = f"{rows(yeses)} {'says' if yeses == 1 else 'say'} yes to texts"
    if _NAMES.isdisjoint(reading.chosen):
        found.append("No column holds a name, and nobody new goes in without one. Choose it above.")
    if yeses and event is None:
        found.append(f"{said}. Consent belongs to an event: without one, nobody is opted in.")
    elif yeses and not job.consent_place.strip():
        found.append(
            f"{said}, but not where. Say where these people agreed; without it, nobody is opted in."
        )
    if event is not None and event.cancelled_at is not None:
        found.append(f"{event.name} was cancelled. Choose another event, or none.")
    return found


def refusal(job: ImportJob, reading: Reading) -> str | None:
    """Return why a file can not be imported as it stands, or None."""
    if reading.parsed is None:
        return "Choose which column holds the name, the phone or the e-mail first."
    if job.event is not None and job.event.cancelled_at is not None:
        return f"{job.event.name} was cancelled. Choose another event, or none."
    if reading.report is None or not reading.report.stored:
        return "No row of this file can be imported as it stands."
    return None


def question(job: ImportJob, report: ImportReport) -> str:
    """Return the question before an import."""
    people = "1 person" if report.stored == 1 else f"{report.stored:,} people"
    return f"Import {people} from {job.file_name}?"


def effect(job: ImportJob, report: ImportReport) -> list[str]:
    """Return what an import will do, in numbers."""
    people = (
        f"{report.created:,} new, {report.updated:,} known and changed, "
        f"{report.unchanged:,} known and as they were."
    )
    left_out = f"{rows(report.skipped)} will be left out; the report says why of each."
    source = f"Kept with each consent: {job.terms.source}." if report.opted_in else ""
    has_run = job.event is not None and job.event.matching_status in _RUN
    late = "Matching has run already: who becomes ready for it now is matched and introduced late."
    return [
        people,
        event_words(report, job.event),
        source,
        left_out if report.skipped else "",
        late if has_run and (report.checked_in or report.opted_in) else "",
        "The import itself sends no text, and nobody who sent STOP is opted in.",
    ]


def stop_effect(job: ImportJob) -> list[str]:
    """Return what stopping an import does, in numbers."""
    far = f"{job.done_rows:,} of {rows(job.rows)} done: what was imported stays."
    return [
        far if job.done_rows else f"None of {rows(job.rows)} is imported yet.",
        "A worker ends the few that it has begun, and leaves the rest out.",
        "It can go on from there later; the file is kept for a day.",
    ]


def event_choices(job: ImportJob, now: datetime) -> list[Event]:
    """Return the events that people may be imported for, with the one that is chosen."""
    is_likely = Event.cancelled_at.is_null() & (Event.date >= (now - RECENTLY).date())
    found = list(Event.select().where(is_likely).order_by(Event.date, Event.id).limit(MOST_EVENTS))
    if job.event is not None and job.event not in found:
        found.insert(0, job.event)
    return found


def _count(counts: Any, name: str) -> int:
    found = counts.get(name, 0) if isinstance(counts, dict) else getattr(counts, name)
    return int(found)
