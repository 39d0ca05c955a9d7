"""What the documentation names is there: files, functions, columns, settings, moves of a match."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from actors.conversation.match_states import after
from actors.reply_text import Intent
from models.peer_match import MatchState
from models.tables import ALL_TABLES
from tests.doc_pages import ROOT, Page, pages

PAGES = {page.name: page for page in pages()}
PACKAGES = ("matching", "models", "actors", "web", "tests")
TABLES = {model._meta.table_name: set(model._meta.columns) for model in ALL_TABLES}
_PATH = re.compile(r"(?:[\w.-]+/)+(?:[\w.-]+\.(?:py|md|json|ya?ml|csv|css|js|html|cfg|toml))?")
_DOTTED = re.compile(rf"(?:{'|'.join(PACKAGES)})(?:\.\w+)+")
_SETTING = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
# Left by running something, so not in a fresh clone.
MADE = (".local/", ".venv/")
# Variables that are no settings of ours, by who reads or sets them.
OF_OTHERS = {
    "DYNO": "Heroku sets it",
    "FIRST_ADMIN_EMAIL": "app.json asks for it",
    "FIRST_ADMIN_PASSWORD": "app.json makes it",
    "PGSSLMODE": "PostgreSQL's own library",
    "EXECUTIONS_DATA_MAX_AGE": "n8n",
    "N8N_BLOCK_ENV_ACCESS_IN_NODE": "n8n",
    "N8N_ENCRYPTION_KEY": "n8n",
    "NODE_FUNCTION_ALLOW_BUILTIN": "n8n",
}
OF_OUR_FLOWS = {
    name
    for flow in (ROOT / "n8n").glob("*.json")
    for name in re.findall(rf"\b{_SETTING.pattern}\b", flow.read_text())
}


@cache
def _names_of(file: Path) -> set[str]:
    """Return what a module defines, methods as `Class.method`."""
    found: set[str] = set()
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            inner = [part for part in node.body if isinstance(part, ast.FunctionDef)]
            found |= {f"{node.name}.{part.name}" for part in inner}
        for target in getattr(node, "targets", [getattr(node, "target", None)]):
            if isinstance(target, ast.Name):
                found.add(target.id)
        if isinstance(node, ast.ImportFrom) and file.name == "__init__.py":
            found |= {alias.name for alias in node.names}
    return found


def _is_there(dotted: str) -> bool:
    """Whether a name such as `actors.sending.delivery.deliver` is a module or something in one."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        place = ROOT.joinpath(*parts[:length])
        for file in (place.with_suffix(".py"), place / "__init__.py"):
            if file.exists():
                rest = ".".join(parts[length:])
                return not rest or rest in _names_of(file)
    return False


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_every_file_and_function_that_is_named_is_there(page: Page) -> None:
    missing = []
    for span in page.spans():
        name = span.removesuffix("()")
        if _PATH.fullmatch(name) and not name.startswith(MADE):
            if not any((base / name).exists() for base in (ROOT, page.path.parent)):
                missing.append(span)
        elif _DOTTED.fullmatch(name) and not _is_there(name):
            missing.append(span)
        else:
            table, _, column = name.partition(".")
            if column.isidentifier() and table in TABLES and column not in TABLES[table]:
                missing.append(span)
    assert missing == []


def test_a_name_that_is_gone_is_seen() -> None:
    assert _is_there("actors.sending.delivery.deliver")
    assert _is_there("actors.planner.Planner.tick")
    assert _is_there("matching.match_batch")
    assert not _is_there("actors.sending.delivery.no_such_function")
    assert not _is_there("actors.planner.Planner.no_such_method")
    assert not _is_there("actors.no_such_module")


def test_the_developers_walk_names_what_it_passes() -> None:
    walk = [span for span in PAGES["docs/developer.md"].spans() if _DOTTED.match(span)]
    assert len(set(walk)) > 40


def _read_by_config() -> set[str]:
    """Return the variables that the settings are made of."""
    trees = [ast.parse(file.read_text()) for file in (ROOT / "models").glob("config*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    texts = {node.value for node in nodes if isinstance(node, ast.Constant)}
    words = {text for text in texts if isinstance(text, str)}
    settings = {word for word in words if _SETTING.fullmatch(word) or word == "PORT"}
    return settings - set(OF_OTHERS)


def _documented() -> set[str]:
    """Return the variables of the README's table."""
    table = PAGES["README.md"].text.partition("## Settings")[2].partition("\n## ")[0]
    cells = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


def test_the_table_of_settings_has_all_that_are_read_and_no_other() -> None:
    in_procfile = set(re.findall(r"\$\{(\w+)", (ROOT / "Procfile").read_text()))
    elsewhere = {"LOCAL_DIR"}
    assert _documented() == _read_by_config() | in_procfile | elsewhere


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_every_setting_that_is_named_is_one(page: Page) -> None:
    named = {span.partition("=")[0] for span in page.spans()}
    settings = {name for name in named if _SETTING.fullmatch(name)}
    assert settings - _documented() - OF_OUR_FLOWS - set(OF_OTHERS) == set()


def test_every_alarm_is_explained_and_no_other() -> None:
    alarms = re.findall(r"alert: (\w+)", (ROOT / "docs" / "alerts.yaml").read_text())
    table = PAGES["docs/technician.md"].text.partition("## What each alarm means")[2]
    explained = re.findall(r"^\| `(\w+)` \|", table.partition("\n## ")[0], re.MULTILINE)
    assert len(alarms) > 5
    assert sorted(explained) == sorted(alarms)


def test_the_drawing_of_a_match_has_every_move_and_no_other() -> None:
    text = PAGES["docs/conversation.md"].text
    drawn = {(begin, end) for begin, end in re.findall(r"^\s+(\w+) --> (\w+)", text, re.MULTILINE)}
    answers = (None, *(str(intent) for intent in Intent))
    # What a break proposes again is moved by the clock, not by an answer.
    moves = {(str(MatchState.LATER), str(MatchState.OPEN))}
    for intent in Intent:
        for state in MatchState:
            for mine in answers:
                for theirs in answers:
                    move = after(intent, state, mine=mine, theirs=theirs, may_connect=True)
                    is_kept = move is not None and move.state == state
                    if move is not None and not (is_kept and state not in ("open", "later")):
                        moves.add((str(state), str(move.state)))
    assert drawn == moves
