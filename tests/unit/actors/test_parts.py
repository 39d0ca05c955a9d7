"""Cutting long texts into parts, and counting the SMS segments that carry one."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actors.wording.parts import (
    GSM_ALONE,
    GSM_BASIC,
    GSM_EXTENDED,
    GSM_JOINED,
    UCS2_ALONE,
    UCS2_JOINED,
    foreign,
    segments,
    split,
)

WORDS = st.lists(
    st.text(alphabet="abcdefghij,;-", min_size=1, max_size=12), min_size=1, max_size=60
)
SENTENCES = st.lists(WORDS.map(lambda words: " ".join(words) + "."), min_size=1, max_size=12)


def without_space(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_a_text_within_the_limit_is_left_alone() -> None:
    assert split(" Hello. \n", 160) == [" Hello. \n"]


def test_parts_end_with_the_last_sentence_that_fits() -> None:
    text = "One is here. Two is here! Three is here? Four."
    assert split(text, 27) == ["One is here. Two is here!", "Three is here? Four."]


def test_a_sentence_that_ends_exactly_at_the_limit_fits() -> None:
    assert split("Ab cd. Ef gh.", 6) == ["Ab cd.", "Ef gh."]


def test_a_sentence_that_is_too_long_is_cut_between_words() -> None:
    assert split("one two three four", 9) == ["one two", "three", "four"]


def test_a_word_that_is_too_long_is_cut_where_it_must_be() -> None:
    assert split("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]


def test_a_link_is_not_cut_at_its_dots() -> None:
    link = "https://example.com/a.b?c=d!e"
    parts = split(f"See it here now: {link} and tell us", 40)
    assert any(link in part for part in parts)


@pytest.mark.parametrize("whole", ["e\u0301", "👍🏽", "👩\u200d🔧", "✌\ufe0f"])
def test_a_cut_leaves_what_is_one_character_to_the_eye_whole(whole: str) -> None:
    for before in range(1, 10):
        first, *_ = split("x" * before + whole * 10, 10)
        assert len(first[before:]) % len(whole) == 0


@given(SENTENCES, st.integers(min_value=5, max_value=200))
def test_nothing_is_lost_and_no_part_is_too_long(sentences: list[str], limit: int) -> None:
    text = " ".join(sentences)
    parts = split(text, limit)
    assert without_space("".join(parts)) == without_space(text)
    assert all(0 < len(part) <= limit for part in parts)
    assert all(part == part.strip() for part in parts)


@given(st.text(min_size=1, max_size=400), st.integers(min_value=5, max_value=60))
def test_any_text_at_all_survives(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert without_space("".join(parts)) == without_space(text)
    assert all(len(part) <= limit for part in parts)


@given(SENTENCES)
def test_a_part_ends_a_sentence_where_every_sentence_fits(sentences: list[str]) -> None:
    longest = max(len(sentence) for sentence in sentences)
    parts = split(" ".join(sentences), longest + 10)
    assert all(part.endswith(".") for part in parts)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        # An extension character is not cut in two: 76 of them fit in a joined segment.
        ("€" * 153, 3),
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("👋" * 35, 1),
        ("👋" * 36, 2),
        ("👋" * 67, 3),
        ("a" * 69 + "👋", 2),
        ("ç", 1),
    ],
)
def test_segments_are_counted_as_providers_count_them(text: str, count: int) -> None:
    assert segments(text) == count


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Plain, with €, é and\nbreaks {}", []),
        ("Hey 👋 Ana, 👋🏽 it’s here 👋", ["👋", "👋🏽", "’"]),
        ("tab\tinside", ["\t"]),
    ],
)
def test_what_makes_the_segments_short_is_named_once(text: str, found: list[str]) -> None:
    assert foreign(text) == found


def counted_one_by_one(text: str) -> int:
    """Fill segment after segment, a character at a time."""
    is_gsm = set(text) <= GSM_BASIC | GSM_EXTENDED
    alone, joined = (GSM_ALONE, GSM_JOINED) if is_gsm else (UCS2_ALONE, UCS2_JOINED)
    sizes = [1 + (each in GSM_EXTENDED if is_gsm else ord(each) > 0xFFFF) for each in text]
    if sum(sizes) <= alone:
        return min(1, len(text))
    count, used = 1, 0
    for size in sizes:
        count, used = (count, used + size) if used + size <= joined else (count + 1, size)
    return count


@given(
    st.one_of(
        st.text(alphabet="ab €[]", max_size=700),
        st.text(alphabet="ab👋😀\x1b", max_size=400),
        st.text(max_size=300),
    )
)
def test_segments_are_as_many_as_filling_them_one_by_one(text: str) -> None:
    assert segments(text) == counted_one_by_one(text)
