"""Passwords, tokens, phones and words of people are in no log, however much is asked of it."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from actors.n8n.signing import signed_headers
from models import api_token, clock
from models.api_token import ApiToken
from models.config import Config
from models.message import EventMessage
from models.metric_count import read_all
from tests.admin_site import PASSWORD, make_admin
from tests.conftest import WEBHOOK_SECRET
from tests.factories import make_attendee, make_contractor, make_event_with_lunch, make_message
from tests.leaks import leaks, personal
from tests.sink import Answer, Request, Sink
from tests.worker import eventually, running_web, running_worker

pytestmark = pytest.mark.commits

PHONE = "+15125550177"
WORDS = "Lasagne at the Zanzibar, please"
WRONG = "wrong-password-of-ana"
LOUD = {"LOG_LEVEL": "DEBUG", "GUNICORN_CMD_ARGS": "--access-logfile -", "LOCAL_SERVICES": "1"}
TYPED_AS_EMAIL = "password-typed-as-email"
BAD_TOKEN = "pm_guessed-token-of-somebody"


def told(log: Path, secrets: list[str]) -> list[str]:
    """Return which of the secrets the log tells, phones in any spelling."""
    text = log.read_text()
    digits = re.sub(r"\D", "", PHONE)
    spelled = re.sub(r"[ ().+-]|%20|%2B", "", text)
    return [secret for secret in secrets if secret in text] + (
        ["the phone"] if digits[1:] in spelled else []
    )


def use_the_admin(site: requests.Session, url: str) -> None:
    def sign_in(email: str, password: str) -> requests.Response:
        page = site.get(f"{url}/admin/login", timeout=10).text
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert found
        form = {"csrf_token": found.group(1), "email": email, "password": password}
        return site.post(f"{url}/admin/login", data=form, timeout=10)

    for email, password in (("admin@example.com", WRONG), (TYPED_AS_EMAIL, WRONG)):
        assert sign_in(email, password).status_code == 400
    assert sign_in("admin@example.com", PASSWORD).status_code == 200
    for address in (
        f"/admin/contractors/?search={PHONE.replace('+', '%2B')}",
        "/admin/contractors/?search=(512)%20555-0177",
        f"/admin/messages/?search={WORDS}",
        f"/admin/messages/?search={WORDS}%00",
        f"/admin/contractors/?page={PHONE}",
    ):
        site.get(url + address, timeout=10)


def use_the_api(url: str, token: str) -> None:
    for bearer in (token, BAD_TOKEN, "api-token-for-tests"):
        headers = {"Authorization": f"Bearer {bearer}"}
        for body in ({"qr_code_data": WORDS}, {"contractor_id": PHONE}, {"nonsense": WORDS}):
            requests.post(f"{url}/api/events/1/check-ins", json=body, headers=headers, timeout=10)


def reply(url: str, body: str, *, secret: str = WEBHOOK_SECRET) -> int:
    headers = signed_headers(secret, f"w-{len(body)}", body, datetime.now(UTC))
    answer = requests.post(
        f"{url}/webhooks/n8n/inbound-sms", data=body.encode(), headers=headers, timeout=10
    )
    return answer.status_code


def test_the_web_process_tells_nothing(config: Config, tmp_path: Path) -> None:
    make_admin(clock.now())
    make_contractor(phone=PHONE)
    secret = api_token.new_secret()
    ApiToken.insert(
        name="Door", scope="write", token_hash=api_token.hash_of(secret), ending=secret[-4:]
    ).execute()
    log = tmp_path / "log"
    said = f'{{"phone": "{PHONE}", "message_content": "{WORDS}"}}'
    site = requests.Session()
    with running_web(config, log, **LOUD) as port:
        url = f"http://127.0.0.1:{port}"
        use_the_admin(site, url)
        use_the_api(url, secret)
        other = "whsec_" + "b3RoZXIgc2VjcmV0LCAyNCBieXRlcyE="
        assert [reply(url, said), reply(url, said[:-1]), reply(url, said, secret=other)] == [
            200,
            400,
            401,
        ]
        cookies = [cookie.value or "" for cookie in site.cookies]
    assert len(cookies) == 2
    text = log.read_text()
    assert "GET /admin/contractors/ 200" in text, "the access lines were on"
    assert "DEBUG" in text
    assert "sign-in refused" in text
    hidden = [
        PASSWORD, WRONG, TYPED_AS_EMAIL, secret, BAD_TOKEN, WORDS, WORDS.split()[0], *cookies,
        config.api_token, config.secret_key, config.webhook_secret, config.n8n_webhook_token,
    ]  # fmt: skip
    assert told(log, hidden) == []
    assert leaks(text, personal()) == []


def test_the_worker_tells_nothing_of_what_it_sends_and_reads(
    config: Config, tmp_path: Path
) -> None:
    def refuse_the_first(request: Request) -> Answer:
        code = 200 if len(sink.requests) > 1 else 503
        return Answer(code, {"error": WORDS, "phone": PHONE})

    lunch = clock.now() + timedelta(minutes=10)
    matching_at = lunch - timedelta(minutes=15)
    event = make_event_with_lunch(lunch, matching_status="failed", matching_at=matching_at)
    person = make_attendee(event, make_contractor(phone=PHONE)).contractor
    common = {"event": event, "contractor": person, "phone": PHONE, "message_content": WORDS}
    texts = [make_message(clock.now(), **common, message_type=kind) for kind in ("reply", "notice")]
    heard = make_message(
        clock.now(), **common, message_type="reply", direction="inbound", status="received"
    )
    log = tmp_path / "log"
    with (
        Sink(refuse_the_first) as sink,
        Sink(lambda _request: Answer()) as chat,
        running_worker(
            replace(config, n8n_webhook_url=sink.url),
            log,
            LOG_LEVEL="DEBUG",
            LOG_FORMAT="json",
            ALERT_WEBHOOK_URL=chat.url,
        ),
    ):
        assert sink.wait_for(2, timeout_seconds=40), log.read_text()
        assert eventually(lambda: EventMessage.get_by_id(heard.id).handled_at is not None, 40)
        ids = [text.id for text in texts]
        is_settled = EventMessage.status.not_in(["scheduled", "queued", "sending"])
        settled = EventMessage.select().where(EventMessage.id.in_(ids) & is_settled)
        assert eventually(lambda: settled.count() == len(ids), 40), log.read_text()
        assert chat.wait_for(1, timeout_seconds=40), log.read_text()
    text = log.read_text()
    handed = [line for line in json_lines(text) if line["message"] == "text handed to n8n"]
    assert set(ids) <= {line["message_id"] for line in handed}
    assert {line["event_id"] for line in handed} == {event.id}
    assert all(line["request_id"] and line["actor"] == "deliver_message" for line in handed)
    hidden = [
        WORDS, WORDS.split()[0], config.webhook_secret, config.n8n_webhook_token,
        chat.url.rpartition(":")[2],
    ]  # fmt: skip
    assert told(log, hidden) == []
    assert leaks(text, personal()) == []
    counts = {key: value for key, value in read_all().items() if key.name in ("sends", "alerts")}
    assert sum(counts.values()) == len(sink.requests) + 1, "also what was counted last"


def json_lines(text: str) -> list[dict[str, Any]]:
    """Return a worker's lines; those of Dramatiq's parent process have a form of its own."""
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]
