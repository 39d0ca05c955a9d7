"""A list costs the same however long it is: few queries, an index, no count of everything."""

import html
import re
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from peewee import fn

from models.audit_log import AuditLog
from models.base import db
from models.contractor import Contractor
from models.event import Event
from models.message import EventMessage
from tests.admin_site import AdminSite, signed_in
from tests.crowd_rows import fill_every_list
from tests.factories import make_attendee, make_event
from tests.integration.test_admin_pages import PLACES
from tests.statements import statements

MANY = 10_100


@pytest.fixture
def site(client: FlaskClient, now: datetime) -> AdminSite:
    return signed_in(client, now)


@contextmanager
def asked() -> Iterator[list[tuple[str, Any]]]:
    """Collect the statements with their values."""
    seen: list[tuple[str, Any]] = []
    execute = db.execute_sql

    def spy(sql: str, params: Any = None, *args: Any) -> Any:
        seen.append((sql, params))
        return execute(sql, params, *args)

    db.execute_sql = spy
    try:
        yield seen
    finally:
        del db.execute_sql


def costs(site: AdminSite) -> dict[str, int]:
    found = {}
    for place in PLACES:
        with statements() as seen:
            assert "details/?id=" in site.text(f"/admin/{place}/?page_size=200")
        found[place] = len(seen)
    return found


def plans(site: AdminSite, query: str) -> str:
    """Return how PostgreSQL finds the texts of a page of their list; the count stops by itself."""
    with asked() as seen:
        site.text(f"/admin/messages/?{query}")
    reads = [
        (sql, params)
        for sql, params in seen
        if 'FROM "event_messages"' in sql and "COUNT" not in sql
    ]
    assert reads, "no statement reads the texts"
    lines = [row for sql, params in reads for row in db.execute_sql(f"EXPLAIN {sql}", params)]
    return "\n".join(line for (line,) in lines)


def test_every_list_costs_as_few_queries_at_10_as_at_10_000_rows(site: AdminSite) -> None:
    fill_every_list(10)
    few = costs(site)
    fill_every_list(MANY)
    assert costs(site) == few
    assert max(few.values()) <= 12, few


@pytest.fixture
def many(site: AdminSite) -> AdminSite:
    fill_every_list(MANY)
    return site


def test_the_list_of_texts_reads_indexes_wherever_one_looks(many: AdminSite) -> None:
    event = Event.select().order_by(Event.id.desc()).get().id
    person = Contractor.select().order_by(Contractor.id.desc()).get()
    read_by = {
        "": "newest",
        f"page={MANY // 50 - 1}": "newest",
        f"event={event}": "(event_)?newest",
        "status=failed": "(status_)?newest",
        "status=responded": "status_newest",
        f"contractor={person.id}": "contractor_id",
        "sort=4": "by_plan",
        "sort=4&desc=1": "by_plan",
        "sort=5&desc=1": "by_departure",
        f"search={person.last_name}": "contractor_id",
        f"search={person.phone[2:]}": "phone",
    }
    for query, index in read_by.items():
        found = plans(many, query)
        named = rf"(Index( Only)?|Bitmap Index) Scan.* event_messages_{index}"
        assert re.search(named, found), (query, found)
        # A search reads the latest word by word as well, here all that there are.
        assert "search" in query or "Seq Scan on event_messages" not in found, (query, found)


def test_nobody_counts_beyond_ten_thousand_and_every_page_can_be_reached(many: AdminSite) -> None:
    first = many.text("/admin/messages/?page_size=200")
    assert "1–200 of 10,000+" in first
    last = many.text("/admin/messages/?page=50&page_size=200")
    assert "10,001–10,100 of 10,000+" in last
    assert 'rel="next"' in many.get("/admin/messages/?page=49&page_size=200").text
    assert 'rel="next"' not in last
    assert "1–50 of 1,010" in many.text("/admin/messages/?status=failed")


def test_what_no_index_sorts_is_sorted_once_the_list_is_narrow(many: AdminSite) -> None:
    assert "choose an event or a person first" in many.text("/admin/messages/?sort=1")
    event = Event.select().order_by(Event.id.desc()).get().id
    page = many.text(f"/admin/messages/?sort=1&event={event}")
    assert "choose an event" not in page
    assert 'aria-sort="ascending"' in page


def test_rows_without_the_value_come_last_whichever_way_they_are_sorted(
    site: AdminSite, now: datetime
) -> None:
    fill_every_list(10)
    first, second, third, *_ = EventMessage.select().order_by(EventMessage.scheduled_time)
    EventMessage.update(scheduled_time=None).where(EventMessage.id == second.id).execute()
    orders = []
    for way in ("", "&desc=1"):
        page = site.text(f"/admin/messages/?sort=4{way}")
        orders.append([int(key) for key in re.findall(r"details/\?id=(\d+)&", page)])
    for order in orders:
        assert len(order) == len(set(order)) == 10
        assert order[-1] == second.id
    assert orders[0][:2] == [first.id, third.id]
    assert orders[0][:-1] == orders[1][-2::-1]


def link(page: str, rel: str) -> str:
    return html.unescape(re.search(rf'rel="{rel}" href="([^"]+)"', page).group(1))


def lines(page: str) -> list[int]:
    return [int(key) for key in re.findall(r'scope="row"><a href="[^"]*details/\?id=(\d+)', page)]


@pytest.mark.parametrize("order", ["", "&sort=4", "&sort=4&desc=1", "&sort=1", "&sort=1&desc=1"])
def test_going_on_and_back_again_shows_every_line_once_whatever_the_order(
    site: AdminSite, order: str
) -> None:
    fill_every_list(70)
    EventMessage.update(scheduled_time=None).where(fn.MOD(EventMessage.id, 3) == 0).execute()
    EventMessage.update(contractor=None).where(fn.MOD(EventMessage.id, 7) == 0).execute()
    whole = lines(site.get(f"/admin/messages/?page_size=100{order}").text)
    pages = [site.get(f"/admin/messages/?page_size=20{order}").text]
    while 'rel="next"' in pages[-1]:
        pages.append(site.get(link(pages[-1], "next")).text)
    assert [key for page in pages for key in lines(page)] == whole
    assert len(set(whole)) == 70
    back = [pages[-1]]
    while 'rel="prev"' in back[-1]:
        back.append(site.get(link(back[-1], "prev")).text)
    assert [lines(page) for page in back] == [lines(page) for page in pages[::-1]]


def test_a_page_far_back_is_found_from_the_line_before_it(many: AdminSite) -> None:
    oldest = EventMessage.select(fn.MIN(EventMessage.id)).scalar()
    found = plans(many, f"page=15000&after={oldest + 50}")
    assert "Index Cond: (ROW(created_at, id) < ROW(" in found
    assert many.get("/admin/messages/?page=2000").status_code == 404
    gone = many.get(f"/admin/messages/?page=2&after={oldest - 1}")
    assert "101–150 of" in gone.text, "the line is gone: it is counted off instead"


def test_a_long_export_stays_small_in_memory_and_is_in_the_audit_log(many: AdminSite) -> None:
    tracemalloc.start()
    answer = many.client.get("/admin/messages/export/csv/?status=delivered", buffered=False)
    lines = sum(chunk.count(b"\n") for chunk in answer.iter_encoded())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    answer.close()
    assert lines == 1 + MANY * 9 // 10, "cut short"
    assert peak < 10 * 1024 * 1024, f"{peak:,} bytes"
    entry = AuditLog.select().order_by(AuditLog.id.desc()).get()
    assert (entry.action, entry.actor) == ("event_messages.exported", "admin@example.com")
    assert entry.detail == {"rows": MANY * 9 // 10, "form": "csv"}


@pytest.mark.commits
def test_a_download_needs_no_connection_once_it_is_on_its_way(
    site: AdminSite, now: datetime
) -> None:
    event = make_event(now)
    make_attendee(event)
    # As behind gunicorn, where each request opens its own and closes it before it sends.
    db.close()
    listed = site.get("/admin/contractors/export/csv/").text
    taken = site.get(f"/admin/events/exports/everything.zip?id={event.id}")
    db.connect()
    assert len(listed.splitlines()) == 2
    assert taken.status_code == 200
    assert len(taken.data) == int(taken.headers["Content-Length"])
