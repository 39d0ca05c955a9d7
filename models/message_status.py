"""Owns the words for a text's state, direction and purpose, and the moves its status may make."""

from enum import StrEnum


class MessageStatus(StrEnum):
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RESPONDED = "responded"
    RECEIVED = "received"
    HELD = "held"


class Direction(StrEnum):
    OUTBOUND = "outbound"
    INBOUND = "inbound"


class MessageType(StrEnum):
    """What a text is for. `reply` is what people write; the names in `_noted` answer it."""

    INTRODUCTION = "peer_match_introduction"
    TEST_INTRODUCTION = "test_introduction"
    HELP_REPLY = "help_reply"
    START_REPLY = "start_reply"
    STOP_REPLY = "stop_reply"
    REPLY = "reply"
    EVENT_CANCELLED = "event_cancelled"
    WHICH_INTRODUCTION = "which_introduction"
    NOT_UNDERSTOOD = "not_understood"
    NOTHING_OPEN = "nothing_open"
    YES_NOTED = "yes_noted"
    NO_NOTED = "no_noted"
    MET_ALREADY_NOTED = "met_already_noted"
    LATER_NOTED = "later_noted"
    NO_BREAK_LEFT = "no_break_left"
    MORE_DETAILS = "more_details"
    CONTACT_EXCHANGE = "contact_exchange"
    ATTENDED_NOTED = "attended_noted"
    NOT_ATTENDED_NOTED = "not_attended_noted"
    RATING_NOTED = "rating_noted"
    YES_REMINDER = "yes_reminder"
    REVEALING_REMINDER = "revealing_reminder"
    BREAK_PROMPT = "break_prompt"
    ATTENDANCE_QUESTION = "attendance_question"
    RATING_REQUEST = "rating_request"
    WRAP_UP = "wrap_up"
    BY_HAND = "by_hand"


# What nobody asked for; the rest answers somebody, or brings what two people agreed to.
FOLLOW_UPS = (
    MessageType.YES_REMINDER,
    MessageType.REVEALING_REMINDER,
    MessageType.BREAK_PROMPT,
    MessageType.ATTENDANCE_QUESTION,
    MessageType.RATING_REQUEST,
    MessageType.WRAP_UP,
)
UNSOLICITED = (MessageType.INTRODUCTION, *FOLLOW_UPS, MessageType.BY_HAND)


class MessageCategory(StrEnum):
    """`compliance` answers a STOP, START or HELP and so is allowed without an opt-in."""

    PEER_MATCHING = "peer_matching"
    COMPLIANCE = "compliance"
    TEST = "test"
    REPLY = "reply"
    NOTICE = "notice"
    FOLLOW_UP = "follow_up"


class HeldBecause(StrEnum):
    """Why a text waits for a person: nobody knows whether it left, or a person stopped it."""

    UNKNOWN = "unknown"
    PERSON = "person"
    APPROVAL = "approval"


KEPT_BY_A_PERSON = (HeldBecause.PERSON, HeldBecause.APPROVAL)

# Whoever wrote to us goes before everybody else; what may wait longest goes last.
URGENCY = {
    MessageCategory.COMPLIANCE.value: 0,
    MessageCategory.REPLY.value: 0,
    MessageCategory.NOTICE.value: 1,
    MessageCategory.FOLLOW_UP.value: 3,
}
OTHER_URGENCY = 2


WAITING = (MessageStatus.SCHEDULED, MessageStatus.QUEUED)
UNDER_WAY = (*WAITING, MessageStatus.SENDING)
ARRIVED = (MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.RESPONDED)

MOVES: dict[MessageStatus, frozenset[MessageStatus]] = {
    MessageStatus.SCHEDULED: frozenset(
        {MessageStatus.QUEUED, MessageStatus.SENDING, MessageStatus.CANCELLED,
         MessageStatus.FAILED, MessageStatus.HELD}
    ),
    MessageStatus.QUEUED: frozenset(
        {MessageStatus.SCHEDULED, MessageStatus.SENDING, MessageStatus.CANCELLED,
         MessageStatus.FAILED, MessageStatus.HELD}
    ),
    MessageStatus.SENDING: frozenset(
        {MessageStatus.SENT, MessageStatus.SCHEDULED, MessageStatus.FAILED, MessageStatus.HELD}
    ),
    MessageStatus.SENT: frozenset(
        {MessageStatus.DELIVERED, MessageStatus.FAILED, MessageStatus.RESPONDED}
    ),
    MessageStatus.DELIVERED: frozenset({MessageStatus.RESPONDED}),
    MessageStatus.HELD: frozenset(
        {MessageStatus.SCHEDULED, MessageStatus.SENT, MessageStatus.CANCELLED}
    ),
    MessageStatus.FAILED: frozenset(),
    MessageStatus.CANCELLED: frozenset(),
    MessageStatus.RESPONDED: frozenset(),
    MessageStatus.RECEIVED: frozenset(),
}  # fmt: skip


class IllegalMoveError(Exception):
    """A status change that the life of a text does not have."""
