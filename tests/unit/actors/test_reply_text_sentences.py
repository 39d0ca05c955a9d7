"""How a reply is read: one rule a test."""

import pytest

from actors.reply_text import Intent, Reply, understand


def _intent(text: str, asked: str | None = "introduction", numbers: tuple[int, ...] = (1,)) -> str:
    return understand(text, asked=asked, open_numbers=numbers).intent.value


def _said(text: str, numbers: tuple[int, ...] = (1, 2), asked: str = "introduction") -> Reply:
    return understand(text, asked=asked, open_numbers=numbers)


@pytest.mark.parametrize(
    "text",
    ["Hi\nFrom: Bob\nSTOP", 'Loved "Hey Ana!\nstop', "ok\nSent from my phone\nUnsubscribe."],
)
def test_stop_on_a_line_of_its_own_is_obeyed_whatever_stands_around_it(text: str) -> None:
    assert _intent(text) == "stop"


def test_quotation_of_our_own_way_out_is_none() -> None:
    assert _intent("yes\n> Summit. Reply STOP to opt out.") == "yes"


def test_unnumbered_yes_means_the_one_that_is_open() -> None:
    assert _said("YES!!", numbers=(1,)) == Reply(Intent.YES)


def test_unnumbered_yes_with_several_open_asks_which() -> None:
    assert _said("sure, sounds good") == Reply(Intent.WHICH)


@pytest.mark.parametrize("text", ["no thanks", "maybe later", "Tell me more"])
def test_other_answers_without_a_number_mean_all_that_is_open(text: str) -> None:
    assert _said(text) == Reply(Intent(_intent(text)))
    assert _intent(text) in ("no", "later", "more")


def test_unnumbered_met_already_with_several_open_is_for_a_person() -> None:
    assert _said("we already met") == Reply(Intent.UNCLEAR)
    assert _said("we already met", numbers=(1,)) == Reply(Intent.MET_ALREADY)
    assert _said("already met 2") == Reply(Intent.MET_ALREADY, (2,))


def test_bare_listed_number_is_a_yes_unless_a_rating_was_asked() -> None:
    assert _said("2") == Reply(Intent.YES, (2,))
    assert _said("1,2", numbers=(1, 2, 3)) == Reply(Intent.YES, (1, 2))
    assert _said("2", asked="rating") == Reply(Intent.RATING, rating=2)


def test_number_that_is_not_open_is_dropped() -> None:
    assert _said("yes 1 and 7") == Reply(Intent.YES, (1,))
    assert _said("yes 7") == Reply(Intent.UNCLEAR)


@pytest.mark.parametrize("text", ["both", "All!", "yes to everyone", "ambos", "all of them"])
def test_everybody_is_all_that_is_open(text: str) -> None:
    assert _said(text) == Reply(Intent.YES, (1, 2))


@pytest.mark.parametrize(
    "text",
    ["yes at 2", "yes, table 2", "Yes we have 2 crews", "yes in 2 minutes", "yes, free until 2pm"],
)
def test_time_or_count_beside_a_yes_names_no_introduction(text: str) -> None:
    assert _said(text) == Reply(Intent.WHICH)


@pytest.mark.parametrize(
    "text", ["yes to 1, no to 2", "1 yes 2 no", "yes 1, later 2", "No, 2", "not 1, 2"]
)
def test_mixture_over_several_introductions_is_for_a_person(text: str) -> None:
    assert _said(text) == Reply(Intent.UNCLEAR)


def test_choice_left_open_asks_which() -> None:
    assert _said("1 or 2") == Reply(Intent.WHICH)
    assert _said("either one") == Reply(Intent.WHICH)


def test_yes_with_a_question_about_the_other_one_gives_away_only_what_was_agreed() -> None:
    text = "Yes, and who's the other one?"
    assert _said(text) == Reply(Intent.WHICH)
    assert _said(text, numbers=(1,)) == Reply(Intent.YES)
    assert _said("Yes to 1, and who's the other one?") == Reply(Intent.YES, (1,))


def test_question_about_the_person_is_answered_before_the_yes_counts() -> None:
    assert _intent("Yes, tell me more") == "more"
    assert _intent("sure, what does he do?") == "more"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("not sure", "unclear"),
        ("yes but not now", "later"),
        ("I don't think so", "no"),
        ("no problem, yes", "yes"),
        ("can't right now", "later"),
        ("yes, can't wait!", "yes"),
        ("yes but not him", "unclear"),
        ("yes if he is in HVAC", "unclear"),
        ("yeah no", "no"),
        ("No, not interested", "no"),
        ("yes no maybe", "unclear"),
    ],
)
def test_negation_beats_the_word_it_stands_by(text: str, intent: str) -> None:
    assert _intent(text) == intent


@pytest.mark.parametrize("text", ["yeah right", "is it free?", "yes?", "are you sure?", "ok 🙄"])
def test_sarcasm_and_questions_are_no_yes(text: str) -> None:
    assert _intent(text) == "unclear"


@pytest.mark.parametrize(
    "text", ["yet", "yer", "bes", "eyes", "note", "know", "now", "booth", "mode", "alter", "slip"]
)
def test_word_of_its_own_is_not_taken_for_a_typing_mistake(text: str) -> None:
    assert _intent(text) == "unclear"


@pytest.mark.parametrize(
    ("text", "intent"),
    [("yess", "yes"), ("tlel me more", "more"), ("ltaer", "later"), ("intersted", "yes")],
)
def test_typing_mistake_is_mended(text: str, intent: str) -> None:
    assert _intent(text) == intent


@pytest.mark.parametrize("text", ["stpo", "sotp", "sstop", "stopp"])
def test_mistyped_stop_is_never_mended_into_an_answer(text: str) -> None:
    assert _intent(text) in ("stop", "unclear")


def test_thumb_underlines_words_and_answers_alone() -> None:
    assert _intent("👍🏽") == "yes"
    assert _intent("👎") == "no"
    assert _intent("No thanks 👍") == "no"
    assert _intent("Later 👍") == "later"
    assert _intent("👍👎") == "unclear"


@pytest.mark.parametrize("reaction", ["Liked", "Loved", "Disliked", "👍 to", "Questioned"])
def test_reaction_to_our_text_is_no_answer(reaction: str) -> None:
    assert _intent(f"{reaction} “Reply YES to get an intro”") == "unclear"


def test_who_is_this_is_a_question_only_about_an_introduction() -> None:
    assert _intent("who is this?") == "more"
    assert _intent("who is this?", None, (1,)) == "more"
    assert _intent("who is this?", None, ()) == "unclear"


def test_skip_and_pass_decline_the_break() -> None:
    assert [_intent(text, "break_prompt") for text in ("SKIP", "pass")] == ["no", "no"]
    assert _intent("on my way", "break_prompt") == "yes"


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("yes", Reply(Intent.ATTENDED)),
        ("we did", Reply(Intent.ATTENDED)),
        ("yes 9/10 great chat", Reply(Intent.ATTENDED, rating=9)),
        ("no", Reply(Intent.NOT_ATTENDED)),
        ("never found him", Reply(Intent.NOT_ATTENDED)),
        ("not yet", Reply(Intent.NOT_ATTENDED)),
        ("yes, we had 2 coffees", Reply(Intent.ATTENDED)),
        ("yes and no", Reply(Intent.UNCLEAR)),
    ],
)
def test_answer_to_did_you_meet(text: str, reply: Reply) -> None:
    assert understand(text, asked="attendance") == reply


@pytest.mark.parametrize(
    ("text", "rating"),
    [("9", 9), ("a solid 8", 8), ("ten", 10), ("4/5", 8), ("7 or 8", 7), ("8.5", 8), ("1", 1)],
)
def test_rating_is_out_of_ten(text: str, rating: int) -> None:
    assert understand(text, asked="rating") == Reply(Intent.RATING, rating=rating)


@pytest.mark.parametrize("text", ["0", "11", "100", "0/10", "6/5", "pretty good", "9, 7"])
def test_rating_that_does_not_exist_is_asked_again(text: str) -> None:
    assert understand(text, asked="rating") == Reply(Intent.UNCLEAR)


def test_unasked_rating_must_say_out_of_what() -> None:
    assert understand("9/10") == Reply(Intent.RATING, rating=9)
    assert understand("9") == Reply(Intent.UNCLEAR)


@pytest.mark.parametrize(
    "signature",
    ["Sent from my iPhone", "Bob Moss\nAll Pro Builders\n512-555-0142", "Jim Tate\nNo Limit LLC"],
)
def test_signature_decides_nothing(signature: str) -> None:
    assert _said(f"Yes\n\n{signature}") == Reply(Intent.WHICH)


@pytest.mark.parametrize(
    "text",
    ["Hello\nYes, I run a roofing company", "Hi there\nYes, call me at 512-555-0142", "Bob\nYES"],
)
def test_sentence_under_a_greeting_is_no_signature(text: str) -> None:
    assert _intent(text) == "yes"


def test_number_is_not_a_no() -> None:
    assert _said("No. 2 sounds good") == Reply(Intent.YES, (2,))
    assert _said("no 1 is fine") == Reply(Intent.YES, (1,))
    assert _said("no 2") == Reply(Intent.NO, (2,))


def test_praise_of_the_event_is_no_yes() -> None:
    assert _intent("great event so far") == "unclear"
    assert _intent("Great!") == "yes"
    assert _intent("Great!", None, ()) == "unclear"


@pytest.mark.parametrize("text", ["Don't share my number", "please don't connect us"])
def test_refusal_to_share_is_never_a_yes(text: str) -> None:
    assert _intent(text) == "unclear"
    assert _intent(text, "attendance") == "unclear"


def test_yes_is_no_start_and_a_start_with_a_yes_is_for_a_person() -> None:
    assert _intent("YES") == "yes"
    assert _intent("START YES") == "unclear"


def test_unknown_question_is_refused() -> None:
    with pytest.raises(ValueError, match="nobody asks 'lunch'"):
        understand("yes", asked="lunch")
