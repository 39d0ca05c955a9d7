"""A real HTTP server in the place of n8n, which records every POST and misbehaves on demand."""

import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

LONGEST_WAIT_SECONDS = 30
LOOPBACK = "127.0.0.1"
QUESTION = b'{"ping": true}'


@dataclass(frozen=True)
class Answer:
    """What the sink does with one request.

    `before` breaks the connection without a word; `after_headers` cuts the body off;
    `wait_for` is set by the test, or `seconds` pass, before the answer goes out.
    """

    code: int = 200
    body: dict[str, Any] | list[Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    breaks: str = ""
    wait_for: threading.Event | None = None
    seconds: float = 0


@dataclass(frozen=True)
class Request:
    """One POST; `at` is the host's clock (seconds) when it had been read, `client` who sent it."""

    path: str
    headers: dict[str, str]
    raw: bytes
    at: float = 0
    client: str = ""

    @property
    def key(self) -> str:
        return self.headers.get("webhook-id", "")

    @property
    def part(self) -> dict[str, Any]:
        return json.loads(self.raw)["send_via_ghl"]


def accept(request: Request) -> Answer:
    """What a flow does when all is well."""
    return Answer(body={"ghl_message_id": f"ghl-{request.key}", "ghl_contact_id": "contact-1"})


class Sink:
    """Listens on one port, usually of loopback, for as long as the context is open.

    `probes` are the times of its OPTIONS requests, `questions` its signed questions; neither texts
    anybody.
    """

    def __init__(self, decide: Callable[[Request], Answer] = accept, host: str = LOOPBACK) -> None:
        self.decide = decide
        self.host = host
        self.requests: list[Request] = []
        self.probes: list[float] = []
        self.questions: list[Request] = []
        self.knows_the_question = True
        self._arrived = threading.Condition()
        self._server: _Server | None = None
        self._port = 0
        self._ending = threading.Event()

    def __enter__(self) -> "Sink":
        self.open_port()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ending.set()
        self.close_port()

    def open_port(self) -> None:
        """Listen, on the same port as before if there was one."""
        self._server = _Server(self, self.host, self._port)
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,)).start()

    def close_port(self) -> None:
        """Refuse connections from now on and reset those that are open."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server.reset_connections()
            self._server = None

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self._port}/webhook/send"

    def wait_for(self, count: int, timeout_seconds: float) -> bool:
        """Whether that many requests arrived in time."""
        with self._arrived:
            return self._arrived.wait_for(lambda: len(self.requests) >= count, timeout_seconds)

    def answer_to(self, request: Request) -> Answer:
        """Record a request and return what its answer will be, once it is time to give it."""
        if self.knows_the_question and request.raw == QUESTION:
            self.questions.append(request)
            return Answer(body={"pong": True, "drops_repeats": True})
        with self._arrived:
            self.requests.append(request)
            self._arrived.notify_all()
        answer = self.decide(request)
        if answer.wait_for is not None:
            answer.wait_for.wait(LONGEST_WAIT_SECONDS)
        if answer.seconds:
            self._ending.wait(answer.seconds)
        return answer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # An answer leaves in one segment at once; otherwise delayed ACKs cost each 40 ms.
    disable_nagle_algorithm = True
    wbufsize = -1
    server: "_Server"

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        raw = self.rfile.read(length)
        if len(raw) < length:
            # Whoever sent it died in the middle, so no server would hand it on.
            self.close_connection = True
            return
        request = Request(self.path, headers, raw, time.time(), self.client_address[0])
        answer = self.server.sink.answer_to(request)
        if answer.breaks == "before":
            self._reset()
            return
        body = b"" if answer.body is None else json.dumps(answer.body).encode()
        self.send_response_only(answer.code)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if answer.breaks == "after_headers":
            self.wfile.flush()
            self._reset()
            return
        self.wfile.write(body)

    def do_OPTIONS(self) -> None:
        self.server.sink.probes.append(time.time())
        self.send_response_only(204)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _reset(self) -> None:
        self.close_connection = True
        _reset(self.connection)

    def log_message(self, *_args: Any) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, sink: Sink, host: str, port: int) -> None:
        self.sink = sink
        self._connections: set[socket.socket] = set()
        super().__init__((host, port), _Handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self._connections.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def reset_connections(self) -> None:
        for connection in list(self._connections):
            _reset(connection)

    def handle_error(self, *_args: Any) -> None:
        pass


def _reset(connection: socket.socket) -> None:
    """Break a connection without a word, also under a thread that reads from it."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RD)
        connection.close()
