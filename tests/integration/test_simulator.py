"""The phone simulator: n8n's end of the contract, each text once, replies by the real webhook."""

import copy
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from actors.n8n.gateway import N8nGateway, post_signed
from actors.n8n.signing import signed_headers
from models.config import Config
from models.message import EventMessage
from models.n8n_check import Finding
from models.opt_out import has_opted_out, opt_out
from tests.conftest import WEBHOOK_SECRET, settings
from tests.factories import make_contractor
from web import create_app

N8N = "/simulator/n8n"
PHONE = "+15125550123"
TEXT: dict[str, Any] = {
    "phone": PHONE,
    "message": "Hey <b>Ana</b>! 👋",
    "from_name": "Contractor Summit",
    "timestamp": "2026-11-23T17:05:00Z",
    "tags": ["event:peer-introduction", "recipient:contractor", "sms", "event:41"],
    "message_id": 981,
    "part": 1,
    "parts": 1,
    "ghl_contact_id": None,
    "ghl_location_id": None,
}


@pytest.fixture(scope="module")
def rehearsal(config: Config) -> Config:
    return settings(
        LOCAL_SERVICES="1",
        N8N_WEBHOOK_URL="",
        DATABASE_URL=config.database_url,
        REDIS_URL=config.redis_url,
    )


@pytest.fixture(scope="module")
def simulator_app(rehearsal: Config) -> Flask:
    made = create_app(rehearsal)
    made.testing = True
    return made


@pytest.fixture
def phones(simulator_app: Flask) -> FlaskClient:
    return simulator_app.test_client()


@pytest.fixture
def address(simulator_app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, simulator_app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _deliver(client: FlaskClient, webhook_id: str = "msg_1_1", **changes: Any) -> Any:
    body = json.dumps({"send_via_ghl": {**TEXT, **changes}})
    headers = signed_headers(WEBHOOK_SECRET, webhook_id, body, datetime.now(UTC))
    return client.post(N8N, data=body, headers=headers, content_type="application/json")


def _news(client: FlaskClient, since: str = "") -> dict[str, Any]:
    answer = client.get("/simulator/phones.json", query_string={"since": since})
    assert answer.status_code == 200
    news: dict[str, Any] = answer.json
    return news


def test_text_is_taken_and_shown_with_its_person(phones: FlaskClient) -> None:
    make_contractor(phone=PHONE, first_name="Ana", last_name="Moss", company_name="Moss & Co")
    answer = _deliver(phones)
    assert answer.status_code == 200
    assert set(answer.json) == {"ghl_message_id", "ghl_contact_id"}
    assert all(answer.json.values())
    news = _news(phones)
    (entry,) = news["entries"]
    assert (entry["phone"], entry["text"], entry["kind"]) == (PHONE, TEXT["message"], "text")
    assert news["people"] == {
        PHONE: {"name": "Ana Moss", "company": "Moss & Co", "opted_out": False}
    }
    assert phones.get("/simulator/summary.json").json == {"texts": 1, "phones": 1}


def test_asking_whether_n8n_is_there_texts_nobody(phones: FlaskClient) -> None:
    assert phones.options(N8N).status_code == 200
    assert phones.get("/simulator/summary.json").json == {"texts": 0, "phones": 0}


def test_the_signed_question_is_answered_and_texts_nobody(
    address: str, phones: FlaskClient, rehearsal: Config
) -> None:
    url = f"{address}{N8N}"
    known = replace(rehearsal, n8n_webhook_url=url, webhook_secret=WEBHOOK_SECRET)
    assert N8nGateway(known).ask(datetime.now(UTC)).finding is Finding.FINE
    wrong = replace(known, webhook_secret="", n8n_webhook_token="wrong")
    assert N8nGateway(wrong).ask(datetime.now(UTC)).finding is Finding.TOKEN
    assert phones.get("/simulator/summary.json").json == {"texts": 0, "phones": 0}


def test_each_part_of_a_long_text_is_shown_as_one(phones: FlaskClient) -> None:
    for part in (1, 2):
        assert _deliver(phones, f"msg_1_{part}", part=part, parts=2).status_code == 200
    entries = _news(phones)["entries"]
    assert [(entry["part"], entry["parts"]) for entry in entries] == [(1, 2), (2, 2)]


def test_repeat_gets_the_first_answer_and_is_no_second_text(phones: FlaskClient) -> None:
    first = _deliver(phones)
    assert _deliver(phones, message="Other words").json == first.json
    other = _deliver(phones, "msg_2_1")
    assert other.json["ghl_message_id"] != first.json["ghl_message_id"]
    assert other.json["ghl_contact_id"] == first.json["ghl_contact_id"]
    assert phones.get("/simulator/summary.json").json == {"texts": 2, "phones": 1}


@pytest.mark.commits
def test_twenty_repeats_at_once_are_one_text(simulator_app: Flask) -> None:
    starting_line = Barrier(20)

    def repeat(_number: int) -> tuple[int, str]:
        starting_line.wait()
        answer = _deliver(simulator_app.test_client())
        return answer.status_code, answer.json["ghl_message_id"]

    with ThreadPoolExecutor(20) as pool:
        answers = set(pool.map(repeat, range(20)))
    assert len(answers) == 1
    client = simulator_app.test_client()
    assert client.get("/simulator/summary.json").json == {"texts": 1, "phones": 1}
    assert len(_news(client)["entries"]) == 1


def test_summary_counts_one_event(phones: FlaskClient) -> None:
    _deliver(phones)
    _deliver(phones, "msg_2_1", tags=["sms", "event:42"], phone="+15125550124")
    url = "/simulator/summary.json"
    assert phones.get(f"{url}?event_id=41").json == {"texts": 1, "phones": 1}
    assert phones.get(f"{url}?event_id=43").json == {"texts": 0, "phones": 0}
    assert phones.get(url).json == {"texts": 2, "phones": 2}


def test_unsigned_old_and_altered_texts_are_refused(phones: FlaskClient) -> None:
    body = json.dumps({"send_via_ghl": TEXT})
    assert phones.post(N8N, data=body).status_code == 401
    old = datetime.now(UTC) - timedelta(minutes=6)
    headers = signed_headers(WEBHOOK_SECRET, "msg_1_1", body, old)
    assert phones.post(N8N, data=body, headers=headers).status_code == 401
    headers = signed_headers(WEBHOOK_SECRET, "msg_1_1", body, datetime.now(UTC))
    assert phones.post(N8N, data=body.replace("Ana", "Bob"), headers=headers).status_code == 401
    assert phones.get("/simulator/summary.json").json == {"texts": 0, "phones": 0}


@pytest.mark.parametrize(
    "changes",
    [
        {"phone": "(512) 555-0123"},
        {"phone": None},
        {"message": ""},
        {"message": 5},
        {"from_name": None},
        {"timestamp": None},
        {"tags": "sms"},
        {"tags": [1]},
        {"message_id": "981"},
        {"message_id": True},
        {"part": 0},
        {"part": 2, "parts": 1},
        {"ghl_contact_id": 7},
    ],
)
def test_wrong_shape_is_400(phones: FlaskClient, changes: dict[str, Any]) -> None:
    answer = _deliver(phones, **changes)
    assert answer.status_code == 400
    assert answer.json["success"] is False


def test_every_field_of_the_contract_is_needed(phones: FlaskClient) -> None:
    for name in TEXT:
        text = copy.deepcopy(TEXT)
        del text[name]
        body = json.dumps({"send_via_ghl": text})
        headers = signed_headers(WEBHOOK_SECRET, "msg_1_1", body, datetime.now(UTC))
        assert phones.post(N8N, data=body, headers=headers).status_code == 400, name
    bearer = {"Authorization": "Bearer n8n-token-for-tests"}
    no_id = phones.post(N8N, json={"send_via_ghl": TEXT}, headers=bearer)
    assert no_id.status_code == 400
    contradiction = {**bearer, "webhook-id": "a", "Idempotency-Key": "b"}
    answer = phones.post(N8N, json={"send_via_ghl": TEXT}, headers=contradiction)
    assert answer.status_code == 400


def test_polling_brings_only_what_is_new(phones: FlaskClient) -> None:
    _deliver(phones)
    first = _news(phones)
    assert first["fresh"] is True
    quiet = _news(phones, first["cursor"])
    assert (quiet["fresh"], quiet["entries"], quiet["people"]) == (False, [], {})
    _deliver(phones, "msg_2_1", message="Second")
    assert [entry["text"] for entry in _news(phones, quiet["cursor"])["entries"]] == ["Second"]


def test_reset_empties_the_phones_and_open_pages_start_again(phones: FlaskClient) -> None:
    _deliver(phones)
    cursor = _news(phones)["cursor"]
    assert phones.post("/simulator/reset", json={}).status_code == 200
    assert phones.get("/simulator/summary.json").json == {"texts": 0, "phones": 0}
    _deliver(phones, "msg_9_1")
    news = _news(phones, cursor)
    assert (news["fresh"], len(news["entries"])) == (True, 1)


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_other_pages_may_press_nothing(phones: FlaskClient, headers: dict[str, str]) -> None:
    _deliver(phones)
    assert phones.post("/simulator/reset", headers=headers, json={}).status_code == 403
    body = {"phone": PHONE, "text": "STOP"}
    assert phones.post("/simulator/reply", headers=headers, json=body).status_code == 403
    assert phones.get("/simulator/summary.json").json == {"texts": 1, "phones": 1}


def test_other_names_for_this_machine_are_refused(phones: FlaskClient) -> None:
    for path in ("/simulator/", "/simulator/phones.json"):
        assert phones.get(path, headers={"Host": "evil.example"}).status_code == 403
        assert phones.get(path, headers={"Host": "127.0.0.1:5000"}).status_code == 200


def test_page_says_that_it_is_a_rehearsal_under_a_strict_policy(phones: FlaskClient) -> None:
    page = phones.get("/simulator/")
    assert "This is a rehearsal: no text leaves this machine." in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert "<script>" not in page.text
    for file in ("simulator.js", "simulator.css", "icon.svg"):
        with phones.get(f"/static/simulator/{file}") as asset:
            assert asset.status_code == 200


@pytest.mark.commits
def test_typed_reply_travels_through_the_real_webhook(
    phones: FlaskClient, address: str, rehearsal: Config
) -> None:
    person = make_contractor(phone=PHONE)
    for text in ("YES", "YES", "STOP"):
        body = {"phone": PHONE, "text": text}
        assert post_signed(rehearsal, f"{address}/simulator/reply", body, "w", _now()) == 200
    rows = list(EventMessage.select().order_by(EventMessage.id))
    assert [row.message_content for row in rows] == ["YES", "YES", "STOP"]
    assert {row.contractor_id for row in rows} == {person.id}
    assert len({row.ghl_message_id for row in rows}) == 3
    assert has_opted_out(PHONE)
    news = _news(phones)
    assert [entry["kind"] for entry in news["entries"]] == ["reply", "received"] * 3
    assert news["people"][PHONE]["opted_out"] is True


def test_reply_that_the_webhook_refuses_is_shown_as_such(
    phones: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.simulator.post_signed", lambda *_: 401)
    answer = phones.post("/simulator/reply", json={"phone": PHONE, "text": "YES"})
    assert answer.status_code == 502
    assert "401" in answer.json["error"]
    assert [entry["kind"] for entry in _news(phones)["entries"]] == ["reply", "refused"]


@pytest.mark.parametrize(
    "body", [{}, {"phone": "5125550123", "text": "a"}, {"phone": PHONE, "text": " "}, []]
)
def test_reply_needs_a_phone_and_words(phones: FlaskClient, body: Any) -> None:
    assert phones.post("/simulator/reply", json=body).status_code == 400


def test_opt_out_shows_on_the_phone(phones: FlaskClient, now: datetime) -> None:
    _deliver(phones)
    opt_out(PHONE, now=now, source="test")
    assert _news(phones)["people"][PHONE]["opted_out"] is True


def _now() -> datetime:
    return datetime.now(UTC)
