"""Owns the cells of every CSV file that people open: quoted, and never run by a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterable
from typing import Any

# Excel reads UTF-8 only after this mark; our own import skips it.
MARK = "\ufeff"

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def csv_cell(value: Any) -> str:
    """Return the value as text that no spreadsheet takes for a formula; None is empty.

    What begins like one gets an apostrophe in front, as OWASP advises; numbers and E.164 phones
    stay as they are.
    """
    text = "" if value is None else str(value)
    if text.lstrip(" ").startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def csv_line(values: Iterable[Any]) -> str:
    """Return one line of such cells, its line end included."""
    line = io.StringIO()
    csv.writer(line).writerow([csv_cell(value) for value in values])
    return line.getvalue()
