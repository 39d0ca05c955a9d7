"""How texts are worded: the usual words, an event's own, and what may be saved as such."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from actors.wording.filling import fill
from actors.wording.parts import GSM_BASIC, GSM_EXTENDED
from actors.wording.texts import Introduction, introduction
from actors.wording.usual_words import USUAL
from actors.wording.wording import LONGEST, PLACEHOLDERS, check, examples, word
from models.message_status import MessageType

KINDS = st.sampled_from(sorted(PLACEHOLDERS))
NAMES = sorted({placeholder.name for known in PLACEHOLDERS.values() for placeholder in known})
PHRASES = st.one_of(
    st.just(""), st.sampled_from([" ", " 2", "Zeek", "a\n\nb", "{peer}"]), st.text()
)
FACTS = st.dictionaries(st.sampled_from(NAMES), PHRASES)
PIECES = st.one_of(
    st.sampled_from([f"{{{name}}}" for name in NAMES]),
    st.sampled_from([" ", "\n", "\n\n", "YES", "NO", "SKIP", "(", ").", "{", "}", "{{peer}}"]),
    st.text(max_size=8),
)
TEMPLATES = st.lists(PIECES, max_size=15).map("".join)
FINE = "Meet {peer}, reply YES{number}.\n{first_text}"

# What the conversation says; compliance texts, notices and tests are worded elsewhere.
SAID = set(MessageType) - {
    MessageType.TEST_INTRODUCTION,
    MessageType.HELP_REPLY,
    MessageType.START_REPLY,
    MessageType.STOP_REPLY,
    MessageType.REPLY,
    MessageType.EVENT_CANCELLED,
    MessageType.BY_HAND,
}


def test_every_kind_has_usual_words_and_placeholders() -> None:
    assert set(USUAL) == set(PLACEHOLDERS) == SAID


@pytest.mark.parametrize("kind", sorted(SAID))
def test_the_usual_words_could_be_saved_as_an_events_own(kind: MessageType) -> None:
    assert check(kind, USUAL[kind]) == []


@pytest.mark.parametrize("kind", sorted(SAID - {MessageType.INTRODUCTION}))
def test_the_usual_words_are_short_and_need_no_unicode(kind: MessageType) -> None:
    text = word(kind, examples(kind))
    assert len(text) <= 320
    assert set(text) <= GSM_BASIC | GSM_EXTENDED


@pytest.mark.parametrize("kind", sorted(SAID))
@pytest.mark.parametrize("knows", [True, False])
def test_the_usual_words_read_well_whatever_is_known(kind: MessageType, knows: bool) -> None:
    text = word(kind, examples(kind) if knows else {})
    assert text
    assert not re.search(r"  |\(\)|[{}\0]| [.,;:!?]|\n\n\n| \n", text)
    assert text.count("!") <= (3 if kind is MessageType.INTRODUCTION else 1)
    commands = set(re.findall(r"\b[A-Z]{2,}\b", text))
    assert commands <= {"YES", "NO", "LATER", "SKIP", "ALL", "STOP", "TX", "PM"}


def test_a_one_sided_yes_is_answered_alike_whatever_the_other_said() -> None:
    text = word(MessageType.YES_NOTED, {"peers": "Zeek"})
    assert text == (
        "Great, I've noted that you'd like to meet Zeek. If it's a yes on both sides, "
        "I'll text each of you the other's contact details."
    )


def test_only_the_revealing_reminder_says_that_the_other_would_like_to_meet() -> None:
    facts = {"first_name": "Ana", "peer": "Zeek Test from Zeek Co"}
    assert "Zeek Test from Zeek Co would like" in word(MessageType.REVEALING_REMINDER, facts)
    assert "Zeek Test from Zeek Co would like" not in word(MessageType.YES_REMINDER, facts)


@pytest.mark.parametrize(
    ("kind", "facts", "expected"),
    [
        (
            MessageType.BREAK_PROMPT,
            {"first_name": "Ana", "peer": "Sarah Lee", "place": "at the networking lounge"},
            "Hi Ana, want to meet Sarah Lee at the networking lounge? Reply YES or SKIP.",
        ),
        (
            MessageType.BREAK_PROMPT,
            {"peer": "Sarah Lee", "number": " 2"},
            "Hi there, want to meet Sarah Lee? Reply YES 2 or SKIP 2.",
        ),
        (
            MessageType.LATER_NOTED,
            {"peers": "Zeek", "when": "at 4 PM"},
            "Sure, no rush. If it still suits you both, I'll come back to you about Zeek at 4 PM.",
        ),
        (
            MessageType.WHICH_INTRODUCTION,
            {"choices": "1 Zeek from Zeek Co, 2 Ana", "numbers": "1, 2"},
            "Great, who would you like to meet?\n1 Zeek from Zeek Co, 2 Ana\nReply 1, 2 or ALL.",
        ),
        (
            MessageType.CONTACT_EXCHANGE,
            {"peer_first_name": "Zeek", "contacts": "Zeek\n713"},
            "Good news: you and Zeek both said yes. Here's how to get in touch:\n\nZeek\n713",
        ),
        (
            MessageType.NOT_UNDERSTOOD,
            {},
            "Sorry, I didn't quite catch that. Could you reply in other words?",
        ),
    ],
)
def test_what_is_said(kind: MessageType, facts: dict[str, str], expected: str) -> None:
    assert word(kind, facts) == expected


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("Meet {peer} {place} {when}!", "Meet Zeek!"),
        ("Meet {peer} ({place}).", "Meet Zeek."),
        ("{place} Meet  {peer}\r\n{when}\r\n\r\n\r\nBye", "Meet Zeek\n\nBye"),
        ("YES {number} or SKIP{number}, {peer}", "YES or SKIP, Zeek"),
        ("Meet {peer} {place} and {when} soon", "Meet Zeek and soon"),
        ("{number}", "Hi there, want to meet Zeek? Reply YES or SKIP."),
        ("{place}\n{when}", "Hi there, want to meet Zeek? Reply YES or SKIP."),
    ],
)
def test_what_is_not_known_leaves_no_trace(template: str, expected: str) -> None:
    assert word(MessageType.BREAK_PROMPT, {"peer": "Zeek", "place": " "}, template) == expected


def test_a_phrase_stays_as_it_is_and_is_never_filled_in_itself() -> None:
    phrase = "{first_name}  of ( ) Co ."
    text = word(MessageType.BREAK_PROMPT, {"peer": phrase, "number": " 2"}, "{peer} YES {number}")
    assert text == f"{phrase} YES 2"


@pytest.mark.parametrize(
    "template",
    [
        "Meet {peer.__class__}",
        "Meet {peer[0]}",
        "Meet {peer!r}",
        "Meet {peer:>9999999}",
        "Meet {0} {}",
        "Meet {{peer}}",
        "Meet {peer",
        "Meet peer}",
        "Meet {pe\ner}",
        "Meet {contacts}",
        "   ",
    ],
)
def test_words_that_are_broken_give_way_to_the_usual_ones(template: str) -> None:
    assert check(MessageType.YES_REMINDER, f"{template} YES {{peer}}" * bool(template.strip()))
    facts = examples(MessageType.YES_REMINDER)
    usual = word(MessageType.YES_REMINDER, facts)
    assert word(MessageType.YES_REMINDER, facts, template) == usual


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        (" \n", "There are no words yet."),
        (FINE + "x" * LONGEST, "characters; a text has at most 1,600 of them."),
        (FINE + "{", "There is a brace too many or too few"),
        (FINE + "{frist_name}", "{frist_name} is no placeholder of this text. Did you mean {first"),
        (FINE + "{contacts}", "{contacts} is no placeholder of this text."),
        ("Reply YES. {first_text}", "{peer} is missing, and this text needs it: The other person"),
        ("{peer}, reply YES", "{first_text} is missing, and this text needs it: In the first"),
        ("Meet {peer}! {first_text}", "Say how to answer: the word YES is missing."),
        (FINE + "Or CANCEL.", "Leave out CANCEL: carriers take it for an opt-out"),
    ],
)
def test_what_is_wrong_is_said_in_words(template: str, problem: str) -> None:
    [found] = check(MessageType.INTRODUCTION, template)
    assert problem in found


def test_what_is_fine_is_not_complained_about() -> None:
    assert check(MessageType.INTRODUCTION, FINE) == []
    assert check(MessageType.NOTHING_OPEN, "Nothing to do this weekend at the end.") == []


@given(KINDS, FACTS, TEMPLATES)
def test_no_words_and_no_facts_ever_break_the_sending(
    kind: MessageType, facts: dict[str, str], template: str
) -> None:
    assert word(kind, facts, template).strip()


@given(KINDS, FACTS, TEMPLATES)
def test_what_passes_the_check_can_always_be_filled_in(
    kind: MessageType, facts: dict[str, str], template: str
) -> None:
    known = {placeholder.name: placeholder for placeholder in PLACEHOLDERS[kind]}
    needed = "".join(f" {{{name}}}" for name in known if known[name].is_needed)
    template = f"{template}{needed}\nYES NO SKIP"
    assume(check(kind, template) == [])
    text = fill(template, facts, known)
    assert text == word(kind, facts, template)
    assert text.endswith("YES NO SKIP")


NAME = st.text(alphabet="Zek .({})-'\n  é", max_size=12)


@given(NAME, NAME, NAME, NAME, st.sampled_from([None, 2]), st.sampled_from([None, "Summit."]))
def test_an_introduction_reads_as_the_guide_has_it_byte_for_byte(
    name: str, company: str, place: str, reason: str, number: int | None, first: str | None
) -> None:
    def clean(value: str) -> str:
        return re.sub(r"\s+", " ", value).strip()

    data = {
        "peer_name": name,
        "peer_company": company,
        "peer_location": place,
        "match_reason": reason,
    }
    who = clean(name) or "Another contractor here"
    who += f" from {clean(company)}" if clean(company) else ""
    who += f" ({clean(place)})" if clean(place) else ""
    why = clean(reason).rstrip(".")
    who += f" - you're {why}" if why else ""
    ending = f" {number}" if number else ""
    way = f"Reply YES{ending} to get an intro, or LATER{ending} if you want to connect during"
    paragraphs = [
        f"Hey {clean(name) or 'there'}! 👋",
        "🤝 Find Your Peer: I found someone perfect for you to meet!",
        f"{who}.",
        "They're in a non-competing market, so this is a great chance to share strategies!",
        f"{way} a break.",
        "Summit. Reply STOP to opt out. If you both say YES we share name, phone and email.",
    ]
    if not clean(place):
        del paragraphs[3]
    if first is None:
        del paragraphs[-1]
    facts = Introduction(name, data, 1.0, reply_number=number, first_text_event=first)
    assert introduction(facts) == "\n\n".join(paragraphs)


def test_an_introduction_may_have_the_events_own_words() -> None:
    facts = Introduction(
        "Ana",
        {"peer_name": "Zeek"},
        event_name="Summit",
        template="{first_name}, welcome to {event}.\nMeet {peer}? YES{number}\n{first_text}",
        first_text_event="Summit",
    )
    assert introduction(facts) == (
        "Ana, welcome to Summit.\nMeet Zeek? YES\n"
        "Summit. Reply STOP to opt out. If you both say YES we share name, phone and email."
    )


def test_own_words_never_keep_the_way_out_from_anybody() -> None:
    facts = Introduction("Ana", {}, template="Meet {peer}? YES", first_text_event="Summit")
    assert introduction(facts).startswith("Meet Another contractor here? YES\n\nSummit. Reply STOP")
