"""Owns the usual words of every text that a conversation is made of; pure.

A name in braces stands for a phrase, which `actors.wording.wording` fills in. Each line that a
phrase may leave empty stands alone, because a line without any of its phrases is not sent.
"""

from collections.abc import Mapping

from models.message_status import MessageType

USUAL: Mapping[MessageType, str] = {
    MessageType.INTRODUCTION: """\
Hey {first_name}! 👋

🤝 Find Your Peer: I found someone perfect for you to meet!

{peer}{because}.

{market}

Reply YES{number} to get an intro, or LATER{number} if you want to connect during a break.

{first_text}""",
    MessageType.WHICH_INTRODUCTION: """\
Great, who would you like to meet?
{choices}
Reply {numbers} or ALL.""",
    MessageType.NOT_UNDERSTOOD: """\
Sorry, I didn't quite catch that. Could you reply {options}?""",
    MessageType.NOTHING_OPEN: """\
Thanks for writing! Nothing is waiting for an answer from you.
{outlook}""",
    MessageType.YES_NOTED: """\
Great, I've noted that you'd like to meet {peers}. If it's a yes on both sides, I'll text each of \
you the other's contact details.""",
    MessageType.NO_NOTED: """\
No problem, and thanks for telling me. I won't suggest {peers} again. If there's another good \
match for you, I'll let you know.""",
    MessageType.MET_ALREADY_NOTED: """\
Good to hear that you already know {peers}. I won't introduce you two again. If there's someone \
new for you to meet, I'll let you know.""",
    MessageType.LATER_NOTED: """\
Sure, no rush. If it still suits you both, I'll come back to you about {peers} {when}.""",
    MessageType.NO_BREAK_LEFT: """\
Sorry, there's no break left today. You can still swap contact details with {peers} for \
afterwards: reply YES{number}, and if it's a yes on both sides, I'll text each of you the \
other's details.""",
    MessageType.MORE_DETAILS: """\
Here's a bit more about {peer_first_name}:
{details}
Reply YES{number} to meet, LATER{number} for a break, or NO{number}.""",
    MessageType.CONTACT_EXCHANGE: """\
Good news: you and {peer_first_name} both said yes. Here's how to get in touch:

{contacts}

{meeting}""",
    MessageType.YES_REMINDER: """\
Hi {first_name}, just a gentle nudge: would you like to meet {peer}? Reply YES{number}, \
LATER{number} for a break, or NO{number}. Any answer is fine.""",
    MessageType.REVEALING_REMINDER: """\
Hi {first_name}, {peer} would like to meet you. Reply YES{number} to swap contact details, \
LATER{number} for a break, or NO{number}. Any answer is fine.""",
    MessageType.BREAK_PROMPT: """\
Hi {first_name}, want to meet {peer} {place}? Reply YES{number} or SKIP{number}.""",
    MessageType.ATTENDANCE_QUESTION: """\
Hi {first_name}, did you and {peer_first_name} get to meet? Reply YES or NO.""",
    MessageType.ATTENDED_NOTED: """\
Glad to hear that you and {peer_first_name} met. Thanks for letting me know.""",
    MessageType.NOT_ATTENDED_NOTED: """\
Thanks for letting me know. If you'd still like to talk, you have {peer_first_name}'s contact \
details in an earlier text.""",
    MessageType.RATING_REQUEST: """\
Hi {first_name}, how useful was your conversation with {peer_first_name}? Reply with a number \
from 1 (not useful) to 10 (great). It helps me make better introductions.""",
    MessageType.RATING_NOTED: """\
Thanks for telling me about your conversation with {peer_first_name}. {sorry} Your answer helps \
me make better introductions.""",
    MessageType.WRAP_UP: """\
Hi {first_name}, thank you for being part of {event}. Here's who you connected with:
{connections}
A short hello today keeps the conversation going.""",
}
