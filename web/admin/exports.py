"""Owns taking an event's data along: who agreed to meet whom, or everything there is of it."""

from collections.abc import Callable
from datetime import date
from typing import IO, Any, NamedTuple

from flask import abort, flash, redirect, request
from flask_admin import expose
from werkzeug.utils import secure_filename

from models import event_export
from models.base import db
from models.event import Event
from models.event_export import EVERYTHING, PAIRS, Sheet
from web.admin.event_cancel import CancellingView
from web.admin.event_files import write_csv, write_workbook, write_zip
from web.admin.list_export import note_export
from web.downloads import send

# A workbook of so many takes ten seconds and more; platforms give up after thirty.
MOST_ROWS = 100_000
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Export(NamedTuple):
    """One file that can be taken along: what it holds, and how it is made."""

    what: str
    form: str
    ending: str
    mimetype: str
    sheets: tuple[Sheet, ...]
    write: Callable[[Event, tuple[Sheet, ...]], IO[bytes]]


_EXPORTS = {
    "pairs.csv": Export(
        "pairs", "CSV", "csv", "text/csv", (PAIRS,), lambda event, sheets: write_csv(event, *sheets)
    ),
    "pairs.xlsx": Export("pairs", "Excel", "xlsx", _EXCEL, (PAIRS,), write_workbook),
    "everything.xlsx": Export("everything", "Excel", "xlsx", _EXCEL, EVERYTHING, write_workbook),
    "everything.zip": Export(
        "everything", "CSV, zipped", "zip", "application/zip", EVERYTHING, write_zip
    ),
}


class ExportsView(CancellingView):
    """The events' view with what can be taken along of one."""

    @property
    def can_take_along(self) -> bool:
        """Whether whoever asks may take everybody's contacts home."""
        return self.may_change()

    @expose("/exports/")
    def exports_view(self) -> str:
        """Say what there is, how many rows, and that taking it is written down."""
        row = self.get_one(request.args.get("id", ""))
        return self.render(
            "desk/exports.html",
            model=row,
            counts=event_export.count(row.id),
            ticked=event_export.ticked(row.id),
            pairs=PAIRS.name,
            files=_files("pairs"),
            everything=_files("everything"),
            may_take=self.can_take_along,
        )

    @expose("/exports/<file>")
    def file_view(self, file: str) -> Any:
        """Send one file; who took it, and how many rows, is in the audit log."""
        row = self.get_one(request.args.get("id", ""))
        export = _EXPORTS.get(file)
        if export is None:
            abort(404, "There is no such file.")
        counts = event_export.count(row.id, export.sheets)
        if sum(counts.values()) > MOST_ROWS:
            flash(f"More than {MOST_ROWS:,} rows are too many for one file.", "error")
            return redirect(self.get_url(".exports_view", id=row.id))
        with db.atomic():
            made = export.write(row, export.sheets)
            note_export(
                f"events.{export.what}",
                {"rows": counts, "form": export.ending},
                subject="events",
                subject_id=row.id,
            )
        return send(made, _file_name(row, export), export.mimetype)


def _files(what: str) -> list[tuple[str, str]]:
    return [(name, export.form) for name, export in _EXPORTS.items() if export.what == what]


def _file_name(event: Event, export: Export) -> str:
    day: date = event.date
    name = secure_filename(event.name) or f"event-{event.id}"
    return f"{name}_{day.isoformat()}_{export.what}.{export.ending}"
