"""Owns the settings: read from the environment once, checked, and handed on as one value."""

import base64
import binascii
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

MAX_HTTP_TIMEOUT_SECONDS = 15
_YES = ("1", "true", "yes")
_NO = ("", "0", "false", "no")
REDIS_SCHEMES = ("redis", "rediss", "unix")
HTTP_SCHEMES = ("https", "http")
LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "::1"}
NO_ACCELERATION = (
    "An accelerated event is a rehearsal that texts within a minute, so it needs LOCAL_SERVICES=1 "
    "and an N8N_WEBHOOK_URL on this machine."
)


class ConfigError(Exception):
    """Settings are missing or malformed; the message is one line that names every one."""


@dataclass(frozen=True)
class Config:
    """Everything the environment decides. Secrets are kept out of `repr`.

    Attributes
    ----------
    http_timeout_seconds : float
        Whole time that one request to n8n may take; at most 15.
    horizon_seconds : int
        How far ahead of its time a text gets its wake-up.
    n8n_drops_repeats : bool
        Whether the flow answers a repeated `webhook-id` without texting again.
    opt_out_reply : str
        Who confirms a STOP by text: `carrier` or `ours`.
    """

    database_url: str
    redis_url: str
    n8n_webhook_url: str
    local_services: bool = False
    simulator: bool = False
    n8n_webhook_token: str = ""
    webhook_secret: str = ""
    api_token: str = ""
    secret_key: str = ""
    messages_per_second: int = 8
    horizon_seconds: int = 10
    http_timeout_seconds: float = 12.0
    n8n_drops_repeats: bool = False
    opt_out_reply: str = "carrier"
    contact_email: str = ""
    database_connections: int = 20
    log_level: str = "INFO"

    def __repr__(self) -> str:
        return f"Config(simulator={self.simulator}, local_services={self.local_services})"

    @property
    def allows_accelerated_events(self) -> bool:
        """Whether a rehearsal may run here: local services, and an n8n that is this machine."""
        host = urlsplit(self.n8n_webhook_url).hostname or ""
        return self.local_services and host in LOOPBACK_HOSTS

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Config":
        """Build the settings from environment variables.

        Raises
        ------
        ConfigError
            Naming every variable that is missing or malformed.
        """
        reader = _Reader(environ)
        local = reader.flag("LOCAL_SERVICES")
        simulator = local and not environ.get("N8N_WEBHOOK_URL")
        config = cls(
            database_url=reader.required("DATABASE_URL"),
            redis_url=reader.url("REDIS_URL", *REDIS_SCHEMES),
            n8n_webhook_url=(
                _simulator_url(environ)
                if simulator
                else reader.url("N8N_WEBHOOK_URL", *HTTP_SCHEMES)
            ),
            local_services=local,
            simulator=simulator,
            n8n_webhook_token=environ.get("N8N_WEBHOOK_TOKEN", ""),
            webhook_secret=reader.parsed("WEBHOOK_SECRET", _webhook_secret, ""),
            api_token=environ.get("API_TOKEN", ""),
            secret_key=environ.get("SECRET_KEY", ""),
            messages_per_second=reader.parsed("MESSAGES_PER_SECOND", _between(1, 1000), 8),
            horizon_seconds=reader.parsed("HORIZON_SECONDS", _between(2, 300), 10),
            http_timeout_seconds=reader.parsed(
                "HTTP_TIMEOUT_SECONDS", _between(1, MAX_HTTP_TIMEOUT_SECONDS), 12
            ),
            n8n_drops_repeats=reader.flag("N8N_DROPS_REPEATS", unset=simulator),
            opt_out_reply=reader.parsed("OPT_OUT_REPLY", _choice("carrier", "ours"), "carrier"),
            contact_email=environ.get("CONTACT_EMAIL", ""),
            database_connections=reader.parsed("DATABASE_CONNECTIONS", _between(2, 500), 20),
            log_level=reader.parsed(
                "LOG_LEVEL", _choice("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"
            ),
        )
        reader.finish()
        return config


def process_environment() -> dict[str, str]:
    """Return a copy of this process's variables, to read or to hand to a child process."""
    return dict(os.environ)  # noqa: TID251  # the one place that reads it


def load_config() -> Config:
    """Read the settings of this process from its environment.

    Raises
    ------
    ConfigError
        Naming every variable that is missing or malformed.
    """
    environ = process_environment()
    if environ.get("LOCAL_SERVICES", "").strip().lower() in _YES:
        from models.embedded import with_local_services

        environ = with_local_services(environ)
    return Config.from_env(environ)


class _Reader:
    """Reads variables and remembers what is wrong, so that one error names everything."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._missing: list[str] = []
        self._malformed: list[str] = []

    def required(self, name: str) -> str:
        value = self._environ.get(name, "")
        if not value:
            self._missing.append(name)
        return value

    def url(self, name: str, *schemes: str) -> str:
        value = self.required(name)
        if value and value.partition("://")[0].lower() not in schemes:
            self._malformed.append(f"{name} (an address that starts with {schemes[0]}://)")
        return value

    def flag(self, name: str, unset: bool = False) -> bool:
        value = self._environ.get(name, "").strip().lower()
        if not value:
            return unset
        if value not in _YES + _NO:
            self._malformed.append(f"{name} (1 or 0)")
        return value in _YES

    def parsed(self, name: str, parse: Callable[[str], Any], fallback: Any) -> Any:
        value = self._environ.get(name, "")
        if not value:
            return fallback
        try:
            return parse(value)
        except ValueError as error:
            self._malformed.append(f"{name} ({error})")
            return fallback

    def finish(self) -> None:
        problems = []
        if self._missing:
            problems.append(f"missing: {', '.join(self._missing)}")
        if self._malformed:
            problems.append(f"not understood: {', '.join(self._malformed)}")
        if problems:
            raise ConfigError(
                f"Settings {'; '.join(problems)}. "
                "Set them in the environment, or use `make run`, which sets LOCAL_SERVICES=1."
            )


def _simulator_url(environ: Mapping[str, str]) -> str:
    port = environ.get("PORT") or "5000"
    return environ.get("SIMULATOR_URL") or f"http://127.0.0.1:{port}/simulator/n8n"


def _between(low: int, high: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        try:
            number = int(value)
        except ValueError:
            number = low - 1
        if not low <= number <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return number

    return parse


def _choice(*options: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in options:
            raise ValueError(f"one of {', '.join(options)}")
        return value

    return parse


def _webhook_secret(value: str) -> str:
    """Accept what Standard Webhooks accepts: `whsec_` and base64 of 24 to 64 bytes."""
    try:
        key = base64.b64decode(value.removeprefix("whsec_") + "==")
    except binascii.Error:
        key = b""
    if not 24 <= len(key) <= 64:
        raise ValueError("whsec_ and the base64 of 24 to 64 bytes")
    return value
