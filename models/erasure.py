"""Owns the whole of an erasure, step by step, and what it came to.

It opens no transaction; the caller does.
"""

from dataclasses import dataclass
from datetime import datetime

from models import erasing, erasing_elsewhere
from models.message import EventMessage
from models.message_status import Direction
from models.people import Around
from models.redaction import Redactor


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


def forget(
    person_id: int,
    near: Around,
    texts: list[EventMessage],
    redactor: Redactor,
    close: Redactor,
    *,
    now: datetime,
) -> Erased:
    """Erase a person whose texts and all that hangs on them are locked.

    Raises
    ------
    models.erased_opt_out.NoErasureKeyError
        When an opt-out could not be kept.
    models.erasing_elsewhere.ImportUnderWayError
        When a file with the person is being imported.
    """
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
