"""Owns going on from a line of a list, so that a page far back costs what the first one does.

To skip a million rows PostgreSQL walks past each of them. What “Next” and “Previous” carry is the
line at the edge of the page: an index finds that one at once.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import request
from peewee import Field, Ordering, Tuple

from web.admin.guard import parse_id

# By hand, pages can be asked for up to here.
MOST_SKIPPED = 50_000


class Edge(NamedTuple):
    """The line that a page comes after, or before."""

    id: int
    is_before: bool


def edge_of_request() -> Edge | None:
    """Return the line that the address goes on from, if it does."""
    for name, is_before in (("after", False), ("before", True)):
        key = parse_id(request.args.get(name, ""))
        if key is not None:
            return Edge(key, is_before)
    return None


def default_field(model: Any, order: Sequence[Any]) -> Any:
    """Return the column whose newest come first by themselves; None where it is not one column."""
    if not order:
        return model.id
    first = order[0]
    is_plain = len(order) == 1 and isinstance(first, Ordering) and isinstance(first.node, Field)
    return first.node if is_plain and first.direction == "DESC" else None


def page_from(
    query: Any, model: Any, field: Any, descending: bool, edge: Edge, size: int
) -> list[int] | None:
    """Return the ids of the page beside a line, in order; None when that line is gone.

    Rows without a value in the column come last, whichever way the others are sorted.
    """
    row = query.clone().select(field).where(model.id == edge.id).tuples().first()
    if row is None:
        return None
    goes_up = descending == edge.is_before
    has_value, beyond_id = field.is_null(False), _beyond(model.id, edge.id, goes_up)
    if row[0] is None:
        parts = [~has_value & beyond_id, *([has_value] if edge.is_before else [])]
    else:
        beyond = _beyond(Tuple(field, model.id), Tuple(row[0], edge.id), goes_up)
        parts = [has_value & beyond, *([] if edge.is_before else [~has_value])]
    order = [field.asc(), model.id.asc()] if goes_up else [field.desc(), model.id.desc()]
    found: list[int] = []
    for part in parts:
        if len(found) < size:
            rows = query.where(part).order_by(*order).limit(size - len(found)).tuples()
            found += [key for (key,) in rows]
    return found[::-1] if edge.is_before else found


def _beyond(place: Any, at: Any, goes_up: bool) -> Any:
    return place > at if goes_up else place < at
