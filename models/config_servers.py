"""Owns how the servers are reached: addresses with the TLS they need, and how many may use them."""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from models.config_values import Reader, between
from models.connection_shares import Formation, database_shares, redis_shares

REDIS_SCHEMES = ("redis", "rediss", "unix")


def database_url(reader: Reader, environ: Mapping[str, str]) -> str:
    """Return the address; Heroku's servers all speak TLS, so there nothing else will do."""
    address = reader.required("DATABASE_URL")
    if address and is_heroku(environ) and not environ.get("PGSSLMODE"):
        return _with_parameter(address, "sslmode", "require")
    return address


def redis_url(reader: Reader, environ: Mapping[str, str]) -> str:
    """Return the address; Heroku's servers vouch for themselves, which nobody can check."""
    address = reader.url("REDIS_URL", *REDIS_SCHEMES)
    is_checked = reader.flag("REDIS_TLS_VERIFY", unset=not is_heroku(environ))
    if address.lower().startswith("rediss:") and not is_checked:
        return _with_parameter(address, "ssl_cert_reqs", "none")
    return address


def formation(reader: Reader) -> Formation:
    """Return the Procfile's sizes; what is not set there is the same here."""
    sizes = {
        "web_processes": ("WEB_CONCURRENCY", Formation.web_processes),
        "web_threads": ("WEB_THREADS", Formation.web_threads),
        "worker_processes": ("WORKER_PROCESSES", Formation.worker_processes),
        "worker_threads": ("WORKER_THREADS", Formation.worker_threads),
    }
    return Formation(
        **{
            field: reader.parsed(name, between(1, 1000), unset)
            for field, (name, unset) in sizes.items()
        }
    )


def refuse_too_few_connections(
    reader: Reader, sizes: Formation, of_database: int, of_redis: int
) -> None:
    """Refuse what does not give each process the least that it needs."""
    for name, share_out, allowed in (
        ("DATABASE_CONNECTIONS", database_shares, of_database),
        ("REDIS_CONNECTIONS", redis_shares, of_redis),
    ):
        try:
            share_out(allowed, sizes)
        except ValueError as error:
            reader.refuse(name, str(error))


def is_heroku(environ: Mapping[str, str]) -> bool:
    """Whether this is a dyno."""
    return bool(environ.get("DYNO"))


def _with_parameter(address: str, name: str, value: str) -> str:
    """Return the address with a parameter, unless it says something about that itself."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    if name in parse_qs(parts.query, keep_blank_values=True):
        return address
    return f"{address}{'&' if parts.query else '?'}{name}={value}"
