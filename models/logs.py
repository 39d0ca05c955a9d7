"""Owns how log lines look: constant text, details as fields, no phone and no row's contents."""

import logging
import re
import sys

LAYOUT = "%(asctime)s %(levelname)s %(name)s %(message)s"

_STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# PostgreSQL quotes the whole row, phone and text included, in what it says of a failed statement.
_ROW_CONTENTS = re.compile(r"^(DETAIL|CONTEXT|LINE \d+|HINT|QUERY):.*(\n[ \t]+.*)*$", re.MULTILINE)
_PHONE = re.compile(r"\+?\d[\d ().-]{8,}\d")


class FieldFormatter(logging.Formatter):
    """Appends a record's extra fields as `name=value` and takes out what is personal."""

    def __init__(self) -> None:
        super().__init__(LAYOUT)

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # logging's name
        """Return the line without its traceback."""
        fields = {key: value for key, value in vars(record).items() if key not in _STANDARD}
        line = super().formatMessage(record)
        return " ".join([line, *(f"{key}={value}" for key, value in sorted(fields.items()))])

    def formatException(self, ei: object) -> str:  # noqa: N802  # logging's name
        """Return the traceback without what the database quoted."""
        return safe(super().formatException(ei))  # type: ignore[arg-type]


def safe(text: str) -> str:
    """Return the text without quoted rows and without anything like a phone number."""
    return _PHONE.sub("[number]", _ROW_CONTENTS.sub(r"\1: [withheld]", text))


def configure_logging(level: str) -> None:
    """Give this process's log lines their form, whoever set up its handlers before."""
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.StreamHandler(sys.stderr))
    for handler in root.handlers:
        handler.setFormatter(FieldFormatter())
    root.setLevel(level)
