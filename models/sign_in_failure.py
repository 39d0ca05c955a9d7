"""Owns wrong passwords: how many are too many, from where, and until when.

Nobody can be kept out by others for long. Whoever guesses is stopped where they guess: by account
and address, by address, and by account from anywhere, the last with the longest breath. A browser
that has signed in to the account before has a count of its own and none of those limits, so that
an attack on an account never shuts its owner out (OWASP's device cookies). In PostgreSQL, so that
all processes count together and nothing but the database, which holds the accounts, can be away.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import BigAutoField, BooleanField, CharField

from models.base import Table, UtcDateTimeField, default

KEPT_FOR = timedelta(days=1)
LET_IN_FOR = timedelta(minutes=15)


@dataclass(frozen=True)
class Limit:
    """So many failures within so long, and no more until the oldest of them is that old."""

    most: int
    within: timedelta


HERE = Limit(5, timedelta(minutes=15))
KNOWN_BROWSER = Limit(10, timedelta(minutes=15))
ADDRESS = Limit(40, timedelta(minutes=15))
ACCOUNT = Limit(60, timedelta(hours=1))


class SignInFailure(Table):
    id = BigAutoField()
    account = CharField(max_length=64)
    client = CharField(max_length=64)
    is_known = BooleanField(default=False, constraints=default("false"))
    happened_at = UtcDateTimeField(constraints=default("now()"), index=True)

    class Meta:
        table_name = "sign_in_failures"
        indexes = ((("account", "happened_at"), False), (("client", "happened_at"), False))


@dataclass(frozen=True)
class Try:
    """Whose account is tried, and from where.

    Attributes
    ----------
    account : str
        A keyed hash of what was typed as the e-mail; known and unknown ones count alike.
    client : str
        The network address, or the mark of a browser that has signed in to the account before.
    is_known : bool
        Whether it is such a browser.
    unlocked_at : datetime or None
        When an admin last let the account's owner in from a new browser.
    """

    account: str
    client: str
    is_known: bool = False
    unlocked_at: datetime | None = None


def begin(tried: Try, *, now: datetime) -> datetime | None:
    """Count a try before its password is looked at; return when to come back if it is too many.

    Counted first, since of a hundred at the same moment none would see the others. A try that is
    refused does not count, so that waiting is never prolonged by asking.
    """
    until = waits_until(tried, now=now)
    if until is None:
        SignInFailure.insert(
            account=tried.account, client=tried.client, is_known=tried.is_known, happened_at=now
        ).execute()
        until = waits_until(tried, now=now, more=1)
    return until


def succeed(tried: Try) -> None:
    """Forget the tries from where the right password came in the end."""
    mine = (SignInFailure.account == tried.account) & (SignInFailure.client == tried.client)
    SignInFailure.delete().where(mine).execute()


def forgive(account: str) -> int:
    """Forget every try at an account; return how many."""
    forgiven: int = SignInFailure.delete().where(SignInFailure.account == account).execute()
    return forgiven


def prune(*, now: datetime) -> None:
    """Drop what no limit looks at any more."""
    SignInFailure.delete().where(SignInFailure.happened_at < now - KEPT_FOR).execute()


def waits_until(tried: Try, *, now: datetime, more: int = 0) -> datetime | None:
    """Return when the next try is possible if it is not now; `more` is what limits allow on top."""
    ours = SignInFailure.account == tried.account
    here = ours & (SignInFailure.client == tried.client)
    if tried.is_known:
        return _free_at(here, KNOWN_BROWSER, now, more)
    strangers = ~SignInFailure.is_known
    ends = [
        _free_at(here, HERE, now, more),
        _free_at((SignInFailure.client == tried.client) & strangers, ADDRESS, now, more),
    ]
    if tried.unlocked_at is None or now - tried.unlocked_at >= LET_IN_FOR:
        ends.append(_free_at(ours & strangers, ACCOUNT, now, more))
    return max((end for end in ends if end), default=None)


def _free_at(which: Any, limit: Limit, now: datetime, more: int) -> datetime | None:
    newest_first = (
        SignInFailure.select(SignInFailure.happened_at)
        .where(which & (SignInFailure.happened_at > now - limit.within))
        .order_by(SignInFailure.happened_at.desc())
    )
    row = newest_first.offset(limit.most + more - 1).limit(1).first()
    return row.happened_at + limit.within if row else None
