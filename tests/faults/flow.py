"""A flow as n8n runs it: it texts phones, drops repeats or does not, and fails in every way."""

import random
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from tests.sink import LOOPBACK, Answer, Request, Sink

HANG_SECONDS = 4.0
SLOW_SECONDS = 1.0


@dataclass(frozen=True)
class Fault:
    """One way to fail: whether the phone was texted first, and what the caller is told."""

    texts_first: bool
    answer: Answer | None


FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        "slow": Fault(True, None),
        "500": Fault(False, Answer(500, {"message": "Error in workflow"})),
        "500 after texting": Fault(True, Answer(500, {"message": "Error in workflow"})),
        "429": Fault(False, Answer(429, headers={"Retry-After": "1"})),
        "reset": Fault(False, Answer(breaks="before")),
        "accept then break": Fault(True, Answer(breaks="before")),
        "half an answer": Fault(True, Answer(breaks="after_headers")),
        "accept then forget": Fault(True, Answer(breaks="before")),
        "hang": Fault(True, Answer(breaks="before", seconds=HANG_SECONDS)),
    }
)


class FaultPlan:
    """Which requests fail and how: a share of them, by a seeded draw.

    Parameters
    ----------
    most_per_key : int
        How often one text is failed; pauses double, so this bounds how long a suite takes.
    """

    def __init__(
        self, kinds: Sequence[str], share: float, rng: random.Random, most_per_key: int
    ) -> None:
        self._kinds = kinds
        self._share = share
        self._rng = rng
        self._most_per_key = most_per_key
        self._failed: Counter[str] = Counter()

    def draw(self, key: str) -> str | None:
        if self._rng.random() >= self._share or self._failed[key] >= self._most_per_key:
            return None
        self._failed[key] += 1
        return self._rng.choice(self._kinds)


@dataclass(frozen=True)
class Text:
    """One SMS on one phone."""

    at: float
    key: str
    row_id: int
    phone: str
    words: str


@dataclass
class Flow(Sink):
    """A sink that counts what phones get.

    With `drops_repeats` a key that has been texted is answered again and texts nobody (409 when
    its first answer was forgotten); without it every accepted request is a text. `seconds` is how
    long a good answer takes. `cuts` are the keys of requests whose outcome the caller can not know.
    """

    drops_repeats: bool = False
    plan: FaultPlan | None = None
    seconds: float = 0
    host: str = LOOPBACK
    texts: list[Text] = field(default_factory=list)
    cuts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(self._decide, self.host)
        self._lock = threading.Lock()
        self._texted: set[str] = set()
        self._forgotten: set[str] = set()

    def forgotten_row_ids(self) -> set[int]:
        """The texts whose first answer was lost, and that answer 409 from then on."""
        return {text.row_id for text in self.texts if text.key in self._forgotten}

    def _decide(self, request: Request) -> Answer:
        with self._lock:
            if request.key in self._forgotten:
                return Answer(409, {"message": "seen before, and its answer is gone"})
            kind = self.plan.draw(request.key) if self.plan else None
            fault = FAULTS[kind] if kind else None
            if fault is None or fault.texts_first:
                self._text(request)
            if fault is not None and fault.answer is not None:
                if fault.answer.code != 429:
                    self.cuts.append(request.key)
                if kind == "accept then forget" and self.drops_repeats:
                    self._forgotten.add(request.key)
                return fault.answer
        return Answer(
            body={"ghl_message_id": f"ghl-{request.key}", "ghl_contact_id": None},
            seconds=SLOW_SECONDS if kind == "slow" else self.seconds,
        )

    def _text(self, request: Request) -> None:
        if self.drops_repeats and request.key in self._texted:
            return
        self._texted.add(request.key)
        part = request.part
        row_id, phone, words = part["message_id"], part["phone"], part["message"]
        self.texts.append(Text(request.at, request.key, row_id, phone, words))
