"""What is taken along of an event: right, in its zone, harmless, small in memory, written down."""

import csv
import io
import tracemalloc
import zipfile
from datetime import UTC, date, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from models.admin_user import Role
from models.audit_log import AuditLog
from models.base import db
from models.event import Event
from models.message_status import Direction, MessageStatus
from models.opt_out import opt_out
from models.peer_match import EventPeerMatch, MatchState
from tests.admin_site import AdminSite, make_admin
from tests.factories import make_attendee, make_contractor, make_event, make_match, make_message

LUNCH = datetime(2026, 11, 23, 18, 5, tzinfo=UTC)
FORMULA = '=HYPERLINK("http://evil")'
_CELLS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def event(now: datetime) -> Event:
    """Return an event where Ana and Ben agreed, and Ana and Cho did not."""
    made = make_event(
        now, name="Contractor Summit / Süd", date=date(2026, 11, 23), timezone="America/Chicago"
    )
    ana = make_contractor(first_name="Ana", last_name="Moss", company_name=FORMULA)
    ben = make_contractor(first_name="Ben", last_name="Ode", phone="+15125550188")
    cho = make_contractor(first_name="Cho", last_name="Lin")
    for person in (ana, ben, cho):
        make_attendee(made, person)
    make_match(
        made, ana, ben, state=MatchState.CONNECTED, contractor1_response="yes",
        contractor2_response="yes", connected_at=LUNCH, connection_made=True, meeting_time=LUNCH,
        meeting_location="Coffee bar", feedback_contractor1="9", pcr_score="9",
    )  # fmt: skip
    make_match(made, ana, cho, state=MatchState.DECLINED, contractor1_response="yes")
    make_message(
        LUNCH, event=made, contractor=ana, phone=ana.phone, message_content="Meet Ben\x0b!",
        status=MessageStatus.SENT, actual_send_time=LUNCH,
    )  # fmt: skip
    make_message(
        LUNCH, event=made, contractor=ben, phone=ben.phone, message_content="+1 yes",
        status=MessageStatus.RECEIVED, direction=Direction.INBOUND, message_type="reply",
    )  # fmt: skip
    opt_out(ben.phone, now=now, source="STOP reply")
    return made


def fetched(site: AdminSite, event: Event, name: str) -> bytes:
    answer = site.get(f"/admin/events/exports/{name}?id={event.id}")
    assert answer.status_code == 200, answer.text[:300]
    return answer.data


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def sheets(data: bytes) -> dict[str, list[list[tuple[str | None, str]]]]:
    """Return the cells of each sheet as (type, text), as Excel reads them."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        names = [
            sheet.attrib["name"]
            for sheet in ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{_CELLS}sheet")
        ]
        return {
            name: [
                [
                    (cell.get("t"), "".join(cell.itertext()))
                    for cell in row
                    if not list(cell.iter(f"{_CELLS}f"))
                ]
                for row in ElementTree.fromstring(
                    book.read(f"xl/worksheets/sheet{number}.xml")
                ).iter(f"{_CELLS}row")
            ]
            for number, name in enumerate(names, start=1)
        }


def test_mutual_pairs_hold_who_agreed_where_they_meet_and_nobody_else(
    site: AdminSite, event: Event
) -> None:
    (pair,) = table(fetched(site, event, "pairs.csv"))
    told = {
        "First person": "Ana Moss",
        "First person: company": f"'{FORMULA}",
        "First person: wants no texts": "no",
        "Second person": "Ben Ode",
        "Second person: phone": "+15125550188",
        "Second person: wants no texts": "yes",
        "Both said yes": "2026-11-23T12:05:00-06:00",
        "Meeting time": "2026-11-23T12:05:00-06:00",
        "Meeting place": "Coffee bar",
        "First person's rating": "9",
        "Score": "0.80",
    }
    assert {name: pair[name] for name in told} == told


def test_contacts_of_two_who_did_not_both_agree_are_in_no_list_of_mutual_pairs(
    site: AdminSite, event: Event, now: datetime
) -> None:
    EventPeerMatch.update(cancelled_at=now).where(
        EventPeerMatch.state == MatchState.CONNECTED
    ).execute()
    EventPeerMatch.update(connection_made=True).where(
        EventPeerMatch.state == MatchState.DECLINED
    ).execute()
    assert table(fetched(site, event, "pairs.csv")) == []
    with zipfile.ZipFile(io.BytesIO(fetched(site, event, "everything.zip"))) as archive:
        matches = table(archive.read("matches.csv"))
    assert [(row["Second person"], row["Connected"]) for row in matches] == [
        ("Ben Ode", "yes"), ("Cho Lin", "yes"),
    ]  # fmt: skip


def test_everything_comes_as_one_workbook_in_which_a_text_is_never_a_formula(
    site: AdminSite, event: Event
) -> None:
    found = sheets(fetched(site, event, "everything.xlsx"))
    assert [(name, len(rows)) for name, rows in found.items()] == [
        ("Attendees", 4), ("Matches", 3), ("Mutual pairs", 2), ("Texts", 2), ("Replies", 2),
        ("About", 4),
    ]  # fmt: skip
    assert ("inlineStr", FORMULA) in found["Attendees"][1]
    assert ("inlineStr", "Meet Ben!") in found["Texts"][1]
    assert ("inlineStr", "+1 yes") in found["Replies"][1]
    # Five past twelve in Chicago, as Excel counts days.
    assert any(cell[0] is None and cell[1].startswith("46349.503472") for cell in found["Texts"][1])
    assert found["About"][3][1] == ("inlineStr", "America/Chicago")


def test_everything_comes_zipped_too(site: AdminSite, event: Event) -> None:
    with zipfile.ZipFile(io.BytesIO(fetched(site, event, "everything.zip"))) as archive:
        lengths = {name: len(table(archive.read(name))) for name in archive.namelist()}
    assert lengths == {
        "attendees.csv": 3, "matches.csv": 2, "mutual-pairs.csv": 1, "texts.csv": 1,
        "replies.csv": 1,
    }  # fmt: skip


def test_the_page_says_how_much_there_is_and_the_audit_log_who_took_it(
    site: AdminSite, event: Event
) -> None:
    page = site.text(f"/admin/events/exports/?id={event.id}")
    assert "1 row: every two who both said yes" in page
    assert "Attendees: 3 rows" in page
    answer = site.get(f"/admin/events/exports/pairs.xlsx?id={event.id}")
    assert (
        'filename="Contractor_Summit_Sud_2026-11-23_pairs.xlsx"'
        in (answer.headers["Content-Disposition"])
    )
    entry = AuditLog.select().order_by(AuditLog.id.desc()).get()
    assert (entry.action, entry.subject_type, entry.subject_id, entry.actor) == (
        "events.pairs.exported", "events", event.id, "organiser@example.com",
    )  # fmt: skip
    assert entry.detail == {"rows": {"Mutual pairs": 1}, "form": "xlsx"}


def test_viewers_see_what_there_is_and_take_nothing(client: FlaskClient, event: Event) -> None:
    site = AdminSite(client)
    site.sign_in(make_admin(event.created_at, Role.VIEWER).email)
    page = f"/admin/events/exports/?id={event.id}"
    assert "pairs.xlsx" not in site.text(page)
    before = AuditLog.select().count()
    assert site.get(f"/admin/events/exports/pairs.xlsx?id={event.id}").status_code == 403
    assert AuditLog.select().count() == before


@pytest.mark.parametrize(
    "place",
    ["agenda", "attendees", "contractors", "events", "matches", "messages", "opt-outs", "runs"],
)
def test_viewers_take_nothing_along(
    client: FlaskClient, site: AdminSite, event: Event, place: str
) -> None:
    viewer = AdminSite(client.application.test_client())
    viewer.sign_in(make_admin(event.created_at, Role.VIEWER).email)
    button = f"/admin/{place}/export/csv/"
    assert site.get(button).status_code == 200
    before = AuditLog.select().count()
    assert viewer.get(button).status_code == 403
    assert button not in viewer.text(f"/admin/{place}/")
    assert AuditLog.select().count() == before


def test_matches_that_an_organiser_ticked_are_no_mutual_pairs_and_both_pages_say_so(
    site: AdminSite, event: Event
) -> None:
    ticked = make_match(event, make_contractor(), make_contractor(), connection_made=True)
    page = site.text(f"/admin/events/exports/?id={event.id}")
    assert "1 row: every two who both said yes" in page
    assert "Not among them: 1 match that was ticked as connected by hand" in page
    page = site.text(f"/admin/events/outcome/?id={event.id}")
    assert "2 connected, 1 of them ticked by hand" in page
    assert "only those of whom both said yes: 1." in page
    EventPeerMatch.update(connection_made=False).where(EventPeerMatch.id == ticked.id).execute()
    assert "ticked" not in site.text(f"/admin/events/exports/?id={event.id}")


@pytest.mark.parametrize("name", ["everything.zip", "everything.xlsx"])
def test_an_export_of_many_texts_stays_small_in_memory(
    site: AdminSite, event: Event, name: str
) -> None:
    db.execute_sql(
        "INSERT INTO event_messages (event_id, message_type, status, message_content, phone) "
        "SELECT %s, 'rating_question', 'sent', 'How was it, Ana? ' || n, '+15125550100' "
        "FROM generate_series(1, 20000) n",
        (event.id,),
    )
    tracemalloc.start()
    answer: Any = site.client.get(f"/admin/events/exports/{name}?id={event.id}", buffered=False)
    size = sum(len(piece) for piece in answer.iter_encoded())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    answer.close()
    assert size > 100_000
    assert peak < 8 * 1024 * 1024, f"{peak:,} bytes"
