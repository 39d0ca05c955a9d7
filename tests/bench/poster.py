"""Posts webhooks at their appointed moments, from a process of its own that costs little."""

import multiprocessing
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from multiprocessing.connection import Connection
from typing import NamedTuple

from actors.n8n.signing import signed_headers

CONNECTIONS = 32
ANSWER_SECONDS = 60
FIRST_POST_SECONDS = 0.5


class Answered(NamedTuple):
    """What came of one post: its code, 0 for none; and the seconds since its moment."""

    code: int
    is_repeat: bool
    seconds: float


def post_all(
    port: int, path: str, secret: str, bodies: list[tuple[str, str]], *, per_second: float
) -> tuple[float, list[Answered]]:
    """Post signed bodies, each a `webhook-id` and JSON, at a steady rate whatever the answers.

    Returns
    -------
    last_at : float
        The host's clock (seconds) when the last of them was due.
    answered : list of Answered
        In the order of the bodies.
    """
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_work, args=(theirs, port, path, secret, per_second)
    )
    process.start()
    # So that it is noticed when the process dies.
    theirs.close()
    ours.send(bodies)
    last_at, rows = ours.recv()
    process.join()
    return last_at, [Answered(*row) for row in rows]


def _work(pipe: Connection, port: int, path: str, secret: str, per_second: float) -> None:
    # Signed beforehand, since a signature is good for minutes and its cost is not the server's.
    posts = [_request(port, path, secret, *body) for body in pipe.recv()]
    found: list[tuple[int, bool, float]] = [(0, False, 0.0)] * len(posts)
    numbers = count()
    first_at = time.time() + FIRST_POST_SECONDS
    wall_ahead = time.time() - time.perf_counter()

    def work() -> None:
        connection = _Kept(port)
        # Whoever is free takes the next one; when nobody is, it is late, and that is measured.
        for number in _below(numbers, len(posts)):
            due = first_at - wall_ahead + number / per_second
            time.sleep(max(0.0, due - time.perf_counter()))
            code, is_repeat = connection.post(posts[number])
            found[number] = code, is_repeat, time.perf_counter() - due

    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pipe.send((first_at + (len(posts) - 1) / per_second, found))


def _below(numbers: Iterator[int], end: int) -> Iterator[int]:
    while (number := next(numbers)) < end:
        yield number


def _request(port: int, path: str, secret: str, webhook_id: str, body: str) -> bytes:
    headers = {
        "Host": f"127.0.0.1:{port}",
        "Content-Type": "application/json",
        "Content-Length": str(len(body.encode())),
        **signed_headers(secret, webhook_id, body, datetime.now(UTC)),
    }
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join([*lines, "", ""]) + body).encode()


class _Kept:
    """One kept alive as long as the server does; written by hand, as a library costs too much."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def post(self, request: bytes) -> tuple[int, bool]:
        """Return the code and whether it was called a repeat; 0 when there was no answer."""
        is_fresh = self._socket is None
        try:
            return self._post(request)
        except OSError:
            self._socket = None
            # A kept connection may have been closed meanwhile; a new one has no such excuse.
            return (0, False) if is_fresh else self.post(request)

    def _post(self, request: bytes) -> tuple[int, bool]:
        if self._socket is None:
            address = ("127.0.0.1", self._port)
            self._socket = socket.create_connection(address, timeout=ANSWER_SECONDS)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        head, _, body = self._read().partition(b"\r\n\r\n")
        lowered = head.lower()
        length = int(lowered.partition(b"content-length:")[2].partition(b"\r\n")[0])
        while len(body) < length:
            body += self._read()
        if b"connection: close" in lowered:
            self._socket.close()
            self._socket = None
        return int(head.split(b" ", 2)[1]), b'"repeat":true' in body

    def _read(self) -> bytes:
        assert self._socket is not None
        received = self._socket.recv(65536)
        if not received:
            raise ConnectionResetError
        return received
