"""Servers as managed ones are: TLS, a certificate no system trusts, a password full of signs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from actors.broker import broker, connect_broker
from models.base import db, init_database
from models.config import Config
from models.readiness import database_problem, redis_problem
from tests.certificates import Certificates, issue
from tests.conftest import settings
from tests.debian_postgres import SecuredPostgres
from tests.servers import data_folder
from tests.tls_front import TlsFront

pytestmark = pytest.mark.commits


@pytest.fixture(scope="module")
def certificates() -> Iterator[Certificates]:
    with data_folder() as folder:
        yield issue(folder, "localhost")


@pytest.fixture(scope="module")
def postgres(certificates: Certificates) -> Iterator[SecuredPostgres]:
    with data_folder() as folder, SecuredPostgres(folder, certificates) as started:
        yield started


@pytest.fixture
def redis_url(servers: dict[str, str], certificates: Certificates) -> Iterator[str]:
    port = int(servers["REDIS_URL"].rsplit(":", 1)[1].split("/")[0])
    with TlsFront(port, certificates) as front:
        yield f"rediss://localhost:{front.port}/0"


@pytest.fixture(autouse=True)
def _back_to_ours(_database: None, config: Config) -> Iterator[None]:
    """Let each test point the handles elsewhere."""
    db.close()
    yield
    db.close_all()
    init_database(config.database_url)
    connect_broker(config.redis_url)
    db.connect()


def is_encrypted() -> bool:
    query = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
    return bool(db.execute_sql(query).fetchone()[0])


def test_an_address_as_heroku_gives_it_is_used_with_tls(postgres: SecuredPostgres) -> None:
    found = settings(DATABASE_URL=postgres.url, DYNO="web.1")
    assert found.database_url.endswith("sslmode=require")
    init_database(found.database_url)
    assert database_problem(found) is None
    with db.connection_context():
        assert is_encrypted()


def test_that_server_takes_nobody_without_tls(postgres: SecuredPostgres) -> None:
    found = settings(DATABASE_URL=f"{postgres.url}?sslmode=disable", DYNO="web.1")
    init_database(found.database_url)
    assert database_problem(found) is not None


@pytest.mark.parametrize(
    ("vouches", "problem"),
    [("ours", None), ("another", "its certificate is not one that we trust")],
)
def test_a_server_can_be_verified(
    postgres: SecuredPostgres,
    certificates: Certificates,
    tmp_path: Path,
    vouches: str,
    problem: str | None,
) -> None:
    authority = certificates if vouches == "ours" else issue(tmp_path / "other", "localhost")
    url = f"{postgres.url}?sslmode=verify-full&sslrootcert={authority.authority}"
    # What the address says is not made weaker on Heroku.
    found = settings(DATABASE_URL=url, DYNO="web.1")
    assert found.database_url == url
    init_database(found.database_url)
    said = database_problem(found)
    assert said is None if problem is None else said is not None and problem in said


def test_a_redis_that_nobody_vouches_for_is_refused(redis_url: str) -> None:
    said = redis_problem(settings(REDIS_URL=redis_url).redis_url)
    assert said is not None
    assert "its certificate is not one that we trust" in said


def test_a_redis_is_verified_by_an_authority_that_the_address_names(
    redis_url: str, certificates: Certificates
) -> None:
    url = f"{redis_url}?ssl_ca_certs={certificates.authority}"
    assert redis_problem(settings(REDIS_URL=url).redis_url) is None


@pytest.mark.parametrize("variable", [{"DYNO": "worker.1"}, {"REDIS_TLS_VERIFY": "0"}])
def test_a_redis_that_nobody_vouches_for_is_used_where_that_is_said(
    redis_url: str, variable: dict[str, str]
) -> None:
    found = settings(REDIS_URL=redis_url, **variable)
    assert redis_problem(found.redis_url) is None
    connect_broker(found.redis_url)
    assert broker.client.ping()


def test_heroku_can_be_told_to_verify_redis_all_the_same(redis_url: str) -> None:
    found = settings(REDIS_URL=redis_url, DYNO="worker.1", REDIS_TLS_VERIFY="1")
    assert redis_problem(found.redis_url) is not None
