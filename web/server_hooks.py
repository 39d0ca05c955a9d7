"""What gunicorn does beside the options in the Procfile, which names this module."""

import threading
from typing import Any

from actors.process.warm_up import warm_up


def post_worker_init(_worker: Any) -> None:
    """Warm up beside the first requests: a platform gives a process a minute to answer.

    That is enough to load the kernels of matching, not to compile them.
    """
    threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
