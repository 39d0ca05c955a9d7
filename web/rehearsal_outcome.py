"""Owns what the rehearsal says when a day is over: its counts, as a table and as JSON."""

from dataclasses import dataclass
from datetime import timedelta

import click

from models.eligibility import PoolCounts


@dataclass(frozen=True)
class Outcome:
    """How the rehearsal went, or how it goes if introductions are `waiting` still.

    `delivered` counts distinct texts that the simulator got.
    """

    event_id: int
    pool: PoolCounts
    matches: int
    covered: int
    introductions: int
    delivered: int
    failed: int
    waiting: int
    is_final: bool
    first_late: timedelta | None
    last_late: timedelta | None

    @property
    def is_complete(self) -> bool:
        """Whether there were introductions and every one of them arrived."""
        return 0 < self.introductions == self.delivered

    def summary(self) -> dict[str, int]:
        """Return the counts that the last line of the rehearsal gives."""
        return {
            "event_id": self.event_id,
            "checked_in": self.pool.checked_in,
            "eligible": self.pool.eligible,
            "matches": self.matches,
            "covered": self.covered,
            "introductions": self.introductions,
            "delivered": self.delivered,
            "failed": self.failed,
        }

    def show(self) -> None:
        """Print the counts as a table."""
        share = 100 * self.covered / self.pool.eligible if self.pool.eligible else 0
        rows = [
            ("Checked in", f"{self.pool.checked_in} of {self.pool.registered}"),
            ("Eligible", str(self.pool.eligible)),
            ("Matches", str(self.matches)),
            ("Covered", f"{self.covered} ({share:.0f} %)"),
            ("Introductions", str(self.introductions)),
            ("On the phones", str(self.delivered)),
            ("Failed", str(self.failed)),
        ]
        if self.waiting:
            rows.append(("Still waiting", str(self.waiting)))
        if self.first_late is not None and self.last_late is not None:
            rows.append(("First left", f"{self.first_late.total_seconds():+.2f} s from its second"))
            rows.append(("Last left", f"{self.last_late.total_seconds():+.2f} s from its second"))
        click.echo("" if self.is_final else "So far:")
        for name, value in rows:
            click.echo(f"  {name:<14} {value}")
        click.echo("")
