"""docs/security.md promises nothing that no test holds."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "security.md"


def test_every_test_that_the_page_names_is_there() -> None:
    named = re.findall(r"\| ([\w/]+)::(\w+) \|", PAGE.read_text())
    assert len(named) > 30
    for module, test in named:
        tree = ast.parse((ROOT / "tests" / f"{module}.py").read_text())
        functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert test in functions, f"{module}::{test}"


def test_every_promise_of_the_page_names_its_test() -> None:
    lines = PAGE.read_text().splitlines()
    tables = [line for line in lines if line.count("|") == 4 and not line.startswith("|---")]
    promises = [line for line in tables if not line.startswith(("| what |", "| limit |"))]
    limits = [line for line in promises if re.search(r"\| \d+ \| [\w ]+ \|$", line)]
    assert len(limits) == 4
    unproven = [line for line in promises if line not in limits and "::test_" not in line]
    assert unproven == []
