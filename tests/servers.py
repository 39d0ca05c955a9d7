"""Folders for the data of embedded servers that tests start."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def data_folder() -> Iterator[Path]:
    """Make a folder that PostgreSQL's own user may enter, gone afterwards.

    Not one of pytest's own: a second session prunes those under a server that still runs.
    """
    folder = Path(tempfile.mkdtemp(prefix="peer-test-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
