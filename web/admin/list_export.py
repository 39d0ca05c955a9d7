"""Owns the CSV of a list: all pages of what it shows, a few hundred rows in memory at a time."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import abort, flash, redirect
from flask_admin import expose

from models import clock
from models.base import db
from web.admin.deeds import record_by_name
from web.admin.listing import ListingView
from web.admin.present import export_value, zone_of
from web.csv_cells import MARK, csv_line
from web.downloads import nameless_file, send

MOST_EXPORTED = 50_000
_AT_A_TIME = 500


class ExportingView(ListingView):
    """A list that can be taken along; who took it is in the audit log."""

    @expose("/export/<export_type>/")
    def export(self, export_type: str) -> Any:
        """Send what the list shows as CSV that no spreadsheet runs."""
        if export_type != "csv":
            abort(404, "Only CSV is exported.")
        args = self._get_list_extra_args()
        column = self._get_column_by_idx(args.sort)
        sort = column[0] if column else None
        ids = self.ids_of(
            self.narrowed(args.search, args.filters), sort, bool(args.sort_desc), MOST_EXPORTED + 1
        )
        if len(ids) > MOST_EXPORTED:
            flash(
                f"More than {MOST_EXPORTED:,} rows are too many for one file; narrow the list "
                "first.",
                "error",
            )
            return redirect(self._get_list_url(args))
        note_export(self.model._meta.table_name, {"rows": len(ids), "form": "csv"})
        file = nameless_file()
        file.writelines(line.encode() for line in self._csv_lines(ids))
        return send(file, f"{self.endpoint}.csv", "text/csv")

    def _csv_lines(self, ids: Sequence[int]) -> Iterator[str]:
        yield MARK + csv_line(label for _, label in self._export_columns)
        for start in range(0, len(ids), _AT_A_TIME):
            yield "".join(
                self._csv_line(row) for row in self.rows_of(ids[start : start + _AT_A_TIME])
            )

    def _csv_line(self, row: Any) -> str:
        zone = zone_of(row)
        values = (self._get_field_value(row, name) for name, _ in self._export_columns)
        return csv_line(export_value(value, zone) for value in values)


def note_export(
    what: str, detail: dict[str, Any], *, subject: str | None = None, subject_id: int | None = None
) -> None:
    """Write down who takes which data out, and how many rows: it may be personal."""
    with db.atomic():
        record_by_name(
            f"{what}.exported",
            detail,
            subject=subject or what,
            subject_id=subject_id,
            now=clock.now(),
        )
