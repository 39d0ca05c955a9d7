"""Named failures of the matching package."""


class MatchingError(ValueError):
    """Base of everything this package raises on purpose; the message says which value is wrong."""


class InvalidRules(MatchingError):
    """A rule is out of range, unknown, or the weights do not sum to one."""


class UnusableValue(MatchingError):
    """A single value cannot be read safely (NaN, a negative size, the wrong type)."""


class InvalidProfile(MatchingError):
    """A profile holds an unusable value; the message names the profile and the field."""


class DuplicateId(MatchingError):
    """Two profiles carry the same id."""


class UnknownId(MatchingError):
    """A pair or a capacity names somebody who is not among the profiles."""


class InvalidPair(MatchingError):
    """An entry of a pair list is not two different ids."""


class InvalidCapacity(MatchingError):
    """A capacity is not a whole number of zero or more."""


class ContradictoryPairs(MatchingError):
    """A required pair is also forbidden or already matched, or does not fit in a capacity."""


class InvalidOutcome(MatchingError):
    """What came of an introduction is told without its factors, or with one outside 0..1."""
