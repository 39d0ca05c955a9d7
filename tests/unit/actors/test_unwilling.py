"""Whoever is no party to this is not asked again; ordinary talk that only sounds so is let be."""

import pytest

from actors.understanding import unwilling
from actors.understanding.courtesy import is_pleased


@pytest.mark.parametrize(
    "text",
    [
        "wrong number",
        "Wrong number!",
        "you have the wrong number",
        "I think you've got the wrong person",
        "Sorry, wrong number",
        "this is the wrong number",
        "numero equivocado",
        "Número equivocado, no soy Ana",
        "u have wrong number",
        "ok, but wrong number",
    ],
)
def test_the_wrong_number_is_recognised(text: str) -> None:
    assert unwilling.why(text) == unwilling.WRONG_NUMBER


@pytest.mark.parametrize(
    "text",
    [
        "who gave you my number?",
        "how did you get my number?",
        "Where did you get this number",
        "how do you have my info",
        "quien te dio mi numero?",
        "¿De dónde sacaron mi número?",
        "Who gave u my cell",
    ],
)
def test_the_question_where_the_number_is_from_is_recognised(text: str) -> None:
    assert unwilling.why(text) == unwilling.WHERE_FROM


@pytest.mark.parametrize(
    "text",
    [
        "don't share my number",
        "do not give out my number",
        "please don't share my number",
        "Don't give out my contact info",
        "Don't give him my number",
        "yes but don't share my cell",
        "I don't want you to share my number",
        "please don't give my number to anyone",
        "I don't want my number shared",
        "no compartas mi numero",
        "no den mi número",
        "keep my number private",
        "Never give my phone number out",
    ],
)
def test_a_number_that_is_not_to_be_shared_is_recognised(text: str) -> None:
    assert unwilling.why(text) == unwilling.NOT_SHARED


@pytest.mark.parametrize(
    "text",
    [
        "I'm not at the event",
        "I’m not there",
        "im not even at this conference",
        "not at the event",
        "I am not attending",
        "I'm not at the event anymore",
        "no estoy en el evento",
        "No estoy ahí",
        "I'm actually not at the event today",
    ],
)
def test_absence_is_recognised(text: str) -> None:
    assert unwilling.why(text) == unwilling.NOT_THERE


@pytest.mark.parametrize("text", ["this is spam", "is this spam?", "SPAM", "looks like a scam"])
def test_the_suspicion_of_spam_is_recognised(text: str) -> None:
    assert unwilling.why(text) == unwilling.SPAM


@pytest.mark.parametrize("text", ["I never asked for this", "did not register for this event"])
def test_whoever_did_not_sign_up_is_recognised(text: str) -> None:
    assert unwilling.why(text) == unwilling.NEVER_SIGNED_UP


@pytest.mark.parametrize(
    "text",
    [
        "",
        "YES",
        "yes, share my number",
        "can you give him my number?",
        "he gave me the wrong number",
        "wrong number, I meant 2",
        "I'm not there yet",
        "not there until 2",
        "I'm not there right now",
        "he's not there",
        "don't forget to send him my number",
        "I don't mind if you share my number",
        "why don't you share my number",
        "I'm not here for lunch",
        "we do spam filters for a living",
        "I got his number",
        'Liked "Wrong number? Reply STOP to opt out."',
        "I never asked for her",
        "no se",
        "they were not there",
        "I don't use my phone much",
        "no estoy ahi todavia",
    ],
)
def test_ordinary_talk_is_not(text: str) -> None:
    assert unwilling.why(text) is None


def test_long_texts_are_read_quickly() -> None:
    assert unwilling.why("my number is not my number " * 10_000) is None


@pytest.mark.parametrize(
    "text",
    [
        "Thanks, great event!",
        "It was a great day",
        "Had a great time, thank you all",
        "thanks!",
        "Liked “Good morning Ana, yesterday you met Ben”",
        'Loved "Good morning"',
        "Awesome event",
        "What a day!",
        "👍",
        "❤️",
        "muchas gracias",
        "great event",
        "It was an amazing conference",
    ],
)
def test_pleasure_the_morning_after_needs_no_answer(text: str) -> None:
    assert is_pleased(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "YES",
        "9",
        "Thanks, but Ben's number is wrong",
        "great event, when is the next one?",
        'Disliked "Good morning"',
        'Questioned "Good morning"',
        "It was not a great day",
        "bad event",
        "a day",
        "the event",
    ],
)
def test_whatever_else_is_said_the_morning_after_is_read(text: str) -> None:
    assert not is_pleased(text)
