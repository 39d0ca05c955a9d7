"""Secrets are compared in constant time: no answer comes sooner for a better guess."""

import hmac
from datetime import UTC, datetime

import pytest
from flask import Flask, session

from actors.n8n.signing import is_signed, signed_headers
from tests.conftest import WEBHOOK_SECRET
from web.admin.sign_in import SignOutForm
from web.bearer import has_bearer


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Return what comparing in constant time came to."""
    results: list[bool] = []
    real = hmac.compare_digest

    def note(one: bytes, other: bytes) -> bool:
        results.append(real(one, other))
        return results[-1]

    monkeypatch.setattr(hmac, "compare_digest", note)
    return results


@pytest.mark.parametrize(
    ("sent", "fits"), [("the-token", True), ("the-tokex", False), ("x", False), ("ü", False)]
)
def test_bearer_tokens(compared: list[bool], sent: str, fits: bool) -> None:
    headers = {"Authorization": f"Bearer {sent}"}
    with Flask("test").test_request_context(headers=headers):
        assert has_bearer("the-token") is fits
    assert compared == [fits]


@pytest.mark.parametrize("fits", [True, False])
def test_signatures_of_webhooks(compared: list[bool], fits: bool) -> None:
    headers = signed_headers(WEBHOOK_SECRET, "w-1", "{}", datetime.now(UTC))
    assert is_signed(WEBHOOK_SECRET, headers, b"{}" if fits else b"{ }") is fits
    assert compared == [fits]


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        (lambda token: token, True),
        (lambda token: f"{token[:-1]}{'0' if token[-1] != '0' else '1'}", False),
        (lambda token: f"2099{token[4:]}", False),
        (lambda _token: "", False),
        (lambda _token: "ü##ü", False),
    ],
)
def test_tokens_of_forms(compared: list[bool], change: object, fits: bool) -> None:
    app = Flask("test")
    app.secret_key = "for this test"
    with app.test_request_context(method="POST"):
        token = SignOutForm().csrf_token.current_token
        sent = change(token)  # type: ignore[operator]
        assert SignOutForm(_Typed(csrf_token=sent)).validate() is fits
        assert compared == [fits]
        session.clear()
        assert SignOutForm(_Typed(csrf_token=token)).validate() is False


class _Typed(dict[str, str]):
    """A form as it arrives."""

    def getlist(self, name: str) -> list[str]:
        return [self[name]] if name in self else []


def test_a_form_left_open_for_longer_than_a_session_is_refused() -> None:
    app = Flask("test")
    app.secret_key = "for this test"
    with app.test_request_context(method="POST"):
        form = SignOutForm()
        now = datetime.now(UTC).replace(tzinfo=None)
        secret = session["csrf"]
        past = f"{now.replace(year=now.year - 1):%Y%m%d%H%M%S}"
        digest = hmac.new(b"for this test", f"{secret}{past}".encode(), "sha1").hexdigest()
        late = SignOutForm(_Typed(csrf_token=f"{past}##{digest}"))
        assert late.validate() is False
        assert late.csrf_token.errors == ["The page was open for too long."]
        assert form.csrf_token.current_token
