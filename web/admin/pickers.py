"""Owns choosing a related record by typing part of its name."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import request
from flask_admin.helpers import get_url
from flask_admin.model.ajax import AjaxModelLoader
from flask_admin.model.fields import AjaxSelectField
from markupsafe import Markup
from peewee import Model
from wtforms.validators import StopValidation
from wtforms.widgets import html_params

from models.contractor import Contractor
from models.door import attending
from models.event import Event, EventSpeaker, EventSponsor
from web.admin.guard import parse_id
from web.admin.present import record_label

MOST_SHOWN = 20


class Picker(AjaxModelLoader):
    """Finds records of one table.

    Parameters
    ----------
    name : str
        The form field; the address asks for it.
    columns : sequence of peewee.Field
        Where the typed words are looked for, each word in any of them.
    describe : callable
        Returns the line shown for a record.
    """

    def __init__(
        self,
        name: str,
        model: type[Model],
        columns: Sequence[Any],
        describe: Callable[[Any], str] = record_label,
    ) -> None:
        super().__init__(name, {})
        self._model = model
        self._columns = columns
        self._describe = describe

    def format(self, model: Any) -> tuple[int, str] | None:
        """Return what the page needs of a record."""
        return (model.id, self._describe(model)) if model else None

    def get_one(self, pk: Any) -> Any:
        """Return the record, or None for anything that is not the id of one."""
        number = parse_id(pk)
        return None if number is None else self._model.get_or_none(self._model.id == number)

    def get_list(self, query: str | None, offset: int | None = 0, limit: int = MOST_SHOWN) -> Any:
        """Return the newest records that hold every word."""
        found = self._model.select()
        for word in (query or "").split()[:6]:
            matches = [column.contains(word) for column in self._columns]
            condition = matches[0]
            for other in matches[1:]:
                condition |= other
            found = found.where(condition)
        start = min(max(offset or 0, 0), 10_000)
        most = min(max(limit or 1, 1), MOST_SHOWN)
        return list(found.order_by(self._model.id.desc()).offset(start).limit(most))


class PickerWidget:
    """A hidden id beside a box to type in; `desk.js` brings it to life."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        return picker_box(
            field.loader,
            field.loader.format(field.data),
            name=field.name,
            key=field.id,
            is_required=bool(field.flags.required),
        )


def picker_box(
    loader: Picker,
    chosen: tuple[int, str] | None,
    *,
    name: str,
    key: str,
    is_required: bool = False,
) -> Markup:
    """Return the box of a picker, as a form or a filter shows it; `key` is its id on the page."""
    hidden = html_params(
        type="hidden", name=name, value=chosen[0] if chosen else "", data_picker_value=""
    )
    box = html_params(
        id=key,
        type="text",
        class_="form-control",
        value=chosen[1] if chosen else "",
        placeholder="Type to search",
        autocomplete="off",
        role="combobox",
        aria_expanded="false",
        aria_autocomplete="list",
        aria_controls=f"{key}-options",
        required=is_required,
    )
    address = html_params(data_picker=get_url(".ajax_lookup", name=loader.name))
    options = html_params(id=f"{key}-options", role="listbox", hidden=True)
    parts = (Markup(part) for part in (address, hidden, box, options))  # noqa: S704  # escaped
    frame = Markup('<div class="picker" {}><input {}><input {}><ul {}></ul></div>')
    return frame.format(*parts)


class PickerField(AjaxSelectField):
    """The stock field, except that an id nobody has is refused instead of read as blank."""

    widget = PickerWidget()

    def pre_validate(self, form: Any) -> None:
        """Refuse a missing or stale choice."""
        given = next((value for value in self.raw_data or [] if value), None)
        if self.data is None and (given or not self.allow_blank):
            raise StopValidation("Choose one from the list.")


def event_picker() -> Picker:
    """Return the finder of events."""
    return Picker("event", Event, (Event.name, Event.location), _event_line)


def contractor_picker() -> Picker:
    """Return the finder of contractors."""
    columns = (
        Contractor.first_name,
        Contractor.last_name,
        Contractor.company_name,
        Contractor.email,
        Contractor.phone,
    )
    return Picker("contractor", Contractor, columns, _contractor_line)


class AttendingPicker(Picker):
    """Finds the people of one event, which the address names beside what was typed."""

    def get_list(self, query: str | None, offset: int | None = 0, limit: int = MOST_SHOWN) -> Any:
        """Return up to 20 who are registered and fit; nobody without an event."""
        event_id = parse_id(request.args.get("event", ""))
        return [] if event_id is None else attending(event_id, query or "", MOST_SHOWN)


def attending_picker() -> Picker:
    """Return the finder of an event's people."""
    return AttendingPicker("person", Contractor, (), _contractor_line)


def speaker_picker() -> Picker:
    """Return the finder of speakers."""
    return Picker("speaker", EventSpeaker, (EventSpeaker.name, EventSpeaker.session_title))


def sponsor_picker() -> Picker:
    """Return the finder of sponsors."""
    return Picker("sponsor", EventSponsor, (EventSponsor.name,))


def _event_line(event: Event) -> str:
    return f"{event.name} ({event.date:%b} {event.date.day}, {event.date.year})"


def _contractor_line(person: Contractor) -> str:
    parts = [record_label(person), person.company_name, person.phone]
    return " · ".join(part for part in parts if part)
