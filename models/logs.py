"""Owns how log lines look: constant text, details as fields, no phone and no row's contents."""

import json
import logging
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime

from models import log_context

LAYOUT = "%(asctime)s %(levelname)s %(name)s %(message)s"
JSON, TEXT = "json", "text"

_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# PostgreSQL quotes the whole row, phone and text included, in what it says of a failed statement.
_ROW_CONTENTS = re.compile(r"^(DETAIL|CONTEXT|LINE \d+|HINT|QUERY):.*(\n[ \t]+.*)*$", re.MULTILINE)
# Network addresses and dates look a little like phones; they stay.
_KEPT = r"\b\d{1,3}(?:\.\d{1,3}){3}\b|\b\d{4}-\d\d-\d\d(?!\d|-)"
_PHONE = re.compile(rf"({_KEPT})|\+?\d[\d ().-]{{8,}}\d")
# What tells more than it should when everything is asked for: Peewee every statement's values.
_TALKATIVE = ("peewee", "urllib3")
# These have handlers of their own.
_APART = ("gunicorn.error", "gunicorn.access")


class FieldFormatter(logging.Formatter):
    """Appends a record's fields as `name=value` and takes out what is personal."""

    def __init__(self) -> None:
        super().__init__(LAYOUT)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # logging's name
        """Return the line without its traceback."""
        record.message = safe(record.message)
        fields = [f"{name}={value}" for name, value in _fields(record).items()]
        return " ".join([super().formatMessage(record), *fields])

    def formatException(self, ei: object) -> str:  # noqa: N802  # logging's name
        """Return the traceback without what the database quoted."""
        return safe(super().formatException(ei))  # type: ignore[arg-type]


class JsonFormatter(FieldFormatter):
    """Writes each record as one JSON object on one line, for machines to search."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, with its traceback in it."""
        line = _fields(record)
        line["time"] = datetime.fromtimestamp(record.created, UTC).isoformat("T", "milliseconds")
        line["level"] = record.levelname
        line["logger"] = record.name
        line["message"] = safe(record.getMessage())
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def _fields(record: logging.LogRecord) -> dict[str, object]:
    """Return the ids of the work that a line is about, and the line's own details."""
    own = {name: value for name, value in vars(record).items() if name not in _STANDARD}
    return shown({**log_context.ids(), **own})


def shown(fields: Mapping[str, object]) -> dict[str, object]:
    """Return fields as they may be told, in order of their names."""
    # Of what comes from outside, the request's id alone was looked at before: it is no phone.
    return {
        name: fields[name] if name == log_context.REQUEST_ID else _shown(fields[name])
        for name in sorted(fields)
    }


def _shown(value: object) -> object:
    """Return a value as a line may have it: numbers are ours, text may be from anywhere."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {safe(str(name)): _shown(each) for name, each in value.items()}
    if isinstance(value, list | tuple | set):
        return [_shown(each) for each in value]
    return safe(str(value))


def safe(text: str) -> str:
    """Return the text without quoted rows and without anything like a phone number."""
    withheld = _ROW_CONTENTS.sub(r"\1: [withheld]", text)
    return _PHONE.sub(lambda found: found[1] or "[number]", withheld)


def configure_logging(level: str, form: str = TEXT) -> None:
    """Give this process's log lines their form, whoever set up its handlers before."""
    formatter = JsonFormatter() if form == JSON else FieldFormatter()
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.StreamHandler(sys.stderr))
    apart = [handler for name in _APART for handler in logging.getLogger(name).handlers]
    for handler in (*root.handlers, *apart):
        handler.setFormatter(formatter)
    root.setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.INFO, root.level))
