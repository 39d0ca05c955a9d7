"""The ids that log lines carry: of this piece of work, never of the one before."""

import pytest

from models import log_context


@pytest.mark.parametrize(
    "given",
    [
        "0a1b2c3d-1234-4321-9876-512555012345",
        "0a1b2c3d4e5f60718293a4b5c6d7e8f9",
        "req-2026.abcd",
        "proxy_a1b2c3",
    ],
)
def test_a_sound_id_is_taken(given: str) -> None:
    assert log_context.is_sound(given)


@pytest.mark.parametrize(
    "given",
    ["", "short", "x" * 65, "+15125550123", "15125550123", "tel-512-555-0123", "a b c d e f",
     "abcdefgh\nINFO forged", "<script>aaaa", "Ana Moss is here"],
)  # fmt: skip
def test_what_could_be_a_phone_or_forge_a_line_is_not_taken(given: str) -> None:
    assert not log_context.is_sound(given)


def test_our_own_ids_are_sound_and_differ() -> None:
    made = {log_context.new_request_id() for _ in range(100)}
    assert len(made) == 100
    assert all(map(log_context.is_sound, made))


def test_a_block_says_more_and_then_no_more() -> None:
    log_context.begin(request_id="a")
    with log_context.bound(message_id=7, match_id=None):
        log_context.note(event_id=41)
        assert log_context.ids() == {"request_id": "a", "message_id": 7, "event_id": 41}
    assert log_context.ids() == {"request_id": "a"}


def test_another_piece_of_work_forgets_the_one_before() -> None:
    log_context.begin(request_id="a", event_id=41)
    log_context.begin(request_id="b")
    assert log_context.ids() == {"request_id": "b"}
    assert log_context.request_id() == "b"
