"""Owns what a person does with an uploaded file: keep it, say what it holds, have it imported."""

from flask import flash, request
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import Length

from models import clock, contractor_import, import_claim, import_job
from models.base import db
from models.contractor_import import ImportFileError
from models.contractor_import.columns import LABELS
from models.contractor_import.sheet import guess
from models.event import Event
from models.import_job import ImportJob
from web.admin import import_reading, import_words
from web.admin.deeds import record_deed
from web.admin.forms import DeskForm
from web.admin.guard import parse_id
from web.admin.import_reading import MOST_BYTES, MOST_ROWS
from web.admin.steps import STALE
from web.auth import current_actor

MOST_KEPT_BYTES = 15 * MOST_BYTES
MOST_PLACE = 150


class JobForm(DeskForm):
    """An import, how it stood when the page was made, and the token."""

    id = HiddenField()
    stamp = HiddenField()


class PlanForm(JobForm):
    """What is to be done with a file; what its columns hold comes beside it."""

    has_header = BooleanField()
    check_in = BooleanField()
    consent_place = StringField(
        filters=[lambda typed: " ".join((typed or "").split())],
        validators=[Length(max=MOST_PLACE, message=f"At most {MOST_PLACE} characters.")],
    )


def keep(name: str, data: bytes, event: Event | None) -> int:
    """Store an uploaded file and return its id.

    Raises
    ------
    ImportFileError
        When it can not be read, or is too much.
    """
    if len(data) > MOST_BYTES:
        raise ImportFileError(
            f"The file is larger than {import_words.size_words(MOST_BYTES)}. Split it up, or "
            "delete columns that are not needed."
        )
    sheet = contractor_import.read_sheet(data, most_rows=MOST_ROWS)
    now, actor = clock.now(), current_actor()
    with db.atomic():
        if import_job.kept_bytes() + len(data) > MOST_KEPT_BYTES:
            raise ImportFileError(
                "Too many uploaded files wait already: import some of them, or discard them."
            )
        key = import_job.add(
            name, data, actor=actor.name, admin_user_id=actor.admin_user_id, now=now,
            columns=guess(sheet), has_header=bool(sheet.line), event=event,
        )  # fmt: skip
        record_deed(ImportJob(id=key), "uploaded", {"rows": len(sheet.records)}, now=now)
    return key


def plan(job: ImportJob, form: PlanForm) -> None:
    """Keep what a person said of a file; with other headings the columns are guessed anew."""
    now = clock.now()
    has_header, columns = bool(form.has_header.data), job.columns
    if has_header != job.has_header:
        columns = guess(contractor_import.read_sheet(bytes(job.data), has_header=has_header))
    else:
        typed = (request.form.get(f"column-{place}", "") for place in range(len(columns)))
        columns = [name if name in LABELS else "" for name in typed]
    event = Event.get_or_none(Event.id == parse_id(request.form.get("event", "")))
    said = {
        "columns": columns,
        "has_header": has_header,
        "event_id": event and event.id,
        "check_in": bool(event and form.check_in.data),
        "consent_place": form.consent_place.data,
    }
    # Said once more, it must not look like a change to whoever is about to confirm.
    if all(getattr(job, name) == value for name, value in said.items()):
        return
    with db.atomic():
        is_ours = import_job.change(job, now=now, **said)
    if not is_ours:
        flash(STALE, "warning")


def begin(job: ImportJob, stamp: str) -> str:
    """Give the file to the workers; return the page that follows."""
    now, actor = clock.now(), current_actor()
    reading = import_reading.read(job, now=now)
    rows = len(reading.parsed.rows) if reading.parsed else 0
    refusal = import_words.refusal(job, reading) if stamp == stamp_of(job) else STALE
    if refusal:
        flash(refusal, "warning")
        return ".plan_view"
    with db.atomic():
        is_ours = import_claim.queue(
            job, rows=rows, actor=actor.name, admin_user_id=actor.admin_user_id, now=now
        )
        if is_ours:
            record_deed(job, "confirmed", {"rows": rows, "event": job.event_id}, now=now)
    if not is_ours:
        flash(STALE, "warning")
    return ".run_view"


def stamp_of(job: ImportJob) -> str:
    """Return what tells whether a file's plan has changed since it was read."""
    return str(job.updated_at.isoformat())


def stop(job: ImportJob) -> None:
    """Stop an import, and say how far it came."""
    now, actor = clock.now(), current_actor()
    with db.atomic():
        is_ours = import_claim.stop(job.id, by=actor.name, now=now)
        if is_ours:
            far = import_job.glance(job.id) or job
            left = far.rows - far.done_rows
            record_deed(job, "stopped", {"rows": far.done_rows, "left": left}, now=now)
    if not is_ours:
        flash(STALE, "warning")
