"""Owns which form field stands for which column, so that nothing reaches PostgreSQL unfit."""

from typing import Any

from flask_admin.contrib.peewee.form import CustomModelConverter
from peewee import (
    AutoField,
    CharField,
    DateField,
    DecimalField,
    IntegerField,
    JSONField,
    TextField,
    TimeField,
)
from wtforms import fields
from wtforms.validators import NumberRange
from wtfpeewee.orm import FieldInfo

from models.base import LARGEST_INTEGER, UtcDateTimeField
from web.admin.forms import WordListField, ZonedDateTimeField
from web.admin.labels import column_label
from web.admin.pickers import PickerField


class Converter(CustomModelConverter):
    """Native inputs, human labels, and bounds on numbers."""

    def __init__(self, view: Any, additional: Any = None) -> None:
        super().__init__(view, additional)
        ours: dict[Any, Any] = {
            AutoField: self.handle_pk,
            UtcDateTimeField: _as(ZonedDateTimeField),
            JSONField: _as(WordListField),
            DateField: _as(fields.DateField),
            TimeField: _as(fields.TimeField, format=["%H:%M", "%H:%M:%S"]),
        }
        self.converters.update(ours)

    def convert(self, model: Any, field: Any, field_args: dict[str, Any] | None) -> Any:
        """Return the form field, named as the lists name the column."""
        options: dict[str, Any] = {"label": column_label(field.name), **(field_args or {})}
        if isinstance(field, CharField | TextField):
            options["filters"] = [_tidy, *options.get("filters", [])]
        bounds = _bounds(field)
        if bounds is not None:
            options["validators"] = [*options.get("validators", []), bounds]
        return super().convert(model, field, options)

    def handle_foreign_key(self, model: Any, field: Any, **kwargs: Any) -> Any:
        """Return a search box; a drop-down of ten thousand people is never what is wanted."""
        loader = self.view._form_ajax_refs[field.name]
        return FieldInfo(field.name, PickerField(loader, allow_blank=field.null, **kwargs))


def _as(field_class: type, **fixed: Any) -> Any:
    def make(_model: Any, field: Any, **kwargs: Any) -> FieldInfo:
        return FieldInfo(field.name, field_class(**fixed, **kwargs))

    return make


def _bounds(field: Any) -> NumberRange | None:
    if isinstance(field, DecimalField):
        largest = 10 ** (field.max_digits - field.decimal_places) - 1
        return NumberRange(-largest, largest)
    if isinstance(field, IntegerField) and not isinstance(field, AutoField):
        return NumberRange(-LARGEST_INTEGER, LARGEST_INTEGER)
    return None


def _tidy(value: Any) -> Any:
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value
