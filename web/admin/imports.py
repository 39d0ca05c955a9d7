"""Owns importing people in the browser: upload, columns, what would happen, progress, report."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, abort, flash, redirect, request
from flask_admin import expose

from models import clock, import_claim, import_job
from models.admin_user import Role
from models.base import db
from models.contractor_import import ImportFileError
from models.contractor_import.columns import LABELS
from models.event import Event
from models.import_job import ImportJob, JobStatus
from web.admin import import_reading, import_report, import_steps, import_words
from web.admin.deeds import record_deed
from web.admin.forms import check_button, is_sent
from web.admin.guard import GuardedView, parse_id, record_id
from web.admin.import_reading import MOST_BYTES, MOST_ROWS, MOST_SHOWN
from web.admin.import_steps import JobForm, PlanForm, begin, keep, plan, stamp_of
from web.admin.import_words import event_choices, file_name, size_words
from web.admin.list_export import note_export
from web.admin.present import zone_of
from web.admin.steps import STALE

MOST_LISTED = 50


class ImportView(GuardedView):
    """Files of people, from the upload to the report."""

    look_role = Role.ORGANISER

    @expose("/")
    def index(self) -> str:
        """Take a file, and show what became of the last ones."""
        now = clock.now()
        event = Event.get_or_none(Event.id == parse_id(request.args.get("event", "")))
        return self.render(
            "desk/imports.html", form=JobForm(), jobs=import_job.recent(MOST_LISTED), event=event,
            most_bytes=MOST_BYTES, most_rows=MOST_ROWS, size=size_words, zone=_zone,
            words=import_words, now=now,
        )  # fmt: skip

    @expose("/upload/", methods=("POST",))
    def upload_view(self) -> Any:
        """Keep a file that can be read, and guess what its columns hold."""
        check_button(JobForm(request.form))
        event = Event.get_or_none(Event.id == parse_id(request.form.get("event", "")))
        again = redirect(self.get_url(".index", event=event and event.id))
        given = request.files.get("file")
        if given is None or not given.filename:
            flash("Choose a file first.", "error")
            return again
        with given.stream as stream:
            data = stream.read(MOST_BYTES + 1)
        try:
            key = keep(file_name(given.filename), data, event)
        except ImportFileError as refused:
            flash(f"Nothing was read. {refused}", "error")
            return again
        return redirect(self.get_url(".plan_view", id=key))

    @expose("/plan/", methods=("GET", "POST"))
    def plan_view(self) -> Any:
        """Show the columns and what would happen; keep what a person says of both."""
        job = _job(request.form.get("id") or request.args.get("id", ""))
        if job.status != JobStatus.UPLOADED:
            return redirect(self.get_url(".run_view", id=job.id))
        form = PlanForm(request.form, job)
        if request.method == "POST":
            is_valid = is_sent(form)
            if is_valid:
                try:
                    plan(job, form)
                except ImportFileError as refused:
                    flash(str(refused), "error")
                job = _job(job.id)
            if is_valid and "go" in request.form:
                return redirect(self.get_url(".confirm_view", id=job.id))
        reading = import_reading.read(job, now=clock.now())
        is_part = bool(request.headers.get("HX-Request"))
        return self.render(
            f"desk/import_{'preview' if is_part else 'plan'}.html", job=job, form=form,
            reading=reading, events=event_choices(job, clock.now()), labels=LABELS,
            choices=import_reading.choices(), size=size_words, most_shown=MOST_SHOWN,
            words=import_words, is_part=is_part,
        )  # fmt: skip

    @expose("/confirm/", methods=("GET", "POST"))
    def confirm_view(self) -> Any:
        """Say in numbers what will happen, and begin when that was read."""
        form = JobForm(request.form if request.method == "POST" else request.args)
        job = _job(form.id.data)
        if job.status != JobStatus.UPLOADED:
            return redirect(self.get_url(".run_view", id=job.id))
        if request.method == "POST":
            check_button(form)
            return redirect(self.get_url(begin(job, form.stamp.data or ""), id=job.id))
        reading = import_reading.read(job, now=clock.now())
        refusal = import_words.refusal(job, reading)
        if refusal or reading.report is None:
            flash(refusal or "", "warning")
            return redirect(self.get_url(".plan_view", id=job.id))
        form.stamp.data = stamp_of(job)
        return self.render(
            "desk/confirm_step.html", question=import_words.question(job, reading.report),
            effect=import_words.effect(job, reading.report), quote="", label="Import them",
            is_grave=False, form=form, address=self.get_url(".confirm_view"),
            back=self.get_url(".plan_view", id=job.id), back_name=job.file_name,
        )  # fmt: skip

    @expose("/run/")
    def run_view(self) -> Any:
        """Show how far an import is, or what came of it."""
        job = _job(request.args.get("id", ""))
        if job.status == JobStatus.UPLOADED:
            return redirect(self.get_url(".plan_view", id=job.id))
        return self.render("desk/import_run.html", **_progress(job), form=JobForm())

    @expose("/run/live/")
    def live_view(self) -> str:
        """Return the part of that page that changes."""
        job = import_job.glance(record_id(request.args.get("id", "")))
        if job is None or job.status in (JobStatus.DONE, JobStatus.FAILED):
            job = _job(request.args.get("id", ""))
        return self.render("desk/import_progress.html", **_progress(job), form=JobForm())

    @expose("/stop/", methods=("GET", "POST"))
    def stop_view(self) -> Any:
        """Say what stopping an import means, and stop it when that was read."""
        form = JobForm(request.form if request.method == "POST" else request.args)
        job = _job(form.id.data)
        page = self.get_url(".run_view", id=job.id)
        if request.method == "POST":
            check_button(form)
            import_steps.stop(job)
            return redirect(page)
        if job.status not in (JobStatus.QUEUED, JobStatus.RUNNING):
            return redirect(page)
        return self.render(
            "desk/confirm_step.html", question=f"Stop the import of {job.file_name}?",
            effect=import_words.stop_effect(job), quote="", label="Stop the import",
            is_grave=False, form=form, address=self.get_url(".stop_view"), back=page,
            back_name=job.file_name,
        )  # fmt: skip

    @expose("/again/", methods=("POST",))
    def again_view(self) -> Any:
        """Go on with an import that stopped."""
        form = _checked_form()
        job, now = _job(form.id.data), clock.now()
        with db.atomic():
            is_ours = import_claim.take_up_again(job.id, now=now)
            if is_ours:
                record_deed(job, "taken_up_again", {"rows": job.rows - job.done_rows}, now=now)
        if not is_ours:
            flash(STALE, "warning")
        return redirect(self.get_url(".run_view", id=job.id))

    @expose("/discard/", methods=("POST",))
    def discard_view(self) -> Any:
        """Forget an uploaded file."""
        form = _checked_form()
        job, now = _job(form.id.data), clock.now()
        with db.atomic():
            is_ours = import_job.discard(job.id)
            if is_ours:
                record_deed(job, "discarded", {}, now=now)
        if is_ours:
            flash(f"{job.file_name} is forgotten. Nobody was imported from it.", "success")
        else:
            flash(STALE, "warning")
        return redirect(self.get_url(".index"))

    @expose("/troubles/")
    def troubles_view(self) -> Response:
        """Send all that is wrong with a file that is not imported yet."""
        job = _job(request.args.get("id", ""))
        if job.status != JobStatus.UPLOADED:
            abort(404, "This file is being imported, or was; its report says what was wrong.")
        reading = import_reading.read(job, now=clock.now())
        return _csv("problems", job, import_report.trouble_lines(reading))

    @expose("/report/")
    def report_view(self) -> Response:
        """Send what became of each row."""
        job = _job(request.args.get("id", ""))
        if job.status not in (JobStatus.DONE, JobStatus.FAILED):
            abort(404, "There is a report once the import has ended.")
        return _csv("report", job, import_report.report_lines(job))

    @expose("/refused/")
    def refused_view(self) -> Response:
        """Send the rows that stayed out, as they stood, to be mended and imported again."""
        job = _job(request.args.get("id", ""))
        if job.refused is None:
            abort(404, "The rows that were left out are not kept, or not known yet.")
        return _csv("left-out", job, import_report.refused_lines(job))


def _job(value: Any) -> ImportJob:
    job: ImportJob | None = ImportJob.get_or_none(ImportJob.id == record_id(value))
    if job is None:
        abort(404, "There is no such import; an uploaded file is forgotten after a day.")
    return job


def _checked_form() -> JobForm:
    form = JobForm(request.form)
    check_button(form)
    return form


def _progress(job: ImportJob) -> dict[str, Any]:
    """Return what the page of a running or ended import shows."""
    is_over = job.status in (JobStatus.DONE, JobStatus.FAILED)
    found = import_report.troubles(job) if is_over else []
    return {
        "job": job, "words": import_words, "event": job.event, "is_over": is_over,
        "troubles": found[:MOST_SHOWN], "trouble_count": len(found), "zone": _zone(job),
        "can_mend": is_over and bool(job.refused and job.refused["rows"]),
        "can_go_on": job.status == JobStatus.FAILED and is_over and job.data is not None,
        "is_waiting_long": job.queued_at and (clock.now() - job.queued_at).total_seconds() > 20,
    }  # fmt: skip


def _zone(job: ImportJob) -> ZoneInfo:
    return zone_of(job.event) if job.event_id else ZoneInfo("UTC")


def _csv(kind: str, job: ImportJob, lines: Iterator[str]) -> Response:
    # As a whole: when a stream is sent, the request's connection to the database is gone.
    made = list(lines)
    note_export(
        "contractor_imports", {"rows": len(made) - 1, "form": "csv", "file": kind},
        subject_id=job.id,
    )  # fmt: skip
    return Response(
        "".join(made),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="import-{job.id}-{kind}.csv"'},
    )
