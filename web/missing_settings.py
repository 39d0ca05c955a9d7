"""Owns what the web process says at its start of secrets that it runs without."""

import logging

from models.config import Config
from models.readiness import replies_problem

log = logging.getLogger(__name__)


def tell_missing(config: Config) -> None:
    """Log, once for all processes that are forked, what does not work without its setting."""
    replies = replies_problem(config)
    if replies is not None:
        log.error("no reply gets in", extra={"reason": replies})
    if not config.erasure_key:
        reason = "ERASURE_KEY is not set: nobody who has opted out can be erased."
        log.warning("opted-out people can not be erased", extra={"reason": reason})
    if not config.api_token:
        reason = "API_TOKEN is not set: only tokens that admins make open the JSON API."
        log.info("the API has no token of its own", extra={"reason": reason})
