"""Owns what machines ask of a running process: alive, ready, and its numbers."""

from contextlib import nullcontext
from typing import Any

from flask import Blueprint, Response, current_app, jsonify
from prometheus_client import CONTENT_TYPE_LATEST

from models import readiness
from models.base import connected
from web.metrics import exposition

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answer that the process is up; touches nothing else."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Answer 200 when every part that has to run does, else 503, what is wrong, and what to do."""
    found = readiness.report(current_app.config["PEER_CONFIG"])
    is_ready = not any(found.values())
    checks = {name: {"ok": not wrong, "detail": wrong or "ok"} for name, wrong in found.items()}
    answer = jsonify(
        status="ready" if is_ready else "not ready",
        problems=[wrong for wrong in found.values() if wrong and wrong != readiness.NOT_CHECKED],
        checks=checks,
    )
    return answer, 200 if is_ready else 503


@blueprint.get("/metrics")
def metrics() -> Any:
    """Answer Prometheus; with the database down, only that it is."""
    config = current_app.config["PEER_CONFIG"]
    is_up = not (readiness.database_problem(config) or readiness.schema_problem(config))
    with connected() if is_up else nullcontext():
        text = exposition(is_database_up=is_up)
    return Response(text, content_type=CONTENT_TYPE_LATEST)
