"""A sink in the place of n8n, in a process of its own: it does not share our interpreter."""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

from tests.sink import Answer, Request, Sink


class BenchSink:
    """What the bench knows of the other process."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self.url: str = pipe.recv()

    def count(self) -> int:
        """Return how many requests came since `arrivals` was last called."""
        self._pipe.send("count")
        return int(self._pipe.recv())

    def arrivals(self) -> list[tuple[int, float]]:
        """Return the ids of the texts and when they arrived; forget them."""
        self._pipe.send("arrivals")
        found: list[tuple[int, float]] = self._pipe.recv()
        return found


@contextmanager
def running_sink(answer_seconds: float) -> Iterator[BenchSink]:
    """Run a sink that takes so long for each answer until the block ends."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(theirs, answer_seconds)
    )
    process.start()
    try:
        yield BenchSink(ours)
    finally:
        ours.send("stop")
        process.join()


def _serve(pipe: Connection, answer_seconds: float) -> None:
    def decide(request: Request) -> Answer:
        return Answer(body={"ghl_message_id": f"ghl-{request.key}"}, seconds=answer_seconds)

    with Sink(decide) as sink:
        pipe.send(sink.url)
        while (asked := pipe.recv()) != "stop":
            if asked == "count":
                pipe.send(len(sink.requests))
                continue
            arrived, sink.requests = sink.requests, []
            pipe.send([(each.part.get("message_id", 0), each.at) for each in arrived])
