"""Owns the settings: read from the environment once, checked, and handed on as one value."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from models.config_servers import (
    database_url,
    formation,
    is_heroku,
    redis_url,
    refuse_too_few_connections,
)
from models.config_values import (
    YES,
    ConfigError,
    Reader,
    between,
    choice,
    long_text,
    quiet_hours,
    webhook_secret,
)
from models.connection_shares import Formation, Shares, database_shares, redis_shares
from models.quiet_hours import QuietHours

__all__ = ["Config", "ConfigError", "load_config", "process_environment"]

MAX_HTTP_TIMEOUT_SECONDS = 15
LEASE_MARGIN_SECONDS = 2
HTTP_SCHEMES = ("https", "http")
LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "::1"}
NO_ACCELERATION = (
    "An accelerated event is a rehearsal that texts within a minute, so it needs LOCAL_SERVICES=1 "
    "and an N8N_WEBHOOK_URL on this machine."
)


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
    text_limit_characters : int
        A longer text is sent in parts of at most so many characters.
    introduction_useful_minutes : int
        How long after its time an introduction is still worth sending.
    lease_seconds : int
        How long a sender has a text before it counts as dead.
    rescue_after_seconds : int
        How long after its time a wake-up counts as lost.
    retention_days : int
        How long raw payloads and receipts are kept.
    person_retention_days : int or None
        After how long without an event a person is erased; None: never by itself.
    erasure_key : str
        Under which the phones of erased people who had opted out are kept as hashes.
    opt_out_reply : str
        Who confirms a STOP by text: `carrier` or `ours`.
    unsolicited_per_hour : int
        How many texts that answer nothing a person gets within an hour, at the most.
    database_connections, redis_connections : int
        How many one web and one worker of the Procfile may have together.
    formation : Formation
        How many processes and threads share them.
    trusted_proxies : int
        How many proxies in front of us say whom they speak for; 1 on Heroku, which sets `DYNO`.
    quiet_hours : QuietHours
        When nobody is texted out of the blue, by the recipient's clock.
    log_format : str
        `json`, or `text` for people.
    alert_webhook_url : str
        Where an organiser is alerted; empty means nowhere.
    public_url : str
        Where people find the admin, for the links in alerts.
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
    unsolicited_per_hour: int = 4
    quiet_hours: QuietHours = QuietHours()
    contact_email: str = ""
    text_limit_characters: int = 1600
    introduction_useful_minutes: int = 30
    lease_seconds: int = 60
    rescue_after_seconds: int = 20
    retention_days: int = 90
    person_retention_days: int | None = None
    erasure_key: str = ""
    database_connections: int = 20
    redis_connections: int = 20
    formation: Formation = Formation()
    trusted_proxies: int = 0
    log_level: str = "INFO"
    log_format: str = "json"
    sentry_dsn: str = ""
    alert_webhook_url: str = ""
    public_url: str = ""

    def __repr__(self) -> str:
        return f"Config(simulator={self.simulator}, local_services={self.local_services})"

    @property
    def allows_accelerated_events(self) -> bool:
        """Whether a rehearsal may run here: local services, and an n8n that is this machine."""
        host = urlsplit(self.n8n_webhook_url).hostname or ""
        return self.local_services and host in LOOPBACK_HOSTS

    @property
    def database_shares(self) -> Shares:
        """The most connections to PostgreSQL of one web process and of one worker process."""
        return database_shares(self.database_connections, self.formation)

    @property
    def redis_shares(self) -> Shares:
        """The same of Redis."""
        return redis_shares(self.redis_connections, self.formation)

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> "Config":
        """Build the settings from environment variables.

        Raises
        ------
        ConfigError
            Naming every variable that is missing or malformed.
        """
        reader = Reader(environ)
        local = reader.flag("LOCAL_SERVICES")
        simulator = local and not environ.get("N8N_WEBHOOK_URL")
        config = cls(
            database_url=database_url(reader, environ),
            redis_url=redis_url(reader, environ),
            n8n_webhook_url=(
                _simulator_url(environ)
                if simulator
                else reader.url("N8N_WEBHOOK_URL", *HTTP_SCHEMES)
            ),
            local_services=local,
            simulator=simulator,
            n8n_webhook_token=environ.get("N8N_WEBHOOK_TOKEN", ""),
            webhook_secret=reader.parsed("WEBHOOK_SECRET", webhook_secret, ""),
            api_token=environ.get("API_TOKEN", ""),
            secret_key=environ.get("SECRET_KEY", ""),
            messages_per_second=reader.parsed("MESSAGES_PER_SECOND", between(1, 1000), 8),
            horizon_seconds=reader.parsed("HORIZON_SECONDS", between(2, 300), 10),
            http_timeout_seconds=reader.parsed(
                "HTTP_TIMEOUT_SECONDS", between(1, MAX_HTTP_TIMEOUT_SECONDS), 12
            ),
            n8n_drops_repeats=reader.flag("N8N_DROPS_REPEATS", unset=simulator),
            opt_out_reply=reader.parsed("OPT_OUT_REPLY", choice("carrier", "ours"), "carrier"),
            unsolicited_per_hour=reader.parsed("UNSOLICITED_TEXTS_PER_HOUR", between(1, 100), 4),
            quiet_hours=reader.parsed("QUIET_HOURS", quiet_hours, QuietHours()),
            contact_email=environ.get("CONTACT_EMAIL", ""),
            text_limit_characters=reader.parsed("TEXT_LIMIT_CHARACTERS", between(160, 10000), 1600),
            introduction_useful_minutes=reader.parsed(
                "INTRODUCTION_USEFUL_MINUTES", between(1, 1440), 30
            ),
            lease_seconds=reader.parsed("LEASE_SECONDS", between(5, 600), 60),
            rescue_after_seconds=reader.parsed("RESCUE_AFTER_SECONDS", between(3, 300), 20),
            retention_days=reader.parsed("RETENTION_DAYS", between(1, 3650), 90),
            person_retention_days=reader.parsed("PERSON_RETENTION_DAYS", between(30, 36500), None),
            erasure_key=reader.parsed("ERASURE_KEY", long_text, ""),
            database_connections=reader.parsed("DATABASE_CONNECTIONS", between(1, 10_000), 20),
            redis_connections=reader.parsed("REDIS_CONNECTIONS", between(1, 10_000), 20),
            formation=formation(reader),
            trusted_proxies=reader.parsed(
                "TRUSTED_PROXIES", between(0, 5), int(is_heroku(environ))
            ),
            log_level=reader.parsed(
                "LOG_LEVEL", choice("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"
            ),
            log_format=reader.parsed(
                "LOG_FORMAT", choice("json", "text"), "text" if local else "json"
            ),
            sentry_dsn=reader.optional_url("SENTRY_DSN", *HTTP_SCHEMES),
            alert_webhook_url=reader.optional_url("ALERT_WEBHOOK_URL", *HTTP_SCHEMES),
            public_url=reader.optional_url("PUBLIC_URL", *HTTP_SCHEMES),
        )
        if config.lease_seconds < config.http_timeout_seconds + LEASE_MARGIN_SECONDS:
            reader.refuse("LEASE_SECONDS", "at least HTTP_TIMEOUT_SECONDS and 2 more")
        refuse_too_few_connections(
            reader, config.formation, config.database_connections, config.redis_connections
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
    if environ.get("LOCAL_SERVICES", "").strip().lower() in YES:
        from models.embedded import with_local_services

        environ = with_local_services(environ)
    return Config.from_env(environ)


def _simulator_url(environ: Mapping[str, str]) -> str:
    port = environ.get("PORT") or "5000"
    return environ.get("SIMULATOR_URL") or f"http://127.0.0.1:{port}/simulator/n8n"
