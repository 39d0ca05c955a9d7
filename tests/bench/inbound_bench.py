"""Replies on real PostgreSQL and Redis: a flood of webhooks, each stored and handled once."""

import json
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import requests

from models.base import db, init_database
from models.config import Config
from models.embedded import EmbeddedServers
from models.message import EventMessage
from models.message_status import Direction
from models.migrate import migrate
from models.opt_out import SmsOptOut
from tests.bench.crowd import FIRST_PHONE, plan_introductions
from tests.bench.poster import Answered, post_all
from tests.bench.sink_process import running_sink
from tests.conftest import settings
from tests.servers import data_folder
from tests.worker import eventually, running_web, running_worker

PATH = "/webhooks/n8n/inbound-sms"
PER_SECOND = 200
SECONDS = 30
GOAL_P99_MS = 100
WEB_PROCESSES = 2
WORKER_PROCESSES = 2
WORKER_THREADS = 8
PEOPLE = 2000
STOP_SHARE = 0.01
REPEAT_SHARE = 0.03
# How far back a repeat may reach: some come while the first is still being stored.
REPEATED_OF_LAST = 400
PATIENCE_SECONDS = 600
# A worker that has just started is busy loading what matching needs.
WARM_UP_SECONDS = 8
SEED = 5

SAID = (
    *("YES", "Yes", "yes!!", "yep", "Sure, sounds good", "Yes please", "👍"),
    *("LATER", "later", "not now", "maybe later"),
    *("no thanks", "who is he?", "Tell me more", "9/10 great chat"),
    "Great talk! I'll stop by their booth after lunch, or we meet at the coffee bar at three?",
)


class Post(NamedTuple):
    """One webhook: what makes it this one and no other, who says it, and what."""

    key: str
    phone: str
    text: str


def lines() -> Iterator[str]:
    """Yield the table's lines as they are measured."""
    yield (
        f"{PER_SECOND} signed webhooks a second for {SECONDS} s; "
        f"web with {WEB_PROCESSES} processes, worker with {WORKER_PROCESSES} beside it"
    )
    yield (
        f"{'posts':>6} {'repeats':>8} {'stored':>7} {'p50 ms':>7} {'p99 ms':>7} {'worst ms':>9} "
        f"{'goal p99':>9} {'worst of the first s':>21} {'all handled':>12}"
    )
    with data_folder() as folder, EmbeddedServers(folder) as servers:
        urls = servers.urls
        config = settings(DATABASE_URL=urls["DATABASE_URL"], REDIS_URL=urls["REDIS_URL"])
        init_database(config.database_url)
        migrate()
        with db.connection_context():
            yield _flood(config, folder)


def _flood(config: Config, folder: Path) -> str:
    plan_introductions(PEOPLE)
    db.execute_sql(
        "UPDATE event_messages SET status = 'sent', actual_send_time = now() - interval '1 minute',"
        " scheduled_time = now() - interval '1 minute'"
    )
    db.execute_sql("VACUUM ANALYZE")
    posts = _posts(random.Random(SEED))
    bodies = [(f"w-{number}", _body(post)) for number, post in enumerate(posts)]
    processes = {"WEB_CONCURRENCY": str(WEB_PROCESSES), "WORKER_PROCESSES": str(WORKER_PROCESSES)}
    with running_sink(0.005) as sink:
        there = replace(config, n8n_webhook_url=sink.url)
        changes = {**processes, "WORKER_THREADS": str(WORKER_THREADS)}
        with (
            running_worker(there, folder / "worker.log", **changes),
            running_web(there, folder / "web.log", **changes) as port,
        ):
            assert eventually(lambda: _is_ready(port), 40), (folder / "web.log").read_text()
            time.sleep(WARM_UP_SECONDS)
            last_at, answered = post_all(
                port, PATH, config.webhook_secret, bodies, per_second=PER_SECOND
            )
            _wait_until_all_handled()
            handled_after = max(0.0, time.time() - last_at)
    _check_nothing_lost(posts, answered)
    return _row(posts, answered, handled_after)


def _is_ready(port: int) -> bool:
    return requests.get(f"http://127.0.0.1:{port}/readyz", timeout=5).ok


def _posts(rng: random.Random) -> list[Post]:
    """Return what is posted, in order: answers, a few STOPs, a few of it said again by n8n."""
    posts: list[Post] = []
    for number in range(PER_SECOND * SECONDS):
        chance = rng.random()
        if posts and chance < REPEAT_SHARE:
            posts.append(rng.choice(posts[-REPEATED_OF_LAST:]))
            continue
        is_stop = chance < REPEAT_SHARE + STOP_SHARE
        phone = f"+1{FIRST_PHONE + rng.randrange(PEOPLE)}"
        posts.append(Post(f"m-{number}", phone, "STOP" if is_stop else rng.choice(SAID)))
    return posts


def _body(post: Post) -> str:
    reply = {
        "phone": post.phone,
        "message_content": post.text,
        "ghl_message_id": post.key,
        "ghl_contact_id": f"contact-{post.phone}",
        "ghl_location_id": "loc-1",
        "timestamp": "2026-11-23T17:06:00Z",
    }
    return json.dumps(reply)


def _wait_until_all_handled() -> None:
    received = EventMessage.direction == Direction.INBOUND
    unhandled = EventMessage.select().where(received & EventMessage.handled_at.is_null())
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (left := unhandled.count()) > 0:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{left} replies were not handled in {PATIENCE_SECONDS} s")
        time.sleep(0.1)


def _check_nothing_lost(posts: list[Post], answered: list[Answered]) -> None:
    received = EventMessage.direction == Direction.INBOUND
    keys = [row.ghl_message_id for row in EventMessage.select().where(received)]
    opted_out = {row.phone for row in SmsOptOut.select()}
    found = {
        "every post was answered 200": all(each.code == 200 for each in answered),
        "each reply is stored once": sorted(keys) == sorted({post.key for post in posts}),
        "repeats were called that": _repeats(posts) == sum(each.is_repeat for each in answered),
        "every STOP was obeyed": opted_out == {p.phone for p in posts if p.text == "STOP"},
    }
    wrong = [claim for claim, is_so in found.items() if not is_so]
    if wrong:
        raise RuntimeError(f"not so: {', '.join(wrong)}; the figures mean nothing")


def _repeats(posts: list[Post]) -> int:
    return len(posts) - len({post.key for post in posts})


def _row(posts: list[Post], answered: list[Answered], handled_after: float) -> str:
    # A web process that has just started opens its connections in the first second.
    first = max(each.seconds * 1000 for each in answered[:PER_SECOND])
    late = sorted(each.seconds * 1000 for each in answered[PER_SECOND:])
    p50, p99 = (late[int(len(late) * share)] for share in (0.5, 0.99))
    stored = len(posts) - _repeats(posts)
    return (
        f"{len(posts):>6} {_repeats(posts):>8} {stored:>7} {p50:>7.0f} {p99:>7.0f} "
        f"{late[-1]:>9.0f} {GOAL_P99_MS:>9} {first:>21.0f} {f'{handled_after:.1f} s after':>12}"
    )
