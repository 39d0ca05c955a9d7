"""The settings: everything that is missing or malformed is named at once, in one line."""

import base64
from datetime import UTC, datetime
from pathlib import Path

import pytest

from actors.n8n.signing import is_signed, signed_headers
from models.config import Config, ConfigError
from models.embedded import local_folder
from models.quiet_hours import QuietHours

COMPLETE = {
    "DATABASE_URL": "postgresql://localhost/x",
    "REDIS_URL": "redis://localhost:6379/0",
    "N8N_WEBHOOK_URL": "https://n8n.example.com/webhook/sms",
}
SERVERS = {name: COMPLETE[name] for name in ("DATABASE_URL", "REDIS_URL")}


def test_every_required_setting_that_is_missing_is_named_in_one_line():
    with pytest.raises(ConfigError) as caught:
        Config.from_env({})
    line = str(caught.value)
    assert "\n" not in line
    assert all(name in line for name in COMPLETE)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REDIS_URL", "localhost:6379"),
        ("N8N_WEBHOOK_URL", "n8n.example.com"),
        ("MESSAGES_PER_SECOND", "0"),
        ("MESSAGES_PER_SECOND", "fast"),
        ("HORIZON_SECONDS", "1"),
        ("HTTP_TIMEOUT_SECONDS", "16"),
        ("N8N_DROPS_REPEATS", "maybe"),
        ("OPT_OUT_REPLY", "nobody"),
        ("WEBHOOK_SECRET", "whsec_short"),
        ("DATABASE_CONNECTIONS", "8"),
        ("REDIS_CONNECTIONS", "6"),
        ("REDIS_TLS_VERIFY", "perhaps"),
        ("WEB_CONCURRENCY", "0"),
        ("WORKER_THREADS", "many"),
        ("LOG_LEVEL", "loud"),
        ("LOG_FORMAT", "xml"),
        ("ALERT_WEBHOOK_URL", "hooks.example.com"),
        ("SENTRY_DSN", "key@errors.example.com"),
        ("PUBLIC_URL", "peers.example.com"),
        ("TEXT_LIMIT_CHARACTERS", "70"),
        ("INTRODUCTION_USEFUL_MINUTES", "0"),
        ("LEASE_SECONDS", "13"),
        ("RESCUE_AFTER_SECONDS", "1"),
        ("RETENTION_DAYS", "never"),
        ("UNSOLICITED_TEXTS_PER_HOUR", "none"),
        ("QUIET_HOURS", "nights"),
    ],
)
def test_a_malformed_setting_is_named_without_its_value(name, value):
    with pytest.raises(ConfigError, match=name) as caught:
        Config.from_env({**COMPLETE, name: value})
    assert value not in str(caught.value).replace("1 or 0", "").split()


def test_what_is_optional_defaults_to_the_safe_choice():
    config = Config.from_env(COMPLETE)
    assert not config.simulator
    assert not config.n8n_drops_repeats
    assert (config.messages_per_second, config.horizon_seconds) == (8, 10)
    assert (config.unsolicited_per_hour, config.quiet_hours) == (4, QuietHours())
    assert (config.api_token, config.secret_key, config.webhook_secret) == ("", "", "")
    assert (config.alert_webhook_url, config.sentry_dsn, config.public_url) == ("", "", "")


@pytest.mark.parametrize(
    ("variables", "form"),
    [
        ({}, "json"),
        ({"LOCAL_SERVICES": "1"}, "text"),
        ({"LOCAL_SERVICES": "1", "LOG_FORMAT": "json"}, "json"),
        ({"LOG_FORMAT": "text"}, "text"),
    ],
)
def test_logs_are_for_machines_but_on_a_developers_own(variables, form):
    assert Config.from_env({**COMPLETE, **variables}).log_format == form


def test_the_simulator_stands_in_only_where_local_services_are_allowed():
    local = Config.from_env({**SERVERS, "LOCAL_SERVICES": "1", "PORT": "8123"})
    assert local.simulator
    assert local.n8n_drops_repeats
    assert local.n8n_webhook_url == "http://127.0.0.1:8123/simulator/n8n"
    assert not Config.from_env({**COMPLETE, "LOCAL_SERVICES": "1"}).simulator
    with pytest.raises(ConfigError, match="N8N_WEBHOOK_URL"):
        Config.from_env(SERVERS)


@pytest.mark.parametrize(
    ("local", "url", "allowed"),
    [
        ("1", "http://127.0.0.1:5678/webhook/sms", True),
        ("1", "http://localhost:5678/webhook/sms", True),
        ("1", "https://n8n.example.com/webhook/sms", False),
        ("1", "https://127.0.0.1.example.com/webhook/sms", False),
        ("0", "http://127.0.0.1:5678/webhook/sms", False),
    ],
)
def test_rehearsals_need_local_services_and_an_n8n_on_this_machine(local, url, allowed):
    config = Config.from_env({**COMPLETE, "LOCAL_SERVICES": local, "N8N_WEBHOOK_URL": url})
    assert config.allows_accelerated_events is allowed


def test_secrets_are_not_in_the_repr():
    secret = base64.b64encode(b"x" * 24).decode()
    config = Config.from_env({**COMPLETE, "WEBHOOK_SECRET": f"whsec_{secret}", "API_TOKEN": "tok"})
    assert secret not in repr(config)
    assert "tok" not in repr(config)


def test_local_data_lies_where_local_dir_says():
    assert local_folder({"LOCAL_DIR": "/srv/data"}) == Path("/srv/data")
    assert local_folder({}) == local_folder({"LOCAL_DIR": ""}) == Path(".local")


def test_heroku_demands_tls_of_postgresql_unless_told_what_to_demand():
    def url(address, **environ):
        return Config.from_env({**COMPLETE, "DATABASE_URL": address, **environ}).database_url

    plain = "postgres://u:p%40q@db.example.com:5432/x"
    assert url(plain) == plain
    assert url(plain, DYNO="web.1") == f"{plain}?sslmode=require"
    assert url(f"{plain}?a=b", DYNO="web.1") == f"{plain}?a=b&sslmode=require"
    assert url(f"{plain}?sslmode=verify-full", DYNO="web.1") == f"{plain}?sslmode=verify-full"
    assert url(plain, DYNO="web.1", PGSSLMODE="verify-full") == plain


def test_certificates_of_redis_are_checked_but_on_heroku():
    def url(address, **environ):
        return Config.from_env({**COMPLETE, "REDIS_URL": address, **environ}).redis_url

    secure = "rediss://:secret@kv.example.com:6380"
    unchecked = f"{secure}?ssl_cert_reqs=none"
    assert url(secure) == secure
    assert url(secure, DYNO="web.1") == url(secure, REDIS_TLS_VERIFY="0") == unchecked
    assert url(secure, DYNO="web.1", REDIS_TLS_VERIFY="1") == secure
    assert url("redis://localhost", DYNO="web.1") == "redis://localhost"


def test_what_a_platform_invents_is_a_webhook_secret():
    # 64 hexadecimal digits are base64 as well, of 48 bytes.
    invented = "0123456789abcdef" * 4
    config = Config.from_env({**COMPLETE, "WEBHOOK_SECRET": invented})
    headers = signed_headers(config.webhook_secret, "msg_1", "{}", datetime.now(UTC))
    assert is_signed(invented, headers, b"{}")
    assert not is_signed(invented[::-1], headers, b"{}")
