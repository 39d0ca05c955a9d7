"""Guards who may import whom: the arrows of the house style, and nothing else."""

import ast
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("matching", "models", "actors", "web")

# Which of our packages each one may import, apart from itself.
ARROWS = {
    "matching": set(),
    "models": set(),
    "actors": {"models", "matching"},
    "web": {"actors", "models"},
}
# The only places where these may be imported: a package, or one module of it.
HOMES = {
    "dramatiq": ("actors",),
    "flask": ("web",),
    "flask_admin": ("web",),
    "flask_login": ("web",),
    "flask_limiter": ("web",),
    "flask_wtf": ("web",),
    "wtforms": ("web",),
    "wtfpeewee": ("web",),
    "werkzeug": ("web",),
    "click": ("web",),
    "xlsxwriter": ("web",),
    # Texts go to n8n, alerts to the organiser's webhook, and nothing goes anywhere else.
    "requests": ("actors.n8n.gateway", "actors.alerts.posting"),
    "urllib3": ("actors.n8n.gateway",),
    # On one machine, `make run` and `make demo` ask their own web process how it is.
    "urllib.request": ("web.local", "web.rehearsal_watch"),
    "peewee": ("models", "actors", "web"),
    "playhouse": ("models", "web"),
    "psycopg2": ("models", "actors"),
    "rapidfuzz": ("actors.understanding.typos",),
    "sentry_sdk": ("actors.error_reports",),
}
BANNED = ("httpx", "aiohttp", "http.client", "sqlite3", "pickle")
PURE = {"numpy", "scipy", "numba", "ortools", "highspy", "zipcodes"}


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for package in OURS:
        for file in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            yield name.removesuffix(".__init__"), ast.parse(file.read_text())


def _imports(tree: ast.Module) -> Iterator[str]:
    """Return the full names of what a module imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute, so that this guard can read them"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _is_under(name: str, *homes: str) -> bool:
    return any(name == home or name.startswith(f"{home}.") for home in homes)


def _wrong_import(module: str, imported: str) -> bool:
    package, target = module.split(".")[0], imported.split(".")[0]
    if target in OURS:
        return target != package and target not in ARROWS[package]
    if _is_under(imported, *BANNED):
        return True
    for name, homes in HOMES.items():
        if _is_under(imported, name):
            return not _is_under(module, *homes)
    if package == "matching":
        return target not in sys.stdlib_module_names | PURE
    return False


def test_imports_follow_the_arrows() -> None:
    modules = dict(_modules())
    assert len(modules) > 40, "the packages were not found"
    wrong = [
        f"{module} imports {imported}"
        for module, tree in modules.items()
        for imported in _imports(tree)
        if _wrong_import(module, imported)
    ]
    assert wrong == []


def _rooms_of(modules: dict[str, ast.Module]) -> dict[str, set[str]]:
    """Return which of the folders and files right below `actors/` each of them imports."""

    def room(name: str) -> str:
        return ".".join(name.split(".")[:2])

    found: dict[str, set[str]] = {}
    for module, tree in modules.items():
        if _is_under(module, "actors"):
            imported = {room(name) for name in _imports(tree) if _is_under(name, "actors")}
            found.setdefault(room(module), set()).update(imported - {room(module)})
    return found


def test_no_folders_of_actors_import_each_other() -> None:
    rooms = _rooms_of(dict(_modules()))
    assert {"actors.sending", "actors.conversation", "actors.worker"} <= set(rooms)
    # It raises CycleError, with the circle.
    TopologicalSorter(rooms).prepare()


def _uses(tree: ast.Module, owner: str) -> set[str]:
    """Return what is used of a module: `owner.name` and `from owner import name`."""
    dotted = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == owner
    }
    taken = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == owner
        for alias in node.names
    }
    return dotted | taken


def test_only_the_settings_read_the_environment() -> None:
    environment = {"environ", "environb", "getenv"}
    readers = {module for module, tree in _modules() if _uses(tree, "os") & environment}
    assert readers == {"models.config"}


def test_matching_reads_no_clock_no_files_and_no_chance() -> None:
    forbidden = {"datetime", "os", "random", "logging", "pathlib", "socket", "subprocess"}
    for module, tree in _modules():
        if _is_under(module, "matching"):
            taken = {imported.split(".")[0] for imported in _imports(tree)}
            assert taken & forbidden == set(), module
            # How long it took may be told; what time it is may not be asked.
            assert _uses(tree, "time") <= {"perf_counter", "monotonic"}, module


def test_every_module_says_what_it_owns() -> None:
    silent = [
        module
        for module, tree in _modules()
        if tree.body and not _is_under(module, "models.migrations") and not ast.get_docstring(tree)
    ]
    assert silent == []


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("matching.score", "models.contractor"),
        ("matching.score", "peewee.Model"),
        ("models.event", "matching.Profile"),
        ("models.event", "actors.broker"),
        ("models.event", "flask.Flask"),
        ("models.event", "dramatiq.actor"),
        ("models.event", "requests.post"),
        ("actors.planner", "web.api"),
        ("actors.planner", "requests"),
        ("actors.alerts.alerting", "requests"),
        ("actors.alerts.posting", "urllib3.util.Timeout"),
        ("web.wsgi", "sentry_sdk"),
        ("actors.n8n.gateway", "urllib.request.urlopen"),
        ("actors.n8n.gateway", "http.client.HTTPConnection"),
        ("web.api", "matching.match_batch"),
        ("web.api", "dramatiq"),
        ("web.api", "requests.post"),
    ],
)
def test_arrow_that_is_not_drawn_is_seen(module: str, imported: str) -> None:
    assert _wrong_import(module, imported)


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("matching.score", "numpy.float64"),
        ("matching.score", "matching.profile.Profile"),
        ("actors.n8n.gateway", "requests.Session"),
        ("actors.alerts.posting", "requests.RequestException"),
        ("actors.error_reports", "sentry_sdk.integrations.flask.FlaskIntegration"),
        ("actors.planner", "matching.match_batch"),
        ("web.api", "actors.broker"),
        ("web.api", "urllib.parse.urlsplit"),
        ("models.event", "peewee.Model"),
    ],
)
def test_arrow_that_is_drawn_passes(module: str, imported: str) -> None:
    assert not _wrong_import(module, imported)
