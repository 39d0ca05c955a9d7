"""Every command of the documentation is run by a test, or its page says why it is not run here.

Right above a block that is `<!-- not run here: why -->`; of single commands it is how they begin,
and why: `<!-- not run here: heroku (why), make bench (why) -->`. What runs `flask` commands is
integration/test_documented_commands.py.
"""

import ast
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import settings
from tests.doc_pages import ROOT, SHELLS, Command, commands_of, pages

PAGES = pages()
COMMANDS = [command for page in PAGES for command in page.commands()]
CI = ".ci/run"
# What runs each target: the script of the continuous integration, or a test.
TARGETS = {
    "test": CI,
    "check": CI,
    "test-faults": CI,
    "demo": CI,
    "clean": "unit/docs/test_commands::test_make_clean_removes_what_was_made_and_nothing_else",
    "migrate": "integration/test_cli_process::"
    "test_an_empty_database_is_migrated_once_and_then_usable",
    "admin": "integration/test_cli::test_an_admin_is_asked_for_what_is_missing",
    "run": "browser/test_rehearsal_day::test_a_day_from_import_to_a_stop_that_is_obeyed",
}
# Started with `python -m`; what it runs are these tests.
PROGRAMS = ("pytest",)


def _name(command: Command) -> str:
    return f"{command.where}: {command.text}"


def _of(program: str) -> list[Command]:
    return [
        command
        for command in COMMANDS
        if Path(command.words[0]).name == program and not command.is_excused
    ]


def _is_a_test(name: str) -> bool:
    module, _, test = name.partition("::")
    tree = ast.parse((ROOT / "tests" / f"{module}.py").read_text())
    return test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_commands_are_read_as_a_shell_reads_them() -> None:
    read = list(
        commands_of(
            "make demo ONCE=1  # in a minute\n"
            "LOCAL_SERVICES=1 flask --app web match 4 \\\n  --dry-run > out.txt && git status\n\n"
            "python3 -c 'print(1); print(\"a > b\")' | sort\n"
        )
    )
    assert read == [
        ("make", "demo", "ONCE=1"),
        ("flask", "--app", "web", "match", "4", "--dry-run"),
        ("git", "status"),
        ("python3", "-c", 'print(1); print("a > b")'),
        ("sort",),
    ]
    assert list(commands_of("$ make test\n1 passed\n", has_prompts=True)) == [("make", "test")]


def test_commands_are_found() -> None:
    assert len(_of("make")) > 10
    assert len(_of("flask")) > 10


def test_every_command_is_one_that_a_test_runs_or_is_marked() -> None:
    known = {"make", "flask", "python", "python3"}
    unknown = [
        _name(command)
        for command in COMMANDS
        if Path(command.words[0]).name not in known and not command.is_excused
    ]
    assert unknown == [], "run it in a test, or mark it: <!-- not run here: … (why) -->"


def test_every_block_says_what_it_holds() -> None:
    unnamed = [
        f"{page.name}:{block.line}" for page in PAGES for block in page.blocks if not block.language
    ]
    assert unnamed == [], f"{', '.join(SHELLS)} for commands, text for anything else"


def test_every_mark_is_of_use() -> None:
    texts = {page.name: [command.text for command in page.commands()] for page in PAGES}
    idle = [
        f"{page.name}: {begin}"
        for page in PAGES
        for begin in page.excuses
        if not any(f"{text} ".startswith(f"{begin} ") for text in texts[page.name])
    ]
    assert idle == []


@pytest.mark.parametrize("command", _of("make"), ids=_name)
def test_every_target_exists_and_is_run_by_something(command: Command) -> None:
    plan = subprocess.run(
        ["make", "--dry-run", *command.words[1:]],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert plan.returncode == 0, plan.stderr
    for target in (word for word in command.words[1:] if "=" not in word):
        assert target in TARGETS, f"name what runs `make {target}`, or mark it as not run here"
        proof = TARGETS[target]
        if proof == CI:
            assert re.search(rf"\bmake {target}\b", (ROOT / CI).read_text()), target
        else:
            assert _is_a_test(proof), proof


@pytest.mark.parametrize("command", _of("python3"), ids=_name)
def test_every_line_of_python_works(command: Command) -> None:
    """Those that make a secret make one that the settings take."""
    assert command.words[1] == "-c", "python3 -c '…'"
    made = subprocess.run(
        [sys.executable, *command.words[1:]], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert len(made) >= 32
    if made.startswith("whsec_"):
        assert settings(WEBHOOK_SECRET=made).webhook_secret == made


@pytest.mark.parametrize("command", _of("python"), ids=_name)
def test_every_program_exists_and_is_run_by_something(command: Command) -> None:
    assert command.words[1] == "-m", "python -m MODULE"
    module = command.words[2]
    assert importlib.util.find_spec(module), module
    assert module in PROGRAMS, f"name what runs {module}, or mark it as not run here"


def test_make_clean_removes_what_was_made_and_nothing_else(tmp_path: Path) -> None:
    for name in (".venv", ".local/postgres", ".mypy_cache", "docs"):
        (tmp_path / name).mkdir(parents=True)
    subprocess.run(["make", "-f", ROOT / "Makefile", "clean"], cwd=tmp_path, check=True)
    assert [path.name for path in tmp_path.iterdir()] == ["docs"]
