"""Owns how log lines look: constant text, details as fields, no phone and no row's contents."""

import logging
import re
import sys

LAYOUT = "%(asctime)s %(levelname)s %(name)s %(message)s"

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
    """Appends a record's extra fields as `name=value` and takes out what is personal."""

    def __init__(self) -> None:
        super().__init__(LAYOUT)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # logging's name
        """Return the line without its traceback."""
        fields = {key: value for key, value in vars(record).items() if key not in _STANDARD}
        record.message = safe(record.message)
        line = super().formatMessage(record)
        return " ".join(
            [line, *(f"{key}={_shown(value)}" for key, value in sorted(fields.items()))]
        )

    def formatException(self, ei: object) -> str:  # noqa: N802  # logging's name
        """Return the traceback without what the database quoted."""
        return safe(super().formatException(ei))  # type: ignore[arg-type]


def _shown(value: object) -> object:
    # Numbers and times are ours; what is text may have come from anywhere.
    return safe(value) if isinstance(value, str) else value


def safe(text: str) -> str:
    """Return the text without quoted rows and without anything like a phone number."""
    withheld = _ROW_CONTENTS.sub(r"\1: [withheld]", text)
    return _PHONE.sub(lambda found: found[1] or "[number]", withheld)


def configure_logging(level: str) -> None:
    """Give this process's log lines their form, whoever set up its handlers before."""
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.StreamHandler(sys.stderr))
    apart = [handler for name in _APART for handler in logging.getLogger(name).handlers]
    for handler in (*root.handlers, *apart):
        handler.setFormatter(FieldFormatter())
    root.setLevel(level)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.INFO, root.level))
