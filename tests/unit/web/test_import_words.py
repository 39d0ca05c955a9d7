"""What the import's pages call a file, and how large they say it is."""

import pytest

from web.admin.import_words import file_name, size_words


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("people.csv", "people.csv"),
        ("C:\\Lists\\people.csv", "people.csv"),
        ("../../etc/passwd", "passwd"),
        ("a\nb\x00 c.csv", "a b c.csv"),
        ("Gäste 2026.csv", "Gäste 2026.csv"),
        ("lists/", "upload"),
        ("x" * 300 + ".csv", "x" * 116 + ".csv"),
    ],
)
def test_a_file_keeps_its_own_name_and_nothing_else(typed: str, shown: str) -> None:
    assert file_name(typed) == shown


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 bytes"), (1023, "1023 bytes"), (1024, "1 KB"), (250_000, "244 KB"),
     (8 * 1024 * 1024, "8 MB"), (1_600_000, "1.5 MB")],
)  # fmt: skip
def test_sizes_are_said_as_people_say_them(size: int, words: str) -> None:
    assert size_words(size) == words
