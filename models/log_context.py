"""Owns the ids that the present piece of work goes by, so that each log line of it has them."""

import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

REQUEST_ID = "request_id"
_SOUND = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_UUID = re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")
# What could be somebody's phone, with a letter before it or not.
_DIGITS = re.compile(r"(?:\d[._-]*){7}")

_ids: ContextVar[Mapping[str, object] | None] = ContextVar("ids", default=None)


def ids() -> Mapping[str, object]:
    """Return what the present piece of work goes by."""
    return _ids.get() or {}


def request_id() -> str | None:
    """Return the id of the request that caused this work, if one is known."""
    known = ids().get(REQUEST_ID)
    return known if isinstance(known, str) else None


def new_request_id() -> str:
    """Make an id for work that nobody has named yet."""
    return str(uuid.uuid4())


def is_sound(given: str) -> bool:
    """Whether an id that came from outside may stand in our logs: short, plain, and no phone.

    A UUID, which is what platforms send, may have many digits in a row and is none.
    """
    if _UUID.fullmatch(given):
        return True
    return bool(_SOUND.fullmatch(given)) and not _DIGITS.search(given)


def begin(**known: object) -> None:
    """Forget the piece of work before, and name the one that begins now."""
    _ids.set(_present(known))


def note(**known: object) -> None:
    """Say more of the present piece of work, until another begins."""
    _ids.set({**ids(), **_present(known)})


@contextmanager
def bound(**known: object) -> Iterator[None]:
    """Say more of the present piece of work, until the block ends."""
    token = _ids.set({**ids(), **_present(known)})
    try:
        yield
    finally:
        _ids.reset(token)


def _present(known: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in known.items() if value is not None}
