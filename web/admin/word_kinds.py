"""Owns what each kind of text is for, in the order in which an organiser thinks of them."""

from models.message_status import MessageType

PURPOSES: dict[MessageType, str] = {
    MessageType.INTRODUCTION: "Introduces two people after lunch starts, or later when there is "
    "somebody new.",
    MessageType.YES_REMINDER: "Once, to whoever is silent. It does not let on that the other one "
    "said yes.",
    MessageType.REVEALING_REMINDER: "Instead of the reminder above, when the event is set so.",
    MessageType.BREAK_PROMPT: "Shortly before the break that one of the two asked for.",
    MessageType.ATTENDANCE_QUESTION: "After contacts were exchanged, or after the time to meet.",
    MessageType.RATING_REQUEST: "A few hours after two people met. It makes later matches better.",
    MessageType.WRAP_UP: "The morning after, once: whom the person connected with.",
    MessageType.YES_NOTED: "The other one has not agreed yet, and is told nothing. These words "
    "must not say what the other one answered.",
    MessageType.CONTACT_EXCHANGE: "Both said yes: each gets how to reach the other.",
    MessageType.LATER_NOTED: "There is a break in which to come back to it.",
    MessageType.NO_BREAK_LEFT: "Somebody said LATER, and there is no break left.",
    MessageType.NO_NOTED: "The two are never introduced again.",
    MessageType.MET_ALREADY_NOTED: "The two are never introduced again.",
    MessageType.MORE_DETAILS: "What may be told of the other one before both agreed.",
    MessageType.WHICH_INTRODUCTION: "A plain YES with several introductions open.",
    MessageType.ATTENDED_NOTED: "Thanks for the answer to “Did you meet?”.",
    MessageType.NOT_ATTENDED_NOTED: "The other answer to “Did you meet?”.",
    MessageType.RATING_NOTED: "Thanks for a number from 1 to 10, high or low.",
    MessageType.NOT_UNDERSTOOD: "Asked once. After that a person looks at it.",
    MessageType.NOTHING_OPEN: "Somebody writes, and nothing waits for an answer.",
}
GROUPS: tuple[tuple[str, str, tuple[MessageType, ...]], ...] = (
    (
        "What we begin",
        "Nobody asked for these, so they count in the limit of texts per person and hour.",
        tuple(PURPOSES)[:7],
    ),
    ("What we answer", "Sent at once to whoever wrote.", tuple(PURPOSES)[7:]),
)
