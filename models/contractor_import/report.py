"""Owns what an import reads from a file and what it says it did with it."""

from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, NamedTuple


@dataclass(frozen=True)
class RowProblem:
    """What is wrong with one row, for the person who made the file; its first line is 1.

    Attributes
    ----------
    heading : str
        Of the column that it is about; empty where it is about the whole row.
    place : int or None
        Where in the row that column is, from 0.
    """

    line: int
    reason: str
    heading: str = ""
    place: int | None = None


class Outcome(StrEnum):
    """What became of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class RowOutcome(NamedTuple):
    """A row that went in, and whom it is about; None while it was only looked at."""

    line: int
    outcome: Outcome
    contractor_id: int | None


@dataclass(frozen=True)
class ImportRow:
    """One good row. `values` holds the contractor's columns that the row fills, no others.

    `consent` and `checked_in` are None where the file says nothing.
    """

    line: int
    values: dict[str, Any]
    consent: bool | None = None
    checked_in: bool | None = None


@dataclass
class ParsedFile:
    """A file as read: good rows, bad rows, and notes on cells that were left out of good rows.

    `columns` says which field each heading was taken for; `ignored` lists the other headings.
    """

    rows: list[ImportRow] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)
    notes: list[RowProblem] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)


@dataclass
class ImportReport:
    """What an import did, in rows.

    Attributes
    ----------
    created, updated, unchanged : int
        Contractors that are new, had a cell changed, or were known just so.
    registered, checked_in, opted_in, withdrawn : int
        Newly so at the event; who was before is not counted again.
    skipped : int
        Rows that did not go in; `problems` says why for each.
    notes : list of RowProblem
        What was left out of rows that did go in.
    outcomes : list of RowOutcome
        What became of each row that did go in.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    registered: int = 0
    checked_in: int = 0
    opted_in: int = 0
    withdrawn: int = 0
    skipped: int = 0
    problems: list[RowProblem] = field(default_factory=list)
    notes: list[RowProblem] = field(default_factory=list)
    outcomes: list[RowOutcome] = field(default_factory=list)

    @property
    def stored(self) -> int:
        """How many rows went in."""
        return self.created + self.updated + self.unchanged

    def count(self, line: int, outcome: Outcome, contractor_id: int | None) -> None:
        """Count a row that goes in."""
        self.created += outcome == Outcome.NEW
        self.updated += outcome == Outcome.CHANGED
        self.unchanged += outcome == Outcome.UNCHANGED
        self.outcomes.append(RowOutcome(line, outcome, contractor_id))

    def reject(self, line: int, reason: str) -> None:
        """Count a row that does not go in."""
        self.skipped += 1
        self.problems.append(RowProblem(line, reason))

    def add(self, other: "ImportReport") -> None:
        """Add another report's numbers and lists to this one's."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
