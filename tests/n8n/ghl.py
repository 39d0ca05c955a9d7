"""A stand-in for GoHighLevel's API: contacts by phone, texts on phones, and faults on demand."""

import json
import threading
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

from tests.sink import Answer, Request, Sink

TOKEN = "ghl-token-for-tests"
LOCATION = "location-for-tests"
CONTACT, TEXT = "/contacts/upsert", "/conversations/messages"


@dataclass(frozen=True)
class Fault:
    """One way to fail once: where, what the caller gets, and whether the phone was texted first."""

    path: str
    answer: Answer
    texts_first: bool = False


@dataclass(frozen=True)
class Text:
    """One SMS on one phone."""

    phone: str
    words: str
    ghl_message_id: str


@dataclass
class Ghl(Sink):
    """Counts what phones get. `seconds` is how long each text takes; `faults` wait by phone."""

    seconds: float = 0
    texts: list[Text] = field(default_factory=list)
    faults: dict[str, deque[Fault]] = field(default_factory=lambda: defaultdict(deque))

    def __post_init__(self) -> None:
        super().__init__(self._decide)
        self._lock = threading.Lock()
        self._phones: dict[str, str] = {}

    @property
    def base(self) -> str:
        return self.url.removesuffix("/webhook/send")

    def on(self, phone: str) -> list[Text]:
        return [text for text in self.texts if text.phone == phone]

    def _decide(self, request: Request) -> Answer:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return Answer(401, {"statusCode": 401, "message": "Invalid JWT"})
        if request.headers.get("version", "") not in ("2021-07-28", "2021-04-15"):
            return Answer(400, {"message": "version header was not found"})
        body = json.loads(request.raw)
        with self._lock:
            if request.path == CONTACT:
                return self._contact(body)
            if request.path == TEXT:
                return self._text(body)
        return Answer(404, {"message": "Cannot POST"})

    def _contact(self, body: dict[str, Any]) -> Answer:
        phone = body["phone"]
        if body.get("locationId") != LOCATION:
            return Answer(403, {"message": "The token does not have access to this location."})
        if fault := self._fault(phone, CONTACT):
            return fault.answer
        contact_id = f"contact{phone[1:]}"
        is_new = contact_id not in self._phones
        self._phones[contact_id] = phone
        return Answer(
            201 if is_new else 200,
            {"new": is_new, "contact": {"id": contact_id, "phone": phone}, "traceId": "t"},
        )

    def _text(self, body: dict[str, Any]) -> Answer:
        if body.get("type") != "SMS" or not body.get("message"):
            return Answer(422, {"message": ["type must be a valid enum value"]})
        phone = self._phones.get(body.get("contactId", ""))
        if phone is None:
            return Answer(400, {"message": "Contact not found"})
        fault = self._fault(phone, TEXT)
        if fault is not None and not fault.texts_first:
            return fault.answer
        number = len(self.texts) + 1
        text = Text(phone, body["message"], f"ghlmessage{number:05}")
        self.texts.append(text)
        if fault is not None:
            return fault.answer
        found = {"conversationId": "conversation", "messageId": text.ghl_message_id}
        return Answer(201, found, seconds=self.seconds)

    def _fault(self, phone: str, path: str) -> Fault | None:
        waiting = self.faults.get(phone)
        return waiting.popleft() if waiting and waiting[0].path == path else None
