"""The workflow files in `n8n/` can be imported, hold no secret, and are as the docs say."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from actors.n8n.flow_problems import problem_of
from tests.n8n.__main__ import main

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "n8n").glob("*.json"))
DOCS = (ROOT / "docs" / "n8n.md").read_text()
KNOWN_TYPES = {
    "code", "httpRequest", "manualTrigger", "postgres", "respondToWebhook", "set", "stickyNote",
    "switch", "wait", "webhook",
}  # fmt: skip
CREDENTIALS = {
    "httpHeaderAuth": {"id": "peerMatchingToken", "name": "Peer Matching token"},
    "postgres": {"id": "peerMatchingTable", "name": "Peer Matching table"},
}
PATHS = {
    "outbound": "peer-matching-text",
    "inbound": "peer-matching-reply",
    "delivery-status": "peer-matching-status",
}


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def file(request: pytest.FixtureRequest) -> Path:
    return request.param


@pytest.fixture
def flow(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text())


def kind(node: dict[str, Any]) -> str:
    return node["type"].removeprefix("n8n-nodes-base.")


def nodes(flow: dict[str, Any], wanted: str) -> list[dict[str, Any]]:
    return [node for node in flow["nodes"] if kind(node) == wanted]


def test_the_three_workflows_are_there() -> None:
    assert {file.stem for file in FILES} == set(PATHS)


def test_a_workflow_is_what_n8n_imports(flow: dict[str, Any]) -> None:
    assert flow["active"] is False, "whoever imports it decides when it begins"
    assert re.fullmatch(r"peerMatching\w+", flow["id"])
    assert flow["pinData"] == {}
    for node in flow["nodes"]:
        assert kind(node) in KNOWN_TYPES, node["type"]
        assert node["type"].startswith("n8n-nodes-base.")
        assert {"id", "name", "typeVersion", "position", "parameters"} <= node.keys()
    for name in ("name", "id"):
        found = [node[name] for node in flow["nodes"]]
        assert len(set(found)) == len(found)


def test_every_wire_leads_from_a_node_to_a_node_and_none_hangs(flow: dict[str, Any]) -> None:
    names = {node["name"] for node in flow["nodes"]}
    reached = set()
    for source, outputs in flow["connections"].items():
        assert source in names
        for wires in outputs["main"]:
            reached |= {wire["node"] for wire in wires}
    begins = {n["name"] for n in flow["nodes"] if kind(n) in ("webhook", "manualTrigger")}
    notes = {node["name"] for node in nodes(flow, "stickyNote")}
    assert reached == names - begins - notes
    for node in nodes(flow, "switch"):
        rules = len(node["parameters"]["rules"]["values"])
        assert len(flow["connections"][node["name"]]["main"]) == rules + 1
    for node in flow["nodes"]:
        if node.get("onError") == "continueErrorOutput":
            assert len(flow["connections"][node["name"]]["main"]) == 2, node["name"]


def test_code_and_expressions_name_nodes_that_are_there(file: Path, flow: dict[str, Any]) -> None:
    names = {node["name"] for node in flow["nodes"]}
    assert set(re.findall(r"\$\('([^']+)'\)", file.read_text())) <= names


def test_no_file_holds_a_secret_or_an_address_of_somebody(file: Path, flow: dict[str, Any]) -> None:
    for node in flow["nodes"]:
        for name, credential in node.get("credentials", {}).items():
            assert credential == CREDENTIALS[name]
    text = file.read_text()
    assert not re.search(r"whsec_[A-Za-z0-9+/]{8}|Bearer [\w.-]{8,}|pit-|eyJ|\+1\d{10}", text)
    assert set(re.findall(r"https?://([\w.-]+)", text)) <= {"services.leadconnectorhq.com"}


def test_every_variable_of_a_workflow_is_in_the_docs(file: Path) -> None:
    text = file.read_text()
    lists = re.findall(r"for \(const name of \[([^\]]+)\]", text)
    named = set(re.findall(r"\$env\.(\w+)", text)) | set(re.findall(r"'(\w+)'", " ".join(lists)))
    assert "WEBHOOK_SECRET" in named
    assert {name for name in named if f"`{name}`" not in DOCS} == set()


def test_the_webhook_is_a_post_at_the_path_of_the_docs(file: Path, flow: dict[str, Any]) -> None:
    (webhook,) = nodes(flow, "webhook")
    parameters = webhook["parameters"]
    assert (parameters["httpMethod"], parameters["path"]) == ("POST", PATHS[file.stem])
    assert parameters["responseMode"] == "responseNode"
    assert f"/webhook/{PATHS[file.stem]}" in DOCS
    is_outbound = file.stem == "outbound"
    assert (parameters.get("authentication") == "headerAuth") is is_outbound
    assert (parameters["options"].get("rawBody") is True) is is_outbound


def test_no_node_repeats_a_text_by_itself() -> None:
    flow = json.loads((ROOT / "n8n" / "outbound.json").read_text())
    assert [node["name"] for node in flow["nodes"] if node.get("retryOnFail")] == []
    assert flow["settings"]["saveDataSuccessExecution"] == "none", "n8n keeps no texts"


def test_every_problem_that_the_flow_names_has_words_of_ours_and_a_line_in_the_docs() -> None:
    text = (ROOT / "n8n" / "outbound.json").read_text()
    named = set(re.findall(r"refuse\(\d+, '(\w+)'\)|problem: '(\w+)'", text))
    problems = {one or other for one, other in named} | {"table", "under_way"}
    assert len(problems) >= 8
    for problem in problems:
        assert problem_of(json.dumps({"problem": problem}).encode()) == problem
        assert f"`{problem}`" in DOCS, problem


def test_without_node_one_line_says_what_is_needed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    assert main() == 1
    assert "`make test-n8n` needs Node.js 20" in capsys.readouterr().err
