"""Files as somebody uploads them, and imports as somebody confirms them, for tests."""

from datetime import datetime
from typing import Any

from models import import_claim, import_job
from models.contractor_import import parse, read_sheet
from models.contractor_import.sheet import guess
from models.import_job import ImportJob

HEADER = "First name;Last name;E-mail;Mobile;Company;SMS opt-in"


def people(count: int) -> bytes:
    """Return a file as Excel saves it, of so many people who can be told apart."""
    lines = [HEADER]
    lines += [
        f"Ana{number};Moss;p{number}@example.com;(512) 5{number // 10000}5-{number % 10000:04d};"
        f"Moss {number};{'yes' if number % 2 else ''}"
        for number in range(count)
    ]
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()


def upload(data: bytes, now: datetime, **columns: Any) -> ImportJob:
    """Keep a file as the page does once somebody chose it."""
    key = import_job.add(
        "people.csv", data, actor="admin@example.com", admin_user_id=None, now=now,
        columns=guess(read_sheet(data)), **columns,
    )  # fmt: skip
    return ImportJob.get_by_id(key)


def confirmed(data: bytes, now: datetime, **columns: Any) -> ImportJob:
    """Give a file to the workers as the page does once somebody said yes."""
    job = upload(data, now, **columns)
    rows = len(parse(read_sheet(data), job.columns).rows)
    queued = import_claim.queue(
        job, rows=rows, actor="admin@example.com", admin_user_id=None, now=now
    )
    assert queued
    return ImportJob.get_by_id(job.id)
