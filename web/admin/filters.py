"""Owns the filters above a list: one plain control each, that any browser can show."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import g, request
from flask_admin.contrib.peewee.filters import BasePeeweeFilter
from markupsafe import Markup

from models.base import UtcDateTimeField
from models.event import Event
from web.admin.guard import parse_id
from web.admin.labels import code_label
from web.admin.pickers import contractor_picker, picker_box
from web.admin.present import record_label, zone_of

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

    def label_of(self, value: str) -> str:
        """Return what the chosen value is called where no choice says it."""
        return f"{self.name} {value}"

    def label(self) -> str:
        """Return what the control is called."""
        return str(self.name)

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

    def label_of(self, value: str) -> str:
        key, model = parse_id(value), getattr(self.column, "rel_model", None)
        row = model.get_or_none(model.id == key) if key and model else None
        return super().label_of(value) if row is None else record_label(row)

    def clean(self, value: str) -> int:
        number = parse_id(value)
        if number is None:
            raise ValueError(value)
        return number

    def apply(self, query: Any, value: int) -> Any:
        return query.where(self.column == value)


class PersonFilter(RecordFilter):
    """The contractor, found by typing part of a name."""

    def __init__(self, column: Any) -> None:
        super().__init__("contractor", "Person", column)
        self.kind = "picker"
        self.picker = contractor_picker()

    def widget(self, value: str) -> Markup:
        """Return the box to type in, and who is chosen."""
        return picker_box(
            self.picker,
            self.picker.format(self.picker.get_one(value)) if value else None,
            name=self.key,
            key=f"f-{self.key}",
        )

    def apply(self, query: Any, value: int) -> Any:
        """Accept several columns: the person is in any of them."""
        columns = self.column if isinstance(self.column, tuple) else (self.column,)
        condition = columns[0] == value
        for column in columns[1:]:
            condition |= column == value
        return query.where(condition)


class DayFilter(DeskFilter):
    """The date or time is on or after, or on or before, a day.

    The days of times are those of the event that the list is narrowed to, else of UTC.
    """

    kind = "date"

    def __init__(self, key: str, name: str, column: Any, *, until: bool = False) -> None:
        super().__init__(key, name, column)
        self._until = until

    def label(self) -> str:
        if not isinstance(self.column, UtcDateTimeField):
            return str(self.name)
        place = _zone_of_list().key.rpartition("/")[2].replace("_", " ")
        return f"{self.name} ({place})"

    def clean(self, value: str) -> date:
        return date.fromisoformat(value)

    def apply(self, query: Any, value: date) -> Any:
        bound = value + timedelta(days=1) if self._until else value
        is_time = isinstance(self.column, UtcDateTimeField)
        zone = _zone_of_list() if is_time else UTC
        moment = datetime(bound.year, bound.month, bound.day, tzinfo=zone)
        return query.where(self.column < moment if self._until else self.column >= moment)


def _zone_of_list() -> ZoneInfo:
    """Return the zone of the event that the list is narrowed to; asked once a page."""
    if "zone_of_list" not in g:
        key = parse_id(request.args.get("event", ""))
        event = Event.get_or_none(Event.id == key) if key else None
        g.zone_of_list = zone_of(event)
    zone: ZoneInfo = g.zone_of_list
    return zone


def event_filter(column: Any) -> RecordFilter:
    """Return the filter by event, over the latest hundred."""
    return RecordFilter("event", "Event", column, _latest_events)


def _latest_events() -> list[tuple[str, str]]:
    events = Event.select(Event.id, Event.name, Event.date).order_by(
        Event.date.desc(), Event.id.desc()
    )
    return [(str(event.id), f"{event.name} · {event.date}") for event in events.limit(MOST_EVENTS)]
