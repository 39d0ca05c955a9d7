"""Starting everything on one machine: where its data goes, and what is refused in one line."""

from pathlib import Path

import pytest

from models.embedded import EmbeddedServerError
from web import local
from web.local import ROOT, data_folder


def test_data_goes_to_local_dir_or_stays_in_the_project(monkeypatch):
    monkeypatch.setenv("LOCAL_DIR", "/srv/data")
    assert data_folder() == Path("/srv/data")
    monkeypatch.setenv("LOCAL_DIR", "elsewhere")
    assert data_folder() == ROOT / "elsewhere"
    monkeypatch.delenv("LOCAL_DIR")
    assert data_folder() == ROOT / ".local"


@pytest.fixture
def addresses(monkeypatch, tmp_path):
    monkeypatch.setenv("LOCAL_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:9/x")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:9/0")


@pytest.mark.usefixtures("addresses")
@pytest.mark.parametrize("port", ["web", "-1", "65536", "5000.5"])
def test_a_port_that_is_none_is_refused_in_one_line(monkeypatch, capsys, port):
    monkeypatch.setenv("PORT", port)
    assert local.main() == 1
    assert capsys.readouterr().err == "PORT is a whole number from 0 to 65535.\n"


@pytest.mark.usefixtures("addresses")
def test_an_embedded_server_that_does_not_start_is_one_line(monkeypatch, capsys):
    def refuse(_servers):
        raise EmbeddedServerError("Redis did not start; see the log.")

    monkeypatch.setattr("models.embedded.EmbeddedServers.__enter__", refuse)
    assert local.main() == 1
    assert capsys.readouterr().err == "Redis did not start; see the log.\n"
