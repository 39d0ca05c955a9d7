"""What docs/ gives to Prometheus and Grafana names metrics and labels that are there."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from models import counters
from models.metric_count import Series, add
from web.metrics import PREFIX, families

DOCS = Path(__file__).parents[2] / "docs"
ENDINGS = {"gauge": ("",), "counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}


@pytest.fixture
def exposed() -> list[tuple[str, str, tuple[str, ...], str]]:
    """Every metric: its name, type, labels and words."""
    return [
        (family.name + ("_total" if family.type == "counter" else ""), family.type,
         tuple(family._labelnames), family.documentation)
        for family in families(is_database_up=True)
    ]  # fmt: skip


def test_every_metric_is_in_the_table_and_nothing_else(exposed: Any) -> None:
    table = [
        [cell.strip(" `") for cell in line.strip("|").split("|")]
        for line in (DOCS / "monitoring.md").read_text().splitlines()
        if line.startswith(f"| `{PREFIX}")
    ]
    wanted = [[name, kind, ", ".join(labels), words] for name, kind, labels, words in exposed]
    assert table == wanted


def test_a_metric_that_nothing_was_counted_of_yet_is_told_all_the_same(exposed: Any) -> None:
    names = {name.removeprefix(PREFIX).removesuffix("_total") for name, *_ in exposed}
    assert {counter.name for counter in counters.ALL} <= names


def selectors(expression: str) -> list[Any]:
    """Return what a query reads; one that does not parse fails."""
    found: list[Any] = []

    def look(node: Any) -> bool:
        if isinstance(node, promql_parser.VectorSelector):
            found.append(node)
        return True

    promql_parser.walk(promql_parser.parse(expression), look)
    return found


def unknown(expression: str, exposed: Any) -> list[str]:
    """Return the metrics and labels of a query that nobody exposes."""
    known = {
        name.removesuffix("_total") + ending: {*labels, *(["le"] if ending == "_bucket" else [])}
        for name, kind, labels, _ in exposed
        for ending in ENDINGS[kind]
    }
    read = selectors(expression)
    assert read, expression
    labels: set[str] = set().union(*(known.get(each.name, set()) for each in read))
    grouped = [name for each in re.findall(r"\bby \(([^)]*)\)", expression)
               for name in re.split(r", *", each)]  # fmt: skip
    return (
        [each.name for each in read if each.name not in known]
        + [f"{each.name}{{{matcher.name}}}" for each in read for matcher in each.matchers.matchers
           if matcher.name not in known.get(each.name, ())]
        + [f"by ({name})" for name in grouped if name not in labels]
    )  # fmt: skip


@pytest.mark.parametrize(
    "expression",
    [
        "peer_matching_no_such_total",
        "rate(peer_matching_sends[5m])",
        'peer_matching_sends_total{nobody="x"}',
        "sum by (nobody) (peer_matching_sends_total)",
    ],
)
def test_a_query_of_what_is_not_there_is_found(exposed: Any, expression: str) -> None:
    assert len(unknown(expression, exposed)) == 1


def test_every_query_of_the_dashboard_reads_what_is_there(exposed: Any) -> None:
    dashboard = json.loads((DOCS / "grafana-dashboard.json").read_text())
    panels = dashboard["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels) > 10
    queries = [target["expr"] for panel in panels for target in panel["targets"]]
    assert [wrong for query in queries for wrong in unknown(query, exposed)] == []
    shown = {selector.name for query in queries for selector in selectors(query)}
    everything = {name for name, *_ in exposed}
    bare = {re.sub("_(bucket|sum|count)$", "", name) for name in shown}
    assert everything - bare == set(), "each metric is on the dashboard"


def rules() -> Iterator[dict[str, Any]]:
    for group in yaml.safe_load((DOCS / "alerts.yaml").read_text())["groups"]:
        assert set(group) == {"name", "rules"}
        yield from group["rules"]


def test_every_alert_rule_reads_what_is_there_and_says_what_to_do(exposed: Any) -> None:
    names = [rule["alert"] for rule in rules()]
    assert len(set(names)) == len(names) > 5
    for rule in rules():
        assert unknown(rule["expr"], exposed) == [], rule["alert"]
        assert set(rule) - {"for"} == {"alert", "expr", "labels", "annotations"}, rule["alert"]
        assert re.fullmatch(r"\d+[smh]", rule.get("for", "0s")), rule["alert"]
        assert rule["labels"]["severity"] in ("warning", "critical")
        assert set(rule["annotations"]) == {"summary", "action"}
        assert all(rule["annotations"].values())


def test_values_of_labels_are_exposed_as_they_were_counted() -> None:
    add({Series("matching_runs", "batch,failed"): 2})
    samples = [
        (sample.labels, sample.value)
        for family in families(is_database_up=True)
        for sample in family.samples
        if family.name == f"{PREFIX}matching_runs"
    ]
    assert samples == [({"kind": "batch", "outcome": "failed"}, 2)]
