"""Owns the filters above a list: one plain control each, that any browser can show."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask_admin.contrib.peewee.filters import BasePeeweeFilter

from models.event import Event
from web.admin.guard import parse_id
from web.admin.labels import code_label

MOST_EVENTS = 100


class DeskFilter(BasePeeweeFilter):
    """A filter named in the address by `key`; `kind` says which control shows it."""

    kind = "select"

    def __init__(self, key: str, name: str, column: Any) -> None:
        super().__init__(column, name)
        self.key = key

    def choices(self) -> list[tuple[str, str]]:
        """Return (value, text) of what can be chosen; asked once a page."""
        return []

    def operation(self) -> str:
        """Return the part of the name that stock templates show."""
        return "is"


class ChoiceFilter(DeskFilter):
    """The column is one of a few codes."""

    def __init__(self, key: str, name: str, column: Any, codes: Iterable[str]) -> None:
        super().__init__(key, name, column)
        self._codes = [str(code) for code in codes]

    def choices(self) -> list[tuple[str, str]]:
        return [(code, code_label(code)) for code in self._codes]

    def clean(self, value: str) -> str:
        if value not in self._codes:
            raise ValueError(value)
        return value

    def apply(self, query: Any, value: str) -> Any:
        return query.where(self.column == value)


class YesNoFilter(DeskFilter):
    """The column is true, or, for a column that is no boolean, has a value."""

    def choices(self) -> list[tuple[str, str]]:
        return [("1", "Yes"), ("0", "No")]

    def clean(self, value: str) -> bool:
        if value not in ("0", "1"):
            raise ValueError(value)
        return value == "1"

    def apply(self, query: Any, value: bool) -> Any:
        return query.where(self.column if value else ~self.column)


class RecordFilter(DeskFilter):
    """The foreign key is a given id, chosen from a list or carried by a link."""

    def __init__(
        self,
        key: str,
        name: str,
        column: Any,
        options: Callable[[], list[tuple[str, str]]] | None = None,
    ) -> None:
        super().__init__(key, name, column)
        self._options = options
        self.kind = "select" if options else "hidden"

    def choices(self) -> list[tuple[str, str]]:
        return self._options() if self._options else []

    def clean(self, value: str) -> int:
        number = parse_id(value)
        if number is None:
            raise ValueError(value)
        return number

    def apply(self, query: Any, value: int) -> Any:
        return query.where(self.column == value)


class DayFilter(DeskFilter):
    """The date or time is on or after, or on or before, a day (in UTC for times)."""

    kind = "date"

    def __init__(self, key: str, name: str, column: Any, *, until: bool = False) -> None:
        super().__init__(key, name, column)
        self._until = until

    def clean(self, value: str) -> date:
        return date.fromisoformat(value)

    def apply(self, query: Any, value: date) -> Any:
        bound = value + timedelta(days=1) if self._until else value
        moment = datetime(bound.year, bound.month, bound.day, tzinfo=UTC)
        return query.where(self.column < moment if self._until else self.column >= moment)


def event_filter(column: Any) -> RecordFilter:
    """Return the filter by event, over the latest hundred."""
    return RecordFilter("event", "Event", column, _latest_events)


def _latest_events() -> list[tuple[str, str]]:
    events = Event.select(Event.id, Event.name, Event.date).order_by(
        Event.date.desc(), Event.id.desc()
    )
    return [(str(event.id), f"{event.name} · {event.date}") for event in events.limit(MOST_EVENTS)]
