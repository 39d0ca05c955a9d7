"""A real HTTP server in the place of n8n, which records every POST and misbehaves on demand."""

import json
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What the sink does with one request.

    `before` breaks the connection without a word; `after_headers` cuts the body off;
    `wait_for` is set by the test before the answer goes out.
    """

    code: int = 200
    body: dict[str, Any] | list[Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    breaks: str = ""
    wait_for: threading.Event | None = None


@dataclass(frozen=True)
class Request:
    path: str
    headers: dict[str, str]
    raw: bytes

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
    """Listens on a free loopback port for as long as the context is open."""

    def __init__(self, decide: Callable[[Request], Answer] = accept) -> None:
        self.decide = decide
        self.requests: list[Request] = []
        self._arrived = threading.Condition()

    def __enter__(self) -> "Sink":
        sink = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Request(self.path, headers, self.rfile.read(length))
                sink._note(request)
                self._act(sink.decide(request))

            def _act(self, answer: Answer) -> None:
                if answer.wait_for is not None:
                    answer.wait_for.wait(timeout=30)
                if answer.breaks == "before":
                    self._reset()
                    return
                body = b"" if answer.body is None else json.dumps(answer.body).encode()
                self.send_response(answer.code)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if answer.breaks == "after_headers":
                    self._reset()
                    return
                self.wfile.write(body)

            def _reset(self) -> None:
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.close_connection = True
                self.connection.close()

            def log_message(self, *_args: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, *_args: Any) -> None:
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/webhook/send"

    def _note(self, request: Request) -> None:
        with self._arrived:
            self.requests.append(request)
            self._arrived.notify_all()

    def wait_for(self, count: int, timeout_seconds: float) -> bool:
        """Whether that many requests arrived in time."""
        with self._arrived:
            return self._arrived.wait_for(lambda: len(self.requests) >= count, timeout_seconds)
