"""Owns files that are made to be sent: complete before the first byte leaves, small in memory.

So a download never breaks off half way because of us, and neither a connection to the database nor
a transaction waits for a slow phone.
"""

import tempfile
from collections.abc import Iterator
from typing import IO

from flask import Response

_PIECE = 64 * 1024


def nameless_file() -> IO[bytes]:
    """Return a file on the disk that is gone as soon as it is closed, or the process is."""
    return tempfile.TemporaryFile()


def send(file: IO[bytes], name: str, mimetype: str) -> Response:
    """Return the answer that sends a file from its beginning, and closes it."""
    size = file.tell()
    file.seek(0)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(size),
    }
    return Response(_in_pieces(file), mimetype=mimetype, headers=headers)


def _in_pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece
