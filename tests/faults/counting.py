"""What was planned beside what arrived, and the two verdicts on it."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from tests.faults.flow import Flow

# The sink's clock and PostgreSQL's are one host's; what is left is rounding.
EARLY_SECONDS = 0.01
ARRIVED = {"sent", "delivered", "responded"}


@dataclass(frozen=True)
class Row:
    """One planned text as the database has it now."""

    id: int
    status: str
    due: datetime
    phone: str
    attempts: int
    reason: str | None


@dataclass
class Count:
    """The figures of one run; the lists name what is wrong, and should be empty."""

    planned: int
    requests: int
    keys: int
    texts: int
    repeats: int
    statuses: dict[str, int]
    late_p50: float
    late_p99: float
    late_max: float
    wrong_person: list[str] = field(default_factory=list)
    early: list[int] = field(default_factory=list)
    twice: list[int] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    cut: int = 0  # requests whose outcome the caller could not know, as the flow saw them

    def figures(self) -> dict[str, Any]:
        """The figures; of the lists, how long they are."""
        return {k: len(v) if isinstance(v, list) else v for k, v in asdict(self).items()}

    def line(self) -> str:
        return " ".join(f"{name}={value}" for name, value in self.figures().items())


def count(rows: Sequence[Row], flow: Flow) -> Count:
    """Set what arrived against what was planned."""
    by_id = {row.id: row for row in rows}
    arrived = Counter(text.row_id for text in flow.texts)
    late = sorted(
        text.at - by_id[text.row_id].due.timestamp() for text in flow.texts if text.row_id in by_id
    )
    keys = {request.key for request in flow.requests}
    return Count(
        planned=len(rows),
        requests=len(flow.requests),
        keys=len(keys),
        texts=len(flow.texts),
        repeats=len(flow.requests) - len(keys),
        statuses=dict(Counter(row.status for row in rows)),
        late_p50=_percentile(late, 50),
        late_p99=_percentile(late, 99),
        late_max=_percentile(late, 100),
        wrong_person=_wrong_person(by_id, flow),
        early=[t.row_id for t in flow.texts if _is_early(t.at, by_id.get(t.row_id))],
        twice=sorted(row_id for row_id, times in arrived.items() if times > 1),
        missing=sorted(by_id.keys() - arrived.keys()),
        held=sorted(row.id for row in rows if row.status == "held"),
        cut=len(flow.cuts),
    )


def demand_right_people(found: Count) -> None:
    """Nobody gets what is somebody else's, twice, or before its time."""
    assert not found.wrong_person, f"{found.wrong_person[:5]} {found.line()}"
    assert not found.twice, f"texted twice: {found.twice[:10]} {found.line()}"
    assert not found.early, f"before their time: {found.early[:10]} {found.line()}"


def demand_all_arrived(found: Count, *, allowed: Sequence[str] = ("sent",)) -> None:
    """The verdict where the flow drops repeats: all arrive, once."""
    demand_right_people(found)
    assert not found.missing, f"never arrived: {found.missing[:10]} {found.line()}"
    assert found.texts == found.keys == found.planned, found.line()
    assert set(found.statuses) <= set(allowed), found.line()


def demand_arrived_or_forgotten(found: Count, forgotten: set[int]) -> None:
    """The same, but what the flow took and then forgot the answer to waits for a person."""
    demand_all_arrived(found, allowed=("sent", "held"))
    assert set(found.held) <= forgotten, f"held without need: {found.held[:10]} {found.line()}"


def demand_none_twice(found: Count) -> None:
    """The verdict where it does not: none twice, and what did not arrive is held."""
    demand_right_people(found)
    assert set(found.statuses) <= {"sent", "delivered", "held"}, found.line()
    assert set(found.missing) <= set(found.held), f"lost: {found.missing[:10]} {found.line()}"


def demand_held_is_missing(found: Count) -> None:
    """Once the provider has reported what it sent: exactly what did not arrive is held."""
    demand_none_twice(found)
    assert found.held == found.missing, f"{found.held[:10]} {found.missing[:10]} {found.line()}"


def _wrong_person(by_id: dict[int, Row], flow: Flow) -> list[str]:
    wrong = []
    first: dict[str, tuple[int, str]] = {}
    for request in flow.requests:
        part = request.part
        row_id, phone = part["message_id"], part["phone"]
        said = re.fullmatch(r"Text (\d+)\.", part["message"])
        if row_id not in by_id or by_id[row_id].phone != phone:
            wrong.append(f"row {row_id} went to another phone")
        if said and int(said[1]) != row_id:
            wrong.append(f"row {row_id} said it was {said[1]}")
        if first.setdefault(request.key, (row_id, phone)) != (row_id, phone):
            wrong.append(f"the key of {first[request.key][0]} came again with {row_id}")
    return wrong


def _is_early(at: float, row: Row | None) -> bool:
    return row is not None and at < row.due.timestamp() - EARLY_SECONDS


def _percentile(ordered: list[float], percent: int) -> float:
    if not ordered:
        return 0.0
    return round(ordered[min(len(ordered) - 1, len(ordered) * percent // 100)], 3)


def windows(at: list[float]) -> list[int]:
    """How many arrived in the second that each arrival begins; `at` is in order."""
    return [bisect_left(at, start + 1) - place for place, start in enumerate(at)]


def percentiles(late: list[float]) -> dict[str, Any]:
    """The figures of one group of lateness."""
    ordered = sorted(late)
    return {f"p{p}": _percentile(ordered, p) for p in (50, 99, 100)}
