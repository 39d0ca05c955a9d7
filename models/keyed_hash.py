"""Owns the key under which the phones of erased people are kept as hashes; pure."""

import hashlib

_BLOCK = hashlib.sha256().block_size
_INNER, _OUTER = 0x36, 0x5C


def pads(key: str) -> str:
    """Return the inner and the outer key of HMAC-SHA256 (RFC 2104) in hexadecimal; "" for none.

    PostgreSQL has SHA-256 but no HMAC. With these it needs nothing more, and is never told the key.
    """
    if not key:
        return ""
    secret = key.encode()
    if len(secret) > _BLOCK:
        secret = hashlib.sha256(secret).digest()
    secret = secret.ljust(_BLOCK, b"\0")
    return "".join(bytes(byte ^ pad for byte in secret).hex() for pad in (_INNER, _OUTER))
