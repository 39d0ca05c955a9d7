"""What platforms read agrees with the Procfile, the settings and each other."""

import ast
import configparser
import json
import re
import shlex
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.config import Config
from models.connection_shares import WORKER_QUEUES, Formation
from tests.slug import normalised, pins
from tests.worker import ROOT, procfile_line

PROCESSES = set(re.findall(r"^(\w+): ", (ROOT / "Procfile").read_text(), re.MULTILINE))
# Read by the lines of the Procfile, not by us.
OF_THE_PROCFILE = {"PORT", "WEB_HOST"}
SIZES = {
    "WEB_CONCURRENCY": Formation.web_processes,
    "WEB_THREADS": Formation.web_threads,
    "WORKER_PROCESSES": Formation.worker_processes,
    "WORKER_THREADS": Formation.worker_threads,
}
# Servers on a developer's machine; neither web nor worker nor a command needs these modules.
LOCAL_ONLY = {"models/embedded.py", "web/local.py"}
# What the containers fix by themselves, and what is for a developer's machine.
NOT_FOR_COMPOSE = {"PORT", "WEB_HOST", "LOCAL_SERVICES", "LOCAL_DIR", "SIMULATOR_URL"}
GIVEN_BY_COMPOSE = {"DATABASE_URL", "REDIS_URL"}
GENERATED = {"SECRET_KEY", "API_TOKEN", "ERASURE_KEY", "WEBHOOK_SECRET", "N8N_WEBHOOK_TOKEN"}


def settings_known() -> set[str]:
    """Return every name that the settings' source asks the environment for."""
    files = (ROOT / "models").glob("config*.py")
    source = "".join(file.read_text() for file in files)
    return set(re.findall(r'"([A-Z][A-Z0-9_]{3,})"', source)) | OF_THE_PROCFILE


def settings_documented() -> set[str]:
    """Return every name in the README's table of settings."""
    table = (ROOT / "README.md").read_text().partition("## Settings")[2].partition("\n## ")[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


def app_json() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "app.json").read_text())
    return found


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return found


@pytest.mark.parametrize(("name", "size"), SIZES.items())
def test_a_size_that_is_not_set_is_the_same_in_the_procfile_and_the_settings(
    name: str, size: int
) -> None:
    text = (ROOT / "Procfile").read_text()
    assert re.findall(rf"\${{{name}:-(\d+)}}", text) == [str(size)]


@pytest.mark.parametrize(("name", "size"), SIZES.items())
def test_compose_leaves_no_size_empty_which_gunicorn_would_not_take(name: str, size: int) -> None:
    assert compose()["x-app"]["environment"][name] == f"${{{name}:-{size}}}"


def test_the_worker_listens_to_as_many_queues_as_connections_are_shared_out_for() -> None:
    words = shlex.split(procfile_line("worker"))
    queues = words[words.index("--queues") + 1 : words.index("--worker-shutdown-timeout")]
    assert len(queues) == WORKER_QUEUES


def test_app_json_runs_what_the_procfile_has() -> None:
    app = app_json()
    assert set(app["formation"]) == PROCESSES - {"release"}
    assert {addon["plan"].split(":")[0] for addon in app["addons"]} == {
        "heroku-postgresql",
        "heroku-redis",
    }
    assert [each["url"] for each in app["buildpacks"]] == ["heroku/python"]
    assert (ROOT / ".python-version").read_text() == "3.11\n"


def test_app_json_asks_for_settings_that_there_are() -> None:
    app = app_json()
    first_admin = set(re.findall(r"\$(\w+)", app["scripts"]["postdeploy"]))
    assert set(app["env"]) <= settings_known() | first_admin
    assert first_admin < set(app["env"])
    assert all(each["description"] for each in app["env"].values())
    invented = {name for name, each in app["env"].items() if each.get("generator") == "secret"}
    assert invented - first_admin == GENERATED


def test_what_app_json_gives_is_enough_to_start() -> None:
    environ = {
        "DATABASE_URL": "postgres://user:secret@db.example.com/x",
        "REDIS_URL": "rediss://:secret@kv.example.com:6380",
        "DYNO": "web.1",
    }
    for name, each in app_json()["env"].items():
        if each.get("generator"):
            environ[name] = "0123456789abcdef" * 4
        elif "value" in each:
            environ[name] = each["value"]
        elif each.get("required", True):
            environ[name] = "https://n8n.example.com/webhook/x"
    config = Config.from_env(environ)
    assert config.database_connections == config.redis_connections == 20
    assert config.webhook_secret


def test_compose_runs_what_the_procfile_has() -> None:
    services = compose()["services"]
    assert set(services) == {"postgres", "redis", "n8n", "migrate", "web", "worker"}
    ours = [services[name]["command"] for name in ("migrate", "web", "worker")]
    assert ours == [["release"], ["web"], ["worker"]]
    for name in ("web", "worker"):
        assert services[name]["depends_on"]["migrate"] == {
            "condition": "service_completed_successfully"
        }
        assert services[name]["stop_grace_period"] == "30s"


def test_compose_gives_settings_that_there_are_and_no_secret() -> None:
    environment = compose()["x-app"]["environment"]
    assert set(environment) <= settings_known()
    for name in GENERATED:
        assert environment[name] == f"${{{name}:?set it in .env}}"
    values = {name: re.sub(r"\$\{\w+:[?-]([^}]*)\}", r"\1", v) for name, v in environment.items()}
    values |= dict.fromkeys(("WEBHOOK_SECRET", "ERASURE_KEY"), "0123456789abcdef" * 4)
    assert Config.from_env(values).database_connections == 60


@pytest.mark.parametrize("service", ["migrate", "web", "worker"])
def test_every_documented_setting_reaches_the_containers_from_env(service: str) -> None:
    environment = compose()["services"][service]["environment"]
    assert set(environment) == settings_documented() - NOT_FOR_COMPOSE
    for name in set(environment) - GIVEN_BY_COMPOSE:
        assert environment[name].startswith((f"${{{name}:-", f"${{{name}:?")), name


def test_our_containers_get_no_secret_of_n8n_and_n8n_none_of_ours_but_the_shared_one() -> None:
    services = compose()["services"]
    assert not [name for name, each in services.items() if "env_file" in each]
    ours = str([services[name]["environment"] for name in ("migrate", "web", "worker")])
    for name in ("N8N_ENCRYPTION_KEY", "GHL_TOKEN", "GHL_LOCATION_ID", "GHL_WEBHOOK_TOKEN"):
        assert name not in ours
    of_n8n = str(services["n8n"]["environment"])
    assert {name for name in GENERATED if f"${{{name}:" in of_n8n} == {"WEBHOOK_SECRET"}


def test_the_env_file_of_the_guide_has_all_that_compose_insists_on_and_no_other() -> None:
    guide = (ROOT / "docs" / "deployment.md").read_text()
    block = re.search(r"cat > \.env <<END\n(.+?)\nEND\n", guide, re.DOTALL)
    assert block
    written = {line.partition("=")[0] for line in block[1].splitlines()}
    assert written == set(re.findall(r"\$\{(\w+):\?", (ROOT / "compose.yaml").read_text()))


def test_the_dockerfile_has_nothing_to_complain_about() -> None:
    hadolint = Path(sys.executable).parent / "hadolint"
    done = subprocess.run([hadolint, ROOT / "Dockerfile"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_holds_what_the_procfile_needs() -> None:
    kept = {
        line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line[0] == "!"
    }
    needed = {"actors", "bin", "matching", "models", "web", "Procfile"}
    assert needed | {"requirements.txt"} == kept
    assert all((ROOT / name).exists() for name in kept)


@pytest.mark.parametrize("line", sorted(PROCESSES))
def test_bin_run_becomes_a_line_of_the_procfile(line: str, tmp_path: Path) -> None:
    for program in ("gunicorn", "env", "flask"):
        (tmp_path / program).write_text('#!/bin/sh\necho "$0" "$@"\n')
        (tmp_path / program).chmod(0o755)
    done = subprocess.run(
        [ROOT / "bin" / "run", line],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    first = procfile_line(line).removeprefix("exec ").split()[0]
    assert done.stdout.startswith(f"{tmp_path}/{first} ")


def test_bin_run_becomes_a_command_of_ours_with_its_words_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "flask").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    (tmp_path / "flask").chmod(0o755)
    words = ["--app", "web", "export-person", "(512) 555-0123"]
    done = subprocess.run(
        [ROOT / "bin" / "run", "flask", *words],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout.splitlines()) == (0, words)


def test_bin_run_knows_nothing_else() -> None:
    done = subprocess.run([ROOT / "bin" / "run", "clock"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (1, "The Procfile has no line clock.\n")


def _names(requirements: str) -> set[str]:
    return {normalised(name.partition("[")[0]) for name in requirements.split()}


def test_every_direct_dependency_is_pinned_where_it_belongs() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    runtime = _names(setup["options"]["install_requires"])
    extras = _names(" ".join(setup["options.extras_require"].values()))
    production, beside = set(pins("requirements.txt")), set(pins("requirements-dev.txt"))
    assert runtime <= production
    assert extras <= beside
    assert not production & beside
    assert "-r requirements.txt" in (ROOT / "requirements-dev.txt").read_text().splitlines()


def test_what_production_imports_is_pinned_for_it() -> None:
    production, homes = set(pins("requirements.txt")), packages_distributions()
    stray = []
    for package in ("matching", "models", "actors", "web"):
        for file in (ROOT / package).rglob("*.py"):
            name = str(file.relative_to(ROOT))
            for imported in _imports(file) if name not in LOCAL_ONLY else ():
                owners = {normalised(owner) for owner in homes.get(imported, ())}
                if owners and not owners & production:
                    stray.append((name, imported))
    assert stray == []


def _imports(file: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(file.read_text())))
    whole = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    parts = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in whole | parts}


def test_the_readme_lists_every_setting() -> None:
    listed = (ROOT / "README.md").read_text()
    words = {"DEBUG", "INFO", "WARNING", "ERROR", "DYNO", "PGSSLMODE"}
    missing = {name for name in settings_known() - words if f"`{name}`" not in listed}
    assert missing == set()
