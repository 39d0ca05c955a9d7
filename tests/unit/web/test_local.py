"""Starting everything on one machine: where its data goes, and what is refused in one line."""

from pathlib import Path

import pytest

from models.embedded import EmbeddedServerError
from web import local
from web.local import ROOT, LocalError, data_folder, until_ready


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


class Seconds:
    """Seconds that pass only while something waits."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def pause(self, _seconds):
        self.now += 1


def test_a_slow_start_is_waited_for_and_says_so(capsys):
    passed = Seconds()
    until_ready(lambda: passed.now > 100, lambda: False, seconds=passed, pause=passed.pause)
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [f"Still starting ... {n} s" for n in range(15, 101, 15)]


def test_a_quick_start_says_nothing(capsys):
    until_ready(lambda: True, lambda: False)
    assert capsys.readouterr().err == ""


def test_a_start_that_takes_three_minutes_ends_with_what_to_do():
    passed = Seconds()
    with pytest.raises(LocalError, match=r"not ready after 180 seconds\. .* run the same command"):
        until_ready(lambda: False, lambda: False, seconds=passed, pause=passed.pause)


def test_a_process_that_ends_is_not_waited_for():
    passed = Seconds()
    with pytest.raises(LocalError, match="ended"):
        until_ready(lambda: False, lambda: passed.now > 3, seconds=passed, pause=passed.pause)
    assert passed.now < 5
