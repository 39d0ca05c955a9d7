"""Owns erasing a person: one transaction, in which nobody else decides about them.

What goes and what stays is listed in docs/data-care.md.
"""

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from models import erasing, erasing_elsewhere
from models.base import db
from models.contractor import Contractor
from models.erased_opt_out import NoErasureKeyError
from models.erasing_elsewhere import ImportUnderWayError
from models.message import EventMessage
from models.message_status import Direction, MessageStatus
from models.people import Around, around, traits_of
from models.redaction import Redactor

IN_THE_AIR = "A text to this person, or about them, is leaving right now. Try again in a minute."
IS_IMPORTED = "A file with this person is being imported right now. Try again when it is done."
HAS_CHANGED = "Something about this person changed at this very moment. Try again."
IS_ERASED = "This person has been erased already."

log = logging.getLogger(__name__)


class NotNowError(Exception):
    """This person can not be erased as things stand; the message says why. Nothing was changed."""


@dataclass(frozen=True)
class Erased:
    """What erasing a person did, or would do.

    Attributes
    ----------
    texts : int
        To and from the person, now without words; `cancelled` of these and the others' waited.
    others_texts : int
        Texts of other people that named the person.
    introductions_off, matches : int
        Matches of which nobody had been told, now cancelled; all matches, which stay as numbers.
    events, left_events : int
        Attendances that stay counted; those at events to come, which are gone.
    opt_outs : int
        Phones kept as keyed hashes, since they have opted out.
    files, rows, elsewhere : int
        Uploaded files and left-out rows forgotten; other records that named the person.
    """

    texts: int
    cancelled: int
    others_texts: int
    introductions_off: int
    matches: int
    events: int
    left_events: int
    opt_outs: int
    files: int
    rows: int
    elsewhere: int


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
    erasing.lock(near)
    traits = traits_of(person, near.phones)
    redactor, close = Redactor(traits), Redactor(traits, is_close=True)
    mentions = erasing_elsewhere.texts_naming(redactor, close, near)
    texts = erasing.lock_texts(person_id, near, mentions)
    unchanged = Contractor.select().where(Contractor.id == person_id).for_update().first()
    if unchanged.__data__ != person.__data__ or around(person) != near:
        raise NotNowError(HAS_CHANGED)
    if any(text.status == MessageStatus.SENDING for text in texts):
        raise NotNowError(IN_THE_AIR)
    try:
        return _forget(person_id, near, texts, redactor, close, now)
    except NoErasureKeyError as error:
        raise NotNowError(str(error)) from error
    except ImportUnderWayError as error:
        raise NotNowError(IS_IMPORTED) from error


def _forget(
    person_id: int,
    near: Around,
    texts: list[EventMessage],
    redactor: Redactor,
    close: Redactor,
    now: datetime,
) -> Erased:
    own = [text.id for text in texts if erasing.is_their_own(text, person_id, near)]
    others = [text for text in texts if text.id not in set(own)]
    about = [
        text.id
        for text in others
        if text.match_id in near.matches and text.direction == Direction.OUTBOUND
    ]
    files = erasing_elsewhere.forget_files(redactor)
    cancelled = erasing.cancel([text.id for text in texts])
    erasing.erase_texts(own, now=now)
    erasing.withhold_texts(about)
    rewritten = erasing_elsewhere.rewrite_texts([text.id for text in others], close)
    off = erasing.close_matches(near, texts, now=now)
    left = erasing.leave_events(person_id, near, now=now)
    erasing.make_room(off, now=now)
    erasing.erase_profile(person_id, now=now)
    return Erased(
        texts=len(own),
        cancelled=cancelled,
        others_texts=len(set(about)) + rewritten,
        introductions_off=len(off),
        matches=len(near.matches),
        events=erasing.attendances(person_id),
        left_events=left,
        opt_outs=erasing.keep_opt_outs(near),
        files=files,
        rows=erasing_elsewhere.forget_refused_rows(redactor),
        elsewhere=erasing_elsewhere.rewrite_rest(redactor),
    )
