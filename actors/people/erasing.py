"""Owns erasing a person: one transaction, in which nobody else decides about them.

What goes and what stays is listed in docs/data-care.md.
"""

import logging
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

from models import erasing, erasing_elsewhere
from models.base import db
from models.contractor import Contractor
from models.erased_opt_out import NoErasureKeyError
from models.erasing_elsewhere import ImportUnderWayError
from models.erasure import Erased, forget
from models.message_status import MessageStatus
from models.people import around, traits_of
from models.redaction import Redactor

IN_THE_AIR = "A text to this person, or about them, is leaving right now. Try again in a minute."
IS_IMPORTED = "A file with this person is being imported right now. Try again when it is done."
HAS_CHANGED = "Something about this person changed at this very moment. Try again."
# A text that was being stored has a lower id than others that were there already.
OVERLAP = 1000
IS_ERASED = "This person has been erased already."

log = logging.getLogger(__name__)


class NotNowError(Exception):
    """This person can not be erased as things stand; the message says why. Nothing was changed."""


Note = Callable[[Erased], None]


def effect(person_id: int, *, now: datetime) -> Erased:
    """Return what erasing the person would do now, by doing it and taking it back.

    Raises
    ------
    NotNowError
        When it is not possible; the message says why.
    """
    with db.atomic() as trial:
        done = _erase(person_id, now)
        trial.rollback()
    return done


def erase(person_id: int, *, now: datetime, note: Note = lambda _done: None) -> Erased:
    """Erase a person; nothing is sent to them any more, and nothing about them to others.

    Parameters
    ----------
    note : callable
        Writes down who did it, in the same transaction.

    Raises
    ------
    NotNowError
        When it is not possible; the message says why.
    """
    with db.atomic():
        done = _erase(person_id, now)
        note(done)
    # Whoever restores an older backup finds here whom to erase again.
    log.info("person erased", extra={"contractor_id": person_id, **asdict(done)})
    return done


def _erase(person_id: int, now: datetime) -> Erased:
    person: Contractor | None = Contractor.get_or_none(Contractor.id == person_id)
    if person is None or person.erased_at is not None:
        raise NotNowError(IS_ERASED)
    near = around(person)
    traits = traits_of(person, near.phones)
    redactor, close = Redactor(traits), Redactor(traits, is_close=True)
    # All texts are looked through before anybody has to wait; then those that came meanwhile.
    last, mentions = erasing_elsewhere.texts_naming(redactor)
    erasing.lock(near)
    _, newer = erasing_elsewhere.texts_naming(redactor, after=last - OVERLAP)
    mentions |= newer | erasing_elsewhere.texts_of_peers(close, near)
    texts = erasing.lock_texts(person_id, near, mentions)
    unchanged = (
        Contractor.select()
        .where(Contractor.id == person_id)
        .for_update("FOR NO KEY UPDATE")
        .first()
    )
    if unchanged.__data__ != person.__data__ or around(person) != near:
        raise NotNowError(HAS_CHANGED)
    if any(text.status == MessageStatus.SENDING for text in texts):
        raise NotNowError(IN_THE_AIR)
    try:
        return forget(person_id, near, texts, redactor, close, now=now)
    except NoErasureKeyError as error:
        raise NotNowError(str(error)) from error
    except ImportUnderWayError as error:
        raise NotNowError(IS_IMPORTED) from error
