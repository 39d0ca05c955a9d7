"""Owns how a setting's text becomes a value, and the one line that names all that are wrong."""

import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import time
from typing import Any

from models.quiet_hours import QuietHours

YES = ("1", "true", "yes")
_NO = ("", "0", "false", "no")


class ConfigError(Exception):
    """Settings are missing or malformed; the message is one line that names every one."""


class Reader:
    """Reads variables and remembers what is wrong, so that one error names everything."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._missing: list[str] = []
        self._malformed: list[str] = []

    def required(self, name: str) -> str:
        value = self._environ.get(name, "")
        if not value:
            self._missing.append(name)
        return value

    def url(self, name: str, *schemes: str) -> str:
        value = self.required(name)
        if value and value.partition("://")[0].lower() not in schemes:
            self.refuse(name, f"an address that starts with {schemes[0]}://")
        return value

    def optional_url(self, name: str, *schemes: str) -> str:
        return self.url(name, *schemes) if self._environ.get(name) else ""

    def flag(self, name: str, unset: bool = False) -> bool:
        value = self._environ.get(name, "").strip().lower()
        if not value:
            return unset
        if value not in YES + _NO:
            self.refuse(name, "1 or 0")
        return value in YES

    def parsed(self, name: str, parse: Callable[[str], Any], fallback: Any) -> Any:
        value = self._environ.get(name, "")
        if not value:
            return fallback
        try:
            return parse(value)
        except ValueError as error:
            self.refuse(name, str(error))
            return fallback

    def refuse(self, name: str, what_it_must_be: str) -> None:
        self._malformed.append(f"{name} ({what_it_must_be})")

    def finish(self) -> None:
        problems = []
        if self._missing:
            problems.append(f"missing: {', '.join(self._missing)}")
        if self._malformed:
            problems.append(f"not understood: {', '.join(self._malformed)}")
        if problems:
            raise ConfigError(
                f"Settings {'; '.join(problems)}. "
                "Set them in the environment, or use `make run`, which sets LOCAL_SERVICES=1."
            )


def between(low: int, high: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        try:
            number = int(value)
        except ValueError:
            number = low - 1
        if not low <= number <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return number

    return parse


def choice(*options: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in options:
            raise ValueError(f"one of {', '.join(options)}")
        return value

    return parse


def webhook_secret(value: str) -> str:
    """Accept what Standard Webhooks accepts: `whsec_` and base64 of 24 to 64 bytes."""
    try:
        key = base64.b64decode(value.removeprefix("whsec_") + "==")
    except binascii.Error:
        key = b""
    if not 24 <= len(key) <= 64:
        raise ValueError("whsec_ and the base64 of 24 to 64 bytes")
    return value


def long_text(value: str) -> str:
    """Accept a text that nobody guesses."""
    if len(value) < 32:
        raise ValueError("a random text of at least 32 characters")
    return value


def quiet_hours(value: str) -> QuietHours:
    """Read two times of day with a hyphen between them, such as 21:00-08:00."""
    try:
        begins, ends = map(time.fromisoformat, value.strip().split("-"))
    except ValueError:
        raise ValueError("two times, like 21:00-08:00") from None
    return QuietHours(begins, ends)
