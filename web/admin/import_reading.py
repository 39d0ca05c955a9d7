"""Owns what the pages say of an uploaded file before anything of it is stored."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from models import contractor_import
from models.contractor_import import ImportReport, ParsedFile, RowProblem, Sheet
from models.contractor_import.columns import IGNORED, LABELS
from models.contractor_import.sheet import identifies_people
from models.import_job import ImportJob

MOST_BYTES = 8 * 1024 * 1024
MOST_ROWS = 10_000
MOST_SHOWN = 100
MOST_PEOPLE = 5
LONGEST_CELL = 60


class Trouble(NamedTuple):
    """What is wrong with a row, and the cell as it stands in the file."""

    line: int
    heading: str
    cell: str
    reason: str
    is_refused: bool


class Person(NamedTuple):
    """A row as it would be stored."""

    name: str
    phone: str
    email: str
    company: str
    outcome: str


@dataclass(frozen=True)
class Reading:
    """A file as it is read, and what importing it would do.

    Attributes
    ----------
    parsed, report : ParsedFile, ImportReport or None
        None while no column says who the people are.
    """

    sheet: Sheet
    chosen: Sequence[str]
    parsed: ParsedFile | None
    report: ImportReport | None

    @property
    def has_consent(self) -> bool:
        """Whether a column says who agrees to texts."""
        return "sms_opt_in" in self.chosen

    @property
    def yeses(self) -> int:
        """How many rows say yes to texts."""
        return sum(bool(row.consent) for row in self.parsed.rows) if self.parsed else 0

    @property
    def troubles(self) -> list[Trouble]:
        """What is wrong with single rows, by line."""
        return sorted(self._troubles())

    def _troubles(self) -> Iterator[Trouble]:
        if self.report is None:
            return
        records = {record.line: record.cells for record in self.sheet.records}
        about_file = (contractor_import.NO_EVENT, contractor_import.NO_SOURCE)
        for problems, is_refused in ((self.report.problems, True), (self.report.notes, False)):
            for problem in problems:
                if problem.reason not in about_file:
                    cell = _cell(records.get(problem.line, ()), problem)
                    yield Trouble(problem.line, problem.heading, cell, problem.reason, is_refused)

    def people(self) -> list[Person]:
        """Return the first rows as they would be stored."""
        if self.parsed is None or self.report is None:
            return []
        outcomes = {line: outcome for line, outcome, _ in self.report.outcomes}
        rows = [row for row in self.parsed.rows if row.line in outcomes][:MOST_PEOPLE]
        return [
            Person(
                " ".join(row.values.get(part, "") for part in ("first_name", "last_name")).strip(),
                row.values.get("phone", ""),
                row.values.get("email", ""),
                row.values.get("company_name", ""),
                outcomes[row.line],
            )
            for row in rows
        ]


def read(job: ImportJob, *, now: datetime) -> Reading:
    """Read a job's file as it says, and foresee what importing it would do."""
    sheet = contractor_import.read_sheet(bytes(job.data), has_header=job.has_header)
    chosen: list[str] = job.columns
    if not identifies_people(sheet, chosen):
        return Reading(sheet, chosen, None, None)
    parsed = contractor_import.parse(sheet, chosen)
    return Reading(sheet, chosen, parsed, contractor_import.forecast(parsed, job.terms, now=now))


def choices() -> list[tuple[str, str]]:
    """Return what a column may hold, for a list to choose from."""
    return [(IGNORED, "Not used"), *LABELS.items()]


def _cell(cells: Sequence[str], problem: RowProblem) -> str:
    if problem.place is None or problem.place >= len(cells):
        return ""
    text = " ".join(cells[problem.place].split())
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"
