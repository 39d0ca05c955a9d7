"""Owns how glad a reply sounds, from what it means: -1 to 1; pure."""

from actors.reply_text import Intent

_SCORES = {
    Intent.YES: 1.0,
    Intent.ATTENDED: 0.8,
    Intent.MORE: 0.5,
    Intent.LATER: 0.25,
    Intent.MET_ALREADY: 0.0,
    Intent.NOT_ATTENDED: -0.25,
    Intent.NO: -0.5,
    Intent.STOP: -1.0,
}
_MIDDLE, _REACH = 5.5, 4.5


def sentiment_of(intent: Intent, rating: int | None) -> float | None:
    """Return the score; a rating of 1 to 10 counts more than words. None: it says nothing."""
    if rating is not None:
        return round((rating - _MIDDLE) / _REACH, 2)
    return _SCORES.get(intent)
