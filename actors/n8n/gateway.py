"""Owns the only outbound HTTP: texts for n8n, and questions if it is there and knows us."""

import contextlib
import json
import ssl
import threading
import time
import uuid
from datetime import datetime
from typing import Any, Protocol

import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
)
from urllib3.util import Timeout

from actors.n8n import question
from actors.n8n.outcomes import Outcome, Verdict, judge_answer
from actors.n8n.signing import signed_headers
from models import log_context
from models.config import Config
from models.n8n_check import Answer, Finding

# This file is longer than its neighbours, since nothing else may import an HTTP client.

CONNECT_SECONDS = 4.0
PROBE_SECONDS = 3.0
IDLE_CONNECTION_SECONDS = 2.0
MAX_ANSWER_BYTES = 64 * 1024


class Gateway(Protocol):
    """Whatever can post one SMS part."""

    def send(self, payload: dict[str, Any], webhook_id: str, now: datetime) -> Outcome:
        """Post the part once and say how it ended; never raises for network trouble."""

    def probe(self) -> bool:
        """Whether n8n answers at all; texts nobody."""

    def ask(self, now: datetime) -> Answer:
        """Ask n8n, signed, whether texts would get through; texts nobody, never raises."""


class N8nGateway:
    """Posts to the n8n webhook, signed, within the time that the settings allow."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._local = threading.local()

    def send(self, payload: dict[str, Any], webhook_id: str, now: datetime) -> Outcome:
        """Post the part once and say how it ended; never raises for network trouble."""
        body = json.dumps(payload, ensure_ascii=False)
        headers = _headers(self._config, webhook_id, body, now)
        deadline = self._deadline()
        try:
            with self._post(self._session(), body, headers) as response:
                return judge_answer(
                    response.status_code,
                    response.headers,
                    _read(response, deadline),
                    drops_repeats=self._config.n8n_drops_repeats,
                    now=now,
                )
        except (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema):
            return Outcome(Verdict.NOT_ACCEPTED, "N8N_WEBHOOK_URL is not usable", alarm=True)
        except requests.RequestException as error:
            return _judge_failure(error)

    def probe(self) -> bool:
        """Whether n8n answers at all; texts nobody.

        An OPTIONS request is what a webhook does not run its flow for; a server that does not
        know the method (405, 501) is alive.
        """
        seconds = min(PROBE_SECONDS, self._config.http_timeout_seconds)
        with new_session() as session:
            try:
                answer = session.options(
                    self._config.n8n_webhook_url, timeout=seconds, allow_redirects=False
                )
            except requests.RequestException:
                return False
        return answer.status_code < 500 or answer.status_code == 501

    def ask(self, now: datetime) -> Answer:
        """Ask n8n, signed, whether texts would get through; texts nobody, never raises."""
        body = json.dumps(question.QUESTION)
        headers = _headers(self._config, f"ping_{uuid.uuid4().hex}", body, now)
        deadline = self._deadline()
        try:
            with new_session() as session, self._post(session, body, headers) as response:
                return question.judge(response.status_code, _read(response, deadline))
        except requests.RequestException as error:
            return Answer(Finding.UNREACHABLE, _judge_failure(error).reason)

    def _deadline(self) -> float:
        return time.monotonic() + self._config.http_timeout_seconds

    def _post(
        self, session: requests.Session, body: str, headers: dict[str, str]
    ) -> requests.Response:
        seconds = self._config.http_timeout_seconds
        # What connecting took, the answer has less; requests takes it, only its stubs do not know.
        timeout: Any = Timeout(total=seconds, connect=CONNECT_SECONDS)
        return session.post(
            self._config.n8n_webhook_url,
            data=body.encode(),
            headers=headers,
            timeout=timeout,
            allow_redirects=False,
            stream=True,
        )

    def _session(self) -> requests.Session:
        """Return this thread's session, a new one when its connection may have gone stale.

        A server that closes an idle connection just as we reuse it leaves an outcome unknown.
        """
        idle_since = getattr(self._local, "used_at", None)
        self._local.used_at = time.monotonic()
        if idle_since is None or self._local.used_at - idle_since > IDLE_CONNECTION_SECONDS:
            if idle_since is not None:
                self._local.session.close()
            self._local.session = new_session()
        session: requests.Session = self._local.session
        return session


def post_signed(
    config: Config, url: str, payload: dict[str, Any], webhook_id: str, now: datetime
) -> int:
    """Post a signed JSON body, as n8n does to our webhooks, and return the HTTP status."""
    body = json.dumps(payload, ensure_ascii=False)
    headers = _headers(config, webhook_id, body, now)
    with new_session() as session:
        answer = session.post(
            url, data=body.encode(), headers=headers, timeout=config.http_timeout_seconds
        )
    return answer.status_code


def new_session() -> requests.Session:
    """Return a session that reads neither .netrc nor the proxies of the environment."""
    session = requests.Session()
    # A .netrc entry would replace our Authorization header, a proxy would see the texts.
    session.trust_env = False
    return session


def _headers(config: Config, webhook_id: str, body: str, now: datetime) -> dict[str, str]:
    headers = signed_headers(config.webhook_secret, webhook_id, body, now)
    headers["Content-Type"] = "application/json"
    request_id = log_context.request_id()
    if request_id is not None:
        headers["X-Request-ID"] = request_id
    if config.n8n_webhook_token:
        headers["Authorization"] = f"Bearer {config.n8n_webhook_token}"
    return headers


def _read(response: requests.Response, deadline: float) -> bytes:
    """Read the body, at most so much and so long; a broken end leaves what had come."""
    answer = b""
    with contextlib.suppress(requests.RequestException):
        _wait_until(response, deadline)
        for chunk in response.iter_content(4096):
            answer += chunk
            if len(answer) > MAX_ANSWER_BYTES or time.monotonic() > deadline:
                break
            _wait_until(response, deadline)
    return answer


def _wait_until(response: requests.Response, deadline: float) -> None:
    """Let what is still to come take the time that is left, not as long again as the start."""
    sock = getattr(response.raw.connection, "sock", None)
    if sock is not None:
        sock.settimeout(max(0.05, deadline - time.monotonic()))


def _judge_failure(error: requests.RequestException) -> Outcome:
    """Tell trouble before the request left from trouble after it may have arrived."""
    cause = error.args[0] if error.args else None
    cause = getattr(cause, "reason", cause)
    if _is_bad_certificate(cause):
        return Outcome(Verdict.NOT_ACCEPTED, "n8n's certificate is not trusted", alarm=True)
    if isinstance(cause, NameResolutionError):
        return _not_left("n8n's name could not be resolved")
    if isinstance(cause, NewConnectionError):
        return _not_left("n8n refused the connection")
    if isinstance(cause, ConnectTimeoutError):
        return _not_left("n8n could not be reached in time")
    if isinstance(cause, ReadTimeoutError):
        return Outcome(Verdict.UNKNOWN, "n8n did not answer in time")
    return Outcome(Verdict.UNKNOWN, "the connection to n8n broke")


def _not_left(reason: str) -> Outcome:
    return Outcome(Verdict.NOT_ACCEPTED, reason, has_left=False)


def _is_bad_certificate(cause: object) -> bool:
    inner: tuple[object, ...] = getattr(cause, "args", ())
    return bool(inner) and isinstance(inner[0], ssl.SSLCertVerificationError)
