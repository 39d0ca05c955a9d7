"""Owns what was meant by what a reply says, in the light of what was asked; pure.

Between two readings it takes the one that gives nobody's contact away and closes no door: a
doubt, a condition or an unexplained "not" beside a yes is `unclear`, and a person is asked. So is
a mixture over several introductions ("yes to 1, no to 2"), rather than half-understood.
"""

from dataclasses import replace

from actors.understanding.intents import UNCLEAR, Intent, Reply
from actors.understanding.words import Said

_MIXABLE = ({"YES", "LATER"}, {"YES", "MORE"})


def meaning(said: Said, asked: str | None, open_numbers: tuple[int, ...]) -> Reply:
    """Return what was meant; `asked` and `open_numbers` are those of `understand`."""
    if asked == "attendance":
        return _about_meeting(said, open_numbers)
    if asked == "rating":
        return _about_rating(said, open_numbers)
    if said.rating is not None:
        return _rated(said.rating)
    return _about_introduction(said, asked, open_numbers)


def _about_introduction(said: Said, asked: str | None, open_numbers: tuple[int, ...]) -> Reply:
    kinds = _kinds(said, asked, open_numbers)
    numbers = {number for names in said.named for number in names.numbers}
    everybody = any(names.everybody for names in said.named)
    excepted = {number for names in said.named for number in names.excepted}
    if not kinds and any(names.is_bare for names in said.named):
        kinds = {"YES"}
    if said.refuses_then_names or (_excludes(said) and kinds != {"YES"}):
        return UNCLEAR
    if numbers and len(kinds) > 1 and (len(numbers) > 1 or kinds not in _MIXABLE):
        return UNCLEAR
    intent = _intent(kinds, said.marks)
    if intent is Intent.UNCLEAR:
        return UNCLEAR
    if _excludes(said):
        return Reply(Intent.WHICH) if len(open_numbers) > 1 and not everybody else UNCLEAR
    if excepted and (kinds != {"YES"} or numbers or not excepted & set(open_numbers)):
        return UNCLEAR
    choices = tuple(n for n in open_numbers if any(names.means(n) for names in said.named))
    if numbers and not everybody and not choices:
        return UNCLEAR
    if not choices and len(open_numbers) > 1:
        intent = {Intent.YES: Intent.WHICH, Intent.MET_ALREADY: Intent.UNCLEAR}.get(intent, intent)
    return Reply(intent, choices)


def _excludes(said: Said) -> bool:
    return any(names.is_unsure for names in said.named)


def _kinds(said: Said, asked: str | None, open_numbers: tuple[int, ...]) -> set[str]:
    """Return which answers to an introduction are in it."""
    marks, is_open = said.marks, bool(open_numbers) or asked in ("introduction", "break_prompt")
    kinds: set[str] = {kind for kind in ("YES", "NO", "LATER", "MORE") if kind in marks}
    if marks & {"MET", "KNOWN"}:
        kinds.add("MET")
    if ("OK" in marks or ("PRAISE" in marks and is_open)) and not marks & {"ACK", "ASKED"}:
        kinds.add("YES")
    if "GOING" in marks and asked == "break_prompt":
        kinds.add("YES")
    if "NOTYET" in marks or ("YES" not in kinds and marks & {"SOON", "BYE"}):
        kinds.add("LATER")
    if (marks & {"OTHER", "ASKED"} and "YES" not in kinds) or ("WHO" in marks and is_open):
        kinds.add("MORE")
    return kinds


def _intent(kinds: set[str], marks: frozenset[str]) -> Intent:
    """Return the one answer among several that gives nothing away and closes no door."""
    if "MET" in kinds:
        return Intent.MET_ALREADY
    if "NO" in kinds:
        if kinds == {"NO", "LATER"}:
            return Intent.LATER
        return Intent.NO if kinds == {"NO"} and "DOUBT" not in marks else Intent.UNCLEAR
    if "MORE" in kinds:
        return Intent.MORE
    if "LATER" in kinds:
        return Intent.LATER
    is_sure = "YES" in kinds and not marks & {"DOUBT", "DENIED"}
    return Intent.YES if is_sure else Intent.UNCLEAR


def _about_meeting(said: Said, open_numbers: tuple[int, ...]) -> Reply:
    marks = said.marks
    chosen = {number for names in said.named for number in names.numbers}
    choices = tuple(number for number in open_numbers if number in chosen)
    rated = _rating_in(said) if said.rating is not None or not choices else UNCLEAR
    if marks & {"MISSED", "NOTYET"}:
        return Reply(Intent.NOT_ATTENDED, choices)
    agrees = bool(marks & {"YES", "TALKED", "MET"}) or (choices and "NO" not in marks)
    if (
        agrees
        and "NO" in marks
        or marks & {"DOUBT", "DENIED"}
        and not marks & {"TALKED", "MET", "NO"}
    ):
        return UNCLEAR
    if agrees:
        return Reply(Intent.ATTENDED, choices, rated.rating)
    if "NO" in marks:
        return Reply(Intent.NOT_ATTENDED, choices)
    if rated.rating is not None:
        return rated
    return _about_introduction(replace(said, marks=marks - {"OK", "PRAISE"}), None, open_numbers)


def _about_rating(said: Said, open_numbers: tuple[int, ...]) -> Reply:
    if said.rating is not None or said.numbers:
        return _rating_in(said)
    if "MISSED" in said.marks:
        return Reply(Intent.NOT_ATTENDED)
    unnamed = replace(said, marks=said.marks - {"OK", "PRAISE", "WHO"}, named=())
    return _about_introduction(unnamed, "rating", open_numbers[:1])


def _rating_in(said: Said) -> Reply:
    if said.rating is not None:
        return _rated(said.rating)
    return _rated(said.numbers[0]) if len(set(said.numbers)) == 1 else UNCLEAR


def _rated(value: float) -> Reply:
    """Return a rating of 1..10; of 8.5, what was surely said."""
    return Reply(Intent.RATING, rating=int(value)) if 1 <= value <= 10 else UNCLEAR
