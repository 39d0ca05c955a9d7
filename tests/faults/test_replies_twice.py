"""Replies that come twice and out of order while PostgreSQL restarts: stored and answered once."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import requests

from models.embedded import free_port
from tests.faults import counting, plans
from tests.faults.crew import Worker
from tests.faults.world import World
from tests.worker import procfile_line

CLIENTS = 4
PAUSE_SECONDS = 0.3
TRIES = 60


@contextmanager
def running_web(world: World, folder: Path) -> Iterator[str]:
    """Run the Procfile's web process; yields its address once it answers."""
    port = free_port()
    environ = {**world.environ, "PORT": str(port), "WEB_HOST": "127.0.0.1"}
    web = Worker("web", environ, folder, procfile_line("web"))
    web.start()
    try:
        address = f"http://127.0.0.1:{port}"
        assert world.eventually(lambda: _answers(f"{address}/healthz")), web.log()
        yield address
    finally:
        web.end()


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).ok
    except requests.RequestException:
        return False


def test_replies_twice_and_shuffled_over_a_restart_are_answered_once(
    stage: Callable[..., World],
    note: Callable[..., None],
    tmp_path: Path,
    rng: random.Random,
    is_long: bool,
) -> None:
    people = 1000 if is_long else 40
    world = stage(workers=2, MESSAGES_PER_SECOND="100", OPT_OUT_REPLY="ours")
    with world.cursor() as cursor:
        event_id = plans.event(cursor)
        persons = plans.people(cursor, event_id, people)
        cursor.execute("SELECT phone FROM contractors WHERE id = ANY(%s)", (persons,))
        phones = [row[0] for row in cursor.fetchall()]
        # Due long after the replies: whoever said STOP must not get theirs.
        later = plans.notes_to(cursor, event_id, persons, due_in=3600)
    stopping = phones[::4]
    asking = sorted(set(phones) - set(stopping))
    sent = [(phone, "STOP") for phone in stopping] + [(phone, "HELP") for phone in asking]
    posts = [(number, *reply) for number, reply in enumerate(sent)] * 2
    rng.shuffle(posts)

    with running_web(world, tmp_path) as address, ThreadPoolExecutor(CLIENTS) as clients:
        restarter = threading.Thread(target=_restart_midway, args=(world, len(sent)))
        restarter.start()
        answers = list(clients.map(lambda post: _post(world, address, *post), posts))
        restarter.join()
        world.eventually(lambda: _handled(world) == len(sent), 60)

        assert world.query(
            "SELECT count(*), count(DISTINCT inbound_key), count(handled_at) FROM event_messages "
            "WHERE direction = 'inbound'"
        ) == [(len(sent), len(sent), len(sent))]
        assert len(set(answers)) == len(sent)
        with world.cursor() as cursor:
            cursor.execute(
                "UPDATE event_messages SET scheduled_time = now() WHERE id = ANY(%s)", (later,)
            )
        world.drain(30)

    found = world.count()
    note(found, posts=len(posts))
    counting.demand_right_people(found)
    said = Counter(
        (text.phone, text.words.partition(" ")[0] == "Text") for text in world.flow.texts
    )
    assert all(said[phone, False] == 1 for phone in phones), "somebody was not answered once"
    assert all(said[phone, True] == 0 for phone in stopping), "texted after STOP"
    assert all(said[phone, True] == 1 for phone in asking)
    assert len(world.flow.texts) == len(phones) + len(asking)


def _post(world: World, address: str, number: int, phone: str, words: str) -> int:
    """Deliver one reply as n8n does: again until it is taken; return the id it was stored under."""
    body = {"phone": phone, "message": words, "ghl_message_id": f"in-{number}"}
    headers = {"Authorization": f"Bearer {world.config.n8n_webhook_token}"}
    for _ in range(TRIES):
        try:
            answer = requests.post(
                f"{address}/webhooks/n8n/inbound-sms", json=body, headers=headers, timeout=10
            )
            if answer.ok:
                return int(answer.json()["message_id"])
        except requests.RequestException:
            pass
        time.sleep(PAUSE_SECONDS)
    raise AssertionError(f"reply {number} was never taken")


def _restart_midway(world: World, replies: int) -> None:
    """Restart PostgreSQL twice while replies come in."""
    for share, mode in ((4, "fast"), (2, "immediate")):
        world.eventually(lambda share=share: _stored(world) >= replies // share, 30)
        world.postgres.restart(mode, down_seconds=0.5)


def _stored(world: World) -> int:
    return int(world.query("SELECT count(*) FROM event_messages WHERE direction = 'inbound'")[0][0])


def _handled(world: World) -> int:
    found = world.query("SELECT count(handled_at) FROM event_messages WHERE direction = 'inbound'")
    return int(found[0][0])
