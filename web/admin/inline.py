"""Owns the rows that are edited inside another record's form: an event's speakers and sponsors."""

from datetime import datetime
from typing import Any

from flask_admin.contrib.peewee.form import InlineModelConverter, InlineModelFormList
from flask_admin.model.form import InlineFormAdmin
from peewee import ModelSelect
from wtforms import BooleanField

from web.admin.deeds import record_change
from web.admin.guard import parse_id
from web.admin.saving import Refused

MOST_ROWS = 200


class RowsField(InlineModelFormList):
    """A list of related rows. An empty new line is left out; a ticked one is deleted."""

    entries: list[Any]

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the lines from the form, else the stored rows in their order."""
        if formdata:
            super().process(formdata, [])
            self.entries = [entry for entry in self.entries if not _is_blank(entry)]
        else:
            is_stored = isinstance(data, ModelSelect)
            super().process(None, list(data.order_by(self.model.id)) if is_stored else [])

    def blank_line(self) -> Any:
        """Return an empty line, for the page to copy."""
        line = self.unbound_field.bind(form=None, name=f"{self.name}-__n__", _meta=self.meta)
        line.process(None)
        return line

    def should_delete(self, field: Any) -> bool:
        """Whether somebody ticked the line away."""
        return bool(field.form["remove"].data)

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        """Check every line that stays."""
        kept = [entry for entry in self.entries if not self.should_delete(entry)]
        wrong = [entry for entry in kept if not entry.validate(form)]
        self.errors = []
        if wrong or len(kept) > MOST_ROWS:
            self.errors = [f"Some lines need attention (at most {MOST_ROWS})."]
        return not self.errors

    def save_rows(self, parent: Any, *, now: datetime) -> bool:
        """Save, add and delete the parent's rows; whether anything changed."""
        owner = getattr(self.model, self.prop)
        stored = {row.id: row for row in self.model.select().where(owner == parent.id)}
        changes = [
            self._save_line(entry, parent, stored, position, now)
            for position, entry in enumerate(self.entries)
        ]
        return any(changes)

    def _save_line(
        self, entry: Any, parent: Any, stored: dict[int, Any], position: int, now: datetime
    ) -> bool:
        number = parse_id(entry.get_pk() or "")
        if number is None:
            if not self.should_delete(entry):
                self._add(entry, parent, position, now)
            return not self.should_delete(entry)
        row = stored.get(number)
        if row is None:
            raise Refused("Somebody else removed a line meanwhile; nothing is saved.")
        if self.should_delete(entry):
            record_change(row, "deleted", set(), now=now)
            row.delete_instance()
            return True
        before = dict(row.__data__)
        _fill(entry, row)
        changed = {name for name, value in row.__data__.items() if before.get(name) != value}
        if changed:
            row.updated_at = now
            row.save(only=[*changed, "updated_at"])
            record_change(row, "changed", changed, now=now)
        return bool(changed)

    def _add(self, entry: Any, parent: Any, position: int, now: datetime) -> None:
        row = self.model(**{self.prop: parent.id})
        _fill(entry, row)
        if "position" in self.model._meta.fields:
            row.position = position
        row.save(force_insert=True)
        record_change(row, "created", set(row.__data__), now=now)


class RowsConverter(InlineModelConverter):
    """Makes such a list of each inline table."""

    inline_field_list_type = RowsField


class Rows(InlineFormAdmin):
    """What a line shows of an inline table."""

    def __init__(self, model: Any, label: str, columns: list[str]) -> None:
        self.column_labels: dict[str, str] = {}
        super().__init__(
            model,
            form_label=label,
            form_columns=["id", *columns],
            form_extra_fields={"remove": BooleanField("Remove")},
        )


def _fill(entry: Any, row: Any) -> None:
    for name, field in entry.form._fields.items():
        if name not in ("id", "remove"):
            field.populate_obj(row, name)


def _is_blank(entry: Any) -> bool:
    return not any(field.data for field in entry.form._fields.values())
