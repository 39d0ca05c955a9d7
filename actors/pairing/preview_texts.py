"""Owns which introductions the pairs of a trial would become: how many texts, how many segments."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from actors.wording import parts, texts
from matching import Pair
from models import event_text
from models.contractor import Contractor
from models.event import Event
from models.message_status import MessageType
from models.texts_so_far import SoFar, texts_so_far

NOTHING_YET = SoFar()


def count_texts(
    event: Event, pairs: Sequence[Pair], people: Mapping[int, Contractor]
) -> dict[str, int]:
    """Return how many texts the pairs would become, and how many SMS segments these take.

    Worded as they would be if all of them were planned now: by the event's own words, numbered
    for whoever has several, with the event's name and the way out in the first to each person.
    """
    worded = [texts.introduction(each) for each in introductions(event, pairs, people)]
    return {"texts": len(worded), "segments": sum(map(parts.segments, worded))}


def introductions(
    event: Event, pairs: Iterable[Pair], people: Mapping[int, Contractor]
) -> Iterator[texts.Introduction]:
    """Yield what both texts of each pair would say."""
    pairs = list(pairs)
    so_far = texts_so_far(event.id)
    template = event_text.template_of(event.id, MessageType.INTRODUCTION)
    wanted = Counter(
        int(person) for pair in pairs for person in (pair.contractor1_id, pair.contractor2_id)
    )
    given: Counter[int] = Counter()
    for pair in pairs:
        first, second = (people[int(key)] for key in (pair.contractor1_id, pair.contractor2_id))
        for me, peer in ((first, second), (second, first)):
            had = so_far.get(me.id, NOTHING_YET)
            given[me.id] += 1
            is_first = given[me.id] == 1 and not had.introductions
            has_several = had.introductions + wanted[me.id] > 1
            yield texts.Introduction(
                first_name=me.first_name or "",
                data=_data(pair, peer),
                geographic=pair.match_criteria["geographic"],
                reply_number=had.highest + given[me.id] if has_several else None,
                first_text_event=event.name if is_first else None,
                event_name=event.name,
                template=template,
            )


def _data(pair: Pair, peer: Contractor) -> dict[str, str | None]:
    return {
        "peer_name": peer.full_name,
        "peer_company": peer.company_name,
        "peer_location": peer.service_area,
        "match_reason": pair.match_reason,
    }
