"""TLS in front of a server that has none, as managed ones have it.

The Redis that comes as a wheel was built without TLS.
"""

import contextlib
import socket
import ssl
import threading
from types import TracebackType

from tests.certificates import Certificates

PIECE_BYTES = 65_536


class TlsFront:
    """Listens on a port of loopback, and hands on what comes to a port there."""

    def __init__(self, behind: int, certificates: Certificates) -> None:
        self._behind = behind
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(certificates.certificate, certificates.key)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> "TlsFront":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # Closing alone does not wake who waits in accept or recv.
        for each in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _address = self._listener.accept()
                threading.Thread(target=self._serve, args=(caller,), daemon=True).start()

    def _serve(self, caller: socket.socket) -> None:
        # A caller that does not trust the certificate ends the handshake; that is its right.
        with contextlib.suppress(OSError):
            outside = self._context.wrap_socket(caller, server_side=True)
            inside = socket.create_connection(("127.0.0.1", self._behind))
            inside.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open |= {outside, inside}
            threading.Thread(target=_hand_on, args=(outside, inside), daemon=True).start()
            _hand_on(inside, outside)


def _hand_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(PIECE_BYTES):
            target.sendall(piece)
    for each in (source, target):
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
