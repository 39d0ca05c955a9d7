"""The two halves of the key that PostgreSQL gets make the HMAC of RFC 2104, and no other."""

import hashlib
import hmac

import pytest

from models.keyed_hash import pads


@pytest.mark.parametrize(
    "key", ["k", "a key of just the length of a block" + "." * 29, "long " * 40]
)
def test_the_halves_make_the_standard_hash(key: str) -> None:
    inner, outer = (bytes.fromhex(half) for half in (pads(key)[:128], pads(key)[128:]))
    phone = b"+15125550123"
    made = hashlib.sha256(outer + hashlib.sha256(inner + phone).digest()).hexdigest()
    assert made == hmac.new(key.encode(), phone, "sha256").hexdigest()


def test_no_key_is_none() -> None:
    assert pads("") == ""
