"""Owns the files that an import leaves: what became of each row, and the rows to mend."""

from collections.abc import Iterator
from typing import Any

from models import import_job
from models.contractor import Contractor
from models.import_job import ImportJob
from web.admin.import_reading import Reading
from web.csv_cells import MARK, csv_line

NAMES_AT_ONCE = 1000
RESULTS = {"new": "New", "changed": "Changed", "unchanged": "As it was"}
LEFT_OUT = "Left out"
NOT_USED = "Cell not used"


def troubles(job: ImportJob) -> list[tuple[int, str, str, bool]]:
    """Return (line, heading, reason, whether the row stayed out) of all that was wrong."""
    return _troubles(import_job.details_of(job.id))


def _troubles(details: dict[str, list[Any]]) -> list[tuple[int, str, str, bool]]:
    found = [
        (line, heading, reason, name == "problems")
        for name in ("problems", "notes")
        for line, heading, reason in details[name]
    ]
    return sorted(found)


def report_lines(job: ImportJob) -> Iterator[str]:
    """Yield the lines of a CSV file with what became of each row."""
    yield MARK + csv_line(["Line", "Result", "Column", "Why", "Name", "Contractor"])
    details = import_job.details_of(job.id)
    outcomes = details["outcomes"]
    names = _names([person for _, _, person in outcomes])
    lines: list[tuple[Any, ...]] = [
        (line, RESULTS[outcome], "", "", names.get(person, ""), person)
        for line, outcome, person in outcomes
    ]
    lines += [
        (line, LEFT_OUT if is_refused else NOT_USED, heading, reason, "", "")
        for line, heading, reason, is_refused in _troubles(details)
    ]
    yield from map(csv_line, sorted(lines, key=lambda line: line[0]))


def trouble_lines(reading: Reading) -> Iterator[str]:
    """Yield the lines of a CSV file with all that is wrong with a file before it is imported."""
    yield MARK + csv_line(["Line", "Result", "Column", "In the file", "Why"])
    for line, heading, cell, reason, is_refused in reading.troubles:
        yield csv_line([line, LEFT_OUT if is_refused else NOT_USED, heading, cell, reason])


def refused_lines(job: ImportJob) -> Iterator[str]:
    """Yield the lines of a CSV file with the rows that stayed out, as they stood, and why."""
    headings = job.refused["headings"]
    yield MARK + csv_line([*headings, "Why"])
    reasons: dict[int, list[str]] = {}
    for line, _, reason, is_refused in troubles(job):
        if is_refused:
            reasons.setdefault(line, []).append(reason)
    for line, *cells in job.refused["rows"]:
        filled = [*cells, *[""] * (len(headings) - len(cells))]
        yield csv_line([*filled, "; ".join(reasons.get(line, []))])


def _names(ids: list[int]) -> dict[int, str]:
    return {
        person.id: person.full_name
        for start in range(0, len(ids), NAMES_AT_ONCE)
        for person in Contractor.select(
            Contractor.id, Contractor.first_name, Contractor.last_name
        ).where(Contractor.id.in_(ids[start : start + NAMES_AT_ONCE]))
    }
