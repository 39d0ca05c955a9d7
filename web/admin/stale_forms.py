"""Owns what a form does when its record has changed since the page was opened: nothing is undone.

The page keeps a mark of what each field and each line showed. What was left alone stays as it is
stored by now; what two people changed to different things is asked about.
"""

import hashlib
import json
from typing import Any

from peewee import Model
from wtforms import BooleanField, SelectField

from web.admin.present import record_label

NAME = "was"


class Changed(Exception):
    """Somebody else has changed the same fields meanwhile; nothing was saved.

    Attributes
    ----------
    labels : list of str
        What the page calls these fields.
    marks : str
        What the page has to keep from now on, so that another press is about what is stored.
    """

    def __init__(self, labels: list[str], marks: str) -> None:
        super().__init__(", ".join(labels))
        self.labels, self.marks = labels, marks


def marks_of(form: Any) -> str:
    """Return the marks of a form as it is."""
    return json.dumps({name: _mark(fields) for name, fields in _units(form).items()})


def follow(form: Any, stored: Any, marks: str) -> None:
    """Take over what others changed in fields that were left alone.

    Parameters
    ----------
    form, stored : forms
        As somebody sent it, and of the record as it is stored.
    marks : str
        What the page kept; a page without marks says nothing of what it showed.

    Raises
    ------
    Changed
        When somebody else changed a field that was not left alone.
    """
    shown, theirs = _read(marks), _units(stored)
    clashes = []
    for name, fields in _units(form).items():
        there = theirs.get(name)
        if name not in shown or there is None or _mark(there) == shown[name]:
            continue
        if _mark(fields) == shown[name]:
            for mine, other in zip(fields, there, strict=True):
                mine.data, mine.raw_data = other.data, None
        elif _mark(fields) != _mark(there):
            clashes.append(name)
            fields[0].errors = [f"Somebody else changed this to “{_words(there[0])}” meanwhile."]
    if clashes:
        known = {name: _mark(theirs[name]) for name in clashes}
        labels = [_units(form)[name][0].label.text for name in clashes]
        raise Changed(labels, json.dumps(shown | known))


def _units(form: Any) -> dict[str, list[Any]]:
    """Return the fields by what is compared as one: a field, or a stored line of a list."""
    found = {}
    for field in form:
        if field.type == "RowsField":
            for entry in field.entries:
                line = [one for one in entry.form if one.short_name not in ("id", "remove")]
                found[f"{field.short_name}:{entry.get_pk() or ''}"] = line
        elif field.short_name != "csrf_token":
            found[field.short_name] = [field]
    return found


def _mark(fields: list[Any]) -> str:
    text = "\x00".join(map(_text, fields))
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _text(field: Any) -> str:
    """Return what a field shows, as a browser sends it back."""
    data = field.data
    if isinstance(field, BooleanField):
        return str(bool(data))
    if isinstance(data, Model):
        return str(data.id)
    value = field._value() if hasattr(field, "_value") else data
    return "" if value is None else " ".join(str(value).split())


def _words(field: Any) -> str:
    data = field.data
    if isinstance(field, BooleanField):
        return "yes" if data else "no"
    if isinstance(data, Model):
        return record_label(data)
    if isinstance(field, SelectField):
        return next((str(each.label) for each in field.iter_choices() if each.selected), "nothing")
    return _text(field) or "nothing"


def _read(marks: str) -> dict[str, str]:
    try:
        found = json.loads(marks or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
